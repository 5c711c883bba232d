// A table in CSV as RFC 4180 has it: one header line with the columns' names, comma separated,
// fields with commas, quotes or line ends in double quotes, lines ending in LF or CR LF, UTF-8.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/framework/errors.h"

namespace brokerage::engine {

struct CsvColumn {
  absl::string_view name;
  bool optional = false;  // the file may leave the whole column out
};

struct CsvRow {
  int line = 0;  // the physical line on which the row begins
  // In the order of the columns asked for; "" where one is left out.
  std::vector<std::string> cells;
};

struct CsvTable {
  std::vector<CsvRow> rows;
  size_t rows_read = 0;  // those that are not in `rows`, too
  // Columns that the header lacks and must not lack: their cells are "". An error says so.
  std::vector<absl::string_view> missing;
  // What stands in the file and is not in `rows`, cell by cell as far as cells can be told apart.
  // For each an error says why.
  std::vector<std::string> lost;
  // Whether all of the file is in `rows` or `lost`. If not, that something is in neither says
  // nothing; an error says why reading ended.
  bool whole = true;
};

// Parses the bytes of one file, up to `rows_max` rows, whatever they are. Missing, unknown and
// repeated columns, rows with too many or too few fields, empty lines, bytes that are not UTF-8,
// broken quotes, and rows and fields that are longer than limits::kCsv... allow are errors with
// their line. Reading goes on behind what cannot be read; it ends when there are as many errors as
// are told, and when much of a file is no text.
CsvTable ParseCsv(absl::string_view file, absl::string_view content,
                  absl::Span<const CsvColumn> columns, size_t rows_max, FrameworkErrors* errors);

}  // namespace brokerage::engine
