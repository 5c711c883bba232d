#include "tests/reference/auditor_lives.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/calendar.h"
#include "tests/reference/reference_routing.h"

namespace brokerage::engine::reference {

using journal::v1::Fact;
using journal::v1::OfferRow;
using journal::v1::PackageRow;

namespace {

bool HasEnded(v1::PackageState state) {
  return state == v1::PACKAGE_STATE_CEASED || state == v1::PACKAGE_STATE_CANCELLED ||
         state == v1::PACKAGE_STATE_HANDED_BACK;
}

// Breaks the fewest rules that the branch could break under any contract that its provider holds.
void CheckPlaced(Course& course, const journal::v1::PackagePlaced& fact) {
  const PackageAggregate& package = course.Package(fact.package_number());
  const std::string where = absl::StrCat("placing of package ", fact.package_number(), ": ");
  const v1::FrameworkRules& rules = course.directory.Rules(package.row.framework_revision());
  const OfferRow& placed = fact.offer();
  std::vector<OfferRow> before = package.offers;
  before.resize(static_cast<size_t>(placed.ordinal() - 1));
  const DateNumber today = course.directory.Today(course.now);
  const std::set<int> told(fact.award().broken_rules().begin(), fact.award().broken_rules().end());
  std::set<int> expected;
  size_t fewest = 100;
  for (const auto& one : course.directory.facts) {
    if (!one.has_contract() || one.ended()) continue;
    const v1::Contract& contract = one.contract();
    if (contract.framework_id() != package.row.framework_id() ||
        !DatesHold(contract.from_date(), contract.to_date(), today) ||
        course.directory.Holder(contract, today) != placed.provider_id()) {
      continue;
    }
    const std::set<int> broken = ReferenceFailuresAtPlacing(
        course.directory, package.row, before, rules, contract, placed.branch_id(), course.now);
    fewest = std::min(fewest, broken.size());
    if (contract.id() == placed.contract_id()) expected = broken;
  }
  if (told != expected) course.Problem(where + "breaks other rules");
  if (told.size() != fewest) course.Problem(where + "breaks more rules than it must");
  if (!course.directory.Branch(placed.branch_id())->regulator_active()) {
    course.Problem(where + "with a branch that is not registered");
  }
  const auto& refused = package.row.refused_provider_ids();
  if (std::find(refused.begin(), refused.end(), placed.provider_id()) != refused.end()) {
    course.Problem(where + "against the person's refusal");
  }
  for (const OfferRow& offer : before) {
    if (IsAsked(offer)) continue;
    if (offer.state() == v1::OFFER_STATE_OPEN || offer.state() == v1::OFFER_STATE_ACCEPTED) {
      course.Problem(where + "another offer lives on");
    }
  }
  course.tally(told.empty() ? "placed within the rules" : "placed against rules");
}

// Every other package of the person that has not ended has stopped, or had before.
void CheckStopped(Course& course, uint64_t number) {
  const PackageRow& row = course.Package(number).row;
  for (uint64_t other = 1; other <= course.LastPackage(); ++other) {
    const PackageRow& one = course.Package(other).row;
    if (other == number || one.person_number() != row.person_number()) continue;
    if (one.authority_id() != row.authority_id() || HasEnded(one.state()) || row.erased()) continue;
    if (one.erased()) continue;
    if (one.stopped_by_number() == 0) {
      course.Problem(absl::StrCat("package ", other, " goes on although its person died"));
    }
    course.tally("package stopped");
  }
}

// A package that has stopped neither goes out nor is awarded.
void CheckNothingStoppedMoves(Course& course, uint64_t number) {
  const auto before = course.before.find(number);
  if (before == course.before.end() || before->second.stopped_by_number() == 0) return;
  course.Problem(absl::StrCat("package ", number, " moves although it has stopped"));
}

void CheckMovedNotice(Course& course, const journal::v1::NoticeMoved& fact) {
  const PackageRow& row = course.Package(fact.package_number()).row;
  const absl::CivilDay last = FromDateNumber(row.notice().last_day());
  if (row.notice().last_day() != fact.last_day() ||
      row.notice().due_us() !=
          absl::ToUnixMicros(absl::FromCivil(last + 1, course.directory.zone))) {
    course.Problem(absl::StrCat("package ", fact.package_number(), " has another last day"));
  }
  const uint64_t next_number = row.successor_number();
  if (next_number == 0) return;
  const PackageRow& next = course.Package(next_number).row;
  if (HasEnded(next.state()) || next.state() == v1::PACKAGE_STATE_STARTED ||
      next.state() == v1::PACKAGE_STATE_PAUSED) {
    return;
  }
  if (next.terms().start_by_date() != FormatDate(ToDateNumber(last + 1)) ||
      next.care_until_date() != fact.last_day()) {
    course.Problem(absl::StrCat("package ", next_number, " starts on another day"));
  }
}

// Of the person's first package, by the reference that the referral names.
void CheckPerson(Course& course, const PackageRow& begun) {
  const PackageAggregate& package = course.Package(begun.number());
  for (uint64_t number = 1; number < begun.number(); ++number) {
    const PackageAggregate& other = course.Package(number);
    if (other.row.authority_id() != begun.authority_id()) continue;
    const std::string& reference = other.Text("person_reference");
    if (reference.empty()) continue;
    const bool same = reference == package.Text("person_reference");
    if (same != (other.row.person_number() == begun.person_number())) {
      course.Problem(absl::StrCat("package ", begun.number(), " is of another person"));
    }
    if (same) course.tally("package of a person who is known");
  }
}

}  // namespace

void LogPlacing(Course& course, const journal::v1::PackagePlaced& fact) {
  ReferenceAward award;
  award.package_number = fact.package_number();
  award.ordinal = fact.award().offer_ordinal();
  award.date = course.directory.Today(course.now);
  award.weekly_minutes = course.Package(fact.package_number()).row.terms().weekly_minutes();
  award.placed = true;
  award.hours_count =
      course.directory.Rules(course.Package(fact.package_number()).row.framework_revision())
          .placed_hours_count();
  course.awards.push_back(award);
}

void CheckLife(Course& course, const journal::v1::Record& record, const Fact& fact) {
  if (fact.has_package_placed()) CheckPlaced(course, fact.package_placed());
  if (fact.has_notice_moved()) CheckMovedNotice(course, fact.notice_moved());
  if (fact.has_package_submitted()) CheckPerson(course, fact.package_submitted().package());
  if (fact.has_package_handed_back() && fact.package_handed_back().has_successor()) {
    CheckPerson(course, fact.package_handed_back().successor());
  }
  if (fact.package_cancelled().end_reason() == v1::END_REASON_DIED) {
    CheckStopped(course, fact.package_cancelled().package_number());
  }
  if (fact.package_ceased().end_reason() == v1::END_REASON_DIED &&
      !fact.package_ceased().by_notice()) {
    CheckStopped(course, fact.package_ceased().package_number());
  }
  if (fact.has_round_opened() || fact.has_package_awarded() || fact.has_award_proposed() ||
      fact.has_package_released() || fact.has_package_reissued() || fact.has_package_placed()) {
    CheckNothingStoppedMoves(course, PackageOf(fact));
  }
}

}  // namespace brokerage::engine::reference
