// Measures whether the server's memory stays what it is: brokerd under a live mix at half its peak,
// where packages come, are awarded and end, its resident memory looked at once a minute after a
// warm-up. More than an hour as it stands. A package is in memory until the windows of its rounds
// have ended, which are hours; so the server's clock is a simulation's that goes a minute a second,
// and what is in memory then is as much as comes in a few minutes.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "brokerage/v1/admin_service.grpc.pb.h"
#include "load-tests/common/history.h"
#include "load-tests/common/load.h"
#include "load-tests/common/mix.h"
#include "load-tests/common/servers.h"
#include "load-tests/common/setting.h"
#include "load-tests/common/watching.h"
#include "services/command_line/command_line.h"

namespace brokerage::load {
namespace {

struct Sizes {
  int64_t warm_up = 20;  // minutes
  int64_t minutes = 60;
  int64_t mixed = 12000;  // operations of a repeat that finds the peak
  int64_t stock = 20000;  // offers that are open when the mix begins
  int64_t share = 50;     // of the peak, in percent
};

// Moves a simulation's clock by a minute each second, until this goes.
class FastClock {
 public:
  FastClock(const std::shared_ptr<grpc::Channel>& channel, absl::Time from)
      : stub_(v1::AdminService::NewStub(channel)), thread_([this, from] { Run(from); }) {}
  ~FastClock() {
    ends_.Notify();
    thread_.join();
  }
  FastClock(const FastClock&) = delete;
  FastClock& operator=(const FastClock&) = delete;

 private:
  void Run(absl::Time time) {
    while (!ends_.WaitForNotificationWithTimeout(absl::Seconds(1))) {
      time += absl::Minutes(1);
      v1::AdvanceClockRequest request;
      request.set_request_id(absl::StrCat("clock-", absl::ToUnixSeconds(time)));
      request.mutable_target_time()->set_seconds(absl::ToUnixSeconds(time));
      v1::AdvanceClockResponse response;
      grpc::ClientContext context;
      context.AddMetadata("authorization", "Bearer token-admin");
      const grpc::Status status = stub_->AdvanceClock(&context, request, &response);
      if (status.ok()) continue;
      std::fprintf(stderr, "memory_bench: the clock does not move: %s\n",
                   status.error_message().c_str());
      std::exit(1);
    }
  }

  const std::unique_ptr<v1::AdminService::Stub> stub_;
  absl::Notification ends_;
  std::thread thread_;
};

// How much one goes up from one to the next, by least squares.
double Slope(const std::vector<double>& values) {
  const auto count = static_cast<double>(values.size());
  double moment = 0, squares = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const double from_middle = static_cast<double>(i) - (count - 1) / 2;
    moment += from_middle * (values[i] - values.front());
    squares += from_middle * from_middle;
  }
  return squares > 0 ? moment / squares : 0;
}

void Measure(const Setting& setting, const Sizes& sizes) {
  const std::string directory = setting.Scratch("memory");
  History history(directory, setting.framework, absl::Now() - absl::Hours(1));
  const std::vector<std::string> tokens = OrganisationTokens(&history);
  std::vector<OpenOffer> stock = StockOf(&history, sizes.stock);
  const absl::Time now = absl::Now();
  history.AdvanceTo(now);
  history.Finish(true);
  const std::string address = FreeAddress();
  std::vector<std::string> arguments = ServeOn(setting.brokerd, directory, address);
  const std::string begin = absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", now, absl::UTCTimeZone());
  arguments.insert(arguments.end(), {"--simulation", begin});
  const Child server(arguments);
  Mix mix(Connect(address), &history, std::move(stock), tokens);
  const FastClock clock(Connect(address), now);
  const Watching watching(address, tokens, [&](const v1::Offer& offer) { mix.See(offer); });

  const Starter start = [&](int64_t, grpc::CompletionQueue* queue) { return mix.StartOne(queue); };
  const Pace in_flight = Pace::Closed(setting.in_flight);
  RunLoad(start, sizes.mixed, in_flight);
  std::vector<LoadResult> peaks;
  for (int i = 0; i < setting.repeats; ++i) peaks.push_back(RunLoad(start, sizes.mixed, in_flight));
  const double rate = *FigureOf("", "", peaks).rate * static_cast<double>(sizes.share) / 100;
  // Where the machine has other work for a while, what waits is not the server's memory.
  const Pace pace = {.in_flight = 4 * setting.in_flight, .rate = rate};
  std::printf("  %lld%% of the peak: %.0f operations/s\n", static_cast<long long>(sizes.share),
              rate);

  std::vector<double> mebibytes;
  std::vector<LoadResult> minutes;
  for (int64_t minute = 0; minute < sizes.warm_up + sizes.minutes; ++minute) {
    LoadResult result = RunLoad(start, static_cast<int64_t>(rate * 60), pace);
    const auto resident = static_cast<double>(Mebibytes(server.process(), "VmRSS"));
    if (minute % 5 == 4) {
      std::printf("  minute %3lld: %.0f MiB, %.0f operations/s, p99 %.1f ms, %lld refused\n",
                  static_cast<long long>(minute) + 1, resident, result.rate(),
                  result.latencies.Percentile(0.99), static_cast<long long>(result.refused));
      std::fflush(stdout);
    }
    if (minute < sizes.warm_up) continue;
    mebibytes.push_back(resident);
    result.latencies = {};  // of an hour they would be gigabytes
    result.of_kind = {};
    minutes.push_back(std::move(result));
  }
  const double mean = Median(mebibytes);
  const Figures figures(setting.figures);
  figures.Add({.name = "brokerd.memory", .value = mean, .unit = "MiB", .repeats = mebibytes});
  figures.Add({.name = "brokerd.memory_rate",
               .value = *FigureOf("", "", minutes).rate,
               .unit = "operations/s"});
  figures.Add(
      {.name = "brokerd.memory_slope", .value = 100 * 60 * Slope(mebibytes) / mean, .unit = "%"});
}

}  // namespace
}  // namespace brokerage::load

int main(int argc, char** argv) {
  brokerage::load::Setting setting("memory-bench", argv[0]);
  brokerage::load::Sizes sizes;
  brokerage::command_line::Program app(
      "Measures how the server's memory goes up or down under a live mix below its peak.");
  setting.AddOptions(app);
  app.Add("--warm-up", &sizes.warm_up, "minutes that do not count").ShowDefault();
  app.Add("--minutes", &sizes.minutes, "that count, two at least").ShowDefault();
  app.Add("--share", &sizes.share, "of the peak, in percent").ShowDefault();
  if (const auto status = app.Parse(argc, argv)) return *status;
  brokerage::load::Measure(setting, sizes);
  return 0;
}
