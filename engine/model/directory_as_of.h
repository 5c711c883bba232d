// The directory as it was on a date: the versions of its facts, and which of them speaks.
#pragma once

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "brokerage/journal/v1/rows.pb.h"
#include "engine/base/calendar.h"
#include "engine/model/directory.h"

namespace brokerage::engine {

// From which date on a version speaks, where what it says is said from `from` on: the `from_date`
// of DirectoryFact. `before` is the version that it replaces, null if it is the first;
// `founding`: it is among the first facts of its framework.
DateNumber SpeaksFrom(const journal::v1::DirectoryFact& fact,
                      const journal::v1::DirectoryFact* before, DateNumber from, bool founding);

// The versions that were replaced, oldest first, of a fact by its key.
using PastVersions =
    absl::FunctionRef<std::vector<journal::v1::DirectoryFact>(const std::string& key)>;
// The directory as it was on a date. Costs a copy, and a call of `past` for each fact that changed
// since.
Directory DirectoryAsOf(const Directory& now, DateNumber date, PastVersions past);

}  // namespace brokerage::engine
