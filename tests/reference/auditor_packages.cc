#include "tests/reference/auditor_packages.h"

#include <optional>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "engine/base/ids.h"

namespace brokerage::engine::reference {

using journal::v1::OfferRow;
using journal::v1::PackageRow;

namespace {

// The limit of an interim service: as many days later at the same time on the wall.
int64_t ExpectedLimit(const Course& course, const PackageRow& package) {
  // An imported package follows no revision: the rules of the day.
  const v1::FrameworkRules& rules = package.framework_revision() != 0
                                        ? course.directory.Rules(package.framework_revision())
                                        : course.directory.frameworks.back().rules();
  bool interim = false;
  for (int type : rules.interim().service_types()) {
    interim |= type == package.terms().service_type();
  }
  if (!interim) return 0;
  const absl::CivilSecond start =
      absl::ToCivilSecond(absl::FromUnixMicros(package.started_time_us()), course.directory.zone);
  const absl::CivilDay began =
      package.started_date() != 0 ? FromDateNumber(package.started_date()) : absl::CivilDay(start);
  const absl::CivilDay day = began + rules.interim().limit_days();
  const absl::CivilSecond local(day.year(), day.month(), day.day(), start.hour(), start.minute(),
                                start.second());
  const absl::TimeZone::TimeInfo info = course.directory.zone.At(local);
  return absl::ToUnixMicros(info.kind == absl::TimeZone::TimeInfo::SKIPPED ? info.trans : info.pre);
}

}  // namespace

void CheckPackage(Course& course, uint64_t number) {
  const PackageAggregate& package = course.Package(number);
  std::map<std::string, int> in_round;
  int winners = 0;
  for (const OfferRow& offer : package.offers) {
    const int32_t revision = package.row.framework_revision();
    winners +=
        offer.state() == v1::OFFER_STATE_WON && offer.returned_cause() == v1::CAUSE_UNSPECIFIED;
    if (offer.placed() || IsAsked(offer)) continue;  // of no round
    ++in_round[absl::StrCat(offer.round_number(), " branch ", offer.branch_id())];
    if (!course.directory.Rules(revision).several_branches_per_provider()) {
      ++in_round[absl::StrCat(offer.round_number(), " provider ", offer.provider_id())];
    }
  }
  for (const auto& [who, many] : in_round) {
    if (many > 1) course.Problem(absl::StrCat("package ", number, ": two offers in round ", who));
  }
  int expected = 0;
  switch (package.row.state()) {
    case v1::PACKAGE_STATE_AWARDED:
    case v1::PACKAGE_STATE_STARTED:
    case v1::PACKAGE_STATE_PAUSED:
    case v1::PACKAGE_STATE_CEASED:
    case v1::PACKAGE_STATE_HANDED_BACK:
      expected = package.row.imported() ? 0 : 1;
      break;
    case v1::PACKAGE_STATE_CANCELLED:
      expected = winners == 1 ? 1 : 0;
      break;
    case v1::PACKAGE_STATE_UNSPECIFIED:
    case v1::PACKAGE_STATE_SUBMITTED:
    case v1::PACKAGE_STATE_OFFERED:
    case v1::PACKAGE_STATE_UNFILLED:
    case v1::PackageState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::PackageState_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  if (winners != expected) {
    course.Problem(absl::StrCat("package ", number, " has ", winners, " winners and is ",
                                v1::PackageState_Name(package.row.state())));
  }
}

void CheckStart(Course& course, uint64_t number) {
  const PackageRow& package = course.Package(number).row;
  if (package.limit_due_us() != ExpectedLimit(course, package)) {
    course.Problem(absl::StrCat("package ", number, " has another limit"));
  }
}

void CheckLimit(Course& course, uint64_t number) {
  const PackageRow& package = course.Package(number).row;
  const int64_t limit = ExpectedLimit(course, package);
  if (limit == 0 || absl::ToUnixMicros(course.now) < limit ||
      (package.state() != v1::PACKAGE_STATE_STARTED &&
       package.state() != v1::PACKAGE_STATE_PAUSED)) {
    course.Problem(absl::StrCat("package ", number, " is told to be over its limit"));
  }
}

void CheckTransfer(Course& course, const v1::Transfer& transfer) {
  std::optional<std::tuple<bool, bool, std::string, int64_t>> last;
  for (int i = 0; i < transfer.package_ids_size(); ++i) {
    const uint64_t number = ParsePackageId(transfer.package_ids(i))->number;
    const PackageRow& package = course.Package(number).row;
    const uint64_t next_number = ParsePackageId(transfer.successor_ids(i))->number;
    const PackageRow& next = course.Package(next_number).row;
    const PackageRow& before = course.before.at(number);
    const bool ran =
        before.state() == v1::PACKAGE_STATE_STARTED || before.state() == v1::PACKAGE_STATE_PAUSED;
    const bool kept = ran ? package.state() == v1::PACKAGE_STATE_HANDED_BACK &&
                                package.successor_number() == next_number &&
                                next.predecessor_number() == number
                          : before.state() == v1::PACKAGE_STATE_AWARDED && next_number == number;
    const bool placed = next.state() == v1::PACKAGE_STATE_AWARDED && next.award().placed();
    const bool stopped = next.stopped_by_number() != 0;
    const bool waits =
        next.state() == v1::PACKAGE_STATE_OFFERED || next.state() == v1::PACKAGE_STATE_UNFILLED;
    if (!kept || next.transfer_id() != transfer.id() ||
        (next.released_time_us() == 0 && !placed && !stopped) || (!waits && !placed) ||
        (stopped && next.state() != v1::PACKAGE_STATE_UNFILLED)) {
      course.Problem(absl::StrCat("package ", number, " is lost in transfer ", transfer.id()));
    }
    const std::tuple place(package.urgency() != v1::URGENCY_URGENT, ran,
                           ran ? "" : before.terms().start_by_date(),
                           ran ? package.started_time_us() : 0);
    if (last && place < *last) {
      course.Problem(absl::StrCat("transfer ", transfer.id(), " has another order"));
    }
    last = place;
  }
}

}  // namespace brokerage::engine::reference
