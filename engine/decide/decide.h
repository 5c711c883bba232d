// Decide, by subject. Each function answers one request: it adds facts (and texts) to the decision,
// or refuses. It reads state and changes nothing.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/apply/applier.h"
#include "engine/award/ranking.h"
#include "engine/base/rejection.h"
#include "engine/command.h"
#include "engine/engine.h"
#include "engine/model/lifecycle.h"

namespace brokerage::engine {

// The award of `ranking`'s acceptance at index `winner`: who lost by which criterion, who is void
// by which rule.
void FillAward(const PackageAggregate& package, const Ranking& ranking, size_t winner,
               journal::v1::PackageAwarded* awarded);

class Deciding {
 public:
  Deciding(const State& state, const ZoneFinder& zones, const Command& command, absl::Time now);

  absl::StatusOr<Decision> Run();

 private:
  // --- The clock's (decide_tick.cc).
  absl::Status On(const Tick& request);
  absl::Status On(const ClockJump& request);
  void ContractChange(const AgendaEntry& entry);
  void CloseOffersOf(const journal::v1::DirectoryFact& fact);
  void ReofferNovated(const PackageAggregate& package, const journal::v1::DirectoryFact& fact,
                      int32_t rule_number);
  void Evaluate(const PackageAggregate& package);
  void ProposeOrAward(const PackageAggregate& package, const Ranking& ranking);

  // --- Packages (decide_package.cc, decide_referral.cc, decide_outcome.cc).
  absl::Status On(const v1::PreviewPackageRequest& request);
  absl::Status On(const v1::SubmitPackageRequest& request);
  absl::Status On(const v1::ReleasePackagesRequest& request);
  absl::Status On(const v1::CancelPackageRequest& request);
  absl::Status On(const v1::AwardPackageRequest& request);
  absl::Status On(const v1::ReissuePackageRequest& request);
  absl::Status On(const v1::StartPackageRequest& request);
  absl::Status On(const v1::ReturnPackageRequest& request);
  absl::Status On(const v1::HandBackPackageRequest& request);
  absl::Status On(const v1::CeasePackageRequest& request);
  absl::Status On(const v1::TransferPackagesRequest& request);  // decide_transfer.cc
  absl::Status On(const v1::ErasePackageTextsRequest& request);
  // Checks a referral and makes the row that a package begins with. `texts_needed` is false for a
  // preview.
  absl::StatusOr<journal::v1::PackageRow> CheckReferral(const v1::PackageReferral& referral,
                                                        bool texts_needed);
  absl::Status CheckTexts(const v1::PackageReferral& referral);
  absl::Status CheckProviders(const v1::PackageReferral& referral);
  absl::Status CheckRunning(const v1::PackageReferral& referral);
  // Checks the package that a referral follows, and names it in the row.
  absl::Status CheckFollows(const v1::PackageReferral& referral, journal::v1::PackageRow* row);
  absl::Status CheckTerms(const v1::PackageTerms& terms, absl::string_view field,
                          DateNumber earliest_start);
  absl::StatusOr<const PackageAggregate*> FindPackage(absl::string_view id,
                                                      absl::string_view field = "package_id");
  // PACKAGE_STATE unless the verb is legal from the package's state.
  absl::Status CheckState(const journal::v1::PackageRow& row, PackageVerb verb);
  absl::Status CheckReason(absl::string_view text, absl::string_view field = "reason");
  absl::Status CheckCause(v1::Cause cause);
  // CONTRACT_STATUS where the contract of the award has ended, and its provider has no other in the
  // lot. REQUIRES: the package is AWARDED.
  absl::Status CheckContractStands(const PackageAggregate& package) const;
  // The cause as it is kept. REQUIRES: the package is AWARDED or STARTED.
  v1::Cause CauseFor(const PackageAggregate& package, v1::Cause cause) const;
  // A reason that is shown in reports must not identify a person.
  absl::Status CheckImpersonal(absl::string_view text, absl::string_view field);
  // Hands a running package back; the one that follows gets the number.
  journal::v1::PackageHandedBack& AddHandBack(const PackageAggregate& package, v1::Cause cause,
                                              absl::string_view reason, uint64_t successor_number);
  // When the limit of a service that starts now passes; 0 if it is no interim service.
  int64_t LimitDue(const v1::FrameworkRules& rules, v1::ServiceType service) const;

  // --- Transfers (decide_transfer.cc).
  absl::StatusOr<const v1::Contract*> FindOwnContract(absl::string_view id);
  // NOT_FOUND unless the provider holds a contract of a framework of the caller's authority.
  absl::Status CheckOwnProvider(const std::string& id) const;
  // The provider that holds the contract today, as long as there is one; empty for no contract.
  std::string HolderOf(const std::string& contract_id) const;
  absl::Status CheckTransferred(const v1::TransferPackagesRequest& request,
                                const PackageAggregate& package, const std::string& id) const;
  // The packages to hand back and to return, in the order in which they go out.
  absl::StatusOr<std::vector<const PackageAggregate*>> FindTransferred(
      const v1::TransferPackagesRequest& request);
  // Each gives the package as it goes out.
  journal::v1::PackageRow TransferRunning(const PackageAggregate& package,
                                          const v1::Transfer& transfer, uint64_t successor_number);
  journal::v1::PackageRow TransferAwarded(const PackageAggregate& package,
                                          const v1::Transfer& transfer);
  void PutOutAgain(const PackageAggregate& package);

  // --- Offers (decide_offer.cc).
  struct FoundOffer {
    const PackageAggregate* package;
    const journal::v1::OfferRow* offer;
  };
  absl::Status On(const v1::AcceptOfferRequest& request);
  absl::Status On(const v1::DeclineOfferRequest& request);
  absl::Status On(const v1::ClaimIssuedInErrorRequest& request);
  absl::Status On(const v1::DecideIssuedInErrorRequest& request);
  absl::Status On(const v1::MoveOfferRequest& request);
  absl::StatusOr<FoundOffer> FindOffer(absl::string_view id);
  // Checks that the offer may be answered now, and marks the answer late or a remark.
  absl::Status CheckAnswer(const FoundOffer& found, journal::v1::AnswerRow* answer);

  // --- The directory (decide_directory.cc, decide_framework.cc).
  absl::Status On(const v1::ApplyFrameworkRequest& request);
  absl::Status On(const v1::OpenOptOutWindowRequest& request);
  absl::Status On(const v1::CloseOptOutWindowRequest& request);
  absl::Status On(const v1::DecideOptOutWindowRequest& request);
  absl::Status On(const v1::DeclareCapacityRequest& request);
  // The branch, if it is the caller's own or its organisation's; null otherwise.
  const v1::Branch* OwnBranch(absl::string_view id) const;
  bool IsOfficial() const;
  // LIMIT_REACHED or FIELD_REQUIRED unless the window keeps to the framework's days a year.
  absl::Status CheckOptOutDays(const v1::OptOutWindow& window,
                               const journal::v1::FrameworkRow& framework) const;
  bool NeedsApproval(const v1::Branch& branch, const journal::v1::FrameworkRow& framework,
                     const v1::OptOutWindow& window) const;
  absl::Status On(const v1::SuspendContractRequest& request);
  absl::Status On(const v1::ResumeContractRequest& request);
  absl::Status On(const v1::EndContractRequest& request);
  absl::Status On(const v1::NovateContractRequest& request);
  absl::Status On(const v1::SuspendProviderRequest& request);
  // The one that is named, or the only one under which the caller's authority buys from the
  // provider. Errors: NOT_FOUND, FIELD_REQUIRED.
  absl::StatusOr<std::string> FrameworkToSuspendIn(const v1::SuspendProviderRequest& request) const;
  // Fills in what both suspensions have: id, who, why, from, to.
  template <typename Request>
  absl::Status BeginSuspension(const Request& request, v1::Suspension* suspension) const;
  void Lift(absl::string_view reason, v1::Suspension* suspension) const;
  absl::Status On(const v1::ResumeProviderRequest& request);
  absl::StatusOr<const v1::Contract*> FindContract(absl::string_view id, absl::string_view field);
  // --- Coverage (decide_coverage.cc).
  absl::Status On(const v1::ChangeCoverageRequest& request);
  absl::Status On(const v1::ProposeCoverageRequest& request);
  absl::Status On(const v1::DecideCoverageRequest& request);
  absl::Status On(const v1::WithdrawCoverageProposalRequest& request);
  bool OwnsBranch(const v1::Branch& branch) const;
  // Whether the caller is of an authority that buys under the framework, or an administrator.
  bool DecidesCoverage(absl::string_view framework_id) const;
  // Whether the framework's rule accepts what is proposed.
  bool AcceptsCoverage(absl::string_view framework_id) const;
  // The one of the frameworks `allowed` that the line is in.
  absl::StatusOr<std::string> FrameworkOfLine(
      const v1::Coverage& line, const v1::Branch& branch,
      absl::FunctionRef<bool(const std::string&)> allowed) const;
  absl::Status UnknownWard(const v1::Coverage& line,
                           const std::vector<std::string>& frameworks) const;
  journal::v1::DirectoryFact CoverageFact(const v1::Coverage& line,
                                          const std::string& framework_id) const;
  // The line with the same key, if it is in force today.
  const v1::Coverage* RunningLine(const v1::Coverage& line, DateNumber today) const;
  absl::Status CheckNotInThePast(const v1::Coverage& line, DateNumber today) const;
  // Adds the line of an accepted proposal beside it: one that runs keeps its beginning, no other
  // begins before today.
  void PutLineFromToday(const journal::v1::DirectoryFact& proposal, DateNumber today);

  // Whether the caller may change the directory of the framework.
  bool MayChange(absl::string_view framework_id) const;
  journal::v1::DirectoryFact NewFact(std::string key, absl::string_view framework_id) const;
  journal::v1::DirectoryFact& AddFact(const journal::v1::DirectoryFact& fact,
                                      absl::string_view reason);
  // Adds a fact that is so from today on, or from when its own dates say.
  void AddFact(const journal::v1::DirectoryFact& fact,
               journal::v1::DirectoryChanged* changed) const;

  // --- Accounts and the system (decide_account.cc).
  absl::Status On(const Bootstrap& request);
  absl::Status On(const v1::CreateAccountRequest& request);
  absl::Status On(const v1::DisableAccountRequest& request);
  absl::Status On(const v1::ReplaceTokenRequest& request);
  absl::Status On(const v1::ConfirmClockRequest& request);
  absl::Status CheckToken(absl::string_view token_sha256);

  // --- Outages (decide_outage.cc).
  absl::Status On(const v1::ExtendDeadlinesRequest& request);
  // Those in memory and those that are named.
  absl::StatusOr<std::set<uint64_t>> PackagesOfOutage(
      const v1::ExtendDeadlinesRequest& request) const;
  // What a round that lapsed gets back of the time that it lost; nothing where everyone answered.
  void ReopenRound(const PackageAggregate& package, const journal::v1::RoundRow& round,
                   const journal::v1::OutageSpan& outage,
                   journal::v1::DeadlineExtended* extended) const;
  bool CanStillBeAwarded(const PackageAggregate& package, const journal::v1::OfferRow& offer) const;

  // --- Rounds (rounds.cc).
  // Opens the first round, from `first_rule` on, in which anybody may be offered the package as
  // `package` has it; the restart's own round first when it is due. False when there is none.
  bool OpenRound(const PackageAggregate& package, int32_t first_rule, int32_t rounds_before,
                 int32_t offers_before);
  struct RoundPlan {
    int32_t rule_number = 0;  // 0 for a restart's own round
    int32_t next_rule = 0;
    std::vector<journal::v1::Verdict> verdicts;
    int32_t rounds_before = 0;
    int32_t offers_before = 0;
    std::optional<v1::RoundBeside> beside;
  };
  void AddRound(const PackageAggregate& package, RoundPlan plan);
  // Opens the next round with anybody to offer, if there is one, beside the one that `opened`
  // plans.
  void OpenRoundBeside(const PackageAggregate& package, const RoundPlan& opened,
                       const v1::RoundBeside& why, journal::v1::RoundsPassedOver* passed_over);
  // `beside`: the verdicts of the round beside which it opens; null where there is none.
  std::vector<journal::v1::Verdict> RouteTo(
      const PackageAggregate& package, const v1::FrameworkRules& rules, int32_t rule_number,
      const std::vector<journal::v1::Verdict>* beside = nullptr) const;
  bool RestartIsDue(const PackageAggregate& package, const v1::FrameworkRules& rules) const;
  // Adds the rule's round, whose verdicts offer the package to nobody, where any of them counts
  // (VerdictsThatCount).
  void NotePassedOver(const PackageAggregate& package, int32_t rule_number,
                      const std::vector<journal::v1::Verdict>& verdicts,
                      journal::v1::RoundsPassedOver* passed_over) const;

  // --- Shared.
  journal::v1::Fact& Add() { return *decision_.record.add_facts(); }
  // Keeps a text of the package under the name and returns its salted hash.
  std::string AddText(uint64_t number, std::string name, absl::string_view text);
  // The name under which the reason of this record is kept.
  std::string ReasonName() const;
  const absl::TimeZone& ZoneOf(const v1::FrameworkRules& rules) const;
  DateNumber Today(const v1::FrameworkRules& rules) const;
  int64_t now_us() const { return absl::ToUnixMicros(now_); }

  const State& state_;
  const ZoneFinder& zones_;
  const Command& command_;
  const Caller& caller_;
  const absl::Time now_;
  Decision decision_;
};

}  // namespace brokerage::engine
