// Measures packages: submitted, routed and put out at once, where 30 and where 100 branches are
// considered; and the life of a brokerage as a whole, a mix of submitting, watching, answering,
// awarding, starting, ending and asking for figures, at its peak and, by a given rate, at half and
// at nine tenths of it.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "brokerage/v1/package_service.grpc.pb.h"
#include "load-tests/common/answers.h"
#include "load-tests/common/history.h"
#include "load-tests/common/invented.h"
#include "load-tests/common/load.h"
#include "load-tests/common/mix.h"
#include "load-tests/common/servers.h"
#include "load-tests/common/setting.h"
#include "load-tests/common/watching.h"
#include "services/command_line/command_line.h"

namespace brokerage::load {
namespace {

struct Sizes {
  int64_t packages = 2000;  // in each repeat
  int64_t mixed = 12000;    // operations, likewise
  double mix_seconds = 4;   // of each repeat at a given rate, which has three times as many at most
  int64_t stock = 20000;    // offers that are open when the mix begins
};

std::vector<v1::SubmitPackageRequest> UrgentReferrals(History* history, int64_t count) {
  std::vector<v1::SubmitPackageRequest> requests;
  for (int64_t i = 0; i < count; ++i) requests.push_back(UrgentReferral(history));
  return requests;
}

// How a package went out: what is measured is what is meant.
void TellRounds(const std::shared_ptr<grpc::Channel>& channel, const std::string& package_id) {
  v1::GetPackageRequest request;
  request.set_package_id(package_id);
  v1::GetPackageResponse response;
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer " + kNavigatorToken);
  const grpc::Status status =
      v1::PackageService::NewStub(channel)->GetPackage(&context, request, &response);
  if (!status.ok() || response.package().offers().empty()) {
    std::fprintf(stderr, "packages_bench: the package was not put out: %s\n",
                 status.error_message().c_str());
    std::exit(1);
  }
  std::printf("  a package: %d branches considered, %d offers\n",
              response.package().rounds(0).verdicts_size(), response.package().offers_size());
}

void MeasureSubmitting(const Setting& setting, const Sizes& sizes, int branches) {
  const std::string directory = setting.Scratch(absl::StrCat("submit-", branches));
  History history(directory, InventedFramework({.branches = branches}),
                  absl::Now() - absl::Hours(1));
  const std::vector<v1::SubmitPackageRequest> requests =
      UrgentReferrals(&history, sizes.packages * (setting.repeats + 1));
  history.AdvanceTo(absl::Now());
  history.Finish();
  const std::string address = FreeAddress();
  const Child server(ServeOn(setting.brokerd, directory, address));
  const auto channel = Connect(address);
  const auto stub = v1::PackageService::NewStub(channel);
  // What is due goes before the next command: but for the last few, each package is out before
  // another is taken in.
  size_t next = 0;
  std::string last;
  const auto submit = [&](int64_t count) {
    return RunLoad(
        [&](int64_t, grpc::CompletionQueue* queue) {
          return Start<v1::PackageService::Stub, v1::SubmitPackageRequest,
                       v1::SubmitPackageResponse>(
              stub.get(), &v1::PackageService::Stub::AsyncSubmitPackage, requests[next++],
              kNavigatorToken, queue,
              [&](const grpc::Status&, const v1::SubmitPackageResponse& response) {
                if (last.empty()) last = response.package().id();
              });
        },
        count, Pace::Closed(setting.in_flight));
  };
  submit(sizes.packages / 3);
  std::vector<LoadResult> repeats;
  for (int i = 0; i < setting.repeats; ++i) repeats.push_back(submit(sizes.packages));
  const Figures figures(setting.figures);
  figures.Add(FigureOf(absl::StrCat("brokerd.submit.", branches), "packages/s", repeats));
  TellRounds(channel, last);
}

void TellMix(const Figures& figures, const std::string& name,
             const std::vector<LoadResult>& repeats) {
  figures.Add(FigureOf(name, "operations/s", repeats));
  for (size_t kind = 0; kind < std::size(Mix::kNames); ++kind) {
    std::vector<Latencies> latencies;
    for (const LoadResult& repeat : repeats) {
      if (kind < repeat.of_kind.size()) latencies.push_back(repeat.of_kind[kind]);
    }
    if (!latencies.empty()) {
      figures.Add(LatencyOf(absl::StrCat(name, ".", Mix::kNames[kind]), latencies));
    }
  }
}

void MeasureMix(const Setting& setting, const Sizes& sizes) {
  const std::string directory = setting.Scratch("mix");
  History history(directory, setting.framework, absl::Now() - absl::Hours(1));
  const std::vector<std::string> tokens = OrganisationTokens(&history);
  std::vector<OpenOffer> stock = StockOf(&history, sizes.stock);
  history.AdvanceTo(absl::Now());
  history.Finish();
  const std::string address = FreeAddress();
  const Child server(ServeOn(setting.brokerd, directory, address));
  Mix mix(Connect(address), &history, std::move(stock), tokens);
  const Watching watching(address, tokens, [&](const v1::Offer& offer) { mix.See(offer); });

  const Figures figures(setting.figures);
  const Starter start = [&](int64_t, grpc::CompletionQueue* queue) { return mix.StartOne(queue); };
  RunLoad(start, sizes.mixed, Pace::Closed(setting.in_flight));  // the warm-up
  const auto repeat = [&](int64_t operations, Pace pace) {
    std::vector<LoadResult> repeats;
    for (int i = 0; i < setting.repeats; ++i) repeats.push_back(RunLoad(start, operations, pace));
    return repeats;
  };
  const std::vector<LoadResult> peak = repeat(sizes.mixed, Pace::Closed(setting.in_flight));
  TellMix(figures, "brokerd.mix.peak", peak);
  const double rate = *FigureOf("", "", peak).rate;
  const auto at = [&](double share) {
    const auto operations = static_cast<int64_t>(share * rate * sizes.mix_seconds);
    return repeat(std::min(operations, 3 * sizes.mixed), Pace::Open(share * rate));
  };
  TellMix(figures, "brokerd.mix.half", at(0.5));
  TellMix(figures, "brokerd.mix.most", at(0.9));
  std::printf("  %lld offers seen on %zu streams\n", static_cast<long long>(mix.seen()),
              tokens.size());
}

}  // namespace
}  // namespace brokerage::load

int main(int argc, char** argv) {
  brokerage::load::Setting setting("packages-bench", argv[0]);
  brokerage::load::Sizes sizes;
  bool long_run = false;
  brokerage::command_line::Program app(
      "Measures packages that are submitted and put out, and a live mix of all there is.");
  setting.AddOptions(app);
  app.Add("--packages", &sizes.packages, "in each repeat").ShowDefault();
  app.Add("--mixed", &sizes.mixed, "operations in each repeat").ShowDefault();
  app.AddFlag("--long", &long_run, "five times as many");
  if (const auto status = app.Parse(argc, argv)) return *status;
  if (long_run) {
    for (int64_t* size : {&sizes.packages, &sizes.mixed, &sizes.stock}) *size *= 5;
  }
  for (const int branches : {30, 100}) {
    brokerage::load::MeasureSubmitting(setting, sizes, branches);
  }
  brokerage::load::MeasureMix(setting, sizes);
  return 0;
}
