// Measures durable answers to offers over gRPC: one a call, with many in flight, at half the peak
// and one after the other, and a hundred a call; as rounds are awarded at their close, and as the
// council has it, as soon as the award is certain. Beside it in the same minutes: the same calls of
// a server of the same API that does no work, and records of as many bytes appended to a file and
// synced.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "load-tests/common/answers.h"
#include "load-tests/common/servers.h"
#include "load-tests/common/setting.h"
#include "services/command_line/command_line.h"

namespace brokerage::load {
namespace {

struct Sizes {
  int64_t unary = 15000;    // answers in each repeat
  int64_t open = 6000;      // at half the peak
  int64_t one = 800;        // one after the other
  int64_t batched = 30000;  // by a hundred
  int batches_in_flight = 8;

  Sizes Half() const { return {unary / 2, open / 2, one, batched / 2, batches_in_flight}; }
  // With the warm-ups, and what the last package of a portion has too many.
  int64_t all(int repeats) const { return (unary + open + one + batched) * (repeats + 1) + 1000; }
};

// As soon as the award is certain, a package's later answers are refused: so only two are given.
constexpr size_t kAnswersUntilCertain = 2;
constexpr size_t kAllAnswers = 1000;

// The bytes of the database's log. It grows until a table is full, and is then begun anew.
int64_t LogBytes(const std::string& directory) {
  int64_t bytes = 0;
  for (const auto& file : std::filesystem::directory_iterator(directory)) {
    std::error_code gone;
    if (file.path().extension() != ".log") continue;
    const uintmax_t size = file.file_size(gone);
    if (!gone) bytes += static_cast<int64_t>(size);
  }
  return bytes;
}

// Appends to a file and syncs it, so many times.
LoadResult Append(const std::string& file, int64_t bytes, int64_t times) {
  const int opened = open(file.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  const std::string record(static_cast<size_t>(bytes), 'x');
  LoadResult result;
  const SteadyClock::time_point begin = SteadyClock::now();
  for (int64_t i = 0; i < times; ++i) {
    const SteadyClock::time_point began = SteadyClock::now();
    if (write(opened, record.data(), record.size()) != static_cast<ssize_t>(record.size()) ||
        fdatasync(opened) != 0) {
      std::perror("appending to a file");
      std::exit(1);
    }
    result.latencies.milliseconds.push_back(
        std::chrono::duration<double, std::milli>(SteadyClock::now() - began).count());
  }
  close(opened);
  result.answered = times;
  result.seconds = std::chrono::duration<double>(SteadyClock::now() - begin).count();
  result.latencies.Sort();
  return result;
}

class Bench {
 public:
  Bench(const Setting& setting, const Sizes& sizes, bool at_close)
      : setting_(setting),
        sizes_(at_close ? sizes : sizes.Half()),
        figures_(setting.figures),
        at_close_(at_close) {}

  void Measure() const {
    const std::string name = at_close_ ? "brokerd.at_close" : "brokerd.as_certain";
    const SteadyClock::time_point began = SteadyClock::now();
    const std::string directory = setting_.Scratch(name);
    History history(directory, ReadFolder(setting_.framework, at_close_),
                    absl::Now() - absl::Hours(1));
    history.AddOrganisations();
    OpenOffers offers(&history, sizes_.all(setting_.repeats),
                      at_close_ ? kAllAnswers : kAnswersUntilCertain);
    history.AdvanceTo(absl::Now());
    history.Finish();
    std::printf("%lld offers prepared in %.1f s\n", static_cast<long long>(history.offers()),
                std::chrono::duration<double>(SteadyClock::now() - began).count());

    const std::string echo_address = FreeAddress();
    const Child echo({setting_.echo, echo_address});
    const std::string address = FreeAddress();
    const Child server(ServeOn(setting_.brokerd, directory, address));
    const auto echo_stub = v1::OfferService::NewStub(Connect(echo_address));
    const auto stub = v1::OfferService::NewStub(Connect(address));

    const double peak = Unary(name, &offers, stub.get(), at_close_ ? echo_stub.get() : nullptr);
    HalfThePeak(name, &offers, stub.get(), peak);
    OneInFlight(name, &offers, stub.get(), directory);
    ByAHundred(name, &offers, stub.get(), at_close_ ? echo_stub.get() : nullptr);
  }

 private:
  using Stub = v1::OfferService::Stub;

  // Each repeat on both servers, if there is another: what disturbs the machine disturbs both.
  double Unary(const std::string& name, OpenOffers* offers, Stub* stub, Stub* echo) const {
    std::vector<LoadResult> answers, echoes;
    const auto accept = [&](Stub* of, const std::vector<OpenOffer>& these) {
      return RunLoad(Accepting(of, these), static_cast<int64_t>(these.size()),
                     Pace::Closed(setting_.in_flight));
    };
    const std::vector<OpenOffer> warm_up = offers->Take(sizes_.unary / 3);
    accept(stub, warm_up);
    if (echo != nullptr) accept(echo, warm_up);
    for (int i = 0; i < setting_.repeats; ++i) {
      const std::vector<OpenOffer> these = offers->Take(sizes_.unary);
      if (echo != nullptr) echoes.push_back(accept(echo, these));
      answers.push_back(accept(stub, these));
    }
    if (echo != nullptr) figures_.Add(FigureOf("echo.unary", "answers/s", echoes));
    const Figure figure = FigureOf(name + ".unary", "answers/s", answers);
    figures_.Add(figure);
    return *figure.rate;
  }

  void HalfThePeak(const std::string& name, OpenOffers* offers, Stub* stub, double peak) const {
    std::vector<LoadResult> repeats;
    for (int i = 0; i < setting_.repeats; ++i) {
      const std::vector<OpenOffer> these = offers->Take(sizes_.open);
      repeats.push_back(RunLoad(Accepting(stub, these), static_cast<int64_t>(these.size()),
                                Pace::Open(peak / 2)));
    }
    figures_.Add(FigureOf(name + ".unary_half_peak", "answers/s", repeats));
  }

  void OneInFlight(const std::string& name, OpenOffers* offers, Stub* stub,
                   const std::string& directory) const {
    std::vector<LoadResult> answers, appends;
    int64_t bytes = 0;
    const auto answer = [&](int64_t count) {
      const std::vector<OpenOffer> these = offers->Take(count);
      const int64_t before = LogBytes(directory);
      LoadResult result =
          RunLoad(Accepting(stub, these), static_cast<int64_t>(these.size()), Pace::Closed(1));
      bytes =
          std::max(bytes, (LogBytes(directory) - before) / std::max<int64_t>(1, result.answered));
      return result;
    };
    answer(sizes_.one / 3);
    for (int i = 0; i < setting_.repeats; ++i) {
      answers.push_back(answer(sizes_.one));
      appends.push_back(Append(directory + ".append", bytes, sizes_.one));
    }
    figures_.Add(FigureOf(name + ".one_in_flight", "answers/s", answers));
    const std::string append = "append" + name.substr(name.find('.'));
    figures_.Add(FigureOf(append + ".one_in_flight", "records/s", appends));
    figures_.Add({.name = append + ".bytes", .value = static_cast<double>(bytes), .unit = "bytes"});
  }

  void ByAHundred(const std::string& name, OpenOffers* offers, Stub* stub, Stub* echo) const {
    std::vector<LoadResult> answers, echoes;
    const int in_flight = sizes_.batches_in_flight;
    Batches(offers->Take(sizes_.batched / 3)).Run(stub, in_flight);
    for (int i = 0; i < setting_.repeats; ++i) {
      const Batches batches(offers->Take(sizes_.batched));
      if (echo != nullptr) echoes.push_back(batches.Run(echo, in_flight));
      answers.push_back(batches.Run(stub, in_flight));
    }
    if (echo != nullptr) figures_.Add(FigureOf("echo.batch_100", "answers/s", echoes));
    figures_.Add(FigureOf(name + ".batch_100", "answers/s", answers));
  }

  const Setting& setting_;
  const Sizes sizes_;
  const Figures figures_;
  const bool at_close_;
};

}  // namespace
}  // namespace brokerage::load

int main(int argc, char** argv) {
  brokerage::load::Setting setting("answers-bench", argv[0]);
  brokerage::load::Sizes sizes;
  bool long_run = false;
  brokerage::command_line::Program app(
      "Measures durable answers over gRPC against a server that does no work.");
  setting.AddOptions(app);
  app.Add("--answers", &sizes.unary, "one a call, in each repeat").ShowDefault();
  app.Add("--batched", &sizes.batched, "a hundred a call, likewise").ShowDefault();
  app.AddFlag("--long", &long_run, "five times as many");
  if (const auto status = app.Parse(argc, argv)) return *status;
  if (long_run) {
    for (int64_t* size : {&sizes.unary, &sizes.open, &sizes.one, &sizes.batched}) *size *= 5;
  }
  for (const bool at_close : {true, false}) {
    brokerage::load::Bench(setting, sizes, at_close).Measure();
  }
  return 0;
}
