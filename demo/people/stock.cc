#include "demo/people/stock.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "brokerage/v1/package_service.pb.h"
#include "brokerage/v1/performance_service.pb.h"
#include "services/client/text/words.h"

namespace brokerage::demo {

using client::London;
using client::ReferralOn;
using client::ReferralRow;

void MoveIn(const std::vector<ReferralRow>& rows, Setting* setting) {
  for (const ReferralRow& row : rows) {
    if (!row.status.ok()) {
      setting->diary.ReportRefused("", absl::StrCat("running.csv line ", row.line), row.status);
      continue;
    }
    v1::SubmitPackageRequest request;
    request.set_request_id(setting->NextRequestId("move-in"));
    *request.mutable_referral() =
        ReferralOn(row, absl::ToCivilDay(setting->council.now(), London()));
    v1::PackageReferral& referral = *request.mutable_referral();
    referral.set_framework_id(setting->council.framework().id());
    if (referral.authority_id().empty()) referral.set_authority_id(setting->council.authority_id());
    const std::vector<std::string>& buyers = setting->council.authority_ids();
    if (std::find(buyers.begin(), buyers.end(), referral.authority_id()) == buyers.end()) {
      setting->diary.ReportRefused(
          "", absl::StrCat("running.csv line ", row.line),
          absl::InvalidArgumentError(absl::StrCat(referral.authority_id(), " does not buy")));
      continue;
    }
    auto response = setting->council.navigator(referral.authority_id())
                        .Call<v1::SubmitPackageResponse>("PackageService/SubmitPackage", request);
    if (!response.ok()) {
      setting->diary.ReportRefused("", absl::StrCat("running.csv line ", row.line),
                                   response.status());
      continue;
    }
    setting->notes.stock.push_back(
        {{response->package().id(), referral.authority_id()}, referral.running_contract_id()});
  }
  if (setting->notes.stock.empty()) return;
  v1::QueryPerformanceRequest all;
  all.mutable_query()->set_framework_id(setting->council.framework().id());
  auto figures = setting->council.commissioner().Call<v1::QueryPerformanceResponse>(
      "PerformanceService/QueryPerformance", all);
  if (!figures.ok()) return setting->diary.ReportRefused("", "the figures", figures.status());
  int64_t offers = 0, referred = 0;
  for (const v1::PerformanceRow& row : figures->rows()) {
    offers += row.live().issued();
    referred += row.packages().referred();
  }
  setting->diary.News(absl::StrCat(
      setting->notes.stock.size(), " packages that ran before are moved onto the contracts; ",
      "the figures still say: referred ", referred, ", offers ", offers));
}

}  // namespace brokerage::demo
