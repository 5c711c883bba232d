// What an engine at work gives a store to keep, recorded once: real records and rows, and what all
// rows come to after each batch.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/rocksdb_store.h"
#include "storage/store.h"

namespace brokerage::damage {

class RecordedWork {
 public:
  // Nottinghamshire's framework, then two days of packages; the same every time. Each batch has one
  // record and one outcome.
  static const RecordedWork& Get();

  // Batches are numbered from 1, as their records are.
  int batches() const { return static_cast<int>(batches_.size()); }
  const storage::Batch& batch(int n) const { return batches_.at(static_cast<size_t>(n - 1)); }

  // Appends batch n.
  absl::Status Append(int n, storage::RocksDbStore* store) const;
  // What is wrong with a store that should hold the first n batches, each once, and nothing else;
  // empty when that is nothing. Where reading tells an error, that is not wrong: it is added to
  // `told`, unless that is null.
  std::vector<std::string> Compare(const storage::RocksDbStore& store, int n,
                                   std::vector<absl::Status>* told) const;

 private:
  RecordedWork();

  std::vector<storage::Batch> batches_;
  std::vector<std::string> digests_;  // after each batch; first: before all
};

}  // namespace brokerage::damage
