// Measures PostgreSQL 15 at the same job as brokerd's, as a careful engineer would write it in SQL
// (load-tests/postgres): answers a second, each with its history and its outcome in a transaction
// of its own, one at a time and by the hundred in one statement; pick-up as a query over the offers
// and over a summary that triggers keep, and what keeping it costs the answers. It runs a server of
// its own, durable, in a temporary directory; Debian's pgbench is the client.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "load-tests/common/figures.h"
#include "load-tests/common/postgres.h"
#include "services/command_line/command_line.h"

namespace brokerage::load {
namespace {

struct Settings {
  std::string programs;
  std::string sql = "load-tests/postgres";
  std::string figures;
  int64_t offers = 1000000;
  int64_t open = 1600000;
  int clients = 64;
  int seconds = 4;
  int repeats = 3;
};

constexpr int64_t kBatch = 100;
constexpr int kBatchClients = 8;

double Seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// One figure of the program, and what one run of its script counts for.
struct Measure {
  std::string name;
  std::string script;
  int clients = 1;
  int64_t each = 1;
  std::string unit = "answers/s";
};

// What is left of the open offers, or of the batches of them; from which each client takes the next
// by turns.
struct Supply {
  SqlVariables variables;
  int64_t next = 0;
  int64_t end = 0;
};

class Bench {
 public:
  explicit Bench(const Settings& settings)
      : settings_(settings), figures_(settings.figures), server_(settings.programs, settings.sql) {}

  void Run() {
    std::printf("%s\n", server_.Ask("SELECT version()").c_str());
    const int64_t batched = settings_.open / 4 * 3 / 8 * 8;
    const int64_t alone = settings_.offers + settings_.open - batched;
    Load("schema.sql");
    Load("history.sql", {{"offers", settings_.offers}});
    Load("indexes.sql");
    Question({"postgres.figures.provider_quarter", "provider_quarter.sql"});
    Question({"postgres.figures.market", "market.sql"});
    Question({"postgres.figures.all", "all.sql"});
    Load("summary.sql");
    Question({"postgres.summary.provider_quarter", "summary_provider_quarter.sql"});
    Question({"postgres.summary.market", "summary_market.sql"});
    Question({"postgres.summary.all", "summary_all.sql"});

    Load("open.sql",
         {{"offers", settings_.offers}, {"open", settings_.open}, {"batched", batched}});
    Supply offers = {{{"from", settings_.offers}, {"to", alone}}, 0, alone - settings_.offers};
    Supply batches = {{}, 0, std::stoll(server_.Ask("SELECT count(*) FROM batches"))};
    Answer({"postgres.one_in_flight", "accept.sql"}, &offers);
    Answer({"postgres.unary", "accept.sql", settings_.clients}, &offers);
    Answer({"postgres.batch_100", "accept_batch.sql", kBatchClients, kBatch}, &batches);
    Load("triggers.sql");
    Answer({"postgres.unary_with_summary", "accept.sql", settings_.clients}, &offers);
    Answer({"postgres.batch_100_with_summary", "accept_batch.sql", kBatchClients, kBatch},
           &batches);
    Check();
  }

 private:
  void Load(const std::string& file, const SqlVariables& variables = {}) {
    const double began = Seconds();
    server_.Execute(file, variables);
    std::printf("  %-58s %8.1f s\n", file.c_str(), Seconds() - began);
    std::fflush(stdout);
  }

  // As often as there is time for, at least twice a repeat.
  void Question(Measure measure) {
    measure.unit = "questions/s";
    const ScriptRun warm = server_.RunFor(1, measure.script, 1);
    const int64_t times = std::clamp<int64_t>(static_cast<int64_t>(2 * warm.rate), 2, 1000);
    std::vector<ScriptRun> runs;
    for (int i = 0; i < settings_.repeats; ++i) {
      runs.push_back(server_.RunTimes(times, measure.script, measure.clients));
    }
    Report(measure, runs);
  }

  void Answer(const Measure& measure, Supply* supply) {
    // To warm up, and to learn the rate.
    ScriptRun last = Take(measure, 0, (supply->end - supply->next) / 40, supply);
    std::vector<ScriptRun> runs;
    for (int i = 0; i < settings_.repeats; ++i) {
      // Not all at once: two more shares stay for who comes after.
      last = Take(measure, last.rate, (supply->end - supply->next) / (settings_.repeats - i + 2),
                  supply);
      runs.push_back(last);
    }
    Report(measure, runs);
  }

  // A run of the usual length, or over so much of the supply where at that rate it lasts no longer.
  ScriptRun Take(const Measure& measure, double rate, int64_t share, Supply* supply) {
    SqlVariables variables = supply->variables;
    variables.emplace_back("first", supply->next);
    const bool lasts = rate > 0 && rate * settings_.seconds < static_cast<double>(share);
    ScriptRun run =
        lasts ? server_.RunFor(settings_.seconds, measure.script, measure.clients, variables)
              : server_.RunTimes(std::max<int64_t>(share / measure.clients, 1), measure.script,
                                 measure.clients, variables);
    supply->next += run.turns * measure.clients;
    if (supply->next > supply->end) {
      throw std::runtime_error("the open offers did not last: more of them with --open");
    }
    answers_ += static_cast<int64_t>(run.latencies_ms.size()) * measure.each;
    return run;
  }

  void Report(const Measure& measure, const std::vector<ScriptRun>& runs) {
    std::vector<double> rates;
    std::vector<double> latencies;
    for (const ScriptRun& run : runs) {
      rates.push_back(run.rate * static_cast<double>(measure.each));
      latencies.insert(latencies.end(), run.latencies_ms.begin(), run.latencies_ms.end());
    }
    std::sort(latencies.begin(), latencies.end());
    const auto percentile = [&](double share) {
      return latencies.at(static_cast<size_t>(share * static_cast<double>(latencies.size() - 1)));
    };
    figures_.Add({.name = measure.name,
                  .rate = Median(rates),
                  .unit = measure.unit,
                  .p50_ms = percentile(0.5),
                  .p90_ms = percentile(0.9),
                  .p99_ms = percentile(0.99),
                  .repeats = rates});
  }

  // Every answer was given, and the triggers counted as the offers say.
  void Check() {
    const std::string kept = server_.Ask("SELECT count(*) FROM outcomes");
    if (kept != absl::StrCat(answers_)) {
      throw std::runtime_error(absl::StrCat(answers_, " answers were given, and kept ", kept));
    }
    const std::string wrong = server_.Ask(
        "SELECT count(*) FROM ((TABLE pick_up_summary EXCEPT TABLE pick_up_counted) UNION ALL "
        "(TABLE pick_up_counted EXCEPT TABLE pick_up_summary)) AS differing");
    if (wrong != "0") throw std::runtime_error(wrong + " rows of the summary are wrong");
    std::printf("all %s answers are kept, and the summary is right\n", kept.c_str());
  }

  const Settings& settings_;
  const Figures figures_;
  PostgresServer server_;
  int64_t answers_ = 0;
};

}  // namespace
}  // namespace brokerage::load

int main(int argc, char** argv) {
  brokerage::load::Settings settings;
  settings.programs =
      (std::filesystem::path(argv[0]).parent_path() / "../programs/postgresql").string();
  brokerage::command_line::Program app(
      "Measures PostgreSQL 15 at brokerd's job: answers and figures.");
  app.Add("--offers", &settings.offers, "answered offers of the past, for the figures")
      .Between(100000, 100000000);
  app.Add("--open", &settings.open, "open offers, for the answers").Between(10000, 100000000);
  app.Add("--connections", &settings.clients, "of the answers one by one").Between(1, 90);
  app.Add("--seconds", &settings.seconds, "that each run of answers takes at the most").Positive();
  app.Add("--repeats", &settings.repeats, "runs of each measure").Positive();
  app.Add("--programs", &settings.programs, "PostgreSQL's packages, unpacked");
  app.Add("--sql", &settings.sql, "the folder of the SQL");
  app.Add("--figures", &settings.figures, "a file to which a line of JSON a figure is added");
  if (const auto status = app.Parse(argc, argv)) return *status;
  try {
    brokerage::load::Bench(settings).Run();
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "postgres_bench: %s\n", failure.what());
    return 1;
  }
  return 0;
}
