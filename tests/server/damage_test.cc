// A store stands power cuts, failing disks and damaged files. These are short forms of
// `./dev prove --proof power_cuts`, and so on: a few places of each.
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/str_join.h"
#include "tests/damage/proofs.h"
#include "tests/fixtures/test_folder.h"

namespace brokerage::damage {
namespace {

// Spread evenly over the places.
void ExpectHolds(const std::string& name, uint64_t tries) {
  const auto proof = std::find_if(Proofs().begin(), Proofs().end(),
                                  [&](const Proof& one) { return one.name == name; });
  ASSERT_NE(proof, Proofs().end());
  const testing_support::TestFolder folder;
  const std::unique_ptr<Trials> trials = proof->begin(folder.path());
  // A step without a common factor: every kind of damage has its turn.
  const uint64_t step = std::max<uint64_t>(1, trials->places() / tries) | 1;
  for (uint64_t i = 0; i < tries; ++i) {
    EXPECT_EQ(absl::StrJoin(trials->Try(i * step), "\n"), "") << name << " of seed " << i * step;
  }
}

TEST(Damage, APowerCutLosesNothingThatWasAcknowledged) { ExpectHolds("power_cuts", 12); }

TEST(Damage, AFailingDiskIsToldAndNothingIsAcknowledgedAfterIt) { ExpectHolds("failing_disk", 20); }

TEST(Damage, AFlippedBitIsAnErrorAndNeverAWrongRow) { ExpectHolds("flips", 16); }

TEST(Damage, ALogThatWasCutAnywhereNeverLosesWhatWasNoted) { ExpectHolds("truncation", 16); }

}  // namespace
}  // namespace brokerage::damage
