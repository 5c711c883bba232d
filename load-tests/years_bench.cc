// Measures how long years take to play: ten of Lancashire's in one process, with the writer, the
// store and the clock of the server but no network; and the two quarters that ./dev run plays,
// over the API.
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "engine/base/hash.h"
#include "engine/base/ids.h"
#include "load-tests/common/history.h"
#include "load-tests/common/load.h"
#include "load-tests/common/servers.h"
#include "load-tests/common/setting.h"
#include "services/command_line/command_line.h"
#include "services/core/clock.h"
#include "services/core/sequencer.h"
#include "services/core/zones.h"
#include "storage/loading.h"

namespace brokerage::load {
namespace {

constexpr int64_t kInFlightMax = 2000;
constexpr int kWeeksOfCare = 20;
constexpr int kDaysOfAnswers = 4;  // of a week, so that later rounds are answered, too

[[noreturn]] void Die(const std::string& what) {
  std::fprintf(stderr, "years_bench: %s\n", what.c_str());
  std::exit(1);
}

void TellSeconds(const Figures& figures, const std::string& name, SteadyClock::time_point began) {
  Figure figure;
  figure.name = name;
  figure.value = SecondsSince(began);
  figure.unit = "s";
  figure.repeats = {*figure.value};
  figures.Add(figure);
}

// The server without its network.
class Writer {
 public:
  Writer(const std::string& directory, absl::Time start) : engine_(services::HostZones()) {
    auto store = storage::RocksDbStore::Open(directory, storage::OpenMode::kWrite);
    if (!store.ok()) Die(std::string(store.status().message()));
    store_ = *std::move(store);
    absl::Status loaded = storage::LoadEngine(*store_->Read(), start, &engine_);
    if (!loaded.ok()) Die(std::string(loaded.message()));
    clock_ = services::SimulatedClock(start);
    sequencer_.emplace(&engine_, store_.get(), clock_.get(), services::Sequencer::Options());
    sequencer_->Start();
  }
  ~Writer() { sequencer_->Stop(); }

  // Asks; `done` is called where it was not refused, before the next Wait returns.
  template <typename Request>
  void Ask(const engine::Caller& caller, const Request& request,
           std::function<void(const google::protobuf::Message&)> done = nullptr) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return in_flight_ < kInFlightMax; });
      ++in_flight_;
    }
    sequencer_->Submit(caller, request, absl::StrCat("request-", ++asked_),
                       engine::HashOf(request.SerializeAsString()), absl::InfiniteFuture(),
                       [this, done = std::move(done)](const services::Reply& reply) {
                         std::lock_guard lock(mutex_);
                         if (!reply.ok() && refused_++ == 0) first_ = reply.status().ToString();
                         if (reply.ok() && done != nullptr) done(**reply);
                         --in_flight_;
                         changed_.notify_one();
                       });
  }
  void AdvanceTo(absl::Time time) {
    Wait();
    ++in_flight_;
    sequencer_->Advance({.account_id = "admin", .role = v1::ROLE_ADMINISTRATOR}, time,
                        absl::StrCat("request-", ++asked_), "",
                        [this](const services::Reply& reply) {
                          if (!reply.ok()) Die(reply.status().ToString());
                          std::lock_guard lock(mutex_);
                          --in_flight_;
                          changed_.notify_one();
                        });
    Wait();
  }
  void Wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return in_flight_ == 0; });
  }
  engine::PackageAggregate Package(uint64_t number) const {
    auto package = storage::ReadPackage(*store_->Read(), number);
    if (!package.ok() || !package->has_value()) Die(absl::StrCat("no package ", number));
    return **std::move(package);
  }

  int64_t asked() const { return asked_; }
  int64_t refused() const { return refused_; }
  const std::string& first_refusal() const { return first_; }

 private:
  engine::Engine engine_;
  std::unique_ptr<storage::RocksDbStore> store_;
  std::unique_ptr<services::Clock> clock_;
  std::optional<services::Sequencer> sequencer_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int64_t in_flight_ = 0;
  int64_t asked_ = 0;
  int64_t refused_ = 0;
  std::string first_;
};

// What care navigation and the branches do, week after week.
class Play {
 public:
  Play(Writer* writer, std::vector<v1::PackageReferral> referrals)
      : writer_(*writer), referrals_(std::move(referrals)) {
    navigator_ = {.account_id = "navigator",
                  .role = v1::ROLE_CARE_NAVIGATOR,
                  .authority_id = referrals_[0].authority_id()};
  }

  void Run(absl::Time first_monday, int weeks) {
    for (int week = 0; week < weeks; ++week) {
      const absl::Time monday = first_monday + absl::Hours(24 * 7) * week;
      writer_.AdvanceTo(monday + absl::Hours(9));
      const size_t until =
          referrals_.size() * static_cast<size_t>(week + 1) / static_cast<size_t>(weeks);
      Submit(monday, until);
      for (int day = 0; day < kDaysOfAnswers; ++day) {
        writer_.AdvanceTo(monday + absl::Hours(24 * day + 17));
        Answer();
      }
      writer_.AdvanceTo(monday + absl::Hours(24 * 6 + 12));
      Settle();
    }
    writer_.Wait();
  }
  int64_t offers() const { return offers_; }
  int64_t started() const { return started_; }

 private:
  void Submit(absl::Time monday, size_t until) {
    for (; submitted_ < until; ++submitted_) {
      v1::SubmitPackageRequest request;
      *request.mutable_referral() = referrals_[submitted_];
      request.mutable_referral()->mutable_terms()->set_start_by_date(
          absl::FormatTime("%Y-%m-%d", monday + absl::Hours(24 * 14), absl::UTCTimeZone()));
      writer_.Ask(navigator_, request, [this](const google::protobuf::Message& reply) {
        const auto& response = static_cast<const v1::SubmitPackageResponse&>(reply);
        waiting_.insert(engine::ParsePackageId(response.package().id())->number);
      });
    }
    writer_.Wait();
  }

  // Each open offer is thought about once: of ten, four are accepted, four declined, two forgotten.
  void Answer() {
    for (const uint64_t number : waiting_) {
      const engine::PackageAggregate package = writer_.Package(number);
      int32_t& seen = seen_[number];
      for (; static_cast<size_t>(seen) < package.offers.size(); ++seen) {
        const journal::v1::OfferRow& offer = package.offers[static_cast<size_t>(seen)];
        ++offers_;
        if (offer.state() != v1::OFFER_STATE_OPEN) continue;
        const engine::Caller organisation{.account_id = "org-" + offer.provider_id(),
                                          .role = v1::ROLE_PROVIDER_ORGANISATION,
                                          .provider_id = offer.provider_id()};
        const std::string id =
            engine::FormatOfferId({{package.row.year(), number}, offer.ordinal()});
        const uint64_t dice = random_() % 10;
        if (dice < 4) {
          v1::AcceptOfferRequest request;
          request.set_offer_id(id);
          writer_.Ask(organisation, request);
        } else if (dice < 8) {
          v1::DeclineOfferRequest request;
          request.set_offer_id(id);
          request.set_reason(v1::DECLINE_REASON_NO_CAPACITY);
          writer_.Ask(organisation, request);
        }
      }
    }
    writer_.Wait();
  }

  // Those awarded start, those whom nobody took are helped elsewhere, and care ends in its time.
  void Settle() {
    std::vector<std::string> starting;
    for (auto it = waiting_.begin(); it != waiting_.end();) {
      const journal::v1::PackageRow row = writer_.Package(*it).row;
      const std::string id = engine::FormatPackageId({row.year(), row.number()});
      if (row.state() == v1::PACKAGE_STATE_AWARDED) {
        v1::StartPackageRequest start;
        start.set_package_id(id);
        writer_.Ask(navigator_, start);
        starting.push_back(id);
      } else if (row.state() == v1::PACKAGE_STATE_UNFILLED) {
        v1::CancelPackageRequest cancel;
        cancel.set_package_id(id);
        cancel.set_reason("care found elsewhere");
        writer_.Ask(navigator_, cancel);
      } else {
        ++it;
        continue;
      }
      seen_.erase(*it);
      it = waiting_.erase(it);
    }
    started_ += static_cast<int64_t>(starting.size());
    running_.push_back(std::move(starting));
    if (running_.size() <= kWeeksOfCare) return;
    for (const std::string& id : running_.front()) {
      v1::CeasePackageRequest cease;
      cease.set_package_id(id);
      cease.set_reason("no longer needed");
      writer_.Ask(navigator_, cease);
    }
    running_.pop_front();
  }

  Writer& writer_;
  const std::vector<v1::PackageReferral> referrals_;
  engine::Caller navigator_;
  size_t submitted_ = 0;
  std::set<uint64_t> waiting_;
  std::map<uint64_t, int32_t> seen_;              // offers of those
  std::deque<std::vector<std::string>> running_;  // by the week in which they started
  int64_t offers_ = 0, started_ = 0;
  std::mt19937_64 random_{20180701};
};

void TenYears(const Setting& setting, int64_t packages, int weeks, const Figures& figures) {
  const absl::Time monday = absl::FromCivil(absl::CivilDay(2025, 4, 7), absl::UTCTimeZone());
  const std::string directory = setting.Scratch("years");
  std::vector<v1::PackageReferral> referrals;
  {
    History history(directory, ReadFolder(setting.framework, false), monday - absl::Hours(24));
    history.AddOrganisations();
    for (int64_t i = 0; i < packages; ++i) referrals.push_back(history.Referral());
    history.Finish();
  }
  const SteadyClock::time_point began = SteadyClock::now();
  {
    Writer writer(directory, monday - absl::Hours(24));
    Play play(&writer, std::move(referrals));
    play.Run(monday, weeks);
    const int64_t asked = writer.asked();
    std::printf(
        "%lld packages, %lld of them started; %lld offers; %lld commands, %lld refused %s\n",
        static_cast<long long>(packages), static_cast<long long>(play.started()),
        static_cast<long long>(play.offers()), static_cast<long long>(asked),
        static_cast<long long>(writer.refused()), writer.first_refusal().c_str());
    if (writer.refused() * 100 > asked || play.started() * 2 < packages) Die("that is no council");
  }
  TellSeconds(figures, "brokerd.ten_years", began);
}

// A program to its end, its output in a file.
void RunToItsEnd(const std::string& command, const std::string& log) {
  const int status = std::system(absl::StrCat(command, " >>", log, " 2>&1").c_str());
  if (status != 0) Die(absl::StrCat(command, " failed: ", log));
}

void TwoQuarters(const Setting& setting, const std::string& demo, const std::string& weeks,
                 const Figures& figures) {
  const std::string data = setting.Scratch("quarters");
  std::filesystem::create_directories(data);
  std::filesystem::permissions(data, std::filesystem::perms::owner_all);
  const std::string log = data + "/log", store = data + "/store", begin = "2025-04-06T08:00:00Z";
  RunToItsEnd(
      absl::StrCat(setting.brokerd, " bootstrap --data ", store, " --account admin --token-file ",
                   data, "/admin.token --simulation ", begin),
      log);
  const std::string address = FreeAddress();
  std::vector<std::string> arguments = ServeOn(setting.brokerd, store, address);
  arguments.insert(arguments.end(), {"--simulation", begin});
  const Child server(arguments);
  Connect(address);
  const SteadyClock::time_point began = SteadyClock::now();
  RunToItsEnd(absl::StrCat(demo, " --address ", address, " ", setting.framework, " ", weeks,
                           " --data ", data, " --once --story"),
              log);
  TellSeconds(figures, "brokerd.two_quarters", began);
}

}  // namespace
}  // namespace brokerage::load

int main(int argc, char** argv) {
  brokerage::load::Setting setting("years-bench", argv[0]);
  setting.framework = "frameworks/lancashire";
  int64_t packages = 47'000;
  int weeks = 520;
  const std::string here = std::filesystem::path(argv[0]).parent_path().string();
  std::string demo = here + "/../demo/demo", demo_weeks = "demo/frameworks/lancashire";
  brokerage::command_line::Program app(
      "Measures how long ten years of Lancashire take, and two quarters over the API.");
  setting.AddOptions(app);
  app.Add("--packages", &packages, "of the ten years").ShowDefault();
  app.Add("--weeks", &weeks, "that they are spread over").ShowDefault();
  app.Add("--demo", &demo, "the program that plays the quarters");
  app.Add("--demo-weeks", &demo_weeks, "the folder of their weeks").ShowDefault();
  if (const auto status = app.Parse(argc, argv)) return *status;
  const brokerage::load::Figures figures(setting.figures);
  brokerage::load::TenYears(setting, packages, weeks, figures);
  brokerage::load::TwoQuarters(setting, demo, demo_weeks, figures);
  return 0;
}
