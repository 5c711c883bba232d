// Whose history a record belongs in.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "brokerage/journal/v1/record.pb.h"
#include "engine/model/package.h"
#include "engine/model/tables.h"

namespace brokerage::engine {

// Whose history: a key's scope and id.
struct HistorySubject {
  HistoryScope scope;
  std::string id;
  // NOLINTNEXTLINE(modernize-use-nullptr): the compiler's own zero
  friend auto operator<=>(const HistorySubject&, const HistorySubject&) = default;
};
// Sorted, without repeats. `package` looks a package up by number (null if it is gone). Reads only
// the record and the packages' rows and offers as they are after it.
std::vector<HistorySubject> SubjectsOf(
    const journal::v1::Record& record,
    const std::function<const PackageAggregate*(uint64_t)>& package);

}  // namespace brokerage::engine
