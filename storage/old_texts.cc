#include "storage/old_texts.h"

#include <optional>

#include "engine/model/tables.h"
#include "storage/encoding.h"

namespace brokerage::storage {

using engine::Table;

namespace {

// The first package from the number on that has texts.
std::optional<uint64_t> NextWithTexts(const View& view, uint64_t from) {
  std::optional<uint64_t> next;
  view.Scan(Table::kTexts, "", engine::PackageKey(from),
            [&](absl::string_view key, absl::string_view) {
              if (key.size() > 8) next = DecodeNumber(key.substr(0, 8));
              return false;
            });
  return next;
}

}  // namespace

OldTexts FindOldTexts(const View& view, uint64_t from, int examined_max,
                      absl::FunctionRef<absl::Duration(const std::string& framework_id)> retention,
                      absl::Time now) {
  OldTexts found;
  for (int examined = 0; examined < examined_max; ++examined) {
    const std::optional<uint64_t> number = NextWithTexts(view, from);
    if (!number.has_value()) return found;
    from = *number + 1;
    const auto value = view.Get(Table::kPackages, engine::PackageKey(*number));
    journal::v1::PackageRow row;
    if (!value.has_value() || !row.ParseFromString(*value) || row.ended_time_us() == 0) continue;
    const absl::Duration kept = retention(row.framework_id());
    if (kept > absl::ZeroDuration() && absl::FromUnixMicros(row.ended_time_us()) + kept <= now) {
      found.packages.push_back(*number);
    }
  }
  found.next = from;
  return found;
}

}  // namespace brokerage::storage
