#include "demo/report.h"

#include <algorithm>
#include <cstdio>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/types/span.h"
#include "brokerage/v1/package_service.pb.h"
#include "demo/changes.h"
#include "demo/tables.h"
#include "services/client/text/table.h"
#include "services/client/text/words.h"

namespace brokerage::demo {

using client::PackageStory;
using client::SayDuration;
using client::SayTime;
using client::ShortName;
using client::Spaced;
using client::Table;
using client::TermsInShort;
using client::TimeOf;

namespace {

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

constexpr size_t kWaitingShown = 25;
constexpr int kOfAWayToAnswer = 200;  // more than all else that a package has to tell
constexpr int kOfALateAnswer = 10;

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

absl::Status PrintStory(const World& world, const std::vector<PlayedPackage>& packages) {
  v1::Package best;
  int most = -1;
  for (const PlayedPackage& played : packages) {
    auto package = GetPackage(world, played);
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
      absl::StrReplaceAll(PackageStory(best, world.names()), {{" (invented)", ""}});
  printf("\nOne package from start to end\n\n%s", story.c_str());
  for (const v1::Offer& offer : best.offers()) {
    if (!DidNotAnswer(offer)) continue;
    printf("  %s did not answer by %s\n", world.names().Branch(offer.branch_id()).c_str(),
           SayTime(offer.deadline_time()).c_str());
  }
  return absl::OkStatus();
}

std::string WhatItWaitsFor(const v1::Package& package) {
  switch (package.state()) {
    case v1::PACKAGE_STATE_UNFILLED:
      return package.rounds().empty() ? "nobody may be offered it" : "nobody took it";
    case v1::PACKAGE_STATE_SUBMITTED:
      return package.held() ? "held"
                            : absl::StrCat("goes out ", SayTime(package.release_due_time()));
    default:
      if (package.awaits_award()) return "an award to confirm";
      return package.rounds().empty()
                 ? ""
                 : absl::StrCat("answers by ", SayTime(package.rounds().rbegin()->deadline_time()));
  }
}

// Problems first: unfilled before offered before submitted, then the longest wait.
int Worry(const v1::Package& package) {
  if (package.state() == v1::PACKAGE_STATE_UNFILLED) return 0;
  if (package.awaits_award()) return 1;
  return package.state() == v1::PACKAGE_STATE_OFFERED ? 2 : 3;
}

absl::StatusOr<std::vector<v1::Package>> WaitingPackages(const World& world) {
  v1::ListPackagesRequest request;
  for (v1::PackageState state :
       {v1::PACKAGE_STATE_SUBMITTED, v1::PACKAGE_STATE_OFFERED, v1::PACKAGE_STATE_UNFILLED}) {
    request.add_states(state);
  }
  request.set_framework_id(world.framework().id());
  request.set_page_size(1000);
  std::vector<v1::Package> packages;
  for (const std::string& authority_id : world.authority_ids()) {
    auto response = world.navigator(authority_id)
                        .Call<v1::ListPackagesResponse>("PackageService/ListPackages", request);
    if (!response.ok()) return response.status();
    packages.insert(packages.end(), response->packages().begin(), response->packages().end());
  }
  std::stable_sort(packages.begin(), packages.end(),
                   [](const v1::Package& a, const v1::Package& b) {
                     return std::pair(Worry(a), TimeOf(a.submit_time())) <
                            std::pair(Worry(b), TimeOf(b.submit_time()));
                   });
  return packages;
}

absl::Status PrintWaitingList(const World& world) {
  auto packages = WaitingPackages(world);
  if (!packages.ok()) return packages.status();
  printf("\nThe waiting list, %s\n\n", SayTime(world.now()).c_str());
  Table table({"package", "state", "care", "ward", "lot", "waits", "start by", "for"});
  const size_t shown = std::min(packages->size(), kWaitingShown);
  for (const v1::Package& package : absl::MakeConstSpan(*packages).first(shown)) {
    table.Add({package.id(), Spaced(ShortName(package.state())),
               TermsInShort(package.terms(), package.urgency()),
               world.names().Ward(package.ward_code()), world.names().Lot(package.lot_id()),
               SayDuration(world.now() - TimeOf(package.submit_time())),
               package.terms().start_by_date(), WhatItWaitsFor(package)});
  }
  fputs(table.empty() ? "  nobody waits\n" : table.Text(2).c_str(), stdout);
  if (shown < packages->size()) printf("  and %zu more\n", packages->size() - shown);
  return absl::OkStatus();
}

// An offer that still takes an answer; without an id if there is none.
absl::StatusOr<v1::Offer> OpenOffer(const World& world, const std::vector<v1::Package>& waiting) {
  for (const v1::Package& listed : waiting) {
    auto package = GetPackage(world, {listed.id(), listed.authority_id()});
    if (!package.ok()) return package.status();
    for (const v1::Offer& offer : package->offers()) {
      if (offer.state() == v1::OFFER_STATE_OPEN) return offer;
    }
  }
  return v1::Offer();
}

}  // namespace

absl::Status PrintReport(const World& world, const std::vector<PlayedPackage>& packages,
                         const PlayNotes& notes, int unserved_due_min) {
  const v1::FrameworkRules& rules = world.framework().rules();
  absl::Status status = PrintStory(world, packages);
  if (status.ok()) status = PrintWaitingList(world);
  if (status.ok()) status = PrintGivenUp(world, notes.given_up);
  if (status.ok() && !notes.stock.empty()) status = PrintStock(world, notes.stock);
  if (status.ok() && !rules.interim().service_types().empty()) status = PrintInterim(world);
  if (status.ok()) status = PrintChanges(world, notes.changes);
  if (status.ok()) status = PrintTransfers(world, notes.transfers);
  if (status.ok() && rules.price_ceiling_pence() > 0) status = PrintPrices(world);
  if (status.ok() && (rules.response_target_percent() > 0 || !rules.bands().empty()))
    status = PrintResponses(world, unserved_due_min);
  if (status.ok() && world.CoversByArea()) status = PrintAreas(world, notes.areas);
  if (status.ok() && !world.reader_ids().empty()) status = PrintAsTheHub(world);
  if (status.ok() && world.authority_ids().size() > 1) status = PrintSharing(world);
  if (status.ok()) status = PrintFigures(world, v1::DIMENSION_SERVICE_TYPE, "Services");
  if (!status.ok()) return status;
  return HasMinimum(rules) ? PrintCompliance(world)
                           : PrintFigures(world, v1::DIMENSION_LOT, "Lots");
}

absl::Status PrintNextCommands(const World& world, const std::string& program,
                               const std::string& address,
                               const std::vector<PlayedPackage>& packages) {
  std::string broker = program;
  if (address != "127.0.0.1:7443") absl::StrAppend(&broker, " --address ", address);
  const std::string navigator = world.TokenFile(World::NavigatorId(world.authority_id()));
  const std::string commissioner = world.TokenFile(World::CommissionerId(world.authority_id()));
  const std::string& framework = world.framework().id();
  printf("\nThe server stays up until Ctrl-C. In another terminal:\n\n");
  printf("  export BROKER_TOKEN=$(cat %s)   # care navigation\n", navigator.c_str());
  printf("  %s package list --states unfilled --states offered\n", broker.c_str());
  auto waiting = WaitingPackages(world);
  if (!waiting.ok()) return waiting.status();
  if (!waiting->empty()) {
    printf("  %s package preview --package-id %s\n", broker.c_str(), waiting->front().id().c_str());
  }
  if (!packages.empty()) {
    printf("  %s package get %s\n", broker.c_str(), packages.front().id.c_str());
    printf("  %s history list --package-id %s\n", broker.c_str(), packages.front().id.c_str());
  }
  printf(
      "  %s --token-file %s performance query --framework-id %s --group-by lot --group-by tier\n",
      broker.c_str(), commissioner.c_str(), framework.c_str());
  auto offer = OpenOffer(world, *waiting);
  if (!offer.ok()) return offer.status();
  if (!offer->id().empty()) {
    printf("  %s --token-file %s offer accept %s\n", broker.c_str(),
           world.TokenFile(offer->branch_id()).c_str(), offer->id().c_str());
  }
  fflush(stdout);
  return absl::OkStatus();
}

}  // namespace brokerage::demo
