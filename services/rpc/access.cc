#include "services/rpc/access.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "brokerage/v1/account_service.pb.h"
#include "brokerage/v1/admin_service.pb.h"
#include "brokerage/v1/directory_service.pb.h"
#include "brokerage/v1/history_service.pb.h"
#include "brokerage/v1/offer_service.pb.h"
#include "brokerage/v1/package_service.pb.h"
#include "brokerage/v1/performance_service.pb.h"
#include "engine/base/bounds.h"
#include "engine/base/rejection.h"

namespace brokerage::services::rpc {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::ServiceDescriptor;

constexpr RoleSet kNavigator = Bit(v1::ROLE_CARE_NAVIGATOR);
constexpr RoleSet kOrganisation = Bit(v1::ROLE_PROVIDER_ORGANISATION);
constexpr RoleSet kBranch = Bit(v1::ROLE_PROVIDER_BRANCH);
constexpr RoleSet kCommissioner = Bit(v1::ROLE_COMMISSIONER);
constexpr RoleSet kAdministrator = Bit(v1::ROLE_ADMINISTRATOR);
constexpr RoleSet kProviders = kOrganisation | kBranch;
constexpr RoleSet kChangers = kCommissioner | kAdministrator;
constexpr RoleSet kFigures = kNavigator | kProviders | kCommissioner;
constexpr RoleSet kAll = kNavigator | kProviders | kCommissioner | kAdministrator;

constexpr Access kTable[] = {
    {"AccountService/CreateAccount", kAdministrator, Scope::kNothing, "", Audit::kChange},
    {"AccountService/ListAccounts", kAdministrator, Scope::kNothing, "", Audit::kNone},
    {"AccountService/DisableAccount", kAdministrator, Scope::kNothing, "", Audit::kChange},
    {"AccountService/ReplaceToken", kAll, Scope::kAccount, "account_id", Audit::kChange},
    {"AccountService/GetOwnAccount", kAll, Scope::kOwn, "", Audit::kNone},

    {"AdminService/GetStatus", kAdministrator, Scope::kNothing, "", Audit::kNone},
    {"AdminService/AdvanceClock", kAdministrator, Scope::kNothing, "", Audit::kChange},
    {"AdminService/ConfirmClock", kAdministrator, Scope::kNothing, "", Audit::kChange},
    {"AdminService/ExtendDeadlines", kAdministrator, Scope::kNothing, "", Audit::kChange},
    {"AdminService/CreateBackup", kAdministrator, Scope::kNothing, "", Audit::kChange},
    {"AdminService/VerifyJournal", kAdministrator, Scope::kNothing, "", Audit::kNone},

    {"DirectoryService/ApplyFramework", kChangers, Scope::kFramework, "files", Audit::kChange},
    {"DirectoryService/PreviewFramework", kChangers, Scope::kFramework, "files", Audit::kNone},
    {"DirectoryService/GetFramework", kAll, Scope::kNothing, "", Audit::kNone},
    {"DirectoryService/ListFrameworks", kAll, Scope::kNothing, "", Audit::kNone},
    {"DirectoryService/GetLot", kAll, Scope::kNothing, "", Audit::kNone},
    {"DirectoryService/ListLots", kAll, Scope::kNothing, "", Audit::kNone},
    {"DirectoryService/GetWard", kAll, Scope::kNothing, "", Audit::kNone},
    {"DirectoryService/ListWards", kAll, Scope::kNothing, "", Audit::kNone},
    {"DirectoryService/GetProvider", kAll, Scope::kLoaded, "", Audit::kNone},
    {"DirectoryService/ListProviders", kAll, Scope::kOwn, "", Audit::kNone},
    {"DirectoryService/GetBranch", kAll, Scope::kLoaded, "", Audit::kNone},
    {"DirectoryService/ListBranches", kAll, Scope::kOwn, "", Audit::kNone},
    {"DirectoryService/GetContract", kAll, Scope::kLoaded, "", Audit::kNone},
    {"DirectoryService/ListContracts", kAll, Scope::kOwn, "", Audit::kNone},
    {"DirectoryService/ChangeCoverage", kChangers, Scope::kBranch, "coverage.branch_id",
     Audit::kChange},
    {"DirectoryService/ListCoverage", kAll, Scope::kLoaded, "", Audit::kNone},
    {"DirectoryService/ProposeCoverage", kProviders, Scope::kBranch, "coverage.branch_id",
     Audit::kChange},
    {"DirectoryService/DecideCoverage", kNavigator | kChangers, Scope::kLoaded, "", Audit::kChange},
    {"DirectoryService/WithdrawCoverageProposal", kProviders, Scope::kLoaded, "", Audit::kChange},
    {"DirectoryService/ListCoverageProposals", kAll, Scope::kBranch, "branch_id", Audit::kNone},
    {"DirectoryService/OpenOptOutWindow", kProviders | kChangers, Scope::kBranch,
     "window.branch_id", Audit::kChange},
    {"DirectoryService/CloseOptOutWindow", kProviders | kChangers, Scope::kWindow, "window_id",
     Audit::kChange},
    {"DirectoryService/DecideOptOutWindow", kChangers, Scope::kWindow, "window_id", Audit::kChange},
    {"DirectoryService/DeclareCapacity", kProviders, Scope::kBranch, "capacity.branch_id",
     Audit::kChange},
    {"DirectoryService/ListSuspensions", kAll, Scope::kOwn, "", Audit::kNone},
    {"DirectoryService/SuspendContract", kChangers, Scope::kContract, "contract_id",
     Audit::kChange},
    {"DirectoryService/ResumeContract", kChangers, Scope::kContract, "contract_id", Audit::kChange},
    {"DirectoryService/EndContract", kChangers, Scope::kContract, "contract_id", Audit::kChange},
    {"DirectoryService/NovateContract", kChangers, Scope::kContract, "novation.contract_id",
     Audit::kChange},
    {"DirectoryService/SuspendProvider", kChangers, Scope::kProvider, "provider_id",
     Audit::kChange},
    {"DirectoryService/ResumeProvider", kChangers, Scope::kSuspension, "suspension_id",
     Audit::kChange},
    {"DirectoryService/ImportPostcodes", kAdministrator, Scope::kNothing, "", Audit::kNone},
    {"DirectoryService/GetPostcode", kNavigator | kChangers, Scope::kNothing, "", Audit::kNone},

    {"HistoryService/ListHistory", kAll, Scope::kOwn, "", Audit::kNone},

    {"OfferService/ListOffers", kNavigator | kProviders, Scope::kOwn, "", Audit::kPersonal},
    {"OfferService/GetOffer", kNavigator | kProviders, Scope::kLoaded, "", Audit::kPersonal},
    {"OfferService/WatchOffers", kNavigator | kProviders, Scope::kOwn, "", Audit::kPersonal},
    {"OfferService/AcceptOffer", kProviders, Scope::kLoaded, "", Audit::kChange},
    {"OfferService/DeclineOffer", kProviders, Scope::kLoaded, "", Audit::kChange},
    {"OfferService/AnswerOffers", kProviders, Scope::kLoaded, "", Audit::kChange},
    {"OfferService/ClaimIssuedInError", kProviders, Scope::kLoaded, "", Audit::kChange},
    {"OfferService/DecideIssuedInError", kNavigator, Scope::kLoaded, "", Audit::kChange},
    {"OfferService/MoveOffer", kOrganisation, Scope::kLoaded, "", Audit::kChange},
    {"OfferService/RefusePlacing", kProviders, Scope::kLoaded, "", Audit::kChange},
    {"OfferService/AskQuestion", kProviders, Scope::kLoaded, "", Audit::kChange},

    {"PackageService/PreviewPackage", kNavigator, Scope::kAuthority, "referral.authority_id",
     Audit::kNone},
    {"PackageService/SubmitPackage", kNavigator, Scope::kAuthority, "referral.authority_id",
     Audit::kChange},
    {"PackageService/SubmitPackages", kNavigator, Scope::kLoaded, "", Audit::kChange},
    {"PackageService/CorrectPackage", kNavigator, Scope::kLoaded, "", Audit::kChange},
    {"PackageService/GetPackage", kNavigator, Scope::kLoaded, "", Audit::kPersonal},
    {"PackageService/ListPackages", kNavigator, Scope::kOwn, "", Audit::kPersonal},
    {"PackageService/ReleasePackages", kNavigator, Scope::kLoaded, "", Audit::kChange},
    {"PackageService/CancelPackage", kNavigator, Scope::kLoaded, "", Audit::kChange},
    {"PackageService/AwardPackage", kNavigator, Scope::kLoaded, "", Audit::kChange},
    {"PackageService/ReissuePackage", kNavigator, Scope::kLoaded, "", Audit::kChange},
    {"PackageService/StartPackage", kNavigator, Scope::kLoaded, "", Audit::kChange},
    {"PackageService/ReturnPackage", kNavigator, Scope::kLoaded, "", Audit::kChange},
    {"PackageService/HandBackPackage", kNavigator, Scope::kLoaded, "", Audit::kChange},
    {"PackageService/CeasePackage", kNavigator, Scope::kLoaded, "", Audit::kChange},
    {"PackageService/TransferPackages", kNavigator, Scope::kContract, "contract_id",
     Audit::kChange},
    {"PackageService/GetTransfer", kNavigator | kCommissioner, Scope::kLoaded, "", Audit::kNone},
    {"PackageService/GiveNotice", kNavigator | kProviders, Scope::kLoaded, "", Audit::kChange},
    {"PackageService/MoveNotice", kNavigator | kProviders, Scope::kLoaded, "", Audit::kChange},
    {"PackageService/WithdrawNotice", kNavigator | kProviders, Scope::kLoaded, "", Audit::kChange},
    {"PackageService/PlacePackages", kNavigator | kCommissioner, Scope::kLoaded, "",
     Audit::kChange},
    {"PackageService/ContinuePackage", kNavigator, Scope::kLoaded, "", Audit::kChange},
    {"PackageService/PausePackage", kNavigator, Scope::kLoaded, "", Audit::kChange},
    {"PackageService/ResumePackage", kNavigator, Scope::kLoaded, "", Audit::kChange},
    {"PackageService/ChangeTerms", kNavigator, Scope::kLoaded, "", Audit::kChange},
    {"PackageService/WithdrawAskedOffer", kNavigator, Scope::kLoaded, "", Audit::kChange},
    {"PackageService/UndoPackage", kNavigator | kCommissioner, Scope::kLoaded, "", Audit::kChange},
    {"PackageService/LinkPackages", kNavigator, Scope::kLoaded, "", Audit::kChange},
    {"PackageService/AnswerQuestion", kNavigator, Scope::kLoaded, "", Audit::kChange},
    {"PackageService/ErasePackageTexts", kNavigator, Scope::kLoaded, "", Audit::kChange},
    {"PackageService/DescribePerson", kNavigator, Scope::kOwn, "", Audit::kPersonal},
    {"PackageService/ErasePerson", kNavigator, Scope::kOwn, "", Audit::kChange},
    {"PackageService/WatchPackages", kNavigator, Scope::kOwn, "", Audit::kPersonal},

    {"PerformanceService/QueryPerformance", kFigures, Scope::kOwn, "", Audit::kNone},
    {"PerformanceService/QueryCompliance", kFigures, Scope::kOwn, "", Audit::kNone},
    {"PerformanceService/QueryScorecard", kFigures, Scope::kOwn, "", Audit::kNone},
    {"PerformanceService/QueryDistribution", kFigures, Scope::kOwn, "", Audit::kNone},
    {"PerformanceService/QueryInterimStays", kNavigator | kChangers, Scope::kOwn, "", Audit::kNone},
    {"PerformanceService/WatchPerformance", kFigures, Scope::kOwn, "", Audit::kNone},
};

const Access* Find(absl::string_view method) {
  for (const Access& row : kTable) {
    if (row.method == method) return &row;
  }
  return nullptr;
}

bool HasField(const google::protobuf::Descriptor* type, absl::string_view path) {
  for (absl::string_view name : absl::StrSplit(path, '.')) {
    const FieldDescriptor* field =
        type == nullptr ? nullptr : type->FindFieldByName(std::string(name));
    if (field == nullptr) return false;
    type = field->message_type();
  }
  return true;
}

}  // namespace

const Access& AccessOf(absl::string_view method) {
  const Access* row = Find(method);
  static constexpr Access kNobody = {"", 0, Scope::kNothing, "", Audit::kNone};
  return row == nullptr ? kNobody : *row;
}

size_t RequestBytesMax(const Access& access) {
  constexpr size_t kAnybodysMax = 1024;
  if (access.roles == kAnybody) return kAnybodysMax;
  const bool has_files = access.method == "DirectoryService/ApplyFramework" ||
                         access.method == "DirectoryService/PreviewFramework";
  return has_files ? engine::limits::kMessageBytesMax : engine::limits::kRequestBytesMax;
}

std::vector<const ServiceDescriptor*> ApiServices() {
  std::vector<const ServiceDescriptor*> services;
  for (const google::protobuf::FileDescriptor* file :
       {v1::Account::descriptor()->file(), v1::GetStatusRequest::descriptor()->file(),
        v1::ApplyFrameworkRequest::descriptor()->file(),
        v1::ListHistoryRequest::descriptor()->file(), v1::ListOffersRequest::descriptor()->file(),
        v1::SubmitPackageRequest::descriptor()->file(),
        v1::PerformanceQuery::descriptor()->file()}) {
    for (int s = 0; s < file->service_count(); ++s) services.push_back(file->service(s));
  }
  return services;
}

absl::Status CheckAccessTable() {
  size_t methods = 0;
  for (const ServiceDescriptor* service : ApiServices()) {
    for (int m = 0; m < service->method_count(); ++m, ++methods) {
      const auto* method = service->method(m);
      std::string name = absl::StrCat(service->name(), "/", method->name());
      const Access* row = Find(name);
      if (row == nullptr)
        return absl::InternalError(absl::StrCat(name, " has no row in the access table"));
      if (!row->field.empty() && !HasField(method->input_type(), row->field)) {
        return absl::InternalError(
            absl::StrCat("the access table names no field of ", name, ": ", row->field));
      }
    }
  }
  if (methods != std::size(kTable))
    return absl::InternalError("the access table has a row without an RPC");
  return absl::OkStatus();
}

absl::Status CheckRole(const Access& access, v1::Role role) {
  if (access.roles & Bit(role)) return absl::OkStatus();
  std::vector<std::string> may;
  for (int r = v1::Role_MIN + 1; r <= v1::Role_MAX; ++r) {
    if (access.roles & Bit(static_cast<v1::Role>(r)))
      may.push_back(v1::Role_Name(static_cast<v1::Role>(r)));
  }
  return engine::Reject(v1::REJECTION_REASON_ROLE_MAY_NOT, "", "",
                        absl::StrCat(access.method, " is for ", absl::StrJoin(may, ", ")));
}

}  // namespace brokerage::services::rpc
