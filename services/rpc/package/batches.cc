#include "services/rpc/package/batches.h"

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "engine/base/rejection.h"
#include "services/rpc/access.h"
#include "services/rpc/commands.h"
#include "services/rpc/message_check.h"
#include "services/rpc/scope.h"

namespace brokerage::services::rpc {

namespace {

// The outcomes on their way. Each request writes its own result; the last one answers.
template <typename Response>
struct Gathering {
  Gathering(int requests, Done done) : left(requests), done(std::move(done)) {
    for (int i = 0; i < requests; ++i) response->add_results();
  }
  void Arrived() {
    if (left.fetch_sub(1, std::memory_order_acq_rel) == 1)
      done(std::shared_ptr<const google::protobuf::Message>(response));
  }
  std::shared_ptr<Response> response = std::make_shared<Response>();
  std::atomic<int> left;
  const Done done;
};

// A refusal of one request. What is no refusal of the closed list (the server is stopping, the disk
// failed) is told as OVERLOADED: the request may be sent again.
template <typename Result>
void SetRejection(const absl::Status& status, Result* result) {
  *result->mutable_rejection() = engine::RejectionOf(status);
  if (result->rejection().reason() != v1::REJECTION_REASON_UNSPECIFIED) return;
  result->mutable_rejection()->set_reason(v1::REJECTION_REASON_OVERLOADED);
  result->mutable_rejection()->set_expected(std::string(status.message()));
}

// Submits one request; `take` moves what it answers into the result.
template <typename Response, typename Request, typename Take>
void SubmitOne(const Backend& backend, const CallContext& context, absl::string_view method,
               Request& request, const std::shared_ptr<Gathering<Response>>& gathering, int place,
               Take take) {
  auto arrive = [gathering, place, take](const Sequencer::Reply& reply) {
    auto* result = gathering->response->mutable_results(place);
    if (reply.ok()) {
      take(**reply, result);
    } else {
      SetRejection(reply.status(), result);
    }
    gathering->Arrived();
  };
  absl::Status status = CheckMessage(request);
  if (status.ok()) status = CheckScope(AccessOf(method), context, request);
  if (!status.ok()) return arrive(status);
  SubmitCommand(backend, context, request, std::move(arrive));
}

absl::Status Empty(absl::string_view field) {
  return engine::Reject(v1::REJECTION_REASON_FIELD_REQUIRED, field, "", "at least one");
}

}  // namespace

void SubmitPackages(const Backend& backend, const CallContext& context,
                    v1::SubmitPackagesRequest& request, Done done) {
  if (request.requests().empty()) return done(Empty("requests"));
  auto gathering = std::make_shared<Gathering<v1::SubmitPackagesResponse>>(request.requests_size(),
                                                                           std::move(done));
  auto requests = std::move(*request.mutable_requests());
  for (int i = 0; i < requests.size(); ++i) {
    SubmitOne(backend, context, "PackageService/SubmitPackage", requests[i], gathering, i,
              [](const google::protobuf::Message& reply, v1::SubmitPackagesResult* result) {
                *result->mutable_package() =
                    static_cast<const v1::SubmitPackageResponse&>(reply).package();
              });
  }
}

void AnswerOffers(const Backend& backend, const CallContext& context,
                  v1::AnswerOffersRequest& request, Done done) {
  if (request.answers().empty()) return done(Empty("answers"));
  auto gathering = std::make_shared<Gathering<v1::AnswerOffersResponse>>(request.answers_size(),
                                                                         std::move(done));
  auto answers = std::move(*request.mutable_answers());
  for (int i = 0; i < answers.size(); ++i) {
    if (answers[i].has_accept()) {
      SubmitOne(
          backend, context, "OfferService/AcceptOffer", *answers[i].mutable_accept(), gathering, i,
          [](const google::protobuf::Message& reply, v1::AnswerOffersResult* result) {
            *result->mutable_offer() = static_cast<const v1::AcceptOfferResponse&>(reply).offer();
          });
    } else if (answers[i].has_decline()) {
      SubmitOne(
          backend, context, "OfferService/DeclineOffer", *answers[i].mutable_decline(), gathering,
          i, [](const google::protobuf::Message& reply, v1::AnswerOffersResult* result) {
            *result->mutable_offer() = static_cast<const v1::DeclineOfferResponse&>(reply).offer();
          });
    } else {
      SetRejection(
          engine::Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "answer", "", "accept or decline"),
          gathering->response->mutable_results(i));
      gathering->Arrived();
    }
  }
}

}  // namespace brokerage::services::rpc
