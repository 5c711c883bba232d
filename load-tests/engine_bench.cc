// Measures the engine alone, on one thread, without disk or network: what an answer costs it, as
// rounds are awarded at their close or as soon as that is certain, and what asking who may be
// offered a package costs.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "brokerage/v1/offer_service.pb.h"
#include "brokerage/v1/package_service.pb.h"
#include "engine/base/hash.h"
#include "engine/base/ids.h"
#include "engine/engine.h"
#include "engine/routing/routing.h"
#include "load-tests/common/figures.h"
#include "load-tests/common/history.h"
#include "services/command_line/command_line.h"
#include "services/core/zones.h"

namespace brokerage::load {
namespace {

// Of a clock that costs little to read, four times a command: the machine should rest otherwise.
double Microseconds() {
  return std::chrono::duration<double, std::micro>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// What commands cost, by what was done for them.
struct Costs {
  int64_t commands = 0, records = 0;
  double decide = 0, encode = 0, apply = 0, rows_taken = 0, reply = 0;  // microseconds
  std::map<engine::Table, std::pair<int64_t, int64_t>> rows;            // how many, bytes

  double all() const { return decide + encode + apply + rows_taken + reply; }
};

class Bench {
 public:
  Bench(const std::string& folder, bool at_close, int group)
      : engine_(services::HostZones()), group_(group) {
    Run({}, engine::Bootstrap{"admin", engine::HashOf("token-admin")});
    Run({.account_id = "admin", .role = v1::ROLE_ADMINISTRATOR}, ReadFolder(folder, at_close));
    const journal::v1::FrameworkRow& framework = *engine_.directory().Frameworks().front();
    referral_.set_framework_id(framework.framework_id());
    for (const v1::Authority& authority : framework.rules().authorities()) {
      if (navigator_.authority_id.empty() && !authority.reads_only()) {
        navigator_.authority_id = authority.id();
      }
    }
    navigator_.account_id = "navigator";
    navigator_.role = v1::ROLE_CARE_NAVIGATOR;
    for (const auto& [key, fact] : engine_.directory().Facts()) {
      if (fact->has_lot_ward()) wards_.push_back(fact->lot_ward().ward_code());
    }
    referral_.set_authority_id(navigator_.authority_id);
    referral_.set_origin(v1::ORIGIN_COMMUNITY);
    referral_.set_urgency(v1::URGENCY_STANDARD);
    referral_.set_summary("home care, several short visits a day");
    referral_.mutable_terms()->set_service_type(v1::SERVICE_TYPE_HOME_CARE);
    referral_.mutable_terms()->set_carers_per_visit(1);
    referral_.mutable_terms()->set_start_by_date("2018-08-01");
  }

  // Refers packages in random wards and sends them out at once.
  void Issue(int packages) {
    costs_ = {};
    for (int i = 0; i < packages; ++i) {
      v1::SubmitPackageRequest submit;
      *submit.mutable_referral() = Referral();
      submit.mutable_referral()->set_hold(true);
      Run(navigator_, submit);
      v1::ReleasePackagesRequest release;
      const uint64_t number = engine_.state().system.last_package_number();
      release.add_package_ids(
          engine::FormatPackageId({engine_.state().Package(number)->row.year(), number}));
      Run(navigator_, release);
    }
  }

  // Routes so many packages, without an offer; the verdicts given.
  int64_t Route(int packages) {
    costs_ = {};
    const journal::v1::FrameworkRow& framework = *engine_.directory().Frameworks().front();
    int64_t verdicts = 0;
    engine::PackageAggregate package;
    package.row.set_framework_id(framework.framework_id());
    *package.row.mutable_terms() = referral_.terms();
    engine::RoutingQuestion question{package,
                                     framework.rules(),
                                     engine_.directory(),
                                     now_,
                                     engine::LocalDate(now_, absl::UTCTimeZone()),
                                     {}};
    for (const std::string& tier : framework.rules().rounds(0).tier_ids()) {
      question.tier_ids.push_back(tier);
    }
    for (int i = 0; i < packages; ++i) {
      package.row.set_number(static_cast<uint64_t>(i) + 1);
      package.row.set_ward_code(wards_[random_() % wards_.size()]);
      package.row.set_lot_id(
          engine_.directory().LotOfWard(framework.framework_id(), package.row.ward_code()));
      const double at = Microseconds();
      verdicts += static_cast<int64_t>(engine::Route(question).size());
      costs_.decide += Microseconds() - at;
      ++costs_.commands;
    }
    return verdicts;
  }

  // Who would be offered so many packages; the verdicts given.
  int64_t Preview(int packages) {
    costs_ = {};
    int64_t verdicts = 0;
    for (int i = 0; i < packages; ++i) {
      v1::PreviewPackageRequest preview;
      *preview.mutable_referral() = Referral();
      const std::unique_ptr<google::protobuf::Message> reply = Run(navigator_, preview);
      for (const v1::Round& round :
           static_cast<const v1::PreviewPackageResponse&>(*reply).rounds()) {
        verdicts += round.verdicts_size();
      }
    }
    return verdicts;
  }

  // Answers every offer that is open when its turn comes, in random order: as many accept as
  // decline.
  void AnswerAll() {
    std::vector<std::pair<uint64_t, size_t>> offers;
    for (uint64_t number : engine_.state().open_packages) {
      const size_t count = engine_.state().Package(number)->offers.size();
      for (size_t i = 0; i < count; ++i) offers.emplace_back(number, i);
    }
    std::shuffle(offers.begin(), offers.end(), random_);
    costs_ = {};
    for (const auto& [number, index] : offers) {
      const engine::PackageAggregate* package = engine_.state().Package(number);
      const journal::v1::OfferRow& offer = package->offers[index];
      if (offer.state() != v1::OFFER_STATE_OPEN) continue;
      const engine::Caller branch{.account_id = "branch",
                                  .role = v1::ROLE_PROVIDER_BRANCH,
                                  .provider_id = offer.provider_id(),
                                  .branch_id = offer.branch_id()};
      const std::string id =
          engine::FormatOfferId({{package->row.year(), number}, offer.ordinal()});
      if (random_() % 2 == 0) {
        v1::AcceptOfferRequest accept;
        accept.set_offer_id(id);
        Run(branch, accept);
      } else {
        v1::DeclineOfferRequest decline;
        decline.set_offer_id(id);
        decline.set_reason(v1::DECLINE_REASON_NO_CAPACITY);
        Run(branch, decline);
      }
    }
  }

  const Costs& costs() const { return costs_; }

 private:
  v1::PackageReferral Referral() {
    v1::PackageReferral referral = referral_;
    referral.set_ward_code(wards_[random_() % wards_.size()]);
    referral.mutable_terms()->set_weekly_minutes(static_cast<int32_t>(105 * (1 + random_() % 8)));
    referral.set_person_reference(absl::StrCat("load-", ++persons_));
    return referral;
  }

  std::unique_ptr<google::protobuf::Message> Run(engine::Caller caller, engine::Request request) {
    ++costs_.commands;
    std::unique_ptr<google::protobuf::Message> reply =
        RunOne({std::move(caller), std::move(request), "0123456789abcdef"});
    // What follows from it at once, such as an award that is certain, is of its cost.
    while (engine_.IsDue(now_ + absl::Microseconds(1), now_)) RunOne({{}, engine::Tick{}, ""});
    return reply;
  }

  std::unique_ptr<google::protobuf::Message> RunOne(const engine::Command& command) {
    now_ += absl::Microseconds(1);
    double at = Microseconds();
    const auto took = [&at](double* phase) {
      const double now = Microseconds();
      *phase += now - std::exchange(at, now);
    };
    absl::StatusOr<engine::Decision> decision = engine_.Decide(command, now_);
    took(&costs_.decide);
    if (!decision.ok()) {
      std::fprintf(stderr, "engine_bench: %s\n", decision.status().ToString().c_str());
      std::exit(1);
    }
    if (decision->record.facts_size() == 0) return std::move(decision->reply);
    decision->record.set_time_us(absl::ToUnixMicros(now_));
    decision->record.set_account_id(command.caller.account_id);
    const std::string bytes = decision->record.SerializeAsString();
    took(&costs_.encode);
    engine_.Apply(decision->record, ++sequence_, decision->texts);
    took(&costs_.apply);
    std::unique_ptr<google::protobuf::Message> reply = engine_.Reply(command, *decision);
    took(&costs_.reply);
    if (++costs_.records % group_ == 0) TakeRows();
    return reply != nullptr ? std::move(reply) : std::move(decision->reply);
  }

  // As a group that is written together.
  void TakeRows() {
    const double at = Microseconds();
    std::vector<engine::RowWrite> writes;
    engine_.TakeRows(&writes);
    costs_.rows_taken += Microseconds() - at;
    for (const engine::RowWrite& write : writes) {
      auto& [count, size] = costs_.rows[write.table];
      ++count;
      size += static_cast<int64_t>(write.key.size() + (write.value ? write.value->size() : 0));
    }
  }

  engine::Engine engine_;
  const int group_;
  uint64_t sequence_ = 0;
  absl::Time now_ = absl::FromCivil(absl::CivilSecond(2018, 7, 2, 9, 0, 0), absl::UTCTimeZone());
  engine::Caller navigator_;
  v1::PackageReferral referral_;
  std::vector<std::string> wards_;
  std::mt19937_64 random_{20180701};
  int64_t persons_ = 0;
  Costs costs_;
};

void Print(const char* what, const Costs& costs, bool by_table) {
  const auto each = [&](double value) { return value / static_cast<double>(costs.commands); };
  std::printf(
      "%-34s %9.0f/s   %6.1f us: decide %.1f, encode %.1f, apply %.1f, rows %.1f, reply %.1f\n",
      what, 1e6 / each(costs.all()), each(costs.all()), each(costs.decide), each(costs.encode),
      each(costs.apply), each(costs.rows_taken), each(costs.reply));
  if (by_table) {
    int64_t rows = 0, bytes = 0;
    for (const auto& [table, counts] : costs.rows) {
      rows += counts.first;
      bytes += counts.second;
    }
    std::printf(
        "    %.1f records, %.1f rows of %.0f bytes:", each(static_cast<double>(costs.records)),
        each(static_cast<double>(rows)), each(static_cast<double>(bytes)));
    for (const auto& [table, counts] : costs.rows) {
      std::printf(" %s %.1f of %.0f", engine::TableName(table),
                  each(static_cast<double>(counts.first)),
                  each(static_cast<double>(counts.second)));
    }
    std::printf("\n");
  }
  std::fflush(stdout);
}

void PrintVerdicts(const char* what, int64_t verdicts, const Costs& costs) {
  std::printf("%-34s %9.0f verdicts/s   %6.1f us a package of %.1f verdicts\n", what,
              1e6 * static_cast<double>(verdicts) / costs.all(),
              costs.all() / static_cast<double>(costs.commands),
              static_cast<double>(verdicts) / static_cast<double>(costs.commands));
}

struct Settings {
  std::string framework = "frameworks/nottinghamshire";
  std::string figures;
  int packages = 5000;
  int group = 100;
  int repeats = 3;
};

// Answers a second without their replies, and the bytes of their rows.
void MeasureAnswers(const Settings& settings, bool at_close, Figure* rate, Figure* bytes) {
  Bench bench(settings.framework, at_close, settings.group);
  bench.Issue(settings.packages);
  Print("submitted, and released", bench.costs(), true);
  bench.AnswerAll();
  Print("answers", bench.costs(), true);
  const Costs& costs = bench.costs();
  const auto answers = static_cast<double>(costs.commands);
  rate->repeats.push_back(1e6 * answers / (costs.all() - costs.reply));
  double sum = 0;
  for (const auto& [table, counts] : costs.rows) sum += static_cast<double>(counts.second);
  bytes->repeats.push_back(sum / answers);
}

void Measure(const Settings& settings) {
  const Figures figures(settings.figures);
  Figure verdicts{.name = "engine.verdicts", .unit = "verdicts/s"};
  for (int i = 0; i < settings.repeats; ++i) {
    Bench bench(settings.framework, true, settings.group);
    const int64_t routed = bench.Route(settings.packages);
    PrintVerdicts("routing alone", routed, bench.costs());
    verdicts.repeats.push_back(1e6 * static_cast<double>(routed) / bench.costs().all());
    const int64_t previewed = bench.Preview(settings.packages / 4);
    PrintVerdicts("previews, with their words", previewed, bench.costs());
  }
  verdicts.rate = Median(verdicts.repeats);
  figures.Add(verdicts);
  for (const bool at_close : {true, false}) {
    const std::string name = at_close ? "engine.at_close" : "engine.as_certain";
    std::printf("%s\n",
                at_close ? "rounds awarded at their close" : "rounds as the framework has them");
    Figure rate{.name = name, .unit = "answers/s"};
    Figure bytes{.name = name + ".bytes", .unit = "bytes"};
    for (int i = 0; i < settings.repeats; ++i) MeasureAnswers(settings, at_close, &rate, &bytes);
    rate.rate = Median(rate.repeats);
    bytes.value = Median(bytes.repeats);
    figures.Add(rate);
    figures.Add(bytes);
  }
}

}  // namespace
}  // namespace brokerage::load

int main(int argc, char** argv) {
  brokerage::load::Settings settings;
  brokerage::command_line::Program app(
      "Measures the engine alone: answers, referrals and verdicts on one thread.");
  app.Add("--packages", &settings.packages, "so many");
  app.Add("--group", &settings.group, "records whose rows are written together");
  app.Add("--repeats", &settings.repeats, "of each").Positive();
  app.Add("--framework", &settings.framework, "the framework's folder");
  app.Add("--figures", &settings.figures, "a file to which a line of JSON a figure is added");
  if (const auto status = app.Parse(argc, argv)) return *status;
  brokerage::load::Measure(settings);
  return 0;
}
