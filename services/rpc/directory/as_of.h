// The directory as of the date that a request asks for.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/model/directory.h"
#include "engine/model/directory_as_of.h"
#include "services/rpc/call.h"

namespace brokerage::services::rpc {

struct DirectoryAsOf {
  // That of now, or a copy as it was at the end of the date.
  std::shared_ptr<const engine::Directory> directory;
  engine::DateNumber date = 0;
  absl::Time time;  // now, or the last moment of another date: for what has moments, not dates
};

// `as_of_date` is a date of the framework, YYYY-MM-DD, or empty for today. A date to come has what
// is known of it now. Errors: FIELD_INVALID.
absl::StatusOr<DirectoryAsOf> FindDirectory(const Backend& backend, const CallContext& context,
                                            const std::string& as_of_date,
                                            absl::string_view framework_id);

}  // namespace brokerage::services::rpc
