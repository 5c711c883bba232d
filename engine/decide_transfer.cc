// Group transfers: the running packages of a contract that cannot go on are handed back and put out
// again together, in one record.

#include <algorithm>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/decide.h"
#include "engine/ids.h"
#include "engine/limits.h"
#include "engine/project_words.h"

namespace brokerage::engine {

using journal::v1::PackageRow;

namespace {

// The contract under which the package runs. REQUIRES: it is STARTED.
const std::string& RunsUnder(const PackageAggregate& package) {
  if (package.row.imported()) return package.row.running_contract_id();
  return package.offers[static_cast<size_t>(package.row.award().offer_ordinal() - 1)].contract_id();
}

// Urgent first, then those that ran longest, then the number.
bool GoesOutBefore(const PackageAggregate* a, const PackageAggregate* b) {
  auto order = [](const PackageRow& row) {
    return std::tuple(row.urgency() != v1::URGENCY_URGENT, row.started_time_us(), row.number());
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

absl::StatusOr<std::vector<const PackageAggregate*>> Deciding::FindRunning(
    const v1::TransferPackagesRequest& request) {
  if (request.package_ids().empty()) {
    return Reject(v1::REJECTION_REASON_PACKAGE_STATE, "contract_id", request.contract_id(),
                  "a contract under which packages of yours run");
  }
  if (request.package_ids_size() > limits::kTransferPackagesMax) {
    return Reject(v1::REJECTION_REASON_LIMIT_REACHED, "package_ids",
                  absl::StrCat("more than ", limits::kTransferPackagesMax, " packages"),
                  absl::StrCat("at most ", limits::kTransferPackagesMax,
                               " in one transfer: name some of them in package_ids, and transfer "
                               "the others after that"));
  }
  std::vector<const PackageAggregate*> running;
  std::set<uint64_t> seen;
  for (const std::string& id : request.package_ids()) {
    absl::StatusOr<const PackageAggregate*> found = FindPackage(id, "package_ids");
    if (!found.ok()) return found.status();
    const PackageAggregate& package = **found;
    if (absl::Status status = CheckState(package.row, PackageVerb::kHandBack); !status.ok()) {
      return status;
    }
    if (RunsUnder(package) != request.contract_id()) {
      return Reject(v1::REJECTION_REASON_PACKAGE_STATE, "package_ids", id,
                    absl::StrCat("a package that runs under ", request.contract_id(),
                                 "; it runs under ", RunsUnder(package)));
    }
    if (seen.insert(package.row.number()).second) running.push_back(&package);
  }
  std::sort(running.begin(), running.end(), GoesOutBefore);
  return running;
}

absl::Status Deciding::On(const v1::TransferPackagesRequest& request) {
  absl::StatusOr<const v1::Contract*> contract = FindOwnContract(request.contract_id());
  if (!contract.ok()) return contract.status();
  if (absl::Status status = CheckReason(request.reason()); !status.ok()) return status;
  // It is kept with the transfer, which no erasure reaches.
  if (absl::Status status = CheckImpersonal(request.reason(), "reason"); !status.ok()) {
    return status;
  }
  absl::StatusOr<std::vector<const PackageAggregate*>> running = FindRunning(request);
  if (!running.ok()) return running.status();

  const std::string id = absl::StrFormat("T-%06d", state_.system.last_fact_number() + 1);
  v1::Transfer& transfer =
      *AddFact(NewFact(TransferKey(id), (*contract)->framework_id()), "").mutable_transfer();
  transfer.set_id(id);
  transfer.set_contract_id(request.contract_id());
  transfer.set_reason(request.reason());
  *transfer.mutable_transfer_time() = ToTimestamp(now_us());
  uint64_t number = state_.system.last_package_number();
  for (const PackageAggregate* package : *running) {
    PackageRow& next =
        *AddHandBack(*package, v1::CAUSE_PROVIDER, request.reason(), ++number).mutable_successor();
    next.set_transfer_id(id);
    // Who gives it up is who holds the contract now, not who won it before a novation.
    const std::string holder =
        state_.directory.ProviderOfContract(request.contract_id(), next.submitted_date());
    if (holder != next.previous_provider_id()) {
      next.set_previous_provider_id(holder);
      next.clear_previous_branch_id();
    }
    transfer.add_package_ids(PackageIdOf(package->row));
    transfer.add_successor_ids(PackageIdOf(next));
    PutOutAgain(&next);
  }
  return absl::OkStatus();
}

// The successor of a package goes to the first round in the same record.
void Deciding::PutOutAgain(PackageRow* successor) {
  // Care is needed at once; a date that has passed would say nothing to a branch.
  const std::string today = FormatDate(successor->submitted_date());
  if (successor->terms().start_by_date() < today) {
    successor->mutable_terms()->set_start_by_date(today);
  }
  successor->set_released_time_us(now_us());
  PackageAggregate package;
  package.row = *successor;
  journal::v1::PackageReissued& reissued = *Add().mutable_package_reissued();
  reissued.set_package_number(successor->number());
  *reissued.mutable_terms() = successor->terms();
  reissued.set_terms_version(successor->terms_version());
  reissued.set_framework_revision(successor->framework_revision());
  if (!OpenRound(package, 1, 0, 0)) {
    Add().mutable_package_unfilled()->set_package_number(successor->number());
  }
}

}  // namespace brokerage::engine
