#include "services/client/files/referral_file.h"

#include <iterator>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/base/calendar.h"
#include "engine/base/rejection.h"
#include "engine/framework/csv.h"
#include "services/client/text/fields.h"
#include "services/client/text/words.h"

namespace brokerage::client {

namespace {

// The columns that say when a package is referred, before those that are fields of the referral.
constexpr engine::CsvColumn kColumns[] = {{"week", true},
                                          {"day", true},
                                          {"time", true},
                                          {"start_by"},
                                          {"person_reference"},
                                          {"origin"},
                                          {"service_type"},
                                          {"urgency"},
                                          {"ward_code", true},
                                          {"postcode", true},
                                          {"weekly_minutes"},
                                          {"carers_per_visit"},
                                          {"visit_pattern", true},
                                          {"needs", true},
                                          {"summary"},
                                          {"details", true},
                                          {"previous_provider_id", true},
                                          {"previous_branch_id", true},
                                          {"authority_id", true},
                                          {"preferred_provider_ids", true},
                                          {"running_branch_id", true},
                                          {"running_contract_id", true}};
constexpr size_t kFirstField = 4;
constexpr size_t kRowsMax = 1'000'000;
constexpr const char* kDays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

absl::Status Wrong(absl::string_view column, const std::string& value, absl::string_view right) {
  return engine::Reject(v1::REJECTION_REASON_FIELD_INVALID, column, value, right);
}

absl::Status ReadWhen(const std::vector<std::string>& cells, ReferralRow* row) {
  if (!cells[0].empty() && !absl::SimpleAtoi(cells[0], &row->week))
    return Wrong("week", cells[0], "a number from 1");
  for (size_t day = 0; day < std::size(kDays); ++day) {
    if (cells[1] == kDays[day]) row->day = static_cast<int>(day);
  }
  if (!cells[2].empty()) {
    const auto minutes = engine::ParseLocalTime(cells[2]);
    if (!minutes) return Wrong("time", cells[2], "HH:MM");
    row->time_of_day = absl::Minutes(*minutes);
  }
  if (engine::ParseDate(cells[3])) {
    row->referral.mutable_terms()->set_start_by_date(cells[3]);
  } else if (!absl::SimpleAtoi(cells[3], &row->start_by_days) || row->start_by_days < 0) {
    return Wrong("start_by", cells[3], "a date as 2018-07-02, or days after the referral");
  }
  return absl::OkStatus();
}

absl::Status SetColumn(const std::string& column, const std::string& value,
                       v1::PackageReferral* referral) {
  google::protobuf::Message* holder = referral;
  const auto* field = v1::PackageReferral::descriptor()->FindFieldByName(column);
  if (field == nullptr) {
    field = v1::PackageTerms::descriptor()->FindFieldByName(column);
    holder = referral->mutable_terms();
  }
  if (!field->is_repeated()) return SetField({{field}}, value, holder);
  for (absl::string_view part : absl::StrSplit(value, ';', absl::SkipWhitespace())) {
    if (absl::Status status = SetField({{field}}, std::string(part), holder); !status.ok())
      return status;
  }
  return absl::OkStatus();
}

absl::Status ReadRow(const std::vector<std::string>& cells, ReferralRow* row) {
  if (absl::Status status = ReadWhen(cells, row); !status.ok()) return status;
  for (size_t i = kFirstField; i < std::size(kColumns); ++i) {
    if (cells[i].empty()) continue;
    absl::Status status = SetColumn(std::string(kColumns[i].name), cells[i], &row->referral);
    if (!status.ok()) return Wrong(kColumns[i].name, cells[i], status.message());
  }
  row->referral.set_already_running(!row->referral.running_branch_id().empty());
  return absl::OkStatus();
}

// The lines of a file, those that one quoted field spans as one.
class Records {
 public:
  explicit Records(absl::string_view content) : rest_(content) {}

  struct Record {
    absl::string_view text;
    int line = 0;  // its first
    bool one_line = true;
  };
  std::optional<Record> Next() {
    if (rest_.empty()) return std::nullopt;
    Record record{rest_.substr(0, 0), ++line_, true};
    bool inside = false;
    size_t size = 0;
    for (; size < rest_.size(); ++size) {
      if (rest_[size] == '"') inside = !inside;
      if (rest_[size] != '\n') continue;
      if (!inside) break;
      record.one_line = false;
      ++line_;
    }
    record.text = rest_.substr(0, size + 1);
    rest_.remove_prefix(record.text.size());
    if (inside) record.one_line = false;  // no end that can be trusted
    return record;
  }

 private:
  absl::string_view rest_;
  int line_ = 0;
};

// Reads row by row a file in which something is wrong, so that a row that is no row of the table
// keeps none of the others. False where it cannot be told which rows are right: a wrong header, and
// a wrong row that spans lines.
bool ReadRowByRow(const std::string& name, const std::string& content,
                  std::vector<ReferralRow>* rows) {
  Records records(content);
  const std::optional<Records::Record> header = records.Next();
  engine::FrameworkErrors header_errors;
  if (!header || !header->one_line) return false;
  engine::ParseCsv(name, header->text, absl::MakeConstSpan(kColumns), 1, &header_errors);
  if (!header_errors.empty()) return false;
  while (const std::optional<Records::Record> record = records.Next()) {
    if (rows->size() == kRowsMax) return false;
    engine::FrameworkErrors errors;
    const engine::CsvTable table = engine::ParseCsv(name, absl::StrCat(header->text, record->text),
                                                    absl::MakeConstSpan(kColumns), 1, &errors);
    ReferralRow& row = rows->emplace_back();
    row.line = record->line;
    if (errors.empty() && table.rows.size() == 1) {
      row.status = ReadRow(table.rows[0].cells, &row);
      continue;
    }
    if (errors.empty() || !record->one_line) return false;
    const v1::Rejection why = engine::RejectionOf(errors.ToStatus());
    row.status = Wrong("", "", why.file_errors(0).message());
  }
  return true;
}

}  // namespace

absl::StatusOr<std::vector<ReferralRow>> ParseReferrals(const std::string& name,
                                                        const std::string& content) {
  engine::FrameworkErrors errors;
  const engine::CsvTable table =
      engine::ParseCsv(name, content, absl::MakeConstSpan(kColumns), kRowsMax, &errors);
  std::vector<ReferralRow> rows;
  if (!errors.empty()) {
    if (ReadRowByRow(name, content, &rows)) return rows;
    return errors.ToStatus();
  }
  for (const engine::CsvRow& line : table.rows) {
    ReferralRow& row = rows.emplace_back();
    row.line = line.line;
    row.status = ReadRow(line.cells, &row);
  }
  return rows;
}

std::string ReferralColumns() {
  std::string needed, optional;
  for (const engine::CsvColumn& column : kColumns) {
    std::string* list = column.optional ? &optional : &needed;
    absl::StrAppend(list, list->empty() ? "" : ", ", column.name);
  }
  return absl::StrCat(needed, "; may be left out: ", optional);
}

v1::PackageReferral ReferralOn(const ReferralRow& row, absl::CivilDay day) {
  v1::PackageReferral referral = row.referral;
  if (row.start_by_days >= 0) {
    referral.mutable_terms()->set_start_by_date(
        engine::FormatDate(engine::ToDateNumber(day + row.start_by_days)));
  }
  return referral;
}

}  // namespace brokerage::client
