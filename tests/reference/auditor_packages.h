// Holds what every record leaves of a package against what must be so: winners, limits of interim
// services, transfers.
#pragma once

#include "brokerage/v1/directory.pb.h"
#include "tests/reference/course.h"

namespace brokerage::engine::reference {

// Of each package that a record touched.
void CheckPackage(Course& course, uint64_t number);
// A package started; an interim service passed its limit.
void CheckStart(Course& course, uint64_t number);
void CheckLimit(Course& course, uint64_t number);
// Nothing is lost by a transfer, and what was urgent, waited to start or ran longer goes out first.
void CheckTransfer(Course& course, const v1::Transfer& transfer);

}  // namespace brokerage::engine::reference
