// The errors found in a framework's files, each with its place.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
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

// For who is never asked to stop.
inline bool NeverStops() { return false; }

// Collects up to limits::kFrameworkErrorsMax errors, and of one file no more than
// limits::kFrameworkErrorsPerFileMax; of further ones in the file it says how many they are. It
// also knows whether anybody still waits for them.
class FrameworkErrors {
 public:
  // `stop_asked` is asked often, for as long as this lives: it must be cheap. Once it says yes no
  // more is looked for.
  explicit FrameworkErrors(absl::FunctionRef<bool()> stop_asked = NeverStops)
      : stop_asked_(stop_asked) {}

  // `field` is the column's or rule's name; `message` says what is wrong and what would be right.
  void Add(const Location& place, absl::string_view field, absl::string_view message);

  bool empty() const { return errors_.empty(); }
  // Whether further errors will not be told: no need to look for them.
  bool full();
  // Whether further errors of the file are only counted: no need to say what they are.
  bool counts_only(absl::string_view file);

  // FRAMEWORK_INVALID with the errors by file and line; ABORTED where stopping was asked for, which
  // is no judgement of the files; OK where there is neither.
  absl::Status ToStatus() const;

 private:
  struct InFile {
    int told = 0;
    int further = 0;
    int last_line = 0;  // of those that are told
  };
  using Files = std::map<std::string, InFile>;

  // By the name as it is told. Errors of one file come one after the other.
  Files::value_type& Of(absl::string_view file);

  absl::FunctionRef<bool()> stop_asked_;
  bool stopped_ = false;
  std::vector<v1::FileError> errors_;
  Files files_;
  absl::string_view last_file_;
  Files::value_type* last_ = nullptr;  // of last_file_
};

}  // namespace brokerage::engine
