// The long forms of what reference_test and properties_test play with a few fixed seeds: one random
// framework after the other, until the time is over.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"

namespace brokerage::engine::reference {

struct Proof {
  std::string name;
  int packages;  // of each framework
  // How many of the seeds play with adaptive release: every nth; 0 for none.
  uint64_t adaptive_every;
  bool to_the_end;         // and the properties
  int acts_of_a_race = 0;  // at one package; 0: no race
};

// By the names under which a person asks for them.
const std::vector<Proof>& Proofs();

struct ProofResult {
  uint64_t first_seed = 0;  // each framework takes the next
  int64_t frameworks = 0;
  int64_t packages = 0;
  int64_t records = 0;
  int64_t failed = 0;                    // frameworks
  uint64_t failed_seed = 0;              // of the first that failed
  std::vector<std::string> differences;  // of that one, soonest first
};

// Plays at least one framework, and the last to its end; stops where one fails. `progress` is
// called after each.
ProofResult Prove(const Proof& proof, uint64_t seed, absl::Duration limit,
                  absl::FunctionRef<void(const ProofResult&)> progress);

// "reference: 1,234 frameworks, 61,700 packages, 402,113 records tried from seed 17; 0 failed"
std::string SummaryOf(const Proof& proof, const ProofResult& result);

// "61,700"
std::string WithCommas(int64_t number);

}  // namespace brokerage::engine::reference
