#include "services/rpc/package/offer_service.h"

#include "brokerage/v1/offer_service.pb.h"
#include "services/rpc/adapter.h"
#include "services/rpc/commands.h"
#include "services/rpc/package/batches.h"
#include "services/rpc/package/offer_queries.h"
#include "services/rpc/package/watch.h"
#include "services/rpc/queries.h"

namespace brokerage::services::rpc {

void RegisterOffers(Adapter* adapter) {
  adapter->Unary("OfferService/ListOffers", Slow(ListOffers));
  adapter->Unary("OfferService/GetOffer", Cheap(GetOffer));
  adapter->Streaming("OfferService/WatchOffers", StreamHandlerOf(WatchOffers));
  adapter->Unary("OfferService/AcceptOffer", Command<v1::AcceptOfferRequest>());
  adapter->Unary("OfferService/DeclineOffer", Command<v1::DeclineOfferRequest>());
  adapter->Unary("OfferService/AnswerOffers", HandlerOf(AnswerOffers));
  adapter->Unary("OfferService/ClaimIssuedInError", Command<v1::ClaimIssuedInErrorRequest>());
  adapter->Unary("OfferService/DecideIssuedInError", Command<v1::DecideIssuedInErrorRequest>());
  adapter->Unary("OfferService/MoveOffer", Command<v1::MoveOfferRequest>());
  adapter->Unary("OfferService/RefusePlacing", Command<v1::RefusePlacingRequest>());
  adapter->Unary("OfferService/AskQuestion", Command<v1::AskQuestionRequest>());
}

}  // namespace brokerage::services::rpc
