// Plays one scenario against an engine and says what did not come true.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "brokerage/v1/performance_service.pb.h"
#include "tests/fixtures/engine_driver.h"
#include "tests/scenarios/runner/table.h"
#include "tests/scenarios/runner/words.h"

namespace brokerage::engine {

struct ScenarioOutcome {
  std::vector<std::string> problems;  // "awards.md:12: expected ..., found ..."
  std::set<std::string> seen;         // see SeenName
};

class ScenarioRunner {
 public:
  explicit ScenarioRunner(const Scenario& scenario);
  ScenarioOutcome Run();

  // Every phrase of the columns "does" and "then", for the README's sake.
  static std::vector<std::string> Vocabulary();

 private:
  using Handler = void (ScenarioRunner::*)(const Words&);
  struct Entry {
    Phrase phrase;
    Handler handler;
  };
  static const std::vector<Entry>& Actions();  // actions.cc
  static const std::vector<Entry>& Checks();   // checks.cc

  void Play(const ScenarioStep& step);
  bool Handle(const std::vector<Entry>& entries, const std::string& text);
  void SetCaller(const std::string& who);
  void CheckRefusal();

  // --- What somebody does. The words are those of the phrase, in order.
  void Submit(const Words& words);
  void Preview(const Words& words);
  void Release(const Words& words);
  void Hold(const Words& words);
  void Cancel(const Words& words);
  void CancelSilently(const Words& words);
  void Award(const Words& words);
  void Reissue(const Words& words);
  void ReissueChanged(const Words& words);
  void Start(const Words& words);
  void Return(const Words& words);
  void HandBack(const Words& words);
  void Cease(const Words& words);
  void Transfer(const Words& words);
  void TransferProvider(const Words& words);
  void AskTransfer(v1::TransferPackagesRequest request);
  void Erase(const Words& words);
  void Accept(const Words& words);
  void AcceptWithin(const Words& words);
  void MoveOffer(const Words& words);
  void MoveAboutOffer(const Words& words);
  void Decline(const Words& words);
  void Waver(const Words& words);
  void Claim(const Words& words);
  void Uphold(const Words& words);
  void RejectClaim(const Words& words);
  void OptOut(const Words& words);
  void OptIn(const Words& words);
  void ApproveOptOut(const Words& words);
  void RefuseOptOut(const Words& words);
  void DecideOptOut(const std::string& branch, bool approve);
  void DeclareCapacity(const Words& words);
  void ChangeCoverage(const Words& words);
  void ProposeCoverage(const Words& words);
  void AcceptProposal(const Words& words);
  void RejectProposal(const Words& words);
  void WithdrawProposal(const Words& words);
  void SuspendContract(const Words& words);
  void ResumeContract(const Words& words);
  void EndContract(const Words& words);
  void NovateContract(const Words& words);
  void SuspendProvider(const Words& words);
  void ResumeProvider(const Words& words);
  void ApplyFramework(const Words& words);
  void ApplyChangedFramework(const Words& words);
  void ApplyFrameworkWithout(const Words& words);
  void ApplyFrameworkAs(const Words& words);
  void CreateAccount(const Words& words);
  void Extend(const Words& words);
  void ConfirmClock(const Words& words);
  void Jump(const Words& words);
  void AskForFiguresBy(const Words& words);  // figures.cc
  // scorecard.cc
  void AskForScorecard(const Words& words);
  void AskForDistribution(const Words& words);
  void AskForFigures(const Words& words);
  void AskForInterimStays(const Words& words);
  void Restart(const Words& words);

  // --- What must follow.
  void CheckState(const Words& words);
  void CheckReleaseDue(const Words& words);
  void CheckRoundOffers(const Words& words);
  void CheckRoundDue(const Words& words);
  void CheckRoundClosed(const Words& words);
  void CheckRestartRound(const Words& words);
  // (adaptive.cc)
  void CheckRoundBeside(const Words& words);
  void CheckRoundAlone(const Words& words);
  void CheckPreviewBeside(const Words& words);
  void CheckFill(const Words& words);
  void CheckRounds(const Words& words);
  void CheckNotOffered(const Words& words);
  void CheckOfferState(const Words& words);
  void CheckOfferDue(const Words& words);
  void CheckNoOffer(const Words& words);
  void CheckCameFrom(const Words& words);
  void CheckLimit(const Words& words);
  void CheckOfferClass(const Words& words);
  void CheckAnswers(const Words& words);
  void CheckWinner(const Words& words);
  void CheckRanking(const Words& words);
  void CheckRankValue(const Words& words);
  void CheckOverridden(const Words& words);
  void CheckAwaits(const Words& words);
  void CheckAwaitsNothing(const Words& words);
  void CheckTerms(const Words& words);
  void CheckClaim(const Words& words);
  void CheckFollows(const Words& words);
  void CheckLimitDue(const Words& words);
  void CheckOverLimit(const Words& words);
  void CheckNotOverLimit(const Words& words);
  void CheckLeft(const Words& words);
  void CheckTransferOrder(const Words& words);
  void CheckNoneLost(const Words& words);
  void CheckSummary(const Words& words);
  void CheckSummaryGone(const Words& words);
  // figures.cc
  void CheckCompliance(const Words& words);
  void CheckFigures(const Words& words);
  void CheckAllFigures(const Words& words);
  void CheckToldOf(const Words& words);
  void CheckTold(const Words& words);
  // scorecard.cc
  void CheckMarketScore(const Words& words);
  void CheckScore(const Words& words);
  void CheckScoresShown(const Words& words);
  void CheckNoScores(const Words& words);
  void CheckUnserved(const Words& words);
  void CheckUnservedCount(const Words& words);
  void CheckDistribution(const Words& words);
  void CheckFiguresGiven(const Words& words);
  void CheckInterimStays(const Words& words);
  void CheckSuspension(const Words& words);  // directory.cc
  void CheckPreview(const Words& words);
  void CheckOptOut(const Words& words);
  void CheckCapacity(const Words& words);
  void CheckProposal(const Words& words);
  void CheckLine(const Words& words);
  void CheckExplained(const Words& words);
  void CheckNothingChanged(const Words& words);
  void CheckFactsChange(const Words& words);

  // --- Shared.
  void Problem(const std::string& text);
  void Expect(const std::string& expected, const std::string& found);
  void Ask(Request request);
  v1::PackageReferral ReferralOf(const std::string& label, const std::string& text);
  void AddToReferral(const std::string& item, v1::PackageReferral* referral);
  void AddToTerms(const std::string& item, v1::PackageTerms* terms);
  void Apply(const google::protobuf::RepeatedPtrField<v1::FrameworkFile>& files);
  void AddFramework();
  // The last that was opened for the branch; empty if there is none.
  v1::OptOutWindow NewestWindow(const std::string& branch) const;
  v1::Coverage LineOf(const std::string& text);
  // The last that was made for the branch; empty if there is none.
  v1::CoverageProposal NewestProposal(const std::string& branch);
  // The ids of all packages of the authority of who asks that run under contracts that are meant,
  // or wait to start.
  std::vector<std::string> HeldUnder(const std::function<bool(const std::string&)>& meant);
  // The newest transfer; null (and a problem) if there is none.
  const v1::Transfer* LastTransfer();
  uint64_t NumberOf(const std::string& label);
  std::string IdOf(const std::string& label);
  std::string OfferIdOf(const std::string& label, const std::string& branch,
                        const std::string& round);
  PackageAggregate Package(const std::string& label);
  // The branch's newest offer, or that of the round; null (and a problem) if there is none.
  const journal::v1::OfferRow* OfferOf(const PackageAggregate& package, const std::string& branch,
                                       const std::string& round);
  const journal::v1::RoundRow* RoundOf(const PackageAggregate& package, const std::string& number);
  std::string WardCode(const std::string& name);
  // Unspecified (and a problem) if there is none of that name.
  v1::Dimension DimensionNamed(const std::string& word);
  absl::CivilDay Today() const;
  absl::Time TimeOf(const std::string& text);
  std::string DateOf(const std::string& text);
  std::string TimeText(int64_t micros) const;
  void CheckCounts(const std::string& items, const v1::Counts& plain, const v1::Counts& live,
                   const v1::Counts& settled, const v1::Rates& rates,
                   const v1::PackageCounts& packages, const v1::ComplianceRow* compliance);
  template <typename Request, typename Response>
  void AskAbout(const Words& words,
                absl::StatusOr<Response> (*query)(const Request&, const PerformanceScope&,
                                                  const Directory&, const FigureSource&));
  void Take(const absl::Status& refused, std::unique_ptr<google::protobuf::Message> reply);
  void CheckScoreItems(const v1::ScorecardRow& row, const std::string& items);
  void QueryFigures(const std::string& dimension, const std::string& value, const std::string& unit,
                    const std::string& items);

  // The one of which the caller's authority is an authority; else the scenario's.
  std::string FrameworkOfCaller() const;

  const Scenario& scenario_;
  const ScenarioStep* step_ = nullptr;
  const absl::TimeZone zone_;
  google::protobuf::RepeatedPtrField<v1::FrameworkFile> files_;
  std::string framework_id_;
  std::vector<std::string> authorities_;
  std::unique_ptr<EngineDriver> driver_;
  std::map<std::string, uint64_t> packages_;
  int accounts_ = 0;

  // Of the present step.
  Caller caller_;
  absl::Status refused_;
  size_t records_before_ = 0;
  std::unique_ptr<google::protobuf::Message> reply_;
  ScenarioOutcome outcome_;
};

}  // namespace brokerage::engine
