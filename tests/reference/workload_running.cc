#include "tests/reference/workload_running.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/calendar.h"
#include "tests/reference/workload_ids.h"

namespace brokerage::engine::reference {

using journal::v1::OfferRow;
using journal::v1::PackageRow;

namespace {

void Pause(Workload& work, const PackageAggregate& package, Dice* dice) {
  v1::PausePackageRequest request;
  request.set_package_id(IdOf(package));
  request.set_pause_reason(static_cast<v1::PauseReason>(dice->Between(1, 4)));
  if (request.pause_reason() == v1::PAUSE_REASON_OTHER) request.set_reason("they are away");
  if (!work.Ask(NavigatorOf(package.row.authority_id()), request)) {
    work.Problem(absl::StrCat("a pause is refused: ", request.ShortDebugString()));
  }
}

// Whether the contract stands is asked of the routing elsewhere: here it may be refused for that.
void Resume(Workload& work, const PackageAggregate& package, Dice* dice) {
  const PackageRow& row = package.row;
  v1::ResumePackageRequest request;
  request.set_package_id(IdOf(package));
  const bool other = dice->Percent(25);
  if (other) request.mutable_terms()->set_weekly_minutes(row.terms().weekly_minutes() + 35);
  const bool retained =
      !other && work.directory().Today(work.now()) <= row.pause().retained_until_date();
  const bool asked = row.asked_ordinal() != 0;
  const bool restart_asked =
      asked && package.offers[static_cast<size_t>(row.asked_ordinal() - 1)].purpose() ==
                   v1::OFFER_PURPOSE_RESTART;
  const bool done = work.Ask(NavigatorOf(row.authority_id()), request);
  if (retained && done == restart_asked) {
    work.Problem(absl::StrCat("it resumes otherwise: ", request.ShortDebugString()));
  }
  if (!retained && done && asked) {
    work.Problem(absl::StrCat("a branch is asked twice: ", request.ShortDebugString()));
  }
}

void Change(Workload& work, const PackageAggregate& package, Dice* dice) {
  const PackageRow& row = package.row;
  v1::ChangeTermsRequest request;
  request.set_package_id(IdOf(package));
  const int difference = 15 * dice->Between(-3, 6);
  request.mutable_terms()->set_weekly_minutes(row.terms().weekly_minutes() + difference);
  if (dice->Percent(15)) request.mutable_terms()->set_carers_per_visit(2);
  if (dice->Percent(30)) {
    request.set_from_date(FormatDate(
        ToDateNumber(FromDateNumber(work.directory().Today(work.now())) + dice->Between(0, 40))));
  }
  const bool same = difference == 0 && request.terms().carers_per_visit() <= 1 &&
                    row.terms().carers_per_visit() == 1;
  const bool may_not = same || row.asked_ordinal() != 0 || row.stopped_by_number() != 0;
  if (work.Ask(NavigatorOf(row.authority_id()), request) && may_not) {
    work.Problem(absl::StrCat("terms changed against the rules: ", request.ShortDebugString()));
  }
}

void AnswerOrWithdraw(Workload& work, const PackageAggregate& package, Dice* dice) {
  const OfferRow offer = package.offers[static_cast<size_t>(package.row.asked_ordinal() - 1)];
  const std::string id = IdOf(package, offer);
  bool done = false;
  if (dice->Percent(15)) {
    v1::WithdrawAskedOfferRequest request;
    request.set_package_id(IdOf(package));
    done = work.Ask(NavigatorOf(package.row.authority_id()), request);
  } else if (dice->Percent(60)) {
    v1::AcceptOfferRequest request;
    request.set_offer_id(id);
    done = work.Ask(BranchOf(offer), request);
  } else {
    v1::DeclineOfferRequest request;
    request.set_offer_id(id);
    request.set_reason(v1::DECLINE_REASON_NO_CAPACITY);
    done = work.Ask(BranchOf(offer), request);
  }
  if (!done) work.Problem(absl::StrCat("what ", id, " asks cannot be answered"));
}

void RunOn(Workload& work) {
  const PackageAggregate* package = work.RandomPackage();
  if (package == nullptr) return;
  // Of their own, so that what else happens does not hang on them.
  Dice dice(package->row.number() * 104729 +
            static_cast<uint64_t>(absl::ToUnixSeconds(work.now())));
  if (package->row.asked_ordinal() != 0 && dice.Percent(60)) {
    return AnswerOrWithdraw(work, *package, &dice);
  }
  switch (package->row.state()) {
    case v1::PACKAGE_STATE_AWARDED:
      return dice.Percent(25) ? Change(work, *package, &dice) : void();
    case v1::PACKAGE_STATE_STARTED:
      return dice.Percent(60) ? Pause(work, *package, &dice) : Change(work, *package, &dice);
    case v1::PACKAGE_STATE_PAUSED:
      return dice.Percent(75) ? Resume(work, *package, &dice) : Change(work, *package, &dice);
    case v1::PACKAGE_STATE_UNSPECIFIED:
    case v1::PACKAGE_STATE_SUBMITTED:
    case v1::PACKAGE_STATE_OFFERED:
    case v1::PACKAGE_STATE_UNFILLED:
    case v1::PACKAGE_STATE_CEASED:
    case v1::PACKAGE_STATE_CANCELLED:
    case v1::PACKAGE_STATE_HANDED_BACK:
    case v1::PackageState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::PackageState_INT_MAX_SENTINEL_DO_NOT_USE_:
      return;
  }
}

}  // namespace

const std::vector<WorkloadAct>& RunningActs() {
  static const auto& kActs = *new std::vector<WorkloadAct>{{3, RunOn}};
  return kActs;
}

}  // namespace brokerage::engine::reference
