#include "engine/decide/transfers.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/bounds.h"
#include "engine/base/calendar.h"
#include "engine/base/ids.h"
#include "engine/base/rejection.h"
#include "engine/decide/checks.h"
#include "engine/decide/directory_changes.h"
#include "engine/decide/endings.h"
#include "engine/decide/notices.h"
#include "engine/decide/placings.h"
#include "engine/decide/rounds.h"
#include "engine/model/fact_keys.h"
#include "engine/model/lifecycle.h"
#include "engine/model/package.h"
#include "engine/model/parts.h"

namespace brokerage::engine {

using journal::v1::PackageRow;

namespace {

// Urgent first; then those that wait to start, by the date by which they should; then those that
// ran longest; then the number.
bool GoesOutBefore(const PackageAggregate* a, const PackageAggregate* b) {
  auto order = [](const PackageRow& row) {
    const bool runs = Runs(row.state());
    return std::tuple(row.urgency() != v1::URGENCY_URGENT, runs,
                      runs ? "" : row.terms().start_by_date(), runs ? row.started_time_us() : 0,
                      row.number());
  };
  return order(a->row) < order(b->row);
}

// A contract of a framework of the caller's authority. Errors: FIELD_REQUIRED, NOT_FOUND.
absl::StatusOr<const v1::Contract*> FindOwnContract(const Context& in, absl::string_view id) {
  if (id.empty()) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "contract_id", "", "a contract's id");
  }
  const v1::Contract* contract = in.state.directory.Contract(id);
  const journal::v1::FrameworkRow* framework =
      contract == nullptr ? nullptr : in.state.directory.Framework(contract->framework_id());
  if (framework != nullptr &&
      Directory::AuthorityOf(framework->rules(), in.caller.authority_id) != nullptr) {
    return contract;
  }
  return Reject(v1::REJECTION_REASON_NOT_FOUND, "contract_id", id, "the id of a contract of yours");
}

// NOT_FOUND unless the provider holds a contract of a framework of the caller's authority.
absl::Status CheckOwnProvider(const Context& in, const std::string& id) {
  for (const journal::v1::FrameworkRow* framework : in.state.directory.Frameworks()) {
    if (Directory::AuthorityOf(framework->rules(), in.caller.authority_id) != nullptr &&
        in.state.directory.HoldsContractsSince(id, framework->framework_id()) != 0) {
      return absl::OkStatus();
    }
  }
  return Reject(v1::REJECTION_REASON_NOT_FOUND, "provider_id", id,
                "the id of a provider with a contract of yours");
}

absl::Status CheckTransferred(const Context& in, const v1::TransferPackagesRequest& request,
                              const PackageAggregate& package, const std::string& id) {
  if (!Runs(package.row.state()) && package.row.state() != v1::PACKAGE_STATE_AWARDED) {
    return Reject(v1::REJECTION_REASON_PACKAGE_STATE, "package_ids", id,
                  absl::StrCat("a package that is AWARDED, STARTED or PAUSED; it is ",
                               StateName(package.row.state())));
  }
  const PackageAggregate* follower = FollowerOf(in, package.row);
  if (follower != nullptr && follower->row.state() == v1::PACKAGE_STATE_AWARDED) {
    return Reject(v1::REJECTION_REASON_PACKAGE_STATE, "package_ids", id,
                  absl::StrCat("a package that nobody follows; ", PackageIdOf(follower->row),
                               " does, which is awarded"));
  }
  const std::string& contract = ContractOf(package);
  if (request.provider_id().empty() ? contract == request.contract_id()
                                    : HolderOf(in, contract) == request.provider_id()) {
    return absl::OkStatus();
  }
  return Reject(
      v1::REJECTION_REASON_PACKAGE_STATE, "package_ids", id,
      absl::StrCat("a package under ",
                   request.provider_id().empty() ? request.contract_id()
                                                 : "a contract of " + request.provider_id(),
                   "; it is under ", contract));
}

// The packages to hand back and to return, in the order in which they go out.
absl::StatusOr<std::vector<const PackageAggregate*>> FindTransferred(
    const Context& in, const v1::TransferPackagesRequest& request) {
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
    absl::StatusOr<const PackageAggregate*> found = FindPackage(in, id, "package_ids");
    if (!found.ok()) return found.status();
    if (absl::Status status = CheckTransferred(in, request, **found, id); !status.ok())
      return status;
    if (seen.insert((*found)->row.number()).second) transferred.push_back(*found);
  }
  std::sort(transferred.begin(), transferred.end(), GoesOutBefore);
  return transferred;
}

// FIELD_REQUIRED or FIELD_INVALID unless it is a cause that a transfer may have.
absl::Status CheckCause(v1::Cause cause) {
  constexpr char kCauses[] = "PROVIDER, WRONG_DESCRIPTION, PERSON or AUTHORITY";
  switch (cause) {
    case v1::CAUSE_PROVIDER:
    case v1::CAUSE_WRONG_DESCRIPTION:
    case v1::CAUSE_PERSON:
    case v1::CAUSE_AUTHORITY:
      return absl::OkStatus();
    case v1::CAUSE_SUCCESSOR:
      return Reject(v1::REJECTION_REASON_FIELD_INVALID, "cause", "SUCCESSOR",
                    absl::StrCat(kCauses, ": whether it is a successor's is known here"));
    case v1::CAUSE_TERMS_CHANGED:
      return Reject(v1::REJECTION_REASON_FIELD_INVALID, "cause", "TERMS_CHANGED", kCauses);
    case v1::CAUSE_UNSPECIFIED:
    case v1::Cause_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::Cause_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "cause", "", kCauses);
}

// Why packages are transferred, as it follows from whose cause that is.
v1::EndReason ReasonOf(v1::Cause cause) {
  if (cause == v1::CAUSE_PROVIDER) return v1::END_REASON_CONTRACT_GIVEN_UP;
  if (cause == v1::CAUSE_AUTHORITY) return v1::END_REASON_CONTRACT_ENDED;
  return v1::END_REASON_OTHER;
}

// Of the branches that are asked all the same: the provider's.
Ids BranchesAskedAgain(const Context& in, const PackageRow& row, const std::string& provider_id) {
  Ids branches;
  for (const std::string& id : row.asked_again_branch_ids()) {
    const v1::Branch* branch = in.state.directory.Branch(id);
    if (branch != nullptr && branch->provider_id() == provider_id) *branches.Add() = id;
  }
  return branches;
}

// Where what follows each package goes that is not put out.
using Placings = std::map<uint64_t, const v1::Placing*>;

// To the branch with which the request places it, else to the first round, in the same record. A
// package whose person was said to have died waits.
absl::Status GoOn(const Context& in, const PackageAggregate& package, const v1::Placing* placing,
                  const std::string& reason, Decision* out) {
  const PackageRow& row = package.row;
  if (IsStopped(row)) return placing == nullptr ? absl::OkStatus() : CheckGoesOn(row);
  if (placing != nullptr) return Place(in, package, *placing, reason, out);
  journal::v1::PackageReissued& reissued = *out->Add().mutable_package_reissued();
  reissued.set_package_number(row.number());
  *reissued.mutable_terms() = row.terms();
  reissued.set_terms_version(row.terms_version());
  reissued.set_framework_revision(row.framework_revision());
  PutOut(in, package, out);
  return absl::OkStatus();
}

// Hands the package back. Gives the one that follows as it goes out.
absl::StatusOr<PackageRow> TransferRunning(const Context& in, const PackageAggregate& package,
                                           const v1::Transfer& transfer, const v1::Placing* placing,
                                           uint64_t successor_number, Decision* out) {
  CancelFollower(in, package.row, out);
  const Ending ending = {ReasonOf(transfer.cause()), CauseFor(in, package, transfer.cause())};
  const DateNumber today =
      in.Today(in.state.directory.Framework(package.row.framework_id())->rules());
  journal::v1::PackageHandedBack& handed_back = AddHandBack(in, package, ending, today, today, out);
  handed_back.set_reason_hash(AddReason(in, package.row.number(), transfer.reason(), out));
  PackageRow& next = *handed_back.mutable_successor();
  next = MakeFollower(in, package, v1::CAUSE_UNSPECIFIED, successor_number, out);
  next.set_transfer_id(transfer.id());
  // Who gives it up is who holds the contract now, not who won it before a novation.
  const std::string holder = HolderOf(in, ContractOf(package));
  if (transfer.cause() == v1::CAUSE_PROVIDER) {
    NoteGivenUp(holder, BranchesAskedAgain(in, next, holder), &next);
  }
  if (holder != next.previous_provider_id()) {
    next.set_previous_provider_id(holder);
    next.clear_previous_branch_id();
  }
  // Care is needed at once; a date that has passed would say nothing to a branch.
  const std::string date = FormatDate(today);
  if (next.terms().start_by_date() < date) next.mutable_terms()->set_start_by_date(date);
  const bool goes_out = placing == nullptr && !IsStopped(next);
  if (goes_out) next.set_released_time_us(in.now_us());
  PackageAggregate successor;
  successor.row = next;
  absl::Status status = GoOn(in, successor, placing, transfer.reason(), out);
  if (!status.ok()) return status;
  return successor.row;
}

// Returns the package. Gives it as it goes out.
absl::StatusOr<PackageRow> TransferAwarded(const Context& in, const PackageAggregate& package,
                                           const v1::Transfer& transfer, const v1::Placing* placing,
                                           Decision* out) {
  journal::v1::PackageReturned& returned = *out->Add().mutable_package_returned();
  returned.set_package_number(package.row.number());
  returned.set_cause(CauseFor(in, package, transfer.cause()));
  returned.set_end_reason(ReasonOf(transfer.cause()));
  returned.set_date(in.Today(RulesOf(in.state, package.row)));
  returned.set_reason_hash(AddReason(in, package.row.number(), transfer.reason(), out));
  returned.set_transfer_id(transfer.id());
  if (transfer.cause() == v1::CAUSE_PROVIDER) {
    returned.set_gave_up_provider_id(HolderOf(in, ContractOf(package)));
    *returned.mutable_asked_no_more_branch_ids() =
        BranchesAskedAgain(in, package.row, returned.gave_up_provider_id());
  }
  // The package as it will be when it is routed.
  PackageAggregate next = package;
  PackageRow& row = next.row;
  row.set_transfer_id(transfer.id());
  if (!returned.gave_up_provider_id().empty()) {
    NoteGivenUp(returned.gave_up_provider_id(), returned.asked_no_more_branch_ids(), &row);
  }
  row.set_framework_revision(in.state.directory.Framework(row.framework_id())->revision());
  const DateNumber today = in.Today(RulesOf(in.state, row));
  bool new_terms = placing == nullptr && WonInPart(next) != nullptr;  // it is asked for a part now
  if (row.terms().start_by_date() < FormatDate(today)) {
    row.mutable_terms()->set_start_by_date(FormatDate(today));
    if (placing == nullptr) {
      new_terms = true;
    } else {  // it is not put out, with which it would have new terms
      journal::v1::StartMoved& moved = *out->Add().mutable_start_moved();
      moved.set_package_number(row.number());
      moved.set_start_by_date(today);
      moved.set_care_until_date(row.care_until_date());
    }
  }
  if (new_terms) row.set_terms_version(row.terms_version() + 1);
  // With as many rounds as a package may have it waits on the list.
  if (placing != nullptr || (row.rounds_size() < limits::kRoundsPerPackageMax &&
                             row.offer_count() < limits::kOffersPerPackageMax)) {
    absl::Status status = GoOn(in, next, placing, transfer.reason(), out);
    if (!status.ok()) return status;
  }
  return row;
}

// The placings by package. Errors: FIELD_INVALID of one that names no package of the transfer, or a
// package twice; LIMIT_REACHED.
absl::StatusOr<Placings> FindPlacings(const Context& in, const v1::TransferPackagesRequest& request,
                                      const std::vector<const PackageAggregate*>& packages) {
  Placings placings;
  for (const v1::Placing& placing : request.placings()) {
    const auto at = std::find_if(packages.begin(), packages.end(), [&](const auto* package) {
      return PackageIdOf(package->row) == placing.package_id();
    });
    if (at == packages.end() || !placings.emplace((*at)->row.number(), &placing).second) {
      return Reject(v1::REJECTION_REASON_FIELD_INVALID, "placings", placing.package_id(),
                    "packages of the transfer, each once");
    }
    absl::Status status = CheckHowMany(in, RulesOf(in.state, (*at)->row), request.placings_size());
    if (!status.ok()) return status;
  }
  return placings;
}

// The open offers, of packages that wait, under what is transferred from: they are named, and
// closed where the request says so.
void NoteOpenOffers(const Context& in, const v1::TransferPackagesRequest& request,
                    v1::Transfer* transfer, Decision* out) {
  transfer->set_offers_closed(request.close_open_offers());
  for (uint64_t number : in.state.open_packages) {
    const PackageAggregate& package = *in.state.Package(number);
    if (package.row.authority_id() != in.caller.authority_id) continue;
    journal::v1::OffersClosed closed;
    for (const journal::v1::OfferRow& offer : package.offers) {
      const bool meant = request.provider_id().empty()
                             ? offer.contract_id() == request.contract_id()
                             : offer.provider_id() == request.provider_id();
      if (offer.state() != v1::OFFER_STATE_OPEN || IsAsked(offer) || !meant) continue;
      transfer->add_open_offer_ids(OfferIdOf(package.row, offer.ordinal()));
      closed.add_ordinals(offer.ordinal());
    }
    if (closed.ordinals().empty() || !request.close_open_offers()) continue;
    closed.set_package_number(number);
    closed.set_cause(v1::CLOSE_CAUSE_TRANSFERRED);
    *out->Add().mutable_offers_closed() = std::move(closed);
  }
}

}  // namespace

absl::Status Decide(const Context& in, const v1::TransferPackagesRequest& request, Decision* out) {
  if (!request.contract_id().empty() && !request.provider_id().empty()) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "provider_id", request.provider_id(),
                  "nothing where a contract is named: the one or the other");
  }
  if (request.provider_id().empty()) {
    absl::StatusOr<const v1::Contract*> contract = FindOwnContract(in, request.contract_id());
    if (!contract.ok()) return contract.status();
  } else {
    absl::Status status = CheckOwnProvider(in, request.provider_id());
    if (!status.ok()) return status;
  }
  if (absl::Status status = CheckCause(request.cause()); !status.ok()) return status;
  // It is kept with the transfer, which no erasure reaches.
  if (absl::Status status = CheckImpersonalReason(request.reason()); !status.ok()) return status;
  absl::StatusOr<std::vector<const PackageAggregate*>> packages = FindTransferred(in, request);
  if (!packages.ok()) return packages.status();
  absl::StatusOr<Placings> placings = FindPlacings(in, request, *packages);
  if (!placings.ok()) return placings.status();

  const std::string id = absl::StrFormat("T-%06d", in.state.system.last_fact_number() + 1);
  v1::Transfer& transfer =
      *AddFact(in, NewFact(in, TransferKey(id), packages->front()->row.framework_id()), "", out)
           .mutable_transfer();
  transfer.set_id(id);
  transfer.set_contract_id(request.contract_id());
  transfer.set_provider_id(request.provider_id());
  transfer.set_cause(request.cause());
  transfer.set_reason(request.reason());
  *transfer.mutable_transfer_time() = ToTimestamp(in.now_us());
  NoteOpenOffers(in, request, &transfer, out);
  uint64_t number = in.state.system.last_package_number();
  for (const PackageAggregate* package : *packages) {
    const bool runs = Runs(package->row.state());
    const auto at = placings->find(package->row.number());
    const v1::Placing* placing = at == placings->end() ? nullptr : at->second;
    absl::StatusOr<PackageRow> next =
        runs ? TransferRunning(in, *package, transfer, placing, ++number, out)
             : TransferAwarded(in, *package, transfer, placing, out);
    if (!next.ok()) return next.status();
    transfer.add_package_ids(PackageIdOf(package->row));
    transfer.add_successor_ids(PackageIdOf(*next));
  }
  return absl::OkStatus();
}

v1::TransferPackagesResponse Reply(const After& after, const v1::TransferPackagesRequest&) {
  v1::TransferPackagesResponse response;
  *response.mutable_transfer() = FirstFact(after).transfer();
  return response;
}

}  // namespace brokerage::engine
