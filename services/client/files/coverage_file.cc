#include "services/client/files/coverage_file.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/calendar.h"
#include "engine/base/rejection.h"
#include "engine/framework/csv.h"
#include "services/client/files/row_files.h"
#include "services/client/text/words.h"

namespace brokerage::client {

namespace {

enum Column {
  kBranch,
  kWard,
  kWardName,
  kDistrict,
  kService,
  kFrom,
  kTo,
  kPriority,
  kArea,
  kColumnCount
};
constexpr engine::CsvColumn kColumns[kColumnCount] = {
    {"branch_id"}, {"ward_code"}, {"ward_name", true}, {"district", true},     {"service_type"},
    {"from"},      {"to"},        {"priority", true},  {"postcode_area", true}};
constexpr size_t kRowsMax = 1'000'000;

absl::Status Wrong(Column column, const std::string& value, absl::string_view right) {
  return engine::Reject(v1::REJECTION_REASON_FIELD_INVALID, kColumns[column].name, value, right);
}

absl::Status ReadRow(const std::vector<std::string>& cells, CoverageRow* row) {
  v1::Coverage& line = row->coverage;
  line.set_branch_id(cells[kBranch]);
  line.set_ward_code(cells[kWard]);
  line.set_postcode_area(cells[kArea]);
  line.set_from_date(cells[kFrom]);
  line.set_to_date(cells[kTo]);
  line.set_priority(1);
  row->ward_name = cells[kWardName];
  row->district = cells[kDistrict];
  if (cells[kWard].empty() == cells[kArea].empty()) {
    return Wrong(kWard, cells[kWard], "a ward_code or a postcode_area, one of the two");
  }
  const auto service = EnumNumber(*v1::ServiceType_descriptor(), cells[kService]);
  if (!service.ok()) return Wrong(kService, cells[kService], service.status().message());
  line.set_service_type(static_cast<v1::ServiceType>(*service));
  if (!engine::ParseDate(cells[kFrom])) return Wrong(kFrom, cells[kFrom], "a date as 2018-07-02");
  if (!cells[kTo].empty() && !engine::ParseDate(cells[kTo])) {
    return Wrong(kTo, cells[kTo], "a date as 2018-07-02, or nothing");
  }
  int32_t priority = 1;
  if (!cells[kPriority].empty() && !absl::SimpleAtoi(cells[kPriority], &priority)) {
    return Wrong(kPriority, cells[kPriority], "1 for the first branch, or more");
  }
  line.set_priority(priority);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<CoverageRow>> ParseCoverage(const std::string& name,
                                                       const std::string& content) {
  engine::FrameworkErrors errors;
  const engine::CsvTable table =
      engine::ParseCsv(name, content, absl::MakeConstSpan(kColumns), kRowsMax, &errors);
  if (!errors.empty()) return errors.ToStatus();
  std::vector<CoverageRow> rows;
  for (const engine::CsvRow& line : table.rows) {
    CoverageRow& row = rows.emplace_back();
    row.line = line.line;
    row.status = ReadRow(line.cells, &row);
  }
  return rows;
}

std::string CoverageText(const std::vector<CoverageRow>& rows) {
  std::string text = absl::StrJoin(kColumns, ",", [](std::string* out, const auto& column) {
    absl::StrAppend(out, column.name);
  });
  absl::StrAppend(&text, "\n");
  for (const CoverageRow& row : rows) {
    const v1::Coverage& line = row.coverage;
    const std::string cells[kColumnCount] = {line.branch_id(),
                                             line.ward_code(),
                                             CsvCell(row.ward_name),
                                             CsvCell(row.district),
                                             ShortName(line.service_type()),
                                             line.from_date(),
                                             line.to_date(),
                                             absl::StrCat(line.priority()),
                                             line.postcode_area()};
    absl::StrAppend(&text, absl::StrJoin(cells, ","), "\n");
  }
  return text;
}

}  // namespace brokerage::client
