// The local date of a framework.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/model/directory.h"

namespace brokerage::services::rpc {

// Today where the framework is. What belongs to no framework has the day of the first one; without
// any it is UTC's.
engine::DateNumber Today(const engine::Directory& directory, absl::string_view framework_id,
                         absl::Time now);
// The time zone of that day.
absl::TimeZone ZoneOf(const engine::Directory& directory, absl::string_view framework_id);

}  // namespace brokerage::services::rpc
