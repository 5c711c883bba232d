#include "services/rpc/package/package_service.h"

#include "brokerage/v1/package_service.grpc.pb.h"
#include "services/rpc/adapter.h"
#include "services/rpc/commands.h"
#include "services/rpc/package/batches.h"
#include "services/rpc/package/package_queries.h"
#include "services/rpc/package/transfers.h"
#include "services/rpc/package/watch.h"
#include "services/rpc/queries.h"

namespace brokerage::services::rpc {

void RegisterPackages(Adapter* adapter) {
  using Service = v1::PackageService::AsyncService;
  Registration<Service>(adapter)
      .Unary(&Service::RequestPreviewPackage, "PackageService/PreviewPackage",
             Handler<v1::PreviewPackageRequest>(SubmitQuestion<v1::PreviewPackageRequest>))
      .Unary(&Service::RequestSubmitPackage, "PackageService/SubmitPackage",
             Command<v1::SubmitPackageRequest>())
      .Unary(&Service::RequestSubmitPackages, "PackageService/SubmitPackages",
             Handler<v1::SubmitPackagesRequest>(SubmitPackages))
      .Unary(&Service::RequestGetPackage, "PackageService/GetPackage", Cheap(GetPackage))
      .Unary(&Service::RequestListPackages, "PackageService/ListPackages", Slow(ListPackages))
      .Unary(&Service::RequestReleasePackages, "PackageService/ReleasePackages",
             Command<v1::ReleasePackagesRequest>())
      .Unary(&Service::RequestCancelPackage, "PackageService/CancelPackage",
             Command<v1::CancelPackageRequest>())
      .Unary(&Service::RequestAwardPackage, "PackageService/AwardPackage",
             Command<v1::AwardPackageRequest>())
      .Unary(&Service::RequestReissuePackage, "PackageService/ReissuePackage",
             Command<v1::ReissuePackageRequest>())
      .Unary(&Service::RequestStartPackage, "PackageService/StartPackage",
             Command<v1::StartPackageRequest>())
      .Unary(&Service::RequestReturnPackage, "PackageService/ReturnPackage",
             Command<v1::ReturnPackageRequest>())
      .Unary(&Service::RequestHandBackPackage, "PackageService/HandBackPackage",
             Command<v1::HandBackPackageRequest>())
      .Unary(&Service::RequestCeasePackage, "PackageService/CeasePackage",
             Command<v1::CeasePackageRequest>())
      .Unary(&Service::RequestTransferPackages, "PackageService/TransferPackages",
             Handler<v1::TransferPackagesRequest>(TransferPackages))
      .Unary(&Service::RequestGetTransfer, "PackageService/GetTransfer", Slow(GetTransfer))
      .Unary(&Service::RequestErasePackageTexts, "PackageService/ErasePackageTexts",
             Command<v1::ErasePackageTextsRequest>())
      .Streaming(&Service::RequestWatchPackages, "PackageService/WatchPackages",
                 StreamHandler<v1::WatchPackagesRequest>(WatchPackages));
}

}  // namespace brokerage::services::rpc
