#include "demo/people/interim_service.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "brokerage/v1/package_service.pb.h"
#include "engine/base/calendar.h"
#include "services/client/text/words.h"

namespace brokerage::demo {

using client::Connection;
using client::London;
using client::SayTime;
using client::ShortName;
using client::Spaced;
using client::TimeOf;

namespace {

// A stay of 3 to 23 days, 13 in the mean; 29 of 100 leave with less care or none.
constexpr int kDaysMin = 3;
constexpr int kDaysSpread = 21;
// Weeks that are not told in full do at a half hour's beginning what happens in it.
constexpr absl::Duration kLimitSeen = absl::Minutes(30);

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

void InterimService::PlanLeaving(const v1::Package& package) {
  const std::string& id = package.id();
  const int days = kDaysMin + setting_.chance.Below(absl::StrCat("stay|", id), kDaysSpread);
  const absl::Time leaves = TimeOf(package.start_time()) + absl::Hours(24) * days;
  const absl::Time limit = TimeOf(package.limit_due_time());
  if (limit < leaves && limit >= council_.now())
    calendar_.At(limit + kLimitSeen, [this, id] { ObserveLimit(id); });
  calendar_.At(leaves, [this, id] { Leave(id); });
}

void InterimService::PlanAllLeaving() {
  if (council_.framework().rules().interim().service_types().empty()) return;
  v1::ListPackagesRequest request;
  request.add_states(v1::PACKAGE_STATE_STARTED);
  request.set_framework_id(council_.framework().id());
  request.set_page_size(1000);
  for (const std::string& authority_id : council_.authority_ids()) {
    request.clear_page_token();
    do {
      auto page = council_.navigator(authority_id)
                      .Call<v1::ListPackagesResponse>("PackageService/ListPackages", request);
      if (!page.ok()) return diary_.ReportRefused("", "the list of packages", page.status());
      for (const v1::Package& package : page->packages()) {
        if (!package.has_limit_due_time()) continue;
        caseload_.Of(package.id()).authority_id = authority_id;
        PlanLeaving(package);
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
  }
}

// What care navigation is told of at that moment: its list of those over their limit.
void InterimService::ObserveLimit(const std::string& package_id) {
  v1::ListPackagesRequest request;
  request.set_framework_id(council_.framework().id());
  request.set_over_limit(true);
  request.set_page_size(1000);
  auto page = caseload_.Navigator(package_id)
                  .Call<v1::ListPackagesResponse>("PackageService/ListPackages", request);
  if (!page.ok())
    return diary_.ReportRefused("", "the list of those over their limit", page.status());
  for (const v1::Package& package : page->packages()) {
    if (package.id() != package_id) continue;
    diary_.week().over_limit.push_back(package_id);
    diary_.Report(package_id, absl::StrCat("is still in the interim service: its limit passed ",
                                           SayTime(package.limit_due_time()),
                                           "; over their limit now: ", page->packages_size()));
  }
}

void InterimService::Leave(const std::string& package_id) {
  v1::GetPackageRequest get;
  get.set_package_id(package_id);
  const Connection& navigator = caseload_.Navigator(package_id);
  auto interim = navigator.Call<v1::GetPackageResponse>("PackageService/GetPackage", get);
  if (!interim.ok()) return diary_.ReportRefused(package_id, "a look at it", interim.status());
  const v1::LeavingOutcome outcome =
      OutcomeOf(setting_.chance.Below(absl::StrCat("leaves|", package_id), 100));
  if (outcome != v1::LEAVING_OUTCOME_NO_CARE) SubmitFollowing(interim->package(), outcome);
  v1::CeasePackageRequest cease;
  cease.set_request_id(setting_.NextRequestId("cease"));
  cease.set_package_id(package_id);
  cease.set_reason("The interim service has ended.");
  cease.set_leaving_outcome(outcome);
  auto ceased = navigator.Call<v1::CeasePackageResponse>("PackageService/CeasePackage", cease);
  if (!ceased.ok()) return diary_.ReportRefused(package_id, "the end", ceased.status());
  ++diary_.week().left_interim;
  diary_.Report(
      package_id,
      absl::StrCat("left the interim service with ", Spaced(ShortName(outcome)),
                   ceased->package().limit_passed() ? ", after its limit" : "",
                   ceased->package().successor_package_id().empty()
                       ? ""
                       : absl::StrCat("; followed by ", ceased->package().successor_package_id())));
}

void InterimService::SubmitFollowing(const v1::Package& interim, v1::LeavingOutcome outcome) {
  v1::SubmitPackageRequest request;
  request.set_request_id(setting_.NextRequestId("follow"));
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
      engine::FormatDate(engine::ToDateNumber(absl::ToCivilDay(council_.now(), London()) + 3)));
  referral.set_summary("Care at home for a person who leaves an interim service.");
  referral.set_details(interim.details());
  referral.set_person_reference(interim.person_reference());
  referral.set_follows_package_id(interim.id());
  auto response = caseload_.Navigator(interim.id())
                      .Call<v1::SubmitPackageResponse>("PackageService/SubmitPackage", request);
  if (!response.ok())
    return diary_.ReportRefused(interim.id(), "what follows it", response.status());
  const std::string& id = response->package().id();
  caseload_.Add(id, interim.authority_id());
  ++diary_.week().referred;
  caseload_.Of(id).state = response->package().state();
  diary_.Report(id, absl::StrCat("new: home care, follows ", interim.id()));
}

}  // namespace brokerage::demo
