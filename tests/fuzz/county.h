// The county of the scenarios, under way: packages in every state, windows, suspensions, proposals.
// It is made once, by commands that stand here as texts, and kept in a store; an engine begins
// where it ended as often as one likes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/command.h"
#include "engine/engine.h"
#include "storage/store.h"

namespace brokerage::fuzz {

// Accounts of the county, of every role; requests name them by their index.
const std::vector<engine::Caller>& Callers();

// A command that the engine decides, or a moment to go on to.
struct Step {
  int caller = 0;            // index in Callers()
  const char* method = "";   // "PackageService/SubmitPackage"; empty: only time passes
  const char* request = "";  // as text
  int minutes = 0;           // that pass before
};
// What made the county.
const std::vector<Step>& CountySteps();

// The request of a method, as text has it.
std::unique_ptr<google::protobuf::Message> RequestOf(const Step& step);
// The engine's command of a request that only the engine answers; nothing of any other.
absl::StatusOr<engine::Request> EngineRequest(const google::protobuf::Message& request);

// What was decided, and the answer to it.
struct Outcome {
  journal::v1::Record record;
  std::unique_ptr<google::protobuf::Message> reply;
};

// An engine that goes on from a store, and may write to it.
class County {
 public:
  // `store` outlives it. Where it is not `kept`, nothing is written.
  County(storage::Store* store, absl::Time now, bool kept);

  // The refusal, or what came of it; then what is due at once.
  absl::StatusOr<Outcome> Run(const engine::Caller& caller, engine::Request request);
  // What is due on the way happens; at most `ticks_max` of it.
  void Wait(absl::Duration time, int ticks_max);

  const engine::Engine& engine() const { return engine_; }
  absl::Time now() const { return now_; }

 private:
  void Apply(const engine::Decision& decision);
  void RunDue(int ticks_max);

  storage::Store* const store_;
  const bool kept_;
  absl::Time now_;
  engine::Engine engine_;
  int commands_ = 0;
};

// The store of the county under way, which nobody changes any more, and when it ended.
storage::Store* CountyStore();
absl::Time CountyTime();

}  // namespace brokerage::fuzz
