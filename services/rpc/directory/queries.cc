#include "services/rpc/directory/queries.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/calendar.h"
#include "engine/base/rejection.h"
#include "engine/figures/passed_over.h"
#include "engine/model/directory.h"
#include "engine/model/directory_as_of.h"
#include "engine/model/fact_keys.h"
#include "engine/model/reach.h"
#include "engine/model/suspensions.h"
#include "services/rpc/directory/as_of.h"
#include "services/rpc/page_token.h"
#include "services/rpc/scope.h"
#include "services/rpc/today.h"

namespace brokerage::services::rpc {

namespace {

absl::Time MomentOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixMicros(engine::FromTimestamp(time));
}

using engine::DateNumber;
using engine::Directory;
using journal::v1::DirectoryFact;
using journal::v1::FrameworkRow;

absl::Status Required(absl::string_view field) {
  return engine::Reject(v1::REJECTION_REASON_FIELD_REQUIRED, field, "", "an id");
}
absl::Status NotFound(absl::string_view field, absl::string_view id) {
  return engine::Reject(v1::REJECTION_REASON_NOT_FOUND, field, id, "one that is in the directory");
}

absl::StatusOr<const FrameworkRow*> FindFramework(const Directory& directory,
                                                  const std::string& id) {
  if (id.empty()) return Required("framework_id");
  const FrameworkRow* framework = directory.Framework(id);
  if (framework == nullptr) return NotFound("framework_id", id);
  return framework;
}

// The branch, if it is there and the caller may know it; else null.
const v1::Branch* FindBranch(const engine::Caller& caller, const Directory& directory,
                             const std::string& id) {
  const v1::Branch* branch = directory.Branch(id);
  if (branch == nullptr || !MayRead(caller, branch->provider_id(), id)) return nullptr;
  return branch;
}

v1::Framework ToFramework(const FrameworkRow& row) {
  v1::Framework framework;
  framework.set_id(row.framework_id());
  framework.set_revision(row.revision());
  *framework.mutable_rules() = row.rules();
  if (row.applied_time_us() != 0)
    *framework.mutable_applied_time() = engine::ToTimestamp(row.applied_time_us());
  return framework;
}

v1::Lot ToLot(const Directory& directory, const v1::Lot& written) {
  v1::Lot lot = written;
  lot.clear_ward_codes();
  for (std::string& code : directory.WardsOfLot(lot.framework_id(), lot.id()))
    lot.add_ward_codes(std::move(code));
  return lot;
}

v1::Contract ToContract(const Directory& directory, const v1::Contract& written, DateNumber date,
                        absl::Time time) {
  v1::Contract contract = written;
  contract.set_provider_id(directory.ProviderOfContract(written.id(), date));
  contract.set_status(directory.StatusOf(written, date, time));
  return contract;
}

// What a branch proposes is for those who run the framework, and for the branch.
bool MayReadProposal(const engine::Caller& caller, const Directory& directory,
                     const DirectoryFact& fact) {
  if (caller.role == v1::ROLE_ADMINISTRATOR) return true;
  if (IsProvider(caller)) {
    const std::string& branch_id = fact.coverage_proposal().coverage().branch_id();
    const v1::Branch* branch = directory.Branch(branch_id);
    return branch != nullptr && MayRead(caller, branch->provider_id(), branch_id);
  }
  const FrameworkRow* framework = directory.Framework(fact.framework_id());
  return framework != nullptr &&
         Directory::AuthorityOf(framework->rules(), caller.authority_id) != nullptr;
}

// The proposal as it stood at a moment, not decided if that came later; none if it was made later.
std::optional<v1::CoverageProposal> ProposalAt(const DirectoryFact& fact, absl::Time time) {
  v1::CoverageProposal proposal = fact.coverage_proposal();
  if (MomentOf(proposal.propose_time()) > time) return {};
  // Deciding is the one change that there is, and takes nothing away.
  if (absl::FromUnixMicros(fact.recorded_time_us()) > time) {
    proposal.set_state(v1::PROPOSAL_STATE_OPEN);
    proposal.clear_decided_by();
    proposal.clear_decision_reason();
  }
  return proposal;
}

// Why somebody was suspended is for those of the framework. Which provider's it is, is asked
// elsewhere.
bool MayReadSuspension(const engine::Caller& caller, const Directory& directory,
                       const DirectoryFact& fact) {
  return IsProvider(caller) || engine::OfOwnFramework(caller, fact, directory);
}

// Why a branch takes no offers is for itself, and for those in whose rounds it takes none.
bool MayReadOptOut(const engine::Caller& caller, const Directory& directory,
                   const v1::OptOutWindow& window) {
  return IsProvider(caller) || engine::ReadsOptOut(caller, window, directory);
}

// A provider's accounts see their own in any framework.
bool MayListContracts(const engine::Caller& caller, const std::string& framework_id,
                      const Directory& directory) {
  return IsProvider(caller) || engine::ReadsFramework(caller, framework_id, directory);
}

// The directory as FindDirectory has it, of a list of what was recorded by then: a date to come is
// FIELD_INVALID.
absl::StatusOr<DirectoryAsOf> FindRecorded(const Backend& backend, const CallContext& context,
                                           const std::string& as_of_date) {
  auto as_of = FindDirectory(backend, context, as_of_date, "");
  if (!as_of.ok()) return as_of.status();
  const absl::Time now = std::max(backend.clock->Now(), context.published->time);
  const DateNumber today = Today(context.published->directory, "", now);
  if (as_of->date > today) {
    return engine::Reject(
        v1::REJECTION_REASON_FIELD_INVALID, "as_of_date", as_of_date,
        absl::StrCat(engine::FormatDate(today), " or earlier: nobody knows yet what is recorded"));
  }
  return as_of;
}

// The suspension with what it stopped so far; DATA_LOSS if that cannot be read.
absl::StatusOr<v1::Suspension> WithStopped(const storage::View& view, v1::Suspension suspension) {
  const std::string key = engine::SuspensionRollupKey(suspension.id());
  const std::optional<std::string> value = view.Get(engine::Table::kRollups, key);
  journal::v1::RollupRow row;
  if (value && !row.ParseFromString(*value)) {
    return absl::DataLossError(absl::StrCat("the roll-up ", key, " cannot be read"));
  }
  suspension.set_stopped_packages(row.stopped_packages());
  return suspension;
}

// One page of the facts whose keys have the prefix, those that ended left out. `add` puts a fact
// into the response, and says whether it belongs there.
template <typename Request, typename Response, typename Add>
absl::StatusOr<Response> Page(const CallContext& context, const Directory& directory,
                              const Request& request, const std::string& prefix, Add add) {
  auto size = PageSizeOf(request);
  if (!size.ok()) return size.status();
  auto position = PositionOf(request, context.caller);  // the key last shown, without the prefix
  if (!position.ok()) return position.status();
  const auto& facts = directory.Facts();
  auto it = position->empty() ? facts.lower_bound(prefix) : facts.upper_bound(prefix + *position);
  Response response;
  std::string last;
  for (int shown = 0; it != facts.end() && absl::StartsWith(it->first, prefix); ++it) {
    if (it->second->ended()) continue;
    if (shown == *size) {
      // Whether anything follows that belongs here is found out by trying.
      Response beyond;
      if (!add(*it->second, &beyond)) continue;
      response.set_next_page_token(MakePageToken(request, context.caller, last));
      break;
    }
    if (!add(*it->second, &response)) continue;
    last = it->first.substr(prefix.size());
    ++shown;
  }
  return response;
}

}  // namespace

absl::StatusOr<v1::GetFrameworkResponse> GetFramework(const Backend& backend,
                                                      const CallContext& context,
                                                      const v1::GetFrameworkRequest& request) {
  auto as_of = FindDirectory(backend, context, request.as_of_date(), request.framework_id());
  if (!as_of.ok()) return as_of.status();
  const Directory& directory = *as_of->directory;
  auto framework = FindFramework(directory, request.framework_id());
  if (!framework.ok()) return framework.status();
  v1::GetFrameworkResponse response;
  *response.mutable_framework() = ToFramework(**framework);
  return response;
}

absl::StatusOr<v1::ListFrameworksResponse> ListFrameworks(
    const Backend& backend, const CallContext& context, const v1::ListFrameworksRequest& request) {
  auto size = PageSizeOf(request);
  if (!size.ok()) return size.status();
  auto position = PositionOf(request, context.caller);
  if (!position.ok()) return position.status();
  auto as_of = FindDirectory(backend, context, request.as_of_date(), "");
  if (!as_of.ok()) return as_of.status();
  const Directory& directory = *as_of->directory;
  v1::ListFrameworksResponse response;
  for (const FrameworkRow* framework : directory.Frameworks()) {
    if (framework->framework_id() <= *position) continue;
    if (response.frameworks_size() == *size) {
      const std::string& last = response.frameworks(*size - 1).id();
      response.set_next_page_token(MakePageToken(request, context.caller, last));
      break;
    }
    *response.add_frameworks() = ToFramework(*framework);
  }
  return response;
}

absl::StatusOr<v1::GetLotResponse> GetLot(const Backend& backend, const CallContext& context,
                                          const v1::GetLotRequest& request) {
  auto as_of = FindDirectory(backend, context, request.as_of_date(), request.framework_id());
  if (!as_of.ok()) return as_of.status();
  const Directory& directory = *as_of->directory;
  auto framework = FindFramework(directory, request.framework_id());
  if (!framework.ok()) return framework.status();
  if (request.lot_id().empty()) return Required("lot_id");
  const v1::Lot* lot = directory.Lot(request.framework_id(), request.lot_id());
  if (lot == nullptr) return NotFound("lot_id", request.lot_id());
  v1::GetLotResponse response;
  *response.mutable_lot() = ToLot(directory, *lot);
  return response;
}

absl::StatusOr<v1::ListLotsResponse> ListLots(const Backend& backend, const CallContext& context,
                                              const v1::ListLotsRequest& request) {
  auto as_of = FindDirectory(backend, context, request.as_of_date(), request.framework_id());
  if (!as_of.ok()) return as_of.status();
  const Directory& directory = *as_of->directory;
  auto framework = FindFramework(directory, request.framework_id());
  if (!framework.ok()) return framework.status();
  return Page<v1::ListLotsRequest, v1::ListLotsResponse>(
      context, directory, request, engine::LotKey(request.framework_id(), ""),
      [&](const DirectoryFact& fact, v1::ListLotsResponse* response) {
        *response->add_lots() = ToLot(directory, fact.lot());
        return true;
      });
}

absl::StatusOr<v1::GetWardResponse> GetWard(const Backend& backend, const CallContext& context,
                                            const v1::GetWardRequest& request) {
  if (request.ward_code().empty()) return Required("ward_code");
  auto as_of = FindDirectory(backend, context, request.as_of_date(), "");
  if (!as_of.ok()) return as_of.status();
  const Directory& directory = *as_of->directory;
  const v1::Ward* ward = directory.Ward(request.ward_code());
  if (ward == nullptr) return NotFound("ward_code", request.ward_code());
  v1::GetWardResponse response;
  *response.mutable_ward() = *ward;
  return response;
}

absl::StatusOr<v1::ListWardsResponse> ListWards(const Backend& backend, const CallContext& context,
                                                const v1::ListWardsRequest& request) {
  const std::string& framework_id = request.framework_id();
  auto as_of = FindDirectory(backend, context, request.as_of_date(), framework_id);
  if (!as_of.ok()) return as_of.status();
  const Directory& directory = *as_of->directory;
  auto framework = FindFramework(directory, framework_id);
  if (!framework.ok()) return framework.status();
  if (!request.lot_id().empty() && directory.Lot(framework_id, request.lot_id()) == nullptr) {
    return NotFound("lot_id", request.lot_id());
  }
  return Page<v1::ListWardsRequest, v1::ListWardsResponse>(
      context, directory, request, engine::WardKey(framework_id, ""),
      [&](const DirectoryFact& fact, v1::ListWardsResponse* response) {
        const bool in_lot =
            request.lot_id().empty() ||
            directory.LotOfWard(framework_id, fact.ward().code()) == request.lot_id();
        if (in_lot) *response->add_wards() = fact.ward();
        return in_lot;
      });
}

absl::StatusOr<v1::GetProviderResponse> GetProvider(const Backend& backend,
                                                    const CallContext& context,
                                                    const v1::GetProviderRequest& request) {
  if (request.provider_id().empty()) return Required("provider_id");
  auto as_of = FindDirectory(backend, context, request.as_of_date(), "");
  if (!as_of.ok()) return as_of.status();
  const Directory& directory = *as_of->directory;
  const v1::Provider* provider = directory.Provider(request.provider_id());
  if (provider == nullptr || !MayRead(context.caller, provider->id(), ""))
    return NotFound("provider_id", request.provider_id());
  v1::GetProviderResponse response;
  *response.mutable_provider() = *provider;
  const std::unique_ptr<storage::View> view = backend.store->Read();
  const std::string prefix = engine::SuspensionKey("");
  for (auto it = directory.Facts().lower_bound(prefix);
       it != directory.Facts().end() && absl::StartsWith(it->first, prefix); ++it) {
    if (it->second->suspension().provider_id() != provider->id()) continue;
    if (!MayReadSuspension(context.caller, context.published->directory, *it->second)) continue;
    auto stood = engine::SuspensionAt(*it->second, as_of->time);
    if (!stood) continue;
    auto suspension = WithStopped(*view, *std::move(stood));
    if (!suspension.ok()) return suspension.status();
    *response.add_suspensions() = *std::move(suspension);
  }
  return response;
}

absl::StatusOr<v1::ListSuspensionsResponse> ListSuspensions(
    const Backend& backend, const CallContext& context, const v1::ListSuspensionsRequest& request) {
  auto as_of = FindRecorded(backend, context, request.as_of_date());
  if (!as_of.ok()) return as_of.status();
  const Directory& directory = *as_of->directory;
  const std::unique_ptr<storage::View> view = backend.store->Read();
  absl::Status status;
  auto page = Page<v1::ListSuspensionsRequest, v1::ListSuspensionsResponse>(
      context, directory, request, engine::SuspensionKey(""),
      [&](const DirectoryFact& fact, v1::ListSuspensionsResponse* response) {
        if (!MayReadSuspension(context.caller, context.published->directory, fact)) return false;
        auto stood = engine::SuspensionAt(fact, as_of->time);
        if (!stood) return false;
        const v1::Suspension& suspension = *stood;
        // A contract's concerns who held it when it began, and who holds it at the time asked for.
        auto concerns = [&](absl::Time time) {
          const std::string provider_id =
              suspension.contract_id().empty()
                  ? suspension.provider_id()
                  : directory.ProviderOfContract(suspension.contract_id(),
                                                 Today(directory, fact.framework_id(), time));
          return MayRead(context.caller, provider_id, "") &&
                 (request.provider_id().empty() || request.provider_id() == provider_id);
        };
        if (!concerns(MomentOf(suspension.from_time())) && !concerns(as_of->time)) return false;
        const bool begun = MomentOf(suspension.from_time()) <= as_of->time;
        const bool over = suspension.has_to_time() && MomentOf(suspension.to_time()) <= as_of->time;
        if (request.in_force() && (!begun || over)) return false;
        auto shown = WithStopped(*view, *std::move(stood));
        status.Update(shown.status());
        if (shown.ok()) *response->add_suspensions() = *std::move(shown);
        return true;
      });
  if (!status.ok()) return status;
  return page;
}

absl::StatusOr<v1::ListProvidersResponse> ListProviders(const Backend& backend,
                                                        const CallContext& context,
                                                        const v1::ListProvidersRequest& request) {
  auto as_of = FindDirectory(backend, context, request.as_of_date(), "");
  if (!as_of.ok()) return as_of.status();
  const Directory& directory = *as_of->directory;
  return Page<v1::ListProvidersRequest, v1::ListProvidersResponse>(
      context, directory, request, engine::ProviderKey(""),
      [&](const DirectoryFact& fact, v1::ListProvidersResponse* response) {
        if (!MayRead(context.caller, fact.provider().id(), "")) return false;
        *response->add_providers() = fact.provider();
        return true;
      });
}

absl::StatusOr<v1::GetBranchResponse> GetBranch(const Backend& backend, const CallContext& context,
                                                const v1::GetBranchRequest& request) {
  if (request.branch_id().empty()) return Required("branch_id");
  auto as_of = FindDirectory(backend, context, request.as_of_date(), "");
  if (!as_of.ok()) return as_of.status();
  const Directory& directory = *as_of->directory;
  const v1::Branch* branch = FindBranch(context.caller, directory, request.branch_id());
  if (branch == nullptr) return NotFound("branch_id", request.branch_id());
  v1::GetBranchResponse response;
  *response.mutable_branch() = *branch;
  const std::string lines = engine::CoveragePrefix(branch->id());
  const auto& facts = directory.Facts();
  for (auto it = facts.lower_bound(lines); it != facts.end() && absl::StartsWith(it->first, lines);
       ++it) {
    const v1::Coverage& line = it->second->coverage();
    if (!it->second->ended() && Directory::InForce(line, as_of->date))
      *response.add_coverage() = line;
  }
  const std::string proposals = engine::ProposalKey("");
  for (auto it = facts.lower_bound(proposals);
       it != facts.end() && absl::StartsWith(it->first, proposals); ++it) {
    if (it->second->coverage_proposal().coverage().branch_id() != branch->id()) continue;
    auto proposal = ProposalAt(*it->second, as_of->time);
    if (proposal && proposal->state() == v1::PROPOSAL_STATE_OPEN &&
        MayReadProposal(context.caller, directory, *it->second)) {
      *response.add_proposals() = *std::move(proposal);
    }
  }
  const std::string windows = engine::OptOutKey("");
  for (auto it = facts.lower_bound(windows);
       it != facts.end() && absl::StartsWith(it->first, windows); ++it) {
    const v1::OptOutWindow& window = it->second->opt_out_window();
    if (window.branch_id() == branch->id() &&
        MayReadOptOut(context.caller, context.published->directory, window)) {
      *response.add_opt_out_windows() = window;
    }
  }
  const DirectoryFact* capacity = directory.Fact(engine::CapacityKey(branch->id()));
  if (capacity != nullptr && MomentOf(capacity->capacity().declare_time()) <= as_of->time) {
    *response.mutable_capacity() = capacity->capacity();
  }
  return response;
}

absl::StatusOr<v1::ListBranchesResponse> ListBranches(const Backend& backend,
                                                      const CallContext& context,
                                                      const v1::ListBranchesRequest& request) {
  const std::string& provider_id = request.provider_id();
  auto as_of = FindDirectory(backend, context, request.as_of_date(), "");
  if (!as_of.ok()) return as_of.status();
  const Directory& directory = *as_of->directory;
  if (!provider_id.empty() &&
      (directory.Provider(provider_id) == nullptr || !MayRead(context.caller, provider_id, ""))) {
    return NotFound("provider_id", provider_id);
  }
  return Page<v1::ListBranchesRequest, v1::ListBranchesResponse>(
      context, directory, request, engine::BranchKey(""),
      [&](const DirectoryFact& fact, v1::ListBranchesResponse* response) {
        const v1::Branch& branch = fact.branch();
        if (!provider_id.empty() && branch.provider_id() != provider_id) return false;
        if (!MayRead(context.caller, branch.provider_id(), branch.id())) return false;
        *response->add_branches() = branch;
        return true;
      });
}

absl::StatusOr<v1::ListCoverageResponse> ListCoverage(const Backend& backend,
                                                      const CallContext& context,
                                                      const v1::ListCoverageRequest& request) {
  const std::string& framework_id = request.framework_id();
  auto as_of = FindDirectory(backend, context, request.as_of_date(), framework_id);
  if (!as_of.ok()) return as_of.status();
  const Directory& directory = *as_of->directory;
  auto framework = FindFramework(directory, framework_id);
  if (!framework.ok()) return framework.status();
  const std::string& branch_id = request.branch_id();
  if (!branch_id.empty() && FindBranch(context.caller, directory, branch_id) == nullptr)
    return NotFound("branch_id", branch_id);
  const std::string prefix = branch_id.empty() ? "coverage/" : engine::CoveragePrefix(branch_id);
  return Page<v1::ListCoverageRequest, v1::ListCoverageResponse>(
      context, directory, request, prefix,
      [&](const DirectoryFact& fact, v1::ListCoverageResponse* response) {
        const v1::Coverage& line = fact.coverage();
        const v1::Branch* branch = directory.Branch(line.branch_id());
        if (branch == nullptr || !MayRead(context.caller, branch->provider_id(), branch->id()))
          return false;
        const bool in_framework = line.postcode_area().empty()
                                      ? directory.WardInFramework(framework_id, line.ward_code())
                                      : line.framework_id() == framework_id;
        if (!in_framework || !Directory::InForce(line, as_of->date)) return false;
        *response->add_coverage() = line;
        return true;
      });
}

absl::StatusOr<v1::ListCoverageProposalsResponse> ListCoverageProposals(
    const Backend& backend, const CallContext& context,
    const v1::ListCoverageProposalsRequest& request) {
  auto as_of = FindRecorded(backend, context, request.as_of_date());
  if (!as_of.ok()) return as_of.status();
  return Page<v1::ListCoverageProposalsRequest, v1::ListCoverageProposalsResponse>(
      context, *as_of->directory, request, engine::ProposalKey(""),
      [&](const DirectoryFact& fact, v1::ListCoverageProposalsResponse* response) {
        auto proposal = ProposalAt(fact, as_of->time);
        const bool asked = proposal &&
                           (request.state() == v1::PROPOSAL_STATE_UNSPECIFIED ||
                            request.state() == proposal->state()) &&
                           (request.branch_id().empty() ||
                            request.branch_id() == proposal->coverage().branch_id());
        if (!asked || !MayReadProposal(context.caller, *as_of->directory, fact)) return false;
        *response->add_proposals() = *std::move(proposal);
        return true;
      });
}

absl::StatusOr<v1::GetContractResponse> GetContract(const Backend& backend,
                                                    const CallContext& context,
                                                    const v1::GetContractRequest& request) {
  if (request.contract_id().empty()) return Required("contract_id");
  const DirectoryFact* known =
      context.published->directory.Fact(engine::ContractKey(request.contract_id()));
  auto as_of = FindDirectory(backend, context, request.as_of_date(),
                             known == nullptr ? "" : known->contract().framework_id());
  if (!as_of.ok()) return as_of.status();
  const Directory& directory = *as_of->directory;
  const v1::Contract* contract = directory.Contract(request.contract_id());
  // Who holds it by a novation that came later may know it as it was before.
  if (contract == nullptr ||
      (!MayReadContract(context.caller, directory, *contract) &&
       !MayReadContract(context.caller, context.published->directory, *contract))) {
    return NotFound("contract_id", request.contract_id());
  }
  v1::GetContractResponse response;
  *response.mutable_contract() = ToContract(directory, *contract, as_of->date, as_of->time);
  return response;
}

absl::StatusOr<v1::ListContractsResponse> ListContracts(const Backend& backend,
                                                        const CallContext& context,
                                                        const v1::ListContractsRequest& request) {
  auto as_of = FindDirectory(backend, context, request.as_of_date(), request.framework_id());
  if (!as_of.ok()) return as_of.status();
  const Directory& directory = *as_of->directory;
  auto framework = FindFramework(directory, request.framework_id());
  if (!framework.ok()) return framework.status();
  if (!MayListContracts(context.caller, request.framework_id(), context.published->directory)) {
    return engine::Reject(v1::REJECTION_REASON_NOT_FOUND, "framework_id", request.framework_id(),
                          "a framework of yours");
  }
  const std::string& lot_id = request.lot_id();
  if (!lot_id.empty() && directory.Lot(request.framework_id(), lot_id) == nullptr)
    return NotFound("lot_id", lot_id);
  return Page<v1::ListContractsRequest, v1::ListContractsResponse>(
      context, directory, request, engine::ContractKey(""),
      [&](const DirectoryFact& fact, v1::ListContractsResponse* response) {
        const v1::Contract& contract = fact.contract();
        if (contract.framework_id() != request.framework_id()) return false;
        if (!lot_id.empty() && contract.lot_id() != lot_id) return false;
        if (!MayReadContract(context.caller, directory, contract)) return false;
        *response->add_contracts() = ToContract(directory, contract, as_of->date, as_of->time);
        return true;
      });
}

}  // namespace brokerage::services::rpc
