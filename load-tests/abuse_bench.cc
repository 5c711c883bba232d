// Measures what one caller's abuse does to the others' calls and to the server's memory: brokerd on
// loopback over a year of packages, a probe that calls one after the other, alone and beside each
// abuse. What is told is the probe's 99th percentile against its usual one in the same run, and the
// memory at its most and five seconds after. Fails where a percentile is beyond its bound.
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
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
#include "services/command_line/command_line.h"

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
  std::string only;  // what is tried has this in its name
  // Of the process that abuses, which this program starts of itself: which abuse.
  int abuse = 0;
};

// The others' 99th percentile beside an abuse is at most so many times their usual one, where one
// account asks more than its share ...
constexpr double kTimesMax = 3;
// ... and where the processors are kept busy by what is received and refused.
constexpr double kTimesBusyMax = 10;
// Below a slice of the kernel's scheduler and the call itself nobody can tell who was in the way:
// on two processors the usual call waits for no slice, and any other thread makes it wait for one.
constexpr double kMillisecondsFree = 4;
// What gRPC holds of messages is bounded, and the server needs little besides.
constexpr int64_t kMebibytesMoreMax = 600;

struct Latencies {
  std::vector<double> milliseconds;  // sorted
  int64_t failed = 0;

  // The 99th percentile is beyond so many times the usual one.
  bool Beyond(double usual, double times_max) const {
    return Percentile(0.99) > std::max(usual * times_max, kMillisecondsFree);
  }
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

// Callers of one account, each with a connection of its own, until the process ends.
class Flood {
 public:
  Flood(int callers, const std::string& address, const std::string& token,
        const std::function<absl::Status(const Connection&)>& call) {
    for (int i = 0; i < callers; ++i) {
      threads_.emplace_back([this, address, token, call] {
        const Connection connection(address, token);
        while (true) {
          ++calls_;
          refused_ += !call(connection).ok();
        }
      });
    }
  }
  std::string Told() const {
    return absl::StrCat(calls_.load(), " calls, ", refused_.load(), " refused");
  }

 private:
  std::atomic<int64_t> calls_ = 0, refused_ = 0;
  std::vector<std::thread> threads_;
};

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

struct Kind {
  const char* name;
  const char* token;
  std::function<absl::Status(const Connection&)> call;
  int times = 1;       // as many callers
  int unfinished = 0;  // connections that never end their requests, instead
  double times_max = kTimesMax;
};

// What is tried; the first is nothing.
std::vector<Kind> Kinds(const Settings& settings, const v1::Package& package) {
  v1::QueryPerformanceRequest wide;
  wide.mutable_query()->set_framework_id(std::filesystem::path(settings.framework).filename());
  wide.mutable_query()->add_group_by(v1::DIMENSION_DAY);
  wide.mutable_query()->add_group_by(v1::DIMENSION_BRANCH);
  v1::QueryPerformanceRequest earlier = wide;
  earlier.mutable_query()->clear_group_by();
  earlier.mutable_query()->set_as_known_at(settings.packages);
  v1::ListPackagesRequest long_list;
  long_list.set_page_size(1000);
  v1::GetPackageRequest get;
  get.set_package_id(package.id());

  // A dry run of a file with one row of commas, which is refused.
  constexpr size_t kCommas = 15'000'000;
  v1::ApplyFrameworkRequest commas;
  commas.set_validate_only(true);
  for (const char* name : {"framework.textproto", "lots.csv"}) {
    v1::FrameworkFile* file = commas.add_files();
    file->set_name(name);
    file->mutable_content()->assign(kCommas, ',');
    if (name[0] == 'f') file->set_content("id: \"none\"");
  }

  const auto calling = [](const char* method, const auto& request, auto response) {
    return [=](const Connection& connection) {
      return connection.Call<decltype(response)>(method, request).status();
    };
  };
  const auto figures = [&](const v1::QueryPerformanceRequest& request) {
    return calling("PerformanceService/QueryPerformance", request, v1::QueryPerformanceResponse());
  };
  // A caller that takes a referral for many people.
  const auto submit = [package,
                       n = std::make_shared<std::atomic<int>>(0)](const Connection& connection) {
    v1::SubmitPackageRequest request;
    request.set_request_id(absl::StrCat("flood-", getpid(), "-", ++*n));
    v1::PackageReferral& referral = *request.mutable_referral();
    referral.set_framework_id(package.framework_id());
    referral.set_authority_id(package.authority_id());
    referral.set_origin(package.origin());
    referral.set_urgency(package.urgency());
    referral.set_ward_code(package.ward_code());
    *referral.mutable_terms() = package.terms();
    referral.mutable_terms()->set_start_by_date(
        absl::FormatTime("%Y-%m-%d", absl::Now() + absl::Hours(24 * 7), absl::UTCTimeZone()));
    referral.set_hold(true);
    referral.set_summary("home care");
    referral.set_person_reference(request.request_id());
    return connection.Call<v1::SubmitPackageResponse>("PackageService/SubmitPackage", request)
        .status();
  };
  const auto watch = [](const Connection& connection) {
    const auto& method = *v1::WatchPackagesRequest::descriptor()
                              ->file()
                              ->FindServiceByName("PackageService")
                              ->FindMethodByName("WatchPackages");
    absl::Status status = connection.Watch(method, v1::WatchPackagesRequest(),
                                           [](const google::protobuf::Message&) { return true; });
    absl::SleepFor(absl::Milliseconds(100));  // who is refused tries again, as clients do
    return status;
  };
  const auto dry_run =
      calling("DirectoryService/ApplyFramework", commas, v1::ApplyFrameworkResponse());
  return {
      {"nothing", "", nullptr},
      {"lists of 1,000 packages", "token-flood",
       calling("PackageService/ListPackages", long_list, v1::ListPackagesResponse())},
      {"figures by day and branch", "token-commissioner", figures(wide)},
      {"figures as known earlier", "token-commissioner", figures(earlier)},
      {"single packages", "token-flood",
       calling("PackageService/GetPackage", get, v1::GetPackageResponse()), 1, 0, kTimesBusyMax},
      {"streams of one account", "token-flood", watch, 20},
      {"packages submitted", "token-flood", submit},
      {"dry runs of 15 million commas", "token-commissioner", dry_run, 1, 0, kTimesBusyMax},
      {"the same without a token", "nobody's", dry_run, 1, 0, kTimesBusyMax},
      {"unfinished, without a token", "", nullptr, 1, 24, kTimesBusyMax},
      {"unfinished, of one account", "token-commissioner", nullptr, 1, 24, kTimesBusyMax},
  };
}

// Where an abuser leaves a line of what it did.
std::string ToldIn(const Settings& settings) { return settings.scratch + "/told"; }

// The arguments of this program as an abuser.
std::vector<std::string> Abusing(const Settings& settings, size_t kind) {
  return {"/proc/self/exe",
          absl::StrCat("--abuse=", kind),
          "--scratch=" + settings.scratch,
          "--framework=" + settings.framework,
          absl::StrCat("--packages=", settings.packages),
          absl::StrCat("--callers=", settings.callers),
          absl::StrCat("--port=", settings.port)};
}

std::string Address(const Settings& settings) { return absl::StrCat("127.0.0.1:", settings.port); }

std::optional<v1::Package> AnyPackage(const Connection& navigator) {
  v1::ListPackagesRequest one;
  one.set_page_size(1);
  const auto listed = navigator.Call<v1::ListPackagesResponse>("PackageService/ListPackages", one);
  if (listed.ok() && !listed->packages().empty()) return listed->packages(0);
  std::printf("no package: %s\n", listed.status().ToString().c_str());
  return std::nullopt;
}

// Until it is told to end; ends the process.
void Abuse(const Settings& settings) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  // In life they call from other machines: here they get what processor the server leaves.
  const sched_param none = {};
  sched_setscheduler(0, SCHED_IDLE, &none);
  const auto package = AnyPackage(Connection(Address(settings), "token-navigator"));
  if (!package) return;
  const Kind kind = Kinds(settings, *package)[static_cast<size_t>(settings.abuse)];
  int signal = 0;
  if (kind.call) {
    const Flood flood(settings.callers * kind.times, Address(settings), kind.token, kind.call);
    sigwait(&ends, &signal);
    std::ofstream(ToldIn(settings)) << flood.Told() << std::flush;
    _exit(0);  // its calls may never end
  } else {
    const UnfinishedRequests unfinished(kind.unfinished, 20, settings.port,
                                        "/brokerage.v1.DirectoryService/ApplyFramework", kind.token,
                                        20u << 20);
    sigwait(&ends, &signal);
    std::ofstream(ToldIn(settings))
        << absl::StrCat(unfinished.bytes_sent() >> 20, " MiB sent, ", unfinished.ended(),
                        " ended, ", unfinished.closed(), " closed");
  }
}

// Whether all was within the bound.
bool Measure(const Settings& settings) {
  const std::string directory = settings.scratch + "/data";
  MakePast(settings, directory);
  Child server(ServeOn(settings.brokerd, directory, Address(settings)));
  const Connection navigator(Address(settings), "token-navigator");
  if (!navigator.WaitUntilReady(absl::Minutes(1)).ok()) return false;

  const auto package = AnyPackage(navigator);
  if (!package) return false;
  v1::ListPackagesRequest some;
  some.set_page_size(20);
  v1::GetPackageRequest get;
  get.set_package_id(package->id());
  const auto cheap = [&] {
    return navigator.Call<v1::GetPackageResponse>("PackageService/GetPackage", get).status();
  };
  const auto list = [&] {
    return navigator.Call<v1::ListPackagesResponse>("PackageService/ListPackages", some).status();
  };
  std::printf("%-30s %-26s %-26s %-24s %s\n", "", "GetPackage p50, p99, usual",
              "list of 20 p50, p99, usual", "MiB before, most, after",
              "the abuse; failed of others");
  double usual_cheap = 0, usual_list = 0;
  int tried = 0, beyond = 0;
  const std::vector<Kind> kinds = Kinds(settings, *package);
  for (size_t k = 0; k < kinds.size(); ++k) {
    const Kind& kind = kinds[k];
    if (k > 0 && !absl::StrContains(kind.name, settings.only)) continue;
    const int64_t before = Mebibytes(server.process(), "VmRSS");
    ForgetPeak(server.process());
    // In a process of its own: the threads of one process's gRPC wait for each other.
    const bool alone = kind.name == kinds[0].name;
    std::optional<Child> abuser;
    if (!alone) abuser.emplace(Abusing(settings, k));
    Probe(settings.seconds / (alone ? 1 : 5),
          cheap);  // until the server rests, or the flood is there
    const Latencies cheaply = Probe(settings.seconds, cheap);
    const Latencies listed = Probe(settings.seconds, list);
    abuser.reset();
    if (alone) {
      usual_cheap = cheaply.Percentile(0.99);
      usual_list = listed.Percentile(0.99);
    } else {
      Probe(5, cheap);  // what is not needed is given back
    }
    const double times_cheap = cheaply.Percentile(0.99) / usual_cheap;
    const double times_list = listed.Percentile(0.99) / usual_list;
    const int64_t most = Mebibytes(server.process(), "VmHWM");
    tried += 3;
    beyond += cheaply.Beyond(usual_cheap, kind.times_max) +
              listed.Beyond(usual_list, kind.times_max) + (most > before + kMebibytesMoreMax);
    std::string told;
    std::getline(std::ifstream(ToldIn(settings)), told);
    std::printf("%-30s %7.2f %7.2f ms %6.1fx  %7.2f %7.2f ms %6.1fx  %7lld %7lld %7lld  %s; %lld\n",
                kind.name, cheaply.Percentile(0.5), cheaply.Percentile(0.99), times_cheap,
                listed.Percentile(0.5), listed.Percentile(0.99), times_list,
                static_cast<long long>(before), static_cast<long long>(most),
                static_cast<long long>(Mebibytes(server.process(), "VmRSS")), told.c_str(),
                static_cast<long long>(cheaply.failed) + listed.failed);
    std::fflush(stdout);
  }
  std::printf(
      "%s\n",
      absl::StrCat("abuse: ", tried, " figures, ", beyond, " beyond their bounds (others' p99 ",
                   kMillisecondsFree, " ms or ", kTimesMax, " times the usual, ", kTimesBusyMax,
                   " where the processors are kept busy; ", kMebibytesMoreMax, " MiB more)")
          .c_str());
  return beyond == 0;
}

}  // namespace
}  // namespace brokerage::load

int main(int argc, char** argv) {
  brokerage::load::Settings settings;
  settings.scratch =
      (std::filesystem::temp_directory_path() / absl::StrCat("abuse-bench-", getpid())).string();
  settings.brokerd = std::filesystem::path(argv[0]).parent_path().string() + "/../services/brokerd";
  brokerage::command_line::Program app(
      "Measures what one caller's abuse does to the others' calls and to the server's memory.");
  app.Add("--packages", &settings.packages, "packages of a year");
  app.Add("--callers", &settings.callers, "how many call at once in a flood");
  app.Add("--seconds", &settings.seconds, "for each of the two probes");
  app.Add("--framework", &settings.framework, "the framework's folder");
  app.Add("--brokerd", &settings.brokerd, "the server's program");
  app.Add("--port", &settings.port, "a loopback port");
  app.Add("--only", &settings.only, "what is tried has this in its name");
  app.Add("--scratch", &settings.scratch, "a directory that is made, and removed at the end");
  app.Add("--abuse", &settings.abuse, "the abuse of a process of its own").Hidden();
  if (const auto status = app.Parse(argc, argv)) return *status;
  if (settings.abuse > 0) {
    brokerage::load::Abuse(settings);
    return 0;
  }
  std::filesystem::create_directories(settings.scratch);
  const bool within = brokerage::load::Measure(settings);
  std::filesystem::remove_all(settings.scratch);
  return within ? 0 : 1;
}
