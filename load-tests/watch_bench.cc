// Measures how soon a branch that watches its offers sees an answer: from the moment at which the
// one who answers knows that it is durable to the event on the branch's stream, at half of the rate
// at which answers can be given while as many branches watch, each its own offers.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/clock.h"
#include "load-tests/common/answers.h"
#include "load-tests/common/invented.h"
#include "load-tests/common/servers.h"
#include "load-tests/common/setting.h"
#include "load-tests/common/watching.h"
#include "services/command_line/command_line.h"

namespace brokerage::load {
namespace {

constexpr int kBranchesALot = 25;

struct Sizes {
  int branches = 200;
  int64_t answers = 8000;  // in each repeat
};

int64_t Nanoseconds() { return SteadyClock::now().time_since_epoch().count(); }

// When each answer of a portion was acknowledged, and when its event came; 0: not yet.
class Sightings {
 public:
  explicit Sightings(const std::vector<OpenOffer>& offers)
      : acknowledged_(offers.size()), seen_(offers.size()) {
    for (size_t i = 0; i < offers.size(); ++i) of_[offers[i].offer_id] = i;
  }
  void Acknowledge(int64_t n) { acknowledged_[static_cast<size_t>(n)] = Nanoseconds(); }
  void See(const v1::Offer& offer) {
    if (offer.state() != v1::OFFER_STATE_ACCEPTED) return;
    const auto found = of_.find(offer.id());
    int64_t never = 0;
    if (found != of_.end()) seen_[found->second].compare_exchange_strong(never, Nanoseconds());
  }
  // Of all answers, once their events have come. An event may be there before the answer.
  Latencies Wait() const {
    Latencies latencies;
    for (size_t i = 0; i < seen_.size(); ++i) {
      const auto until = SteadyClock::now() + std::chrono::seconds(30);
      while (seen_[i] == 0 && SteadyClock::now() < until) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
      if (seen_[i] == 0) {
        std::fprintf(stderr, "watch_bench: an answer was never seen\n");
        std::exit(1);
      }
      latencies.milliseconds.push_back(
          static_cast<double>(std::max<int64_t>(0, seen_[i] - acknowledged_[i])) / 1e6);
    }
    latencies.Sort();
    return latencies;
  }

 private:
  absl::flat_hash_map<std::string, size_t> of_;
  std::vector<int64_t> acknowledged_;
  std::vector<std::atomic<int64_t>> seen_;
};

void Measure(const Setting& setting, const Sizes& sizes) {
  const std::string directory = setting.Scratch("watch");
  History history(
      directory,
      InventedFramework({.lots = sizes.branches / kBranchesALot, .branches = kBranchesALot}),
      absl::Now() - absl::Hours(1));
  std::vector<std::string> tokens;
  for (const std::string& branch : history.AddBranches())
    tokens.push_back("token-branch-" + branch);
  OpenOffers offers(&history, sizes.answers * (setting.repeats + 3), 1000);
  history.AdvanceTo(absl::Now());
  history.Finish();

  const std::string address = FreeAddress();
  const Child server(ServeOn(setting.brokerd, directory, address));
  const auto stub = v1::OfferService::NewStub(Connect(address));
  // Those of each portion, which outlive the streams; and which of them the streams tell of now.
  std::vector<std::unique_ptr<Sightings>> portions;
  std::atomic<Sightings*> current = nullptr;
  const Watching watching(address, tokens, [&](const v1::Offer& offer) {
    if (Sightings* sightings = current) sightings->See(offer);
  });

  const auto answer = [&](Pace pace, LoadResult* result) {
    const std::vector<OpenOffer> these = offers.Take(sizes.answers);
    Sightings* sightings = portions.emplace_back(std::make_unique<Sightings>(these)).get();
    current = sightings;
    *result = RunLoad(
        Accepting(stub.get(), these, BranchToken, [&](int64_t n) { sightings->Acknowledge(n); }),
        static_cast<int64_t>(these.size()), pace);
    return sightings->Wait();
  };
  const Figures figures(setting.figures);
  LoadResult peak;
  answer(Pace::Closed(setting.in_flight), &peak);  // the warm-up
  const Latencies at_peak = answer(Pace::Closed(setting.in_flight), &peak);
  figures.Add(FigureOf("brokerd.watch.answers", "answers/s", {peak}));
  figures.Add(LatencyOf("brokerd.watch.peak", {at_peak}));
  std::vector<Latencies> repeats;
  for (int i = 0; i < setting.repeats; ++i) {
    LoadResult result;
    repeats.push_back(answer(Pace::Open(peak.rate() / 2), &result));
  }
  figures.Add(LatencyOf("brokerd.watch.half_peak", repeats));
  figures.Add({.name = "brokerd.watch.streams",
               .value = static_cast<double>(tokens.size()),
               .unit = "streams"});
}

}  // namespace
}  // namespace brokerage::load

int main(int argc, char** argv) {
  brokerage::load::Setting setting("watch-bench", argv[0]);
  brokerage::load::Sizes sizes;
  bool long_run = false;
  brokerage::command_line::Program app(
      "Measures how soon a branch that watches its offers sees an answer.");
  setting.AddOptions(app);
  app.Add("--branches", &sizes.branches, "that watch").ShowDefault();
  app.Add("--answers", &sizes.answers, "in each repeat").ShowDefault();
  app.AddFlag("--long", &long_run, "1,000 branches, five times as many answers");
  if (const auto status = app.Parse(argc, argv)) return *status;
  if (long_run) {
    sizes.branches = 1000;
    sizes.answers *= 5;
  }
  brokerage::load::Measure(setting, sizes);
  return 0;
}
