// An offer as its branch, its organisation, and care navigation see it.
#pragma once

#include "brokerage/journal/v1/rows.pb.h"
#include "brokerage/v1/package.pb.h"
#include "engine/base/calendar.h"
#include "engine/model/caller.h"
#include "engine/model/package.h"

namespace brokerage::engine {

// An offer as the caller may see it. A branch (and its organisation) sees its own answers, the
// summary and the postcode's sector; details, person reference and full postcode only while the
// package that it won is its own; what became of it since, with the words of its end; LOST with the
// criterion; never another's answer or whether there was one: while the package awaits its award
// the state is ACCEPTED and nothing else. Care navigation sees everything.
v1::Offer ToOffer(const PackageAggregate& package, const journal::v1::OfferRow& offer,
                  const Caller& caller);

// Takes from what is shown of the offer what a branch may read no more on that date: where its duty
// ended more days before than the framework says, the summary and the questions.
void CloseSummary(const v1::FrameworkRules& rules, DateNumber today,
                  const journal::v1::PackageRow& package, v1::Offer* offer);

// The question of that number. REQUIRES: it was asked.
v1::Question ToQuestion(const PackageAggregate& package, int number);
// How a package, or the part of the branch that won it, ended, with its words.
v1::Ending ToEnding(const PackageAggregate& package, const journal::v1::EndingRow& row);

// REQUIRES: its care rests.
v1::Pause ToPause(const PackageAggregate& package);
// REQUIRES: the package is under notice.
v1::Notice ToNotice(const PackageAggregate& package);

// An offer to the branch that had it before it was moved: which one it is, and the branch itself in
// moved_from_branch_ids. No branch, state, times or texts: what became of it is not this branch's.
v1::Offer ToMovedOffer(const PackageAggregate& package, const journal::v1::OfferRow& row,
                       const Caller& caller);

}  // namespace brokerage::engine
