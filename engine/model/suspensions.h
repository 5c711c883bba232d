// Suspensions: whose affair one is, and how it stood at a moment. A contract's belongs to the
// framework of the contract, a provider's to the framework that it names. One of a provider that
// names none was recorded before they did: it holds in every framework.
#pragma once

#include <optional>

#include "absl/time/time.h"
#include "brokerage/journal/v1/rows.pb.h"
#include "engine/model/caller.h"
#include "engine/model/directory.h"

namespace brokerage::engine {

// Whether somebody of an authority may read it: where it holds in a framework of the authority's,
// one that only reads figures included; without a framework, one under which the provider ever
// holds contracts. An administrator may read all, an account of a provider none by this.
bool OfOwnFramework(const Caller& caller, const journal::v1::DirectoryFact& suspension,
                    const Directory& directory);
// Whether he may lift it: likewise, where his authority buys.
bool MayLift(const Caller& caller, const journal::v1::DirectoryFact& suspension,
             const Directory& directory);

// The suspension as it stood at a moment, not lifted if that came later; none if it was recorded
// later. `fact` is the version of that date (DirectoryAsOf). Of one that was lifted before
// versions were kept the beginning stands for the time at which it was recorded, and an end that
// was planned is not known.
std::optional<v1::Suspension> SuspensionAt(const journal::v1::DirectoryFact& fact, absl::Time time);

}  // namespace brokerage::engine
