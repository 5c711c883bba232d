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

// What a question is answered from: what is so now, or what was known at an earlier sequence.
struct Known {
  std::unique_ptr<storage::Replay> replay;  // null: now
  std::unique_ptr<ViewFigures> figures;
  const engine::Directory* directory = nullptr;
  engine::PerformanceScope scope;  // who may ask is decided by what is so now
  absl::Time time;
};

Known KnownNow(const Backend& backend, const CallContext& context) {
  Known known;
  known.figures = std::make_unique<ViewFigures>(backend.store->Read());
  known.directory = &context.published->directory;
  known.scope = engine::ScopeOf(context.caller);
  known.time = backend.clock->Now();
  return known;
}

// Replays the journal up to `sequence`, unless it is 0. The fields are named with `prefix` before
// them.
absl::StatusOr<Known> KnownAt(const Backend& backend, const CallContext& context,
                              const std::string& prefix, const std::string& framework_id,
                              int64_t sequence) {
  if (sequence == 0) return KnownNow(backend, context);
  Known known;
  known.scope = engine::ScopeOf(context.caller);
  auto framework =
      engine::CheckFramework(prefix, framework_id, known.scope, context.published->directory);
  if (!framework.ok()) return framework.status();
  known.scope.member_authority_id.reset();
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
  if (absl::IsAborted(replay.status())) {
    return engine::Reject(v1::REJECTION_REASON_DEADLINE_PASSED_IN_QUEUE, "", "",
                          "a longer deadline");
  }
  if (!replay.ok()) return replay.status();
  known.replay = *std::move(replay);
  known.figures =
      std::make_unique<ViewFigures>(known.replay->Read(), static_cast<uint64_t>(sequence));
  known.directory = &known.replay->directory();
  known.time = absl::FromUnixMicros(known.replay->last_time_us());
  return known;
}

// Answers a request with `answer`, from what was known at the sequence that it names.
template <typename Request, typename Answer>
auto AnswerAsKnown(const Backend& backend, const CallContext& context, const Request& request,
                   Answer answer) -> decltype(answer(std::declval<const Known&>())) {
  auto known = KnownAt(backend, context, "", request.framework_id(), request.as_known_at());
  if (!known.ok()) return known.status();
  return Sound(answer(*known), *known->figures);
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
  auto known = KnownAt(backend, context, "query.", query.framework_id(), query.as_known_at());
  if (!known.ok()) return known.status();
  return Sound(engine::QueryPerformance(query, known->scope, *known->directory, *known->figures),
               *known->figures);
}

absl::StatusOr<v1::QueryComplianceResponse> QueryCompliance(
    const Backend& backend, const CallContext& context, const v1::QueryComplianceRequest& request) {
  return AnswerAsKnown(backend, context, request, [&](const Known& known) {
    return engine::QueryCompliance(request, known.scope, *known.directory, *known.figures,
                                   Today(*known.directory, request.framework_id(), known.time));
  });
}

absl::StatusOr<v1::QueryScorecardResponse> QueryScorecard(
    const Backend& backend, const CallContext& context, const v1::QueryScorecardRequest& request) {
  return AnswerAsKnown(backend, context, request, [&](const Known& known) {
    return engine::QueryScorecard(request, known.scope, *known.directory, *known.figures);
  });
}

absl::StatusOr<v1::QueryDistributionResponse> QueryDistribution(
    const Backend& backend, const CallContext& context,
    const v1::QueryDistributionRequest& request) {
  return AnswerAsKnown(backend, context, request, [&](const Known& known) {
    return engine::QueryDistribution(request, known.scope, *known.directory, *known.figures);
  });
}

absl::StatusOr<v1::QueryInterimStaysResponse> QueryInterimStays(
    const Backend& backend, const CallContext& context,
    const v1::QueryInterimStaysRequest& request) {
  return AnswerAsKnown(backend, context, request, [&](const Known& known) {
    return engine::QueryInterimStays(request, known.scope, *known.directory, *known.figures);
  });
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
