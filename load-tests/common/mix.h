// The life of a brokerage as a load: packages are submitted, offered, answered, awarded, started
// and ended, while their providers watch and the council asks for figures.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "brokerage/v1/offer_service.grpc.pb.h"
#include "brokerage/v1/package_service.grpc.pb.h"
#include "brokerage/v1/performance_service.grpc.pb.h"
#include "load-tests/common/history.h"
#include "load-tests/common/load.h"

namespace brokerage::load {

inline const std::string kNavigatorToken = "token-navigator";

// Of the history's next package. Urgent, so that the server puts it out at once.
v1::SubmitPackageRequest UrgentReferral(History* history);

// So many open offers at least, of new packages; and an account for every provider, its token.
std::vector<OpenOffer> StockOf(History* history, int64_t offers);
std::vector<std::string> OrganisationTokens(History* history);

// Its operations in turn, and what they have to work on.
class Mix {
 public:
  enum Operation { kSubmit, kAnswer, kAward, kStart, kEnd, kFigures };
  static constexpr const char* kNames[] = {"submit", "answer", "award", "start", "end", "figures"};

  // `stock`: offers that are open when it begins; `organisations`: the tokens of those who may
  // answer them. The history outlives it.
  Mix(const std::shared_ptr<grpc::Channel>& channel, History* history, std::vector<OpenOffer> stock,
      std::vector<std::string> organisations);

  // An offer that came on a stream. From the streams' thread.
  void See(const v1::Offer& offer);
  int64_t seen() const;

  // Of seventeen: two packages, as many answers as these get offers on average, two awards, starts
  // and ends, a question; where there is nothing to answer or to go on with, a question instead.
  std::unique_ptr<Call> StartOne(grpc::CompletionQueue* queue);

 private:
  struct Accepted {
    std::string package_id;
    std::string offer_id;
  };

  size_t Waiting() const;  // offers that nobody has answered

  std::unique_ptr<Call> Submit(grpc::CompletionQueue* queue);
  std::unique_ptr<Call> Answer(grpc::CompletionQueue* queue);
  std::unique_ptr<Call> Award(grpc::CompletionQueue* queue);
  std::unique_ptr<Call> Begin(grpc::CompletionQueue* queue);
  std::unique_ptr<Call> End(grpc::CompletionQueue* queue);
  std::unique_ptr<Call> Ask(grpc::CompletionQueue* queue);

  const std::unique_ptr<v1::PackageService::Stub> packages_;
  const std::unique_ptr<v1::OfferService::Stub> offers_;
  const std::unique_ptr<v1::PerformanceService::Stub> performance_;
  History* const history_;
  const std::vector<std::string> organisations_;
  v1::QueryPerformanceRequest figures_;
  int64_t turn_ = 0, answers_ = 0, questions_ = 0;
  const size_t stock_;                            // offers that wait to be answered
  std::set<std::string> accepted_, to_award_of_;  // packages: asked to be accepted, and accepted
  std::deque<Accepted> to_award_;
  std::deque<std::string> to_start_, to_end_;  // packages
  mutable std::mutex mutex_;                   // of all below
  std::deque<OpenOffer> open_;
  int64_t seen_ = 0;
};

}  // namespace brokerage::load
