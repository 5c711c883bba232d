// Group transfers: what a contract or a provider that cannot go on runs is handed back, what it was
// awarded and has not started is returned, and all of it is put out again together, in one record.

#include <algorithm>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/bounds.h"
#include "engine/base/calendar.h"
#include "engine/base/ids.h"
#include "engine/decide/decide.h"
#include "engine/model/fact_keys.h"
#include "engine/model/lifecycle.h"
#include "engine/model/package.h"

namespace brokerage::engine {

using journal::v1::PackageRow;

namespace {

// Urgent first; then those that wait to start, by the date by which they should; then those that
// ran longest; then the number.
bool GoesOutBefore(const PackageAggregate* a, const PackageAggregate* b) {
  auto order = [](const PackageRow& row) {
    const bool runs = row.state() == v1::PACKAGE_STATE_STARTED;
    return std::tuple(row.urgency() != v1::URGENCY_URGENT, runs,
                      runs ? "" : row.terms().start_by_date(), runs ? row.started_time_us() : 0,
                      row.number());
  };
  return order(a->row) < order(b->row);
}

}  // namespace

absl::StatusOr<const v1::Contract*> Deciding::FindOwnContract(absl::string_view id) {
  if (id.empty()) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "contract_id", "", "a contract's id");
  }
  const v1::Contract* contract = state_.directory.Contract(id);
  const journal::v1::FrameworkRow* framework =
      contract == nullptr ? nullptr : state_.directory.Framework(contract->framework_id());
  if (framework != nullptr &&
      Directory::AuthorityOf(framework->rules(), caller_.authority_id) != nullptr) {
    return contract;
  }
  return Reject(v1::REJECTION_REASON_NOT_FOUND, "contract_id", id, "the id of a contract of yours");
}

absl::Status Deciding::CheckOwnProvider(const std::string& id) const {
  for (const journal::v1::FrameworkRow* framework : state_.directory.Frameworks()) {
    if (Directory::AuthorityOf(framework->rules(), caller_.authority_id) != nullptr &&
        state_.directory.HoldsContractsSince(id, framework->framework_id()) != 0) {
      return absl::OkStatus();
    }
  }
  return Reject(v1::REJECTION_REASON_NOT_FOUND, "provider_id", id,
                "the id of a provider with a contract of yours");
}

std::string Deciding::HolderOf(const std::string& contract_id) const {
  const v1::Contract* contract = state_.directory.Contract(contract_id);
  const journal::v1::FrameworkRow* framework =
      contract == nullptr ? nullptr : state_.directory.Framework(contract->framework_id());
  if (framework == nullptr) return "";
  return state_.directory.ProviderOfContract(contract_id, Today(framework->rules()));
}

absl::Status Deciding::CheckTransferred(const v1::TransferPackagesRequest& request,
                                        const PackageAggregate& package,
                                        const std::string& id) const {
  if (package.row.state() != v1::PACKAGE_STATE_STARTED &&
      package.row.state() != v1::PACKAGE_STATE_AWARDED) {
    return Reject(v1::REJECTION_REASON_PACKAGE_STATE, "package_ids", id,
                  absl::StrCat("a package that is AWARDED or STARTED; it is ",
                               StateName(package.row.state())));
  }
  const std::string& contract = ContractOf(package);
  if (request.provider_id().empty() ? contract == request.contract_id()
                                    : HolderOf(contract) == request.provider_id()) {
    return absl::OkStatus();
  }
  return Reject(
      v1::REJECTION_REASON_PACKAGE_STATE, "package_ids", id,
      absl::StrCat("a package under ",
                   request.provider_id().empty() ? request.contract_id()
                                                 : "a contract of " + request.provider_id(),
                   "; it is under ", contract));
}

absl::StatusOr<std::vector<const PackageAggregate*>> Deciding::FindTransferred(
    const v1::TransferPackagesRequest& request) {
  if (request.package_ids().empty()) {
    const bool of_contract = request.provider_id().empty();
    return Reject(v1::REJECTION_REASON_PACKAGE_STATE, of_contract ? "contract_id" : "provider_id",
                  of_contract ? request.contract_id() : request.provider_id(),
                  "one under which packages of yours run, or wait to start");
  }
  if (request.package_ids_size() > limits::kTransferPackagesMax) {
    return Reject(v1::REJECTION_REASON_LIMIT_REACHED, "package_ids",
                  absl::StrCat("more than ", limits::kTransferPackagesMax, " packages"),
                  absl::StrCat("at most ", limits::kTransferPackagesMax,
                               " in one transfer: name some of them in package_ids, and transfer "
                               "the others after that"));
  }
  std::vector<const PackageAggregate*> transferred;
  std::set<uint64_t> seen;
  for (const std::string& id : request.package_ids()) {
    absl::StatusOr<const PackageAggregate*> found = FindPackage(id, "package_ids");
    if (!found.ok()) return found.status();
    if (absl::Status status = CheckTransferred(request, **found, id); !status.ok()) return status;
    if (seen.insert((*found)->row.number()).second) transferred.push_back(*found);
  }
  std::sort(transferred.begin(), transferred.end(), GoesOutBefore);
  return transferred;
}

absl::Status Deciding::On(const v1::TransferPackagesRequest& request) {
  if (!request.contract_id().empty() && !request.provider_id().empty()) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "provider_id", request.provider_id(),
                  "nothing where a contract is named: the one or the other");
  }
  if (request.provider_id().empty()) {
    absl::StatusOr<const v1::Contract*> contract = FindOwnContract(request.contract_id());
    if (!contract.ok()) return contract.status();
  } else {
    absl::Status status = CheckOwnProvider(request.provider_id());
    if (!status.ok()) return status;
  }
  if (absl::Status status = CheckCause(request.cause()); !status.ok()) return status;
  if (absl::Status status = CheckReason(request.reason()); !status.ok()) return status;
  // It is kept with the transfer, which no erasure reaches.
  if (absl::Status status = CheckImpersonal(request.reason(), "reason"); !status.ok()) {
    return status;
  }
  absl::StatusOr<std::vector<const PackageAggregate*>> packages = FindTransferred(request);
  if (!packages.ok()) return packages.status();

  const std::string id = absl::StrFormat("T-%06d", state_.system.last_fact_number() + 1);
  v1::Transfer& transfer =
      *AddFact(NewFact(TransferKey(id), packages->front()->row.framework_id()), "")
           .mutable_transfer();
  transfer.set_id(id);
  transfer.set_contract_id(request.contract_id());
  transfer.set_provider_id(request.provider_id());
  transfer.set_cause(request.cause());
  transfer.set_reason(request.reason());
  *transfer.mutable_transfer_time() = ToTimestamp(now_us());
  uint64_t number = state_.system.last_package_number();
  for (const PackageAggregate* package : *packages) {
    const bool runs = package->row.state() == v1::PACKAGE_STATE_STARTED;
    const PackageRow next =
        runs ? TransferRunning(*package, transfer, ++number) : TransferAwarded(*package, transfer);
    transfer.add_package_ids(PackageIdOf(package->row));
    transfer.add_successor_ids(PackageIdOf(next));
  }
  return absl::OkStatus();
}

PackageRow Deciding::TransferRunning(const PackageAggregate& package, const v1::Transfer& transfer,
                                     uint64_t successor_number) {
  PackageRow& next = *AddHandBack(package, transfer.cause(), transfer.reason(), successor_number)
                          .mutable_successor();
  next.set_transfer_id(transfer.id());
  // Who gives it up is who holds the contract now, not who won it before a novation.
  const std::string holder = HolderOf(ContractOf(package));
  if (transfer.cause() == v1::CAUSE_PROVIDER) next.set_gave_up_provider_id(holder);
  if (holder != next.previous_provider_id()) {
    next.set_previous_provider_id(holder);
    next.clear_previous_branch_id();
  }
  // Care is needed at once; a date that has passed would say nothing to a branch.
  const std::string today = FormatDate(next.submitted_date());
  if (next.terms().start_by_date() < today) next.mutable_terms()->set_start_by_date(today);
  next.set_released_time_us(now_us());
  PackageAggregate successor;
  successor.row = next;
  PutOutAgain(successor);
  return successor.row;
}

PackageRow Deciding::TransferAwarded(const PackageAggregate& package,
                                     const v1::Transfer& transfer) {
  journal::v1::PackageReturned& returned = *Add().mutable_package_returned();
  returned.set_package_number(package.row.number());
  returned.set_cause(CauseFor(package, transfer.cause()));
  returned.set_reason_hash(AddText(package.row.number(), ReasonName(), transfer.reason()));
  returned.set_transfer_id(transfer.id());
  if (transfer.cause() == v1::CAUSE_PROVIDER) {
    returned.set_gave_up_provider_id(HolderOf(ContractOf(package)));
  }
  // The package as it will be when it is routed.
  PackageAggregate next = package;
  PackageRow& row = next.row;
  row.set_transfer_id(transfer.id());
  if (!returned.gave_up_provider_id().empty()) {
    row.set_gave_up_provider_id(returned.gave_up_provider_id());
  }
  row.set_framework_revision(state_.directory.Framework(row.framework_id())->revision());
  const std::string today = FormatDate(Today(RulesOf(state_, row)));
  if (row.terms().start_by_date() < today) {
    row.mutable_terms()->set_start_by_date(today);
    row.set_terms_version(row.terms_version() + 1);
  }
  // With as many rounds as a package may have it waits on the list.
  if (row.rounds_size() < limits::kRoundsPerPackageMax &&
      row.offer_count() < limits::kOffersPerPackageMax) {
    PutOutAgain(next);
  }
  return row;
}

// To the first round, in the same record.
void Deciding::PutOutAgain(const PackageAggregate& package) {
  const PackageRow& row = package.row;
  journal::v1::PackageReissued& reissued = *Add().mutable_package_reissued();
  reissued.set_package_number(row.number());
  *reissued.mutable_terms() = row.terms();
  reissued.set_terms_version(row.terms_version());
  reissued.set_framework_revision(row.framework_revision());
  if (!OpenRound(package, 1, row.rounds_size(), row.offer_count())) {
    Add().mutable_package_unfilled()->set_package_number(row.number());
  }
}

}  // namespace brokerage::engine
