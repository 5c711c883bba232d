#include "services/rpc/performance/queries.h"

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/rejection.h"
#include "engine/figures/compliance.h"
#include "engine/figures/interim_stays.h"
#include "engine/figures/performance.h"
#include "engine/figures/query.h"
#include "engine/figures/scorecard.h"
#include "services/rpc/today.h"
#include "services/rpc/view_figures.h"

namespace brokerage::services::rpc {

namespace {

constexpr absl::Duration kBetweenChanges = absl::Milliseconds(100);

// The answer, unless a row that it counts could not be read.
template <typename Response>
absl::StatusOr<Response> Sound(absl::StatusOr<Response> response, const ViewFigures& figures) {
  if (response.ok() && !figures.status().ok()) return figures.status();
  return response;
}

absl::StatusOr<v1::QueryPerformanceResponse> Ask(const Backend& backend,
                                                 const engine::Caller& caller,
                                                 const v1::PerformanceQuery& query) {
  const std::shared_ptr<const DirectorySnapshot> published = backend.sequencer->published();
  const ViewFigures figures(backend.store->Read());
  return Sound(
      engine::QueryPerformance(query, engine::ScopeOf(caller), published->directory, figures),
      figures);
}

// What a question about an earlier sequence is answered from.
struct Earlier {
  std::unique_ptr<storage::Replay> replay;
  std::unique_ptr<ViewFigures> figures;
  engine::PerformanceScope scope;  // who may ask was decided by what is so now
};

// Replays the journal. The fields are named with `prefix` before them.
absl::StatusOr<Earlier> EarlierAt(const Backend& backend, const CallContext& context,
                                  const std::string& prefix, const std::string& framework_id,
                                  int64_t sequence) {
  Earlier earlier;
  earlier.scope = engine::ScopeOf(context.caller);
  auto framework =
      engine::CheckFramework(prefix, framework_id, earlier.scope, context.published->directory);
  if (!framework.ok()) return framework.status();
  earlier.scope.member_authority_id.reset();
  const std::unique_ptr<storage::View> view = backend.store->Read();
  const auto head = static_cast<int64_t>(view->head().sequence);
  if (sequence < 1 || sequence > head) {
    return engine::Reject(v1::REJECTION_REASON_FIELD_INVALID, prefix + "as_known_at",
                          absl::StrCat(sequence),
                          absl::StrCat("a sequence of the journal, 1 to ", head, ", or 0 for now"));
  }
  if (backend.options->known_at == nullptr) {
    return engine::Reject(v1::REJECTION_REASON_NOT_SUPPORTED, prefix + "as_known_at", "",
                          "a server that can replay its journal");
  }
  auto replay = backend.options->known_at(static_cast<uint64_t>(sequence), [&] {
    return backend.clock->MachineNow() < context.deadline;
  });
  if (absl::IsUnavailable(replay.status())) {
    return engine::Reject(v1::REJECTION_REASON_OVERLOADED, prefix + "as_known_at", "",
                          "a later try: one earlier state is replayed at a time");
  }
  if (absl::IsAborted(replay.status())) {
    return engine::Reject(v1::REJECTION_REASON_DEADLINE_PASSED_IN_QUEUE, "", "",
                          "a longer deadline");
  }
  if (!replay.ok()) return replay.status();
  earlier.replay = *std::move(replay);
  earlier.figures =
      std::make_unique<ViewFigures>(earlier.replay->Read(), static_cast<uint64_t>(sequence));
  return earlier;
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
    std::map<std::string, std::string> before = std::exchange(told_, {});
    for (v1::PerformanceRow& row : *answer->mutable_rows()) {
      std::string bytes = row.SerializeAsString();
      const std::string group = GroupOf(row);
      const auto told = before.find(group);
      const bool changed = told == before.end() || told->second != bytes;
      if (told != before.end()) before.erase(told);
      told_[group] = std::move(bytes);
      if (changed) *response->add_rows() = std::move(row);
    }
    for (const auto& [group, bytes] : before) AddGone(group, response);
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

  // A group whose last unit went elsewhere, as when its only offer moves to another branch.
  static void AddGone(const std::string& group, v1::WatchPerformanceResponse* response) {
    v1::PerformanceRow* row = response->add_rows();
    row->ParseFromString(group);
    row->mutable_live();
    row->mutable_settled();
  }

  const Backend& backend_;
  const engine::Caller caller_;
  const v1::PerformanceQuery query_;
  std::map<std::string, std::string> told_;  // rows by their groups, as they were last sent
  bool head_known_ = false;
  absl::Time not_before_ = absl::InfinitePast();
  uint64_t seen_ = 0;
};

}  // namespace

absl::StatusOr<v1::QueryPerformanceResponse> QueryPerformance(
    const Backend& backend, const CallContext& context,
    const v1::QueryPerformanceRequest& request) {
  const v1::PerformanceQuery& query = request.query();
  if (query.as_known_at() == 0) return Ask(backend, context.caller, query);
  auto earlier = EarlierAt(backend, context, "query.", query.framework_id(), query.as_known_at());
  if (!earlier.ok()) return earlier.status();
  return Sound(engine::QueryPerformance(query, earlier->scope, earlier->replay->directory(),
                                        *earlier->figures),
               *earlier->figures);
}

absl::StatusOr<v1::QueryComplianceResponse> QueryCompliance(
    const Backend& backend, const CallContext& context, const v1::QueryComplianceRequest& request) {
  if (request.as_known_at() != 0) {
    auto earlier = EarlierAt(backend, context, "", request.framework_id(), request.as_known_at());
    if (!earlier.ok()) return earlier.status();
    const engine::Directory& directory = earlier->replay->directory();
    const absl::Time then = absl::FromUnixMicros(earlier->replay->last_time_us());
    return Sound(engine::QueryCompliance(request, earlier->scope, directory, *earlier->figures,
                                         Today(directory, request.framework_id(), then)),
                 *earlier->figures);
  }
  const ViewFigures figures(backend.store->Read());
  const engine::Directory& directory = context.published->directory;
  return Sound(
      engine::QueryCompliance(request, engine::ScopeOf(context.caller), directory, figures,
                              Today(directory, request.framework_id(), backend.clock->Now())),
      figures);
}

absl::StatusOr<v1::QueryScorecardResponse> QueryScorecard(
    const Backend& backend, const CallContext& context, const v1::QueryScorecardRequest& request) {
  if (request.as_known_at() != 0) {
    auto earlier = EarlierAt(backend, context, "", request.framework_id(), request.as_known_at());
    if (!earlier.ok()) return earlier.status();
    return Sound(engine::QueryScorecard(request, earlier->scope, earlier->replay->directory(),
                                        *earlier->figures),
                 *earlier->figures);
  }
  const ViewFigures figures(backend.store->Read());
  return Sound(engine::QueryScorecard(request, engine::ScopeOf(context.caller),
                                      context.published->directory, figures),
               figures);
}

absl::StatusOr<v1::QueryDistributionResponse> QueryDistribution(
    const Backend& backend, const CallContext& context,
    const v1::QueryDistributionRequest& request) {
  if (request.as_known_at() != 0) {
    auto earlier = EarlierAt(backend, context, "", request.framework_id(), request.as_known_at());
    if (!earlier.ok()) return earlier.status();
    return Sound(engine::QueryDistribution(request, earlier->scope, earlier->replay->directory(),
                                           *earlier->figures),
                 *earlier->figures);
  }
  const ViewFigures figures(backend.store->Read());
  return Sound(engine::QueryDistribution(request, engine::ScopeOf(context.caller),
                                         context.published->directory, figures),
               figures);
}

absl::StatusOr<v1::QueryInterimStaysResponse> QueryInterimStays(
    const Backend& backend, const CallContext& context,
    const v1::QueryInterimStaysRequest& request) {
  if (request.as_known_at() != 0) {
    auto earlier = EarlierAt(backend, context, "", request.framework_id(), request.as_known_at());
    if (!earlier.ok()) return earlier.status();
    return Sound(engine::QueryInterimStays(request, earlier->scope, earlier->replay->directory(),
                                           *earlier->figures),
                 *earlier->figures);
  }
  const ViewFigures figures(backend.store->Read());
  return Sound(engine::QueryInterimStays(request, engine::ScopeOf(context.caller),
                                         context.published->directory, figures),
               figures);
}

absl::StatusOr<std::unique_ptr<Stream>> WatchPerformance(
    const Backend& backend, const CallContext& context,
    const v1::WatchPerformanceRequest& request) {
  if (request.query().as_known_at() != 0) {
    return engine::Reject(v1::REJECTION_REASON_FIELD_INVALID, "query.as_known_at",
                          absl::StrCat(request.query().as_known_at()),
                          "0: what was known earlier does not change");
  }
  return std::unique_ptr<Stream>(
      std::make_unique<PerformanceStream>(backend, context, request.query()));
}

}  // namespace brokerage::services::rpc
