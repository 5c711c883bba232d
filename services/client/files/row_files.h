// Files of rows that are sent one by one: what was refused.
#pragma once

#include <fstream>
#include <string>
#include <vector>

#include "brokerage/v1/vocabulary.pb.h"

namespace brokerage::client {

// "returns.errors.csv" for "returns.csv".
std::string ErrorPath(const std::string& file);

// A cell of a CSV file, in quotes where it needs them.
std::string CsvCell(const std::string& text);

// The rows that were refused, as a file that people open beside the one they sent: line, what names
// the row, reason, field, value, error. There is no file unless a row was refused; an earlier run's
// says nothing about this one and goes.
class ErrorFile {
 public:
  // `names` are the columns that say which row it is, such as "person_reference".
  ErrorFile(std::string path, std::vector<std::string> names)
      : path_(std::move(path)), names_(std::move(names)) {}

  // REQUIRES: one cell for each name.
  void Add(int line, const std::vector<std::string>& cells, const v1::Rejection& rejection);
  // False if it could not be written.
  bool Finish();
  int rows() const { return rows_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::vector<std::string> names_;
  std::ofstream file_;
  int rows_ = 0;
};

}  // namespace brokerage::client
