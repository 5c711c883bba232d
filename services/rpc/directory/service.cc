#include "services/rpc/directory/service.h"

#include "brokerage/v1/directory_service.pb.h"
#include "services/rpc/adapter.h"
#include "services/rpc/commands.h"
#include "services/rpc/directory/framework_files.h"
#include "services/rpc/directory/queries.h"
#include "services/rpc/directory/what_if.h"
#include "services/rpc/postcodes.h"
#include "services/rpc/queries.h"

namespace brokerage::services::rpc {

void RegisterDirectory(Adapter* adapter) {
  adapter->Unary("DirectoryService/ApplyFramework",
                 At(&Backend::file_checks, "checks of framework files",
                    WhileAwaited(HandlerOf(ApplyFramework))));
  adapter->Streaming("DirectoryService/PreviewFramework",
                     At(&Backend::previews, "previews of framework files",
                        OnFileWorkers(StreamHandlerOf(PreviewFramework))));
  adapter->Unary("DirectoryService/GetFramework", Cheap(GetFramework));
  adapter->Unary("DirectoryService/ListFrameworks", Cheap(ListFrameworks));
  adapter->Unary("DirectoryService/GetLot", Cheap(GetLot));
  adapter->Unary("DirectoryService/ListLots", Cheap(ListLots));
  adapter->Unary("DirectoryService/GetWard", Cheap(GetWard));
  adapter->Unary("DirectoryService/ListWards", Cheap(ListWards));
  adapter->Unary("DirectoryService/GetProvider", Cheap(GetProvider));
  adapter->Unary("DirectoryService/ListProviders", Cheap(ListProviders));
  adapter->Unary("DirectoryService/GetBranch", Cheap(GetBranch));
  adapter->Unary("DirectoryService/ListBranches", Cheap(ListBranches));
  adapter->Unary("DirectoryService/GetContract", Cheap(GetContract));
  adapter->Unary("DirectoryService/ListContracts", Cheap(ListContracts));
  adapter->Unary("DirectoryService/ChangeCoverage", Command<v1::ChangeCoverageRequest>());
  adapter->Unary("DirectoryService/ListCoverage", Slow(ListCoverage));
  adapter->Unary("DirectoryService/ProposeCoverage", Command<v1::ProposeCoverageRequest>());
  adapter->Unary("DirectoryService/DecideCoverage", Command<v1::DecideCoverageRequest>());
  adapter->Unary("DirectoryService/WithdrawCoverageProposal",
                 Command<v1::WithdrawCoverageProposalRequest>());
  adapter->Unary("DirectoryService/ListCoverageProposals", Cheap(ListCoverageProposals));
  adapter->Unary("DirectoryService/OpenOptOutWindow", Command<v1::OpenOptOutWindowRequest>());
  adapter->Unary("DirectoryService/CloseOptOutWindow", Command<v1::CloseOptOutWindowRequest>());
  adapter->Unary("DirectoryService/DecideOptOutWindow", Command<v1::DecideOptOutWindowRequest>());
  adapter->Unary("DirectoryService/DeclareCapacity", Command<v1::DeclareCapacityRequest>());
  adapter->Unary("DirectoryService/ListSuspensions", Cheap(ListSuspensions));
  adapter->Unary("DirectoryService/SuspendContract", Command<v1::SuspendContractRequest>());
  adapter->Unary("DirectoryService/ResumeContract", Command<v1::ResumeContractRequest>());
  adapter->Unary("DirectoryService/EndContract", Command<v1::EndContractRequest>());
  adapter->Unary("DirectoryService/NovateContract", Command<v1::NovateContractRequest>());
  adapter->Unary("DirectoryService/SuspendProvider", Command<v1::SuspendProviderRequest>());
  adapter->Unary("DirectoryService/ResumeProvider", Command<v1::ResumeProviderRequest>());
  adapter->Unary("DirectoryService/ImportPostcodes", Slow(ImportPostcodes));
  adapter->Unary("DirectoryService/GetPostcode", Cheap(GetPostcode));
}

}  // namespace brokerage::services::rpc
