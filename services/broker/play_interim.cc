// Interim services in the weeks that are played: people leave after a stay of days, most of them
// for care at home.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/calendar.h"
#include "services/broker/play_week.h"
#include "services/broker/words.h"

namespace brokerage::broker {

namespace {

// A stay of 3 to 23 days, 13 in the mean; 29 of 100 leave with less care or none.
constexpr int kDaysMin = 3;
constexpr int kDaysSpread = 21;

v1::LeavingOutcome OutcomeOf(int drawn) {
  if (drawn < 14) return v1::LEAVING_OUTCOME_NO_CARE;
  if (drawn < 29) return v1::LEAVING_OUTCOME_LESS_CARE;
  return drawn < 80 ? v1::LEAVING_OUTCOME_SAME_CARE : v1::LEAVING_OUTCOME_MORE_CARE;
}

int32_t MinutesAfter(v1::LeavingOutcome outcome, int32_t minutes) {
  if (outcome == v1::LEAVING_OUTCOME_LESS_CARE) return std::max(15, minutes / 2);
  return outcome == v1::LEAVING_OUTCOME_MORE_CARE ? minutes * 3 / 2 : minutes;
}

}  // namespace

void Weeks::PlanLeaving(const std::string& package_id) {
  const int days = kDaysMin + chance_.Below(absl::StrCat("stay|", package_id), kDaysSpread);
  At(world_->now() + absl::Hours(24) * days, [this, package_id] { Leave(package_id); });
}

void Weeks::Leave(const std::string& package_id) {
  v1::GetPackageRequest get;
  get.set_package_id(package_id);
  const Connection& navigator = Navigator(package_id);
  auto interim = navigator.Call<v1::GetPackageResponse>("PackageService/GetPackage", get);
  if (!interim.ok()) return TellRefused(package_id, "a look at it", interim.status());
  const v1::LeavingOutcome outcome =
      OutcomeOf(chance_.Below(absl::StrCat("leaves|", package_id), 100));
  if (outcome != v1::LEAVING_OUTCOME_NO_CARE) SubmitFollowing(interim->package(), outcome);
  v1::CeasePackageRequest cease;
  cease.set_request_id(NextRequestId("cease"));
  cease.set_package_id(package_id);
  cease.set_reason("The interim service has ended.");
  cease.set_leaving_outcome(outcome);
  auto ceased = navigator.Call<v1::CeasePackageResponse>("PackageService/CeasePackage", cease);
  if (!ceased.ok()) return TellRefused(package_id, "the end", ceased.status());
  Tell(package_id, absl::StrCat("left the interim service with ", Spaced(ShortName(outcome)),
                                ceased->package().limit_passed() ? ", after its limit" : ""));
}

void Weeks::SubmitFollowing(const v1::Package& interim, v1::LeavingOutcome outcome) {
  v1::SubmitPackageRequest request;
  request.set_request_id(NextRequestId("follow"));
  v1::PackageReferral& referral = *request.mutable_referral();
  referral.set_framework_id(interim.framework_id());
  referral.set_authority_id(interim.authority_id());
  referral.set_origin(v1::ORIGIN_SHORT_TERM_SERVICE_ENDING);
  referral.set_urgency(v1::URGENCY_STANDARD);
  referral.set_ward_code(interim.ward_code());
  referral.set_postcode(interim.postcode());
  *referral.mutable_terms() = interim.terms();
  referral.mutable_terms()->set_service_type(v1::SERVICE_TYPE_HOME_CARE);
  referral.mutable_terms()->set_weekly_minutes(
      MinutesAfter(outcome, interim.terms().weekly_minutes()));
  referral.mutable_terms()->set_start_by_date(
      engine::FormatDate(engine::ToDateNumber(absl::ToCivilDay(world_->now(), London()) + 3)));
  referral.set_summary("Care at home for a person who leaves an interim service.");
  referral.set_details(interim.details());
  referral.set_person_reference(interim.person_reference());
  referral.set_follows_package_id(interim.id());
  auto response = Navigator(interim.id())
                      .Call<v1::SubmitPackageResponse>("PackageService/SubmitPackage", request);
  if (!response.ok()) return TellRefused(interim.id(), "what follows it", response.status());
  const std::string& id = response->package().id();
  packages_.push_back({id, interim.authority_id()});
  ++counted_.referred;
  seen_[id].authority_id = interim.authority_id();
  seen_[id].state = response->package().state();
  Tell(id, absl::StrCat("new: home care, follows ", interim.id()));
}

}  // namespace brokerage::broker
