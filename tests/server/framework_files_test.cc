// Files that people send are checked beside the writer: so many at once, for as long as somebody
// waits. The clock holds the threads that check.
#include "services/rpc/directory/framework_files.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/bounds.h"
#include "engine/base/hash.h"
#include "engine/base/rejection.h"
#include "engine/engine.h"
#include "services/core/sequencer.h"
#include "services/core/zones.h"
#include "services/rpc/directory/what_if.h"
#include "storage/loading.h"
#include "tests/fixtures/memory_store.h"
#include "tests/fixtures/small_framework.h"

namespace brokerage::services::rpc {
namespace {

namespace limits = engine::limits;

// Whoever asks for the machine's time on another thread than the test's waits while it is held.
class HeldClock final : public Clock {
 public:
  absl::Time Now() const override {
    return absl::FromCivil(absl::CivilSecond(2018, 7, 2, 9, 0, 0), absl::UTCTimeZone());
  }
  bool simulated() const override { return true; }
  absl::Time MachineNow() const override {
    std::unique_lock lock(mutex_);
    if (std::this_thread::get_id() != test_) {
      ++waiting_;
      changed_.notify_all();
      changed_.wait(lock, [this] { return !held_; });
      --waiting_;
    }
    return machine_;
  }
  void Hold() { held_ = true; }
  void Release() {
    std::lock_guard lock(mutex_);
    held_ = false;
    changed_.notify_all();
  }
  void WaitUntilHeld(int threads) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ == threads; });
  }
  void Pass(absl::Duration span) {
    std::lock_guard lock(mutex_);
    machine_ += span;
  }

 private:
  const std::thread::id test_ = std::this_thread::get_id();
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  mutable int waiting_ = 0;
  bool held_ = false;
  absl::Time machine_ = absl::UnixEpoch();
};

engine::Caller Administrator(const std::string& account_id) {
  engine::Caller caller;
  caller.account_id = account_id;
  caller.role = v1::ROLE_ADMINISTRATOR;
  return caller;
}

v1::ApplyFrameworkRequest Small(const std::string& request_id) {
  v1::ApplyFrameworkRequest request;
  request.set_request_id(request_id);
  *request.mutable_files() = engine::SmallFramework();
  return request;
}

v1::ApplyFrameworkRequest DryRun(v1::ApplyFrameworkRequest request) {
  request.set_validate_only(true);
  return request;
}

class FrameworkFilesTest : public ::testing::Test {
 protected:
  // A call of ApplyFramework, which outlives the test's other things.
  struct Call {
    CallContext context;
    v1::ApplyFrameworkRequest request;
    std::shared_ptr<std::atomic<bool>> left = std::make_shared<std::atomic<bool>>(false);
    std::mutex mutex;
    std::optional<Sequencer::Reply> reply;

    bool answered() {
      std::lock_guard lock(mutex);
      return reply.has_value();
    }
    absl::Status status() {
      std::lock_guard lock(mutex);
      return reply ? reply->status() : absl::UnknownError("no answer");
    }
    v1::RejectionReason reason() { return engine::RejectionOf(status()).reason(); }
    const v1::ApplyFrameworkResponse& response() {
      return static_cast<const v1::ApplyFrameworkResponse&>(***reply);
    }
  };

  FrameworkFilesTest() {
    EXPECT_TRUE(storage::LoadEngine(*store_.Read(), clock_.Now(), &engine_).ok());
    sequencer_ = std::make_unique<Sequencer>(&engine_, &store_, &clock_, Sequencer::Options());
    backend_ = {.sequencer = sequencer_.get(),
                .store = &store_,
                .clock = &clock_,
                .file_workers = &file_workers_,
                .file_checks = &file_checks_,
                .previews = &previews_};
  }

  CallContext ContextOf(const std::string& account_id) {
    return {Administrator(account_id), clock_.MachineNow() + absl::Minutes(1),
            sequencer_->published(), nullptr};
  }

  Call& Apply(const std::string& account_id, v1::ApplyFrameworkRequest request) {
    Call& call = *calls_.emplace_back(std::make_unique<Call>());
    call.context = ContextOf(account_id);
    call.context.left = call.left;
    call.request = std::move(request);
    ApplyFramework(backend_, call.context, call.request, [&call](const Sequencer::Reply& reply) {
      std::lock_guard lock(call.mutex);
      EXPECT_FALSE(call.reply.has_value()) << "answered twice";
      call.reply = reply;
    });
    return call;
  }
  // Has everything checked, and decided.
  void Finish() {
    clock_.Release();
    file_workers_.Join();
    while (sequencer_->Step()) {
    }
  }
  // A command of somebody else.
  bool CreateAccountIsAnswered(const std::string& id) {
    v1::CreateAccountRequest request;
    request.set_request_id("create-" + id);
    request.mutable_account()->set_id(id);
    request.mutable_account()->set_role(v1::ROLE_ADMINISTRATOR);
    request.set_token_sha256(engine::HashOf(id));
    bool answered = false;
    sequencer_->Submit(Administrator("other"), request, request.request_id(), "hash",
                       absl::InfiniteFuture(),
                       [&answered](const Sequencer::Reply& reply) { answered = reply.ok(); });
    sequencer_->Step();
    return answered;
  }
  uint64_t Records() { return store_.Read()->head().sequence; }

  HeldClock clock_;
  storage::MemoryStore store_;
  engine::Engine engine_{HostZones()};
  std::unique_ptr<Sequencer> sequencer_;
  Places file_checks_{limits::kFrameworkChecksMax, limits::kFrameworkChecksPerAccountMax};
  Places previews_{limits::kPreviewsMax, limits::kPreviewsPerAccountMax};
  std::vector<std::unique_ptr<Call>> calls_;
  Workers file_workers_{2, 2};
  Backend backend_;
};

TEST_F(FrameworkFilesTest, WhileTheyAreCheckedTheCommandsOfOthersAreDecided) {
  clock_.Hold();
  Call& real = Apply("a", Small("one"));
  Call& dry = Apply("b", DryRun(Small("two")));
  clock_.WaitUntilHeld(2);
  EXPECT_TRUE(CreateAccountIsAnswered("new"));
  EXPECT_FALSE(real.answered());
  EXPECT_FALSE(dry.answered());
  Finish();
  EXPECT_TRUE(real.status().ok()) << real.status();
  EXPECT_TRUE(dry.status().ok()) << dry.status();
  EXPECT_EQ(Records(), 2u);
}

TEST_F(FrameworkFilesTest, ADryRunNeedsNoTurnOfTheWriter) {
  Call& dry = Apply("a", DryRun(Small("")));
  file_workers_.Join();
  ASSERT_TRUE(dry.status().ok()) << dry.status();
  EXPECT_EQ(dry.response().framework().revision(), 1);
  EXPECT_EQ(dry.response().differences_size(), 11);
  EXPECT_EQ(sequencer_->figures().queue_length, 0u);
}

TEST_F(FrameworkFilesTest, WhatIsDecidedIsWhatADryRunSays) {
  Call& dry = Apply("a", DryRun(Small("one")));
  Call& real = Apply("a", Small("one"));
  Finish();
  ASSERT_TRUE(dry.status().ok() && real.status().ok());
  EXPECT_EQ(dry.response().framework().rules().DebugString(),
            real.response().framework().rules().DebugString());
  ASSERT_EQ(dry.response().differences_size(), real.response().differences_size());
  for (int i = 0; i < dry.response().differences_size(); ++i) {
    EXPECT_EQ(dry.response().differences(i).DebugString(),
              real.response().differences(i).DebugString());
  }
}

TEST_F(FrameworkFilesTest, WhoLeavesOrLetsTheDeadlinePassIsCheckedForNoFurther) {
  clock_.Hold();
  Call& leaves = Apply("a", Small("one"));
  Call& late = Apply("b", Small("two"));
  clock_.WaitUntilHeld(2);
  *leaves.left = true;
  clock_.Pass(absl::Minutes(2));
  Finish();
  EXPECT_TRUE(absl::IsCancelled(leaves.status())) << leaves.status();
  EXPECT_TRUE(absl::IsCancelled(late.status())) << late.status();
  EXPECT_EQ(Records(), 0u);
}

TEST_F(FrameworkFilesTest, WhoLeavesIsCheckedForNoFurtherBeforeTheDeadline) {
  clock_.Hold();
  Call& first = Apply("a", Small("one"));
  clock_.WaitUntilHeld(1);
  *first.left = true;
  Finish();
  EXPECT_TRUE(absl::IsCancelled(first.status())) << first.status();
  EXPECT_EQ(Records(), 0u);
}

TEST_F(FrameworkFilesTest, ARepeatGetsTheFirstOutcome) {
  Apply("a", Small("one"));
  Finish();
  Workers again(2, 2);
  backend_.file_workers = &again;
  Call& repeat = Apply("a", Small("one"));
  v1::ApplyFrameworkRequest wrong = Small("one");
  wrong.mutable_files()->RemoveLast();
  Call& other = Apply("a", wrong);
  again.Join();
  while (sequencer_->Step()) {
  }
  ASSERT_TRUE(repeat.status().ok()) << repeat.status();
  EXPECT_EQ(repeat.response().differences_size(), 11);
  EXPECT_EQ(other.reason(), v1::REJECTION_REASON_REQUEST_ID_REUSED) << other.status();
  EXPECT_EQ(Records(), 1u);
}

TEST_F(FrameworkFilesTest, APreviewIsParsedWhereItIsReadAndNoFurtherThanSomebodyWaits) {
  v1::PreviewFrameworkRequest request;
  *request.mutable_files() = engine::SmallFramework();
  request.set_from_date("2018-07-01");
  CallContext context = ContextOf("a");
  auto left = std::make_shared<std::atomic<bool>>(false);
  context.left = left;
  auto stream = PreviewFramework(backend_, context, request);
  ASSERT_TRUE(stream.ok()) << "nothing is parsed yet";
  *left = true;
  v1::PreviewFrameworkResponse response;
  EXPECT_TRUE(absl::IsCancelled((*stream)->Read(&response).status()));
}

// A refusal that fails a call is cut to what gRPC's metadata takes; one in the answer is whole.
TEST_F(FrameworkFilesTest, ARefusalComesInTheAnswerWhereThatIsAskedFor) {
  v1::ApplyFrameworkRequest wrong = DryRun(Small(""));
  wrong.mutable_files()->RemoveLast();
  Call& fails = Apply("a", wrong);
  wrong.set_refusal_in_response(true);
  Call& answers = Apply("a", wrong);
  file_workers_.Join();
  EXPECT_EQ(fails.reason(), v1::REJECTION_REASON_FRAMEWORK_INVALID);
  ASSERT_TRUE(answers.status().ok()) << answers.status();
  EXPECT_FALSE(answers.response().has_framework());
  EXPECT_EQ(answers.response().refusal().DebugString(),
            engine::RejectionOf(fails.status()).DebugString());
  v1::PreviewFrameworkRequest preview;
  *preview.mutable_files() = wrong.files();
  preview.set_from_date("2018-07-01");
  preview.set_refusal_in_response(true);
  const CallContext context = ContextOf("a");
  auto stream = PreviewFramework(backend_, context, preview);
  ASSERT_TRUE(stream.ok());
  v1::PreviewFrameworkResponse response;
  EXPECT_EQ((*stream)->Read(&response).value(), Stream::Next::kSend);
  EXPECT_EQ(response.refusal().DebugString(), answers.response().refusal().DebugString());
  EXPECT_EQ((*stream)->Read(&response).value(), Stream::Next::kEnd);
}

}  // namespace
}  // namespace brokerage::services::rpc
