#include "tests/reference/auditor_persons.h"

#include "absl/strings/str_cat.h"
#include "engine/base/calendar.h"
#include "engine/views/offer_view.h"
#include "tests/reference/workload.h"

namespace brokerage::engine::reference {

using journal::v1::OfferRow;
using journal::v1::PackageRow;

namespace {

bool IsCaredFor(const PackageRow& row) {
  return row.state() == v1::PACKAGE_STATE_STARTED || row.state() == v1::PACKAGE_STATE_PAUSED;
}

bool WaitsOrAwarded(const PackageRow& row) {
  return row.state() == v1::PACKAGE_STATE_SUBMITTED || row.state() == v1::PACKAGE_STATE_OFFERED ||
         row.state() == v1::PACKAGE_STATE_UNFILLED || row.state() == v1::PACKAGE_STATE_AWARDED;
}

// Of an offer that won and was not returned, by the state of its package.
v1::FateKind ExpectedFate(const PackageRow& row) {
  switch (row.state()) {
    case v1::PACKAGE_STATE_AWARDED:
      return v1::FATE_KIND_AWAITS_START;
    case v1::PACKAGE_STATE_STARTED:
      return row.has_notice() ? v1::FATE_KIND_RUNS_UNTIL : v1::FATE_KIND_RUNS;
    case v1::PACKAGE_STATE_PAUSED:
      return v1::FATE_KIND_PAUSED;
    case v1::PACKAGE_STATE_CEASED:
      return v1::FATE_KIND_CEASED;
    case v1::PACKAGE_STATE_CANCELLED:
      return v1::FATE_KIND_CANCELLED;
    case v1::PACKAGE_STATE_HANDED_BACK:
      return row.ending().transferred() ? v1::FATE_KIND_TRANSFERRED : v1::FATE_KIND_HANDED_BACK;
    case v1::PACKAGE_STATE_UNSPECIFIED:
    case v1::PACKAGE_STATE_SUBMITTED:
    case v1::PACKAGE_STATE_OFFERED:
    case v1::PACKAGE_STATE_UNFILLED:
    case v1::PackageState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::PackageState_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return v1::FATE_KIND_UNSPECIFIED;
}

}  // namespace

std::string WrongOfPerson(const Course& course, const PackageAggregate& package) {
  const PackageRow& row = package.row;
  // Where the notice said so, nobody needs care any more.
  const bool by_notice = row.has_notice() && row.ending().sequence() == row.notice().sequence();
  const bool given_up = row.state() == v1::PACKAGE_STATE_HANDED_BACK && !by_notice;
  if (row.successor_number() == 0) return given_up ? "somebody is lost: nothing follows" : "";
  const PackageRow& next = course.Package(row.successor_number()).row;
  if (next.predecessor_number() != row.number()) return "what follows is another's";
  const bool under_notice = IsCaredFor(row) && row.has_notice();
  if (under_notice && IsCaredFor(next)) return "two packages of one need run";
  if (!under_notice || !WaitsOrAwarded(next)) return "";
  // The worklist says from these until when somebody gives care.
  const DateNumber last = row.notice().last_day();
  return next.care_until_date() == last ? "" : "the worklist has another last day of care";
}

std::string WrongOfFates(const PackageAggregate& package) {
  for (const OfferRow& row : package.offers) {
    const v1::Offer offer = ToOffer(package, row, BranchOf(row));
    const bool won = row.state() == v1::OFFER_STATE_WON;
    const bool returned = won && row.returned_cause() != v1::CAUSE_UNSPECIFIED;
    const v1::FateKind fate = offer.fate().kind();
    const bool has_it =
        won && !returned &&
        (package.row.state() == v1::PACKAGE_STATE_AWARDED || IsCaredFor(package.row));
    const std::string where = absl::StrCat("offer ", row.ordinal(), ": ");
    if (returned && fate != v1::FATE_KIND_RETURNED && fate != v1::FATE_KIND_TRANSFERRED) {
      return where + "a return is told otherwise";
    }
    if (won && !returned && fate != ExpectedFate(package.row)) {
      return where + "the package's fate is told otherwise";
    }
    const bool knows = !offer.person_reference().empty() || !offer.details().empty();
    if (knows && !has_it) return where + "a branch reads texts that are closed";
    if (!knows && has_it && !package.row.erased() && !package.Text("person_reference").empty()) {
      return where + "the branch that has the person may not know who it is";
    }
    if (has_it && package.row.award().offer_ordinal() != row.ordinal()) {
      return where + "two branches have the package";
    }
  }
  return "";
}

}  // namespace brokerage::engine::reference
