// Holds what happens to a package that somebody has against the rules: pauses, what its branch is
// asked for, and terms that change.
#pragma once

#include "brokerage/journal/v1/record.pb.h"
#include "tests/reference/course.h"

namespace brokerage::engine::reference {

// Remembers a change of terms with the award that it belongs to.
void LogChange(Course& course, const journal::v1::TermsChanged& fact);
// After the record.
void CheckRunning(Course& course, const journal::v1::Fact& fact);

}  // namespace brokerage::engine::reference
