// What is known of frameworks, the directory, accounts and the clock.
#pragma once

#include "brokerage/journal/v1/record.pb.h"
#include "engine/apply/applier.h"

namespace brokerage::engine {

void Apply(Applier& applier, const journal::v1::FrameworkApplied& fact);
void Apply(Applier& applier, const journal::v1::DirectoryChanged& fact);
void Apply(Applier& applier, const journal::v1::AccountChanged& fact);
void Apply(Applier& applier, const journal::v1::ClockJudged& fact);

}  // namespace brokerage::engine
