// The verbs of care navigation on a package that was taken in.

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "engine/award/ranking.h"
#include "engine/base/bounds.h"
#include "engine/base/ids.h"
#include "engine/decide/decide.h"
#include "engine/model/lifecycle.h"
#include "engine/model/package.h"
#include "engine/routing/routing.h"

namespace brokerage::engine {

using journal::v1::OfferRow;
using journal::v1::PackageRow;

absl::Status Deciding::On(const v1::ReleasePackagesRequest& request) {
  if (request.package_ids().empty()) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "package_ids", "", "at least one package");
  }
  if (request.package_ids_size() > limits::kBatchItemsMax) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "package_ids",
                  absl::StrCat(request.package_ids_size()),
                  absl::StrCat("at most ", limits::kBatchItemsMax));
  }
  std::set<uint64_t> seen;
  for (const std::string& id : request.package_ids()) {
    absl::StatusOr<const PackageAggregate*> package = FindPackage(id, "package_ids");
    if (!package.ok()) return package.status();
    const PackageRow& row = (*package)->row;
    if (absl::Status status = CheckState(row, PackageVerb::kRelease); !status.ok()) return status;
    if (!seen.insert(row.number()).second) continue;
    if (request.hold()) {
      journal::v1::PackageHeld& held = *Add().mutable_package_held();
      held.set_package_number(row.number());
      held.set_held(true);
      continue;
    }
    journal::v1::PackageReleased& released = *Add().mutable_package_released();
    released.set_package_number(row.number());
    released.set_framework_revision(state_.directory.Framework(row.framework_id())->revision());
    if (!OpenRound(**package, 1, row.rounds_size(), row.offer_count())) {
      Add().mutable_package_unfilled()->set_package_number(row.number());
    }
  }
  return absl::OkStatus();
}

absl::Status Deciding::On(const v1::CancelPackageRequest& request) {
  absl::StatusOr<const PackageAggregate*> package = FindPackage(request.package_id());
  if (!package.ok()) return package.status();
  const PackageRow& row = (*package)->row;
  if (absl::Status status = CheckState(row, PackageVerb::kCancel); !status.ok()) return status;
  if (absl::Status status = CheckReason(request.reason()); !status.ok()) return status;
  journal::v1::PackageCancelled& cancelled = *Add().mutable_package_cancelled();
  cancelled.set_package_number(row.number());
  cancelled.set_reason_hash(AddText(row.number(), ReasonName(), request.reason()));
  return absl::OkStatus();
}

absl::Status Deciding::On(const v1::AwardPackageRequest& request) {
  absl::StatusOr<const PackageAggregate*> found = FindPackage(request.package_id());
  if (!found.ok()) return found.status();
  const PackageAggregate& package = **found;
  const PackageRow& row = package.row;
  if (absl::Status status = CheckState(row, PackageVerb::kAward); !status.ok()) return status;
  if (request.offer_id().empty()) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "offer_id", "", "an acceptance's id");
  }
  const auto id = ParseOfferId(request.offer_id());
  if (!id || id->package != PackageId{row.year(), row.number()} ||
      id->ordinal > static_cast<int32_t>(package.offers.size())) {
    return Reject(v1::REJECTION_REASON_NOT_FOUND, "offer_id", request.offer_id(),
                  "an offer of this package");
  }
  const v1::FrameworkRules& rules = RulesOf(state_, row);
  const AwardQuestion question{package,        rules, state_.directory,
                               state_.rollups, now_,  Today(rules)};
  const Ranking ranking = RankAcceptances(question);
  const auto at = std::find(ranking.ordinals.begin(), ranking.ordinals.end(), id->ordinal);
  if (at == ranking.ordinals.end()) {
    return Reject(v1::REJECTION_REASON_OFFER_STATE, "offer_id", request.offer_id(),
                  "an acceptance that still holds");
  }
  const size_t winner = static_cast<size_t>(at - ranking.ordinals.begin());
  if (winner >= ranking.valid) {
    return Reject(v1::REJECTION_REASON_RULE_FAILS_AT_AWARD, "offer_id", request.offer_id(),
                  absl::StrCat("an acceptance that passes ",
                               RuleName(ranking.acceptances[winner].void_rule())));
  }
  // Live figures may have moved since the proposal; what was proposed is still no override.
  const bool due = row.awaits_award() || row.state() == v1::PACKAGE_STATE_UNFILLED;
  const bool proposed = row.awaits_award() && id->ordinal == row.proposed_ordinal();
  const bool overridden = !proposed && (winner != 0 || !due);
  if (overridden) {
    if (absl::Status status = CheckReason(request.override_reason(), "override_reason");
        !status.ok()) {
      return status;
    }
  }
  if (NeedsPriceException(rules, package.offers[static_cast<size_t>(id->ordinal - 1)])) {
    absl::Status status = CheckReason(request.price_exception_reason(), "price_exception_reason");
    if (!status.ok()) return status;
  }
  for (auto [field, text] :
       {std::pair{"override_reason", &request.override_reason()},
        std::pair{"price_exception_reason", &request.price_exception_reason()}}) {
    if (absl::Status status = CheckImpersonal(*text, field); !status.ok()) return status;
  }
  journal::v1::PackageAwarded& awarded = *Add().mutable_package_awarded();
  FillAward(package, ranking, winner, &awarded);
  journal::v1::AwardRow& award = *awarded.mutable_award();
  award.set_time_us(now_us());
  award.set_account_id(caller_.account_id);
  award.set_overridden(overridden);
  if (overridden) award.set_override_reason(request.override_reason());
  award.set_price_exception_reason(request.price_exception_reason());
  awarded.set_award_date(Today(rules));
  return absl::OkStatus();
}

absl::Status Deciding::On(const v1::ReissuePackageRequest& request) {
  absl::StatusOr<const PackageAggregate*> found = FindPackage(request.package_id());
  if (!found.ok()) return found.status();
  const PackageRow& row = (*found)->row;
  if (absl::Status status = CheckState(row, PackageVerb::kReissue); !status.ok()) return status;
  if (row.rounds_size() >= limits::kRoundsPerPackageMax ||
      row.offer_count() >= limits::kOffersPerPackageMax) {
    return Reject(v1::REJECTION_REASON_LIMIT_REACHED, "package_id", request.package_id(),
                  absl::StrCat("a package with fewer than ", limits::kRoundsPerPackageMax,
                               " rounds and ", limits::kOffersPerPackageMax, " offers"));
  }
  const journal::v1::FrameworkRow& framework = *state_.directory.Framework(row.framework_id());
  // The package as it will be when it is routed.
  PackageAggregate package = **found;
  package.row.set_framework_revision(framework.revision());
  if (request.has_terms()) {
    absl::Status status = CheckTerms(request.terms(), "terms", Today(framework.rules()));
    if (!status.ok()) return status;
    if (request.terms().SerializeAsString() != row.terms().SerializeAsString()) {
      *package.row.mutable_terms() = request.terms();
      package.row.set_terms_version(row.terms_version() + 1);
    }
  }
  journal::v1::PackageReissued& reissued = *Add().mutable_package_reissued();
  reissued.set_package_number(row.number());
  *reissued.mutable_terms() = package.row.terms();
  reissued.set_terms_version(package.row.terms_version());
  reissued.set_framework_revision(framework.revision());
  if (!OpenRound(package, 1, row.rounds_size(), row.offer_count())) {
    Add().mutable_package_unfilled()->set_package_number(row.number());
  }
  return absl::OkStatus();
}

absl::Status Deciding::On(const v1::StartPackageRequest& request) {
  absl::StatusOr<const PackageAggregate*> package = FindPackage(request.package_id());
  if (!package.ok()) return package.status();
  const PackageRow& row = (*package)->row;
  if (absl::Status status = CheckState(row, PackageVerb::kStart); !status.ok()) return status;
  if (absl::Status status = CheckContractStands(**package); !status.ok()) return status;
  journal::v1::PackageStarted& started = *Add().mutable_package_started();
  started.set_package_number(row.number());
  started.set_limit_due_us(LimitDue(RulesOf(state_, row), row.terms().service_type()));
  return absl::OkStatus();
}

// A novation moves what was awarded under the contract with it, and a provider may go on under
// another contract in the lot; else an end leaves nobody to give care.
absl::Status Deciding::CheckContractStands(const PackageAggregate& package) const {
  const PackageRow& row = package.row;
  const Directory& directory = state_.directory;
  const std::string& id = ContractOf(package);
  const v1::Contract* awarded = directory.Contract(id);
  const DateNumber today = Today(RulesOf(state_, row));
  if (awarded == nullptr || directory.ContractInForce(*awarded, today)) return absl::OkStatus();
  const std::string holder = HolderOf(id);
  for (const v1::Contract* contract :
       directory.ContractsOfLot(row.framework_id(), LotNow(directory, row))) {
    const auto& services = contract->service_types();
    const bool serves =
        std::find(services.begin(), services.end(), row.terms().service_type()) != services.end();
    if (serves && directory.ContractInForce(*contract, today) &&
        directory.ProviderOfContract(contract->id(), today) == holder) {
      return absl::OkStatus();
    }
  }
  return Reject(
      v1::REJECTION_REASON_CONTRACT_STATUS, "package_id",
      FormatPackageId({row.year(), row.number()}),
      absl::StrCat("a package whose provider has a contract in the lot; ", id, " ended on ",
                   awarded->to_date(), ": return the package, or transfer all of the contract's"));
}

// What the provider to which the contract has moved gives up is not held against the one that won.
v1::Cause Deciding::CauseFor(const PackageAggregate& package, v1::Cause cause) const {
  if (cause != v1::CAUSE_PROVIDER || package.row.imported()) return cause;
  const OfferRow& winner =
      package.offers[static_cast<size_t>(package.row.award().offer_ordinal() - 1)];
  const std::string holder = HolderOf(winner.contract_id());
  return holder.empty() || holder == winner.provider_id() ? cause : v1::CAUSE_SUCCESSOR;
}

absl::Status Deciding::On(const v1::ReturnPackageRequest& request) {
  absl::StatusOr<const PackageAggregate*> package = FindPackage(request.package_id());
  if (!package.ok()) return package.status();
  const PackageRow& row = (*package)->row;
  if (absl::Status status = CheckState(row, PackageVerb::kReturn); !status.ok()) return status;
  if (absl::Status status = CheckCause(request.cause()); !status.ok()) return status;
  if (absl::Status status = CheckReason(request.reason()); !status.ok()) return status;
  journal::v1::PackageReturned& returned = *Add().mutable_package_returned();
  returned.set_package_number(row.number());
  returned.set_cause(CauseFor(**package, request.cause()));
  returned.set_reason_hash(AddText(row.number(), ReasonName(), request.reason()));
  return absl::OkStatus();
}

absl::Status Deciding::On(const v1::HandBackPackageRequest& request) {
  absl::StatusOr<const PackageAggregate*> found = FindPackage(request.package_id());
  if (!found.ok()) return found.status();
  const PackageAggregate& package = **found;
  const PackageRow& row = package.row;
  if (absl::Status status = CheckState(row, PackageVerb::kHandBack); !status.ok()) return status;
  if (absl::Status status = CheckCause(request.cause()); !status.ok()) return status;
  if (absl::Status status = CheckReason(request.reason()); !status.ok()) return status;
  AddHandBack(package, request.cause(), request.reason(), state_.system.last_package_number() + 1);
  return absl::OkStatus();
}

journal::v1::PackageHandedBack& Deciding::AddHandBack(const PackageAggregate& package,
                                                      v1::Cause cause, absl::string_view reason,
                                                      uint64_t successor_number) {
  const PackageRow& row = package.row;
  const journal::v1::FrameworkRow& framework = *state_.directory.Framework(row.framework_id());
  const v1::FrameworkRules& rules = framework.rules();
  journal::v1::PackageHandedBack& handed_back = *Add().mutable_package_handed_back();
  handed_back.set_package_number(row.number());
  handed_back.set_cause(CauseFor(package, cause));
  handed_back.set_reason_hash(AddText(row.number(), ReasonName(), reason));
  if (!row.imported()) {
    const int32_t days = rules.hand_back_days() > 0 ? rules.hand_back_days() : 28;
    const absl::CivilDay last = FromDateNumber(row.award().award_date()) + days;
    handed_back.set_in_cohort(Today(rules) <= ToDateNumber(last));
  }
  PackageRow& next = *handed_back.mutable_successor();
  next.set_number(successor_number);
  next.set_submitted_date(Today(rules));
  next.set_year(next.submitted_date() / 10000);
  next.set_state(v1::PACKAGE_STATE_UNFILLED);
  next.set_framework_id(row.framework_id());
  next.set_framework_revision(framework.revision());
  next.set_authority_id(row.authority_id());
  next.set_origin(row.origin());
  next.set_urgency(row.urgency());
  next.set_ward_code(row.ward_code());
  next.set_lot_id(LotNow(state_.directory, row));
  next.set_postcode_sector(row.postcode_sector());
  *next.mutable_terms() = row.terms();
  next.set_terms_version(1);
  *next.mutable_needs() = row.needs();
  if (row.imported()) {
    next.set_previous_branch_id(row.running_branch_id());
    const v1::Branch* branch = state_.directory.Branch(row.running_branch_id());
    if (branch != nullptr) next.set_previous_provider_id(branch->provider_id());
  } else {
    const OfferRow& winner = package.offers[static_cast<size_t>(row.award().offer_ordinal() - 1)];
    next.set_previous_branch_id(winner.branch_id());
    next.set_previous_provider_id(winner.provider_id());
  }
  next.set_previous_handed_back(true);
  *next.mutable_refused_provider_ids() = row.refused_provider_ids();
  *next.mutable_preferred_provider_ids() = row.preferred_provider_ids();
  next.set_submitted_time_us(now_us());
  next.set_submitted_by(caller_.account_id);
  next.set_predecessor_number(row.number());
  next.set_predecessor_year(row.year());
  next.set_erased(row.erased());
  for (const char* name : {"details", "person_reference", "postcode", "summary"}) {
    if (package.Text(name).empty()) continue;
    journal::v1::TextHash& hash = *next.add_text_hashes();
    hash.set_name(name);
    hash.set_hash(AddText(next.number(), name, package.Text(name)));
  }
  return handed_back;
}

absl::Status Deciding::On(const v1::CeasePackageRequest& request) {
  absl::StatusOr<const PackageAggregate*> package = FindPackage(request.package_id());
  if (!package.ok()) return package.status();
  const PackageRow& row = (*package)->row;
  if (absl::Status status = CheckState(row, PackageVerb::kCease); !status.ok()) return status;
  if (absl::Status status = CheckReason(request.reason()); !status.ok()) return status;
  const v1::LeavingOutcome outcome = request.leaving_outcome();
  if (IsInterim(row) && outcome == v1::LEAVING_OUTCOME_UNSPECIFIED) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "leaving_outcome", "",
                  "what became of the person: NO_CARE, LESS_CARE, SAME_CARE, MORE_CARE or OTHER");
  }
  if (!IsInterim(row) && outcome != v1::LEAVING_OUTCOME_UNSPECIFIED) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "leaving_outcome",
                  v1::LeavingOutcome_Name(outcome),
                  "nothing: the package did not start as an interim service");
  }
  journal::v1::PackageCeased& ceased = *Add().mutable_package_ceased();
  ceased.set_package_number(row.number());
  ceased.set_leaving_outcome(outcome);
  if (IsInterim(row)) {
    const v1::FrameworkRules& rules = RulesOf(state_, row);
    const DateNumber started =
        LocalDate(absl::FromUnixMicros(row.started_time_us()), ZoneOf(rules));
    ceased.set_left_date(Today(rules));
    ceased.set_stay_days(
        static_cast<int32_t>(FromDateNumber(ceased.left_date()) - FromDateNumber(started)));
  }
  ceased.set_reason_hash(AddText(row.number(), ReasonName(), request.reason()));
  return absl::OkStatus();
}

int64_t Deciding::LimitDue(const v1::FrameworkRules& rules, v1::ServiceType service) const {
  const auto& types = rules.interim().service_types();
  if (std::find(types.begin(), types.end(), service) == types.end()) return 0;
  v1::Window window;
  window.set_days(rules.interim().limit_days());
  // From the whole second, as the windows of rounds.
  const absl::Time from = absl::FromUnixSeconds(absl::ToUnixSeconds(now_));
  return absl::ToUnixMicros(WindowEnd(window, from, ZoneOf(rules), Holidays()));
}

absl::Status Deciding::On(const v1::ErasePackageTextsRequest& request) {
  absl::StatusOr<const PackageAggregate*> package = FindPackage(request.package_id());
  if (!package.ok()) return package.status();
  const PackageRow& row = (*package)->row;
  if (absl::Status status = CheckState(row, PackageVerb::kErase); !status.ok()) return status;
  Add().mutable_texts_erased()->set_package_number(row.number());
  return absl::OkStatus();
}

}  // namespace brokerage::engine
