#include "services/rpc/today.h"

#include "services/core/zones.h"

namespace brokerage::services::rpc {

absl::TimeZone ZoneOf(const engine::Directory& directory, absl::string_view framework_id) {
  static const engine::ZoneFinder& zones = *new engine::ZoneFinder(HostZones());
  const journal::v1::FrameworkRow* framework = directory.Framework(framework_id);
  if (framework == nullptr && !directory.Frameworks().empty())
    framework = directory.Frameworks().front();
  const absl::TimeZone* zone =
      framework == nullptr ? nullptr : zones(framework->rules().time_zone());
  return zone == nullptr ? absl::UTCTimeZone() : *zone;
}

engine::DateNumber Today(const engine::Directory& directory, absl::string_view framework_id,
                         absl::Time now) {
  return engine::LocalDate(now, ZoneOf(directory, framework_id));
}

}  // namespace brokerage::services::rpc
