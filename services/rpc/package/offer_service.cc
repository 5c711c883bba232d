#include "services/rpc/package/offer_service.h"

#include "brokerage/v1/offer_service.grpc.pb.h"
#include "services/rpc/adapter.h"
#include "services/rpc/commands.h"
#include "services/rpc/package/batches.h"
#include "services/rpc/package/offer_queries.h"
#include "services/rpc/package/watch.h"
#include "services/rpc/queries.h"

namespace brokerage::services::rpc {

void RegisterOffers(Adapter* adapter) {
  using Service = v1::OfferService::AsyncService;
  Registration<Service>(adapter)
      .Unary(&Service::RequestListOffers, "OfferService/ListOffers", Slow(ListOffers))
      .Unary(&Service::RequestGetOffer, "OfferService/GetOffer", Cheap(GetOffer))
      .Streaming(&Service::RequestWatchOffers, "OfferService/WatchOffers",
                 StreamHandler<v1::WatchOffersRequest>(WatchOffers))
      .Unary(&Service::RequestAcceptOffer, "OfferService/AcceptOffer",
             Command<v1::AcceptOfferRequest>())
      .Unary(&Service::RequestDeclineOffer, "OfferService/DeclineOffer",
             Command<v1::DeclineOfferRequest>())
      .Unary(&Service::RequestAnswerOffers, "OfferService/AnswerOffers",
             Handler<v1::AnswerOffersRequest>(AnswerOffers))
      .Unary(&Service::RequestClaimIssuedInError, "OfferService/ClaimIssuedInError",
             Command<v1::ClaimIssuedInErrorRequest>())
      .Unary(&Service::RequestDecideIssuedInError, "OfferService/DecideIssuedInError",
             Command<v1::DecideIssuedInErrorRequest>())
      .Unary(&Service::RequestMoveOffer, "OfferService/MoveOffer", Command<v1::MoveOfferRequest>());
}

}  // namespace brokerage::services::rpc
