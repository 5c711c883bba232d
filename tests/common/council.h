// A council at work over a store: an engine whose every command is made durable before the next, as
// the server does it. The commands are drawn from a seed, on Nottinghamshire's framework.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "storage/store.h"

namespace brokerage::testing_support {

// Finds zones on the host.
engine::ZoneFinder Zones();

class Council {
 public:
  // Goes on where the store is: loads the engine from it. The store outlives this.
  Council(storage::Store* store, uint64_t seed);

  // Runs what is due, then the command, one second later than the last; the status of the decision.
  absl::Status Do(engine::Caller caller, engine::Request request);
  void ApplyFramework();
  // A contract is to end one day.
  void EndAContract();
  // Days of referrals, answers, awards, starts, returns, claims, erasures; then the clock goes on
  // for a while.
  void Work(int days);
  void Wait(absl::Duration time);  // runs everything that becomes due

  const engine::Engine& engine() const { return *engine_; }
  absl::Time now() const { return now_; }
  int accepted_commands() const { return accepted_commands_; }

 private:
  void RunDue();
  absl::Status Run(engine::Caller caller, engine::Request request);
  void Refer();
  void AnswerSome();
  void HandleSome();
  uint64_t Random(uint64_t below) { return random_() % below; }

  storage::Store* const store_;
  std::unique_ptr<engine::Engine> engine_;
  std::mt19937_64 random_;
  absl::Time now_;
  int accepted_commands_ = 0;
};

}  // namespace brokerage::testing_support
