#include "tests/scenarios/runner/awards.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/model/lifecycle.h"
#include "tests/scenarios/runner/runner.h"
#include "tests/scenarios/runner/values.h"

namespace brokerage::engine {

namespace {

void Award(ScenarioRunner& run, const Words& words) {
  v1::AwardPackageRequest request;
  request.set_package_id(run.IdOf(words[0]));
  request.set_offer_id(run.OfferIdOf(words[0], words[1], ""));
  request.set_override_reason(words[2]);
  request.set_price_exception_reason(words[3]);
  run.Ask(std::move(request));
}

void CheckWinner(ScenarioRunner& run, const Words& words) {
  const PackageAggregate package = run.Package(words[0]);
  const int32_t winner = package.row.award().offer_ordinal();
  if (winner == 0) return run.Problem("nobody won");
  const journal::v1::OfferRow& offer = package.offers[static_cast<size_t>(winner - 1)];
  run.Expect(words[1], offer.branch_id());
  run.Expect("WON", StateName(offer.state()));
  if (!words[2].empty()) run.Expect(words[2], Name(package.row.award().decided_by()));
}

void CheckRanking(ScenarioRunner& run, const Words& words) {
  std::vector<std::string> branches;
  const PackageAggregate package = run.Package(words[0]);
  for (const v1::RankedAcceptance& one : package.row.award().ranking()) {
    if (one.place() != 0) branches.push_back(one.branch_id());
  }
  run.Expect(words[1], absl::StrJoin(branches, ", "));
}

// As it is kept: smaller comes first.
void CheckRankValue(ScenarioRunner& run, const Words& words) {
  const PackageAggregate package = run.Package(words[0]);
  for (const v1::RankedAcceptance& one : package.row.award().ranking()) {
    if (one.branch_id() != words[1]) continue;
    for (const v1::CriterionValue& value : one.values()) {
      if (Name(value.criterion()) == words[3]) {
        return run.Expect(words[2], absl::StrCat(value.rank_value()));
      }
    }
  }
  run.Problem("the ranking has no " + words[3] + " of " + words[1]);
}

void CheckOverridden(ScenarioRunner& run, const Words& words) {
  const PackageAggregate package = run.Package(words[0]);
  if (!package.row.award().overridden()) run.Problem("the award follows the ranking");
  if (package.row.award().override_reason().empty()) run.Problem("no reason is kept");
}

void CheckAwaits(ScenarioRunner& run, const Words& words) {
  const PackageAggregate package = run.Package(words[0]);
  if (!package.row.awaits_award()) return run.Problem("it awaits no award");
  const int32_t proposed = package.row.proposed_ordinal();
  run.Expect(words[1], package.offers[static_cast<size_t>(proposed - 1)].branch_id());
}

void CheckAwaitsNothing(ScenarioRunner& run, const Words& words) {
  if (run.Package(words[0]).row.awaits_award()) run.Problem("it awaits an award");
}

}  // namespace

const PhraseTable& AwardPhrases() {
  static const auto& kPhrases = *new PhraseTable{
      {
          {Phrase("awards PACKAGE to NAME[ because TEXT][, price exception TEXT]"), Award},
      },
      {
          {Phrase("PACKAGE won by NAME[ because WORD]"), CheckWinner},
          {Phrase("PACKAGE ranking NAMES"), CheckRanking},
          {Phrase("PACKAGE ranks NAME with N by WORD"), CheckRankValue},
          {Phrase("PACKAGE award overrides the ranking"), CheckOverridden},
          {Phrase("PACKAGE awaits award to NAME"), CheckAwaits},
          {Phrase("PACKAGE awaits nothing"), CheckAwaitsNothing},
      }};
  return kPhrases;
}

}  // namespace brokerage::engine
