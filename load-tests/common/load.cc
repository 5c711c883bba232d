#include "load-tests/common/load.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace brokerage::load {

double SecondsSince(SteadyClock::time_point begin) {
  return std::chrono::duration<double>(SteadyClock::now() - begin).count();
}

namespace {

class Load {
 public:
  Load(const Starter& start, int64_t total, Pace pace)
      : start_(start), total_(total), pace_(pace) {}

  LoadResult Run() {
    if (pace_.rate > 0) {
      RunOpen();
    } else {
      RunClosed();
    }
    result_.seconds = SecondsSince(begin_);
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
    }
    result_.latencies.Sort();
    for (Latencies& latencies : result_.of_kind) latencies.Sort();
    return std::move(result_);
  }

 private:
  void RunClosed() {
    void* tag = nullptr;
    bool ok = false;
    while (started_ < std::min<int64_t>(pace_.in_flight, total_)) StartOne(SteadyClock::now());
    for (int64_t ended = 0; ended < total_; ++ended) {
      queue_.Next(&tag, &ok);
      EndOne(static_cast<Call*>(tag));
      if (started_ < total_) StartOne(SteadyClock::now());
    }
  }

  void RunOpen() {
    void* tag = nullptr;
    bool ok = false;
    for (int64_t ended = 0; ended < total_;) {
      const auto room = [&] { return pace_.in_flight == 0 || started_ - ended < pace_.in_flight; };
      while (started_ < total_ && room() && Due(started_) <= SteadyClock::now()) {
        StartOne(Due(started_));
      }
      const auto wait = started_ < total_ && room() ? Due(started_) - SteadyClock::now()
                                                    : std::chrono::seconds(10);
      const auto until = std::chrono::system_clock::now() +
                         std::chrono::duration_cast<std::chrono::system_clock::duration>(wait);
      if (queue_.AsyncNext(&tag, &ok, until) != grpc::CompletionQueue::GOT_EVENT) continue;
      EndOne(static_cast<Call*>(tag));
      ++ended;
    }
  }

  SteadyClock::time_point Due(int64_t n) const {
    return begin_ + std::chrono::nanoseconds(
                        static_cast<int64_t>(1e9 * static_cast<double>(n) / pace_.rate));
  }

  void StartOne(SteadyClock::time_point due) {
    std::unique_ptr<Call> call = start_(started_++, &queue_);
    call.release()->due = due;  // EndOne has it next; its tag cannot come before
  }

  void EndOne(Call* tag) {
    const std::unique_ptr<Call> call(tag);
    const std::chrono::duration<double, std::milli> latency = SteadyClock::now() - call->due;
    if (call->status.ok()) {
      ++result_.answered;
      result_.latencies.milliseconds.push_back(latency.count());
      const auto kind = static_cast<size_t>(call->kind);
      if (result_.of_kind.size() <= kind) result_.of_kind.resize(kind + 1);
      result_.of_kind[kind].milliseconds.push_back(latency.count());
    } else if (call->status.error_code() == grpc::StatusCode::FAILED_PRECONDITION ||
               call->status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED) {
      ++result_.refused;
    } else {
      std::fprintf(stderr, "a call failed: %s\n", call->status.error_message().c_str());
      std::exit(1);
    }
    call->Ended();
  }

  const Starter& start_;
  const int64_t total_;
  const Pace pace_;
  grpc::CompletionQueue queue_;
  const SteadyClock::time_point begin_ = SteadyClock::now();
  int64_t started_ = 0;
  LoadResult result_;
};

template <typename Of>
std::vector<double> Each(const std::vector<LoadResult>& repeats, Of of) {
  std::vector<double> values;
  for (const LoadResult& repeat : repeats) values.push_back(of(repeat));
  return values;
}

double MedianPercentile(const std::vector<Latencies>& repeats, double share) {
  std::vector<double> values;
  for (const Latencies& repeat : repeats) values.push_back(repeat.Percentile(share));
  return Median(std::move(values));
}

}  // namespace

void Latencies::Sort() { std::sort(milliseconds.begin(), milliseconds.end()); }

double Latencies::Percentile(double share) const {
  if (milliseconds.empty()) return 0;
  return milliseconds[static_cast<size_t>(share * static_cast<double>(milliseconds.size() - 1))];
}

LoadResult RunLoad(const Starter& start, int64_t total, Pace pace) {
  return Load(start, total, pace).Run();
}

Figure LatencyOf(std::string name, const std::vector<Latencies>& repeats) {
  Figure figure;
  figure.name = std::move(name);
  figure.p50_ms = MedianPercentile(repeats, 0.50);
  figure.p90_ms = MedianPercentile(repeats, 0.90);
  figure.p99_ms = MedianPercentile(repeats, 0.99);
  for (const Latencies& repeat : repeats) figure.repeats.push_back(repeat.Percentile(0.99));
  return figure;
}

Figure FigureOf(std::string name, std::string unit, const std::vector<LoadResult>& repeats) {
  std::vector<Latencies> latencies;
  int64_t refused = 0, all = 0;
  for (const LoadResult& repeat : repeats) {
    latencies.push_back(repeat.latencies);
    refused += repeat.refused;
    all += repeat.refused + repeat.answered;
  }
  Figure figure = LatencyOf(std::move(name), latencies);
  figure.unit = std::move(unit);
  figure.repeats = Each(repeats, [](const LoadResult& repeat) { return repeat.rate(); });
  figure.rate = Median(figure.repeats);
  if (refused > 0) figure.refused = static_cast<double>(refused) / static_cast<double>(all);
  return figure;
}

}  // namespace brokerage::load
