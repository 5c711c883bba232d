// How a package ends, or is given up: why, whose cause it is, and on which day.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "engine/decide/context.h"
#include "engine/model/lifecycle.h"
#include "engine/model/package.h"

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

DateNumber DayAfter(DateNumber day);

// The local date of the last step of a package that runs: its start, its pause or its resumption.
DateNumber LastStepDate(const Context& in, const v1::FrameworkRules& rules,
                        const journal::v1::PackageRow& row);

// CONTRACT_STATUS where the contract under which somebody has the package has ended and its
// provider has no other in the lot: nobody is left to give care. A novation moves with the contract
// what was awarded under it. REQUIRES: somebody has it.
absl::Status CheckContractStands(const Context& in, const PackageAggregate& package);

// What becomes of the person on leaving an interim service: as the request says, or as the reason
// does. Errors: FIELD_REQUIRED or FIELD_INVALID of leaving_outcome.
absl::StatusOr<v1::LeavingOutcome> CheckLeaving(const journal::v1::PackageRow& row,
                                                v1::EndReason reason, v1::LeavingOutcome outcome);

// The provider that holds the contract today, as long as there is one; empty for no contract.
std::string HolderOf(const Context& in, const std::string& contract_id);
// Who has the package, or had it. REQUIRES: it was awarded or imported.
struct Holder {
  std::string provider_id;
  std::string branch_id;
};
Holder HolderOf(const Context& in, const PackageAggregate& package);
// The cause as it is kept. REQUIRES: the package is AWARDED or STARTED.
v1::Cause CauseFor(const Context& in, const PackageAggregate& package, v1::Cause cause);

// Hands a running package back with the date; `told` is the day that says whether it counts as soon
// after the award. Words, and the package that follows, are the caller's to add.
journal::v1::PackageHandedBack& AddHandBack(const Context& in, const PackageAggregate& package,
                                            const Ending& ending, DateNumber date, DateNumber told,
                                            Decision* out);
// Ends care with the date. Words are the caller's to add.
journal::v1::PackageCeased& AddCease(const Context& in, const PackageAggregate& package,
                                     const Ending& ending, DateNumber date,
                                     v1::LeavingOutcome outcome, Decision* out);
// Does what the notice of the package says, with the date. REQUIRES: it is under notice.
void EndNotice(const Context& in, const PackageAggregate& package, DateNumber date, Decision* out);

// A package with the number for the same person's need, as it is now: what it begins with, without
// a state, and without whom it goes to. Its texts are added.
journal::v1::PackageRow SameNeed(const Context& in, const PackageAggregate& package,
                                 uint64_t number, Decision* out);
// The package with the number that follows one that is given up by that cause, UNFILLED; its texts
// are added.
journal::v1::PackageRow MakeFollower(const Context& in, const PackageAggregate& package,
                                     v1::Cause cause, uint64_t number, Decision* out);
// Adds that package with these terms as any other that is taken in: it goes out by the framework's
// rules. `care_until` is the last day on which who has the person gives care; 0 where nobody does.
void AddWaitingFollower(const Context& in, const PackageAggregate& package, v1::Cause cause,
                        const v1::PackageTerms& terms, DateNumber care_until, Decision* out);
// Tells the package that follows, if it was promised care for longer, that care ended with the
// date.
void NoteCareEnded(const Context& in, const journal::v1::PackageRow& row, DateNumber date,
                   Decision* out);
// The package that follows, while it waits or is awarded; null where there is none.
const PackageAggregate* FollowerOf(const Context& in, const journal::v1::PackageRow& row);

}  // namespace brokerage::engine
