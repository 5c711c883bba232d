#include "services/rpc/directory/service.h"

#include "brokerage/v1/directory_service.grpc.pb.h"
#include "services/rpc/adapter.h"
#include "services/rpc/commands.h"
#include "services/rpc/directory/queries.h"
#include "services/rpc/directory/what_if.h"
#include "services/rpc/postcodes.h"
#include "services/rpc/queries.h"

namespace brokerage::services::rpc {

namespace {

// A dry run is a question: it changes nothing, and may be asked again with other files.
void ApplyFramework(const Backend& backend, const CallContext& context,
                    v1::ApplyFrameworkRequest& request, Done done) {
  if (request.validate_only()) return SubmitQuestion(backend, context, request, std::move(done));
  SubmitCommand(backend, context, request, std::move(done));
}

}  // namespace

void RegisterDirectory(Adapter* adapter) {
  using Service = v1::DirectoryService::AsyncService;
  Registration<Service>(adapter)
      .Unary(&Service::RequestApplyFramework, "DirectoryService/ApplyFramework",
             Handler<v1::ApplyFrameworkRequest>(ApplyFramework))
      .Streaming(&Service::RequestPreviewFramework, "DirectoryService/PreviewFramework",
                 StreamHandler<v1::PreviewFrameworkRequest>(PreviewFramework))
      .Unary(&Service::RequestGetFramework, "DirectoryService/GetFramework", Cheap(GetFramework))
      .Unary(&Service::RequestListFrameworks, "DirectoryService/ListFrameworks",
             Cheap(ListFrameworks))
      .Unary(&Service::RequestGetLot, "DirectoryService/GetLot", Cheap(GetLot))
      .Unary(&Service::RequestListLots, "DirectoryService/ListLots", Cheap(ListLots))
      .Unary(&Service::RequestGetWard, "DirectoryService/GetWard", Cheap(GetWard))
      .Unary(&Service::RequestListWards, "DirectoryService/ListWards", Cheap(ListWards))
      .Unary(&Service::RequestGetProvider, "DirectoryService/GetProvider", Cheap(GetProvider))
      .Unary(&Service::RequestListProviders, "DirectoryService/ListProviders", Cheap(ListProviders))
      .Unary(&Service::RequestGetBranch, "DirectoryService/GetBranch", Cheap(GetBranch))
      .Unary(&Service::RequestListBranches, "DirectoryService/ListBranches", Cheap(ListBranches))
      .Unary(&Service::RequestGetContract, "DirectoryService/GetContract", Cheap(GetContract))
      .Unary(&Service::RequestListContracts, "DirectoryService/ListContracts", Cheap(ListContracts))
      .Unary(&Service::RequestChangeCoverage, "DirectoryService/ChangeCoverage",
             Command<v1::ChangeCoverageRequest>())
      .Unary(&Service::RequestListCoverage, "DirectoryService/ListCoverage", Slow(ListCoverage))
      .Unary(&Service::RequestProposeCoverage, "DirectoryService/ProposeCoverage",
             Command<v1::ProposeCoverageRequest>())
      .Unary(&Service::RequestDecideCoverage, "DirectoryService/DecideCoverage",
             Command<v1::DecideCoverageRequest>())
      .Unary(&Service::RequestWithdrawCoverageProposal, "DirectoryService/WithdrawCoverageProposal",
             Command<v1::WithdrawCoverageProposalRequest>())
      .Unary(&Service::RequestListCoverageProposals, "DirectoryService/ListCoverageProposals",
             Cheap(ListCoverageProposals))
      .Unary(&Service::RequestOpenOptOutWindow, "DirectoryService/OpenOptOutWindow",
             Command<v1::OpenOptOutWindowRequest>())
      .Unary(&Service::RequestCloseOptOutWindow, "DirectoryService/CloseOptOutWindow",
             Command<v1::CloseOptOutWindowRequest>())
      .Unary(&Service::RequestDecideOptOutWindow, "DirectoryService/DecideOptOutWindow",
             Command<v1::DecideOptOutWindowRequest>())
      .Unary(&Service::RequestDeclareCapacity, "DirectoryService/DeclareCapacity",
             Command<v1::DeclareCapacityRequest>())
      .Unary(&Service::RequestListSuspensions, "DirectoryService/ListSuspensions",
             Cheap(ListSuspensions))
      .Unary(&Service::RequestSuspendContract, "DirectoryService/SuspendContract",
             Command<v1::SuspendContractRequest>())
      .Unary(&Service::RequestResumeContract, "DirectoryService/ResumeContract",
             Command<v1::ResumeContractRequest>())
      .Unary(&Service::RequestEndContract, "DirectoryService/EndContract",
             Command<v1::EndContractRequest>())
      .Unary(&Service::RequestNovateContract, "DirectoryService/NovateContract",
             Command<v1::NovateContractRequest>())
      .Unary(&Service::RequestSuspendProvider, "DirectoryService/SuspendProvider",
             Command<v1::SuspendProviderRequest>())
      .Unary(&Service::RequestResumeProvider, "DirectoryService/ResumeProvider",
             Command<v1::ResumeProviderRequest>())
      .Unary(&Service::RequestImportPostcodes, "DirectoryService/ImportPostcodes",
             Slow(ImportPostcodes))
      .Unary(&Service::RequestGetPostcode, "DirectoryService/GetPostcode", Cheap(GetPostcode));
}

}  // namespace brokerage::services::rpc
