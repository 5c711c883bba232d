#include "services/rpc/performance.h"

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "engine/compliance.h"
#include "engine/performance.h"
#include "engine/rejection.h"
#include "services/rpc/today.h"
#include "services/rpc/view_figures.h"

namespace brokerage::services::rpc {

namespace {

constexpr absl::Duration kBetweenChanges = absl::Milliseconds(100);

// A provider sees its own figures; care navigation and commissioners the market's.
engine::PerformanceScope ScopeOf(const engine::Caller& caller) {
  engine::PerformanceScope scope;
  if (caller.role == v1::ROLE_PROVIDER_ORGANISATION || caller.role == v1::ROLE_PROVIDER_BRANCH) {
    scope.provider_id = caller.provider_id;
  }
  if (caller.role == v1::ROLE_PROVIDER_BRANCH) scope.branch_id = caller.branch_id;
  return scope;
}

absl::StatusOr<v1::QueryPerformanceResponse> Ask(const Backend& backend,
                                                 const engine::Caller& caller,
                                                 const v1::PerformanceQuery& query) {
  const std::shared_ptr<const Published> published = backend.sequencer->published();
  const ViewFigures figures(backend.store->Read());
  auto response = engine::QueryPerformance(query, ScopeOf(caller), published->directory, figures);
  if (response.ok() && !figures.status().ok()) return figures.status();
  return response;
}

class PerformanceStream final : public Stream {
 public:
  PerformanceStream(const Backend& backend, const CallContext& context, v1::PerformanceQuery query)
      : backend_(backend), caller_(context.caller), query_(std::move(query)) {}

  absl::StatusOr<Next> Read(google::protobuf::Message* message) override {
    auto* response = static_cast<v1::WatchPerformanceResponse*>(message);
    const absl::Time now = backend_.clock->MachineNow();
    if (head_known_ && now < not_before_) return Next::kWait;
    not_before_ = now + kBetweenChanges;
    auto answer = Ask(backend_, caller_, query_);
    if (!answer.ok()) return answer.status();
    seen_ = static_cast<uint64_t>(answer->as_known_at());
    const bool first = !std::exchange(head_known_, true);
    for (v1::PerformanceRow& row : *answer->mutable_rows()) {
      std::string bytes = row.SerializeAsString();
      std::string& told = told_[GroupOf(row)];
      if (told == bytes) continue;
      told = std::move(bytes);
      *response->add_rows() = std::move(row);
    }
    response->set_as_known_at(answer->as_known_at());
    return first || !response->rows().empty() ? Next::kSend : Next::kWait;
  }

  absl::Time Due(const storage::View& view) const override {
    return view.head().sequence > seen_ ? not_before_ : absl::InfiniteFuture();
  }
  uint64_t seen() const override { return seen_; }

 private:
  static std::string GroupOf(const v1::PerformanceRow& row) {
    v1::PerformanceRow group;
    *group.mutable_group() = row.group();
    return group.SerializeAsString();
  }

  const Backend& backend_;
  const engine::Caller caller_;
  const v1::PerformanceQuery query_;
  std::map<std::string, std::string> told_;  // rows by their groups
  bool head_known_ = false;
  absl::Time not_before_ = absl::InfinitePast();
  uint64_t seen_ = 0;
};

}  // namespace

absl::StatusOr<v1::QueryPerformanceResponse> QueryPerformance(
    const Backend& backend, const CallContext& context,
    const v1::QueryPerformanceRequest& request) {
  return Ask(backend, context.caller, request.query());
}

absl::StatusOr<v1::QueryComplianceResponse> QueryCompliance(
    const Backend& backend, const CallContext& context, const v1::QueryComplianceRequest& request) {
  const ViewFigures figures(backend.store->Read());
  const engine::Directory& directory = context.published->directory;
  auto response =
      engine::QueryCompliance(request, ScopeOf(context.caller), directory, figures,
                              Today(directory, request.framework_id(), backend.clock->Now()));
  if (response.ok() && !figures.status().ok()) return figures.status();
  return response;
}

absl::StatusOr<std::unique_ptr<Stream>> WatchPerformance(
    const Backend& backend, const CallContext& context,
    const v1::WatchPerformanceRequest& request) {
  return std::unique_ptr<Stream>(
      std::make_unique<PerformanceStream>(backend, context, request.query()));
}

}  // namespace brokerage::services::rpc
