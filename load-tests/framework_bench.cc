// Measures what a framework's files hold up: an honest framework of some 6 MB, checked on a thread
// for files, and what of it is left to the single writer; and files that no spreadsheet writes,
// each of which is to be refused at once. Milliseconds of a processor; the baseline is the SHA-256
// of the honest files. No network or disk is in it.
#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/hash.h"
#include "engine/base/rejection.h"
#include "engine/decide/framework.h"
#include "engine/engine.h"
#include "engine/framework/parse.h"
#include "services/core/zones.h"

namespace brokerage::load {
namespace {

using Files = google::protobuf::RepeatedPtrField<v1::FrameworkFile>;

constexpr int kLots = 50, kWards = 4000, kProviders = 500, kBranches = 2000;
constexpr int kWardsOfABranch = 60;

// What this thread spent in its life: a busy machine takes longer, and spends the same.
double ProcessorMilliseconds() {
  timespec spent{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) * 1e3 + static_cast<double>(spent.tv_nsec) / 1e6;
}

double MillisecondsSince(double begin) { return ProcessorMilliseconds() - begin; }

std::string* Add(Files* files, const char* name, std::string content) {
  v1::FrameworkFile* file = files->Add();
  file->set_name(name);
  file->set_content(std::move(content));
  return file->mutable_content();
}

// A region of fifty lots, whose branches cover sixty wards each.
Files Honest() {
  Files files;
  Add(&files, "framework.textproto", R"(framework_id: "region"
name: "Region"
authorities { id: "council" name: "Council" }
time_zone: "Europe/London"
commencement_date: "2018-07-01"
tiers { id: "lead" name: "Lead" order: 1 }
rounds {
  tier_ids: "lead"
  standard_window { hours: 24 }
  urgent_window { hours: 4 }
  award_timing: AWARD_TIMING_AT_CLOSE
}
award_criteria { criterion: AWARD_CRITERION_TIER contract_clause: "1" }
)");
  std::string* wards = Add(&files, "wards.csv",
                           "ward_code,name,district_code,district,price_level,easting,northing\n");
  std::string* lots = Add(&files, "lots.csv", "lot_id,name\n");
  std::string* lot_wards = Add(&files, "lot_wards.csv", "lot_id,ward_code\n");
  std::string* providers = Add(&files, "providers.csv", "provider_id,legal_name,trading_name\n");
  std::string* branches = Add(&files, "branches.csv",
                              "branch_id,provider_id,name,postcode,regulator_location_id,"
                              "regulator_status,easting,northing\n");
  std::string* coverage =
      Add(&files, "coverage.csv", "branch_id,ward_code,service_type,from,to,priority\n");
  std::string* contracts =
      Add(&files, "contracts.csv",
          "contract_id,provider_id,lot_id,tier,service_types,from,to,minimum_pickup_percent,rank,"
          "quality_score,price_urban,price_fringe,price_rural,price_isolated\n");
  for (int i = 0; i < kLots; ++i) absl::StrAppend(lots, "lot-", i, ",Lot number ", i, "\n");
  for (int i = 0; i < kWards; ++i) {
    absl::StrAppendFormat(wards, "E05%06d,Ward of the name %d,E07000001,District,urban,%d,%d\n", i,
                          i, 400000 + i, 300000 + i);
    absl::StrAppendFormat(lot_wards, "lot-%d,E05%06d\n", i % kLots, i);
  }
  for (int i = 0; i < kProviders; ++i) {
    absl::StrAppend(providers, "provider-", i, ",Provider ", i, " Ltd,\n");
    absl::StrAppend(contracts, "c-", i, ",provider-", i, ",lot-", i % kLots,
                    ",lead,home_care;live_in,2018-07-01,,75,1,80,1700,1710,1720,1730\n");
  }
  for (int i = 0; i < kBranches; ++i) {
    absl::StrAppend(branches, "branch-of-some-name-", i, ",provider-", i % kProviders, ",Branch ",
                    i, ",NG18 1JY,1-", i, ",active,450000,360000\n");
    for (int w = 0; w < kWardsOfABranch; ++w) {
      absl::StrAppendFormat(coverage, "branch-of-some-name-%d,E05%06d,home_care,2018-07-01,,%d\n",
                            i, (i * 37 + w) % kWards, 1 + w % 9);
    }
  }
  return files;
}

bool HostKnowsZone(const std::string& name) { return services::HostZones()(name) != nullptr; }

struct Hostile {
  const char* what;
  Files files;
};

Files One(const char* name, std::string content) {
  Files files;
  Add(&files, name, std::move(content));
  return files;
}

std::string Repeated(const char* part, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += part;
  return text;
}

std::vector<Hostile> HostileFiles() {
  const std::string lots = "lot_id,name\n";
  constexpr int kMost = 15'000'000;
  std::vector<Hostile> cases;
  cases.push_back(
      {"one row of 15 million commas", One("lots.csv", lots + std::string(kMost, ','))});
  cases.push_back({"a header of 15 million commas", One("lots.csv", std::string(kMost, ','))});
  cases.push_back({"one quoted field of 15 MB",
                   One("lots.csv", lots + "a,\"" + std::string(kMost, 'x') + "\"\n")});
  cases.push_back({"a quote that is not closed, 15 MB",
                   One("lots.csv", lots + "a,\"b\n" + Repeated("a,b\n", kMost / 4))});
  cases.push_back({"two million empty rows", One("lots.csv", lots + std::string(2000000, '\n'))});
  cases.push_back({"16 MB of line ends", One("lots.csv", std::string(kMost, '\n'))});
  cases.push_back(
      {"15 MB of rows that lack a field", One("lots.csv", lots + Repeated("a\n", kMost / 2))});
  cases.push_back({"15 MB of needs, semicolons",
                   One("branches.csv",
                       "branch_id,provider_id,name,postcode,regulator_location_id,regulator_status,"
                       "easting,northing,needs_met\n" +
                           Repeated((",,,,,,,," + std::string(16000, ';') + "\n").c_str(), 930))});
  cases.push_back({"15 MB of cells that are wrong",
                   One("contracts.csv",
                       "contract_id,provider_id,lot_id,tier,service_types,from,to,"
                       "minimum_pickup_percent,rank,quality_score,price_urban,"
                       "price_fringe,price_rural,price_isolated\n" +
                           Repeated("X,Y,Z,T,?,x,x,x,x,x,x,x,x,x\n", kMost / 30))});
  cases.push_back({"15 MB of zero bytes", One("lots.csv", lots + std::string(kMost, '\0'))});
  cases.push_back({"rules nested 10,000 deep",
                   One("framework.textproto", Repeated("rounds {", 10000) + Repeated("}", 10000))});
  cases.push_back(
      {"rules with a million rounds", One("framework.textproto", Repeated("rounds{} ", 1000000))});
  cases.push_back(
      {"rules with 14,000 rounds", One("framework.textproto", Repeated("rounds{} ", 14000))});
  cases.push_back({"rules of 128 KiB of zero bytes",
                   One("framework.textproto",
                       Repeated(std::string("\0 ", 2).c_str(), 1) + std::string(131000, '\0'))});
  Files many;
  for (int i = 0; i < 10000; ++i) Add(&many, absl::StrCat("lots", i, ".csv").c_str(), lots);
  cases.push_back({"10,000 files", std::move(many)});
  Files unlike = Honest();
  for (v1::FrameworkFile& file : unlike) {
    if (file.name() != "coverage.csv") continue;
    for (int i = 0; i < 20; ++i) {
      absl::StrAppend(file.mutable_content(), "branch-of-other-name-", i, ",E0599999", i,
                      ",home_care,2018-07-01,,1\n");
    }
  }
  cases.push_back({"6 MB with names to guess", std::move(unlike)});
  return cases;
}

void Print(const char* what, double milliseconds, double baseline) {
  std::printf("%-40s %9.1f ms   %6.2f\n", what, milliseconds, milliseconds / baseline);
  std::fflush(stdout);
}

engine::Caller Administrator() {
  engine::Caller caller;
  caller.account_id = "admin";
  caller.role = v1::ROLE_ADMINISTRATOR;
  return caller;
}

class Writer {
 public:
  void Apply(const char* what, const engine::ApplyParsedFramework& apply, double baseline) {
    const engine::Command command{Administrator(), apply, std::string(16, 's')};
    now_ += absl::Minutes(1);
    double begin = ProcessorMilliseconds();
    auto decision = engine_.Decide(command, now_);
    if (!decision.ok()) {
      std::fprintf(stderr, "framework_bench: %s\n", decision.status().ToString().c_str());
      std::exit(1);
    }
    Print(absl::StrCat(what, ": deciding").c_str(), MillisecondsSince(begin), baseline);
    if (decision->record.facts_size() == 0) return;
    decision->record.set_time_us(absl::ToUnixMicros(now_));
    std::vector<engine::RowWrite> writes;
    begin = ProcessorMilliseconds();
    const std::string bytes = decision->record.SerializeAsString();
    engine_.Apply(decision->record, ++sequence_, {});
    engine_.TakeRows(&writes);
    Print(absl::StrCat(what, ": applying").c_str(), MillisecondsSince(begin), baseline);
    begin = ProcessorMilliseconds();
    const engine::Directory published = engine_.directory();
    Print(absl::StrCat(what, ": publishing").c_str(), MillisecondsSince(begin), baseline);
  }
  void DryRun(const engine::ApplyParsedFramework& apply, double baseline) const {
    const double begin = ProcessorMilliseconds();
    engine::ApplyParsedFramework dry = apply;
    dry.request.set_validate_only(true);
    auto answer = engine::WouldChange(engine_.directory(), services::HostZones(), Administrator(),
                                      now_ + absl::Minutes(1), dry);
    if (!answer.ok()) std::exit(1);
    Print("a dry run (not by the writer)", MillisecondsSince(begin), baseline);
  }

 private:
  engine::Engine engine_{services::HostZones()};
  uint64_t sequence_ = 0;
  absl::Time now_ = absl::FromCivil(absl::CivilSecond(2018, 7, 2, 9, 0, 0), absl::UTCTimeZone());
};

engine::ApplyParsedFramework Parsed(const Files& files) {
  auto parsed = engine::ParseFramework(files, HostKnowsZone);
  if (!parsed.ok()) {
    std::fprintf(stderr, "framework_bench: %s\n", parsed.status().ToString().c_str());
    std::exit(1);
  }
  engine::ApplyParsedFramework apply;
  apply.framework = std::make_shared<const engine::ParsedFramework>(*std::move(parsed));
  return apply;
}

void Measure() {
  Files files = Honest();
  size_t bytes = 0;
  for (const v1::FrameworkFile& file : files) bytes += file.content().size();
  double begin = ProcessorMilliseconds();
  for (const v1::FrameworkFile& file : files) engine::HashOf(file.content());
  const double baseline = MillisecondsSince(begin);
  std::printf("%.1f MB\n", static_cast<double>(bytes) / 1e6);
  Print("hashing the files", baseline, baseline);
  begin = ProcessorMilliseconds();
  const engine::ApplyParsedFramework first = Parsed(files);
  Print("parsing and checking (not by the writer)", MillisecondsSince(begin), baseline);
  std::printf("%zu facts\n", first.framework->facts.size());
  Writer writer;
  writer.Apply("all of it new", first, baseline);
  writer.Apply("the same again", first, baseline);
  for (v1::FrameworkFile& file : files) {
    if (file.name() != "coverage.csv") continue;
    // One row in a hundred has another priority.
    std::string& content = *file.mutable_content();
    int row = 0;
    for (size_t end = content.find('\n'); end != std::string::npos;
         end = content.find('\n', end + 1)) {
      if (++row > 1 && row % 100 == 0) content[end - 1] = '9';
    }
  }
  const engine::ApplyParsedFramework second = Parsed(files);
  writer.DryRun(second, baseline);
  writer.Apply("one row in a hundred", second, baseline);
  for (const Hostile& hostile : HostileFiles()) {
    begin = ProcessorMilliseconds();
    auto refused = engine::ParseFramework(hostile.files, HostKnowsZone);
    Print(hostile.what, MillisecondsSince(begin), baseline);
    const v1::Rejection rejection = engine::RejectionOf(refused.status());
    if (refused.ok()) std::exit(1);
    std::printf("    %.160s\n", rejection.expected().c_str());
  }
}

}  // namespace
}  // namespace brokerage::load

int main() {
  brokerage::load::Measure();
  return 0;
}
