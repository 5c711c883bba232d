// What a record of the journal tells each role.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "brokerage/journal/v1/record.pb.h"
#include "brokerage/v1/history_service.pb.h"
#include "engine/model/caller.h"
#include "engine/model/directory.h"
#include "engine/model/package.h"

namespace brokerage::engine {

// What a record tells the caller: one event for each fact that he may know of, in order. `package`
// looks a package's row up by number (null if it is gone); a branch learns of its own offers only:
// that one was issued, what it answered itself, lapsed, was closed, won, lost, void; never who else
// was asked or answered.
std::vector<v1::HistoryEvent> ToHistory(
    const journal::v1::Record& record, uint64_t sequence, const Caller& caller,
    const std::function<std::shared_ptr<const PackageAggregate>(uint64_t)>& package,
    const Directory& directory);

}  // namespace brokerage::engine
