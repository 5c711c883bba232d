#include "tests/scenarios/runner/runner.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "engine/base/ids.h"
#include "engine/base/rejection.h"
#include "engine/views/offer_view.h"
#include "tests/fixtures/framework_fixture.h"

namespace brokerage::engine {

ScenarioRunner::ScenarioRunner(const Scenario& scenario)
    : scenario_(scenario), zone_(London()), files_(FilesOf(scenario)) {}

ScenarioOutcome ScenarioRunner::Run() {
  if (scenario_.steps.empty()) {
    Problem("there is nothing to play");
    return std::move(outcome_);
  }
  step_ = &scenario_.steps.front();
  const auto start = MomentOf(step_->when, absl::CivilDay(2018, 7, 1), zone_);
  if (!start || !absl::StrContains(step_->when, " 20")) {
    Problem("the first row needs a date with its year");
    return std::move(outcome_);
  }
  driver_ = std::make_unique<EngineDriver>(*start - absl::Hours(1));
  AddFramework();
  for (const ScenarioStep& step : scenario_.steps) {
    step_ = &step;
    Play(step);
  }
  for (const std::string& problem : driver_->FinalProblems()) Problem(problem);
  outcome_.seen.insert(driver_->watch().seen().begin(), driver_->watch().seen().end());
  return std::move(outcome_);
}

std::vector<std::string> ScenarioRunner::Vocabulary() {
  std::vector<std::string> patterns;
  for (const auto column : {&PhraseTable::does, &PhraseTable::then}) {
    for (const PhraseTable* table : AllPhrases()) {
      for (const ScenarioPhrase& one : table->*column) patterns.push_back(one.phrase.pattern());
    }
  }
  return patterns;
}

void ScenarioRunner::AddFramework() {
  BeCalledBy("administrator");
  Apply(files_);
  if (!refused_.ok()) {
    Problem(absl::StrCat(refused_.ToString(), RejectionOf(refused_).ShortDebugString()));
    return;
  }
  const journal::v1::FrameworkRow& row = *directory().Frameworks().front();
  framework_id_ = row.framework_id();
  for (const v1::Authority& one : row.rules().authorities()) authorities_.push_back(one.id());
}

void ScenarioRunner::Play(const ScenarioStep& step) {
  refused_ = absl::OkStatus();
  const bool jumps = absl::StartsWith(step.does, "jumps");
  if (!step.when.empty()) {
    const absl::Time time = TimeOf(step.when);
    if (time < driver_->now()) return Problem("time does not go backwards");
    if (jumps) {
      driver_->JumpTo(time);
    } else {
      driver_->AdvanceTo(time);
    }
  }
  if (!step.who.empty() && step.who != "clock") BeCalledBy(step.who);
  records_before_ = driver_->records();
  if (!step.does.empty()) Handle(step.does, &PhraseTable::does);
  CheckRefusal();
  for (const std::string& then : step.then) {
    if (!absl::StartsWith(then, "refused ")) Handle(then, &PhraseTable::then);
  }
}

// A text is one phrase, so that it does not matter in which order the tables stand.
void ScenarioRunner::Handle(const std::string& text,
                            std::vector<ScenarioPhrase> PhraseTable::*column) {
  const ScenarioPhrase* found = nullptr;
  Words words;
  for (const PhraseTable* table : AllPhrases()) {
    for (const ScenarioPhrase& one : table->*column) {
      auto match = one.phrase.Match(text);
      if (!match) continue;
      if (found != nullptr) {
        return Problem(absl::StrCat("this is both \"", found->phrase.pattern(), "\" and \"",
                                    one.phrase.pattern(), "\": ", text));
      }
      found = &one;
      words = *std::move(match);
    }
  }
  if (found == nullptr) return Problem("nobody knows what this means: " + text);
  found->play(*this, words);
}

// "refused REASON" or "refused REASON naming SOMETHING".
void ScenarioRunner::CheckRefusal() {
  auto expected = std::find_if(step_->then.begin(), step_->then.end(), [](const std::string& then) {
    return absl::StartsWith(then, "refused ");
  });
  const v1::Rejection rejection = RejectionOf(refused_);
  if (expected == step_->then.end()) {
    if (!refused_.ok()) Problem(absl::StrCat("refused: ", refused_.message()));
    return;
  }
  const std::vector<std::string> parts =
      absl::StrSplit(absl::StripPrefix(*expected, "refused "), absl::MaxSplits(" naming ", 1));
  if (refused_.ok()) return Problem("expected " + *expected + ", found that it was done");
  Expect(parts[0], ReasonName(rejection.reason()));
  outcome_.seen.insert(SeenName(rejection.reason()));
  const std::string all = absl::StrCat(refused_.message(), " ", rejection.ShortDebugString());
  if (parts.size() > 1 && !absl::StrContains(all, parts[1])) {
    Problem("expected a refusal naming " + parts[1] + ", found " + all);
  }
  if (changed()) Problem("it was refused, and yet something changed");
}

void ScenarioRunner::BeCalledBy(const std::string& who) {
  caller_ = {};
  caller_.account_id = who;
  std::replace(caller_.account_id.begin(), caller_.account_id.end(), ' ', '-');
  const std::string authority = authorities_.empty() ? "" : authorities_.front();
  if (who == "navigator" || who == "second navigator") {
    caller_.role = v1::ROLE_CARE_NAVIGATOR;
    caller_.authority_id = authority;
  } else if (who == "other authority") {
    caller_.role = v1::ROLE_CARE_NAVIGATOR;
    caller_.authority_id = authorities_.back();
  } else if (absl::StartsWith(who, "navigator of ")) {
    caller_.role = v1::ROLE_CARE_NAVIGATOR;
    caller_.authority_id = who.substr(sizeof("navigator of ") - 1);
  } else if (absl::StartsWith(who, "commissioner of ")) {
    caller_.role = v1::ROLE_COMMISSIONER;
    caller_.authority_id = who.substr(sizeof("commissioner of ") - 1);
  } else if (who == "commissioner") {
    caller_.role = v1::ROLE_COMMISSIONER;
    caller_.authority_id = authority;
  } else if (who == "administrator") {
    caller_.role = v1::ROLE_ADMINISTRATOR;
  } else if (absl::StartsWith(who, "head office of ")) {
    caller_.role = v1::ROLE_PROVIDER_ORGANISATION;
    caller_.provider_id = who.substr(sizeof("head office of ") - 1);
  } else if (const v1::Branch* branch = directory().Branch(who)) {
    caller_.role = v1::ROLE_PROVIDER_BRANCH;
    caller_.branch_id = who;
    caller_.provider_id = branch->provider_id();
  } else {
    Problem("nobody knows who this is: " + who);
  }
}

void ScenarioRunner::Problem(const std::string& text) {
  const int line = step_ != nullptr ? step_->line : scenario_.line;
  outcome_.problems.push_back(absl::StrCat(scenario_.file, ":", line, ": ", text));
}

void ScenarioRunner::Expect(const std::string& expected, const std::string& found) {
  if (expected != found) Problem("expected " + expected + ", found " + found);
}

// Replies are kept with the outcome of their request, where no erasure reaches them. The reason of
// a transfer is kept with the transfer, too.
void ScenarioRunner::CheckNoTextIsKept() {
  constexpr size_t kOwnWords = 8;  // a shorter text may stand anywhere
  const bool transfer = dynamic_cast<const v1::TransferPackagesResponse*>(reply_.get()) != nullptr;
  const std::string kept = reply_ == nullptr || transfer ? "" : reply_->SerializeAsString();
  for (const auto& [label, number] : packages_) {
    for (const journal::v1::TextRow& text : Package(label).texts) {
      if (text.text().size() < kOwnWords || !absl::StrContains(kept, text.text())) continue;
      Problem(absl::StrCat("a reply that is kept holds ", text.name(), " of ", label));
    }
  }
}

void ScenarioRunner::Ask(Request request) {
  auto reply = driver_->Run(caller_, std::move(request));
  if (reply.ok()) {
    reply_ = *std::move(reply);
    CheckNoTextIsKept();
  } else if (refused_.ok()) {
    refused_ = reply.status();
  }
}

void ScenarioRunner::Apply(const google::protobuf::RepeatedPtrField<v1::FrameworkFile>& files) {
  v1::ApplyFrameworkRequest request;
  *request.mutable_files() = files;
  Ask(std::move(request));
}

std::string ScenarioRunner::FrameworkOfCaller() const {
  for (const journal::v1::FrameworkRow* row : directory().Frameworks()) {
    if (Directory::AuthorityOf(row->rules(), caller_.authority_id) != nullptr)
      return row->framework_id();
  }
  return framework_id_;
}

uint64_t ScenarioRunner::NumberOf(const std::string& label) const {
  auto it = packages_.find(label);
  return it == packages_.end() ? 0 : it->second;
}

std::string ScenarioRunner::IdOf(const std::string& label) const {
  const uint64_t number = NumberOf(label);
  if (number == 0) return "P-2018-999999";
  return FormatPackageId({driver_->Package(number).row.year(), number});
}

PackageAggregate ScenarioRunner::Package(const std::string& label) {
  const uint64_t number = NumberOf(label);
  if (number != 0) return driver_->Package(number);
  Problem("there is no package " + label);
  return {};
}

const journal::v1::OfferRow* ScenarioRunner::OfferOf(const PackageAggregate& package,
                                                     const std::string& branch,
                                                     const std::string& round) {
  for (auto offer = package.offers.rbegin(); offer != package.offers.rend(); ++offer) {
    if (offer->branch_id() != branch || offer->purpose() == v1::OFFER_PURPOSE_RESUMED) continue;
    if (round.empty() || round == absl::StrCat(offer->round_number())) return &*offer;
  }
  Problem("there is no offer to " + branch);
  return nullptr;
}

v1::Offer ScenarioRunner::OfferAsShown(const PackageAggregate& package, const std::string& branch) {
  const journal::v1::OfferRow* offer = OfferOf(package, branch, "");
  Caller itself;
  itself.role = v1::ROLE_PROVIDER_BRANCH;
  itself.branch_id = branch;
  return offer == nullptr ? v1::Offer() : ToOffer(package, *offer, itself);
}

std::string ScenarioRunner::OfferIdOf(const std::string& label, const std::string& branch,
                                      const std::string& round) {
  const uint64_t number = NumberOf(label);
  if (number == 0) return "O-2018-999999-1";
  const PackageAggregate package = driver_->Package(number);
  const journal::v1::OfferRow* offer = OfferOf(package, branch, round);
  if (offer == nullptr) return "O-2018-999999-1";
  return FormatOfferId({{package.row.year(), number}, offer->ordinal()});
}

const journal::v1::RoundRow* ScenarioRunner::RoundOf(const PackageAggregate& package,
                                                     const std::string& number) {
  for (const journal::v1::RoundRow& round : package.row.rounds()) {
    if (absl::StrCat(round.number()) == number) return &round;
  }
  Problem("there is no round " + number);
  return nullptr;
}

std::string ScenarioRunner::WardCode(const std::string& name) const {
  for (const auto& [key, fact] : directory().Facts()) {
    if (fact->has_ward() && fact->ward().name() == name) return fact->ward().code();
  }
  return name;  // the engine refuses it
}

absl::CivilDay ScenarioRunner::Today() const { return absl::ToCivilDay(driver_->now(), zone_); }

absl::Time ScenarioRunner::TimeOf(const std::string& text) {
  const auto time = MomentOf(text, Today(), zone_);
  if (!time) Problem("this is no time, or another day of the week: " + text);
  return time.value_or(driver_->now());
}

std::string ScenarioRunner::DateOf(const std::string& text) {
  const auto day = DayOf(text, Today());
  if (!day) Problem("this is no date: " + text);
  return absl::FormatCivilTime(day.value_or(Today()));
}

std::string ScenarioRunner::TimeText(int64_t micros) const {
  if (micros == 0) return "never";
  return absl::FormatTime("%a %e %b %Y %H:%M %Z", absl::FromUnixMicros(micros), zone_);
}

}  // namespace brokerage::engine
