// The errors found in a framework's files, each with its place.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "brokerage/v1/vocabulary.pb.h"

namespace brokerage::engine {

// A line of a file, from 1; line 0 is the whole file. The name is borrowed from the request.
struct Place {
  absl::string_view file;
  int line = 0;
};

// "published/wards.csv:12".
std::string PlaceText(const Place& place);

// Collects up to limits::kFrameworkErrorsMax errors and counts the rest.
class FrameworkErrors {
 public:
  // `field` is the column's or rule's name; `message` says what is wrong and what would be right.
  void Add(const Place& place, absl::string_view field, absl::string_view message);

  bool empty() const { return count_ == 0; }
  // Whether further errors are only counted, so that a message need not be made well.
  bool full() const;

  // FRAMEWORK_INVALID with the errors by file and line. REQUIRES: !empty().
  absl::Status ToStatus() const;

 private:
  std::vector<v1::FileError> errors_;
  size_t count_ = 0;
};

}  // namespace brokerage::engine
