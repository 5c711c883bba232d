#include "engine/csv_table.h"

#include <csv.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/plain_text.h"

namespace brokerage::engine {

namespace {

constexpr size_t kParserBlockBytes = 64 << 10;

// What libcsv calls back: gathers the fields of one record.
struct Record {
  std::vector<std::string> fields;
  bool complete = false;
};

void OnField(void* data, size_t size, void* record) {
  static_cast<Record*>(record)->fields.emplace_back(static_cast<const char*>(data), size);
}

void OnRecordEnd(int, void* record) { static_cast<Record*>(record)->complete = true; }

int IsNoSpace(unsigned char) { return 0; }  // RFC 4180: spaces are part of a field

// Feeds libcsv line by line, so that every record's physical line is known.
class RecordReader {
 public:
  RecordReader(absl::string_view file, absl::string_view content, FrameworkErrors* errors)
      : file_(file), rest_(content), errors_(errors) {
    csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI);
    csv_set_space_func(&parser_, IsNoSpace);
    csv_set_blk_size(&parser_, kParserBlockBytes);
    absl::string_view byte_order_mark("\xef\xbb\xbf");  // spreadsheets put one in front
    if (absl::StartsWith(rest_, byte_order_mark)) rest_.remove_prefix(byte_order_mark.size());
  }
  ~RecordReader() { csv_free(&parser_); }
  RecordReader(const RecordReader&) = delete;
  RecordReader& operator=(const RecordReader&) = delete;

  // The next record; false at the end of the file, or at an error after which nothing can be read.
  bool Next(CsvRow* row) {
    record_ = Record();
    bool inside = false;  // a quoted field goes on from the line before
    while (!rest_.empty()) {
      absl::string_view line = TakeLine();
      if (!inside && (line == "\n" || line == "\r\n")) {
        Fail(line_, "an empty line; take it out");
        continue;
      }
      if (!inside) row->line = line_;
      if (!Feed(line)) return false;
      if (record_.complete) {
        row->cells = std::move(record_.fields);
        return true;
      }
      inside = true;
    }
    return inside && Finish(row);
  }

  bool sound() const { return sound_; }

 private:
  absl::string_view TakeLine() {
    size_t length = std::min(rest_.find('\n'), rest_.size() - 1) + 1;
    absl::string_view line = rest_.substr(0, length);
    rest_.remove_prefix(length);
    ++line_;
    return line;
  }

  bool Feed(absl::string_view line) {
    if (!IsUtf8(line)) return Stop("bytes that are not UTF-8; save the file as UTF-8");
    size_t carriage_return = line.find('\r');
    if (carriage_return != absl::string_view::npos && carriage_return + 2 != line.size()) {
      return Stop("a carriage return within the line; lines end with LF or CR LF");
    }
    if (line.find('\0') != absl::string_view::npos) return Stop("a zero byte");
    if (csv_parse(&parser_, line.data(), line.size(), OnField, OnRecordEnd, &record_) ==
        line.size()) {
      return true;
    }
    return Stop(
        "a quote out of place; a field with a quote stands in quotes, and its own quotes are "
        "doubled");
  }

  // The last record has no line end.
  bool Finish(CsvRow* row) {
    if (csv_fini(&parser_, OnField, OnRecordEnd, &record_) != 0) {
      line_ = row->line;
      return Stop("a quoted field of this row has no closing quote");
    }
    if (!record_.complete) return false;
    row->cells = std::move(record_.fields);
    return true;
  }

  void Fail(int line, absl::string_view message) {
    errors_->Add({file_, line}, "", message);
    sound_ = false;
  }

  bool Stop(absl::string_view message) {
    Fail(line_, message);
    rest_ = {};
    return false;
  }

  absl::string_view file_;
  absl::string_view rest_;
  FrameworkErrors* errors_;
  csv_parser parser_;
  Record record_;
  int line_ = 0;
  bool sound_ = true;
};

std::string NamesOf(absl::Span<const CsvColumn> columns) {
  return absl::StrJoin(columns, ",", [](std::string* out, const CsvColumn& column) {
    absl::StrAppend(out, column.name);
  });
}

// For each column asked for, its index in the file; -1 where it is left out. False if the header is
// wrong.
bool ReadHeader(const Place& place, const CsvRow& header, absl::Span<const CsvColumn> columns,
                std::vector<int>* index_of, FrameworkErrors* errors) {
  bool sound = true;
  auto fail = [&](absl::string_view field, absl::string_view message) {
    errors->Add(place, field, message);
    sound = false;
  };
  index_of->assign(columns.size(), -1);
  for (size_t i = 0; i < header.cells.size(); ++i) {
    auto column = std::find_if(columns.begin(), columns.end(), [&](const CsvColumn& candidate) {
      return candidate.name == header.cells[i];
    });
    if (column == columns.end()) {
      if (errors->full()) return false;
      fail("", absl::StrCat("unknown column ", Shown(header.cells[i]), "; the columns are ",
                            NamesOf(columns)));
    } else if (int& index = (*index_of)[column - columns.begin()]; index >= 0) {
      fail(column->name, "the column is there twice");
    } else {
      index = static_cast<int>(i);
    }
  }
  for (size_t c = 0; c < columns.size(); ++c) {
    if ((*index_of)[c] < 0 && !columns[c].optional) {
      fail(columns[c].name,
           absl::StrCat("the column is missing; the columns are ", NamesOf(columns)));
    }
  }
  return sound;
}

}  // namespace

CsvTable ParseCsv(absl::string_view file, absl::string_view content,
                  absl::Span<const CsvColumn> columns, size_t rows_max, FrameworkErrors* errors) {
  CsvTable table;
  RecordReader reader(file, content, errors);
  CsvRow header;
  if (!reader.Next(&header)) {
    if (reader.sound()) {
      errors->Add({file, 1}, "",
                  absl::StrCat("no header line; the columns are ", NamesOf(columns)));
    }
    table.whole = false;
    return table;
  }
  std::vector<int> index_of;
  if (!ReadHeader({file, header.line}, header, columns, &index_of, errors)) {
    table.whole = false;
    return table;
  }
  for (CsvRow record; reader.Next(&record);) {
    if (table.rows.size() >= rows_max) {
      errors->Add({file, record.line}, "", "more rows than a framework may have");
    }
    if (table.rows.size() >= rows_max || errors->full()) {
      table.whole = false;
      return table;
    }
    if (record.cells.size() != header.cells.size()) {
      errors->Add({file, record.line}, "",
                  absl::StrCat("the row has ", record.cells.size(), " fields, the header ",
                               header.cells.size()));
      table.whole = false;
      continue;
    }
    CsvRow& row = table.rows.emplace_back();
    row.line = record.line;
    for (int index : index_of) {
      row.cells.push_back(index < 0 ? "" : std::move(record.cells[index]));
    }
  }
  table.whole = table.whole && reader.sound();
  return table;
}

}  // namespace brokerage::engine
