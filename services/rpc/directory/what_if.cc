#include "services/rpc/directory/what_if.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "engine/base/calendar.h"
#include "engine/base/rejection.h"
#include "engine/what_if.h"
#include "services/core/zones.h"
#include "services/rpc/directory/framework_files.h"
#include "services/rpc/rows.h"
#include "services/rpc/view_figures.h"

namespace brokerage::services::rpc {

namespace {

constexpr int kPackagesPerRead = 100;

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

// The packages of the framework that were submitted in the period and released; some of them once
// `stop_asked` says yes.
absl::StatusOr<std::vector<uint64_t>> PackagesOf(const storage::View& view,
                                                 const std::string& framework_id, Period period,
                                                 absl::FunctionRef<bool()> stop_asked) {
  std::vector<uint64_t> numbers;
  bool readable = true;
  view.Scan(engine::Table::kPackages, "", "", [&](absl::string_view, absl::string_view value) {
    if (stop_asked()) return false;
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

// Parses the files first; then so many packages a read.
class WhatIfStream final : public Stream {
 public:
  // `backend`, `context` and `request` outlive it.
  WhatIfStream(const Backend& backend, const CallContext& context,
               const v1::PreviewFrameworkRequest& request, Period period)
      : backend_(backend), context_(context), request_(request), period_(period) {}

  absl::StatusOr<Next> Read(google::protobuf::Message* message) override {
    if (ended_) return Next::kEnd;
    auto* response = static_cast<v1::PreviewFrameworkResponse*>(message);
    if (play_ == nullptr) return Begin(response);
    for (int i = 0; i < kPackagesPerRead && next_ < numbers_.size(); ++i, ++next_) {
      auto package = FindPackage(*view_, numbers_[next_]);
      if (!package.ok()) return package.status();
      play_->Submit(**package);
      replay_->Submit(**package);
    }
    if (next_ == numbers_.size()) {
      play_->Finish(now_);
      replay_->Finish(now_);
      *response = play_->Result(*replay_, context_.caller.authority_id);
      ended_ = true;
    }
    response->set_packages_done(static_cast<int64_t>(next_));
    response->set_packages_all(static_cast<int64_t>(numbers_.size()));
    return Next::kSend;
  }

  absl::Time Due(const storage::View& view) const override { return absl::InfinitePast(); }
  uint64_t seen() const override { return 0; }

 private:
  absl::StatusOr<Next> Begin(v1::PreviewFrameworkResponse* response) {
    auto framework = ParseFiles(backend_, context_, request_.files());
    if (framework.ok()) return Begin(*framework);
    auto refusal = RefusalOfFiles(framework.status());
    if (!refusal || !request_.refusal_in_response()) return framework.status();
    *response->mutable_refusal() = *std::move(refusal);
    ended_ = true;
    return Next::kSend;
  }

  absl::StatusOr<Next> Begin(const engine::ParsedFramework& framework) {
    const std::string& id = framework.rules.framework_id();
    const engine::Directory& directory = context_.published->directory;
    if (directory.Framework(id) == nullptr) {
      return engine::Reject(v1::REJECTION_REASON_NOT_FOUND, "files", id,
                            "the files of a framework that was applied");
    }
    const ViewFigures figures(backend_.store->Read());
    std::vector<journal::v1::RollupRow> before;
    for (auto kind : {journal::v1::RollupRow::KIND_HOURS, journal::v1::RollupRow::KIND_PICK_UP}) {
      figures.ForEachRollup(engine::RollupTable::Prefix(kind, id),
                            [&](const journal::v1::RollupRow& row) { before.push_back(row); });
    }
    if (!figures.status().ok()) return figures.status();
    view_ = backend_.store->Read();
    auto numbers =
        PackagesOf(*view_, id, period_, [this] { return IsAbandoned(backend_, context_); });
    if (!numbers.ok()) return numbers.status();
    numbers_ = *std::move(numbers);
    now_ = backend_.clock->Now();
    const engine::ZoneFinder zones = HostZones();
    play_ = std::make_unique<engine::WhatIf>(zones, framework, directory, before, period_.from);
    replay_ = std::make_unique<engine::WhatIf>(zones, engine::AsApplied(directory, id), directory,
                                               before, period_.from);
    return Next::kAgain;
  }

  const Backend& backend_;
  const CallContext& context_;
  const v1::PreviewFrameworkRequest& request_;
  const Period period_;
  std::unique_ptr<storage::View> view_;
  std::unique_ptr<engine::WhatIf> play_;    // under the files that were sent
  std::unique_ptr<engine::WhatIf> replay_;  // under those that hold
  std::vector<uint64_t> numbers_;
  absl::Time now_;
  size_t next_ = 0;
  bool ended_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Stream>> PreviewFramework(
    const Backend& backend, const CallContext& context,
    const v1::PreviewFrameworkRequest& request) {
  absl::StatusOr<Period> period = PeriodOf(request);
  if (!period.ok()) return period.status();
  return std::make_unique<WhatIfStream>(backend, context, request, *period);
}

}  // namespace brokerage::services::rpc
