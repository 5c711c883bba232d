#include "tests/reference/workload_lives.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/calendar.h"
#include "tests/reference/reference_routing.h"
#include "tests/reference/workload_ids.h"
#include "tests/reference/workload_referrals.h"

namespace brokerage::engine::reference {

using journal::v1::OfferRow;
using journal::v1::PackageRow;

namespace {

bool Waits(const PackageRow& row) {
  return row.state() == v1::PACKAGE_STATE_SUBMITTED || row.state() == v1::PACKAGE_STATE_OFFERED ||
         row.state() == v1::PACKAGE_STATE_UNFILLED;
}

// Whether the provider holds a contract of the framework today.
bool HoldsAny(const Workload& work, const std::string& provider_id) {
  const DateNumber today = work.directory().Today(work.now());
  for (const std::string& id : work.framework().contracts) {
    const v1::Contract* contract = work.directory().Contract(id);
    if (contract != nullptr && DatesHold(contract->from_date(), contract->to_date(), today) &&
        work.directory().Holder(*contract, today) == provider_id) {
      return true;
    }
  }
  return false;
}

void Place(Workload& work, const PackageAggregate& package, Dice* dice) {
  if (work.framework().branches.empty()) return;
  v1::PlacePackagesRequest request;
  request.set_reason("the council decides");
  v1::Placing& placing = *request.add_placings();
  placing.set_package_id(IdOf(package));
  placing.set_branch_id(dice->Of(work.framework().branches));
  const v1::Branch& branch = *work.directory().Branch(placing.branch_id());
  const auto& refused = package.row.refused_provider_ids();
  const bool may =
      branch.regulator_active() && HoldsAny(work, branch.provider_id()) &&
      std::find(refused.begin(), refused.end(), branch.provider_id()) == refused.end() &&
      package.row.stopped_by_number() == 0;
  const std::string id = IdOf(package);
  if (work.Ask(NavigatorOf(package.row.authority_id()), std::move(request)) != may) {
    work.Problem(
        absl::StrCat("a placing of ", id, " with ", branch.id(), " was decided otherwise"));
  }
  work.Tally(may ? "placed" : "not placed");
}

// Only what was placed may be refused, and within its window.
void RefusePlacing(Workload& work, const PackageAggregate& package) {
  const OfferRow& won =
      package.offers[static_cast<size_t>(package.row.award().offer_ordinal() - 1)];
  const bool may = won.placed() && absl::ToUnixMicros(work.Stamp()) <= won.refuse_until_us();
  v1::RefusePlacingRequest request;
  request.set_offer_id(IdOf(package, won));
  request.set_reason("no carers there");
  const std::string id = IdOf(package);
  if (work.Ask(BranchOf(won), std::move(request)) != may) {
    work.Problem(absl::StrCat("the placing of ", id, " was refused otherwise"));
  }
  work.Tally(may ? "placing refused" : "placing that stands");
}

void AskOrAnswer(Workload& work, const PackageAggregate& package, Dice* dice) {
  if (package.row.questions_size() > 0 && dice->Percent(60)) {
    v1::AnswerQuestionRequest request;
    request.set_package_id(IdOf(package));
    request.set_question_number(package.row.questions_size());
    request.set_text("yes");
    work.Ask(NavigatorOf(package.row.authority_id()), std::move(request));
    return;
  }
  if (package.offers.empty()) return;
  const OfferRow offer = dice->Of(package.offers);
  v1::AskQuestionRequest request;
  request.set_offer_id(IdOf(package, offer));
  request.set_text("is there a key safe?");
  work.Ask(BranchOf(offer), std::move(request));
}

// The person of a package that has not ended has died.
void Die(Workload& work, const PackageAggregate& package) {
  const PackageRow& row = package.row;
  const Caller caller = NavigatorOf(row.authority_id());
  if (row.state() == v1::PACKAGE_STATE_STARTED || row.state() == v1::PACKAGE_STATE_PAUSED) {
    v1::CeasePackageRequest request;
    request.set_package_id(IdOf(package));
    request.set_end_reason(v1::END_REASON_DIED);
    work.Ask(caller, std::move(request));
    return;
  }
  v1::CancelPackageRequest request;
  request.set_package_id(IdOf(package));
  request.set_end_reason(v1::END_REASON_DIED);
  if (row.state() == v1::PACKAGE_STATE_AWARDED) {
    request.set_awarded_offer_id(
        IdOf(package, package.offers[static_cast<size_t>(row.award().offer_ordinal() - 1)]));
  }
  work.Ask(caller, std::move(request));
}

// Where it lies, and how urgent it is, may be wrong until it goes out.
void Correct(Workload& work, const PackageAggregate& package, Dice* dice) {
  v1::CorrectPackageRequest request;
  request.set_package_id(IdOf(package));
  v1::PackageReferral& changes = *request.mutable_changes();
  changes.set_ward_code(dice->Of(work.framework().wards));
  changes.set_urgency(dice->Percent(50) ? v1::URGENCY_URGENT : v1::URGENCY_STANDARD);
  *changes.mutable_terms() = package.row.terms();
  changes.mutable_terms()->set_weekly_minutes(60 * dice->Between(1, 20));
  changes.mutable_terms()->set_carers_per_visit(1);  // what ListVisits adds up for
  ListVisits(dice, changes.mutable_terms());
  if (changes.terms().visits().empty()) {
    v1::Visit& visit = *changes.mutable_terms()->add_visits();
    visit.add_days_of_week(7);
    visit.set_minutes(changes.terms().weekly_minutes());
  }
  changes.mutable_terms()->set_start_by_date(FormatDate(
      ToDateNumber(FromDateNumber(work.directory().Today(work.now())) + dice->Between(0, 14))));
  const std::string id = IdOf(package);
  if (!work.Ask(NavigatorOf(package.row.authority_id()), std::move(request))) {
    work.Problem(absl::StrCat("a good correction of ", id, " is refused: ", work.refusal()));
  }
}

void LiveOn(Workload& work) {
  const PackageAggregate* package = work.RandomPackage();
  if (package == nullptr) return;
  // Of their own, so that what else happens does not hang on them.
  Dice dice(package->row.number() * 7919 + static_cast<uint64_t>(absl::ToUnixSeconds(work.now())));
  if (package->row.ended_time_us() == 0 && dice.Percent(8)) return Die(work, *package);
  if (package->row.state() == v1::PACKAGE_STATE_AWARDED &&
      dice.Percent(package->row.award().placed() ? 80 : 10)) {
    return RefusePlacing(work, *package);
  }
  if (!Waits(package->row)) return;
  if (package->row.state() == v1::PACKAGE_STATE_SUBMITTED && dice.Percent(70)) {
    return Correct(work, *package, &dice);
  }
  return dice.Percent(35) ? Place(work, *package, &dice) : AskOrAnswer(work, *package, &dice);
}

}  // namespace

const std::vector<WorkloadAct>& LifeActs() {
  static const auto& kActs = *new std::vector<WorkloadAct>{{2, LiveOn}};
  return kActs;
}

}  // namespace brokerage::engine::reference
