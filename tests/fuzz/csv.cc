#include "tests/fuzz/csv.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/base/check.h"
#include "engine/base/rejection.h"
#include "engine/base/text.h"
#include "engine/framework/parse.h"

namespace brokerage::fuzz {

namespace {

using Files = google::protobuf::RepeatedPtrField<v1::FrameworkFile>;

Files FilesOf(absl::string_view input) {
  Files files;
  while (!input.empty()) {
    const size_t length = std::min(input.find('\n'), input.size() - 1) + 1;
    const absl::string_view line = input.substr(0, length);
    input.remove_prefix(length);
    if (line.substr(0, 3) == "== ") {
      absl::string_view name = line.substr(3);
      if (!name.empty() && name.back() == '\n') name.remove_suffix(1);
      files.Add()->set_name(std::string(name));
    } else if (!files.empty()) {
      files.Mutable(files.size() - 1)->mutable_content()->append(line.data(), line.size());
    }
  }
  return files;
}

bool ZoneKnown(const std::string& name) { return name == "Europe/London"; }

// An error of a file without a name has none.
void CheckErrors(const absl::Status& status, const Files& files) {
  const bool named = std::none_of(files.begin(), files.end(), [](const v1::FrameworkFile& file) {
    return file.name().empty();
  });
  const v1::Rejection rejection = engine::RejectionOf(status);
  BROKERAGE_CHECK(rejection.reason() == v1::REJECTION_REASON_FRAMEWORK_INVALID);
  BROKERAGE_CHECK(rejection.file_errors_size() > 0);
  for (const v1::FileError& error : rejection.file_errors()) {
    BROKERAGE_CHECK(!named || !error.file().empty());
    BROKERAGE_CHECK(error.line() >= 0);
    BROKERAGE_CHECK(!error.message().empty());
    for (const std::string* text : {&error.file(), &error.field(), &error.message()}) {
      BROKERAGE_CHECK(engine::IsUtf8(*text));
    }
  }
}

}  // namespace

int FuzzCsv(const uint8_t* data, size_t size) {
  Files files = FilesOf({reinterpret_cast<const char*>(data), size});
  const auto parsed = engine::ParseFramework(files, ZoneKnown);
  if (!parsed.ok()) {
    CheckErrors(parsed.status(), files);
    return 0;
  }
  std::set<std::string> names;
  for (const v1::FrameworkFile& file : files) names.insert(file.name());
  BROKERAGE_CHECK(parsed->facts.size() == parsed->places.size());
  for (const std::string& place : parsed->places) {
    BROKERAGE_CHECK(names.contains(place.substr(0, place.rfind(':'))));
  }
  std::reverse(files.begin(), files.end());
  const auto again = engine::ParseFramework(files, ZoneKnown);
  BROKERAGE_CHECK(again.ok() && again->facts.size() == parsed->facts.size());
  for (size_t i = 0; i < parsed->facts.size(); ++i) {
    BROKERAGE_CHECK(again->facts[i].SerializeAsString() == parsed->facts[i].SerializeAsString());
    BROKERAGE_CHECK(i == 0 || parsed->facts[i - 1].key() < parsed->facts[i].key());
  }
  return 0;
}

}  // namespace brokerage::fuzz
