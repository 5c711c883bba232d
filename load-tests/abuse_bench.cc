// Measures what one caller's abuse does to the others' calls and to the server's memory: brokerd on
// loopback over a year of packages, a probe that calls one after the other, alone and beside each
// abuse. What is told is the probe's 99th percentile against its usual one in the same run, and the
// memory at its most and five seconds after.
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "brokerage/v1/directory_service.pb.h"
#include "brokerage/v1/offer_service.pb.h"
#include "brokerage/v1/package_service.pb.h"
#include "brokerage/v1/performance_service.pb.h"
#include "load-tests/common/history.h"
#include "load-tests/common/servers.h"
#include "load-tests/common/unfinished.h"
#include "services/client/connection.h"

namespace brokerage::load {
namespace {

using client::Connection;
using Watch = std::chrono::steady_clock;

struct Settings {
  std::string brokerd;
  std::string framework = "frameworks/nottinghamshire";
  std::string scratch;
  int packages = 6000;
  int callers = 16;
  double seconds = 5;
  int port = 17643;
};

struct Latencies {
  std::vector<double> milliseconds;  // sorted
  int64_t failed = 0;

  double Percentile(double share) const {
    if (milliseconds.empty()) return 0;
    return milliseconds[static_cast<size_t>(share * static_cast<double>(milliseconds.size() - 1))];
  }
};

// Calls one after the other for so long.
Latencies Probe(double seconds, const std::function<absl::Status()>& call) {
  Latencies latencies;
  const auto end = Watch::now() + std::chrono::duration<double>(seconds);
  while (Watch::now() < end) {
    const auto began = Watch::now();
    latencies.failed += !call().ok();
    latencies.milliseconds.push_back(
        std::chrono::duration<double, std::milli>(Watch::now() - began).count());
  }
  std::sort(latencies.milliseconds.begin(), latencies.milliseconds.end());
  return latencies;
}

// Callers of one account, each with a connection of its own, until it goes.
class Flood {
 public:
  Flood(int callers, const std::string& address, const std::string& token,
        const std::function<absl::Status(const Connection&)>& call) {
    for (int i = 0; i < callers; ++i) {
      threads_.emplace_back([this, address, token, call] {
        // In life they call from other machines: here they get what processor the server leaves.
        setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 19);
        const Connection connection(address, token);
        while (!stop_) {
          ++calls_;
          refused_ += !call(connection).ok();
        }
      });
    }
  }
  ~Flood() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
  }
  int64_t calls() const { return calls_; }
  int64_t refused() const { return refused_; }

 private:
  std::atomic<bool> stop_ = false;
  std::atomic<int64_t> calls_ = 0, refused_ = 0;
  std::vector<std::thread> threads_;
};

// Of a process's memory so many MiB are in use: "VmRSS" now, "VmHWM" at the most since ForgetPeak.
int64_t Mebibytes(pid_t process, const std::string& of) {
  std::ifstream status(absl::StrCat("/proc/", process, "/status"));
  std::string word;
  int64_t kibibytes = 0;
  while (status >> word) {
    if (word == of + ":") status >> kibibytes;
  }
  return kibibytes / 1024;
}

void ForgetPeak(pid_t process) {
  std::ofstream(absl::StrCat("/proc/", process, "/clear_refs")) << "5";
}

int64_t MakePast(const Settings& settings, const std::string& directory) {
  const absl::Time start = absl::Now() - absl::Hours(24 * 365);
  History history(directory, settings.framework, start);
  history.AddOrganisations();
  for (int i = 0; i < settings.packages; ++i) {
    history.Answer(history.Issue());
    history.AdvanceTo(
        std::max(history.now(), start + absl::Hours(24 * 350) * i / settings.packages));
  }
  history.AdvanceTo(absl::Now() - absl::Hours(1));
  history.Finish();
  std::printf("%lld packages, %lld offers\n", static_cast<long long>(history.packages()),
              static_cast<long long>(history.offers()));
  return history.offers();
}

void Measure(const Settings& settings) {
  const std::string directory = settings.scratch + "/data";
  MakePast(settings, directory);
  const std::string address = absl::StrCat("127.0.0.1:", settings.port);
  const std::string framework = std::filesystem::path(settings.framework).filename();
  Child server(ServeOn(settings.brokerd, directory, address));
  const Connection navigator(address, "token-navigator");
  if (!navigator.WaitUntilReady(absl::Minutes(1)).ok()) return;

  v1::ListPackagesRequest one;
  one.set_page_size(1);
  const auto first = navigator.Call<v1::ListPackagesResponse>("PackageService/ListPackages", one);
  if (!first.ok() || first->packages().empty()) {
    std::printf("no package: %s\n", first.status().ToString().c_str());
    return;
  }
  v1::GetPackageRequest get;
  get.set_package_id(first->packages(0).id());
  one.set_page_size(20);
  const auto cheap = [&] {
    return navigator.Call<v1::GetPackageResponse>("PackageService/GetPackage", get).status();
  };
  const auto list = [&] {
    return navigator.Call<v1::ListPackagesResponse>("PackageService/ListPackages", one).status();
  };

  v1::QueryPerformanceRequest wide;
  wide.mutable_query()->set_framework_id(framework);
  wide.mutable_query()->add_group_by(v1::DIMENSION_DAY);
  wide.mutable_query()->add_group_by(v1::DIMENSION_BRANCH);
  v1::QueryPerformanceRequest earlier = wide;
  earlier.mutable_query()->clear_group_by();
  earlier.mutable_query()->set_as_known_at(settings.packages);
  v1::ListPackagesRequest long_list;
  long_list.set_page_size(1000);

  // A dry run of a file with one row of commas, which is refused.
  v1::ApplyFrameworkRequest commas;
  commas.set_validate_only(true);
  for (const char* name : {"framework.textproto", "lots.csv"}) {
    v1::FrameworkFile* file = commas.add_files();
    file->set_name(name);
    file->set_content(std::string(15'000'000, ','));
    if (name[0] == 'f') file->set_content("id: \"none\"");
  }

  struct Kind {
    const char* name;
    const char* token;
    std::function<absl::Status(const Connection&)> call;
    int unfinished = 0;  // connections that never end their requests, instead
  };
  const Kind kinds[] = {
      {"nothing", "", nullptr},
      {"lists of 1,000 packages", "token-flood",
       [&](const Connection& connection) {
         return connection.Call<v1::ListPackagesResponse>("PackageService/ListPackages", long_list)
             .status();
       }},
      {"figures by day and branch", "token-commissioner",
       [&](const Connection& connection) {
         return connection
             .Call<v1::QueryPerformanceResponse>("PerformanceService/QueryPerformance", wide)
             .status();
       }},
      {"figures as known earlier", "token-commissioner",
       [&](const Connection& connection) {
         return connection
             .Call<v1::QueryPerformanceResponse>("PerformanceService/QueryPerformance", earlier)
             .status();
       }},
      {"single packages", "token-flood",
       [&](const Connection& connection) {
         return connection.Call<v1::GetPackageResponse>("PackageService/GetPackage", get).status();
       }},
      {"dry runs of 15 million commas", "token-commissioner",
       [&](const Connection& connection) {
         return connection
             .Call<v1::ApplyFrameworkResponse>("DirectoryService/ApplyFramework", commas)
             .status();
       }},
      {"the same without a token", "nobody's",
       [&](const Connection& connection) {
         return connection
             .Call<v1::ApplyFrameworkResponse>("DirectoryService/ApplyFramework", commas)
             .status();
       }},
      {"unfinished, without a token", "", nullptr, 24},
      {"unfinished, of one account", "token-flood", nullptr, 24},
  };
  std::printf("%-30s %-26s %-26s %-24s %s\n", "", "GetPackage p50, p99, usual",
              "list of 20 p50, p99, usual", "MiB before, most, after",
              "the abuse; failed of others");
  double usual_cheap = 0, usual_list = 0;
  for (const Kind& kind : kinds) {
    const int64_t before = Mebibytes(server.process(), "VmRSS");
    ForgetPeak(server.process());
    std::unique_ptr<Flood> flood;
    std::unique_ptr<UnfinishedRequests> unfinished;
    if (kind.call) {
      flood = std::make_unique<Flood>(settings.callers, address, kind.token, kind.call);
    } else if (kind.unfinished > 0) {
      unfinished = std::make_unique<UnfinishedRequests>(
          kind.unfinished, 20, settings.port, "/brokerage.v1.DirectoryService/ApplyFramework",
          kind.token, 20u << 20);
    }
    Probe(settings.seconds / 5, cheap);  // until the flood is there
    const Latencies cheaply = Probe(settings.seconds, cheap);
    const Latencies listed = Probe(settings.seconds, list);
    std::string abuse;
    if (flood) abuse = absl::StrCat(flood->calls(), " calls, ", flood->refused(), " refused");
    if (unfinished) {
      abuse = absl::StrCat(unfinished->bytes_sent() >> 20, " MiB sent, ", unfinished->ended(),
                           " ended, ", unfinished->closed(), " closed");
    }
    const bool alone = !flood && !unfinished;
    flood.reset();
    unfinished.reset();
    if (alone) {
      usual_cheap = cheaply.Percentile(0.99);
      usual_list = listed.Percentile(0.99);
    } else {
      Probe(5, cheap);  // what is not needed is given back
    }
    std::printf("%-30s %7.2f %7.2f ms %6.1fx  %7.2f %7.2f ms %6.1fx  %7lld %7lld %7lld  %s; %lld\n",
                kind.name, cheaply.Percentile(0.5), cheaply.Percentile(0.99),
                cheaply.Percentile(0.99) / usual_cheap, listed.Percentile(0.5),
                listed.Percentile(0.99), listed.Percentile(0.99) / usual_list,
                static_cast<long long>(before),
                static_cast<long long>(Mebibytes(server.process(), "VmHWM")),
                static_cast<long long>(Mebibytes(server.process(), "VmRSS")), abuse.c_str(),
                static_cast<long long>(cheaply.failed + listed.failed));
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace brokerage::load

int main(int argc, char** argv) {
  brokerage::load::Settings settings;
  settings.scratch =
      (std::filesystem::temp_directory_path() / absl::StrCat("abuse-bench-", getpid())).string();
  settings.brokerd = std::filesystem::path(argv[0]).parent_path().string() + "/../services/brokerd";
  CLI::App app(
      "Measures what one caller's abuse does to the others' calls and to the server's memory.");
  app.add_option("--packages", settings.packages, "packages of a year");
  app.add_option("--callers", settings.callers, "how many call at once in a flood");
  app.add_option("--seconds", settings.seconds, "for each of the two probes");
  app.add_option("--framework", settings.framework, "the framework's folder");
  app.add_option("--brokerd", settings.brokerd, "the server's program");
  app.add_option("--port", settings.port, "a loopback port");
  CLI11_PARSE(app, argc, argv);
  std::filesystem::create_directories(settings.scratch);
  brokerage::load::Measure(settings);
  std::filesystem::remove_all(settings.scratch);
  return 0;
}
