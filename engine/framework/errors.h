// The errors found in a framework's files, each with its place.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "brokerage/v1/vocabulary.pb.h"

namespace brokerage::engine {

// A line of a file, from 1; line 0 is the whole file. The name is borrowed from the request.
struct Location {
  absl::string_view file;
  int line = 0;
};

// "published/wards.csv:12".
std::string LocationText(const Location& place);

// Collects up to limits::kFrameworkErrorsMax errors, and of one file no more than
// limits::kFrameworkErrorsPerFileMax; of further ones in the file it says how many they are.
class FrameworkErrors {
 public:
  // `field` is the column's or rule's name; `message` says what is wrong and what would be right.
  void Add(const Location& place, absl::string_view field, absl::string_view message);

  bool empty() const { return errors_.empty(); }
  // Whether further errors will not be told: no need to look for them.
  bool full() const;

  // FRAMEWORK_INVALID with the errors by file and line. REQUIRES: !empty().
  absl::Status ToStatus() const;

 private:
  struct InFile {
    int told = 0;
    int further = 0;
    int last_line = 0;  // of those that are told
  };

  std::vector<v1::FileError> errors_;
  std::map<std::string, InFile> files_;
};

}  // namespace brokerage::engine
