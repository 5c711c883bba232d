// The figures of one view: what engine/figures/performance.h counts from.
#pragma once

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "engine/figures/performance.h"
#include "storage/store.h"

namespace brokerage::services::rpc {

class ViewFigures final : public engine::FigureSource {
 public:
  explicit ViewFigures(std::unique_ptr<storage::View> view)
      : view_(std::move(view)), sequence_(view_->head().sequence) {}
  // Rows of a replay, which keeps no journal: as of the sequence.
  ViewFigures(std::unique_ptr<storage::View> view, uint64_t sequence)
      : view_(std::move(view)), sequence_(sequence) {}

  void ForEachRollup(absl::string_view prefix,
                     absl::FunctionRef<void(const journal::v1::RollupRow&)> visit) const override;
  void ForEachOfferFact(
      absl::string_view framework_id, engine::DateNumber from, engine::DateNumber to,
      absl::FunctionRef<void(const journal::v1::OfferFact&)> visit) const override;
  void ForEachOfferFactOfPackage(
      uint64_t package_number,
      absl::FunctionRef<void(const journal::v1::OfferFact&)> visit) const override;
  int64_t sequence() const override { return static_cast<int64_t>(sequence_); }

  // DATA_LOSS once a row could not be read: what was counted is then not to be used.
  const absl::Status& status() const { return status_; }

 private:
  const std::unique_ptr<storage::View> view_;
  const uint64_t sequence_;
  mutable absl::Status status_;
};

}  // namespace brokerage::services::rpc
