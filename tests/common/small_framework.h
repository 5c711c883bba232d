// A framework small enough to keep in mind, for tests that break one thing of it; and the errors
// that come of that.
#pragma once

#include <string>
#include <vector>

#include "brokerage/v1/directory.pb.h"
#include "google/protobuf/repeated_field.h"

namespace brokerage::engine {

using FrameworkFiles = google::protobuf::RepeatedPtrField<v1::FrameworkFile>;

// Two wards in one lot; p, with one branch and one contract as Lead, and q, with none.
FrameworkFiles SmallFramework();

// The content of a file, which is added if it is not there.
std::string* ContentOf(FrameworkFiles* files, const std::string& name);

// SmallFramework() with one text of one file replaced wherever it stands. REQUIRES: it is there.
FrameworkFiles SmallFrameworkWith(const std::string& file, const std::string& from,
                                  const std::string& to);

// SmallFramework() with one line more.
FrameworkFiles SmallFrameworkWithLine(const std::string& file, const std::string& line);

// The errors as "file:line field: message"; empty if the files are right.
std::vector<std::string> FrameworkErrorsOf(const FrameworkFiles& files);

}  // namespace brokerage::engine
