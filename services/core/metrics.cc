#include "services/core/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <vector>

namespace brokerage::services {

namespace {

using prometheus::Histogram;

Histogram::BucketBoundaries Seconds() {
  return {0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10};
}

prometheus::MetricFamily Family(const char* name, const char* help, prometheus::MetricType type,
                                double value) {
  prometheus::MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = type;
  prometheus::ClientMetric metric;
  (type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  family.metric.push_back(metric);
  return family;
}

}  // namespace

class Metrics::Impl {
 public:
  struct Method {
    std::map<absl::StatusCode, prometheus::Counter*> calls;
    Histogram* seconds = nullptr;
  };

  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& calls = prometheus::BuildCounter()
                                                       .Name("brokerage_calls_total")
                                                       .Help("Finished calls.")
                                                       .Register(registry);
  prometheus::Family<Histogram>& call_seconds =
      prometheus::BuildHistogram()
          .Name("brokerage_call_seconds")
          .Help("Time from a call's arrival to its answer.")
          .Register(registry);
  Histogram& commit_seconds = prometheus::BuildHistogram()
                                  .Name("brokerage_commit_seconds")
                                  .Help("Time of one synced append.")
                                  .Register(registry)
                                  .Add({}, Seconds());
  Histogram& commit_records =
      prometheus::BuildHistogram()
          .Name("brokerage_commit_records")
          .Help("Journal records that shared one sync.")
          .Register(registry)
          .Add({}, Histogram::BucketBoundaries{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024});
  prometheus::Gauge& streams = prometheus::BuildGauge()
                                   .Name("brokerage_streams")
                                   .Help("Open streams.")
                                   .Register(registry)
                                   .Add({});

  std::mutex mutex;
  std::map<std::string, Method, std::less<>> methods;
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

void Metrics::CountCall(absl::string_view method, absl::StatusCode code, absl::Duration took) {
  prometheus::Counter* calls;
  Histogram* seconds;
  {
    std::lock_guard lock(impl_->mutex);
    auto found = impl_->methods.find(method);
    if (found == impl_->methods.end()) {
      found = impl_->methods.emplace(std::string(method), Impl::Method()).first;
      found->second.seconds =
          &impl_->call_seconds.Add({{"method", std::string(method)}}, Seconds());
    }
    prometheus::Counter*& counter = found->second.calls[code];
    if (counter == nullptr) {
      counter = &impl_->calls.Add(
          {{"method", std::string(method)}, {"code", absl::StatusCodeToString(code)}});
    }
    calls = counter;
    seconds = found->second.seconds;
  }
  calls->Increment();
  seconds->Observe(absl::ToDoubleSeconds(took));
}

void Metrics::CountCommit(size_t records, absl::Duration took) {
  impl_->commit_records.Observe(static_cast<double>(records));
  impl_->commit_seconds.Observe(absl::ToDoubleSeconds(took));
}

void Metrics::AddStreams(int change) {
  if (change >= 0) {
    impl_->streams.Increment(change);
  } else {
    impl_->streams.Decrement(-change);
  }
}

std::string Metrics::Text(const Sequencer& sequencer) const {
  using prometheus::MetricType;
  const Sequencer::Figures figures = sequencer.figures();
  std::vector<prometheus::MetricFamily> all = impl_->registry.Collect();
  auto add = [&all](const char* name, const char* help, MetricType type, double value) {
    all.push_back(Family(name, help, type, value));
  };
  add("brokerage_commands_total", "Commands decided.", MetricType::Counter, figures.commands);
  add("brokerage_rejections_total", "Commands refused by the engine.", MetricType::Counter,
      figures.rejections);
  add("brokerage_commits_total", "Synced appends.", MetricType::Counter, figures.commits);
  add("brokerage_overloads_total", "Commands refused because the queue was full.",
      MetricType::Counter, figures.overloads);
  add("brokerage_queue_length", "Commands that wait to be decided.", MetricType::Gauge,
      figures.queue_length);
  add("brokerage_open_packages", "Packages in memory because they are open.", MetricType::Gauge,
      figures.open_packages);
  add("brokerage_clock_jumped", "1 while lapsing is paused until the clock is confirmed.",
      MetricType::Gauge, figures.clock_jumped);
  add("brokerage_disk_free_bytes", "Bytes that are free on the store's disk; 0 when not watched.",
      MetricType::Gauge, static_cast<double>(figures.disk_free_bytes));
  add("brokerage_disk_nearly_full", "1 while the disk is nearly full: commands are refused soon.",
      MetricType::Gauge, figures.disk_nearly_full);
  add("brokerage_journal_sequence", "The last durable record.", MetricType::Gauge,
      sequencer.head().sequence);
  const bool due = figures.next_due != absl::InfiniteFuture();
  add("brokerage_next_due_seconds", "When something is next due, as Unix time; 0 when nothing is.",
      MetricType::Gauge, due ? absl::ToUnixSeconds(figures.next_due) : 0);
  return prometheus::TextSerializer().Serialize(all);
}

}  // namespace brokerage::services
