#include "load-tests/common/invented.h"

#include <map>
#include <string>

#include "absl/strings/str_cat.h"

namespace brokerage::load {

namespace {

constexpr char kRules[] = R"(framework_id: "invented"
name: "An invented council"
authorities { id: "council" name: "Invented Council" }
time_zone: "Europe/London"
commencement_date: "2018-07-01"
tiers { id: "list" name: "List" order: 1 minimum_pickup_percent: 0 }
rounds {
  tier_ids: "list"
  standard_window { days: 3 }
  urgent_window { hours: 24 }
  award_timing: AWARD_TIMING_AT_CLOSE
  award_mode: AWARD_MODE_CONFIRMED
}
award_criteria {
  criterion: AWARD_CRITERION_FEWEST_RECENT_HOURS
  contract_clause: "Work is shared by the hours awarded in the last three months."
}
figure_period: FIGURE_PERIOD_QUARTER
fairness_months: 3
)";

}  // namespace

v1::ApplyFrameworkRequest InventedFramework(const Invented& invented) {
  std::map<std::string, std::string> files = {
      {"framework.textproto", kRules},
      {"wards.csv", "ward_code,name,district_code,district,price_level,easting,northing\n"},
      {"lots.csv", "lot_id,name\n"},
      {"lot_wards.csv", "lot_id,ward_code\n"},
      {"providers.csv", "provider_id,legal_name,trading_name\n"},
      {"branches.csv",
       "branch_id,provider_id,name,postcode,regulator_location_id,regulator_status,easting,"
       "northing\n"},
      {"contracts.csv",
       "contract_id,provider_id,lot_id,tier,service_types,from,to,minimum_pickup_percent,rank,"
       "quality_score,price_urban,price_fringe,price_rural,price_isolated\n"},
      {"coverage.csv", "branch_id,ward_code,service_type,from,to,priority\n"}};
  const int wards = invented.branches_of_one_that_covers;
  for (int lot = 0; lot < invented.lots; ++lot) {
    const std::string lot_id = absl::StrCat("lot-", lot);
    absl::StrAppend(&files["lots.csv"], lot_id, ",Lot ", lot, "\n");
    const auto ward_code = [&](int ward) {
      return absl::StrCat("E", 10000000 + lot * wards + ward);
    };
    for (int ward = 0; ward < wards; ++ward) {
      const std::string code = ward_code(ward);
      absl::StrAppend(&files["wards.csv"], code, ",Ward ", code,
                      ",E07000001,District,urban,450000,", "360000\n");
      absl::StrAppend(&files["lot_wards.csv"], lot_id, ",", code, "\n");
    }
    for (int i = 0; i < invented.branches; ++i) {
      const std::string id = absl::StrCat(lot, "-", i);
      absl::StrAppend(&files["providers.csv"], "provider-", id, ",Provider ", id, " Ltd,\n");
      absl::StrAppend(&files["branches.csv"], "at-", id, ",provider-", id, ",Branch ", id,
                      ",NG1 1AA,INV-", id, ",active,450000,360000\n");
      absl::StrAppend(&files["contracts.csv"], lot_id, "/list/provider-", id, ",provider-", id, ",",
                      lot_id, ",list,home_care,2018-07-01,,,,,2000,2020,2040,2060\n");
      absl::StrAppend(&files["coverage.csv"], "at-", id, ",", ward_code(i % wards),
                      ",home_care,2018-07-01,,1\n");
    }
  }
  v1::ApplyFrameworkRequest request;
  for (const auto& [name, content] : files) {
    v1::FrameworkFile& file = *request.add_files();
    file.set_name(name);
    file.set_content(content);
  }
  return request;
}

}  // namespace brokerage::load
