// Many who watch their own offers at once, as branches' software does.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "brokerage/v1/offer_service.grpc.pb.h"

namespace brokerage::load {

class Watching {
 public:
  // Told of every change of an offer that comes on any stream, from one thread.
  using Seen = std::function<void(const v1::Offer&)>;

  // One stream of WatchOffers for each token, from now on; a second is given to their opening.
  Watching(const std::string& address, const std::vector<std::string>& tokens, Seen seen);
  // Ends the process with a message where a stream ended before.
  ~Watching();
  Watching(const Watching&) = delete;
  Watching& operator=(const Watching&) = delete;

 private:
  struct Stream {
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientAsyncReader<v1::WatchOffersResponse>> reader;
    v1::WatchOffersResponse response;
    grpc::Status status;
    enum { kOpens, kReads, kEnds } step = kOpens;
  };
  void Run();

  const Seen seen_;
  grpc::CompletionQueue queue_;
  std::vector<std::unique_ptr<v1::OfferService::Stub>> stubs_;  // a connection each
  std::vector<std::unique_ptr<Stream>> streams_;
  std::thread thread_;
};

}  // namespace brokerage::load
