#include "services/core/executor.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>
#include <type_traits>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/bounds.h"
#include "engine/base/check.h"
#include "engine/base/hash.h"
#include "engine/base/rejection.h"
#include "storage/loading.h"

namespace brokerage::services {

namespace {

using engine::Reject;
using google::protobuf::Descriptor;
using google::protobuf::Message;

// The request as a message; null for what no client asks (Tick, ClockJump, Bootstrap).
const Message* MessageOf(const engine::Request& request) {
  return std::visit(
      [](const auto& asked) -> const Message* {
        using Asked = std::decay_t<decltype(asked)>;
        if constexpr (std::is_base_of_v<Message, Asked>) {
          return &asked;
        } else if constexpr (std::is_same_v<Asked, engine::ApplyParsedFramework>) {
          return &asked.request;
        } else {
          return nullptr;
        }
      },
      request);
}

// The response type of a request type: the same name, ending in "Response".
const Descriptor* ResponseTypeOf(const Descriptor& request) {
  std::string name = request.full_name();
  constexpr absl::string_view kRequest = "Request";
  if (!absl::EndsWith(name, kRequest)) return nullptr;
  name.replace(name.size() - kRequest.size(), kRequest.size(), "Response");
  return google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(name);
}

// Equal bytes of different kinds of request are different content.
std::string OutcomeHash(const Descriptor* type, absl::string_view content_hash) {
  engine::Sha256 hash;
  if (type != nullptr) hash.Add(type->full_name());
  return hash.Add(content_hash).Finish();
}

std::string InFlightKey(const std::string& account_id, const std::string& request_id) {
  std::string key;
  key.reserve(account_id.size() + 1 + request_id.size());
  return key.append(account_id).append(1, '\0').append(request_id);
}

template <typename T>
void Append(std::vector<T> more, std::vector<T>* all) {
  if (all->empty()) {
    *all = std::move(more);
    return;
  }
  all->insert(all->end(), std::make_move_iterator(more.begin()),
              std::make_move_iterator(more.end()));
}

}  // namespace

void CommitGroup::Merge(CommitGroup later) {
  Append(std::move(later.batch.records), &batch.records);
  Append(std::move(later.batch.writes), &batch.writes);
  Append(std::move(later.batch.outcomes), &batch.outcomes);
  Append(std::move(later.answers), &answers);
  if (later.published) published = std::move(later.published);
  if (later.alive) alive = later.alive;
  number = later.number;
}

Executor::Executor(engine::Engine* engine, storage::Store* store, Clock* clock,
                   const DiskWatch* disk, const Options& options)
    : engine_(engine), store_(store), clock_(clock), disk_(disk), options_(options) {
  last_sequence_ = store_->Read()->head().sequence;
  if (last_sequence_ > 0) {
    std::unique_ptr<storage::View> view = store_->Read();
    absl::Status read = view->Tail(last_sequence_, [this](const journal::v1::JournalEntry& entry) {
      journal::v1::Record record;
      if (record.ParseFromString(entry.record())) last_time_us_ = record.time_us();
      return false;
    });
    if (!read.ok()) spdlog::error("event=journal_tail_unreadable error=\"{}\"", read.ToString());
  }
  clock_->Begin(engine_->NextDue(), clock_jumped());
  published_version_ = engine_->directory_version();
  published_time_us_ = engine_->state().last_time_us;
}

absl::Time Executor::NextStamp() const { return StampAt(clock_->Now()); }

absl::Time Executor::StampAt(absl::Time now) const {
  return absl::FromUnixMicros(std::max(absl::ToUnixMicros(now), last_time_us_ + 1));
}

void Executor::CheckClock(CommitGroup* group) {
  if (!clock_->in_doubt() || clock_jumped()) return;
  const engine::Command command{{}, engine::ClockJump{}, ""};
  const absl::Time time = NextStamp();
  absl::StatusOr<engine::Decision> decision = engine_->Decide(command, time);
  if (!decision.ok()) {
    spdlog::error("event=clock_jump_not_recorded error=\"{}\"", decision.status().ToString());
  } else if (decision->record.facts_size() > 0) {
    Commit(command, "", time, &*decision, group);
  }
}

absl::Status Executor::TrustClock(const v1::ConfirmClockRequest& request) {
  if (!clock_->in_doubt()) return absl::OkStatus();
  const absl::Time shown = clock_->Shown();
  const absl::Time now = clock_->Now();
  const auto text = [](absl::Time time) {
    return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
  };
  if (request.has_current_time()) {
    const absl::Time said = absl::FromUnixSeconds(request.current_time().seconds());
    if (absl::AbsDuration(said - shown) > engine::limits::kClockJumpMax) {
      return Reject(v1::REJECTION_REASON_FIELD_INVALID, "current_time", text(said),
                    absl::StrCat("the time that the machine's clock shows, ", text(shown),
                                 ", or to set that right first"));
    }
  } else if (absl::AbsDuration(now - shown) > engine::limits::kClockJumpMax) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "current_time", "",
                  absl::StrCat("what time it is: the machine's clock shows ", text(shown),
                               ", and by what passed since it was known it is ", text(now)));
  }
  clock_->Trust();
  return absl::OkStatus();
}

bool Executor::RunOneDue(CommitGroup* group) {
  if (stuck_) return false;
  const absl::Time now = clock_->Now();
  const absl::Time time = StampAt(now);
  const absl::Time clock = clock_->simulated() ? time : now;
  if (!engine_->IsDue(time, clock)) return false;
  const engine::Command command{{}, engine::Tick{absl::ToUnixMicros(clock)}, ""};
  absl::StatusOr<engine::Decision> decision = engine_->Decide(command, time);
  if (!decision.ok() || decision->record.facts_size() == 0) {
    stuck_ = true;  // an error of ours: commands go on, and no thread spins
    spdlog::error("event=tick_without_progress due={} error=\"{}\"",
                  absl::FormatTime(engine_->NextDue()), decision.status().ToString());
    return false;
  }
  Commit(command, "", time, &*decision, group);
  return true;
}

void Executor::Execute(QueuedCommand command, CommitGroup* group) {
  if (const Message* message = MessageOf(command.request)) command.type = message->GetDescriptor();
  Done done = std::move(command.done);
  Reply reply = Answer(std::move(command), group);
  group->answers.push_back({std::move(done), std::move(reply)});
}

Reply Executor::Answer(QueuedCommand command, CommitGroup* group) {
  if (command.deadline != absl::InfiniteFuture() && command.deadline <= clock_->MachineNow()) {
    return Reject(v1::REJECTION_REASON_DEADLINE_PASSED_IN_QUEUE, "", "",
                  "a longer deadline, or fewer calls at once");
  }
  const bool idempotent = !command.request_id.empty();
  std::string content_hash;
  if (idempotent) {
    content_hash = OutcomeHash(command.type, command.content_hash);
    if (auto known = FindKnown(command, content_hash)) return *std::move(known);
    if (absl::Status room = disk_->Check(); !room.ok()) return room;
  }
  absl::Status loaded = storage::LoadNeeded(*store_, command.caller, command.request, engine_);
  if (!loaded.ok()) {
    // Whatever else the store holds is in doubt, too: nothing is decided on half of it.
    options_.on_fatal(loaded);
    return absl::InternalError("the package cannot be read from the store");
  }
  std::optional<absl::Time> told;
  if (const auto* confirm = std::get_if<v1::ConfirmClockRequest>(&command.request)) {
    if (absl::Status status = TrustClock(*confirm); !status.ok()) return status;
    if (clock_jumped()) group->alive = told = clock_->Now();
    if (told && absl::ToUnixMicros(*told) <= last_time_us_) {
      loaded = storage::LoadRecentRollups(*store_->Read(), *told, engine_);
      if (!loaded.ok()) {
        options_.on_fatal(loaded);
        return absl::InternalError("the roll-ups cannot be read from the store");
      }
    }
  }
  const engine::Command asked{std::move(command.caller), std::move(command.request),
                              options_.random_salt()};
  // From here on it is as late as the clock shows, though a wrong one stamped later times.
  const absl::Time time = told ? *told : NextStamp();
  absl::StatusOr<engine::Decision> decision = engine_->Decide(asked, time);
  if (!decision.ok()) return decision.status();
  std::shared_ptr<const Message> reply;
  if (decision->record.facts_size() == 0) {
    reply = std::move(decision->reply);
  } else {
    Commit(asked, command.request_id, time, &*decision, group);
    reply = engine_->Reply(asked, *decision);
    if (!reply) reply = std::move(decision->reply);  // what was found while deciding
  }
  if (!reply && MessageOf(asked.request) != nullptr) {
    spdlog::error("event=no_reply record={}", last_sequence_);
    return absl::InternalError("the request was carried out, but has no reply");
  }
  if (idempotent) {
    Remember(asked.caller.account_id, command.request_id, std::move(content_hash), time, reply,
             group);
  }
  return reply;
}

std::optional<Reply> Executor::Recall(const QueuedCommand& command) const {
  return FindKnown(command, OutcomeHash(command.type, command.content_hash));
}

std::optional<Reply> Executor::FindKnown(const QueuedCommand& command,
                                         const std::string& content_hash) const {
  auto reused = [&command] {
    return Reject(v1::REJECTION_REASON_REQUEST_ID_REUSED, "request_id", command.request_id,
                  "a new request id for a new request");
  };
  auto in_flight = in_flight_.find(InFlightKey(command.caller.account_id, command.request_id));
  if (in_flight != in_flight_.end()) {
    if (in_flight->second.content_hash != content_hash) return reused();
    return in_flight->second.reply;
  }
  auto found = store_->FindOutcome(command.caller.account_id, command.request_id);
  if (!found.ok()) {
    spdlog::error("event=outcome_unreadable account={} error=\"{}\"", command.caller.account_id,
                  found.status().ToString());
    return found.status();
  }
  const std::optional<storage::RequestOutcome>& stored = *found;
  if (!stored) return std::nullopt;
  if (stored->content_hash != content_hash) return reused();
  const Descriptor* type = command.type ? ResponseTypeOf(*command.type) : nullptr;
  if (type == nullptr) return Reply(nullptr);
  std::shared_ptr<Message> reply(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  if (!reply->ParseFromString(stored->reply)) {
    spdlog::error("event=outcome_unreadable account={}", command.caller.account_id);
    return absl::InternalError("the stored outcome cannot be read");
  }
  return Reply(std::move(reply));
}

void Executor::Remember(const QueuedCommand& command, std::shared_ptr<const Message> reply,
                        CommitGroup* group) {
  Remember(command.caller.account_id, command.request_id,
           OutcomeHash(command.type, command.content_hash), NextStamp(), std::move(reply), group);
}

void Executor::Remember(const std::string& account_id, const std::string& request_id,
                        std::string content_hash, absl::Time time,
                        std::shared_ptr<const Message> reply, CommitGroup* group) {
  storage::RequestOutcome outcome;
  outcome.account_id = account_id;
  outcome.request_id = request_id;
  outcome.content_hash = content_hash;
  if (reply) outcome.reply = reply->SerializeAsString();
  outcome.time_us = absl::ToUnixMicros(time);
  group->batch.outcomes.push_back(std::move(outcome));
  std::string key = InFlightKey(account_id, request_id);
  in_flight_now_.push_back(key);
  in_flight_[std::move(key)] = {std::move(content_hash), std::move(reply)};
}

void Executor::Commit(const engine::Command& command, const std::string& request_id,
                      absl::Time time, engine::Decision* decision, CommitGroup* group) {
  last_time_us_ = absl::ToUnixMicros(time);
  decision->record.set_time_us(last_time_us_);
  decision->record.set_account_id(command.caller.account_id);
  decision->record.set_request_id(request_id);
  group->batch.records.push_back(decision->record.SerializeAsString());
  engine_->Apply(decision->record, ++last_sequence_, decision->texts);
  stuck_ = false;
}

void Executor::Close(uint64_t number, CommitGroup* group) {
  group->number = number;
  engine_->TakeRows(&group->batch.writes);
  BROKERAGE_CHECK(group->batch.writes.empty() || !group->batch.records.empty());
  if (engine_->directory_version() != published_version_ ||
      engine_->state().last_time_us < published_time_us_) {
    published_version_ = engine_->directory_version();
    published_time_us_ = engine_->state().last_time_us;
    group->published = TakeSnapshot();
  }
  if (in_flight_now_.empty()) return;
  in_flight_by_group_.emplace_back(number, std::move(in_flight_now_));
  in_flight_now_.clear();
}

void Executor::ForgetOutcomes(uint64_t durable_number) {
  while (!in_flight_by_group_.empty() && in_flight_by_group_.front().first <= durable_number) {
    for (const std::string& key : in_flight_by_group_.front().second) in_flight_.erase(key);
    in_flight_by_group_.pop_front();
  }
}

bool Executor::WantsEviction() const {
  return engine_->state().closed_packages.size() > options_.closed_packages_max;
}

std::shared_ptr<const DirectorySnapshot> Executor::TakeSnapshot() const {
  auto snapshot = std::make_shared<DirectorySnapshot>();
  snapshot->time = absl::FromUnixMicros(engine_->state().last_time_us);
  snapshot->directory = engine_->directory();
  snapshot->accounts = engine_->state().accounts;
  for (const auto& [id, row] : snapshot->accounts)
    snapshot->account_by_token[row.token_sha256()] = id;
  return snapshot;
}

}  // namespace brokerage::services
