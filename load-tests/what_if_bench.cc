// Measures PreviewFramework, which is `broker whatif`, over two years of a framework: the engine
// makes the history and a store keeps it; then the server's own stream replays it under the files
// as they are and under changed ones, both of which every preview does, and tells how far it is.
// The baseline is the same store's journal, applied to a fresh engine. No network is in it.
#include <time.h>
#include <unistd.h>

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
#include "absl/strings/str_replace.h"
#include "load-tests/common/history.h"
#include "services/command_line/command_line.h"
#include "services/core/zones.h"
#include "services/rpc/directory/what_if.h"
#include "storage/loading.h"
#include "storage/replay.h"

namespace brokerage::load {
namespace {

using Watch = std::chrono::steady_clock;

// Lancashire's, by its SOURCES.md.
struct Settings {
  std::string framework = "frameworks/lancashire";
  std::string scratch;
  std::string from = "standard_window { days: 3 }";
  std::string to = "standard_window { days: 2 }";
  int weeks = 104;
  int packages_a_week = 90;
};

[[noreturn]] void Die(const std::string& what) {
  std::fprintf(stderr, "what_if_bench: %s\n", what.c_str());
  std::exit(1);
}

double SecondsSince(Watch::time_point begin) {
  return std::chrono::duration<double>(Watch::now() - begin).count();
}

// What this thread spent in its life: a busy machine takes longer, and spends the same.
double ProcessorSeconds() {
  timespec spent{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e9;
}

// As many packages every day, put out before the morning's distribution; their branches
// answer within hours, four in ten with an acceptance, two not at all.
absl::Time MakeHistory(const Settings& settings, const std::string& directory, absl::Time start) {
  const Watch::time_point begin = Watch::now();
  History history(directory, settings.framework, start);
  history.AddOrganisations();
  int64_t put_out = 0;
  for (int day = 0; day < 7 * settings.weeks; ++day) {
    history.AdvanceTo(start + absl::Hours(24 * day));
    std::vector<OpenOffer> issued;
    for (const int64_t due = int64_t{settings.packages_a_week} * (day + 1) / 7; put_out < due;
         ++put_out) {
      for (OpenOffer& offer : history.Issue()) issued.push_back(std::move(offer));
    }
    history.Answer(issued);
  }
  history.AdvanceTo(start + absl::Hours(24 * 7 * (settings.weeks + 2)));
  const absl::Time end = history.now();
  history.Finish();
  std::printf("%lld packages and %lld offers in %d weeks, made in %.1f s\n",
              static_cast<long long>(history.packages()), static_cast<long long>(history.offers()),
              settings.weeks, SecondsSince(begin));
  return end;
}

// The processor's seconds.
double ReplayJournal(const storage::Store& store, const std::string& scratch) {
  const Watch::time_point begin = Watch::now();
  const double spent = ProcessorSeconds();
  const auto view = store.Read();
  const uint64_t sequence = view->head().sequence;
  auto replay =
      storage::ReplayUpTo(*view, sequence, services::HostZones(), scratch, [] { return true; });
  if (!replay.ok()) Die(std::string(replay.status().message()));
  const double seconds = ProcessorSeconds() - spent;
  std::printf("%-28s %7.2f s, %6.2f s of a processor   %llu records\n", "replaying the journal",
              SecondsSince(begin), seconds, static_cast<unsigned long long>(sequence));
  return seconds;
}

class StoppedClock final : public services::Clock {
 public:
  explicit StoppedClock(absl::Time now) : now_(now) {}
  absl::Time Now() const override { return now_; }
  bool simulated() const override { return true; }

 private:
  const absl::Time now_;
};

v1::PreviewFrameworkRequest Changed(const Settings& settings, absl::Time start) {
  v1::PreviewFrameworkRequest request;
  *request.mutable_files() = ReadFolder(settings.framework).files();
  bool changed = false;
  for (v1::FrameworkFile& file : *request.mutable_files()) {
    if (file.name() != "framework.textproto") continue;
    const std::string now = absl::StrReplaceAll(file.content(), {{settings.from, settings.to}});
    changed = now != file.content();
    file.set_content(now);
  }
  if (!changed) Die("nothing of framework.textproto is \"" + settings.from + "\"");
  request.set_from_date(engine::FormatDate(engine::LocalDate(start, absl::UTCTimeZone())));
  return request;
}

void Measure(const Settings& settings) {
  const std::string directory = settings.scratch + "/data";
  // Before the distributions at half past ten and at eleven, all year round.
  const absl::Time start =
      absl::FromCivil(absl::CivilSecond(2025, 4, 7, 8, 50, 0), absl::UTCTimeZone());
  const absl::Time now = MakeHistory(settings, directory, start);
  auto store = storage::RocksDbStore::Open(directory, storage::OpenMode::kReadOnly);
  if (!store.ok()) Die(std::string(store.status().message()));
  const double journal = ReplayJournal(**store, settings.scratch + "/replay");

  engine::Engine engine(services::HostZones());
  absl::Status loaded = storage::LoadEngine(*(*store)->Read(), now, &engine);
  if (!loaded.ok()) Die(std::string(loaded.message()));
  auto published = std::make_shared<services::DirectorySnapshot>();
  published->directory = engine.directory();
  StoppedClock clock(now);
  services::rpc::Places previews(1, 1);
  services::rpc::Backend backend;
  backend.store = store->get();
  backend.clock = &clock;
  backend.previews = &previews;
  services::rpc::CallContext context;
  context.published = published;

  const v1::PreviewFrameworkRequest request = Changed(settings, start);

  const Watch::time_point begin = Watch::now();
  const double spent = ProcessorSeconds();
  auto stream = services::rpc::PreviewFramework(backend, context, request);
  if (!stream.ok()) Die(std::string(stream.status().message()));
  v1::PreviewFrameworkResponse last;
  int messages = 0;
  double longest = 0;
  for (Watch::time_point told = begin;; told = Watch::now()) {
    v1::PreviewFrameworkResponse message;
    auto next = (*stream)->Read(&message);
    if (!next.ok()) Die(std::string(next.status().message()));
    if (*next == services::rpc::Stream::Next::kEnd) break;
    longest = std::max(longest, SecondsSince(told));
    if (*next == services::rpc::Stream::Next::kAgain) continue;
    last = std::move(message);
    ++messages;
  }
  const double preview = ProcessorSeconds() - spent;
  std::printf("%-28s %7.2f s, %6.2f s of a processor   %lld packages, twice\n",
              "previewing changed files", SecondsSince(begin), preview,
              static_cast<long long>(last.packages_all()));
  std::printf("    %.2f of replaying the journal\n", preview / journal);
  std::printf("    told how far it is %d times, at least every %.2f s\n", messages, longest);
  std::printf(
      "    awarded %lld, replayed %lld, would have been %lld; %lld moved, %lld undecidable\n",
      static_cast<long long>(last.was().awarded()),
      static_cast<long long>(last.replayed().awarded()),
      static_cast<long long>(last.would().awarded()), static_cast<long long>(last.moved()),
      static_cast<long long>(last.undecidable()));
}

}  // namespace
}  // namespace brokerage::load

int main(int argc, char** argv) {
  brokerage::load::Settings settings;
  settings.scratch =
      (std::filesystem::temp_directory_path() / absl::StrCat("whatif-bench-", getpid())).string();
  brokerage::command_line::Program app(
      "Measures the preview of changed framework files over two years of packages.");
  app.Add("--framework", &settings.framework, "the framework's folder");
  app.Add("--change", &settings.from, "what is changed in its framework.textproto");
  app.Add("--into", &settings.to, "into what");
  app.Add("--weeks", &settings.weeks, "weeks of history");
  app.Add("--packages", &settings.packages_a_week, "packages a week");
  if (const auto status = app.Parse(argc, argv)) return *status;
  std::filesystem::create_directories(settings.scratch);
  brokerage::load::Measure(settings);
  std::filesystem::remove_all(settings.scratch);
  return 0;
}
