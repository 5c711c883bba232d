// The frameworks of this project, as tests use them: read from the source tree.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "brokerage/v1/directory.pb.h"
#include "engine/directory.h"

namespace brokerage::engine {

// The files of frameworks/NAME, by name, with names relative to that folder; whatever lies there,
// also what ApplyFramework passes over.
google::protobuf::RepeatedPtrField<v1::FrameworkFile> ReadFrameworkFolder(const std::string& name);

// The folder as ParseFramework takes it, put into a directory: revision 1, applied and recorded at
// 0. Ends the test program if the folder is not valid.
Directory LoadDirectory(const std::string& framework);

// Whether the host knows the time zone.
bool HostKnowsZone(const std::string& name);

// Europe/London.
absl::TimeZone London();

}  // namespace brokerage::engine
