#include "engine/decide/endings.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/ids.h"
#include "engine/base/rejection.h"
#include "engine/decide/checks.h"
#include "engine/model/end_reasons.h"
#include "engine/routing/routing.h"

namespace brokerage::engine {

using journal::v1::OfferRow;
using journal::v1::PackageRow;

namespace {

constexpr int kBackdatingDays = 31;  // chosen: no council publishes one

// The local date on which care started. REQUIRES: it did.
DateNumber StartedDate(const Context& in, const v1::FrameworkRules& rules, const PackageRow& row) {
  if (row.started_date() != 0) return row.started_date();
  return LocalDate(absl::FromUnixMicros(row.started_time_us()), in.ZoneOf(rules));
}

// A cancellation and an end of care may leave open whose cause it was.
bool MayLeaveOpen(PackageVerb verb, v1::EndReason reason) {
  return reason == v1::END_REASON_OTHER &&
         (verb == PackageVerb::kCancel || verb == PackageVerb::kCease);
}

// What a reason says of the person who leaves an interim service; nothing where it leaves that
// open.
v1::LeavingOutcome LeavingBy(v1::EndReason reason) {
  switch (reason) {
    case v1::END_REASON_NO_LONGER_NEEDED:
      return v1::LEAVING_OUTCOME_NO_CARE;
    case v1::END_REASON_DIED:
    case v1::END_REASON_STAYS_IN_HOSPITAL:
    case v1::END_REASON_CARE_HOME:
      return v1::LEAVING_OUTCOME_OTHER;
    case v1::END_REASON_UNSPECIFIED:
    case v1::END_REASON_MOVED_AWAY:
    case v1::END_REASON_OWN_ARRANGEMENT:
    case v1::END_REASON_CAPACITY:
    case v1::END_REASON_RECRUITMENT:
    case v1::END_REASON_DISTANCE:
    case v1::END_REASON_NEEDS_BEYOND_BRANCH:
    case v1::END_REASON_RELATIONSHIP_BROKE_DOWN:
    case v1::END_REASON_CONTRACT_GIVEN_UP:
    case v1::END_REASON_TERMS_CHANGED:
    case v1::END_REASON_RESTART_NOT_TAKEN:
    case v1::END_REASON_PLACING_REFUSED:
    case v1::END_REASON_OTHER_PROVIDER_WANTED:
    case v1::END_REASON_QUALITY_OR_SAFEGUARDING:
    case v1::END_REASON_CONTRACT_ENDED:
    case v1::END_REASON_OTHER_PROVIDER_DECIDED:
    case v1::END_REASON_WRONGLY_ENTERED:
    case v1::END_REASON_OTHER:
    case v1::EndReason_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::EndReason_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return v1::LEAVING_OUTCOME_UNSPECIFIED;
}

absl::Status CheckWords(v1::EndReason reason, absl::string_view words) {
  if (reason != v1::END_REASON_OTHER && words.empty()) return absl::OkStatus();
  return CheckImpersonalReason(words);
}

}  // namespace

absl::StatusOr<Ending> CheckEnding(PackageVerb verb, v1::EndReason reason, v1::Cause cause,
                                   absl::string_view words) {
  if (reason == v1::END_REASON_UNSPECIFIED) reason = v1::END_REASON_OTHER;
  const EndReason& of = EndReasonOf(reason);
  const std::string name(absl::StripPrefix(v1::EndReason_Name(reason), "END_REASON_"));
  if (!MayName(verb, of)) {
    return Reject(
        v1::REJECTION_REASON_FIELD_INVALID, "end_reason", name,
        absl::StrCat("what a package can be ", VerbName(verb), "d for: ", ReasonNames(verb)));
  }
  if (cause == v1::CAUSE_UNSPECIFIED) cause = OnlyCauseOf(of);
  if (cause == v1::CAUSE_UNSPECIFIED && !MayLeaveOpen(verb, reason)) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "cause", "", CauseNames(of.causes));
  }
  if (cause == v1::CAUSE_SUCCESSOR) {
    return Reject(
        v1::REJECTION_REASON_FIELD_INVALID, "cause", "SUCCESSOR",
        absl::StrCat(CauseNames(of.causes), ": whether it is a successor's is known here"));
  }
  if (cause != v1::CAUSE_UNSPECIFIED && (of.causes & CauseBit(cause)) == 0) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "cause",
                  std::string(absl::StripPrefix(v1::Cause_Name(cause), "CAUSE_")),
                  absl::StrCat(CauseNames(of.causes), ": the reason is ", name));
  }
  if (absl::Status status = CheckWords(reason, words); !status.ok()) return status;
  return Ending{reason, cause};
}

absl::StatusOr<DateNumber> HappenedOn(const Context& in, const v1::FrameworkRules& rules,
                                      absl::string_view on_date, DateNumber earliest) {
  const DateNumber today = in.Today(rules);
  if (on_date.empty()) return today;
  const int days = rules.backdating_days_max() > 0 ? rules.backdating_days_max() : kBackdatingDays;
  const DateNumber first = std::max(earliest, ToDateNumber(FromDateNumber(today) - days));
  const auto date = ParseDate(on_date);
  if (date && *date >= first && *date <= today) return *date;
  return Reject(v1::REJECTION_REASON_FIELD_INVALID, "on_date", on_date,
                absl::StrCat("a date from ", FormatDate(first), " to ", FormatDate(today)));
}

DateNumber LastStepDate(const Context& in, const v1::FrameworkRules& rules, const PackageRow& row) {
  const DateNumber today = in.Today(rules);
  DateNumber last = StartedDate(in, rules, row);
  // A day that was agreed and lies ahead has not come.
  if (row.resumed_date() <= today) last = std::max(last, row.resumed_date());
  if (row.state() == v1::PACKAGE_STATE_PAUSED && row.pause().from_date() <= today) {
    last = std::max(last, row.pause().from_date());
  }
  return last;
}

DateNumber DayAfter(DateNumber day) { return ToDateNumber(FromDateNumber(day) + 1); }

absl::Status CheckContractStands(const Context& in, const PackageAggregate& package) {
  const PackageRow& row = package.row;
  const Directory& directory = in.state.directory;
  const std::string& id = ContractOf(package);
  const v1::Contract* awarded = directory.Contract(id);
  const DateNumber today = in.Today(RulesOf(in.state, row));
  if (awarded == nullptr || directory.ContractInForce(*awarded, today)) return absl::OkStatus();
  const std::string holder = HolderOf(in, id);
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

absl::StatusOr<v1::LeavingOutcome> CheckLeaving(const PackageRow& row, v1::EndReason reason,
                                                v1::LeavingOutcome outcome) {
  if (IsInterim(row) && outcome == v1::LEAVING_OUTCOME_UNSPECIFIED) outcome = LeavingBy(reason);
  if (IsInterim(row) && outcome == v1::LEAVING_OUTCOME_UNSPECIFIED) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "leaving_outcome", "",
                  "what became of the person: NO_CARE, LESS_CARE, SAME_CARE, MORE_CARE or OTHER");
  }
  if (!IsInterim(row) && outcome != v1::LEAVING_OUTCOME_UNSPECIFIED) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "leaving_outcome",
                  v1::LeavingOutcome_Name(outcome),
                  "nothing: the package did not start as an interim service");
  }
  return outcome;
}

std::string HolderOf(const Context& in, const std::string& contract_id) {
  const v1::Contract* contract = in.state.directory.Contract(contract_id);
  const journal::v1::FrameworkRow* framework =
      contract == nullptr ? nullptr : in.state.directory.Framework(contract->framework_id());
  if (framework == nullptr) return "";
  return in.state.directory.ProviderOfContract(contract_id, in.Today(framework->rules()));
}

Holder HolderOf(const Context& in, const PackageAggregate& package) {
  const PackageRow& row = package.row;
  if (row.imported()) {
    const v1::Branch* branch = in.state.directory.Branch(row.running_branch_id());
    return {branch == nullptr ? "" : branch->provider_id(), row.running_branch_id()};
  }
  const OfferRow& winner = package.offers[static_cast<size_t>(row.award().offer_ordinal() - 1)];
  return {winner.provider_id(), winner.branch_id()};
}

// What the provider to which the contract has moved gives up is not held against the one that won.
v1::Cause CauseFor(const Context& in, const PackageAggregate& package, v1::Cause cause) {
  if (cause != v1::CAUSE_PROVIDER || package.row.imported()) return cause;
  const OfferRow& winner =
      package.offers[static_cast<size_t>(package.row.award().offer_ordinal() - 1)];
  const std::string holder = HolderOf(in, winner.contract_id());
  return holder.empty() || holder == winner.provider_id() ? cause : v1::CAUSE_SUCCESSOR;
}

journal::v1::PackageHandedBack& AddHandBack(const Context& in, const PackageAggregate& package,
                                            const Ending& ending, DateNumber date, DateNumber told,
                                            Decision* out) {
  const PackageRow& row = package.row;
  const v1::FrameworkRules& rules = in.state.directory.Framework(row.framework_id())->rules();
  journal::v1::PackageHandedBack& handed_back = *out->Add().mutable_package_handed_back();
  handed_back.set_package_number(row.number());
  handed_back.set_end_reason(ending.reason);
  handed_back.set_cause(ending.cause);
  handed_back.set_date(date);
  if (!row.imported()) {
    const int32_t days = rules.hand_back_days() > 0 ? rules.hand_back_days() : 28;
    const absl::CivilDay last = FromDateNumber(row.award().award_date()) + days;
    handed_back.set_in_cohort(told <= ToDateNumber(last));
  }
  return handed_back;
}

journal::v1::PackageCeased& AddCease(const Context& in, const PackageAggregate& package,
                                     const Ending& ending, DateNumber date,
                                     v1::LeavingOutcome outcome, Decision* out) {
  const PackageRow& row = package.row;
  journal::v1::PackageCeased& ceased = *out->Add().mutable_package_ceased();
  ceased.set_package_number(row.number());
  ceased.set_end_reason(ending.reason);
  ceased.set_cause(ending.cause);
  ceased.set_date(date);
  ceased.set_leaving_outcome(outcome);
  if (!IsInterim(row)) return ceased;
  const v1::FrameworkRules& rules = RulesOf(in.state, row);
  const absl::CivilDay started = FromDateNumber(StartedDate(in, rules, row));
  ceased.set_left_date(date);
  ceased.set_stay_days(static_cast<int32_t>(FromDateNumber(date) - started));
  const absl::Time limit = absl::FromUnixMicros(row.limit_due_us());
  ceased.set_left_within_limit(date < in.Today(rules) && in.now >= limit &&
                               date <= LocalDate(limit, in.ZoneOf(rules)));
  return ceased;
}

void EndNotice(const Context& in, const PackageAggregate& package, DateNumber date, Decision* out) {
  const journal::v1::NoticeRow& notice = package.row.notice();
  const Ending ending = {notice.reason(), notice.cause()};
  if (notice.of_provider()) {
    AddHandBack(in, package, ending, date, notice.given_date(), out).set_by_notice(true);
  } else {
    AddCease(in, package, ending, date, notice.leaving_outcome(), out).set_by_notice(true);
  }
}

PackageRow SameNeed(const Context& in, const PackageAggregate& package, uint64_t number,
                    Decision* out) {
  const PackageRow& row = package.row;
  const journal::v1::FrameworkRow& framework = *in.state.directory.Framework(row.framework_id());
  PackageRow next;
  next.set_number(number);
  next.set_submitted_date(in.Today(framework.rules()));
  next.set_year(next.submitted_date() / 10000);
  next.set_framework_id(row.framework_id());
  next.set_authority_id(row.authority_id());
  next.set_origin(row.origin());
  next.set_urgency(row.urgency());
  next.set_ward_code(row.ward_code());
  next.set_lot_id(LotNow(in.state.directory, row));
  next.set_postcode_sector(row.postcode_sector());
  *next.mutable_terms() = row.terms();
  next.set_terms_version(1);
  *next.mutable_needs() = row.needs();
  next.set_person_number(PersonNumberOf(row));
  next.set_stopped_by_number(row.stopped_by_number());
  next.set_stopped_by_year(row.stopped_by_year());
  *next.mutable_gave_up_provider_ids() = row.gave_up_provider_ids();
  *next.mutable_asked_again_branch_ids() = row.asked_again_branch_ids();
  *next.mutable_gave_up_branch_ids() = row.gave_up_branch_ids();
  *next.mutable_refused_provider_ids() = row.refused_provider_ids();
  *next.mutable_preferred_provider_ids() = row.preferred_provider_ids();
  next.set_submitted_time_us(in.now_us());
  next.set_submitted_by(in.caller.account_id);
  next.set_erased(row.erased());
  for (const char* name : {"details", "person_reference", "postcode", "summary"}) {
    if (package.Text(name).empty()) continue;
    journal::v1::TextHash& hash = *next.add_text_hashes();
    hash.set_name(name);
    hash.set_hash(AddText(in, next.number(), name, package.Text(name), out));
  }
  return next;
}

PackageRow MakeFollower(const Context& in, const PackageAggregate& package, v1::Cause cause,
                        uint64_t number, Decision* out) {
  const PackageRow& row = package.row;
  PackageRow next = SameNeed(in, package, number, out);
  next.set_state(v1::PACKAGE_STATE_UNFILLED);
  next.set_unfilled_cause(v1::UNFILLED_CAUSE_GIVEN_UP);
  next.set_framework_revision(in.state.directory.Framework(row.framework_id())->revision());
  const Holder holder = HolderOf(in, package);
  next.set_previous_branch_id(holder.branch_id);
  next.set_previous_provider_id(holder.provider_id);
  next.set_previous_handed_back(true);
  if (cause == v1::CAUSE_PROVIDER) NoteGivenUp(next.previous_branch_id(), &next);
  next.set_predecessor_number(row.number());
  next.set_predecessor_year(row.year());
  return next;
}

void AddWaitingFollower(const Context& in, const PackageAggregate& package, v1::Cause cause,
                        const v1::PackageTerms& terms, DateNumber care_until, Decision* out) {
  const v1::FrameworkRules& rules =
      in.state.directory.Framework(package.row.framework_id())->rules();
  PackageRow next =
      MakeFollower(in, package, cause, in.state.system.last_package_number() + 1, out);
  next.set_state(v1::PACKAGE_STATE_SUBMITTED);
  next.set_framework_revision(0);
  *next.mutable_terms() = terms;
  next.set_care_until_date(care_until);
  next.set_release_due_us(
      absl::ToUnixMicros(ReleaseDue(rules, next.urgency(), in.now, in.ZoneOf(rules))));
  *out->Add().mutable_package_submitted()->mutable_package() = std::move(next);
}

const PackageAggregate* FollowerOf(const Context& in, const PackageRow& row) {
  const PackageAggregate* follower = in.state.Package(row.successor_number());
  return follower != nullptr && WaitsOrIsAwarded(follower->row.state()) ? follower : nullptr;
}

void NoteCareEnded(const Context& in, const PackageRow& row, DateNumber date, Decision* out) {
  const PackageAggregate* follower = FollowerOf(in, row);
  if (follower == nullptr || follower->row.care_until_date() <= date) return;
  journal::v1::StartMoved& moved = *out->Add().mutable_start_moved();
  moved.set_package_number(follower->row.number());
  moved.set_start_by_date(ParseDate(follower->row.terms().start_by_date()).value_or(0));
  moved.set_care_until_date(date);
}

}  // namespace brokerage::engine
