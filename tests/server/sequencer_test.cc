// The sequencer over a store in memory and the real engine, for the most part turn by turn without
// threads.
#include "services/core/sequencer.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "absl/strings/str_cat.h"
#include "brokerage/v1/admin_service.pb.h"
#include "engine/base/hash.h"
#include "engine/base/rejection.h"
#include "services/core/clock.h"
#include "services/core/judged_clock.h"
#include "services/core/zones.h"
#include "storage/loading.h"
#include "tests/fixtures/memory_store.h"
#include "tests/fixtures/server/fake_machine.h"

namespace brokerage::services {
namespace {

using engine::RejectionOf;

constexpr char kAdministrator[] = "admin";

absl::Time At(int hours) {
  return absl::FromCivil(absl::CivilHour(2018, 7, 2, hours), absl::UTCTimeZone());
}

// Counts the appends and can hold them up.
class GatedStore : public storage::MemoryStore {
 public:
  absl::Status Append(uint64_t epoch, const storage::Head& expected,
                      const storage::Batch& batch) override {
    std::unique_lock lock(mutex_);
    opened_.wait(lock, [this] { return open_; });
    ++appends_;
    return MemoryStore::Append(epoch, expected, batch);
  }
  void Close() { SetOpen(false); }
  void Open() { SetOpen(true); }
  int appends() const {
    std::lock_guard lock(mutex_);
    return appends_;
  }

 private:
  void SetOpen(bool open) {
    std::lock_guard lock(mutex_);
    open_ = open;
    opened_.notify_all();
  }
  mutable std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = true;
  int appends_ = 0;
};

engine::Caller Administrator() {
  engine::Caller caller;
  caller.account_id = kAdministrator;
  caller.role = v1::ROLE_ADMINISTRATOR;
  return caller;
}

v1::CreateAccountRequest NewAccount(const std::string& id) {
  v1::CreateAccountRequest request;
  request.set_request_id("create-" + id);
  request.mutable_account()->set_id(id);
  request.mutable_account()->set_role(v1::ROLE_ADMINISTRATOR);
  request.set_token_sha256(engine::HashOf(id));
  return request;
}

v1::DisableAccountRequest Disable(const std::string& id) {
  v1::DisableAccountRequest request;
  request.set_request_id("disable-" + id);
  request.set_account_id(id);
  return request;
}

// What a command was answered with.
struct Answered {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<Sequencer::Reply> replies;

  Sequencer::Done Done() {
    return [this](const Sequencer::Reply& reply) {
      std::lock_guard lock(mutex);
      replies.push_back(reply);
      changed.notify_all();
    };
  }
  size_t count() {
    std::lock_guard lock(mutex);
    return replies.size();
  }
  void WaitFor(size_t count) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return replies.size() >= count; });
  }
  v1::RejectionReason reason(size_t i) { return RejectionOf(replies.at(i).status()).reason(); }
  std::string bytes(size_t i) { return (*replies.at(i))->SerializeAsString(); }
};

class SequencerTest : public ::testing::Test {
 protected:
  void SetUp() override { Begin(); }

  void Begin() {
    sequencer_.reset();
    Begin(std::make_unique<JudgedClock>(std::make_unique<testing::FakeMachine>(&machine_),
                                        store_.LastAlive(), storage::LastKnownTime(store_)));
  }

  void Begin(std::unique_ptr<Clock> clock) {
    sequencer_.reset();
    clock_ = std::move(clock);
    engine_ = std::make_unique<engine::Engine>(HostZones());
    if (load_) {
      load_(engine_.get());
      engine_->FinishLoading(0, 0);
    } else {
      ASSERT_TRUE(storage::LoadEngine(*store_.Read(), clock_->Now(), engine_.get()).ok());
    }
    Sequencer::Options options = options_;
    options.random_salt = [] { return std::string(16, 's'); };
    options.on_fatal = [this](const absl::Status&) { ++fatal_; };
    sequencer_ = std::make_unique<Sequencer>(engine_.get(), &store_, clock_.get(), options);
  }

  void Restart(absl::Time last_alive, absl::Time now) {
    sequencer_.reset();
    ASSERT_TRUE(store_.SetLastAlive({last_alive}).ok());
    machine_.wall = now;
    machine_.Reboot(absl::ZeroDuration());
    Begin();
  }

  void Ask(engine::Request request, const std::string& request_id, const std::string& content) {
    sequencer_->Submit(Administrator(), std::move(request), request_id, engine::HashOf(content),
                       absl::InfiniteFuture(), answered_.Done());
  }
  void Advance(absl::Time target, const std::string& request_id = "") {
    sequencer_->Advance(Administrator(), target, request_id,
                        engine::HashOf(absl::FormatTime(target)), answered_.Done());
  }
  void Create(const std::string& id) { Ask(NewAccount(id), "create-" + id, id); }

  std::vector<journal::v1::Record> Journal() {
    std::vector<journal::v1::Record> records;
    EXPECT_TRUE(store_.Read()
                    ->Tail(1,
                           [&](const journal::v1::JournalEntry& entry) {
                             EXPECT_TRUE(records.emplace_back().ParseFromString(entry.record()));
                             return true;
                           })
                    .ok());
    return records;
  }

  // A package that waits for its release.
  static void LoadWaitingPackage(uint64_t number, absl::Time due, engine::Engine* engine) {
    journal::v1::FrameworkRow framework;
    framework.set_framework_id("notts");
    framework.set_revision(1);
    framework.mutable_rules()->set_framework_id("notts");
    framework.mutable_rules()->set_time_zone("Europe/London");
    engine->LoadFramework(framework);
    engine::PackageAggregate package;
    package.row.set_number(number);
    package.row.set_year(2018);
    package.row.set_state(v1::PACKAGE_STATE_SUBMITTED);
    package.row.set_framework_id("notts");
    package.row.set_authority_id("ncc");
    package.row.set_urgency(v1::URGENCY_STANDARD);
    package.row.set_submitted_time_us(absl::ToUnixMicros(At(7)));
    package.row.set_submitted_date(20180702);
    package.row.set_release_due_us(absl::ToUnixMicros(due));
    package.row.set_terms_version(1);
    engine->LoadPackage(std::move(package));
  }

  Answered answered_;
  int fatal_ = 0;
  Sequencer::Options options_;
  std::function<void(engine::Engine*)> load_;
  GatedStore store_;
  testing::MachineTime machine_{At(8)};
  std::unique_ptr<Clock> clock_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<Sequencer> sequencer_;
};

TEST_F(SequencerTest, OneTurnMakesAGroupDurableWithOneAppend) {
  for (const char* id : {"one", "two", "three"}) Create(id);
  EXPECT_EQ(answered_.count(), 0u);
  EXPECT_TRUE(sequencer_->Step());
  EXPECT_EQ(answered_.count(), 3u);
  EXPECT_EQ(store_.appends(), 1);
  EXPECT_EQ(sequencer_->head().sequence, 3u);
  EXPECT_EQ(sequencer_->head(), store_.Read()->head());
  EXPECT_FALSE(sequencer_->Step());
}

TEST_F(SequencerTest, ReadersSeeWhatAReplySaysBeforeTheReply) {
  bool asked = false;
  sequencer_->Submit(
      Administrator(), NewAccount("one"), "r", "h", absl::InfiniteFuture(),
      [&](const Sequencer::Reply& reply) {
        asked = true;
        EXPECT_TRUE(reply.ok()) << reply.status();
        EXPECT_EQ(sequencer_->published()->accounts.count("one"), 1u);
        EXPECT_EQ(sequencer_->published()->account_by_token.at(engine::HashOf("one")), "one");
        EXPECT_EQ(sequencer_->WaitForCommit(0, absl::InfiniteFuture()), 1u);
      });
  EXPECT_EQ(sequencer_->published()->accounts.count("one"), 0u);
  sequencer_->Step();
  EXPECT_TRUE(asked);
}

TEST_F(SequencerTest, WhatIsDueGoesOnWhileTheDiskIsNearlyFull) {
  load_ = [](engine::Engine* engine) { LoadWaitingPackage(1, At(9), engine); };
  options_.free_bytes = [] { return std::optional<uint64_t>(1); };
  Begin();
  machine_.Pass(absl::Hours(1));
  Create("one");
  sequencer_->Step();
  EXPECT_EQ(answered_.reason(0), v1::REJECTION_REASON_OVERLOADED);
  EXPECT_GE(Journal().size(), 1u) << "the package's release";
}

TEST_F(SequencerTest, TimesOfRecordsGrowStrictly) {
  for (const char* id : {"one", "two", "three"}) Create(id);
  sequencer_->Step();
  std::vector<journal::v1::Record> records = Journal();
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0].time_us(), absl::ToUnixMicros(At(8)));
  EXPECT_EQ(records[1].time_us(), records[0].time_us() + 1);
  EXPECT_EQ(records[2].time_us(), records[1].time_us() + 1);
  EXPECT_EQ(records[2].account_id(), kAdministrator);
  EXPECT_EQ(records[2].request_id(), "create-three");
}

TEST_F(SequencerTest, ARepeatGetsTheFirstOutcome) {
  Create("one");
  Create("one");  // while the first is in flight
  sequencer_->Step();
  Create("one");  // when it is durable
  sequencer_->Step();
  machine_.Pass(absl::Hours(1));
  Begin();
  Create("one");  // after a restart
  sequencer_->Step();
  ASSERT_EQ(answered_.count(), 4u);
  for (size_t i = 0; i < 4; ++i) {
    ASSERT_TRUE(answered_.replies[i].ok()) << i << answered_.replies[i].status();
    EXPECT_EQ(answered_.bytes(i), answered_.bytes(0)) << i;
    EXPECT_EQ((*answered_.replies[i])->GetDescriptor(), v1::CreateAccountResponse::descriptor());
  }
  EXPECT_EQ(store_.Read()->head().sequence, 1u);
}

TEST_F(SequencerTest, AUsedRequestIdWithOtherContentIsRefused) {
  Ask(NewAccount("one"), "r", "one");
  Ask(NewAccount("two"), "r", "two");
  sequencer_->Step();
  Ask(NewAccount("two"), "r", "two");
  Ask(Disable("one"), "r", "one");  // equal bytes, another kind of request
  sequencer_->Step();
  ASSERT_EQ(answered_.count(), 4u);
  EXPECT_TRUE(answered_.replies[0].ok());
  for (size_t i = 1; i < 4; ++i) {
    EXPECT_EQ(answered_.reason(i), v1::REJECTION_REASON_REQUEST_ID_REUSED) << i;
  }
}

TEST_F(SequencerTest, RequestIdsOfTwoAccountsAreApart) {
  Ask(NewAccount("one"), "r", "one");
  engine::Caller other = Administrator();
  other.account_id = "other";
  sequencer_->Submit(other, NewAccount("two"), "r", engine::HashOf("two"), absl::InfiniteFuture(),
                     answered_.Done());
  sequencer_->Step();
  EXPECT_TRUE(answered_.replies[0].ok());
  EXPECT_TRUE(answered_.replies[1].ok());
}

TEST_F(SequencerTest, ARejectionIsDecidedAnew) {
  Ask(Disable("one"), "r", "one");
  sequencer_->Step();
  EXPECT_EQ(answered_.reason(0), v1::REJECTION_REASON_NOT_FOUND);
  Create("one");
  Ask(Disable("one"), "r", "one");
  sequencer_->Step();
  EXPECT_TRUE(answered_.replies[2].ok()) << answered_.replies[2].status();
  EXPECT_EQ(sequencer_->figures().rejections, 1u);
}

TEST_F(SequencerTest, AFullQueueRefusesAtOnce) {
  options_.queue_length_max = 2;
  Begin();
  Create("one");
  Create("two");
  Create("three");
  ASSERT_EQ(answered_.count(), 1u);
  EXPECT_EQ(answered_.reason(0), v1::REJECTION_REASON_OVERLOADED);
  EXPECT_EQ(sequencer_->figures().overloads, 1u);
  EXPECT_EQ(sequencer_->figures().queue_length, 2u);
  sequencer_->Step();
  EXPECT_EQ(answered_.count(), 3u);
  EXPECT_EQ(Journal().size(), 2u);
}

TEST_F(SequencerTest, ACommandWhoseDeadlinePassedInTheQueueIsNotDecided) {
  sequencer_->Submit(Administrator(), NewAccount("one"), "r", "h",
                     clock_->MachineNow() + absl::Hours(1), answered_.Done());
  machine_.Pass(absl::Hours(1));
  sequencer_->Step();
  EXPECT_EQ(answered_.reason(0), v1::REJECTION_REASON_DEADLINE_PASSED_IN_QUEUE);
  EXPECT_EQ(store_.appends(), 0);
}

TEST_F(SequencerTest, NothingGoesOnAfterAFailedAppend) {
  Create("one");
  store_.FailNextAppend();
  sequencer_->Step();
  EXPECT_EQ(fatal_, 1);
  Create("two");
  sequencer_->Step();
  EXPECT_EQ(fatal_, 1);
  ASSERT_EQ(answered_.count(), 2u);
  EXPECT_TRUE(absl::IsUnavailable(answered_.replies[0].status()));
  EXPECT_TRUE(absl::IsUnavailable(answered_.replies[1].status()));
  EXPECT_EQ(store_.appends(), 1);
  EXPECT_EQ(sequencer_->published()->accounts.size(), 0u);
}

TEST_F(SequencerTest, WhatIsDueGoesFirst) {
  load_ = [](engine::Engine* engine) { LoadWaitingPackage(7, At(8) + absl::Minutes(10), engine); };
  Begin();
  EXPECT_FALSE(sequencer_->Step());
  EXPECT_EQ(sequencer_->figures().next_due, At(8) + absl::Minutes(10));
  machine_.Pass(absl::Minutes(9));
  Create("one");
  sequencer_->Step();
  EXPECT_EQ(Journal().size(), 1u);
  machine_.Pass(absl::Minutes(2));
  Create("two");
  sequencer_->Step();
  std::vector<journal::v1::Record> records = Journal();
  ASSERT_GE(records.size(), 3u);
  EXPECT_EQ(records[1].account_id(), "");
  EXPECT_EQ(records.back().request_id(), "create-two");
}

TEST_F(SequencerTest, AnAdvanceHandlesEverythingAtItsOwnTime) {
  load_ = [](engine::Engine* engine) {
    LoadWaitingPackage(7, At(11), engine);
    LoadWaitingPackage(8, At(14), engine);
  };
  Begin(SimulatedClock(At(8)));
  Advance(At(12));
  sequencer_->Step();
  ASSERT_EQ(answered_.count(), 1u);
  ASSERT_TRUE(answered_.replies[0].ok()) << answered_.replies[0].status();
  EXPECT_EQ(clock_->Now(), At(12));
  EXPECT_EQ(store_.LastAlive().time, At(12));
  std::vector<journal::v1::Record> records = Journal();
  ASSERT_GE(records.size(), 1u);
  EXPECT_EQ(records[0].time_us(), absl::ToUnixMicros(At(11)));
  EXPECT_LT(records.back().time_us(), absl::ToUnixMicros(At(12)));
  EXPECT_EQ(storage::LastKnownTime(store_), At(12));
}

TEST_F(SequencerTest, AnAdvanceThatIsRepeatedGetsTheFirstOutcome) {
  Begin(SimulatedClock(At(8)));
  Advance(At(12), "advance");
  sequencer_->Step();
  Begin(SimulatedClock(At(12)));
  Advance(At(12), "advance");
  Advance(At(14), "advance");
  sequencer_->Step();
  ASSERT_EQ(answered_.count(), 3u);
  EXPECT_EQ(answered_.bytes(1), answered_.bytes(0));
  EXPECT_EQ(answered_.reason(2), v1::REJECTION_REASON_REQUEST_ID_REUSED);
  EXPECT_EQ(clock_->Now(), At(12));
}

TEST_F(SequencerTest, WhatWasCarriedOutElsewhereIsRemembered) {
  auto remember = [this](int64_t number, const std::string& content) {
    auto reply = std::make_shared<v1::CreateBackupResponse>();
    reply->set_backup_number(number);
    sequencer_->Remember(Administrator(), v1::CreateBackupRequest::descriptor(), "backup",
                         engine::HashOf(content), std::move(reply), answered_.Done());
    sequencer_->Step();
  };
  remember(1, "a");
  Restart(At(8), At(9));
  remember(2, "a");
  remember(3, "b");
  ASSERT_EQ(answered_.count(), 3u);
  EXPECT_EQ(answered_.bytes(1), answered_.bytes(0));
  EXPECT_EQ(answered_.reason(2), v1::REJECTION_REASON_REQUEST_ID_REUSED);
  EXPECT_TRUE(Journal().empty()) << "a backup is no fact";
}

TEST_F(SequencerTest, AClockIsMovedOnlyForwardAndOnlyInASimulation) {
  Advance(At(12));
  sequencer_->Step();
  EXPECT_EQ(answered_.reason(0), v1::REJECTION_REASON_CLOCK_IS_REAL);
  Begin(SimulatedClock(At(8)));
  Advance(At(8));
  sequencer_->Step();
  EXPECT_EQ(answered_.reason(1), v1::REJECTION_REASON_IN_THE_PAST);
  EXPECT_EQ(clock_->Now(), At(8));
}

TEST_F(SequencerTest, AnOutageOverADeadlinePausesLapsing) {
  load_ = [](engine::Engine* engine) { LoadWaitingPackage(7, At(11), engine); };
  Restart(At(8), At(12));
  sequencer_->Step();
  std::vector<journal::v1::Record> records = Journal();
  ASSERT_GE(records.size(), 1u);
  ASSERT_TRUE(records[0].facts(0).has_clock_judged());
  EXPECT_TRUE(records[0].facts(0).clock_judged().jumped());
  EXPECT_TRUE(sequencer_->figures().clock_jumped);
}

TEST_F(SequencerTest, AnOutageOverNothingPausesNothing) {
  load_ = [](engine::Engine* engine) { LoadWaitingPackage(7, At(14), engine); };
  Restart(At(8), At(12));
  EXPECT_FALSE(sequencer_->Step());
  EXPECT_FALSE(sequencer_->figures().clock_jumped);
}

TEST_F(SequencerTest, AShortOutageLetsDeadlinesLapse) {
  load_ = [](engine::Engine* engine) { LoadWaitingPackage(7, At(11), engine); };
  Restart(At(11) - absl::Minutes(5), At(11) + absl::Minutes(5));
  EXPECT_TRUE(sequencer_->Step());
  EXPECT_FALSE(sequencer_->figures().clock_jumped);
  EXPECT_FALSE(Journal()[0].facts(0).has_clock_judged());
}

TEST_F(SequencerTest, AClockThatGoesBackIsAJumpAndTimesStillGrow) {
  Create("one");
  sequencer_->Step();
  machine_.Step(absl::Hours(-2));
  Create("two");
  sequencer_->Step();
  EXPECT_TRUE(sequencer_->figures().clock_jumped);
  std::vector<journal::v1::Record> records = Journal();
  for (size_t i = 1; i < records.size(); ++i)
    EXPECT_GT(records[i].time_us(), records[i - 1].time_us());
}

TEST_F(SequencerTest, AClosedPackageIsForgottenAndReadAgainWhenItIsNamed) {
  load_ = [](engine::Engine* engine) { LoadWaitingPackage(7, At(11), engine); };
  options_.closed_packages_max = 0;
  Begin();
  engine::Caller navigator;
  navigator.account_id = "navigator";
  navigator.role = v1::ROLE_CARE_NAVIGATOR;
  navigator.authority_id = "ncc";
  v1::CancelPackageRequest cancel;
  cancel.set_package_id("P-2018-000007");
  cancel.set_reason("moved away");
  auto ask = [&](const std::string& request_id) {
    sequencer_->Submit(navigator, cancel, request_id, "c", absl::InfiniteFuture(),
                       answered_.Done());
    sequencer_->Step();
  };
  ask("r1");
  ASSERT_TRUE(answered_.replies[0].ok()) << answered_.replies[0].status();
  EXPECT_NE(engine_->state().Package(7), nullptr);
  Create("one");
  sequencer_->Step();
  EXPECT_EQ(engine_->state().Package(7), nullptr);
  ask("r2");
  EXPECT_EQ(answered_.reason(2), v1::REJECTION_REASON_PACKAGE_STATE);
  ask("r1");
  EXPECT_EQ(answered_.bytes(3), answered_.bytes(0));
}

TEST_F(SequencerTest, StopAnswersEverythingThatWasAccepted) {
  store_.Close();
  sequencer_->Start();
  for (int i = 0; i < 500; ++i) Create(absl::StrCat("account-", i));
  std::thread stopping([this] { sequencer_->Stop(); });
  store_.Open();
  stopping.join();
  EXPECT_EQ(answered_.count(), 500u);
  for (const Sequencer::Reply& reply : answered_.replies) EXPECT_TRUE(reply.ok()) << reply.status();
  EXPECT_EQ(store_.Read()->head().sequence, 500u);
  Create("late");
  EXPECT_EQ(answered_.reason(500), v1::REJECTION_REASON_OVERLOADED);
}

TEST_F(SequencerTest, CommandsThatWaitDuringASyncShareTheNext) {
  store_.Close();
  sequencer_->Start();
  std::vector<std::thread> clients;
  for (int client = 0; client < 8; ++client) {
    clients.emplace_back([this, client] {
      for (int i = 0; i < 50; ++i) Create(absl::StrCat("account-", client, "-", i));
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(answered_.count(), 0u);
  store_.Open();
  answered_.WaitFor(400);
  sequencer_->Stop();
  EXPECT_EQ(store_.Read()->head().sequence, 400u);
  EXPECT_LE(store_.appends(), 4);
  EXPECT_EQ(sequencer_->figures().commands, 400u);
}

TEST_F(SequencerTest, OutcomesOfCommandsThatWaitDuringASyncAreKept) {
  store_.Close();
  sequencer_->Start();
  const std::vector<std::string> ids = {"one", "two", "three", "four"};
  for (size_t i = 0; i < ids.size(); ++i) {
    Create(ids[i]);
    // Each in a group of its own: the first is being written, the others wait and become one.
    while (sequencer_->figures().commands <= i) std::this_thread::yield();
  }
  store_.Open();
  answered_.WaitFor(ids.size());
  sequencer_->Stop();
  EXPECT_LE(store_.appends(), 2) << "no groups became one: the test shows nothing";
  for (const std::string& id : ids) {
    const auto kept = store_.FindOutcome(kAdministrator, "create-" + id);
    ASSERT_TRUE(kept.ok()) << kept.status();
    EXPECT_TRUE(kept->has_value()) << id;
  }
}

}  // namespace
}  // namespace brokerage::services
