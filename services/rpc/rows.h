// Rows read from a view, put together. Errors everywhere: DATA_LOSS naming table and key when a row
// cannot be read.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "absl/status/statusor.h"
#include "engine/model/package.h"
#include "storage/store.h"

namespace brokerage::services::rpc {

// Null if there is none.
absl::StatusOr<std::shared_ptr<const engine::PackageAggregate>> FindPackage(
    const storage::View& view, uint64_t number);

// The record at a sequence. Errors: DATA_LOSS if it is not there.
absl::StatusOr<journal::v1::Record> ReadRecord(const storage::View& view, uint64_t sequence);

// Packages of one view, each read once. For one answer only.
class PackageReader {
 public:
  explicit PackageReader(const storage::View& view) : view_(view) {}
  // Null if it is not there or cannot be read; then status() says so.
  std::shared_ptr<const engine::PackageAggregate> Find(uint64_t number);
  const absl::Status& status() const { return status_; }

 private:
  const storage::View& view_;
  std::map<uint64_t, std::shared_ptr<const engine::PackageAggregate>> packages_;
  absl::Status status_;
};

}  // namespace brokerage::services::rpc
