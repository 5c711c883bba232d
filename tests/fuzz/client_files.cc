#include "tests/fuzz/client_files.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/bounds.h"
#include "engine/base/check.h"
#include "engine/base/ids.h"
#include "engine/base/postcode.h"
#include "engine/base/rejection.h"
#include "engine/base/text.h"
#include "services/client/files/coverage_file.h"
#include "services/client/files/postcode_file.h"
#include "services/client/files/referral_file.h"
#include "services/client/text/words.h"
#include "tests/fuzz/bytes.h"

namespace brokerage::fuzz {

namespace {

constexpr char kName[] = "returns.csv";

// A file that is no table: each error names it.
void CheckNoTable(const absl::Status& status) {
  const v1::Rejection rejection = engine::RejectionOf(status);
  BROKERAGE_CHECK(rejection.reason() == v1::REJECTION_REASON_FRAMEWORK_INVALID);
  BROKERAGE_CHECK(rejection.file_errors_size() > 0);
  for (const v1::FileError& error : rejection.file_errors()) {
    BROKERAGE_CHECK(error.file() == kName && !error.message().empty());
  }
  BROKERAGE_CHECK(engine::IsUtf8(client::SayError(status)));
}

// What is wrong with a row names a column.
void CheckRow(const absl::Status& status, int line, int* line_before) {
  BROKERAGE_CHECK(line > *line_before);
  *line_before = line;
  if (status.ok()) return;
  const v1::Rejection rejection = engine::RejectionOf(status);
  BROKERAGE_CHECK(rejection.reason() == v1::REJECTION_REASON_FIELD_INVALID);
  BROKERAGE_CHECK(engine::IsUtf8(client::SayError(status)));
}

void CheckReferrals(const std::string& content) {
  const auto rows = client::ParseReferrals(kName, content);
  if (!rows.ok()) return CheckNoTable(rows.status());
  int line = 0;
  for (const client::ReferralRow& row : *rows) {
    CheckRow(row.status, row.line, &line);
    if (!row.status.ok()) continue;
    BROKERAGE_CHECK(row.start_by_days >= -1);
    const v1::PackageReferral referral = client::ReferralOn(row, absl::CivilDay(2018, 7, 2));
    BROKERAGE_CHECK(!referral.terms().start_by_date().empty());
    BROKERAGE_CHECK(engine::IsUtf8(referral.summary()));
  }
}

bool Same(const client::CoverageRow& a, const client::CoverageRow& b) {
  return a.status == b.status && a.ward_name == b.ward_name && a.district == b.district &&
         a.coverage.SerializeAsString() == b.coverage.SerializeAsString();
}

// As servers have them: such lines alone are exported.
bool IsOfServer(const client::CoverageRow& row) {
  const v1::Coverage& line = row.coverage;
  const auto is_plain = [](const std::string& text) {
    return std::all_of(text.begin(), text.end(), [](unsigned char c) { return isalnum(c) != 0; });
  };
  return row.status.ok() && engine::IsPlainId(line.branch_id(), engine::limits::kIdBytesMax) &&
         is_plain(line.ward_code()) && is_plain(line.postcode_area());
}

void CheckCoverage(const std::string& content) {
  const auto rows = client::ParseCoverage(kName, content);
  if (!rows.ok()) return CheckNoTable(rows.status());
  int line = 0;
  for (const client::CoverageRow& row : *rows) CheckRow(row.status, row.line, &line);
  if (!std::all_of(rows->begin(), rows->end(), IsOfServer)) return;
  const auto again = client::ParseCoverage(kName, client::CoverageText(*rows));
  BROKERAGE_CHECK(again.ok());
  BROKERAGE_CHECK(std::equal(rows->begin(), rows->end(), again->begin(), again->end(), Same));
}

// The path of a file in memory that has this content, until the next.
std::string PathOf(const std::string& content) {
  static const int kFile = memfd_create("postcodes", 0);
  BROKERAGE_CHECK(kFile >= 0 && ftruncate(kFile, 0) == 0);
  BROKERAGE_CHECK(pwrite(kFile, content.data(), content.size(), 0) ==
                  static_cast<ssize_t>(content.size()));
  return absl::StrCat("/proc/self/fd/", kFile);
}

void CheckPostcodes(const std::string& content) {
  const std::string path = PathOf(content);
  client::PostcodesLeftOut left_out;
  size_t bytes = 0;
  int64_t rows = 0;
  const absl::Status status = client::ReadPostcodeFile(
      path,
      [&](const v1::PostcodeRow& row) {
        ++rows;
        BROKERAGE_CHECK(!engine::PostcodeKey(row.postcode()).empty() && !row.ward_code().empty());
        return absl::OkStatus();
      },
      [&](size_t read) { bytes += read; }, &left_out);
  if (status.ok()) {
    BROKERAGE_CHECK(bytes == content.size());
  } else {
    BROKERAGE_CHECK(status.message().find(path) == 0);
  }
  const auto lines = std::count(content.begin(), content.end(), '\n') +
                     std::count(content.begin(), content.end(), '\r') + 1;
  BROKERAGE_CHECK(rows + left_out.terminated + left_out.without_ward <= lines);
}

}  // namespace

int FuzzClientFiles(const uint8_t* data, size_t size) {
  Bytes input(data, size);
  const uint8_t kind = input.Byte();
  const std::string content(input.Rest());
  switch (kind % 3) {
    case 0:
      CheckReferrals(content);
      break;
    case 1:
      CheckCoverage(content);
      break;
    default:
      CheckPostcodes(content);
  }
  return 0;
}

}  // namespace brokerage::fuzz
