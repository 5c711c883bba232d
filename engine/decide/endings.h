// How a package ends, or is given up: why, whose cause it is, and on which day.
#pragma once

#include "absl/status/statusor.h"
#include "engine/decide/context.h"
#include "engine/model/lifecycle.h"

namespace brokerage::engine {

struct Ending {
  v1::EndReason reason = v1::END_REASON_OTHER;
  v1::Cause cause = v1::CAUSE_UNSPECIFIED;  // nobody said: only of a cancellation or an end of care
};

// What a request says of its reason, cause and words, by the table of reasons; the cause filled in
// where the reason has one only. Errors: FIELD_REQUIRED or FIELD_INVALID of cause, end_reason or
// reason (the words); TEXT_IDENTIFIES_PERSON.
absl::StatusOr<Ending> CheckEnding(PackageVerb verb, v1::EndReason reason, v1::Cause cause,
                                   absl::string_view words);

// The local date on which it happened: today where the request says none. FIELD_INVALID of on_date
// unless it is a date from `earliest` on that is not in the future, and no further back than the
// framework allows.
absl::StatusOr<DateNumber> HappenedOn(const Context& in, const v1::FrameworkRules& rules,
                                      absl::string_view on_date, DateNumber earliest);

// The local date on which care started. REQUIRES: it did.
DateNumber StartedDate(const Context& in, const v1::FrameworkRules& rules,
                       const journal::v1::PackageRow& row);

}  // namespace brokerage::engine
