#include "engine/framework/csv.h"

#include <csv.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/base/bounds.h"
#include "engine/base/suggestions.h"
#include "engine/base/text.h"

namespace brokerage::engine {

namespace {

constexpr size_t kParserBlockBytes = 64 << 10;
constexpr int kUnreadableMax = 20;  // rows of a file; with more it is no table

// What libcsv calls back: gathers the fields of one record, as many and as long as may be, and
// counts the others.
struct Record {
  std::vector<std::string> fields;
  size_t field_count = 0;
  size_t long_field = 0;  // the first that is too long, from 1; 0 if none is
  size_t long_field_bytes = 0;
  bool complete = false;
};

void OnField(void* data, size_t size, void* gathered) {
  Record& record = *static_cast<Record*>(gathered);
  ++record.field_count;
  if (size > limits::kCsvFieldBytesMax && record.long_field == 0) {
    record.long_field = record.field_count;
    record.long_field_bytes = size;
  }
  if (record.field_count > limits::kCsvFieldsMax || record.long_field > 0) return;
  record.fields.emplace_back(static_cast<const char*>(data), size);
}

void OnRecordEnd(int, void* record) { static_cast<Record*>(record)->complete = true; }

int IsNoSpace(unsigned char) { return 0; }  // RFC 4180: spaces are part of a field

// Feeds libcsv line by line, so that every record's physical line is known.
class RecordReader {
 public:
  // `lost` gets the cells of what cannot be read. Of more records than `records_max` it tells.
  RecordReader(absl::string_view file, absl::string_view content, size_t records_max,
               std::vector<std::string>* lost, FrameworkErrors* errors)
      : file_(file), rest_(content), records_max_(records_max), lost_(lost), errors_(errors) {
    Begin();
    absl::string_view byte_order_mark("\xef\xbb\xbf");  // spreadsheets put one in front
    if (absl::StartsWith(rest_, byte_order_mark)) rest_.remove_prefix(byte_order_mark.size());
  }
  ~RecordReader() { csv_free(&parser_); }
  RecordReader(const RecordReader&) = delete;
  RecordReader& operator=(const RecordReader&) = delete;

  // The next record that can be read; false at the end of the file, or where reading it has ended.
  bool Next(CsvRow* row) {
    while (!rest_.empty()) {
      row->line = line_ + 1;
      if (records_ == records_max_) {
        errors_->Add(
            {file_, row->line}, "",
            absl::StrCat("more rows than are taken, ", records_max_ - 1, "; take some out"));
      }
      if (records_ == records_max_ || errors_->full()) {
        End();
        return false;
      }
      ++records_;
      record_ = Record();
      begin_ = rest_;
      std::string why = Read();
      if (why.empty()) why = TooMuch();
      if (record_.complete && why.empty()) {
        row->cells = std::move(record_.fields);
        return true;
      }
      if (!why.empty()) LoseRow(row->line, std::move(why));
    }
    return false;
  }

  // Reads no further.
  void End() {
    rest_ = {};
    whole_ = false;
  }

  // Rows that could not be read.
  int unreadable() const { return unreadable_; }
  // Rows of any kind, empty lines and the header among them.
  size_t records() const { return records_; }
  // Whether all of the file was read or is lost.
  bool whole() const { return whole_; }

 private:
  void Begin() {
    csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI);
    csv_set_space_func(&parser_, IsNoSpace);
    csv_set_blk_size(&parser_, kParserBlockBytes);
  }

  // One record, or an empty line; what is wrong with it, if anything is.
  std::string Read() {
    size_t bytes = 0;
    for (bool inside = false; !rest_.empty(); inside = true) {
      absl::string_view line = TakeLine();
      bytes += line.size();
      if (bytes > limits::kCsvRowBytesMax) {
        return inside ? absl::StrCat(kNotClosed, " within ", limits::kCsvRowBytesMax,
                                     " bytes, up to line ", line_, kHowQuotes)
                      : absl::StrCat("the row has ", bytes, " bytes; at most ",
                                     limits::kCsvRowBytesMax, " are taken");
      }
      if (!inside && (line == "\n" || line == "\r\n")) {
        errors_->Add({file_, line_}, "", "an empty line; take it out");
        return "";
      }
      if (std::string why = Feed(line); !why.empty()) {
        return inside ? absl::StrCat(kNotClosed, ", up to line ", line_, kHowQuotes) : why;
      }
      if (record_.complete) return "";
    }
    // The last record has no line end.
    if (csv_fini(&parser_, OnField, OnRecordEnd, &record_) == 0) return "";
    return absl::StrCat(kNotClosed, kHowQuotes);
  }

  // What is too much in a record that was read.
  std::string TooMuch() const {
    if (record_.long_field > 0) {
      return absl::StrCat("field ", record_.long_field, " has ", record_.long_field_bytes,
                          " bytes; at most ", limits::kCsvFieldBytesMax, " are taken");
    }
    if (record_.field_count <= limits::kCsvFieldsMax) return "";
    return absl::StrCat("the row has ", record_.field_count, " fields; at most ",
                        limits::kCsvFieldsMax, " are taken");
  }

  absl::string_view TakeLine() {
    size_t length = std::min(rest_.find('\n'), rest_.size() - 1) + 1;
    absl::string_view line = rest_.substr(0, length);
    rest_.remove_prefix(length);
    ++line_;
    return line;
  }

  std::string Feed(absl::string_view line) {
    if (!IsUtf8(line)) return "bytes that are not UTF-8; save the file as UTF-8";
    size_t carriage_return = line.find('\r');
    if (carriage_return != absl::string_view::npos && carriage_return + 2 != line.size()) {
      return "a carriage return within the line; lines end with LF or CR LF";
    }
    if (line.find('\0') != absl::string_view::npos) {
      return "a zero byte; save the file as text in UTF-8";
    }
    if (csv_parse(&parser_, line.data(), line.size(), OnField, OnRecordEnd, &record_) ==
        line.size()) {
      return "";
    }
    return absl::StrCat("a quote out of place", kHowQuotes);
  }

  // Reading goes on with the next line: where a quote is wrong, that a field spans lines is less
  // likely than that it was not meant to.
  void LoseRow(int line, std::string why) {
    csv_free(&parser_);
    Begin();
    rest_ = begin_;
    line_ = line - 1;
    const absl::string_view taken = TakeLine();
    const bool much = taken.size() > limits::kCsvRowBytesMax;
    if (!much) {
      for (absl::string_view cell : absl::StrSplit(taken, ',')) lost_->emplace_back(cell);
    }
    if (++unreadable_ >= kUnreadableMax || much) {
      End();
      absl::StrAppend(&why, "; nothing after it was read");
    }
    errors_->Add({file_, line}, "", why);
  }

  static constexpr absl::string_view kNotClosed = "a quoted field of this row has no closing quote";
  static constexpr absl::string_view kHowQuotes =
      "; a field with a quote stands in quotes, and its own quotes are doubled";

  absl::string_view file_;
  absl::string_view rest_;
  absl::string_view begin_;  // of the record
  const size_t records_max_;
  std::vector<std::string>* lost_;
  FrameworkErrors* errors_;
  csv_parser parser_;
  Record record_;
  int line_ = 0;
  int unreadable_ = 0;
  size_t records_ = 0;
  bool whole_ = true;
};

std::string NamesOf(absl::Span<const CsvColumn> columns) {
  return absl::StrJoin(columns, ",", [](std::string* out, const CsvColumn& column) {
    absl::StrAppend(out, column.name);
  });
}

// For each column asked for, its index in the file; -1 where it is left out. A column whose name is
// nearly right is an error, and is read.
class Header {
 public:
  Header(const Location& place, const CsvRow& row, absl::Span<const CsvColumn> columns,
         FrameworkErrors* errors)
      : place_(place), row_(row), columns_(columns), errors_(errors) {}

  // False if the row is no header at all.
  bool Read(std::vector<absl::string_view>* missing) {
    index_of_.assign(columns_.size(), -1);
    std::vector<size_t> unknown;
    for (size_t i = 0; i < row_.cells.size(); ++i) {
      if (!ReadColumn(i)) unknown.push_back(i);
    }
    if (unknown.size() == row_.cells.size()) {
      errors_->Add(place_, "", absl::StrCat(kNone, NamesOf(columns_)));
      return false;
    }
    for (size_t i : unknown) TellUnknown(i);
    for (size_t c = 0; c < columns_.size(); ++c) {
      if (index_of_[c] >= 0 || columns_[c].optional) continue;
      missing->push_back(columns_[c].name);
      errors_->Add(place_, columns_[c].name,
                   absl::StrCat("the column is missing; the columns are ", NamesOf(columns_)));
    }
    return true;
  }

  const std::vector<int>& index_of() const { return index_of_; }

  static constexpr absl::string_view kNone = "no header line; the columns are ";

 private:
  bool ReadColumn(size_t i) {
    auto column = std::find_if(columns_.begin(), columns_.end(), [&](const CsvColumn& candidate) {
      return candidate.name == row_.cells[i];
    });
    if (column == columns_.end()) return false;
    int& index = index_of_[static_cast<size_t>(column - columns_.begin())];
    if (index >= 0) {
      errors_->Add(place_, column->name, "the column is there twice; take one of the two out");
    } else {
      index = static_cast<int>(i);
    }
    return true;
  }

  void TellUnknown(size_t i) {
    if (errors_->full()) return;
    std::vector<absl::string_view> names;
    std::vector<size_t> columns;
    for (size_t c = 0; c < columns_.size(); ++c) {
      if (index_of_[c] >= 0) continue;
      names.push_back(columns_[c].name);
      columns.push_back(c);
    }
    const int nearest = IndexOfNearest(row_.cells[i], names);
    if (nearest >= 0) index_of_[columns[static_cast<size_t>(nearest)]] = static_cast<int>(i);
    errors_->Add(
        place_, "",
        absl::StrCat("unknown column ", Quoted(row_.cells[i]), nearest < 0 ? "" : "; nearest: ",
                     nearest < 0 ? "" : names[static_cast<size_t>(nearest)], "; the columns are ",
                     NamesOf(columns_)));
  }

  const Location place_;
  const CsvRow& row_;
  absl::Span<const CsvColumn> columns_;
  FrameworkErrors* errors_;
  std::vector<int> index_of_;
};

}  // namespace

CsvTable ParseCsv(absl::string_view file, absl::string_view content,
                  absl::Span<const CsvColumn> columns, size_t rows_max, FrameworkErrors* errors) {
  CsvTable table;
  RecordReader reader(file, content, rows_max + 1, &table.lost, errors);  // and the header
  CsvRow header_row;
  table.whole = false;
  const bool has_header = reader.Next(&header_row);
  table.rows_read = reader.records();
  if (!has_header) {
    if (reader.unreadable() == 0) {
      errors->Add({file, 1}, "", absl::StrCat(Header::kNone, NamesOf(columns)));
    }
    return table;
  }
  if (reader.unreadable() > 0) return table;  // what was lost was the header
  Header header({file, header_row.line}, header_row, columns, errors);
  if (!header.Read(&table.missing)) return table;
  for (CsvRow record; reader.Next(&record);) {
    if (record.cells.size() != header_row.cells.size()) {
      errors->Add({file, record.line}, "",
                  absl::StrCat("the row has ", record.cells.size(), " fields, the header ",
                               header_row.cells.size(),
                               "; a field with a comma of its own stands in quotes"));
      for (std::string& cell : record.cells) table.lost.push_back(std::move(cell));
      if (errors->counts_only(file)) reader.End();  // a table of other columns
      continue;
    }
    CsvRow& row = table.rows.emplace_back();
    row.line = record.line;
    for (int index : header.index_of()) {
      row.cells.push_back(index < 0 ? "" : std::move(record.cells[static_cast<size_t>(index)]));
    }
  }
  table.rows_read = reader.records() - 1;
  table.whole = reader.whole();
  return table;
}

}  // namespace brokerage::engine
