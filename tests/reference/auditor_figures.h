// Holds roll-ups, performance and compliance against counts over the raw rows.
#pragma once

#include "tests/reference/course.h"

namespace brokerage::engine::reference {

// Draws the questions from the dice.
void CheckFigures(Course& course);
// Applies every record anew: the same rows must come of it.
void CheckReplay(Course& course);

}  // namespace brokerage::engine::reference
