// The starting point for a council's own framework: a folder that explains itself.
#pragma once

#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "brokerage/v1/directory.pb.h"

namespace brokerage::client {

// framework.textproto with every field explained, and every table with its header and rows that say
// they are examples. Right as it stands, if the id and the name are. Contracts commence on the day.
std::vector<v1::FrameworkFile> FrameworkTemplate(const std::string& id, const std::string& name,
                                                 absl::CivilDay commencement);

}  // namespace brokerage::client
