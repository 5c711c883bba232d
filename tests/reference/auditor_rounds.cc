#include "tests/reference/auditor_rounds.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/reference/auditor_words.h"
#include "tests/reference/reference_classes.h"
#include "tests/reference/reference_passed_over.h"
#include "tests/reference/reference_routing.h"

namespace brokerage::engine::reference {

using journal::v1::Fact;
using journal::v1::OfferRow;
using journal::v1::PackageRow;
using journal::v1::Record;

namespace {

bool IssuedAnew(const Record& record, uint64_t number) {
  return std::any_of(record.facts().begin(), record.facts().end(), [&](const Fact& fact) {
    return PackageOf(fact) == number &&
           (fact.has_package_released() || fact.has_package_reissued());
  });
}

std::vector<OfferRow> OffersBefore(const Course& course, uint64_t number, int32_t round) {
  std::vector<OfferRow> offers;
  for (const OfferRow& offer : course.Package(number).offers) {
    if (offer.round_number() < round) offers.push_back(offer);
  }
  return offers;
}

// Who was kept from an offer by suspensions alone, and which contracts avoided the package, in a
// rule of the framework that nobody could be asked in.
void CheckPassedOver(Course& course, const Record& record, const ReferenceIssue& issue,
                     int32_t rule, int* passed_over) {
  const std::vector<ReferenceVerdict> verdicts = ReferenceRoute(course.directory, issue);
  std::set<std::string> reference, real;
  for (const ReferenceVerdict& verdict : verdicts) {
    if (!verdict.suspension_ids.empty()) reference.insert(Told(verdict));
  }
  for (const auto& [contract, how] : AvoidancesOf(verdicts)) {
    reference.insert(contract + (how == ReferenceAvoidance::kWardNotCovered ? " covers it nowhere"
                                                                            : " missed it"));
    course.tally("avoided where nobody could be asked");
  }
  if (!reference.empty()) ++*passed_over;
  course.passed_over.push_back(
      {issue.package.number(), rule, issue.package.terms_version(), TimeOf(record), verdicts});
  for (const Fact& fact : record.facts()) {
    if (PackageOf(fact) != issue.package.number()) continue;
    for (const auto& round : fact.rounds_passed_over().rounds()) {
      if (round.rule_number() != rule) continue;
      if (round.date() != course.directory.Today(course.now) ||
          round.terms_version() != issue.package.terms_version()) {
        course.Problem("passed over otherwise: " + round.ShortDebugString());
      }
      for (const auto& verdict : round.verdicts()) {
        if (!verdict.suspension_ids().empty()) {
          real.insert(Told(verdict));
        } else if (verdict.failed_rules() == 1u << v1::HARD_RULE_BRANCH_COVERS_WARD) {
          real.insert(verdict.contract_id() + " covers it nowhere");
        } else if (verdict.failed_rules() == 1u << v1::HARD_RULE_BRANCH_TAKING_OFFERS) {
          real.insert(verdict.contract_id() + " missed it");
        } else {
          course.Problem("kept for nothing: " + round.ShortDebugString());
        }
      }
    }
  }
  if (reference == real) return;
  course.Problem(absl::StrCat("rule ", rule, " of package ", issue.package.number(),
                              " was passed over: reference ", absl::StrJoin(reference, ", "),
                              " real ", absl::StrJoin(real, ", ")));
}

// Holds the rule that opened, and those that were passed over before it, against the reference's;
// false if another should have opened.
bool CheckRule(Course& course, const FillLog& fills, const Record& record,
               const journal::v1::RoundOpened& opened, const std::string& where,
               ReferenceIssue* issue, int* passed_over) {
  const PackageRow& package = issue->package;
  const journal::v1::RoundRow& round = opened.round();
  int32_t first_rule = IssuedAnew(record, package.number())
                           ? 1
                           : course.before.at(package.number()).next_rule_number();
  if (round.has_beside()) {
    const int32_t first_of_issue = round.beside().round_number();
    issue->parallel = OfferedIn(course, package.number(), first_of_issue);
    for (const auto& verdict : package.rounds(first_of_issue - 1).verdicts()) {
      if (verdict.suspension_ids().empty()) continue;
      issue->stopped_in_parallel.insert(verdict.provider_id());
    }
    first_rule = package.rounds(first_of_issue - 1).rule_number() + 1;
  }
  const int32_t expected =
      ReferenceNextRule(course.directory, *issue, course.before.at(package.number()), first_rule);
  CheckParallel(course, fills, record, opened, *issue);
  if (expected != round.rule_number()) {
    course.Problem(absl::StrCat(where, "rule ", expected, " should open"));
    return false;
  }
  for (int32_t rule = first_rule; rule < expected; ++rule) {
    issue->tier_ids = TiersOfRule(issue->rules, rule);
    CheckPassedOver(course, record, *issue, rule, passed_over);
  }
  return true;
}

// Each offer as its contract has it; `offered` names contract and branch.
void CheckOffers(Course& course, const std::string& where, const journal::v1::RoundOpened& opened,
                 const std::set<std::string>& offered) {
  const PackageRow& package = course.Package(opened.package_number()).row;
  const v1::FrameworkRules& rules = course.directory.Rules(package.framework_revision());
  const journal::v1::RoundRow& round = opened.round();
  const bool restart = round.rule_number() == 0;
  if (static_cast<size_t>(opened.offers_size()) != offered.size())
    course.Problem(where + "other offers");
  for (const OfferRow& offer : opened.offers()) {
    const v1::Contract* contract = course.directory.Contract(offer.contract_id());
    if (!offered.contains(offer.contract_id() + " " + offer.branch_id()) ||
        offer.provider_id() !=
            course.directory.Holder(*contract, course.directory.Today(course.now)) ||
        offer.tier_id() != contract->tier_id() ||
        offer.price_pence() != course.directory.Price(*contract, package.ward_code()) ||
        offer.minimum_pickup_percent() != contract->minimum_pickup_percent() ||
        offer.issued_date() != course.directory.Today(course.now) ||
        offer.terms_version() != package.terms_version() ||
        offer.service_type() != package.terms().service_type() || offer.restart() != restart ||
        offer.deadline_us() != round.deadline_us()) {
      course.Problem(where + "a wrong offer: " + offer.ShortDebugString());
    }
  }
  const bool urgent = package.urgency() == v1::URGENCY_URGENT;
  const v1::Window& window =
      restart  ? (urgent ? rules.restart().urgent_window() : rules.restart().standard_window())
      : urgent ? rules.rounds(round.rule_number() - 1).urgent_window()
               : rules.rounds(round.rule_number() - 1).standard_window();
  const absl::Time whole_second = absl::FromUnixSeconds(absl::ToUnixSeconds(course.now));
  absl::Time deadline =
      WindowEnd(window, whole_second, course.directory.zone, course.directory.AllHolidays());
  const absl::CivilDay start = FromDateNumber(*ParseDate(package.terms().start_by_date()));
  const auto left = start - FromDateNumber(course.directory.Today(course.now));
  bool shortened = false;
  for (const v1::ShortenedWindow& one : rules.shortened_windows()) {
    if (left > one.days_left_max()) continue;
    const absl::Time sooner = whole_second + absl::Hours(one.window().hours());
    shortened = sooner < deadline;
    deadline = std::min(deadline, sooner);
    break;
  }
  if (shortened) course.tally("window shortened");
  if (absl::ToUnixMicros(deadline) != round.deadline_us() || shortened != round.shortened() ||
      shortened != opened.offers(0).shortened()) {
    course.Problem(where + "another deadline");
  }
}

// From that rule on nobody may be offered the package.
void CheckNobodyIsLeft(Course& course, const Record& record, uint64_t number, int32_t first_rule,
                       int* passed_over) {
  const PackageAggregate& package = course.Package(number);
  const v1::FrameworkRules& rules = course.directory.Rules(package.row.framework_revision());
  for (int32_t rule = first_rule; rule <= rules.rounds_size(); ++rule) {
    const ReferenceIssue issue{package.row,    package.offers,           rules,
                               TimeOf(record), TiersOfRule(rules, rule), false};
    for (const ReferenceVerdict& verdict : ReferenceRoute(course.directory, issue)) {
      if (verdict.offered) {
        course.Problem(absl::StrCat("nobody is offered package ", number, " but ", Told(verdict)));
      }
    }
    CheckPassedOver(course, record, issue, rule, passed_over);
  }
}

}  // namespace

void CheckNobodyElse(Course& course, const Record& record,
                     const journal::v1::AwardProposed& proposed, int* passed_over) {
  const uint64_t number = proposed.package_number();
  const PackageRow& before = course.before.at(number);
  const OfferRow& offer =
      course.Package(number).offers[static_cast<size_t>(proposed.ordinal() - 1)];
  if (!AcceptsInPart(offer) || before.state() != v1::PACKAGE_STATE_OFFERED) return;
  CheckNobodyIsLeft(course, record, number, before.next_rule_number(), passed_over);
}

void CheckRound(Course& course, const FillLog& fills, const Record& record,
                const journal::v1::RoundOpened& opened, int* passed_over) {
  const uint64_t number = opened.package_number();
  const PackageRow& package = course.Package(number).row;
  const v1::FrameworkRules& rules = course.directory.Rules(package.framework_revision());
  const journal::v1::RoundRow& round = opened.round();
  std::string novated;
  for (const Fact& fact : record.facts()) {
    for (const auto& changed : fact.directory_changed().facts()) {
      if (changed.has_novation()) novated = changed.novation().contract_id();
    }
  }
  const std::string where = absl::StrCat("round ", round.number(), " (rule ", round.rule_number(),
                                         ") of package ", number, ": ");
  // Two rounds that open together are routed as of one moment.
  const int32_t first_of_issue =
      round.has_beside() && novated.empty() ? round.beside().round_number() : round.number();
  ReferenceIssue issue{package, OffersBefore(course, number, first_of_issue), rules, course.now, {},
                       false};
  if (novated.empty() && !CheckRule(course, fills, record, opened, where, &issue, passed_over)) {
    return;
  }
  issue.restart = round.rule_number() == 0;
  if (!issue.restart) issue.tier_ids = TiersOfRule(rules, round.rule_number());
  std::set<std::string> reference, real, offered;
  for (const ReferenceVerdict& verdict : ReferenceRoute(course.directory, issue)) {
    if (!novated.empty() && verdict.contract_id != novated) continue;
    reference.insert(Told(verdict));
    for (int rule : verdict.failed)
      course.tally(absl::StrCat("routing: ", v1::HardRule_Name(rule)));
    if (!verdict.suspension_ids.empty()) course.tally("stopped by a suspension alone");
    if (verdict.offered) offered.insert(verdict.contract_id + " " + verdict.branch_id);
    if (verdict.offered && !verdict.covering_area.empty()) course.tally("offered by postcode area");
  }
  for (const journal::v1::Verdict& verdict : round.verdicts()) real.insert(Told(verdict));
  for (const std::string& one : reference) {
    if (!real.contains(one)) course.Problem(absl::StrCat(where, "only in the reference: ", one));
  }
  for (const std::string& one : real) {
    if (!reference.contains(one)) course.Problem(absl::StrCat(where, "only in the engine: ", one));
  }
  CheckOffers(course, where, opened, offered);
}

void CheckNobody(Course& course, const Record& record, uint64_t number, int* passed_over) {
  const PackageRow& before = course.before.at(number);
  const bool anew = IssuedAnew(record, number);
  if (!anew && before.state() != v1::PACKAGE_STATE_OFFERED) return;
  const PackageAggregate& package = course.Package(number);
  bool accepted = false;  // since it went out last
  for (const journal::v1::OfferRow& offer : package.offers) {
    accepted |=
        offer.ordinal() > package.row.previous_issue_offers() && offer.round_number() != 0 &&
        (offer.state() == v1::OFFER_STATE_VOID || offer.state() == v1::OFFER_STATE_ACCEPTED);
  }
  const v1::UnfilledCause cause = anew       ? v1::UNFILLED_CAUSE_NOBODY_ASKED
                                  : accepted ? v1::UNFILLED_CAUSE_ACCEPTANCES_FELL
                                             : v1::UNFILLED_CAUSE_NOBODY_ACCEPTED;
  if (package.row.unfilled_cause() != cause) {
    course.Problem(absl::StrCat("package ", number, " waits for another cause"));
  }
  course.tally(absl::StrCat("waits because ", v1::UnfilledCause_Name(cause)));
  CheckNobodyIsLeft(course, record, number, anew ? 1 : before.next_rule_number(), passed_over);
}

}  // namespace brokerage::engine::reference
