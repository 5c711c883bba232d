// A clock that is wrong: nothing is stamped by it, nobody's time runs out by it, and when it is
// right again everything goes on from the right time. Over a store in memory, turn by turn.
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "brokerage/v1/admin_service.pb.h"
#include "brokerage/v1/package_service.pb.h"
#include "engine/base/hash.h"
#include "engine/base/ids.h"
#include "engine/base/rejection.h"
#include "services/core/judged_clock.h"
#include "services/core/sequencer.h"
#include "services/core/zones.h"
#include "storage/loading.h"
#include "storage/verify.h"
#include "tests/fixtures/memory_store.h"
#include "tests/fixtures/server/fake_machine.h"
#include "tests/fixtures/server/server_fixture.h"

namespace brokerage::services {
namespace {

using testing::FakeMachine;
using testing::MachineTime;

constexpr absl::Duration kDay = absl::Hours(24);

// Monday, 8:00 UTC.
absl::Time Begins() { return absl::FromCivil(absl::CivilHour(2018, 7, 2, 8), absl::UTCTimeZone()); }

class ClockTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Start();
    v1::ApplyFrameworkRequest files = testing::ShireFiles();
    ASSERT_TRUE(Ask(As(v1::ROLE_ADMINISTRATOR), files).ok());
  }

  void Start() {
    Stop();
    clock_ = std::make_unique<JudgedClock>(std::make_unique<FakeMachine>(&machine_),
                                           store_.LastAlive(), storage::LastKnownTime(store_));
    engine_ = std::make_unique<engine::Engine>(HostZones());
    ASSERT_TRUE(storage::LoadEngine(*store_.Read(), clock_->Now(), engine_.get()).ok());
    Sequencer::Options options;
    options.random_salt = [] { return std::string(16, 's'); };
    sequencer_ = std::make_unique<Sequencer>(engine_.get(), &store_, clock_.get(), options);
    Run();
  }
  // With its last sign of life; the sequencer finishes its work as it goes.
  void Stop() { sequencer_.reset(); }
  void StopAndStart() {
    Stop();
    Start();
  }
  void KillAndStart() {
    const storage::SignOfLife last = store_.LastAlive();
    Stop();
    ASSERT_TRUE(store_.SetLastAlive(last).ok());
    Start();
  }

  static engine::Caller As(v1::Role role) {
    engine::Caller caller;
    caller.account_id = v1::Role_Name(role);
    caller.role = role;
    if (role == v1::ROLE_CARE_NAVIGATOR) caller.authority_id = "council";
    return caller;
  }
  Sequencer::Reply Ask(engine::Caller caller, engine::Request request) {
    Sequencer::Reply reply = absl::UnknownError("not answered");
    sequencer_->Submit(std::move(caller), std::move(request), absl::StrCat("r", ++requests_),
                       engine::HashOf("content"), absl::InfiniteFuture(),
                       [&reply](const Sequencer::Reply& answer) { reply = answer; });
    Run();
    return reply;
  }
  void Run() {
    while (sequencer_->Step()) {
    }
  }

  // A package whose round is open for three days; its number.
  uint64_t Issue(const std::string& start_by = "2018-07-20") {
    v1::SubmitPackageRequest request;
    v1::PackageReferral& referral = *request.mutable_referral();
    referral.set_framework_id("shire");
    referral.set_authority_id("council");
    referral.set_origin(v1::ORIGIN_COMMUNITY);
    referral.set_urgency(v1::URGENCY_STANDARD);
    referral.set_ward_code(testing::kEastWard);
    referral.set_postcode("NG18 4XY");
    referral.mutable_terms()->set_service_type(v1::SERVICE_TYPE_HOME_CARE);
    referral.mutable_terms()->set_weekly_minutes(420);
    referral.mutable_terms()->set_carers_per_visit(1);
    referral.mutable_terms()->set_start_by_date(start_by);
    referral.set_summary("Help to get up.");
    referral.set_details("The key is with the neighbour.");
    referral.set_person_reference(absl::StrCat("person-", ++persons_));
    Sequencer::Reply submitted = Ask(As(v1::ROLE_CARE_NAVIGATOR), request);
    EXPECT_TRUE(submitted.ok()) << submitted.status();
    if (!submitted.ok()) return 0;
    const auto& response = static_cast<const v1::SubmitPackageResponse&>(**submitted);
    v1::ReleasePackagesRequest release;
    release.add_package_ids(response.package().id());
    Sequencer::Reply released = Ask(As(v1::ROLE_CARE_NAVIGATOR), release);
    EXPECT_TRUE(released.ok()) << released.status();
    return engine_->state().system.last_package_number();
  }
  const journal::v1::PackageRow& Row(uint64_t package) {
    return engine_->state().Package(package)->row;
  }
  bool IsOpen(uint64_t package) {
    const engine::PackageAggregate* found = engine_->state().Package(package);
    return found != nullptr && !found->offers.empty() &&
           found->offers[0].state() == v1::OFFER_STATE_OPEN;
  }
  absl::Time DeadlineOf(uint64_t package) {
    return absl::FromUnixMicros(Row(package).rounds(0).deadline_us());
  }

  absl::Status Confirm() {
    return Ask(As(v1::ROLE_ADMINISTRATOR), v1::ConfirmClockRequest()).status();
  }
  absl::Status Confirm(absl::Time now) {
    v1::ConfirmClockRequest request;
    request.mutable_current_time()->set_seconds(absl::ToUnixSeconds(now));
    return Ask(As(v1::ROLE_ADMINISTRATOR), request).status();
  }
  bool InDoubt() { return sequencer_->figures().clock_jumped; }
  absl::Time LastStamp() { return absl::FromUnixMicros(engine_->state().last_time_us); }

  // Everything that a jump of the clock and back must leave as if it had not been: `jump` makes the
  // wrong clock be seen, `back` the right one.
  template <typename Jump, typename Back>
  void ExpectNothingOfIt(Jump jump, Back back) {
    const uint64_t before = Issue();
    machine_.Pass(absl::Hours(1));
    const absl::Time right = machine_.wall;
    jump();
    Run();
    EXPECT_TRUE(InDoubt());
    EXPECT_TRUE(IsOpen(before));
    const uint64_t meanwhile = Issue();
    ASSERT_NE(meanwhile, 0u) << "the day's work goes on";
    EXPECT_LE(absl::AbsDuration(LastStamp() - right), absl::Minutes(15)) << LastStamp();
    EXPECT_LE(absl::AbsDuration(store_.LastAlive().time - right), kDay) << "the sign of life";
    back();
    Run();
    ASSERT_TRUE(Confirm().ok());
    EXPECT_FALSE(InDoubt());
    EXPECT_TRUE(IsOpen(before)) << "nobody had the time to answer";
    EXPECT_TRUE(IsOpen(meanwhile));
    EXPECT_LE(absl::AbsDuration(DeadlineOf(meanwhile) - DeadlineOf(before) - absl::Hours(1)),
              absl::Minutes(30));
    const uint64_t after = Issue();
    EXPECT_LE(absl::AbsDuration(LastStamp() - right), absl::Minutes(15)) << LastStamp();
    machine_.Pass(DeadlineOf(before) - machine_.wall.load() + absl::Minutes(1));
    Run();
    EXPECT_FALSE(IsOpen(before)) << "and then time runs out as it should";
    EXPECT_TRUE(IsOpen(after));
  }

  MachineTime machine_{Begins()};
  storage::MemoryStore store_;
  std::unique_ptr<JudgedClock> clock_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<Sequencer> sequencer_;
  int requests_ = 0, persons_ = 0;
};

TEST_F(ClockTest, AJumpForwardAndBackLeavesNothing) {
  for (absl::Duration jump : {absl::Minutes(16), absl::Hours(26), 400 * kDay}) {
    ExpectNothingOfIt([&] { machine_.Step(jump); }, [&] { machine_.Step(-jump); });
  }
}

TEST_F(ClockTest, AJumpBackAndForwardLeavesNothing) {
  ExpectNothingOfIt([&] { machine_.Step(-26 * absl::Hours(1)); },
                    [&] { machine_.Step(26 * absl::Hours(1)); });
}

TEST_F(ClockTest, AJumpSeenByAStoppedOrKilledProgramLeavesNothing) {
  ExpectNothingOfIt(
      [&] {
        machine_.Step(absl::Hours(26));
        StopAndStart();
      },
      [&] {
        machine_.Step(-absl::Hours(26));
        StopAndStart();
      });
  ExpectNothingOfIt(
      [&] {
        machine_.Step(400 * kDay);
        KillAndStart();
      },
      [&] {
        machine_.Step(-400 * kDay);
        KillAndStart();
      });
}

TEST_F(ClockTest, AJumpOverAStartOfTheMachineLeavesNothing) {
  ExpectNothingOfIt(
      [&] {
        Stop();
        machine_.Reboot(400 * kDay);
        Start();
      },
      [&] { machine_.Step(-400 * kDay); });
}

TEST_F(ClockTest, ManySmallStepsAddUp) {
  ExpectNothingOfIt(
      [&] {
        for (int i = 0; i < 20; ++i) {
          machine_.Step(absl::Minutes(14));
          Run();
        }
      },
      [&] { machine_.Step(-20 * absl::Minutes(14)); });
}

TEST_F(ClockTest, AClockThatSlewsIsFollowedForEver) {
  for (int i = 0; i < 3 * 24 * 60; ++i) {
    machine_.Pass(absl::Minutes(1));
    machine_.Step(absl::Milliseconds(500));
    Run();
  }
  EXPECT_FALSE(InDoubt()) << "by now it is 36 minutes off";
  Issue();
  EXPECT_EQ(absl::ToUnixSeconds(LastStamp()), absl::ToUnixSeconds(machine_.wall));
}

TEST_F(ClockTest, ASmallStepBackEndsNobodysTimeEarlyAndRefusesNothing) {
  const uint64_t package = Issue();
  machine_.Pass(DeadlineOf(package) - machine_.wall.load() - absl::Minutes(1));
  Run();
  const uint64_t other = Issue();
  ASSERT_NE(other, 0u);
  machine_.Step(-absl::Minutes(10));
  ASSERT_NE(Issue(), 0u) << "at once";
  EXPECT_FALSE(InDoubt());
  machine_.Pass(absl::Minutes(10));
  Run();
  EXPECT_TRUE(IsOpen(package)) << "by the clock there is a minute left";
  machine_.Pass(absl::Minutes(2));
  Run();
  EXPECT_FALSE(IsOpen(package));
}

// The machine slept, or was off for long: its clock is right, and only a person can know it.
TEST_F(ClockTest, AClockThatIsRightAfterAllIsTakenWhenThePersonSaysTheTime) {
  const uint64_t package = Issue();
  machine_.Step(4 * kDay);
  Run();
  EXPECT_TRUE(InDoubt());
  const absl::Status unsaid = Confirm();
  EXPECT_EQ(engine::RejectionOf(unsaid).reason(), v1::REJECTION_REASON_FIELD_REQUIRED);
  EXPECT_EQ(engine::RejectionOf(unsaid).field(), "current_time");
  EXPECT_EQ(engine::RejectionOf(unsaid).expected(),
            "what time it is: the machine's clock shows 2018-07-06T08:00:00Z, and by what passed "
            "since it was known it is 2018-07-02T08:00:00Z");
  const absl::Status wrong = Confirm(Begins());
  EXPECT_EQ(engine::RejectionOf(wrong).reason(), v1::REJECTION_REASON_FIELD_INVALID);
  EXPECT_TRUE(InDoubt());
  EXPECT_TRUE(IsOpen(package));
  ASSERT_TRUE(Confirm(machine_.wall.load() + absl::Minutes(3)).ok());
  EXPECT_FALSE(InDoubt());
  EXPECT_FALSE(IsOpen(package)) << "what is past lapses at once";
  EXPECT_GE(LastStamp(), Begins() + 4 * kDay);
}

// A person took a wrong time for right, or a machine began with it: what was stamped by it stays,
// and what comes is judged and stamped by the clock once that is right.
TEST_F(ClockTest, AStoreWithAWrongFutureGoesOnFromTheRightTimeOnceAPersonSaysIt) {
  enum { kRunning, kOverAStartOfTheMachine, kStartedInTheWrongFuture };
  for (const int how : {kStartedInTheWrongFuture, kRunning, kOverAStartOfTheMachine}) {
    // Counted in this month, and then in no row of what is open.
    const uint64_t closed = Issue();
    v1::CancelPackageRequest close;
    close.set_package_id(engine::FormatPackageId({Row(closed).year(), closed}));
    close.set_reason("no longer needed");
    EXPECT_TRUE(Ask(As(v1::ROLE_CARE_NAVIGATOR), close).ok());
    const absl::Time right = machine_.wall;
    const absl::Duration off = (how == kStartedInTheWrongFuture ? 1100 : 400) * kDay;
    machine_.Step(off);
    Run();
    ASSERT_TRUE(Confirm(machine_.wall).ok());
    const uint64_t wrong =
        Issue(absl::FormatTime("%Y-%m-%d", right + off + 10 * kDay, absl::UTCTimeZone()));
    ASSERT_NE(wrong, 0u);
    EXPECT_GE(LastStamp(), right + off);
    if (how == kOverAStartOfTheMachine) {
      Stop();
      machine_.Reboot(-off);
      Start();
    } else {
      if (how == kStartedInTheWrongFuture) StopAndStart();
      machine_.Step(-off);
      Run();
    }
    EXPECT_TRUE(InDoubt());
    ASSERT_TRUE(Confirm(machine_.wall).ok());
    EXPECT_FALSE(InDoubt());
    for (const bool later : {false, true}) {
      if (later) KillAndStart();
      EXPECT_FALSE(InDoubt());
      const uint64_t package = Issue();
      ASSERT_NE(package, 0u) << "today is today";
      EXPECT_LE(absl::AbsDuration(LastStamp() - machine_.wall.load()), absl::Seconds(1));
      EXPECT_LE(DeadlineOf(package), machine_.wall.load() + 4 * kDay);
    }
    const uint64_t last = engine_->state().system.last_package_number();
    machine_.Pass(DeadlineOf(last) - machine_.wall.load() + absl::Minutes(1));
    Run();
    EXPECT_FALSE(IsOpen(last)) << "time runs out by the clock";
    EXPECT_TRUE(IsOpen(wrong)) << "until somebody closes it";
    v1::CancelPackageRequest cancel;
    cancel.set_package_id(engine::FormatPackageId({Row(wrong).year(), wrong}));
    cancel.set_reason("issued by a wrong clock");
    EXPECT_TRUE(Ask(As(v1::ROLE_CARE_NAVIGATOR), cancel).ok());
  }
  const auto report = storage::Verify(*store_.Read(), HostZones(), std::nullopt,
                                      absl::StrCat(::testing::TempDir(), "/wrong-future"));
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->problems.empty()) << report->problems[0];
}

TEST_F(ClockTest, ALongOutageOfTheProgramIsTimedRightlyAndPausesLapsing) {
  const uint64_t package = Issue();
  Stop();
  machine_.Pass(4 * kDay);
  Start();
  EXPECT_TRUE(InDoubt());
  EXPECT_TRUE(IsOpen(package));
  Issue();
  EXPECT_GE(LastStamp(), Begins() + 4 * kDay) << "what passed is known";
  ASSERT_TRUE(Confirm().ok()) << "and nobody has to say the time";
  EXPECT_FALSE(IsOpen(package));
}

TEST_F(ClockTest, ANightWithNothingDueNeedsNobody) {
  Stop();
  machine_.Reboot(absl::Hours(10));
  Start();
  EXPECT_FALSE(InDoubt());
  Issue();
  EXPECT_GE(LastStamp(), Begins() + absl::Hours(10));
}

TEST_F(ClockTest, DoubtOutlivesAKill) {
  const uint64_t package = Issue();
  machine_.Step(absl::Hours(90));
  Run();
  for (int i = 0; i < 3; ++i) {
    machine_.Pass(absl::Minutes(40));  // with its signs of life
    Run();
    KillAndStart();
    EXPECT_TRUE(InDoubt());
    EXPECT_TRUE(IsOpen(package));
  }
  Issue();
  EXPECT_LE(absl::AbsDuration(LastStamp() - Begins() - absl::Hours(2)), absl::Minutes(15));
}

// A jump is seen before anything is asked, however long the threads would sleep.
TEST_F(ClockTest, AServerThatStartsInDoubtSaysSoAtOnce) {
  Issue();
  Stop();
  machine_.Step(absl::Hours(90));
  Start();
  sequencer_->Start();
  v1::CancelPackageRequest nothing;
  nothing.set_package_id("P-2018-000099");
  Sequencer::Reply reply;
  std::promise<void> answered;
  sequencer_->Submit(As(v1::ROLE_CARE_NAVIGATOR), nothing, "", "", absl::InfiniteFuture(),
                     [&](const Sequencer::Reply&) { answered.set_value(); });
  answered.get_future().wait();
  EXPECT_TRUE(InDoubt());
  sequencer_->Stop();
}

}  // namespace
}  // namespace brokerage::services
