#include "services/rpc/package/package_service.h"

#include "brokerage/v1/package_service.pb.h"
#include "services/rpc/adapter.h"
#include "services/rpc/commands.h"
#include "services/rpc/package/batches.h"
#include "services/rpc/package/package_queries.h"
#include "services/rpc/package/person_queries.h"
#include "services/rpc/package/transfers.h"
#include "services/rpc/package/watch.h"
#include "services/rpc/queries.h"

namespace brokerage::services::rpc {

void RegisterPackages(Adapter* adapter) {
  adapter->Unary("PackageService/PreviewPackage",
                 HandlerOf(SubmitQuestion<v1::PreviewPackageRequest>));
  adapter->Unary("PackageService/SubmitPackage", Command<v1::SubmitPackageRequest>());
  adapter->Unary("PackageService/SubmitPackages", HandlerOf(SubmitPackages));
  adapter->Unary("PackageService/CorrectPackage", Command<v1::CorrectPackageRequest>());
  adapter->Unary("PackageService/GetPackage", Cheap(GetPackage));
  adapter->Unary("PackageService/ListPackages", Slow(ListPackages));
  adapter->Unary("PackageService/ReleasePackages", Command<v1::ReleasePackagesRequest>());
  adapter->Unary("PackageService/CancelPackage", Command<v1::CancelPackageRequest>());
  adapter->Unary("PackageService/AwardPackage", Command<v1::AwardPackageRequest>());
  adapter->Unary("PackageService/ReissuePackage", Command<v1::ReissuePackageRequest>());
  adapter->Unary("PackageService/StartPackage", Command<v1::StartPackageRequest>());
  adapter->Unary("PackageService/ReturnPackage", Command<v1::ReturnPackageRequest>());
  adapter->Unary("PackageService/HandBackPackage", Command<v1::HandBackPackageRequest>());
  adapter->Unary("PackageService/CeasePackage", Command<v1::CeasePackageRequest>());
  adapter->Unary("PackageService/TransferPackages", HandlerOf(TransferPackages));
  adapter->Unary("PackageService/GetTransfer", Slow(GetTransfer));
  adapter->Unary("PackageService/GiveNotice", Command<v1::GiveNoticeRequest>());
  adapter->Unary("PackageService/MoveNotice", Command<v1::MoveNoticeRequest>());
  adapter->Unary("PackageService/WithdrawNotice", Command<v1::WithdrawNoticeRequest>());
  adapter->Unary("PackageService/PlacePackages", Command<v1::PlacePackagesRequest>());
  adapter->Unary("PackageService/ContinuePackage", Command<v1::ContinuePackageRequest>());
  adapter->Unary("PackageService/PausePackage", Command<v1::PausePackageRequest>());
  adapter->Unary("PackageService/ResumePackage", Command<v1::ResumePackageRequest>());
  adapter->Unary("PackageService/ChangeTerms", Command<v1::ChangeTermsRequest>());
  adapter->Unary("PackageService/WithdrawAskedOffer", Command<v1::WithdrawAskedOfferRequest>());
  adapter->Unary("PackageService/UndoPackage", Command<v1::UndoPackageRequest>());
  adapter->Unary("PackageService/LinkPackages", Command<v1::LinkPackagesRequest>());
  adapter->Unary("PackageService/AnswerQuestion", Command<v1::AnswerQuestionRequest>());
  adapter->Unary("PackageService/ErasePackageTexts", Command<v1::ErasePackageTextsRequest>());
  adapter->Unary("PackageService/DescribePerson", Slow(DescribePerson));
  adapter->Unary("PackageService/ErasePerson", Command<v1::ErasePersonRequest>());
  adapter->Streaming("PackageService/WatchPackages", StreamHandlerOf(WatchPackages));
}

}  // namespace brokerage::services::rpc
