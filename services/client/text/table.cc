#include "services/client/text/table.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace brokerage::client {

namespace {

constexpr size_t kGap = 2;

// Characters, not bytes, of a UTF-8 text.
size_t LengthInCharacters(const std::string& text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; });
}

bool IsNumber(const std::string& cell) {
  return !cell.empty() && (absl::ascii_isdigit(cell[0]) || cell[0] == '-') &&
         cell.find_first_not_of("0123456789.%-/() ") == std::string::npos;
}

std::string Padding(size_t length, size_t width) {
  return std::string(width > length ? width - length : 0, ' ');
}

}  // namespace

std::string Wrapped(const std::string& text, int indent, int width) {
  std::string wrapped(indent, ' ');
  size_t column = indent;
  bool first = true;
  for (absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    const size_t length = LengthInCharacters(std::string(word));
    if (!first && column + 1 + length > static_cast<size_t>(width)) {
      absl::StrAppend(&wrapped, "\n", std::string(indent, ' '));
      column = indent;
      first = true;
    }
    if (!first) wrapped.push_back(' ');
    column += length + (first ? 0 : 1);
    absl::StrAppend(&wrapped, word);
    first = false;
  }
  return absl::StrCat(wrapped, "\n");
}

int TerminalWidth() {
  winsize size = {};
  if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

void Table::DropEmptyColumns() {
  for (size_t column = headings_.size(); column-- > 0;) {
    const bool used = std::any_of(rows_.begin(), rows_.end(),
                                  [&](const auto& row) { return !row[column].empty(); });
    if (used) continue;
    headings_.erase(headings_.begin() + column);
    for (auto& row : rows_) row.erase(row.begin() + column);
  }
}

std::vector<size_t> Table::Widths() const {
  std::vector<size_t> widths;
  for (size_t column = 0; column < headings_.size(); ++column) {
    size_t width = LengthInCharacters(headings_[column]);
    for (const auto& row : rows_) width = std::max(width, LengthInCharacters(row[column]));
    widths.push_back(width);
  }
  return widths;
}

std::string Table::Text(int indent, int width) const {
  const std::vector<size_t> widths = Widths();
  size_t columns = 0;
  for (size_t used = indent; columns < widths.size(); ++columns) {
    used += widths[columns] + (columns > 0 ? kGap : 0);
    if (width > 0 && columns > 0 && used > static_cast<size_t>(width)) break;
  }
  std::vector<bool> right(columns, !rows_.empty());
  for (const auto& row : rows_) {
    for (size_t column = 0; column < columns; ++column) {
      const std::string& cell = row[column];
      if (!cell.empty() && cell != "n/a" && cell != "none" && !IsNumber(cell))
        right[column] = false;
    }
  }
  std::string text;
  auto add_line = [&](const std::vector<std::string>& cells) {
    std::string line(indent, ' ');
    for (size_t column = 0; column < columns; ++column) {
      const std::string padding = Padding(LengthInCharacters(cells[column]), widths[column]);
      if (column > 0) line.append(kGap, ' ');
      absl::StrAppend(&line, right[column] ? padding : "", cells[column],
                      right[column] ? "" : padding);
    }
    absl::StripTrailingAsciiWhitespace(&line);
    absl::StrAppend(&text, line, "\n");
  };
  add_line(headings_);
  for (const auto& row : rows_) add_line(row);
  return text;
}

}  // namespace brokerage::client
