// Tables in plain text: aligned columns, numbers to the right.
#pragma once

#include <string>
#include <vector>

namespace brokerage::client {

class Table {
 public:
  explicit Table(std::vector<std::string> headings) : headings_(std::move(headings)) {}

  // REQUIRES: one cell for each heading.
  void Add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  // Leaves out columns that are empty in every row.
  void DropEmptyColumns();

  // Each line begins with `indent` spaces and ends in a line end. Columns after the first that
  // would make lines longer than `width` are left out, last first; 0 leaves out none.
  std::string Text(int indent = 0, int width = 0) const;

 private:
  std::vector<size_t> Widths() const;

  std::vector<std::string> headings_;
  std::vector<std::vector<std::string>> rows_;
};

// Lines of at most `width` characters, broken at spaces, each indented.
std::string Wrapped(const std::string& text, int indent, int width);
// The width of standard output's terminal; 0 when it is none.
int TerminalWidth();

}  // namespace brokerage::client
