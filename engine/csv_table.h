// A table in CSV as RFC 4180 has it: one header line with the columns' names, comma separated,
// fields with commas, quotes or line ends in double quotes, lines ending in LF or CR LF, UTF-8.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/framework_errors.h"

namespace brokerage::engine {

struct CsvColumn {
  absl::string_view name;
  bool optional = false;  // the file may leave the whole column out
};

struct CsvRow {
  int line = 0;  // the physical line on which the row begins
  std::vector<std::string>
      cells;  // in the order of the columns asked for; "" where one is left out
};

struct CsvTable {
  std::vector<CsvRow> rows;
  // Whether every row of the file is there. If not, an error says why, and that something is not in
  // the table says nothing.
  bool whole = true;
};

// Parses the bytes of one file, up to `rows_max` rows. Missing, unknown and repeated columns, rows
// with too many or too few fields, empty lines, bytes that are not UTF-8 and broken quotes are
// errors with their line; reading stops when there are as many errors as are told.
CsvTable ParseCsv(absl::string_view file, absl::string_view content,
                  absl::Span<const CsvColumn> columns, size_t rows_max, FrameworkErrors* errors);

}  // namespace brokerage::engine
