#include "tests/scenarios/runner/offers.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/award/acceptance_limits.h"
#include "engine/figures/outcome.h"
#include "engine/model/lifecycle.h"
#include "tests/scenarios/runner/runner.h"
#include "tests/scenarios/runner/values.h"

namespace brokerage::engine {

namespace {

// What decided against an offer, whatever its state.
std::string EndedBy(const journal::v1::OfferRow& offer) {
  if (offer.lost_by() != v1::AWARD_CRITERION_UNSPECIFIED) return Name(offer.lost_by());
  if (offer.void_rule() != v1::HARD_RULE_UNSPECIFIED) return Name(offer.void_rule());
  return InLowerCase(v1::CloseCause_Name(offer.close_cause()), "CLOSE_CAUSE_");
}

void Accept(ScenarioRunner& run, const Words& words) {
  if (words.size() == 2) {  // somebody else's
    v1::AcceptOfferRequest request;
    request.set_offer_id(run.OfferIdOf(words[1], words[0], ""));
    return run.Ask(std::move(request));
  }
  for (const std::string& label : LabelsOf(words[0])) {
    v1::AcceptOfferRequest request;
    request.set_offer_id(run.OfferIdOf(label, run.caller().branch_id, words[1]));
    if (!words[2].empty()) request.set_possible_start_date(run.DateOf(words[2]));
    if (!words[3].empty()) *request.mutable_valid_until_time() = TimestampOf(run.TimeOf(words[3]));
    run.Ask(std::move(request));
  }
}

void AcceptWithin(ScenarioRunner& run, const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    v1::AcceptOfferRequest request;
    request.set_offer_id(run.OfferIdOf(label, run.caller().branch_id, ""));
    int number = 0;
    v1::AcceptanceLimit& limit = *request.mutable_limit();
    if (absl::SimpleAtoi(words[1], &number)) limit.set_packages_max(number);
    if (absl::SimpleAtoi(words[2], &number)) limit.set_weekly_minutes_max(number);
    limit.set_name(words[3]);
    run.Ask(std::move(request));
  }
}

void Decline(ScenarioRunner& run, const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    v1::DeclineOfferRequest request;
    request.set_offer_id(run.OfferIdOf(label, run.caller().branch_id, words[1]));
    request.set_reason(ValueOf<v1::DeclineReason>(v1::DeclineReason_descriptor(), "DECLINE_REASON_",
                                                  words[2].empty() ? "no_capacity" : words[2]));
    request.set_note(words[3]);
    run.Ask(std::move(request));
  }
}

void Waver(ScenarioRunner& run, const Words& words) {
  int times = 0;
  if (!absl::SimpleAtoi(words[0], &times)) return;
  for (int i = 0; i < times; ++i) Decline(run, {words[1], "", "", ""});
  run.ForgetChanges();
}

void MoveOffer(ScenarioRunner& run, const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    std::string from = words[1];
    const PackageAggregate package = run.Package(label);
    for (const journal::v1::OfferRow& offer : package.offers) {
      const bool own = offer.provider_id() == run.caller().provider_id;
      if (own && words[1].empty()) from = offer.branch_id();  // the newest in the end
    }
    v1::MoveOfferRequest request;
    request.set_offer_id(run.OfferIdOf(label, from, ""));
    request.set_branch_id(words[2]);
    run.Ask(std::move(request));
  }
}

void MoveAboutOffer(ScenarioRunner& run, const Words& words) {
  int times = 0;
  if (!absl::SimpleAtoi(words[1], &times)) return;
  for (int i = 0; i < times; ++i) MoveOffer(run, {words[0], words[2 + i % 2], words[3 - i % 2]});
  run.ForgetChanges();
}

void Claim(ScenarioRunner& run, const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    v1::ClaimIssuedInErrorRequest request;
    request.set_offer_id(run.OfferIdOf(label, run.caller().branch_id, ""));
    request.set_reason(kReason);
    run.Ask(std::move(request));
  }
}

void Uphold(ScenarioRunner& run, const Words& words) {
  for (const std::string& label : LabelsOf(words[1])) {
    v1::DecideIssuedInErrorRequest request;
    request.set_offer_id(run.OfferIdOf(label, words[0], ""));
    request.set_uphold(true);
    request.set_reason(kReason);
    run.Ask(std::move(request));
  }
}

void RejectClaim(ScenarioRunner& run, const Words& words) {
  for (const std::string& label : LabelsOf(words[1])) {
    v1::DecideIssuedInErrorRequest request;
    request.set_offer_id(run.OfferIdOf(label, words[0], ""));
    request.set_reason(kReason);
    run.Ask(std::move(request));
  }
}

void CheckOfferState(ScenarioRunner& run, const Words& words) {
  const PackageAggregate package = run.Package(words[0]);
  const auto* offer = run.OfferOf(package, words[1], words[2]);
  if (offer == nullptr) return;
  run.Expect(words[1] + " " + words[3], words[1] + " " + StateName(offer->state()));
  if (!words[4].empty()) run.Expect("by " + words[4], "by " + EndedBy(*offer));
}

void CheckOfferDue(ScenarioRunner& run, const Words& words) {
  const PackageAggregate package = run.Package(words[0]);
  const auto* offer = run.OfferOf(package, words[1], words[2]);
  if (offer == nullptr) return;
  run.Expect(run.TimeText(absl::ToUnixMicros(run.TimeOf(words[3]))),
             run.TimeText(offer->deadline_us()));
}

void CheckOfferClass(ScenarioRunner& run, const Words& words) {
  const PackageAggregate package = run.Package(words[0]);
  const auto* offer = run.OfferOf(package, words[1], words[2]);
  if (offer == nullptr) return;
  run.Expect(words[3], InLowerCase(v1::ResponseClass_Name(ClassOf(*offer)), "RESPONSE_CLASS_"));
}

void CheckCameFrom(ScenarioRunner& run, const Words& words) {
  const PackageAggregate package = run.Package(words[0]);
  const auto* offer = run.OfferOf(package, words[1], "");
  if (offer != nullptr) run.Expect(words[2], absl::StrJoin(offer->moved_from_branch_ids(), ", "));
}

void CheckNoOffer(ScenarioRunner& run, const Words& words) {
  const PackageAggregate package = run.Package(words[0]);
  for (const journal::v1::OfferRow& offer : package.offers) {
    if (offer.branch_id() == words[1]) run.Problem(words[1] + " has an offer");
  }
}

void CheckAnswers(ScenarioRunner& run, const Words& words) {
  const PackageAggregate package = run.Package(words[0]);
  const auto* offer = run.OfferOf(package, words[1], "");
  if (offer == nullptr) return;
  run.Expect(words[2] + " answers", absl::StrCat(offer->answers_size(), " answers"));
  if (words[3].empty() || offer->answers_size() == 0) return;
  const journal::v1::AnswerRow& last = offer->answers(offer->answers_size() - 1);
  run.Expect("the last " + words[3], last.remark() ? "the last remark"
                                     : last.late() ? "the last late"
                                                   : "the last punctual");
}

void CheckClaim(ScenarioRunner& run, const Words& words) {
  const PackageAggregate package = run.Package(words[0]);
  const auto* offer = run.OfferOf(package, words[1], "");
  if (offer == nullptr) return;
  run.Expect(words[2], InLowerCase(v1::ClaimState_Name(offer->claim().state()), "CLAIM_STATE_"));
  if (words[3].empty()) return;
  run.Expect(words[3], offer->claim().routing_confirms_coverage() ? "covered" : "uncovered");
}

void CheckLimit(ScenarioRunner& run, const Words& words) {
  std::string found = "no such limit";
  run.driver().Figures()->ForEachRollup(
      LimitKey(words[1], words[0]), [&](const journal::v1::RollupRow& row) {
        if (row.acceptance_limit().name() != words[0]) return;  // another that begins like it
        found = absl::StrCat(row.awards(), " packages and ", row.minutes(), " minutes");
      });
  run.Expect(absl::StrCat(words[2], " packages and ", words[3], " minutes"), found);
}

}  // namespace

const PhraseTable& OfferPhrases() {
  static const auto& kPhrases = *new PhraseTable{
      {
          {Phrase("accepts PACKAGES[ of round N][ from DATE][ until TIME]"), Accept},
          {Phrase("accepts the offer of NAME on PACKAGE"), Accept},
          {Phrase("accepts PACKAGES, at most[ N packages][ N minutes] of TEXT"), AcceptWithin},
          {Phrase("declines PACKAGES[ of round N][: WORD][ TEXT]"), Decline},
          {Phrase("wavers N times over PACKAGE"), Waver},
          {Phrase("moves PACKAGES[ from NAME] to NAME"), MoveOffer},
          {Phrase("moves PACKAGE N times between NAME and NAME"), MoveAboutOffer},
          {Phrase("claims that PACKAGES was issued in error"), Claim},
          {Phrase("claims that PACKAGES were issued in error"), Claim},
          {Phrase("upholds the claim of NAME on PACKAGES"), Uphold},
          {Phrase("rejects the claim of NAME on PACKAGES"), RejectClaim},
      },
      {
          {Phrase("PACKAGE offer NAME[ of round N] is WORD[ by WORD]"), CheckOfferState},
          {Phrase("PACKAGE offer NAME[ of round N] is due TIME"), CheckOfferDue},
          {Phrase("PACKAGE offer NAME[ of round N] counts as WORD"), CheckOfferClass},
          {Phrase("PACKAGE offer NAME came from NAMES"), CheckCameFrom},
          {Phrase("PACKAGE has no offer to NAME"), CheckNoOffer},
          {Phrase("PACKAGE offer NAME has N answer[s][, the last WORD]"), CheckAnswers},
          {Phrase("PACKAGE claim of NAME is WORD[ and routing says WORD]"), CheckClaim},
          {Phrase("limit TEXT of NAME counts N package[s] and N minutes"), CheckLimit},
      }};
  return kPhrases;
}

}  // namespace brokerage::engine
