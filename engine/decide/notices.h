// Notice of a package that runs: care ends with a day that is said before.
#pragma once

#include "engine/decide/context.h"

namespace brokerage::engine {

absl::Status Decide(const Context& in, const v1::GiveNoticeRequest& request, Decision* out);
v1::GiveNoticeResponse Reply(const After& after, const v1::GiveNoticeRequest& request);

absl::Status Decide(const Context& in, const v1::MoveNoticeRequest& request, Decision* out);
v1::MoveNoticeResponse Reply(const After& after, const v1::MoveNoticeRequest& request);

absl::Status Decide(const Context& in, const v1::WithdrawNoticeRequest& request, Decision* out);
v1::WithdrawNoticeResponse Reply(const After& after, const v1::WithdrawNoticeRequest& request);

// The package that follows goes on without what was said by the notice, or the end, of the one
// before: care is given until the date; 0: nobody says until when.
void LeaveFollower(const PackageAggregate& follower, DateNumber care_until, Decision* out);
// Cancels the package that follows, if it waits: what it was made for will not be.
void CancelFollower(const Context& in, const journal::v1::PackageRow& row, Decision* out);
// Cancels a package for what becomes of another: without words, so that this cannot be undone by
// itself. REQUIRES: it waits.
void CancelPackage(const Context& in, const journal::v1::PackageRow& row, Decision* out);

}  // namespace brokerage::engine
