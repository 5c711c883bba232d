// What makes the last step of a package undone, and packages linked.
#pragma once

#include "brokerage/journal/v1/record.pb.h"
#include "engine/apply/applier.h"

namespace brokerage::engine {

void Apply(Applier& applier, const journal::v1::StepUndone& fact);
void Apply(Applier& applier, const journal::v1::PackagesLinked& fact);

}  // namespace brokerage::engine
