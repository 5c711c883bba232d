#include "tests/common/small_framework.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/framework_files.h"
#include "engine/rejection.h"
#include "tests/common/framework_fixture.h"

namespace brokerage::engine {

FrameworkFiles SmallFramework() {
  FrameworkFiles files;
  *ContentOf(&files, "framework.textproto") = R"(framework_id: "small"
name: "Small"
authorities { id: "a" name: "A" }
time_zone: "Europe/London"
commencement_date: "2018-07-01"
tiers { id: "lead" name: "Lead" order: 1 minimum_pickup_percent: 75 }
rounds {
  tier_ids: "lead"
  standard_window { hours: 24 }
  urgent_window { hours: 4 }
  award_timing: AWARD_TIMING_AT_CLOSE
}
award_criteria { criterion: AWARD_CRITERION_TIER contract_clause: "1" }
)";
  *ContentOf(&files, "wards.csv") =
      "ward_code,name,district_code,district,price_level,easting,northing\n"
      "E05000001,Abbey Hill,E07000001,North,urban,450000,360000\n"
      "E05000002,Mill End,E07000001,North,rural,451000,361000\n";
  *ContentOf(&files, "lots.csv") = "lot_id,name\nnorth,North\n";
  *ContentOf(&files, "lot_wards.csv") = "lot_id,ward_code\nnorth,E05000001\nnorth,E05000002\n";
  *ContentOf(&files, "providers.csv") = "provider_id,legal_name,trading_name\np,P Ltd,\nq,Q Ltd,\n";
  *ContentOf(&files, "branches.csv") =
      "branch_id,provider_id,name,postcode,regulator_location_id,regulator_status,easting,"
      "northing\n"
      "b,p,B,NG18 1JY,X-1,active,450000,360000\n";
  *ContentOf(&files, "coverage.csv") =
      "branch_id,ward_code,service_type,from,to,priority\nb,E05000001,home_care,2018-07-01,,1\n";
  *ContentOf(&files, "contracts.csv") =
      "contract_id,provider_id,lot_id,tier,service_types,from,to,minimum_pickup_percent,rank,"
      "quality_score,price_urban,price_fringe,price_rural,price_isolated\n"
      "c,p,north,lead,home_care;reablement,2018-07-01,2020-01-01,,1,80,1700,1710,1720,1730\n";
  return files;
}

std::string* ContentOf(FrameworkFiles* files, const std::string& name) {
  for (v1::FrameworkFile& file : *files) {
    if (file.name() == name) return file.mutable_content();
  }
  v1::FrameworkFile* file = files->Add();
  file->set_name(name);
  return file->mutable_content();
}

FrameworkFiles SmallFrameworkWith(const std::string& file, const std::string& from,
                                  const std::string& to) {
  FrameworkFiles files = SmallFramework();
  std::string* content = ContentOf(&files, file);
  EXPECT_THAT(*content, ::testing::HasSubstr(from));
  *content = absl::StrReplaceAll(*content, {{from, to}});
  return files;
}

FrameworkFiles SmallFrameworkWithLine(const std::string& file, const std::string& line) {
  FrameworkFiles files = SmallFramework();
  absl::StrAppend(ContentOf(&files, file), line, "\n");
  return files;
}

std::vector<std::string> FrameworkErrorsOf(const FrameworkFiles& files) {
  absl::StatusOr<ParsedFramework> parsed = ParseFramework(files, HostKnowsZone);
  if (parsed.ok()) return {};
  std::vector<std::string> errors;
  v1::Rejection rejection = RejectionOf(parsed.status());
  for (const v1::FileError& error : rejection.file_errors()) {
    errors.push_back(
        absl::StrCat(error.file(), ":", error.line(), " ", error.field(), ": ", error.message()));
  }
  EXPECT_FALSE(errors.empty()) << parsed.status();
  return errors;
}

}  // namespace brokerage::engine
