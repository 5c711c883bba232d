#include "services/rpc/package/transfers.h"

#include <map>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "engine/base/bounds.h"
#include "engine/base/ids.h"
#include "engine/base/rejection.h"
#include "engine/model/fact_keys.h"
#include "engine/model/package.h"
#include "engine/views/package_view.h"
#include "services/rpc/commands.h"
#include "services/rpc/queries.h"
#include "services/rpc/rows.h"
#include "services/rpc/today.h"
#include "storage/loading.h"

namespace brokerage::services::rpc {

namespace {

using engine::Table;
using journal::v1::PackageRow;

// How often a transfer's packages are searched for when some of them end meanwhile.
constexpr int kSearches = 3;

absl::Status NotFound(absl::string_view field, absl::string_view id) {
  return engine::Reject(v1::REJECTION_REASON_NOT_FOUND, field, id,
                        "one that is there and the caller's");
}

// The contract under which a package runs, or was awarded.
absl::StatusOr<std::string> ContractOf(const storage::View& view, const PackageRow& row) {
  if (row.imported()) return row.running_contract_id();
  auto offer = storage::ReadIndexedOffer(view, row.number(), row.award().offer_ordinal());
  if (!offer.ok()) return offer.status();
  return std::move(*offer->mutable_contract_id());
}

// Which contracts are meant.
class Meant {
 public:
  Meant(const Backend& backend, const CallContext& context,
        const v1::TransferPackagesRequest& request)
      : directory_(context.published->directory), now_(backend.clock->Now()), request_(request) {}

  bool Has(const std::string& contract_id) {
    if (request_.provider_id().empty()) return contract_id == request_.contract_id();
    auto [known, is_new] = held_.try_emplace(contract_id, false);
    const v1::Contract* contract = is_new ? directory_.Contract(contract_id) : nullptr;
    if (contract != nullptr) {
      const engine::DateNumber today = Today(directory_, contract->framework_id(), now_);
      known->second = directory_.ProviderOfContract(contract_id, today) == request_.provider_id();
    }
    return known->second;
  }

 private:
  const engine::Directory& directory_;
  const absl::Time now_;
  const v1::TransferPackagesRequest& request_;
  std::map<std::string, bool> held_;  // by the provider
};

// Names the authority's packages that run under what is meant, or were awarded and have not
// started; but of too many only one more than a transfer may have: the engine refuses it then.
absl::Status NameTransferred(const storage::View& view, const std::string& authority_id,
                             Meant meant, v1::TransferPackagesRequest* request) {
  absl::Status status;
  for (v1::PackageState state :
       {v1::PACKAGE_STATE_AWARDED, v1::PACKAGE_STATE_STARTED, v1::PACKAGE_STATE_PAUSED}) {
    view.Scan(Table::kPackagesByState, engine::PackageStatePrefix(authority_id, state), "",
              [&](absl::string_view key, absl::string_view) {
                const auto row = storage::ReadIndexedPackage(view, engine::TrailingNumber(key));
                const auto contract_id = row.ok() ? ContractOf(view, *row) : row.status();
                status = contract_id.status();
                if (!status.ok()) return false;
                if (meant.Has(*contract_id)) request->add_package_ids(engine::PackageIdOf(*row));
                return request->package_ids_size() <= engine::limits::kTransferPackagesMax;
              });
    if (!status.ok()) return status;
  }
  return view.status();
}

// Finds the packages in a snapshot, on a worker, and submits the request with their ids; does so
// again, `searches` times in all, as long as some of them have ended by the time it is decided.
void FindAndSubmit(const Backend& backend, const CallContext& context,
                   const v1::TransferPackagesRequest& request, int searches, const Done& done) {
  auto search = [&backend, &context, &request, searches](const Done& done) {
    v1::TransferPackagesRequest named = request;
    const absl::Status status = NameTransferred(*backend.store->Read(), context.caller.authority_id,
                                                Meant(backend, context, request), &named);
    if (!status.ok()) return done(status);
    const bool found = !named.package_ids().empty();
    std::string content_hash = ContentHash(request);
    SubmitFilledIn(
        backend, context, std::move(named), std::move(content_hash),
        [&backend, &context, &request, searches, done, found](const Sequencer::Reply& reply) {
          const bool ended_meanwhile =
              found && !reply.ok() &&
              engine::RejectionOf(reply.status()).reason() == v1::REJECTION_REASON_PACKAGE_STATE;
          if (!ended_meanwhile || searches == 1) return done(reply);
          FindAndSubmit(backend, context, request, searches - 1, done);
        });
  };
  RunOnWorker(backend, context, Work::kShort, done, std::move(search));
}

// A package without what identifies a person and without what would only be long.
v1::Package Brief(const engine::PackageAggregate& package, const engine::Directory& directory) {
  v1::Package brief = engine::ToPackage(package, engine::Detail::kList, directory);
  brief.clear_summary();
  brief.clear_details();
  brief.clear_person_reference();
  brief.clear_postcode();
  brief.clear_rounds();
  brief.clear_offers();
  if (brief.has_ending()) brief.mutable_ending()->clear_words();
  if (brief.has_notice()) brief.mutable_notice()->clear_words();
  if (brief.has_award()) brief.mutable_award()->clear_ranking();
  return brief;
}

// Adds the package to its person's; one of an earlier program's is of a person by itself.
void AddToPerson(const v1::Package& package, v1::GetTransferResponse* response) {
  v1::PersonPackages* of = nullptr;
  for (v1::PersonPackages& person : *response->mutable_persons()) {
    if (package.person_number() != 0 && person.person_number() == package.person_number()) {
      of = &person;
    }
  }
  if (of == nullptr) of = response->add_persons();
  of->set_person_number(package.person_number());
  of->add_package_ids(package.id());
}

}  // namespace

void TransferPackages(const Backend& backend, const CallContext& context,
                      v1::TransferPackagesRequest& request, Done done) {
  if (absl::Status status = CheckRequestId(request.request_id()); !status.ok()) return done(status);
  if (!request.package_ids().empty()) {
    return SubmitCommand(backend, context, request, std::move(done));
  }
  FindAndSubmit(backend, context, request, kSearches, done);
}

absl::StatusOr<v1::GetTransferResponse> GetTransfer(const Backend& backend,
                                                    const CallContext& context,
                                                    const v1::GetTransferRequest& request) {
  if (request.transfer_id().empty()) {
    return engine::Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "transfer_id", "",
                          "a transfer's id");
  }
  const engine::Directory& directory = context.published->directory;
  const journal::v1::DirectoryFact* fact =
      directory.Fact(engine::TransferKey(request.transfer_id()));
  if (fact == nullptr) return NotFound("transfer_id", request.transfer_id());
  auto view = backend.store->Read();
  v1::GetTransferResponse response;
  *response.mutable_transfer() = fact->transfer();
  for (const std::string& id : fact->transfer().successor_ids()) {
    const auto parsed = engine::ParsePackageId(id);
    if (!parsed) return absl::DataLossError("a transfer names no package: " + id);
    auto package = FindPackage(*view, parsed->number);
    if (!package.ok()) return package.status();
    if (*package == nullptr) return absl::DataLossError("a transfer's package is missing: " + id);
    if ((*package)->row.authority_id() != context.caller.authority_id) {
      return NotFound("transfer_id", request.transfer_id());
    }
    *response.add_successors() = Brief(**package, directory);
    AddToPerson(response.successors(response.successors_size() - 1), &response);
  }
  return response;
}

}  // namespace brokerage::services::rpc
