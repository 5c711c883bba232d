// Measures what a long past costs: figures from roll-ups over a small history and a large one, both
// of eight years, the start of the server over the large one with offers open, the memory that it
// then holds, and the disk that an offer takes over its life.
#include <rocksdb/options.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "brokerage/v1/account_service.grpc.pb.h"
#include "brokerage/v1/performance_service.grpc.pb.h"
#include "load-tests/common/history.h"
#include "load-tests/common/load.h"
#include "load-tests/common/servers.h"
#include "load-tests/common/setting.h"
#include "services/command_line/command_line.h"
#include "storage/rocksdb_database.h"

namespace brokerage::load {
namespace {

struct Sizes {
  int64_t small = 100'000;    // offers
  int64_t large = 1'000'000;  // likewise
  int64_t open = 20'000;      // of the large history, at its end
  int64_t questions = 100;    // in each repeat
};

constexpr int kYears = 8;
// Offers are issued this often at most, and answered before the next are: so that a longer history
// has more in every month, and not more months.
constexpr int64_t kIssuesMax = 8000;
constexpr int64_t kOffersAnIssueMin = 120;

// So many offers over eight years until now, all answered or lapsed and their packages ended; and
// then so many that are open.
int64_t MakeHistory(const Setting& setting, const std::string& directory, int64_t offers,
                    int64_t open) {
  const SteadyClock::time_point began = SteadyClock::now();
  const absl::Time end = absl::Now() - absl::Hours(1);
  const absl::Time start = end - absl::Hours(24 * 365 * kYears);
  History history(directory, setting.framework, start);
  history.AddOrganisations();
  const int64_t an_issue = std::max(kOffersAnIssueMin, offers / kIssuesMax);
  const absl::Duration step = (end - start - absl::Hours(24 * 30)) * an_issue / offers;
  const absl::Duration apart = std::min(absl::Minutes(1), step / 3 / an_issue);
  absl::Time at = start;
  while (history.offers() < offers) {
    std::vector<OpenOffer> issued;
    while (static_cast<int64_t>(issued.size()) < an_issue) {
      for (OpenOffer& offer : history.Issue()) issued.push_back(std::move(offer));
    }
    history.Answer(issued, apart);
    at += step;
    history.AdvanceTo(std::max(at, history.now()));
  }
  history.AdvanceTo(end);
  const int64_t ended = history.offers();
  while (history.offers() < ended + open) history.Issue();
  history.Finish();
  std::printf("%lld offers over %d years made in %.1f s\n", static_cast<long long>(ended), kYears,
              SecondsSince(began));
  std::fflush(stdout);
  return ended;
}

int64_t DirectoryBytes(const std::string& directory) {
  int64_t bytes = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(directory)) {
    if (file.is_regular_file()) bytes += static_cast<int64_t>(file.file_size());
  }
  return bytes;
}

// Merges all that lies in the directory, as time would.
void Compact(const std::string& directory) {
  auto database = storage::RocksDatabase::Open(directory, storage::RocksDatabase::Mode::kWrite);
  if (!database.ok()) {
    std::fprintf(stderr, "history_bench: %s\n", database.status().ToString().c_str());
    std::exit(1);
  }
  std::vector<rocksdb::ColumnFamilyHandle*> families = {
      (*database)->journal(), (*database)->outcomes(), (*database)->outcomes_by_time(),
      (*database)->postcodes(), (*database)->meta()};
  for (int i = 0; i < engine::kTables; ++i) {
    families.push_back((*database)->table(static_cast<engine::Table>(i)));
  }
  for (rocksdb::ColumnFamilyHandle* family : families) {
    rocksdb::CompactRangeOptions options;
    options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
    const rocksdb::Status status =
        (*database)->db()->CompactRange(options, family, nullptr, nullptr);
    if (status.ok()) continue;
    std::fprintf(stderr, "history_bench: %s\n", status.ToString().c_str());
    std::exit(1);
  }
}

class Bench {
 public:
  Bench(const Setting& setting, const Sizes& sizes)
      : setting_(setting), sizes_(sizes), figures_(setting.figures) {}

  void Small() const {
    const std::string directory = setting_.Scratch("small");
    Tell("history.small.offers", {double(MakeHistory(setting_, directory, sizes_.small, 0))},
         "offers");
    const std::string address = FreeAddress();
    const Child server(ServeOn(setting_.brokerd, directory, address));
    Questions("small", address);
  }

  void Large() const {
    const std::string directory = setting_.Scratch("large");
    const int64_t offers = MakeHistory(setting_, directory, sizes_.large, sizes_.open);
    Tell("history.large.offers", {double(offers)}, "offers");
    Compact(directory);
    Tell("disk_an_offer", {double(DirectoryBytes(directory)) / double(offers + sizes_.open)},
         "bytes");
    Starts(directory);
    const std::string address = FreeAddress();
    const Child server(ServeOn(setting_.brokerd, directory, address));
    Questions("large", address);
    Tell("figures.memory", {double(Mebibytes(server.process(), "VmRSS"))}, "MiB");
  }

 private:
  void Tell(const std::string& name, const std::vector<double>& repeats,
            const std::string& unit) const {
    figures_.Add({.name = "brokerd." + name,
                  .value = Median(repeats),
                  .unit = unit,
                  .repeats = repeats.size() > 1 ? repeats : std::vector<double>()});
  }

  // From the program's start to the first call that is answered.
  void Starts(const std::string& directory) const {
    std::vector<double> seconds, mebibytes;
    for (int i = 0; i < setting_.repeats + 1; ++i) {  // the first is the warm-up
      const std::string address = FreeAddress();
      const SteadyClock::time_point began = SteadyClock::now();
      const Child server(ServeOn(setting_.brokerd, directory, address));
      const auto stub = v1::AccountService::NewStub(Connect(address));
      RunLoad(
          [&](int64_t, grpc::CompletionQueue* queue) {
            return Start(stub.get(), &v1::AccountService::Stub::AsyncGetOwnAccount,
                         v1::GetOwnAccountRequest(), "token-commissioner", queue);
          },
          1, Pace::Closed(1));
      if (i == 0) continue;
      seconds.push_back(SecondsSince(began));
      mebibytes.push_back(double(Mebibytes(server.process(), "VmRSS")));
    }
    Tell("start.seconds", seconds, "s");
    Tell("start.memory", mebibytes, "MiB");
  }

  void Questions(const std::string& history, const std::string& address) const {
    const auto stub = v1::PerformanceService::NewStub(Connect(address));
    const absl::CivilDay now =
        absl::ToCivilDay(absl::Now() - absl::Hours(24 * 100), absl::UTCTimeZone());
    // The last quarter that is over, of which all is settled.
    const absl::CivilMonth from(now.year(), 3 * ((now.month() - 1) / 3) + 1);
    v1::QueryPerformanceRequest market;
    v1::PerformanceQuery& query = *market.mutable_query();
    query.set_framework_id(std::filesystem::path(setting_.framework).filename());
    query.set_from_date(absl::FormatCivilTime(absl::CivilDay(from)));
    query.set_to_date(absl::FormatCivilTime(absl::CivilDay(from + 3)));
    query.add_group_by(v1::DIMENSION_PROVIDER);

    v1::QueryPerformanceResponse response;
    Ask(stub.get(), market, 1, &response);
    const std::string provider = Busiest(response);
    v1::QueryPerformanceRequest quarter = market;
    v1::DimensionValue& only = *quarter.mutable_query()->add_filters();
    only.set_dimension(v1::DIMENSION_PROVIDER);
    only.set_value(provider);
    v1::QueryPerformanceRequest all;
    all.mutable_query()->set_framework_id(query.framework_id());
    all.mutable_query()->set_unit(v1::COUNT_UNIT_PICK_UP);
    all.mutable_query()->add_group_by(v1::DIMENSION_CONTRACT);

    const std::string name = "brokerd.figures." + history + ".";
    Repeat(stub.get(), quarter, name + "provider_quarter");
    Repeat(stub.get(), market, name + "market");
    Repeat(stub.get(), all, name + "all");
  }

  // The provider that was asked most.
  static std::string Busiest(const v1::QueryPerformanceResponse& market) {
    const v1::PerformanceRow* busiest = nullptr;
    for (const v1::PerformanceRow& row : market.rows()) {
      if (busiest == nullptr || row.live().issued() > busiest->live().issued()) busiest = &row;
    }
    if (busiest == nullptr) {
      std::fprintf(stderr, "history_bench: the history has no figures\n");
      std::exit(1);
    }
    return busiest->group(0).value();
  }

  void Repeat(v1::PerformanceService::Stub* stub, const v1::QueryPerformanceRequest& request,
              const std::string& name) const {
    v1::QueryPerformanceResponse response;
    Ask(stub, request, sizes_.questions / 5, &response);  // the warm-up
    if (response.scanned()) std::printf("%s: not from roll-ups\n", name.c_str());
    std::vector<LoadResult> repeats;
    for (int i = 0; i < setting_.repeats; ++i) {
      repeats.push_back(Ask(stub, request, sizes_.questions, &response));
    }
    figures_.Add(FigureOf(name, "questions/s", repeats));
  }

  // One after the other; the last answer.
  static LoadResult Ask(v1::PerformanceService::Stub* stub,
                        const v1::QueryPerformanceRequest& request, int64_t times,
                        v1::QueryPerformanceResponse* last) {
    return RunLoad(
        [&](int64_t, grpc::CompletionQueue* queue) {
          return Start<v1::PerformanceService::Stub, v1::QueryPerformanceRequest,
                       v1::QueryPerformanceResponse>(
              stub, &v1::PerformanceService::Stub::AsyncQueryPerformance, request,
              "token-commissioner", queue,
              [last](const grpc::Status&, const v1::QueryPerformanceResponse& response) {
                *last = response;
              });
        },
        times, Pace::Closed(1));
  }

  const Setting& setting_;
  const Sizes& sizes_;
  const Figures figures_;
};

}  // namespace
}  // namespace brokerage::load

int main(int argc, char** argv) {
  brokerage::load::Setting setting("history-bench", argv[0]);
  brokerage::load::Sizes sizes;
  bool long_run = false;
  brokerage::command_line::Program app(
      "Measures what a long past costs: figures, the server's start, memory, disk.");
  setting.AddOptions(app);
  app.Add("--small", &sizes.small, "offers of the small history").ShowDefault();
  app.Add("--large", &sizes.large, "offers of the large one").ShowDefault();
  app.Add("--open", &sizes.open, "offers open at its end").ShowDefault();
  app.Add("--questions", &sizes.questions, "in each repeat").ShowDefault();
  app.AddFlag("--long", &long_run, "10,000,000 offers in the large history");
  if (const auto status = app.Parse(argc, argv)) return *status;
  if (long_run) sizes.large = 10'000'000;
  const brokerage::load::Bench bench(setting, sizes);
  bench.Small();
  bench.Large();
  return 0;
}
