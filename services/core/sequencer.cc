#include "services/core/sequencer.h"

#include <openssl/rand.h>
#include <pthread.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "brokerage/v1/admin_service.pb.h"
#include "engine/base/rejection.h"
#include "services/core/answering.h"
#include "services/core/disk_watch.h"
#include "storage/old_texts.h"

namespace brokerage::services {

namespace {

constexpr absl::Duration kHeartbeat = absl::Seconds(30);
constexpr absl::Duration kPurge = absl::Hours(1);
// How often some of the packages that have texts are looked at, and how many: a few milliseconds'
// work.
constexpr absl::Duration kErasure = absl::Minutes(1);
constexpr int kErasureExamined = 500;
// As much of the journal's end as can be lost without a trace.
constexpr absl::Duration kNoteHead = absl::Seconds(10);
// The longest sleep of either thread: a jump of the clock is seen within it.
constexpr absl::Duration kSleepMax = absl::Seconds(10);
constexpr size_t kSaltBytes = 16;

std::string RandomSalt() {
  std::string salt(kSaltBytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(salt.data()), kSaltBytes) != 1) {
    spdlog::critical("event=no_random_bytes");
    std::_Exit(3);
  }
  return salt;
}

void EndProcess(const absl::Status& status) {
  spdlog::critical("event=store_failed error=\"{}\" next=\"restart: what is durable is recovered\"",
                   status.ToString());
  spdlog::default_logger()->flush();
  std::_Exit(3);
}

absl::Status Overloaded(const char* why) {
  return engine::Reject(v1::REJECTION_REASON_OVERLOADED, "", "", why);
}

std::chrono::microseconds ToWait(absl::Duration span) {
  return absl::ToChronoMicroseconds(std::clamp(span, absl::ZeroDuration(), kSleepMax));
}

}  // namespace

class Sequencer::Impl {
 public:
  Impl(engine::Engine* engine, storage::Store* store, Clock* clock, Options options)
      : options_(WithDefaults(std::move(options))),
        store_(store),
        clock_(clock),
        disk_(options_.free_bytes, options_.disk_reserve_bytes),
        executor_(engine, store, clock, &disk_, options_),
        head_(store->Read()->head()),
        published_(executor_.TakeSnapshot()),
        last_heartbeat_(clock->Now()),
        last_purge_(clock->Now()),
        last_erasure_(clock->Now()),
        last_note_(clock->MachineNow()) {
    disk_.Look(clock_->MachineNow());
    TakeFigures();
  }

  void Submit(QueuedCommand command);
  void Start();
  void Stop();
  bool Step();

  std::shared_ptr<const DirectorySnapshot> published() const {
    std::lock_guard lock(committed_mutex_);
    return published_;
  }
  storage::Head head() const {
    std::lock_guard lock(committed_mutex_);
    return head_;
  }
  Figures figures() const;
  absl::Status CheckDisk() const { return disk_.Check(); }
  uint64_t WaitForCommit(uint64_t after, absl::Time until) const;

 private:
  static Options WithDefaults(Options options) {
    if (!options.random_salt) options.random_salt = RandomSalt;
    if (!options.on_fatal) options.on_fatal = EndProcess;
    return options;
  }

  // The deciding thread.
  void DecideLoop();
  std::vector<QueuedCommand> Take();  // REQUIRES: queue_mutex_ held
  bool Turn(std::vector<QueuedCommand> commands);
  void RunDue(CommitGroup* group);
  void Advance(QueuedCommand command, CommitGroup* group);
  void Remember(QueuedCommand command, CommitGroup* group);
  void Emit(CommitGroup* group);
  void EmitIfFull(CommitGroup* group);
  void EvictIfMany();
  void TakeFigures();

  // The writing thread; with Step, the caller's.
  void WriteLoop();
  void Write(CommitGroup group);
  absl::Status Append(const storage::Batch& batch);
  void Fail(const absl::Status& status);
  void Chores();
  void EraseOldTexts(absl::Time now);

  const Options options_;
  storage::Store* const store_;
  Clock* const clock_;

  // What waits to be decided.
  mutable std::mutex queue_mutex_;
  std::condition_variable queue_changed_;
  std::deque<QueuedCommand> queue_;
  std::atomic<bool> stopping_ = false;  // changed under queue_mutex_

  DiskWatch disk_;
  Executor executor_;  // the deciding thread's
  uint64_t emitted_ = 0;

  // What waits to be written: one group, which grows while the one before it syncs.
  std::mutex pending_mutex_;
  std::condition_variable pending_changed_;  // to the writing thread
  std::condition_variable written_;          // to the deciding thread
  std::optional<CommitGroup> pending_;
  uint64_t durable_ = 0;  // the number of the last durable group
  bool no_more_ = false;

  // What readers see.
  mutable std::mutex committed_mutex_;
  mutable std::condition_variable committed_;
  storage::Head head_;
  std::shared_ptr<const DirectorySnapshot> published_;
  bool stopped_ = false;
  Figures figures_;  // without queue_length, commits and overloads

  std::atomic<uint64_t> commits_ = 0, overloads_ = 0;
  bool failed_ = false;  // the writing thread's: the log's state is unknown
  absl::Time last_heartbeat_, last_purge_, last_erasure_;
  uint64_t erasure_from_ = 0;  // the package at which the next look at texts begins
  absl::Time last_note_;       // by the machine's time

  bool threaded_ = false;  // set before the threads begin
  std::thread deciding_, writing_;
  Answering answering_;  // what the writing thread gives it
  std::mutex stop_mutex_;
};

void Sequencer::Impl::Submit(QueuedCommand command) {
  const char* refused;
  {
    std::lock_guard lock(queue_mutex_);
    if (!stopping_ && queue_.size() < options_.queue_length_max) {
      queue_.push_back(std::move(command));
      queue_changed_.notify_one();
      return;
    }
    refused = stopping_ ? "the server is stopping: try again" : "the queue is full: try again";
  }
  ++overloads_;
  command.done(Overloaded(refused));
}

void Sequencer::Impl::Start() {
  threaded_ = true;
  answering_.Start();
  deciding_ = std::thread([this] { DecideLoop(); });
  writing_ = std::thread([this] { WriteLoop(); });
  // As ps and profiles show them.
  pthread_setname_np(deciding_.native_handle(), "deciding");
  pthread_setname_np(writing_.native_handle(), "writing");
}

void Sequencer::Impl::Stop() {
  std::lock_guard stop_lock(stop_mutex_);
  {
    std::lock_guard lock(queue_mutex_);
    stopping_ = true;
  }
  queue_changed_.notify_all();
  if (threaded_) {
    if (!deciding_.joinable()) return;
    deciding_.join();
    {
      std::lock_guard lock(pending_mutex_);
      no_more_ = true;
    }
    pending_changed_.notify_all();
    writing_.join();
    answering_.Stop();
  } else {
    while (Step()) {
    }
  }
  {
    std::lock_guard lock(committed_mutex_);
    if (stopped_) return;
    stopped_ = true;
  }
  committed_.notify_all();
  if (failed_) return;
  absl::Status last = store_->NoteHead();
  if (!clock_->simulated()) last.Update(store_->SetLastAlive(clock_->sign()));
  if (!last.ok()) Fail(last);
}

bool Sequencer::Impl::Step() {
  std::vector<QueuedCommand> taken;
  {
    std::lock_guard lock(queue_mutex_);
    taken = Take();
  }
  const bool did = Turn(std::move(taken));
  Chores();
  return did;
}

void Sequencer::Impl::DecideLoop() {
  Turn({});  // what the time without a server left
  while (true) {
    std::vector<QueuedCommand> taken;
    {
      std::unique_lock lock(queue_mutex_);
      const absl::Duration wait =
          clock_->simulated() ? kSleepMax : executor_.NextDue() - clock_->Now();
      queue_changed_.wait_for(lock, ToWait(wait), [this] { return stopping_ || !queue_.empty(); });
      if (stopping_ && queue_.empty()) return;
      taken = Take();
    }
    Turn(std::move(taken));
  }
}

std::vector<QueuedCommand> Sequencer::Impl::Take() {
  const size_t count = std::min(queue_.size(), options_.group_commit_max);
  std::vector<QueuedCommand> taken(std::make_move_iterator(queue_.begin()),
                                   std::make_move_iterator(queue_.begin() + count));
  queue_.erase(queue_.begin(), queue_.begin() + count);
  return taken;
}

bool Sequencer::Impl::Turn(std::vector<QueuedCommand> commands) {
  const uint64_t emitted_before = emitted_;
  {
    std::lock_guard lock(pending_mutex_);
    executor_.ForgetOutcomes(durable_);
  }
  EvictIfMany();
  CommitGroup group;
  executor_.CheckClock(&group);
  for (QueuedCommand& command : commands) {
    RunDue(&group);
    if (command.advance_to) {
      Advance(std::move(command), &group);
    } else if (command.carried_out) {
      Remember(std::move(command), &group);
    } else {
      executor_.Execute(std::move(command), &group);
    }
    EmitIfFull(&group);
  }
  RunDue(&group);
  Emit(&group);
  return emitted_ != emitted_before;
}

void Sequencer::Impl::RunDue(CommitGroup* group) {
  while (executor_.RunOneDue(group)) EmitIfFull(group);
}

void Sequencer::Impl::Advance(QueuedCommand command, CommitGroup* group) {
  const absl::Time target = *command.advance_to;
  if (auto known = executor_.Recall(command)) {
    group->answers.push_back({std::move(command.done), *std::move(known)});
    return;
  }
  auto answer = [&](Reply reply) {
    group->answers.push_back({std::move(command.done), std::move(reply)});
  };
  if (!clock_->simulated()) {
    return answer(engine::Reject(v1::REJECTION_REASON_CLOCK_IS_REAL, "", "",
                                 "a server that runs a simulation"));
  }
  if (absl::Status room = disk_.Check(); !room.ok()) return answer(room);
  if (target <= clock_->Now()) {
    return answer(engine::Reject(v1::REJECTION_REASON_IN_THE_PAST, "target_time",
                                 absl::FormatTime(target),
                                 "a time after " + absl::FormatTime(clock_->Now())));
  }
  absl::Time due;
  while ((due = executor_.NextDue()) <= target && !stopping_) {
    clock_->AdvanceTo(due);
    RunDue(group);
    if (executor_.WantsEviction()) {
      Emit(group);
      EvictIfMany();
    }
  }
  if (executor_.NextDue() > target) clock_->AdvanceTo(target);
  group->alive = clock_->Now();
  if (clock_->Now() < target) return answer(Overloaded("the server is stopping: try again"));
  auto response = std::make_shared<v1::AdvanceClockResponse>();
  const int64_t now_us = absl::ToUnixMicros(clock_->Now());
  const absl::Time second = absl::FromUnixSeconds(absl::ToUnixSeconds(clock_->Now()));
  response->mutable_current_time()->set_seconds(absl::ToUnixSeconds(second));
  response->mutable_current_time()->set_nanos(
      static_cast<int32_t>((now_us - absl::ToUnixMicros(second)) * 1000));
  executor_.Remember(command, response, group);
  answer(Reply(std::move(response)));
}

void Sequencer::Impl::Remember(QueuedCommand command, CommitGroup* group) {
  Reply reply(std::move(command.carried_out));
  if (auto known = executor_.Recall(command)) {
    reply = *std::move(known);
  } else {
    executor_.Remember(command, *reply, group);
  }
  group->answers.push_back({std::move(command.done), std::move(reply)});
}

void Sequencer::Impl::EmitIfFull(CommitGroup* group) {
  if (group->size() >= options_.group_commit_max) Emit(group);
}

void Sequencer::Impl::Emit(CommitGroup* group) {
  executor_.Close(emitted_ + 1, group);
  TakeFigures();
  if (group->empty()) return;
  ++emitted_;
  uint64_t rejections = 0;
  for (const CommitGroup::Answer& answer : group->answers) rejections += !answer.reply.ok();
  {
    std::lock_guard lock(committed_mutex_);
    figures_.commands += group->answers.size();
    figures_.rejections += rejections;
  }
  CommitGroup emitted = std::exchange(*group, CommitGroup());
  if (!threaded_) return Write(std::move(emitted));
  {
    std::unique_lock lock(pending_mutex_);
    written_.wait(lock, [&] {
      return !pending_ || pending_->size() + emitted.size() <= options_.group_commit_max;
    });
    if (pending_) {
      pending_->Merge(std::move(emitted));
    } else {
      pending_ = std::move(emitted);
    }
  }
  pending_changed_.notify_one();
}

void Sequencer::Impl::EvictIfMany() {
  if (!executor_.WantsEviction()) return;
  if (threaded_) {
    std::unique_lock lock(pending_mutex_);
    written_.wait(lock, [this] { return durable_ == emitted_; });
  }
  executor_.Evict();
}

void Sequencer::Impl::TakeFigures() {
  std::lock_guard lock(committed_mutex_);
  figures_.open_packages = executor_.open_packages();
  figures_.next_due = executor_.NextDue();
  figures_.clock_jumped = executor_.clock_jumped();
}

void Sequencer::Impl::WriteLoop() {
  while (true) {
    std::optional<CommitGroup> group;
    {
      std::unique_lock lock(pending_mutex_);
      pending_changed_.wait_for(lock, ToWait(kSleepMax), [this] { return pending_ || no_more_; });
      if (!pending_ && no_more_) return;
      group = std::exchange(pending_, std::nullopt);
    }
    written_.notify_all();
    if (group) Write(*std::move(group));
    Chores();
  }
}

void Sequencer::Impl::Write(CommitGroup group) {
  const uint64_t number = group.number;
  if (!failed_) {
    absl::Status appended = Append(group.batch);
    if (!appended.ok()) Fail(appended);
  }
  if (failed_) {
    const absl::Status unknown =
        absl::UnavailableError("the journal's state is unknown: the server must restart");
    for (CommitGroup::Answer& answer : group.answers) answer.reply = unknown;
  } else if (group.published) {
    std::lock_guard lock(committed_mutex_);
    published_ = std::move(group.published);
  }
  if (!failed_ && group.alive) {
    absl::Status alive = store_->SetLastAlive(
        clock_->simulated() ? storage::SignOfLife{*group.alive} : clock_->sign());
    if (!alive.ok()) Fail(alive);
  }
  {
    std::lock_guard lock(pending_mutex_);
    durable_ = number;
  }
  written_.notify_all();
  committed_.notify_all();
  answering_.Tell(std::move(group.answers));
}

absl::Status Sequencer::Impl::Append(const storage::Batch& batch) {
  if (batch.records.empty() && batch.writes.empty() && batch.outcomes.empty())
    return absl::OkStatus();
  const absl::Time began = clock_->MachineNow();
  absl::Status appended = store_->Append(store_->epoch(), head(), batch);
  if (!appended.ok()) return appended;
  storage::Head head = store_->Read()->head();
  {
    std::lock_guard lock(committed_mutex_);
    head_ = std::move(head);
  }
  ++commits_;
  if (options_.on_commit) options_.on_commit(batch.records.size(), clock_->MachineNow() - began);
  return absl::OkStatus();
}

// Whatever it was that failed: nothing is written after it.
void Sequencer::Impl::Fail(const absl::Status& status) {
  failed_ = true;
  options_.on_fatal(status);
}

void Sequencer::Impl::Chores() {
  if (failed_) return;
  disk_.Look(clock_->MachineNow());
  const absl::Time now = clock_->Now();
  absl::Status done;
  if (!clock_->simulated() && absl::AbsDuration(now - last_heartbeat_) >= kHeartbeat) {
    last_heartbeat_ = now;
    done.Update(store_->SetLastAlive(clock_->sign()));
  }
  if (absl::AbsDuration(now - last_purge_) >= kPurge) {
    last_purge_ = now;
    done.Update(store_->PurgeOutcomes(now - absl::Hours(24) * engine::limits::kOutcomeDays));
  }
  if (absl::AbsDuration(now - last_erasure_) >= kErasure) {
    last_erasure_ = now;
    EraseOldTexts(now);
  }
  if (clock_->MachineNow() - last_note_ >= kNoteHead) {
    last_note_ = clock_->MachineNow();
    done.Update(store_->NoteHead());
  }
  if (!done.ok()) Fail(done);
}

// Asks for the erasure of texts that have been kept long enough.
void Sequencer::Impl::EraseOldTexts(absl::Time now) {
  const std::shared_ptr<const DirectorySnapshot> known = published();
  const auto retention = [&known](const std::string& framework_id) {
    const journal::v1::FrameworkRow* framework = known->directory.Framework(framework_id);
    const int days = framework == nullptr ? 0 : framework->rules().text_retention_days();
    return absl::Hours(24) * days;
  };
  bool any = false;
  for (const journal::v1::FrameworkRow* framework : known->directory.Frameworks()) {
    any |= framework->rules().text_retention_days() > 0;
  }
  if (!any) return;
  storage::OldTexts found =
      storage::FindOldTexts(*store_->Read(), erasure_from_, kErasureExamined, retention, now);
  erasure_from_ = found.next;
  if (found.packages.empty()) return;
  QueuedCommand command;
  command.request = engine::EraseTexts{std::move(found.packages)};
  command.done = [](const Reply&) {};
  Submit(std::move(command));
}

Sequencer::Figures Sequencer::Impl::figures() const {
  Figures figures;
  {
    std::lock_guard lock(committed_mutex_);
    figures = figures_;
  }
  figures.commits = commits_;
  figures.overloads = overloads_;
  figures.disk_free_bytes = disk_.free_bytes();
  figures.disk_nearly_full = disk_.room() != DiskWatch::Room::kEnough;
  std::lock_guard lock(queue_mutex_);
  figures.queue_length = queue_.size();
  return figures;
}

uint64_t Sequencer::Impl::WaitForCommit(uint64_t after, absl::Time until) const {
  std::unique_lock lock(committed_mutex_);
  while (head_.sequence <= after && !stopped_) {
    const absl::Duration left = until - clock_->MachineNow();
    if (left <= absl::ZeroDuration()) break;
    committed_.wait_for(lock, ToWait(left));
  }
  return head_.sequence;
}

Sequencer::Sequencer(engine::Engine* engine, storage::Store* store, Clock* clock, Options options)
    : impl_(std::make_unique<Impl>(engine, store, clock, std::move(options))) {}

Sequencer::~Sequencer() { impl_->Stop(); }

void Sequencer::Submit(engine::Caller caller, engine::Request request, std::string request_id,
                       std::string content_hash, absl::Time deadline, Done done) {
  QueuedCommand command;
  command.caller = std::move(caller);
  command.request = std::move(request);
  command.request_id = std::move(request_id);
  command.content_hash = std::move(content_hash);
  command.deadline = deadline;
  command.done = std::move(done);
  impl_->Submit(std::move(command));
}

void Sequencer::Advance(engine::Caller caller, absl::Time target, std::string request_id,
                        std::string content_hash, Done done) {
  QueuedCommand command;
  command.caller = std::move(caller);
  command.request_id = std::move(request_id);
  command.content_hash = std::move(content_hash);
  command.type = v1::AdvanceClockRequest::descriptor();
  command.advance_to = target;
  command.done = std::move(done);
  impl_->Submit(std::move(command));
}

void Sequencer::Remember(engine::Caller caller, const google::protobuf::Descriptor* type,
                         std::string request_id, std::string content_hash,
                         std::shared_ptr<const google::protobuf::Message> reply, Done done) {
  QueuedCommand command;
  command.caller = std::move(caller);
  command.request_id = std::move(request_id);
  command.content_hash = std::move(content_hash);
  command.type = type;
  command.carried_out = std::move(reply);
  command.done = std::move(done);
  impl_->Submit(std::move(command));
}

void Sequencer::Start() { impl_->Start(); }
void Sequencer::Stop() { impl_->Stop(); }
bool Sequencer::Step() { return impl_->Step(); }
std::shared_ptr<const DirectorySnapshot> Sequencer::published() const { return impl_->published(); }
storage::Head Sequencer::head() const { return impl_->head(); }
Sequencer::Figures Sequencer::figures() const { return impl_->figures(); }
absl::Status Sequencer::CheckDisk() const { return impl_->CheckDisk(); }
uint64_t Sequencer::WaitForCommit(uint64_t after, absl::Time until) const {
  return impl_->WaitForCommit(after, until);
}

}  // namespace brokerage::services
