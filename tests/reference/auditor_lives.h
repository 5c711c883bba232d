// Holds what happens to packages beside their rounds against the rules: placings, persons, packages
// that stop, notices that move.
#pragma once

#include "brokerage/journal/v1/record.pb.h"
#include "tests/reference/course.h"

namespace brokerage::engine::reference {

// Remembers a placing as an award of its own kind.
void LogPlacing(Course& course, const journal::v1::PackagePlaced& fact);
// After the record.
void CheckLife(Course& course, const journal::v1::Record& record, const journal::v1::Fact& fact);

}  // namespace brokerage::engine::reference
