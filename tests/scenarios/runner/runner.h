// Plays one scenario against an engine and says what did not come true. What the phrases do is in
// the files that register them (phrases.h); here is the way through the rows, and what the phrases
// share.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/fixtures/engine_driver.h"
#include "tests/scenarios/runner/phrases.h"
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

  // --- What the phrases share: the scenario as it stands.
  EngineDriver& driver() { return *driver_; }
  const Directory& directory() const { return driver_->engine().directory(); }
  absl::TimeZone zone() const { return zone_; }
  absl::CivilDay Today() const;
  // The framework that the scenario plays in, and its files as they were applied last.
  const std::string& framework_id() const { return framework_id_; }
  const std::vector<std::string>& authorities() const { return authorities_; }
  google::protobuf::RepeatedPtrField<v1::FrameworkFile>& files() { return files_; }
  // The one of which the caller's authority is an authority; else the scenario's.
  std::string FrameworkOfCaller() const;

  // --- The row at hand.
  const std::string& does() const { return step_->does; }
  const Caller& caller() const { return caller_; }
  void SetCaller(Caller caller) { caller_ = std::move(caller); }
  // Whether anything that this row asked for was refused, and whether it wrote a record.
  bool refused() const { return !refused_.ok(); }
  bool changed() const { return driver_->records() != records_before_; }
  // What was written up to now is not meant by "nothing changed".
  void ForgetChanges() { records_before_ = driver_->records(); }

  // --- Asking and finding out.
  void Problem(const std::string& text);
  void Expect(const std::string& expected, const std::string& found);
  void Ask(Request request);
  void Apply(const google::protobuf::RepeatedPtrField<v1::FrameworkFile>& files);
  // Takes what came of a question about figures.
  template <typename Response>
  void Take(absl::StatusOr<Response> answer) {
    if (answer.ok()) {
      reply_ = std::make_unique<Response>(*std::move(answer));
    } else if (refused_.ok()) {
      refused_ = answer.status();
    }
  }
  // What was replied last; null where it is of another kind.
  template <typename Response>
  const Response* ReplyIf() const {
    return dynamic_cast<const Response*>(reply_.get());
  }
  // What was replied last; null and the problem where it is of another kind.
  template <typename Response>
  const Response* Reply(const std::string& problem) {
    const auto* reply = dynamic_cast<const Response*>(reply_.get());
    if (reply == nullptr) Problem(problem);
    return reply;
  }

  // --- Packages, by the labels that the scenario gives them: label -> number.
  const std::map<std::string, uint64_t>& labels() const { return packages_; }
  void SetLabel(const std::string& label, uint64_t number) { packages_[label] = number; }
  uint64_t NumberOf(const std::string& label) const;  // 0 if there is none
  // Ids that nothing has where there is no such package or offer: the engine refuses them.
  std::string IdOf(const std::string& label) const;
  std::string OfferIdOf(const std::string& label, const std::string& branch,
                        const std::string& round);
  PackageAggregate Package(const std::string& label);
  // The branch's newest offer, or that of the round; null (and a problem) if there is none.
  const journal::v1::OfferRow* OfferOf(const PackageAggregate& package, const std::string& branch,
                                       const std::string& round);
  // That newest offer as the branch itself is shown it; nothing in it if there is none.
  v1::Offer OfferAsShown(const PackageAggregate& package, const std::string& branch);
  const journal::v1::RoundRow* RoundOf(const PackageAggregate& package, const std::string& number);
  std::string WardCode(const std::string& name) const;

  // --- Times as a person writes them; now, and a problem, where the text is none.
  absl::Time TimeOf(const std::string& text);
  std::string DateOf(const std::string& text);
  std::string TimeText(int64_t micros) const;

 private:
  void AddFramework();
  void Play(const ScenarioStep& step);
  void Handle(const std::string& text, std::vector<ScenarioPhrase> PhraseTable::*column);
  void BeCalledBy(const std::string& who);
  void CheckRefusal();
  void CheckNoTextIsKept();

  const Scenario& scenario_;
  const ScenarioStep* step_ = nullptr;
  const absl::TimeZone zone_;
  google::protobuf::RepeatedPtrField<v1::FrameworkFile> files_;
  std::string framework_id_;
  std::vector<std::string> authorities_;
  std::unique_ptr<EngineDriver> driver_;
  std::map<std::string, uint64_t> packages_;

  // Of the present step.
  Caller caller_;
  absl::Status refused_;
  size_t records_before_ = 0;
  std::unique_ptr<google::protobuf::Message> reply_;  // the last, perhaps of a step before
  ScenarioOutcome outcome_;
};

}  // namespace brokerage::engine
