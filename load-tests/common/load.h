// A load of unary calls on one connection per thread's completion queue: closed loop (a fixed
// number in flight) or open loop (a fixed rate, each latency counted from the moment at which the
// call was due, so that a slow server cannot hide by slowing its callers).
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <grpcpp/grpcpp.h>

namespace brokerage::load {

using SteadyClock = std::chrono::steady_clock;

struct LoadResult {
  double seconds = 0;
  int64_t calls = 0;   // answered OK
  int64_t failed = 0;  // answered otherwise
  std::string first_error;
  std::vector<double> latencies_ms;  // sorted

  double rate() const { return seconds > 0 ? static_cast<double>(calls) / seconds : 0; }
  double Percentile(double share) const {
    if (latencies_ms.empty()) return 0;
    const size_t rank = static_cast<size_t>(share * static_cast<double>(latencies_ms.size() - 1));
    return latencies_ms[rank];
  }
};

// One kind of call: makes the n-th request and its bearer token, and starts it.
template <typename Request, typename Response>
struct CallKind {
  using Reader = std::unique_ptr<grpc::ClientAsyncResponseReader<Response>>;
  std::function<const Request&(int64_t n)> request;
  std::function<const std::string&(int64_t n)> token;
  std::function<Reader(grpc::ClientContext*, const Request&, grpc::CompletionQueue*)> start;
};

// Runs `total` calls; `rate` > 0 is open loop with so many a second, otherwise `in_flight` calls
// are kept under way.
template <typename Request, typename Response>
LoadResult RunLoad(const CallKind<Request, Response>& kind, int64_t total, int in_flight,
                   double rate) {
  struct Call {
    grpc::ClientContext context;
    Response response;
    grpc::Status status;
    typename CallKind<Request, Response>::Reader reader;
    SteadyClock::time_point due;
  };
  grpc::CompletionQueue queue;
  LoadResult result;
  result.latencies_ms.reserve(static_cast<size_t>(total));
  int64_t started = 0;
  const SteadyClock::time_point begin = SteadyClock::now();
  auto due_time = [&](int64_t n) {
    return begin +
           std::chrono::nanoseconds(static_cast<int64_t>(1e9 * static_cast<double>(n) / rate));
  };
  auto start = [&](SteadyClock::time_point due) {
    auto* call = new Call;
    call->due = due;
    call->context.AddMetadata("authorization", "Bearer " + kind.token(started));
    call->reader = kind.start(&call->context, kind.request(started), &queue);
    call->reader->Finish(&call->response, &call->status, call);
    ++started;
  };
  auto finish = [&](void* tag) {
    std::unique_ptr<Call> call(static_cast<Call*>(tag));
    const std::chrono::duration<double, std::milli> latency = SteadyClock::now() - call->due;
    if (call->status.ok()) {
      ++result.calls;
      result.latencies_ms.push_back(latency.count());
    } else {
      if (result.failed++ == 0) result.first_error = call->status.error_message();
    }
  };
  void* tag = nullptr;
  bool ok = false;
  int64_t finished = 0;
  if (rate <= 0) {
    while (started < std::min<int64_t>(in_flight, total)) start(SteadyClock::now());
  }
  while (finished < total) {
    if (rate <= 0) {
      queue.Next(&tag, &ok);
    } else {
      while (started < total && due_time(started) <= SteadyClock::now()) start(due_time(started));
      const auto until =
          started < total
              ? std::chrono::system_clock::now() + (due_time(started) - SteadyClock::now())
              : std::chrono::system_clock::now() + std::chrono::seconds(10);
      if (queue.AsyncNext(&tag, &ok, until) != grpc::CompletionQueue::GOT_EVENT) continue;
    }
    ++finished;
    finish(tag);
    if (rate <= 0 && started < total) start(SteadyClock::now());
  }
  result.seconds = std::chrono::duration<double>(SteadyClock::now() - begin).count();
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) {
  }
  std::sort(result.latencies_ms.begin(), result.latencies_ms.end());
  return result;
}

inline void Print(const char* what, const LoadResult& result, int64_t each = 1) {
  std::printf("%-44s %10.0f/s   p50 %7.2f ms   p99 %7.2f ms   %lld ok, %lld failed\n", what,
              result.rate() * static_cast<double>(each), result.Percentile(0.50),
              result.Percentile(0.99), static_cast<long long>(result.calls) * each,
              static_cast<long long>(result.failed));
  if (result.failed > 0) std::printf("    first error: %s\n", result.first_error.c_str());
  std::fflush(stdout);
}

}  // namespace brokerage::load
