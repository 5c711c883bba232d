#include "demo/report/one_package.h"

#include <algorithm>
#include <cstdio>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_replace.h"
#include "brokerage/v1/package.pb.h"
#include "demo/council/packages.h"
#include "services/client/text/package_text.h"
#include "services/client/text/words.h"

namespace brokerage::demo {

using client::PackageText;
using client::SayTime;
using client::TimeOf;

namespace {

constexpr int kOfAWayToAnswer = 200;  // more than all else that a package has to tell
constexpr int kOfALateAnswer = 10;

bool WinnerAnsweredLast(const v1::Package& package) {
  absl::Time winner = absl::InfinitePast();
  absl::Time others = absl::InfinitePast();
  for (const v1::Offer& offer : package.offers()) {
    if (offer.answers().empty() || offer.answers().rbegin()->answer() != v1::ANSWER_ACCEPT)
      continue;
    absl::Time& latest = offer.id() == package.award().offer_id() ? winner : others;
    latest = std::max(latest, TimeOf(offer.answers().rbegin()->answer_time()));
  }
  return winner > others;
}

// Its deadline has passed, and no answer came by then, nor late while the package still waited.
bool DidNotAnswer(const v1::Offer& offer) { return offer.state() == v1::OFFER_STATE_LAPSED; }

// What the ways to answer that it has are worth: an acceptance, a decline with its reason, silence;
// and less, a late answer.
int WaysToAnswer(const v1::Package& package) {
  bool accepted = false, declined = false, silent = false, late = false;
  for (const v1::Offer& offer : package.offers()) {
    silent |= DidNotAnswer(offer) && offer.answers().empty();
    for (const v1::AnswerRecord& answer : offer.answers()) {
      if (answer.remark()) continue;
      accepted |= answer.answer() == v1::ANSWER_ACCEPT && !answer.late();
      declined |= answer.answer() == v1::ANSWER_DECLINE && !answer.late();
      late |= answer.late();
    }
  }
  return kOfAWayToAnswer * (accepted + declined + silent) + kOfALateAnswer * late;
}

// How much there is to tell: every way to answer first, then a contested award, rounds, changed
// answers and rules that kept branches out.
int Eventfulness(const v1::Package& package) {
  if (!package.has_award() || package.rounds().empty()) return 0;
  int score = WaysToAnswer(package);
  score += 10 * std::min(package.award().ranking_size(), 4);
  if (package.award().decided_by() == v1::AWARD_CRITERION_TIER && WinnerAnsweredLast(package))
    score += 25;
  std::set<int> rules;
  for (const v1::BranchVerdict& verdict : package.rounds(0).verdicts()) {
    for (const v1::RuleVerdict& rule : verdict.rules()) {
      if (!rule.passed()) rules.insert(rule.rule());
    }
  }
  score += 3 * static_cast<int>(rules.size());
  for (const v1::Offer& offer : package.offers()) {
    if (offer.answers_size() > 1) score += 8;
  }
  // One page is read; three are not.
  return score - 12 * (package.rounds_size() - 1) -
         std::max(0, package.rounds(0).verdicts_size() - 16);
}

}  // namespace

absl::Status PrintOnePackage(const Council& council, const std::vector<OwnedPackage>& packages) {
  v1::Package best;
  int most = -1;
  for (const OwnedPackage& one : packages) {
    auto package = GetPackage(council, one);
    if (!package.ok()) return package.status();
    const int score = Eventfulness(*package);
    if (score > most) {
      most = score;
      best = *std::move(package);
    }
  }
  if (most < 0) return absl::OkStatus();
  // The server's sentences give full names; here they are as brief as in all that was said before.
  const std::string story =
      absl::StrReplaceAll(PackageText(best, council.names()), {{" (invented)", ""}});
  printf("\nOne package from start to end\n\n%s", story.c_str());
  for (const v1::Offer& offer : best.offers()) {
    if (!DidNotAnswer(offer)) continue;
    printf("  %s did not answer by %s\n", council.names().Branch(offer.branch_id()).c_str(),
           SayTime(offer.deadline_time()).c_str());
  }
  return absl::OkStatus();
}

}  // namespace brokerage::demo
