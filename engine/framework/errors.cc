#include "engine/framework/errors.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/bounds.h"
#include "engine/base/rejection.h"
#include "engine/base/text.h"

namespace brokerage::engine {

namespace {
// A name from the request as an answer may carry it: a protobuf string must be UTF-8.
std::string FileName(absl::string_view name) {
  bool fit = name.size() <= limits::kNameBytesMax && IsUtf8(name) && !HasControlCharacter(name);
  return fit ? std::string(name) : Quoted(name);
}
}  // namespace

std::string LocationText(const Location& place) {
  if (place.line == 0) return FileName(place.file);
  return absl::StrCat(FileName(place.file), ":", place.line);
}

void FrameworkErrors::Add(const Location& place, absl::string_view field,
                          absl::string_view message) {
  if (stopped_ || errors_.size() >= limits::kFrameworkErrorsMax) return;
  auto& [file, in_file] = Of(place.file);
  if (in_file.told == limits::kFrameworkErrorsPerFileMax) {
    ++in_file.further;
    return;
  }
  ++in_file.told;
  in_file.last_line = std::max(in_file.last_line, place.line);
  v1::FileError& error = errors_.emplace_back();
  error.set_file(file);
  error.set_line(place.line);
  error.set_field(std::string(field));
  error.set_message(std::string(message));
}

bool FrameworkErrors::full() {
  stopped_ = stopped_ || stop_asked_();
  return stopped_ || errors_.size() >= limits::kFrameworkErrorsMax;
}

bool FrameworkErrors::counts_only(absl::string_view file) {
  return Of(file).second.told == limits::kFrameworkErrorsPerFileMax;
}

FrameworkErrors::Files::value_type& FrameworkErrors::Of(absl::string_view file) {
  if (last_ == nullptr || file.data() != last_file_.data() || file.size() != last_file_.size()) {
    last_ = &*files_.try_emplace(FileName(file)).first;
    last_file_ = file;
  }
  return *last_;
}

absl::Status FrameworkErrors::ToStatus() const {
  if (stopped_) return absl::AbortedError("nobody waits for the answer any more");
  if (errors_.empty()) return absl::OkStatus();
  std::vector<v1::FileError> sorted = errors_;
  bool more = errors_.size() >= limits::kFrameworkErrorsMax;
  for (const auto& [file, in_file] : files_) {
    if (in_file.further == 0) continue;
    more = true;
    v1::FileError& error = sorted.emplace_back();
    error.set_file(file);
    error.set_line(in_file.last_line);
    error.set_message(
        absl::StrCat("and ", in_file.further,
                     " more errors in this file; mend those that are told, and check again"));
  }
  std::stable_sort(
      sorted.begin(), sorted.end(), [](const v1::FileError& a, const v1::FileError& b) {
        return std::make_tuple(a.file(), a.line()) < std::make_tuple(b.file(), b.line());
      });
  v1::Rejection rejection;
  rejection.set_reason(v1::REJECTION_REASON_FRAMEWORK_INVALID);
  rejection.set_field("files");
  const v1::FileError& first = sorted.front();
  std::string expected = absl::StrCat(
      more ? "at least " : "", sorted.size(), sorted.size() == 1 ? " error; " : " errors; ",
      LocationText({first.file(), first.line()}), first.field().empty() ? "" : ", ", first.field(),
      ": ", first.message());
  rejection.set_expected(expected);
  for (v1::FileError& error : sorted) *rejection.add_file_errors() = std::move(error);
  return Reject(rejection);
}

}  // namespace brokerage::engine
