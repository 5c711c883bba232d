// The host's IANA time zones.
#pragma once

#include "engine/engine.h"

namespace brokerage::services {

// Finds zones by their IANA names ("Europe/London") and keeps them for good, so that what it
// returned stays valid for the life of the process. Null for what the host's time zone data does
// not have, and for names that are not of that form. Any thread.
engine::ZoneFinder HostZones();

}  // namespace brokerage::services
