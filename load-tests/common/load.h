// A load of unary calls from one thread: closed loop (a fixed number in flight) or open loop (a
// fixed rate, each latency counted from the moment at which the call was due, so that a slow server
// cannot hide by slowing its callers).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "load-tests/common/figures.h"

namespace brokerage::load {

using SteadyClock = std::chrono::steady_clock;

double SecondsSince(SteadyClock::time_point begin);

// A call under way, of any method.
struct Call {
  virtual ~Call() = default;
  // Its status is there, and its reply if that is OK.
  virtual void Ended() {}

  grpc::ClientContext context;
  grpc::Status status;
  SteadyClock::time_point due;
  int kind = 0;  // as its starter says: calls of different kinds are told apart
};

template <typename Response>
struct CallOf final : Call {
  void Ended() override {
    if (ended) ended(status, response);
  }

  Response response;
  std::unique_ptr<grpc::ClientAsyncResponseReader<Response>> reader;
  std::function<void(const grpc::Status&, const Response&)> ended;
};

// Starts a call of a stub's method: Start(stub, &OfferService::Stub::AsyncAcceptOffer, ...).
template <typename Stub, typename Request, typename Response>
std::unique_ptr<Call> Start(
    Stub* stub,
    std::unique_ptr<grpc::ClientAsyncResponseReader<Response>> (Stub::*method)(
        grpc::ClientContext*, const Request&, grpc::CompletionQueue*),
    const Request& request, const std::string& token, grpc::CompletionQueue* queue,
    std::function<void(const grpc::Status&, const Response&)> ended = nullptr) {
  auto call = std::make_unique<CallOf<Response>>();
  call->ended = std::move(ended);
  call->context.AddMetadata("authorization", "Bearer " + token);
  call->reader = (stub->*method)(&call->context, request, queue);
  call->reader->Finish(&call->response, &call->status, static_cast<Call*>(call.get()));
  return call;
}

// Starts the n-th call.
using Starter = std::function<std::unique_ptr<Call>(int64_t n, grpc::CompletionQueue* queue)>;

// How hard.
struct Pace {
  int in_flight = 0;  // with a rate: at most so many, what is due beyond them waits; 0 is no bound
  double rate = 0;    // a second; 0 is as fast as it goes

  static Pace Closed(int in_flight) { return {.in_flight = in_flight}; }
  static Pace Open(double rate) { return {.rate = rate}; }
};

// Sorted.
struct Latencies {
  std::vector<double> milliseconds;

  void Sort();
  double Percentile(double share) const;
};

struct LoadResult {
  double seconds = 0;
  int64_t answered = 0;  // with OK; a starter that knows better may count otherwise
  int64_t refused = 0;   // by a rule, or because too much waits already
  Latencies latencies;   // of those answered
  std::vector<Latencies> of_kind;

  double rate() const { return seconds > 0 ? static_cast<double>(answered) / seconds : 0; }
};

// Runs so many calls. Ends the process with a message where one fails otherwise than so.
LoadResult RunLoad(const Starter& start, int64_t total, Pace pace);

// What repeats come to: their medians, and each repeat's rate, or for an open loop, whose rate is
// given, the 99th percentile.
Figure FigureOf(std::string name, std::string unit, const std::vector<LoadResult>& repeats);
Figure LatencyOf(std::string name, const std::vector<Latencies>& repeats);

}  // namespace brokerage::load
