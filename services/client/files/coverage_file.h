// A file of lines of coverage, in the form in which councils send ward returns round: a row for
// each branch, ward or postcode area, and service.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "brokerage/v1/directory.pb.h"

namespace brokerage::client {

struct CoverageRow {
  int line = 0;  // in the file, from 1
  // What is wrong with the row by itself; the rest is then not to be used.
  absl::Status status;
  v1::Coverage coverage;
  // For people; empty where the file does not say.
  std::string ward_name;
  std::string district;
};

// `name` is what errors call the file. Columns ward_name, district, priority and postcode_area may
// be left out; a priority that is not given is 1. Errors: a file that is no table at all, with its
// lines.
absl::StatusOr<std::vector<CoverageRow>> ParseCoverage(const std::string& name,
                                                       const std::string& content);

// The same file of these rows, with its header.
std::string CoverageText(const std::vector<CoverageRow>& rows);

}  // namespace brokerage::client
