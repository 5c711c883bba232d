// What must follow in a scenario.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "engine/award/acceptance_limits.h"
#include "engine/base/ids.h"
#include "engine/figures/tally.h"
#include "engine/model/fact_keys.h"
#include "engine/model/lifecycle.h"
#include "engine/routing/routing.h"
#include "tests/scenarios/runner/scenario_runner.h"

namespace brokerage::engine {

namespace {

// "AWARD_CRITERION_TIER" -> "tier".
std::string InLowerCase(const std::string& name, absl::string_view prefix) {
  return absl::AsciiStrToLower(absl::StripPrefix(name, prefix));
}

std::string Name(v1::AwardCriterion criterion) {
  return InLowerCase(v1::AwardCriterion_Name(criterion), "AWARD_CRITERION_");
}

std::string Name(v1::HardRule rule) { return InLowerCase(v1::HardRule_Name(rule), "HARD_RULE_"); }

std::string Sorted(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  return absl::StrJoin(names, ", ");
}

std::string SortedNames(const std::string& names) { return Sorted(absl::StrSplit(names, ", ")); }

// What decided against an offer, whatever its state.
std::string EndedBy(const journal::v1::OfferRow& offer) {
  if (offer.lost_by() != v1::AWARD_CRITERION_UNSPECIFIED) return Name(offer.lost_by());
  if (offer.void_rule() != v1::HARD_RULE_UNSPECIFIED) return Name(offer.void_rule());
  return InLowerCase(v1::CloseCause_Name(offer.close_cause()), "CLOSE_CAUSE_");
}

}  // namespace

const std::vector<ScenarioRunner::Entry>& ScenarioRunner::Checks() {
  using R = ScenarioRunner;
  static const auto& kChecks = *new std::vector<Entry>{
      {Phrase("nothing changed"), &R::CheckNothingChanged},
      {Phrase("N facts change"), &R::CheckFactsChange},
      {Phrase("PACKAGE is due TIME"), &R::CheckReleaseDue},
      {Phrase("PACKAGES is WORD"), &R::CheckState},
      {Phrase("PACKAGES are WORD"), &R::CheckState},
      {Phrase("PACKAGE has N round[s]"), &R::CheckRounds},
      {Phrase("PACKAGE round N is the restart"), &R::CheckRestartRound},
      {Phrase("PACKAGE round N is beside round N"), &R::CheckRoundBeside},
      {Phrase("PACKAGE round N is beside none"), &R::CheckRoundAlone},
      {Phrase("PACKAGE round N offered to NAMES"), &R::CheckRoundOffers},
      {Phrase("PACKAGE round N is due TIME"), &R::CheckRoundDue},
      {Phrase("PACKAGE round N closed TIME"), &R::CheckRoundClosed},
      {Phrase("PACKAGE not offered to NAME[ under NAME][ in round N] because WORD"),
       &R::CheckNotOffered},
      {Phrase("PACKAGE is explained for NAME as TEXT"), &R::CheckExplained},
      {Phrase("preview round N offers NAMES"), &R::CheckPreview},
      {Phrase("preview round N is beside round N"), &R::CheckPreviewBeside},
      {Phrase("fill of NAME in NAME is N of N, WORD"), &R::CheckFill},
      {Phrase("PACKAGE offer NAME[ of round N] is WORD[ by WORD]"), &R::CheckOfferState},
      {Phrase("PACKAGE offer NAME[ of round N] is due TIME"), &R::CheckOfferDue},
      {Phrase("PACKAGE offer NAME[ of round N] counts as WORD"), &R::CheckOfferClass},
      {Phrase("PACKAGE offer NAME came from NAMES"), &R::CheckCameFrom},
      {Phrase("PACKAGE has no offer to NAME"), &R::CheckNoOffer},
      {Phrase("PACKAGE offer NAME has N answer[s][, the last WORD]"), &R::CheckAnswers},
      {Phrase("PACKAGE claim of NAME is WORD[ and routing says WORD]"), &R::CheckClaim},
      {Phrase("PACKAGE won by NAME[ because WORD]"), &R::CheckWinner},
      {Phrase("PACKAGE ranking NAMES"), &R::CheckRanking},
      {Phrase("PACKAGE ranks NAME with N by WORD"), &R::CheckRankValue},
      {Phrase("PACKAGE award overrides the ranking"), &R::CheckOverridden},
      {Phrase("PACKAGE awaits award to NAME"), &R::CheckAwaits},
      {Phrase("PACKAGE awaits nothing"), &R::CheckAwaitsNothing},
      {Phrase("PACKAGE has terms version N"), &R::CheckTerms},
      {Phrase("PACKAGE follows PACKAGE"), &R::CheckFollows},
      {Phrase("PACKAGE limit is due TIME"), &R::CheckLimitDue},
      {Phrase("PACKAGES over the limit"), &R::CheckOverLimit},
      {Phrase("PACKAGES not over the limit"), &R::CheckNotOverLimit},
      {Phrase("PACKAGE left with WORD"), &R::CheckLeft},
      {Phrase("the transfer took PACKAGES in this order"), &R::CheckTransferOrder},
      {Phrase("no package of the transfer is lost"), &R::CheckNoneLost},
      {Phrase("PACKAGE summary is gone"), &R::CheckSummaryGone},
      {Phrase("PACKAGE summary is TEXT"), &R::CheckSummary},
      {Phrase("opt-out of NAME is WORD"), &R::CheckOptOut},
      {Phrase("NAME could take on N minutes"), &R::CheckCapacity},
      {Phrase("proposal of NAME is WORD"), &R::CheckProposal},
      {Phrase("there is the line REST"), &R::CheckLine},
      {Phrase("limit TEXT of NAME counts N package[s] and N minutes"), &R::CheckLimit},
      {Phrase("contract NAME[ from DATE to DATE]: REST"), &R::CheckCompliance},
      {Phrase("scorecard of the market: REST"), &R::CheckMarketScore},
      {Phrase("scorecard of NAME: REST"), &R::CheckScore},
      {Phrase("scorecard shows NAMES"), &R::CheckScoresShown},
      {Phrase("scorecard names nobody"), &R::CheckNoScores},
      {Phrase("NAME never takes WORD: due N, declined N, unanswered N"), &R::CheckUnserved},
      {Phrase("N ward[s] unserved"), &R::CheckUnservedCount},
      {Phrase("distribution: REST"), &R::CheckDistribution},
      {Phrase("the figures are given"), &R::CheckFiguresGiven},
      {Phrase("interim stays[ in lot NAME]: REST"), &R::CheckInterimStays},
      {Phrase("suspension of NAME stopped N package[s]"), &R::CheckSuspension},
      {Phrase("figures of all[ by WORD]: REST"), &R::CheckAllFigures},
      {Phrase("figures of WORD NAME[ by WORD]: REST"), &R::CheckFigures},
      {Phrase("told of VALUES and no other"), &R::CheckToldOf},
      {Phrase("told of VALUE: REST"), &R::CheckTold},
  };
  return kChecks;
}

// --- Packages and rounds.

void ScenarioRunner::CheckState(const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    const PackageAggregate package = Package(label);
    if (words[1] == "held") {
      Expect(label + " held", label + (package.row.held() ? " held" : " not held"));
    } else {
      Expect(label + " " + words[1], label + " " + StateName(package.row.state()));
    }
  }
}

void ScenarioRunner::CheckReleaseDue(const Words& words) {
  Expect(TimeText(absl::ToUnixMicros(TimeOf(words[1]))),
         TimeText(Package(words[0]).row.release_due_us()));
}

void ScenarioRunner::CheckRounds(const Words& words) {
  Expect(words[1] + " rounds", absl::StrCat(Package(words[0]).row.rounds_size(), " rounds"));
}

void ScenarioRunner::CheckRestartRound(const Words& words) {
  const PackageAggregate package = Package(words[0]);
  const auto* round = RoundOf(package, words[1]);
  if (round != nullptr && round->rule_number() != 0) Problem("it is no restart");
}

void ScenarioRunner::CheckRoundOffers(const Words& words) {
  const PackageAggregate package = Package(words[0]);
  if (RoundOf(package, words[1]) == nullptr) return;
  std::vector<std::string> branches;
  for (const journal::v1::OfferRow& offer : package.offers) {
    if (absl::StrCat(offer.round_number()) == words[1]) branches.push_back(offer.branch_id());
  }
  Expect(SortedNames(words[2]), Sorted(branches));
}

void ScenarioRunner::CheckRoundDue(const Words& words) {
  const PackageAggregate package = Package(words[0]);
  const auto* round = RoundOf(package, words[1]);
  if (round == nullptr) return;
  Expect(TimeText(absl::ToUnixMicros(TimeOf(words[2]))), TimeText(round->deadline_us()));
}

void ScenarioRunner::CheckRoundClosed(const Words& words) {
  const PackageAggregate package = Package(words[0]);
  const auto* round = RoundOf(package, words[1]);
  if (round == nullptr) return;
  Expect(TimeText(absl::ToUnixMicros(TimeOf(words[2]))), TimeText(round->closed_time_us()));
}

void ScenarioRunner::CheckNotOffered(const Words& words) {
  const PackageAggregate package = Package(words[0]);
  const std::string number = words[3].empty() ? absl::StrCat(package.row.rounds_size()) : words[3];
  const auto* round = RoundOf(package, number);
  if (round == nullptr) return;
  for (const journal::v1::Verdict& verdict : round->verdicts()) {
    const bool tier_only = words[2].empty() && words[4] != "tier_in_round" &&
                           verdict.failed_rules() == 1u << v1::HARD_RULE_TIER_IN_ROUND;
    if (verdict.branch_id() != words[1] || tier_only) continue;
    if (!words[2].empty() && verdict.contract_id() != words[2]) continue;
    for (int rule = 1; rule < v1::HardRule_ARRAYSIZE; ++rule) {
      if (Name(static_cast<v1::HardRule>(rule)) != words[4]) continue;
      if (verdict.failed_rules() & (1u << rule)) return;
    }
  }
  Problem("expected " + words[4] + " against " + words[1] + ", found none");
}

void ScenarioRunner::CheckPreview(const Words& words) {
  const auto* preview = dynamic_cast<const v1::PreviewPackageResponse*>(reply_.get());
  if (preview == nullptr) return Problem("nothing was previewed");
  std::vector<std::string> branches;
  for (const v1::Round& round : preview->rounds()) {
    if (absl::StrCat(round.number()) != words[0]) continue;
    for (const v1::BranchVerdict& verdict : round.verdicts()) {
      if (verdict.offered()) branches.push_back(verdict.branch_id());
    }
  }
  Expect(SortedNames(words[1]), Sorted(branches));
}

// --- Offers.

void ScenarioRunner::CheckOfferState(const Words& words) {
  const PackageAggregate package = Package(words[0]);
  const auto* offer = OfferOf(package, words[1], words[2]);
  if (offer == nullptr) return;
  Expect(words[1] + " " + words[3], words[1] + " " + StateName(offer->state()));
  if (!words[4].empty()) Expect("by " + words[4], "by " + EndedBy(*offer));
}

void ScenarioRunner::CheckNoOffer(const Words& words) {
  const PackageAggregate package = Package(words[0]);
  for (const journal::v1::OfferRow& offer : package.offers) {
    if (offer.branch_id() == words[1]) Problem(words[1] + " has an offer");
  }
}

void ScenarioRunner::CheckCameFrom(const Words& words) {
  const PackageAggregate package = Package(words[0]);
  const auto* offer = OfferOf(package, words[1], "");
  if (offer != nullptr) Expect(words[2], absl::StrJoin(offer->moved_from_branch_ids(), ", "));
}

void ScenarioRunner::CheckLimit(const Words& words) {
  std::string found = "no such limit";
  driver_->Figures()->ForEachRollup(
      LimitKey(words[1], words[0]), [&](const journal::v1::RollupRow& row) {
        if (row.acceptance_limit().name() != words[0]) return;  // another that begins like it
        found = absl::StrCat(row.awards(), " packages and ", row.minutes(), " minutes");
      });
  Expect(absl::StrCat(words[2], " packages and ", words[3], " minutes"), found);
}

void ScenarioRunner::CheckOfferDue(const Words& words) {
  const PackageAggregate package = Package(words[0]);
  const auto* offer = OfferOf(package, words[1], words[2]);
  if (offer == nullptr) return;
  Expect(TimeText(absl::ToUnixMicros(TimeOf(words[3]))), TimeText(offer->deadline_us()));
}

void ScenarioRunner::CheckOfferClass(const Words& words) {
  const PackageAggregate package = Package(words[0]);
  const auto* offer = OfferOf(package, words[1], words[2]);
  if (offer == nullptr) return;
  Expect(words[3], InLowerCase(v1::ResponseClass_Name(ClassOf(*offer)), "RESPONSE_CLASS_"));
}

void ScenarioRunner::CheckAnswers(const Words& words) {
  const PackageAggregate package = Package(words[0]);
  const auto* offer = OfferOf(package, words[1], "");
  if (offer == nullptr) return;
  Expect(words[2] + " answers", absl::StrCat(offer->answers_size(), " answers"));
  if (words[3].empty() || offer->answers_size() == 0) return;
  const journal::v1::AnswerRow& last = offer->answers(offer->answers_size() - 1);
  Expect("the last " + words[3], last.remark() ? "the last remark"
                                 : last.late() ? "the last late"
                                               : "the last punctual");
}

void ScenarioRunner::CheckClaim(const Words& words) {
  const PackageAggregate package = Package(words[0]);
  const auto* offer = OfferOf(package, words[1], "");
  if (offer == nullptr) return;
  Expect(words[2], InLowerCase(v1::ClaimState_Name(offer->claim().state()), "CLAIM_STATE_"));
  if (words[3].empty()) return;
  Expect(words[3], offer->claim().routing_confirms_coverage() ? "covered" : "uncovered");
}

// --- Awards.

void ScenarioRunner::CheckWinner(const Words& words) {
  const PackageAggregate package = Package(words[0]);
  const int32_t winner = package.row.award().offer_ordinal();
  if (winner == 0) return Problem("nobody won");
  const journal::v1::OfferRow& offer = package.offers[static_cast<size_t>(winner - 1)];
  Expect(words[1], offer.branch_id());
  Expect("WON", StateName(offer.state()));
  if (!words[2].empty()) Expect(words[2], Name(package.row.award().decided_by()));
}

void ScenarioRunner::CheckRanking(const Words& words) {
  std::vector<std::string> branches;
  const PackageAggregate package = Package(words[0]);
  for (const v1::RankedAcceptance& one : package.row.award().ranking()) {
    if (one.place() != 0) branches.push_back(one.branch_id());
  }
  Expect(words[1], absl::StrJoin(branches, ", "));
}

// As it is kept: smaller comes first.
void ScenarioRunner::CheckRankValue(const Words& words) {
  const PackageAggregate package = Package(words[0]);
  for (const v1::RankedAcceptance& one : package.row.award().ranking()) {
    if (one.branch_id() != words[1]) continue;
    for (const v1::CriterionValue& value : one.values()) {
      if (Name(value.criterion()) == words[3]) {
        return Expect(words[2], absl::StrCat(value.rank_value()));
      }
    }
  }
  Problem("the ranking has no " + words[3] + " of " + words[1]);
}

void ScenarioRunner::CheckOverridden(const Words& words) {
  const PackageAggregate package = Package(words[0]);
  if (!package.row.award().overridden()) Problem("the award follows the ranking");
  if (package.row.award().override_reason().empty()) Problem("no reason is kept");
}

void ScenarioRunner::CheckAwaits(const Words& words) {
  const PackageAggregate package = Package(words[0]);
  if (!package.row.awaits_award()) return Problem("it awaits no award");
  const int32_t proposed = package.row.proposed_ordinal();
  Expect(words[1], package.offers[static_cast<size_t>(proposed - 1)].branch_id());
}

void ScenarioRunner::CheckAwaitsNothing(const Words& words) {
  if (Package(words[0]).row.awaits_award()) Problem("it awaits an award");
}

void ScenarioRunner::CheckTerms(const Words& words) {
  Expect(words[1], absl::StrCat(Package(words[0]).row.terms_version()));
}

void ScenarioRunner::CheckFollows(const Words& words) {
  Expect(absl::StrCat(NumberOf(words[1])),
         absl::StrCat(Package(words[0]).row.predecessor_number()));
  Expect(absl::StrCat(NumberOf(words[0])), absl::StrCat(Package(words[1]).row.successor_number()));
}

void ScenarioRunner::CheckLimitDue(const Words& words) {
  Expect(TimeText(absl::ToUnixMicros(TimeOf(words[1]))),
         TimeText(Package(words[0]).row.limit_due_us()));
}

void ScenarioRunner::CheckOverLimit(const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    if (!Package(label).row.limit_passed()) Problem("the limit of " + label + " has not passed");
    if (!driver_->OverLimit(NumberOf(label))) Problem(label + " is not listed as over its limit");
  }
}

void ScenarioRunner::CheckNotOverLimit(const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    if (driver_->OverLimit(NumberOf(label))) Problem(label + " is listed as over its limit");
  }
}

void ScenarioRunner::CheckLeft(const Words& words) {
  Expect(words[1], InLowerCase(v1::LeavingOutcome_Name(Package(words[0]).row.leaving_outcome()),
                               "LEAVING_OUTCOME_"));
}

const v1::Transfer* ScenarioRunner::LastTransfer() {
  const v1::Transfer* last = nullptr;
  for (const auto& [key, fact] : driver_->engine().directory().Facts()) {
    if (fact->has_transfer()) last = &fact->transfer();
  }
  if (last == nullptr) Problem("there was no transfer");
  return last;
}

void ScenarioRunner::CheckTransferOrder(const Words& words) {
  const v1::Transfer* transfer = LastTransfer();
  if (transfer == nullptr) return;
  std::vector<std::string> expected, successors;
  for (const std::string& label : LabelsOf(words[0])) {
    expected.push_back(IdOf(label));
    successors.push_back(IdOf("Next" + label));
  }
  Expect(absl::StrJoin(expected, ", "), absl::StrJoin(transfer->package_ids(), ", "));
  Expect(absl::StrJoin(successors, ", "), absl::StrJoin(transfer->successor_ids(), ", "));
}

// What ran before is handed back, and what follows it is cared for or looked after; so is what had
// not started, itself.
void ScenarioRunner::CheckNoneLost(const Words&) {
  const v1::Transfer* transfer = LastTransfer();
  if (transfer == nullptr) return;
  for (int i = 0; i < transfer->package_ids_size(); ++i) {
    const std::string& id = transfer->package_ids(i);
    const std::string& next_id = transfer->successor_ids(i);
    if (next_id != id) {
      const PackageAggregate before = driver_->Package(ParsePackageId(id)->number);
      Expect(id + " HANDED_BACK", id + " " + StateName(before.row.state()));
      Expect(absl::StrCat(ParsePackageId(next_id)->number),
             absl::StrCat(before.row.successor_number()));
    }
    const PackageAggregate next = driver_->Package(ParsePackageId(next_id)->number);
    switch (next.row.state()) {
      case v1::PACKAGE_STATE_OFFERED:
      case v1::PACKAGE_STATE_UNFILLED:
      case v1::PACKAGE_STATE_AWARDED:
      case v1::PACKAGE_STATE_STARTED:
        break;
      default:
        Problem(id + " is lost: what follows is " + StateName(next.row.state()));
    }
    Expect(transfer->id(), next.row.transfer_id());
  }
}

void ScenarioRunner::CheckSummary(const Words& words) {
  Expect(words[1], Package(words[0]).Text("summary"));
}

void ScenarioRunner::CheckSummaryGone(const Words& words) {
  if (!Package(words[0]).texts.empty()) Problem("there are still texts");
}

// --- The journal.

void ScenarioRunner::CheckNothingChanged(const Words&) {
  if (driver_->records() != records_before_) Problem("something changed");
}

void ScenarioRunner::CheckFactsChange(const Words& words) {
  const auto* applied = dynamic_cast<const v1::ApplyFrameworkResponse*>(reply_.get());
  if (applied == nullptr) return Problem("no framework was applied");
  std::string keys;
  for (const v1::DirectoryDifference& one : applied->differences())
    absl::StrAppend(&keys, " ", one.key());
  Expect(words[0], absl::StrCat(applied->differences_size()));
  if (words[0] != absl::StrCat(applied->differences_size())) Problem("they are" + keys);
}

// --- Coverage.

v1::CoverageProposal ScenarioRunner::NewestProposal(const std::string& branch) {
  v1::CoverageProposal newest;
  for (const auto& [key, fact] : driver_->engine().directory().Facts()) {
    const v1::CoverageProposal& one = fact->coverage_proposal();
    if (one.coverage().branch_id() == branch) newest = one;
  }
  return newest;
}

void ScenarioRunner::CheckOptOut(const Words& words) {
  const std::string found = v1::OptOutState_Name(NewestWindow(words[0]).state());
  const std::string expected = absl::StrCat("OPT_OUT_STATE_", absl::AsciiStrToUpper(words[1]));
  if (found != expected) Problem(absl::StrCat("expected ", expected, ", found ", found));
}

void ScenarioRunner::CheckCapacity(const Words& words) {
  const auto* fact = driver_->engine().directory().Fact(CapacityKey(words[0]));
  const std::string found =
      fact == nullptr ? "nothing" : absl::StrCat(fact->capacity().weekly_minutes());
  if (found != words[1]) Problem(absl::StrCat("expected ", words[1], ", found ", found));
}

void ScenarioRunner::CheckProposal(const Words& words) {
  Expect(words[1],
         InLowerCase(v1::ProposalState_Name(NewestProposal(words[0]).state()), "PROPOSAL_STATE_"));
}

void ScenarioRunner::CheckLine(const Words& words) {
  v1::Coverage expected = LineOf(words[0]);
  if (!expected.postcode_area().empty()) expected.set_framework_id(framework_id_);
  const auto* found = driver_->engine().directory().Fact(CoverageKey(expected));
  if (found == nullptr) return Problem("there is no such line");
  Expect(expected.ShortDebugString(), found->coverage().ShortDebugString());
}

// The words of the rules on coverage and suspension.
void ScenarioRunner::CheckExplained(const Words& words) {
  const PackageAggregate package = Package(words[0]);
  const auto* round = RoundOf(package, absl::StrCat(package.row.rounds_size()));
  if (round == nullptr) return;
  std::vector<std::string> told;
  for (const journal::v1::Verdict& verdict : round->verdicts()) {
    if (verdict.branch_id() != words[1]) continue;
    for (auto rule : {v1::HARD_RULE_BRANCH_COVERS_WARD, v1::HARD_RULE_BRANCH_COVERS_SERVICE,
                      v1::HARD_RULE_CONTRACT_ACTIVE, v1::HARD_RULE_PROVIDER_NOT_SUSPENDED,
                      v1::HARD_RULE_AREA_NOT_SUSPENDED}) {
      const bool passed = (verdict.failed_rules() & (1u << rule)) == 0;
      told.push_back(
          ExplainRule(rule, passed, verdict, package.row, driver_->engine().directory()));
      if (told.back() == words[2]) return;
    }
  }
  Problem("expected \"" + words[2] + "\", found " + absl::StrJoin(told, " "));
}

}  // namespace brokerage::engine
