// The rest of a package of which a part is awarded.
#pragma once

#include "engine/decide/context.h"
#include "engine/model/package.h"

namespace brokerage::engine {

// Takes the rest in as a package of its own, linked to the one that keeps the part, and puts it out
// from its first round without the branch that has the part. REQUIRES: `winner` accepts a part of
// the package, whose terms are still those of the whole.
void PutOutRest(const Context& in, const PackageAggregate& package,
                const journal::v1::OfferRow& winner, Decision* out);

}  // namespace brokerage::engine
