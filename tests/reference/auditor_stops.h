// Holds what suspensions stopped, and how people left interim services, against counts over the raw
// rows.
#pragma once

#include "tests/reference/course.h"

namespace brokerage::engine::reference {

void CheckStops(Course& course, const ReferenceHistory& history);
void CheckInterimStays(Course& course, const ReferenceHistory& history);

}  // namespace brokerage::engine::reference
