#include "services/rpc/directory/what_if.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/calendar.h"
#include "engine/base/rejection.h"
#include "engine/what_if.h"
#include "services/core/zones.h"
#include "services/rpc/rows.h"
#include "services/rpc/view_figures.h"

namespace brokerage::services::rpc {

namespace {

constexpr int kPackagesPerRead = 100;

class WhatIfStream final : public Stream {
 public:
  WhatIfStream(std::unique_ptr<storage::View> view, std::unique_ptr<engine::WhatIf> play,
               std::unique_ptr<engine::WhatIf> replay, std::vector<uint64_t> numbers,
               absl::Time now, std::string authority_id)
      : view_(std::move(view)),
        play_(std::move(play)),
        replay_(std::move(replay)),
        numbers_(std::move(numbers)),
        now_(now),
        authority_id_(std::move(authority_id)) {}

  absl::StatusOr<Next> Read(google::protobuf::Message* message) override {
    if (ended_) return Next::kEnd;
    for (int i = 0; i < kPackagesPerRead && next_ < numbers_.size(); ++i, ++next_) {
      auto package = FindPackage(*view_, numbers_[next_]);
      if (!package.ok()) return package.status();
      play_->Submit(**package);
      replay_->Submit(**package);
    }
    auto* response = static_cast<v1::PreviewFrameworkResponse*>(message);
    if (next_ == numbers_.size()) {
      play_->Finish(now_);
      replay_->Finish(now_);
      *response = play_->Result(*replay_, authority_id_);
      ended_ = true;
    }
    response->set_packages_done(static_cast<int64_t>(next_));
    response->set_packages_all(static_cast<int64_t>(numbers_.size()));
    return Next::kSend;
  }

  absl::Time Due(const storage::View& view) const override { return absl::InfinitePast(); }
  uint64_t seen() const override { return 0; }

 private:
  const std::unique_ptr<storage::View> view_;
  const std::unique_ptr<engine::WhatIf> play_;    // under the files that were sent
  const std::unique_ptr<engine::WhatIf> replay_;  // under those that hold
  const std::vector<uint64_t> numbers_;
  const absl::Time now_;
  const std::string authority_id_;  // whose packages may be named; empty for all
  size_t next_ = 0;
  bool ended_ = false;
};

struct Period {
  engine::DateNumber from = 0;
  engine::DateNumber to = 0;  // 0: open
};

absl::StatusOr<Period> PeriodOf(const v1::PreviewFrameworkRequest& request) {
  Period period;
  const auto from = engine::ParseDate(request.from_date());
  if (!from) {
    return engine::Reject(v1::REJECTION_REASON_FIELD_INVALID, "from_date", request.from_date(),
                          "a date, YYYY-MM-DD");
  }
  period.from = *from;
  if (request.to_date().empty()) return period;
  const auto to = engine::ParseDate(request.to_date());
  if (!to || *to <= *from) {
    return engine::Reject(v1::REJECTION_REASON_FIELD_INVALID, "to_date", request.to_date(),
                          "a date after from_date, YYYY-MM-DD, or nothing");
  }
  period.to = *to;
  return period;
}

// The packages of the framework that were submitted in the period and released.
absl::StatusOr<std::vector<uint64_t>> PackagesOf(const storage::View& view,
                                                 const std::string& framework_id, Period period) {
  std::vector<uint64_t> numbers;
  bool readable = true;
  view.Scan(engine::Table::kPackages, "", "", [&](absl::string_view, absl::string_view value) {
    journal::v1::PackageRow row;
    readable = row.ParseFromArray(value.data(), static_cast<int>(value.size()));
    if (!readable) return false;
    if (row.framework_id() != framework_id || row.released_time_us() == 0) return true;
    // Cancelled before anybody had it: nobody knows who would have.
    if (row.state() == v1::PACKAGE_STATE_CANCELLED && !row.has_award()) return true;
    if (row.submitted_date() < period.from) return true;
    if (period.to != 0 && row.submitted_date() >= period.to) return true;
    numbers.push_back(row.number());
    return true;
  });
  if (!readable) return absl::DataLossError("packages: a row cannot be read");
  if (!view.status().ok()) return view.status();
  return numbers;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Stream>> PreviewFramework(
    const Backend& backend, const CallContext& context,
    const v1::PreviewFrameworkRequest& request) {
  absl::StatusOr<Period> period = PeriodOf(request);
  if (!period.ok()) return period.status();
  const engine::ZoneFinder zones = HostZones();
  absl::StatusOr<engine::ParsedFramework> framework = engine::ParseFramework(
      request.files(), [&zones](const std::string& zone) { return zones(zone) != nullptr; });
  if (!framework.ok()) return framework.status();
  const std::string& id = framework->rules.framework_id();
  const engine::Directory& directory = context.published->directory;
  if (directory.Framework(id) == nullptr) {
    return engine::Reject(v1::REJECTION_REASON_NOT_FOUND, "files", id,
                          "the files of a framework that was applied");
  }
  const ViewFigures figures(backend.store->Read());
  std::vector<journal::v1::RollupRow> before;
  for (auto kind : {journal::v1::RollupRow::KIND_HOURS, journal::v1::RollupRow::KIND_PICK_UP}) {
    figures.ForEachRollup(engine::RollupTable::Prefix(kind, id),
                          [&](const journal::v1::RollupRow& row) { before.push_back(row); });
  }
  if (!figures.status().ok()) return figures.status();
  auto view = backend.store->Read();
  auto numbers = PackagesOf(*view, id, *period);
  if (!numbers.ok()) return numbers.status();
  return std::make_unique<WhatIfStream>(
      std::move(view),
      std::make_unique<engine::WhatIf>(zones, *framework, directory, before, period->from),
      std::make_unique<engine::WhatIf>(zones, engine::AsApplied(directory, id), directory, before,
                                       period->from),
      *std::move(numbers), backend.clock->Now(), context.caller.authority_id);
}

}  // namespace brokerage::services::rpc
