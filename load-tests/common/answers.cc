#include "load-tests/common/answers.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"

namespace brokerage::load {

OpenOffers::OpenOffers(History* history, int64_t count, size_t of_a_package) {
  while (count > 0) {
    std::vector<OpenOffer> offers = history->Issue();
    std::shuffle(offers.begin(), offers.end(), random_);
    if (offers.size() > of_a_package) offers.resize(of_a_package);
    count -= static_cast<int64_t>(offers.size());
    packages_.push_back(std::move(offers));
  }
}

std::vector<OpenOffer> OpenOffers::Take(int64_t count) {
  std::vector<std::vector<OpenOffer>> packages;
  int64_t taken = 0;
  while (taken < count) {
    if (packages_.empty()) {
      std::fprintf(stderr, "too few open offers were prepared\n");
      std::exit(1);
    }
    taken += static_cast<int64_t>(packages_.back().size());
    packages.push_back(std::move(packages_.back()));
    packages_.pop_back();
  }
  std::shuffle(packages.begin(), packages.end(), random_);
  std::vector<OpenOffer> offers;
  for (size_t turn = 0; static_cast<int64_t>(offers.size()) < taken; ++turn) {
    for (std::vector<OpenOffer>& package : packages) {
      if (turn < package.size()) offers.push_back(std::move(package[turn]));
    }
  }
  return offers;
}

std::string OrganisationToken(const OpenOffer& offer) { return "token-org-" + offer.provider_id; }

std::string BranchToken(const OpenOffer& offer) { return "token-branch-" + offer.branch_id; }

Starter Accepting(v1::OfferService::Stub* stub, const std::vector<OpenOffer>& offers, TokenOf token,
                  const std::function<void(int64_t n)>& acknowledged) {
  return [=, &offers](int64_t n, grpc::CompletionQueue* queue) {
    const OpenOffer& offer = offers[static_cast<size_t>(n)];
    v1::AcceptOfferRequest request;
    request.set_request_id("accept-" + offer.offer_id);
    request.set_offer_id(offer.offer_id);
    std::function<void(const grpc::Status&, const v1::AcceptOfferResponse&)> ended;
    if (acknowledged) {
      ended = [=](const grpc::Status& status, const v1::AcceptOfferResponse&) {
        if (status.ok()) acknowledged(n);
      };
    }
    return Start(stub, &v1::OfferService::Stub::AsyncAcceptOffer, request, token(offer), queue,
                 std::move(ended));
  };
}

Batches::Batches(const std::vector<OpenOffer>& offers) {
  std::map<std::string, v1::AnswerOffersRequest> growing;
  for (const OpenOffer& offer : offers) {
    const std::string token = OrganisationToken(offer);
    v1::AnswerOffersRequest& request = growing[token];
    v1::AcceptOfferRequest& accept = *request.add_answers()->mutable_accept();
    accept.set_request_id("accept-" + offer.offer_id);
    accept.set_offer_id(offer.offer_id);
    if (request.answers_size() == static_cast<int>(kAnswers)) {
      batches_.push_back({token, std::move(request)});
      growing.erase(token);
    }
  }
}

LoadResult Batches::Run(v1::OfferService::Stub* stub, int in_flight) const {
  int64_t answered = 0, refused = 0;
  const Starter start = [&](int64_t n, grpc::CompletionQueue* queue) {
    const Batch& batch = batches_[static_cast<size_t>(n)];
    return Start<v1::OfferService::Stub, v1::AnswerOffersRequest, v1::AnswerOffersResponse>(
        stub, &v1::OfferService::Stub::AsyncAnswerOffers, batch.request, batch.token, queue,
        [&](const grpc::Status&, const v1::AnswerOffersResponse& response) {
          for (const v1::AnswerOffersResult& result : response.results()) {
            ++(result.has_offer() ? answered : refused);
            if (!result.has_rejection() ||
                result.rejection().reason() == v1::REJECTION_REASON_OFFER_STATE) {
              continue;
            }
            std::fprintf(stderr, "an answer of a batch failed: %s\n",
                         result.rejection().ShortDebugString().c_str());
            std::exit(1);
          }
        });
  };
  LoadResult result =
      RunLoad(start, static_cast<int64_t>(batches_.size()), Pace::Closed(in_flight));
  result.answered = answered;
  result.refused = refused;
  return result;
}

}  // namespace brokerage::load
