// Holds the scorecard and the distribution against counts over the raw rows.
#pragma once

#include "tests/reference/course.h"

namespace brokerage::engine::reference {

void CheckScorecard(Course& course, const ReferenceHistory& history);

}  // namespace brokerage::engine::reference
