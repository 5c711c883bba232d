// Holds parts that are awarded, what is left of their packages, and links against the rules.
#pragma once

#include "brokerage/journal/v1/record.pb.h"
#include "tests/reference/course.h"

namespace brokerage::engine::reference {

// After the record.
void CheckPart(Course& course, const journal::v1::Record& record, const journal::v1::Fact& fact);

}  // namespace brokerage::engine::reference
