// Verification: what is stored must be what the journal says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/engine.h"
#include "storage/log_tail.h"
#include "storage/store.h"

namespace brokerage::storage {

inline constexpr size_t kProblemsListedMax = 50;

struct VerifyReport {
  uint64_t records = 0;  // replayed
  Head head;             // of the last of them
  std::string digest;    // of the stored rows, 32 bytes
  uint64_t problem_count = 0;
  std::vector<std::string>
      problems;  // the first kProblemsListedMax; each names table and key, never a text
  std::vector<TornTail> torn_tails;  // of a directory's logs: what was passed over, no problem
  bool ok() const { return problem_count == 0; }
};

// Replays the journal from its first entry into a fresh engine, with the rows in
// `scratch_directory` (empty or absent; deleted afterwards), and compares every row of every table
// but the texts, each text with its salted hash, and the digest. Texts of an erased package may be
// missing. `expect_head` must be one of the journal's entries: a tail that was cut off leaves no
// trace in the journal itself. Damage is a problem in the report; an error is that it could not be
// found out (the scratch directory cannot be written).
absl::StatusOr<VerifyReport> Verify(const View& view, engine::ZoneFinder zones,
                                    const std::optional<Head>& expect_head,
                                    const std::string& scratch_directory);

// The same of a directory that nobody has open, and every block of every table is read: what no
// replay compares (outcomes, postcodes, meta) can be damaged, too. Errors also: what
// RocksDbStore::Open refuses.
absl::StatusOr<VerifyReport> VerifyDirectory(const std::string& directory, engine::ZoneFinder zones,
                                             const std::optional<Head>& expect_head,
                                             const std::string& scratch_directory);

}  // namespace brokerage::storage
