// What the server does before its disk is full and after something could not be written, and that
// it notes the head: turn by turn, over a store in memory and a machine's time that the test moves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "brokerage/v1/account_service.pb.h"
#include "engine/base/hash.h"
#include "engine/base/rejection.h"
#include "services/core/disk_watch.h"
#include "services/core/metrics.h"
#include "services/core/sequencer.h"
#include "services/core/zones.h"
#include "storage/loading.h"
#include "tests/fixtures/memory_store.h"
#include "tests/fixtures/server/programs.h"
#include "tests/fixtures/test_folder.h"

namespace brokerage::services {
namespace {

using testing::HasSubstr;

constexpr uint64_t kReserve = 1000;

class HandClock : public Clock {
 public:
  absl::Time Now() const override { return now; }
  absl::Time MachineNow() const override { return now; }
  bool simulated() const override { return false; }
  absl::Time now = absl::FromUnixSeconds(1530000000);
};

class StoreThatCannotNote : public storage::MemoryStore {
 public:
  absl::Status NoteHead() override {
    return fails ? absl::ResourceExhaustedError("no space left") : MemoryStore::NoteHead();
  }
  absl::Status PurgeOutcomes(absl::Time before) override {
    ++purges;
    return MemoryStore::PurgeOutcomes(before);
  }
  bool fails = false;
  int purges = 0;
};

// What is logged while it lives.
class Logged {
 public:
  Logged() : before_(spdlog::default_logger()) {
    spdlog::set_default_logger(std::make_shared<spdlog::logger>(
        "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_)));
  }
  ~Logged() { spdlog::set_default_logger(before_); }
  // And forgets it.
  std::string Take() {
    std::string taken = text_.str();
    text_.str("");
    return taken;
  }

 private:
  std::ostringstream text_;
  std::shared_ptr<spdlog::logger> before_;
};

class DiskRoom : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(storage::LoadEngine(*store_.Read(), clock_.now, &engine_).ok());
    Sequencer::Options options;
    options.random_salt = [] { return std::string(16, 's'); };
    options.on_fatal = [this](const absl::Status& status) { fatal_.push_back(status); };
    options.free_bytes = [this] { return std::optional<uint64_t>(free_); };
    options.disk_reserve_bytes = kReserve;
    sequencer_ = std::make_unique<Sequencer>(&engine_, &store_, &clock_, options);
  }

  // The outcome of a command that makes an account.
  absl::Status Create(const std::string& id) {
    engine::Caller caller;
    caller.account_id = "admin";
    caller.role = v1::ROLE_ADMINISTRATOR;
    v1::CreateAccountRequest request;
    request.set_request_id("create-" + id);
    request.mutable_account()->set_id(id);
    request.mutable_account()->set_role(v1::ROLE_ADMINISTRATOR);
    request.set_token_sha256(engine::HashOf(id));
    absl::Status outcome = absl::UnknownError("not answered");
    sequencer_->Submit(caller, request, request.request_id(), engine::HashOf(id),
                       absl::InfiniteFuture(),
                       [&](const Sequencer::Reply& reply) { outcome = reply.status(); });
    sequencer_->Step();
    return outcome;
  }
  // A second later so much is free.
  void ComeToHave(uint64_t free) {
    free_ = free;
    clock_.now += absl::Seconds(1);
    sequencer_->Step();
  }

  HandClock clock_;
  StoreThatCannotNote store_;
  uint64_t free_ = 10 * kReserve;
  std::vector<absl::Status> fatal_;
  engine::Engine engine_{HostZones()};
  std::unique_ptr<Sequencer> sequencer_;
};

TEST_F(DiskRoom, CommandsAreRefusedWhileThereIsTooLittleAndGoOnWhenThereIsEnough) {
  ASSERT_TRUE(Create("one").ok());
  ComeToHave(kReserve - 1);
  const absl::Status refused = Create("two");
  EXPECT_EQ(engine::RejectionOf(refused).reason(), v1::REJECTION_REASON_OVERLOADED);
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("disk is nearly full"));
  EXPECT_FALSE(sequencer_->CheckDisk().ok());
  EXPECT_EQ(store_.Read()->head().sequence, 1u);
  ComeToHave(kReserve);
  EXPECT_TRUE(Create("two").ok()) << "the same request again";
  EXPECT_TRUE(sequencer_->CheckDisk().ok());
  EXPECT_TRUE(fatal_.empty());
}

TEST_F(DiskRoom, ARepeatStillGetsItsFirstOutcome) {
  ASSERT_TRUE(Create("one").ok());
  ComeToHave(0);
  EXPECT_TRUE(Create("one").ok());
  EXPECT_FALSE(Create("two").ok());
}

TEST_F(DiskRoom, EachCrossingIsSaidOnce) {
  Logged logged;
  ComeToHave(2 * kReserve);
  EXPECT_EQ(logged.Take(), "");
  ComeToHave(2 * kReserve - 1);
  EXPECT_THAT(logged.Take(), HasSubstr("event=disk_nearly_full free_bytes=1999"));
  EXPECT_TRUE(Create("one").ok()) << "only said as yet";
  ComeToHave(kReserve + 1);
  EXPECT_EQ(logged.Take(), "");
  ComeToHave(kReserve - 1);
  EXPECT_THAT(logged.Take(), HasSubstr("commands are refused"));
  ComeToHave(1);
  EXPECT_EQ(logged.Take(), "");
  ComeToHave(9 * kReserve);
  EXPECT_THAT(logged.Take(), HasSubstr("event=disk_has_room"));
}

TEST_F(DiskRoom, MetricsTellIt) {
  Metrics metrics;
  EXPECT_THAT(metrics.Text(*sequencer_), HasSubstr("brokerage_disk_free_bytes 10000"));
  EXPECT_THAT(metrics.Text(*sequencer_), HasSubstr("brokerage_disk_nearly_full 0"));
  ComeToHave(kReserve + 1);
  EXPECT_THAT(metrics.Text(*sequencer_), HasSubstr("brokerage_disk_free_bytes 1001"));
  EXPECT_THAT(metrics.Text(*sequencer_), HasSubstr("brokerage_disk_nearly_full 1"));
}

TEST(DiskWatch, AsksAtMostOnceASecondAndKeepsWhatItKnew) {
  int asked = 0;
  std::optional<uint64_t> free = 1;
  DiskWatch watch(
      [&] {
        ++asked;
        return free;
      },
      kReserve);
  const absl::Time now = absl::FromUnixSeconds(1);
  watch.Look(now);
  watch.Look(now + absl::Milliseconds(999));
  EXPECT_EQ(asked, 1);
  free = std::nullopt;
  watch.Look(now + absl::Seconds(1));
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(watch.room(), DiskWatch::Room::kTooLittle) << "it cannot be found out now";
}

TEST_F(DiskRoom, TheHeadIsNotedNowAndThenAndAtTheStop) {
  ASSERT_TRUE(Create("one").ok());
  EXPECT_EQ(store_.noted().sequence, 0u);
  clock_.now += absl::Seconds(10);
  sequencer_->Step();
  EXPECT_EQ(store_.noted(), sequencer_->head());
  ASSERT_TRUE(Create("two").ok());
  EXPECT_EQ(store_.noted().sequence, 1u);
  sequencer_->Stop();
  EXPECT_EQ(store_.noted().sequence, 2u);
}

TEST_F(DiskRoom, AChoreThatFailsEndsTheProcessAndNothingIsWrittenAfterIt) {
  ASSERT_TRUE(Create("one").ok());
  store_.fails = true;
  clock_.now += absl::Hours(2);  // everything is due that is done now and then
  sequencer_->Step();
  ASSERT_EQ(fatal_.size(), 1u);
  EXPECT_EQ(fatal_[0].message(), "no space left");
  const int purges = store_.purges;
  clock_.now += absl::Hours(2);
  EXPECT_EQ(Create("two").code(), absl::StatusCode::kUnavailable);
  sequencer_->Stop();
  EXPECT_EQ(store_.purges, purges);
  EXPECT_EQ(store_.Read()->head().sequence, 1u);
  EXPECT_EQ(fatal_.size(), 1u);
}

std::string Text(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// With a reserve that no disk has.
TEST(DiskRoomOfBrokerd, ReadsGoOnAndNothingIsWritten) {
  testing_support::TestFolder folder;
  BrokerdProgram server(folder.path(), "2018-07-02T08:00:00Z", "--disk-reserve 1000000000000");
  const std::string broker =
      absl::StrCat(BINARY_DIR "/services/broker --address ", server.address(), " --token-file ",
                   folder / "admin.token ");
  const Ran status =
      Shell(absl::StrCat("for n in $(seq 200); do ", broker, "admin get-status && exit; done"));
  EXPECT_THAT(status.output, HasSubstr("head"));
  std::ofstream(folder / "postcodes.csv")
      << "\"NG18 1JY\",10,453000,361000,\"E92000001\",,,,,\"E05000001\"\n";
  for (const std::string& command :
       {std::string("admin advance-clock --target-time 2018-07-02T09:00:00Z"),
        "postcodes import " + folder / "postcodes.csv"}) {
    const Ran ran = Shell(broker + command);
    EXPECT_NE(ran.exit_code, 0) << ran.output;
    EXPECT_THAT(ran.output, HasSubstr("disk is nearly full")) << command;
  }
  EXPECT_TRUE(server.Stop());
  EXPECT_THAT(Text(folder / "log"), HasSubstr("event=disk_nearly_full"));
}

TEST(DiskRoomOfBrokerd, NothingOfItsMemoryComesOnADisk) {
  testing_support::TestFolder folder;
  BrokerdProgram server(folder.path(), "2018-07-02T08:00:00Z");
  Shell(absl::StrCat("for n in $(seq 200); do " BINARY_DIR "/services/broker --address ",
                     server.address(), " --token-file ", folder / "admin.token",
                     " admin get-status && exit; done"));
  EXPECT_THAT(Text(absl::StrCat("/proc/", server.process(), "/limits")),
              testing::ContainsRegex("Max core file size +0 +0 "));
  // Where the test may lift that limit again, nothing is dumped all the same.
  const rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};
  if (prlimit(server.process(), RLIMIT_CORE, &unlimited, nullptr) != 0) return;
  kill(server.process(), SIGABRT);
  siginfo_t ended{};
  waitid(P_PID, static_cast<id_t>(server.process()), &ended, WEXITED | WNOWAIT);
  EXPECT_EQ(ended.si_code, CLD_KILLED) << "and not CLD_DUMPED";
}

}  // namespace
}  // namespace brokerage::services
