// A framework's folder: parsed, checked whole, and turned into rules and directory facts.
#pragma once

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "brokerage/journal/v1/rows.pb.h"
#include "brokerage/v1/directory.pb.h"
#include "brokerage/v1/framework.pb.h"
#include "engine/framework/errors.h"

namespace brokerage::engine {

struct ParsedFramework {
  v1::FrameworkRules rules;
  // One fact per row of the files, by key; source FILE, file_hash set, recorded_time_us 0.
  std::vector<journal::v1::DirectoryFact> facts;
  // Where each fact came from, in the order of facts: "published/wards.csv:12".
  std::vector<std::string> places;
};

// Parses and checks. Files: framework.textproto (v1::FrameworkRules) and, in any subfolder and as
// often as wished, wards.csv, lots.csv, lot_wards.csv, providers.csv, branches.csv, coverage.csv,
// contracts.csv, novations.csv, holidays.csv; names that end in ".md" are passed over; any other
// name is an error. Errors: FRAMEWORK_INVALID with everything that is wrong, each with file, line
// (from 1, counting physical lines) and column, at most limits::kFrameworkErrorsMax.
// docs/frameworks.md has the columns. `zone_known` tells whether the host knows an IANA time zone.
// Whatever the files hold, the time that it takes is bounded: rows, fields and lists are counted
// while they are read. `stop_asked`, which must be cheap, ends it earlier, with ABORTED.
absl::StatusOr<ParsedFramework> ParseFramework(
    const google::protobuf::RepeatedPtrField<v1::FrameworkFile>& files,
    absl::FunctionRef<bool(const std::string&)> zone_known,
    absl::FunctionRef<bool()> stop_asked = NeverStops);

}  // namespace brokerage::engine
