// The last step of a package, which can be undone where nothing has happened since that would make
// that wrong.
#pragma once

#include <cstdint>

#include "absl/time/time.h"
#include "brokerage/journal/v1/rows.pb.h"
#include "engine/base/calendar.h"

namespace brokerage::engine {

// What the records that this program writes say in Record.format. It rises where Apply keeps in
// rows what it did not keep of earlier records, so that those replay to the rows that they had.
inline constexpr int32_t kRecordFormat = 1;

// The step that can be undone; unspecified where there is none.
v1::StepKind StepToUndo(const journal::v1::PackageRow& row);

// Until when care navigation may undo what was recorded at that moment: the end of that local day,
// or of the next working day where it is none.
absl::Time UndoUntil(absl::Time recorded, const absl::TimeZone& zone, const Holidays& holidays);

// Whether the package ended by the notice under which it ran, and not before that by what somebody
// recorded. REQUIRES: it ended after it had started.
bool EndedByNotice(const journal::v1::PackageRow& row);

}  // namespace brokerage::engine
