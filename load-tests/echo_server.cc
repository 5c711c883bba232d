// The baseline: a bare gRPC server with the messages and the server API (typed methods on
// completion queues, two threads) of brokerd that answers AcceptOffer and AnswerOffers at once with
// an offer of the usual size. Usage: echo_server LISTEN_ADDRESS; it ends on SIGTERM.
#include <csignal>
#include <cstdio>
#include <thread>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "brokerage/v1/offer_service.grpc.pb.h"

namespace {

using brokerage::v1::OfferService;
using Service = OfferService::WithAsyncMethod_AcceptOffer<
    OfferService::WithAsyncMethod_AnswerOffers<OfferService::Service>>;

class Event {
 public:
  virtual ~Event() = default;
  virtual void Proceed(bool ok) = 0;
};

template <typename Request, typename Response>
class EchoCall : public Event {
 public:
  // Asks the service for the next call of the method.
  using Ask = void (*)(Service*, grpc::ServerContext*, Request*,
                       grpc::ServerAsyncResponseWriter<Response>*, grpc::ServerCompletionQueue*,
                       void* tag);
  using Answer = void (*)(const Request&, Response*);

  EchoCall(Service* service, grpc::ServerCompletionQueue* queue, Ask ask, Answer answer)
      : service_(service), queue_(queue), ask_(ask), answer_(answer), writer_(&context_) {
    ask_(service_, &context_, &request_, &writer_, queue_, this);
  }

  void Proceed(bool ok) override {
    if (!ok || finished_) {
      delete this;
      return;
    }
    new EchoCall(service_, queue_, ask_, answer_);
    Response response;
    answer_(request_, &response);
    finished_ = true;
    writer_.Finish(response, grpc::Status::OK, this);
  }

 private:
  Service* service_;
  grpc::ServerCompletionQueue* queue_;
  Ask ask_;
  Answer answer_;
  grpc::ServerContext context_;
  Request request_;
  grpc::ServerAsyncResponseWriter<Response> writer_;
  bool finished_ = false;
};

using AcceptCall = EchoCall<brokerage::v1::AcceptOfferRequest, brokerage::v1::AcceptOfferResponse>;
using BatchCall = EchoCall<brokerage::v1::AnswerOffersRequest, brokerage::v1::AnswerOffersResponse>;

void FillOffer(const std::string& id, brokerage::v1::Offer* offer) {
  offer->set_id(id);
  offer->set_package_id("P-2018-000123");
  offer->set_round_number(1);
  offer->set_state(brokerage::v1::OFFER_STATE_ACCEPTED);
  offer->set_provider_id("human-support-group");
  offer->set_branch_id("human-support-carlton");
  offer->set_contract_id("gedling/lead/human-support-group");
  offer->set_tier_id("lead");
  offer->set_lot_id("gedling");
  offer->set_framework_id("nottinghamshire");
  offer->set_authority_id("ncc");
  offer->mutable_issue_time()->set_seconds(1530612000);
  offer->mutable_deadline_time()->set_seconds(1530698400);
  brokerage::v1::AnswerRecord* answer = offer->add_answers();
  answer->set_answer(brokerage::v1::ANSWER_ACCEPT);
  answer->mutable_answer_time()->set_seconds(1530612345);
  offer->mutable_terms()->set_service_type(brokerage::v1::SERVICE_TYPE_HOME_CARE);
  offer->mutable_terms()->set_weekly_minutes(420);
  offer->mutable_terms()->set_visit_pattern("30 min x 2 daily");
  offer->mutable_terms()->set_start_by_date("2018-07-10");
  offer->set_ward_code("E05009697");
}

void AnswerAccept(const brokerage::v1::AcceptOfferRequest& request,
                  brokerage::v1::AcceptOfferResponse* response) {
  FillOffer(request.offer_id(), response->mutable_offer());
}

void AnswerBatch(const brokerage::v1::AnswerOffersRequest& request,
                 brokerage::v1::AnswerOffersResponse* response) {
  for (const brokerage::v1::OfferAnswer& answer : request.answers()) {
    FillOffer(answer.accept().offer_id(), response->add_results()->mutable_offer());
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: echo_server LISTEN_ADDRESS\n");
    return 2;
  }
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  Service service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(argv[1], grpc::InsecureServerCredentials());
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.RegisterService(&service);
  std::vector<std::unique_ptr<grpc::ServerCompletionQueue>> queues;
  for (int i = 0; i < 2; ++i) queues.push_back(builder.AddCompletionQueue());
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  std::vector<std::thread> threads;
  for (auto& queue : queues) {
    for (int i = 0; i < 64; ++i) {
      new AcceptCall(
          &service, queue.get(),
          [](Service* s, grpc::ServerContext* context, auto* request, auto* writer,
             grpc::ServerCompletionQueue* q,
             void* tag) { s->RequestAcceptOffer(context, request, writer, q, q, tag); },
          &AnswerAccept);
      new BatchCall(
          &service, queue.get(),
          [](Service* s, grpc::ServerContext* context, auto* request, auto* writer,
             grpc::ServerCompletionQueue* q,
             void* tag) { s->RequestAnswerOffers(context, request, writer, q, q, tag); },
          &AnswerBatch);
    }
    threads.emplace_back([&queue] {
      void* tag = nullptr;
      bool ok = false;
      while (queue->Next(&tag, &ok)) static_cast<Event*>(tag)->Proceed(ok);
    });
  }
  int signal = 0;
  sigwait(&signals, &signal);
  server->Shutdown();
  for (auto& queue : queues) queue->Shutdown();
  for (std::thread& thread : threads) thread.join();
  return 0;
}
