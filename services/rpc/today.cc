#include "services/rpc/today.h"

#include "services/zones.h"

namespace brokerage::services::rpc {

engine::DateNumber Today(const engine::Directory& directory, absl::string_view framework_id,
                         absl::Time now) {
  static const engine::ZoneFinder& zones = *new engine::ZoneFinder(HostZones());
  const journal::v1::FrameworkRow* framework = directory.Framework(framework_id);
  if (framework == nullptr && !directory.Frameworks().empty())
    framework = directory.Frameworks().front();
  const absl::TimeZone* zone =
      framework == nullptr ? nullptr : zones(framework->rules().time_zone());
  return engine::LocalDate(now, zone == nullptr ? absl::UTCTimeZone() : *zone);
}

}  // namespace brokerage::services::rpc
