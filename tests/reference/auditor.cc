// Holds each record against the reference's routing and award.
#include <algorithm>
#include <optional>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/ids.h"
#include "tests/reference/reference_routing.h"
#include "tests/reference/workload.h"

namespace brokerage::engine::reference {

using journal::v1::Fact;
using journal::v1::OfferRow;
using journal::v1::PackageRow;
using journal::v1::Record;

namespace {

uint64_t PackageOf(const Fact& fact) {
  const auto* reflection = fact.GetReflection();
  const auto* field = Fact::descriptor()->FindFieldByNumber(fact.fact_case());
  const google::protobuf::Message& inner = reflection->GetMessage(fact, field);
  const auto* number = inner.GetDescriptor()->FindFieldByName("package_number");
  return number == nullptr ? 0 : inner.GetReflection()->GetUInt64(inner, number);
}

std::string RuleNames(const std::set<int>& rules) {
  return absl::StrCat("[",
                      absl::StrJoin(rules, " ",
                                    [](std::string* out, int rule) {
                                      absl::StrAppend(out, v1::HardRule_Name(rule).substr(10));
                                    }),
                      "]");
}

std::string Told(const ReferenceVerdict& one) {
  return absl::StrCat(one.contract_id, " ", one.branch_id, one.offered ? " offered " : " ",
                      RuleNames(one.failed), " ", one.chosen_branch_id, one.covering_area,
                      absl::StrJoin(one.suspension_ids, " "));
}

std::string Told(const journal::v1::Verdict& one) {
  std::set<int> failed;
  for (int rule = 1; rule < 32; ++rule) {
    if (one.failed_rules() >> rule & 1) failed.insert(rule);
  }
  return absl::StrCat(one.contract_id(), " ", one.branch_id(), one.offered() ? " offered " : " ",
                      RuleNames(failed), " ", one.chosen_branch_id(), one.covering_area(),
                      absl::StrJoin(one.suspension_ids(), " "));
}

bool AnyOffered(const std::vector<ReferenceVerdict>& verdicts) {
  return std::any_of(verdicts.begin(), verdicts.end(),
                     [](const ReferenceVerdict& verdict) { return verdict.offered; });
}

template <typename List>
std::vector<std::string> Texts(const List& list) {
  return {list.begin(), list.end()};
}

const OfferRow& OfferOf(const PackageAggregate& package, int32_t ordinal) {
  return package.offers[static_cast<size_t>(ordinal - 1)];
}

bool AnyOpen(const PackageAggregate& package) {
  return std::any_of(package.offers.begin(), package.offers.end(),
                     [](const OfferRow& offer) { return offer.state() == v1::OFFER_STATE_OPEN; });
}

bool MayBeEarly(const PackageAggregate& package, const v1::FrameworkRules& rules, int32_t winner) {
  const int32_t rule = ReferenceRuleOfAward(package, winner);
  return rule == 0 || rules.rounds(rule - 1).award_timing() == v1::AWARD_TIMING_AS_SOON_AS_CERTAIN;
}

std::string Told(const ReferenceRanking& ranking) {
  std::string text = "reference ranking:";
  for (const auto* list : {&ranking.valid, &ranking.voided}) {
    for (const ReferenceAcceptance& one : *list) {
      absl::StrAppend(&text, " ", one.ordinal, RuleNames(one.failed));
      for (const ReferenceCriterionValue& value : one.values) {
        absl::StrAppend(&text, " ", v1::AwardCriterion_Name(value.criterion).substr(16), "=",
                        static_cast<int64_t>(value.numerator), "/",
                        static_cast<int64_t>(value.denominator));
      }
    }
  }
  return text;
}

}  // namespace

absl::Time Workload::TimeOf(const Record& record) const {
  return absl::FromUnixMicros(record.time_us());
}

ReferenceHistory Workload::History() const {
  ReferenceHistory history;
  history.directory = &directory_;
  for (uint64_t number = 1; number <= engine_.state().system.last_package_number(); ++number) {
    history.packages.push_back(engine_.state().Package(number));
  }
  history.awards = awards_;
  history.passed_over = &all_passed_over_;
  return history;
}

void Workload::CheckBefore(const Record& record) {
  before_.clear();
  for (const Fact& fact : record.facts()) {
    const uint64_t number = PackageOf(fact);
    if (number == 0) continue;
    const PackageAggregate* package = engine_.state().Package(number);
    before_[number] = package == nullptr ? PackageRow() : package->row;  // begun by this record
  }
  now_ = TimeOf(record);
  for (const Fact& fact : record.facts()) {
    const uint64_t number = PackageOf(fact);
    if (number == 0) continue;
    const PackageAggregate* found = engine_.state().Package(number);
    if (found == nullptr) continue;
    const PackageAggregate& package = *found;
    if (fact.has_package_awarded()) CheckRanking(package, fact.package_awarded());
    if (fact.has_award_proposed()) CheckProposal(package, fact.award_proposed());
    if (fact.has_round_evaluated()) CheckNotCertain(package);
  }
}

void Workload::CheckRanking(const PackageAggregate& package,
                            const journal::v1::PackageAwarded& awarded) {
  const v1::FrameworkRules& rules = directory_.Rules(package.row.framework_revision());
  const ReferenceHistory history = History();
  const ReferenceRanking reference = ReferenceRank({history, package, rules, now_});
  const journal::v1::AwardRow& award = awarded.award();
  const std::string where = absl::StrCat("award of package ", package.row.number(), ": ",
                                         award.ShortDebugString(), "; ", Told(reference));
  std::vector<int32_t> ordinals;
  for (const v1::RankedAcceptance& one : award.ranking()) {
    ordinals.push_back(std::stoi(one.offer_id().substr(one.offer_id().rfind('-') + 1)));
  }
  if (ordinals.size() != reference.valid.size() + reference.voided.size() ||
      reference.valid.empty()) {
    return Problem("another number of acceptances; " + where);
  }
  const ReferenceAcceptance* winner = nullptr;
  for (size_t i = 0; i < reference.valid.size(); ++i) {
    const v1::RankedAcceptance& one = award.ranking(static_cast<int>(i));
    if (ordinals[i] != reference.valid[i].ordinal || one.place() != static_cast<int>(i + 1) ||
        one.void_rule() != v1::HARD_RULE_UNSPECIFIED) {
      return Problem("another order; " + where);
    }
    if (ordinals[i] == award.offer_ordinal()) winner = &reference.valid[i];
  }
  for (size_t i = 0; i < reference.voided.size(); ++i) {
    const size_t at = reference.valid.size() + i;
    const v1::RankedAcceptance& one = award.ranking(static_cast<int>(at));
    if (ordinals[at] != reference.voided[i].ordinal || one.place() != 0 ||
        one.void_rule() != *reference.voided[i].failed.begin()) {
      return Problem("another void acceptance; " + where);
    }
    tally_(absl::StrCat("void by ", v1::HardRule_Name(one.void_rule()).substr(10)));
  }
  if (winner == nullptr) return Problem("the winner could not win; " + where);
  const bool first_won = winner == &reference.valid[0];
  const v1::AwardCriterion decided = reference.valid.size() < 2 || !first_won
                                         ? v1::AWARD_CRITERION_UNSPECIFIED
                                         : FirstDifference(reference.valid[0], reference.valid[1]);
  if (decided != award.decided_by()) return Problem("another criterion decided; " + where);
  for (const journal::v1::LostOffer& lost : awarded.lost()) {
    for (const ReferenceAcceptance& one : reference.valid) {
      if (one.ordinal != lost.ordinal()) continue;
      const v1::AwardCriterion expected =
          &one < winner ? v1::AWARD_CRITERION_UNSPECIFIED : FirstBetter(*winner, one);
      if (expected != lost.lost_by()) {
        return Problem(absl::StrCat("offer ", lost.ordinal(), " lost by another; ", where));
      }
    }
  }
  tally_(absl::StrCat("decided by ", v1::AwardCriterion_Name(award.decided_by()).substr(16)));
  if (IsOfLaterRound(package, OfferOf(package, winner->ordinal))) {
    tally_("awarded to the later round");
  }
  if (award.overridden()) return tally_("award overridden");
  // Live figures may have moved since an award was proposed that is now confirmed.
  const bool confirmed = !award.account_id().empty() && package.row.awaits_award() &&
                         package.row.proposed_ordinal() == award.offer_ordinal();
  if (!first_won && !confirmed) return Problem("not the first won; " + where);
  if (!first_won) tally_("confirmed although figures moved");
  if (award.account_id().empty()) CheckAutomatic(package, winner->ordinal, where);
}

void Workload::CheckAutomatic(const PackageAggregate& package, int32_t winner,
                              const std::string& where) {
  const v1::FrameworkRules& rules = directory_.Rules(package.row.framework_revision());
  const int32_t rule = ReferenceRuleOfAward(package, winner);
  if (rules.rounds(std::max(rule, 1) - 1).award_mode() != v1::AWARD_MODE_AUTOMATIC) {
    return Problem("awarded without care navigation; " + where);
  }
  const int32_t price = OfferOf(package, winner).price_pence();
  if (price > 0 && ((rules.price_floor_pence() > 0 && price < rules.price_floor_pence()) ||
                    (rules.price_ceiling_pence() > 0 && price > rules.price_ceiling_pence()))) {
    return Problem("awarded at a price that needs an exception; " + where);
  }
  CheckEarly(package, winner);
}

void Workload::CheckProposal(const PackageAggregate& package,
                             const journal::v1::AwardProposed& proposed) {
  const v1::FrameworkRules& rules = directory_.Rules(package.row.framework_revision());
  const ReferenceHistory history = History();
  const ReferenceRanking reference = ReferenceRank({history, package, rules, now_});
  const std::string where = absl::StrCat("proposal for package ", package.row.number(), ": ",
                                         proposed.ShortDebugString(), "; ", Told(reference));
  if (reference.valid.empty() || reference.valid[0].ordinal != proposed.ordinal()) {
    return Problem("another is first; " + where);
  }
  if (static_cast<size_t>(proposed.voided_size()) != reference.voided.size()) {
    return Problem("others are void; " + where);
  }
  for (size_t i = 0; i < reference.voided.size(); ++i) {
    const journal::v1::VoidedOffer& voided = proposed.voided(static_cast<int>(i));
    if (voided.ordinal() != reference.voided[i].ordinal ||
        voided.rule() != *reference.voided[i].failed.begin()) {
      return Problem("void by another rule; " + where);
    }
    tally_(absl::StrCat("void by ", v1::HardRule_Name(voided.rule()).substr(10)));
  }
  CheckEarly(package, proposed.ordinal());
}

void Workload::CheckEarly(const PackageAggregate& package, int32_t winner) {
  if (!AnyOpen(package)) return;
  const v1::FrameworkRules& rules = directory_.Rules(package.row.framework_revision());
  if (HasToWait(package, winner) && !MayBeEarly(package, rules, winner)) {
    return Problem(
        absl::StrCat("package ", package.row.number(), " is awarded before its round closes"));
  }
  tally_(HasToWait(package, winner) ? "certain before all have answered"
                                    : "awarded without waiting for the later round");
  const ReferenceHistory history = History();
  const ReferenceAwardQuestion question{history, package, rules, now_};
  const std::map<int32_t, bool> changing = AnswersThatChangeTheWinner(question);
  if (changing.empty()) return;
  std::string answers;
  for (const auto& [ordinal, accept] : changing) {
    absl::StrAppend(&answers, " ", ordinal, accept ? " accepts" : " declines");
  }
  Problem(absl::StrCat("package ", package.row.number(), " goes to offer ", winner,
                       " but another wins if", answers, "; ", Told(ReferenceRank(question))));
}

void Workload::CheckNotCertain(const PackageAggregate& package) {
  const v1::FrameworkRules& rules = directory_.Rules(package.row.framework_revision());
  const ReferenceHistory history = History();
  const ReferenceAwardQuestion question{history, package, rules, now_};
  const ReferenceRanking reference = ReferenceRank(question);
  if (reference.valid.empty()) return;
  const int32_t first = reference.valid.front().ordinal;
  const bool open = HasToWait(package, first);
  if (open && IsOfLaterRound(package, OfferOf(package, first))) tally_("later round waits");
  if (!open || (MayBeEarly(package, rules, first) && SurelyCertain(question))) {
    Problem(absl::StrCat("package ", package.row.number(),
                         " should be awarded now; open offers: ", open, "; ", Told(reference)));
  }
}

void Workload::CheckAfter(const Record& record) {
  std::set<uint64_t> touched;
  int passed_over = 0;
  passed_over_ = 0;
  for (const Fact& fact : record.facts()) {
    passed_over += fact.rounds_passed_over().rounds_size();
    if (fact.has_round_opened()) CheckRound(record, fact.round_opened());
    if (fact.has_package_started()) CheckStart(fact.package_started().package_number());
    if (fact.package_submitted().package().imported()) {
      CheckStart(fact.package_submitted().package().number());
    }
    if (fact.has_limit_passed()) CheckLimit(fact.limit_passed().package_number());
    for (const auto& changed : fact.directory_changed().facts()) {
      if (changed.has_transfer()) CheckTransfer(changed.transfer());
    }
    if (fact.has_package_unfilled()) CheckNobody(record, fact.package_unfilled().package_number());
    if (fact.has_package_submitted()) {
      touched.insert(fact.package_submitted().package().number());
    } else if (const uint64_t number = PackageOf(fact); number != 0) {
      touched.insert(number);
    }
  }
  if (record.facts(0).has_deadline_extended()) CheckOutage();
  for (uint64_t number : touched) CheckPackage(number);
  if (passed_over != passed_over_) {
    Problem(absl::StrCat("reference ", passed_over_, " rounds passed over, real ", passed_over));
  }
}

// Who was kept from an offer by suspensions alone, and which contracts avoided the package, in a
// rule of the framework that nobody could be asked in.
void Workload::CheckPassedOver(const Record& record, const ReferenceIssue& issue, int32_t rule) {
  const std::vector<ReferenceVerdict> verdicts = ReferenceRoute(directory_, issue);
  std::set<std::string> reference, real;
  for (const ReferenceVerdict& verdict : verdicts) {
    if (!verdict.suspension_ids.empty()) reference.insert(Told(verdict));
  }
  for (const auto& [contract, how] : AvoidancesOf(verdicts)) {
    reference.insert(contract + (how == ReferenceAvoidance::kWardNotCovered ? " covers it nowhere"
                                                                            : " missed it"));
    tally_("avoided where nobody could be asked");
  }
  if (!reference.empty()) ++passed_over_;
  all_passed_over_.push_back(
      {issue.package.number(), rule, issue.package.terms_version(), TimeOf(record), verdicts});
  for (const Fact& fact : record.facts()) {
    if (PackageOf(fact) != issue.package.number()) continue;
    for (const auto& round : fact.rounds_passed_over().rounds()) {
      if (round.rule_number() != rule) continue;
      if (round.date() != directory_.Today(now_) ||
          round.terms_version() != issue.package.terms_version()) {
        Problem("passed over otherwise: " + round.ShortDebugString());
      }
      for (const auto& verdict : round.verdicts()) {
        if (!verdict.suspension_ids().empty()) {
          real.insert(Told(verdict));
        } else if (verdict.failed_rules() == 1u << v1::HARD_RULE_BRANCH_COVERS_WARD) {
          real.insert(verdict.contract_id() + " covers it nowhere");
        } else if (verdict.failed_rules() == 1u << v1::HARD_RULE_BRANCH_TAKING_OFFERS) {
          real.insert(verdict.contract_id() + " missed it");
        } else {
          Problem("kept for nothing: " + round.ShortDebugString());
        }
      }
    }
  }
  if (reference == real) return;
  Problem(absl::StrCat("rule ", rule, " of package ", issue.package.number(),
                       " was passed over: reference ", absl::StrJoin(reference, ", "), " real ",
                       absl::StrJoin(real, ", ")));
}

std::vector<OfferRow> Workload::OffersBefore(uint64_t number, int32_t round) const {
  std::vector<OfferRow> offers;
  for (const OfferRow& offer : engine_.state().Package(number)->offers) {
    if (offer.round_number() < round) offers.push_back(offer);
  }
  return offers;
}

// The reference's verdicts of each rule that should have come before the one that opened.
void Workload::CheckNobody(const Record& record, uint64_t number) {
  const PackageRow& before = before_.at(number);
  bool anew = false;
  for (const Fact& fact : record.facts()) {
    anew |=
        PackageOf(fact) == number && (fact.has_package_released() || fact.has_package_reissued());
  }
  if (!anew && before.state() != v1::PACKAGE_STATE_OFFERED) return;
  const PackageAggregate& package = *engine_.state().Package(number);
  const v1::FrameworkRules& rules = directory_.Rules(package.row.framework_revision());
  for (int32_t rule = anew ? 1 : before.next_rule_number(); rule <= rules.rounds_size(); ++rule) {
    const ReferenceIssue issue{package.row,
                               package.offers,
                               rules,
                               TimeOf(record),
                               Texts(rules.rounds(rule - 1).tier_ids()),
                               false};
    for (const ReferenceVerdict& verdict : ReferenceRoute(directory_, issue)) {
      if (verdict.offered) {
        Problem(absl::StrCat("nobody is offered package ", number, " but ", Told(verdict)));
      }
    }
    CheckPassedOver(record, issue, rule);
  }
}

void Workload::CheckRound(const Record& record, const journal::v1::RoundOpened& opened) {
  const uint64_t number = opened.package_number();
  const PackageRow& package = engine_.state().Package(number)->row;
  const v1::FrameworkRules& rules = directory_.Rules(package.framework_revision());
  const journal::v1::RoundRow& round = opened.round();
  bool anew = false;
  std::string novated;
  for (const Fact& fact : record.facts()) {
    anew |=
        PackageOf(fact) == number && (fact.has_package_released() || fact.has_package_reissued());
    for (const auto& changed : fact.directory_changed().facts()) {
      if (changed.has_novation()) novated = changed.novation().contract_id();
    }
  }
  const std::string where = absl::StrCat("round ", round.number(), " (rule ", round.rule_number(),
                                         ") of package ", number, ": ");
  // Two rounds that open together are routed as of one moment.
  const int32_t first_of_issue =
      round.has_beside() && novated.empty() ? round.beside().round_number() : round.number();
  ReferenceIssue issue{package, OffersBefore(number, first_of_issue), rules, now_, {}, false};
  if (novated.empty()) {
    int32_t first_rule = anew ? 1 : before_.at(number).next_rule_number();
    if (round.has_beside()) {
      issue.beside = OfferedIn(number, first_of_issue);
      for (const auto& verdict : package.rounds(first_of_issue - 1).verdicts()) {
        if (!verdict.suspension_ids().empty()) issue.stopped_beside.insert(verdict.provider_id());
      }
      first_rule = package.rounds(first_of_issue - 1).rule_number() + 1;
    }
    const int32_t expected = ExpectedRule(issue, first_rule);
    CheckBeside(record, opened, issue);
    if (expected != round.rule_number()) {
      return Problem(absl::StrCat(where, "rule ", expected, " should open"));
    }
    for (int32_t rule = first_rule; rule < expected; ++rule) {
      issue.tier_ids = Texts(rules.rounds(rule - 1).tier_ids());
      CheckPassedOver(record, issue, rule);
    }
  }
  issue.restart = round.rule_number() == 0;
  if (!issue.restart) issue.tier_ids = Texts(rules.rounds(round.rule_number() - 1).tier_ids());
  std::set<std::string> reference, real, offered;
  for (const ReferenceVerdict& verdict : ReferenceRoute(directory_, issue)) {
    if (!novated.empty() && verdict.contract_id != novated) continue;
    reference.insert(Told(verdict));
    for (int rule : verdict.failed) tally_(absl::StrCat("routing: ", v1::HardRule_Name(rule)));
    if (!verdict.suspension_ids.empty()) tally_("stopped by a suspension alone");
    if (verdict.offered) offered.insert(verdict.contract_id + " " + verdict.branch_id);
    if (verdict.offered && !verdict.covering_area.empty()) tally_("offered by postcode area");
  }
  for (const journal::v1::Verdict& verdict : round.verdicts()) real.insert(Told(verdict));
  for (const std::string& one : reference) {
    if (!real.contains(one)) Problem(absl::StrCat(where, "only in the reference: ", one));
  }
  for (const std::string& one : real) {
    if (!reference.contains(one)) Problem(absl::StrCat(where, "only in the engine: ", one));
  }
  CheckOffers(where, opened, offered);
}

// The rule of the framework that opens next, from the first on; 0 for a restart's own round, -1 for
// none.
int32_t Workload::ExpectedRule(ReferenceIssue issue, int32_t first) const {
  const PackageRow& before = before_.at(issue.package.number());
  if (first == 1 && issue.rules.has_restart() && !issue.package.previous_branch_id().empty() &&
      !before.restart_done() && !issue.package.previous_handed_back()) {
    issue.restart = true;
    if (AnyOffered(ReferenceRoute(directory_, issue))) return 0;
    issue.restart = false;
  }
  for (int32_t rule = first; rule <= issue.rules.rounds_size(); ++rule) {
    issue.tier_ids = Texts(issue.rules.rounds(rule - 1).tier_ids());
    if (AnyOffered(ReferenceRoute(directory_, issue))) return rule;
  }
  return -1;
}

// Each offer as its contract has it; `offered` names contract and branch.
void Workload::CheckOffers(const std::string& where, const journal::v1::RoundOpened& opened,
                           const std::set<std::string>& offered) {
  const PackageRow& package = engine_.state().Package(opened.package_number())->row;
  const v1::FrameworkRules& rules = directory_.Rules(package.framework_revision());
  const journal::v1::RoundRow& round = opened.round();
  const bool restart = round.rule_number() == 0;
  if (static_cast<size_t>(opened.offers_size()) != offered.size()) Problem(where + "other offers");
  for (const OfferRow& offer : opened.offers()) {
    const v1::Contract* contract = directory_.Contract(offer.contract_id());
    if (!offered.contains(offer.contract_id() + " " + offer.branch_id()) ||
        offer.provider_id() != directory_.Holder(*contract, directory_.Today(now_)) ||
        offer.tier_id() != contract->tier_id() ||
        offer.price_pence() != directory_.Price(*contract, package.ward_code()) ||
        offer.minimum_pickup_percent() != contract->minimum_pickup_percent() ||
        offer.issued_date() != directory_.Today(now_) ||
        offer.terms_version() != package.terms_version() ||
        offer.service_type() != package.terms().service_type() || offer.restart() != restart ||
        offer.deadline_us() != round.deadline_us()) {
      Problem(where + "a wrong offer: " + offer.ShortDebugString());
    }
  }
  const bool urgent = package.urgency() == v1::URGENCY_URGENT;
  const v1::Window& window =
      restart  ? (urgent ? rules.restart().urgent_window() : rules.restart().standard_window())
      : urgent ? rules.rounds(round.rule_number() - 1).urgent_window()
               : rules.rounds(round.rule_number() - 1).standard_window();
  const absl::Time whole_second = absl::FromUnixSeconds(absl::ToUnixSeconds(now_));
  const absl::Time deadline =
      WindowEnd(window, whole_second, directory_.zone, directory_.AllHolidays());
  if (absl::ToUnixMicros(deadline) != round.deadline_us()) Problem(where + "another deadline");
}

// The limit of an interim service: as many days later at the same time on the wall.
int64_t Workload::ExpectedLimit(const PackageRow& package) const {
  // An imported package follows no revision: the rules of the day.
  const v1::FrameworkRules& rules = package.framework_revision() != 0
                                        ? directory_.Rules(package.framework_revision())
                                        : directory_.frameworks.back().rules();
  bool interim = false;
  for (int type : rules.interim().service_types()) {
    interim |= type == package.terms().service_type();
  }
  if (!interim) return 0;
  const absl::CivilSecond start =
      absl::ToCivilSecond(absl::FromUnixMicros(package.started_time_us()), directory_.zone);
  const absl::CivilDay day = absl::CivilDay(start) + rules.interim().limit_days();
  const absl::CivilSecond local(day.year(), day.month(), day.day(), start.hour(), start.minute(),
                                start.second());
  const absl::TimeZone::TimeInfo info = directory_.zone.At(local);
  return absl::ToUnixMicros(info.kind == absl::TimeZone::TimeInfo::SKIPPED ? info.trans : info.pre);
}

void Workload::CheckStart(uint64_t number) {
  const PackageRow& package = engine_.state().Package(number)->row;
  if (package.limit_due_us() != ExpectedLimit(package)) {
    Problem(absl::StrCat("package ", number, " has another limit"));
  }
}

void Workload::CheckLimit(uint64_t number) {
  const PackageRow& package = engine_.state().Package(number)->row;
  const int64_t limit = ExpectedLimit(package);
  if (limit == 0 || absl::ToUnixMicros(now_) < limit ||
      package.state() != v1::PACKAGE_STATE_STARTED) {
    Problem(absl::StrCat("package ", number, " is told to be over its limit"));
  }
}

// Nothing is lost by a transfer, and what was urgent, waited to start or ran longer goes out first.
void Workload::CheckTransfer(const v1::Transfer& transfer) {
  std::optional<std::tuple<bool, bool, std::string, int64_t>> last;
  for (int i = 0; i < transfer.package_ids_size(); ++i) {
    const uint64_t number = ParsePackageId(transfer.package_ids(i))->number;
    const PackageRow& package = engine_.state().Package(number)->row;
    const uint64_t next_number = ParsePackageId(transfer.successor_ids(i))->number;
    const PackageRow& next = engine_.state().Package(next_number)->row;
    const PackageRow& before = before_.at(number);
    const bool ran = before.state() == v1::PACKAGE_STATE_STARTED;
    const bool kept = ran ? package.state() == v1::PACKAGE_STATE_HANDED_BACK &&
                                package.successor_number() == next_number &&
                                next.predecessor_number() == number
                          : before.state() == v1::PACKAGE_STATE_AWARDED && next_number == number;
    if (!kept || next.transfer_id() != transfer.id() || next.released_time_us() == 0 ||
        (next.state() != v1::PACKAGE_STATE_OFFERED && next.state() != v1::PACKAGE_STATE_UNFILLED)) {
      Problem(absl::StrCat("package ", number, " is lost in transfer ", transfer.id()));
    }
    const std::tuple place(package.urgency() != v1::URGENCY_URGENT, ran,
                           ran ? "" : before.terms().start_by_date(),
                           ran ? package.started_time_us() : 0);
    if (last && place < *last) {
      Problem(absl::StrCat("transfer ", transfer.id(), " has another order"));
    }
    last = place;
  }
}

void Workload::CheckPackage(uint64_t number) {
  const PackageAggregate& package = *engine_.state().Package(number);
  std::map<std::string, int> in_round;
  int winners = 0;
  for (const OfferRow& offer : package.offers) {
    const int32_t revision = package.row.framework_revision();
    ++in_round[absl::StrCat(offer.round_number(), " branch ", offer.branch_id())];
    if (!directory_.Rules(revision).several_branches_per_provider()) {
      ++in_round[absl::StrCat(offer.round_number(), " provider ", offer.provider_id())];
    }
    winners +=
        offer.state() == v1::OFFER_STATE_WON && offer.returned_cause() == v1::CAUSE_UNSPECIFIED;
  }
  for (const auto& [who, many] : in_round) {
    if (many > 1) Problem(absl::StrCat("package ", number, ": two offers in round ", who));
  }
  int expected = 0;
  switch (package.row.state()) {
    case v1::PACKAGE_STATE_AWARDED:
    case v1::PACKAGE_STATE_STARTED:
    case v1::PACKAGE_STATE_CEASED:
    case v1::PACKAGE_STATE_HANDED_BACK:
      expected = package.row.imported() ? 0 : 1;
      break;
    case v1::PACKAGE_STATE_CANCELLED:
      expected = winners == 1 ? 1 : 0;
      break;
    case v1::PACKAGE_STATE_SUBMITTED:
    case v1::PACKAGE_STATE_OFFERED:
    case v1::PACKAGE_STATE_UNFILLED:
    case v1::PACKAGE_STATE_UNSPECIFIED:
    case v1::PackageState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::PackageState_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  if (winners != expected) {
    Problem(absl::StrCat("package ", number, " has ", winners, " winners and is ",
                         v1::PackageState_Name(package.row.state())));
  }
}

}  // namespace brokerage::engine::reference
