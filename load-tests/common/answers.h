// Answers to open offers, as a load: one a call, or a hundred.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "brokerage/v1/offer_service.grpc.pb.h"
#include "load-tests/common/history.h"
#include "load-tests/common/load.h"

namespace brokerage::load {

// Offers that wait to be answered, handed out in portions of whole packages.
class OpenOffers {
 public:
  // So many offers at least, issued by the history; of each package at most `of_a_package`, drawn
  // at random, the others to stay unanswered.
  OpenOffers(History* history, int64_t count, size_t of_a_package);

  // At least so many, of packages that no other portion has: one of each package, in an order drawn
  // at random, then another of each that has one, and so on. So the first answers of all packages
  // come before any second one, which an award may have made too late.
  std::vector<OpenOffer> Take(int64_t count);

 private:
  std::vector<std::vector<OpenOffer>> packages_;
  std::mt19937_64 random_{20180702};
};

// As whom an offer is answered.
std::string OrganisationToken(const OpenOffer& offer);
std::string BranchToken(const OpenOffer& offer);

// Accepts each in turn, as whom `token` says; tells of the n-th when it is acknowledged. The stub
// and the offers outlive it.
using TokenOf = std::string (*)(const OpenOffer&);
Starter Accepting(v1::OfferService::Stub* stub, const std::vector<OpenOffer>& offers,
                  TokenOf token = OrganisationToken,
                  const std::function<void(int64_t n)>& acknowledged = nullptr);

// AnswerOffers with a hundred acceptances each, of one organisation; and what became of them.
class Batches {
 public:
  static constexpr size_t kAnswers = 100;
  // What makes no whole hundred is left out.
  explicit Batches(const std::vector<OpenOffer>& offers);

  // Counts answers, not calls.
  LoadResult Run(v1::OfferService::Stub* stub, int in_flight) const;

 private:
  struct Batch {
    std::string token;
    v1::AnswerOffersRequest request;
  };
  std::vector<Batch> batches_;
};

}  // namespace brokerage::load
