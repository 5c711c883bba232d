#include "engine/decide/asked.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/bounds.h"
#include "engine/base/calendar.h"
#include "engine/base/rejection.h"
#include "engine/decide/endings.h"
#include "engine/decide/referral.h"
#include "engine/decide/rounds.h"

namespace brokerage::engine {

using journal::v1::OfferRow;
using journal::v1::PackageRow;

namespace {

const v1::Window& WindowOf(const v1::FrameworkRules& rules, const PackageRow& row,
                           v1::OfferPurpose purpose) {
  static const v1::Window kWorkingDay = [] {
    v1::Window window;
    window.set_working_days(1);
    return window;
  }();
  const auto is_given = [](const v1::Window& window) {
    return window.span_case() != v1::Window::SPAN_NOT_SET;
  };
  const v1::Window& own = purpose == v1::OFFER_PURPOSE_CHANGE ? rules.terms_change().window()
                                                              : rules.pause().restart_window();
  if (is_given(own)) return own;
  if (purpose == v1::OFFER_PURPOSE_CHANGE || !rules.has_restart()) return kWorkingDay;
  return row.urgency() == v1::URGENCY_URGENT ? rules.restart().urgent_window()
                                             : rules.restart().standard_window();
}

int64_t DeadlineOf(const Context& in, const PackageRow& row, v1::OfferPurpose purpose) {
  const v1::FrameworkRules& rules = RulesOf(in.state, row);
  const absl::Time from = absl::FromUnixSeconds(absl::ToUnixSeconds(in.now));
  return absl::ToUnixMicros(WindowEnd(WindowOf(rules, row, purpose), from, in.ZoneOf(rules),
                                      in.state.directory.HolidaysOf(row.framework_id())));
}

// The person needs care again, and the branch that had the person does not give it: its package
// ends, and another takes its place.
void EndPaused(const Context& in, const PackageAggregate& package, const OfferRow& offer,
               Decision* out) {
  const PackageRow& row = package.row;
  const DateNumber today = in.Today(RulesOf(in.state, row));
  const Ending ending = {v1::END_REASON_RESTART_NOT_TAKEN,
                         CauseFor(in, package, v1::CAUSE_PROVIDER)};
  AddCease(in, package, ending, today,
           IsInterim(row) ? v1::LEAVING_OUTCOME_OTHER : v1::LEAVING_OUTCOME_UNSPECIFIED, out);
  NoteCareEnded(in, row, today, out);
  if (FollowerOf(in, row) != nullptr) return;
  v1::PackageTerms terms = offer.asked_terms();
  terms.set_start_by_date(FormatDate(offer.from_date()));
  AddWaitingFollower(in, package, v1::CAUSE_UNSPECIFIED, terms, 0, out);
}

journal::v1::AskedDecided& AddDecided(const PackageRow& row, int32_t ordinal, v1::OfferState state,
                                      Decision* out) {
  journal::v1::AskedDecided& decided = *out->Add().mutable_asked_decided();
  decided.set_package_number(row.number());
  decided.set_ordinal(ordinal);
  decided.set_state(state);
  return decided;
}

}  // namespace

absl::Status CheckNothingAsked(const PackageRow& row) {
  if (row.asked_ordinal() != 0) {
    return Reject(
        v1::REJECTION_REASON_ALREADY_EXISTS, "package_id", PackageIdOf(row),
        absl::StrCat("a package whose branch is asked for nothing; it is by ",
                     OfferIdOf(row, row.asked_ordinal()), ", which WithdrawAskedOffer takes back"));
  }
  if (row.offer_count() >= limits::kOffersPerPackageMax) {
    return Reject(
        v1::REJECTION_REASON_LIMIT_REACHED, "package_id", PackageIdOf(row),
        absl::StrCat("a package with fewer than ", limits::kOffersPerPackageMax, " offers"));
  }
  return absl::OkStatus();
}

absl::Status CheckMayBeAsked(const Context& in, const PackageAggregate& package) {
  if (absl::Status status = CheckNothingAsked(package.row); !status.ok()) return status;
  return CheckContractStands(in, package);
}

OfferRow AskedOffer(const Context& in, const PackageAggregate& package, const Asking& asking) {
  const PackageRow& row = package.row;
  const v1::FrameworkRules& rules = RulesOf(in.state, row);
  const v1::Contract& contract = *in.state.directory.Contract(ContractOf(package));
  const Holder holder = HolderOf(in, package);
  OfferRow offer = OfferUnder(in, rules, row, contract, holder.provider_id, holder.branch_id);
  offer.set_ordinal(row.offer_count() + 1);
  offer.set_state(v1::OFFER_STATE_OPEN);
  offer.set_purpose(asking.purpose);
  offer.set_restart(asking.counts);
  offer.set_from_date(asking.from_date);
  offer.set_service_type(asking.terms.service_type());
  *offer.mutable_asked_terms() = asking.terms;
  if (contract.lot_id() != row.lot_id()) offer.set_lot_id(contract.lot_id());
  return offer;
}

void AskBranch(const Context& in, const PackageAggregate& package, const Asking& asking,
               Decision* out) {
  journal::v1::BranchAsked& asked = *out->Add().mutable_branch_asked();
  asked.set_package_number(package.row.number());
  *asked.mutable_offer() = AskedOffer(in, package, asking);
  asked.mutable_offer()->set_deadline_us(DeadlineOf(in, package.row, asking.purpose));
}

void AddTermsChange(const PackageAggregate& package, const v1::PackageTerms& terms,
                    DateNumber from_date, int32_t ordinal, Decision* out) {
  const PackageRow& row = package.row;
  journal::v1::TermsChanged& changed = *out->Add().mutable_terms_changed();
  changed.set_package_number(row.number());
  *changed.mutable_terms() = terms;
  journal::v1::TermsChangeRow& change = *changed.mutable_change();
  change.set_terms_version(row.terms_version() + 1);
  change.set_from_date(from_date);
  change.set_minutes_difference(terms.weekly_minutes() - row.terms().weekly_minutes());
  change.set_offer_ordinal(ordinal);
}

absl::Status CheckAskedAnswer(const FoundOffer& found) {
  const OfferRow& offer = *found.offer;
  if (offer.state() == v1::OFFER_STATE_OPEN) return absl::OkStatus();
  const std::string id = OfferIdOf(found.package->row, offer.ordinal());
  if (offer.state() == v1::OFFER_STATE_LAPSED) {
    return Reject(v1::REJECTION_REASON_ANSWER_TOO_LATE, "offer_id", id,
                  "an offer whose window has not ended: ask care navigation to put it again");
  }
  return Reject(v1::REJECTION_REASON_OFFER_STATE, "offer_id", id,
                absl::StrCat("an offer that still takes answers; it is ", StateName(offer.state()),
                             ", and whoever has a package answers once"));
}

void AnswerAsked(const Context& in, const FoundOffer& found, journal::v1::AnswerRow answer,
                 Decision* out) {
  const PackageAggregate& package = *found.package;
  const PackageRow& row = package.row;
  const OfferRow& offer = *found.offer;
  const bool agreed = answer.answer() == v1::ANSWER_ACCEPT;
  const bool restart = offer.purpose() == v1::OFFER_PURPOSE_RESTART;
  answer.set_time_us(in.now_us());
  *AddDecided(row, offer.ordinal(), agreed ? v1::OFFER_STATE_ACCEPTED : v1::OFFER_STATE_DECLINED,
              out)
       .mutable_answer() = std::move(answer);
  if (!agreed) {
    if (restart) EndPaused(in, package, offer, out);
    return;
  }
  if (offer.asked_terms().SerializeAsString() != row.terms().SerializeAsString()) {
    AddTermsChange(package, offer.asked_terms(), offer.from_date(), offer.ordinal(), out);
  }
  if (!restart) return;
  journal::v1::PackageResumed& resumed = *out->Add().mutable_package_resumed();
  resumed.set_package_number(row.number());
  resumed.set_date(offer.from_date());
}

void LapseAsked(const Context& in, const PackageAggregate& package, Decision* out) {
  const OfferRow& offer = *AskedOf(package);
  AddDecided(package.row, offer.ordinal(), v1::OFFER_STATE_LAPSED, out);
  if (offer.purpose() == v1::OFFER_PURPOSE_RESTART) EndPaused(in, package, offer, out);
}

}  // namespace brokerage::engine
