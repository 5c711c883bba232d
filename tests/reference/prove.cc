#include "tests/reference/prove.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/reference/workload.h"

namespace brokerage::engine::reference {

const std::vector<Proof>& Proofs() {
  static const auto& kProofs = *new std::vector<Proof>{
      {.name = "reference", .packages = 50, .adaptive_every = 0, .to_the_end = false},
      {.name = "adaptive", .packages = 120, .adaptive_every = 1, .to_the_end = false},
      {.name = "properties", .packages = 40, .adaptive_every = 4, .to_the_end = true},
      {.name = "races",
       .packages = 1,
       .adaptive_every = 4,
       .to_the_end = false,
       .acts_of_a_race = 120},
  };
  return kProofs;
}

ProofResult Prove(const Proof& proof, uint64_t seed, absl::Duration limit,
                  absl::FunctionRef<void(const ProofResult&)> progress) {
  const absl::Time end = absl::Now() + limit;
  ProofResult result;
  result.first_seed = seed;
  do {
    const bool adaptive = proof.adaptive_every > 0 && seed % proof.adaptive_every == 0;
    WorkloadTally tally;
    Workload workload(seed, adaptive, &tally);
    const std::vector<std::string> differences =
        proof.acts_of_a_race > 0 ? workload.Race(proof.acts_of_a_race)
        : proof.to_the_end       ? workload.RunToTheEnd(proof.packages)
                                 : workload.Run(proof.packages);
    ++result.frameworks;
    result.packages += static_cast<int64_t>(workload.course().LastPackage());
    result.records += static_cast<int64_t>(workload.course().records.size());
    if (!differences.empty()) {
      result.failed = 1;
      result.failed_seed = seed;
      result.differences = differences;
    }
    progress(result);
    ++seed;
  } while (result.failed == 0 && absl::Now() < end);
  return result;
}

std::string SummaryOf(const Proof& proof, const ProofResult& result) {
  return absl::StrCat(proof.name, ": ", WithCommas(result.frameworks), " frameworks, ",
                      WithCommas(result.packages), " packages, ", WithCommas(result.records),
                      " records tried from seed ", result.first_seed, "; ", result.failed,
                      " failed");
}

std::string WithCommas(int64_t number) {
  const std::string digits = absl::StrCat(number);
  std::string text;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

}  // namespace brokerage::engine::reference
