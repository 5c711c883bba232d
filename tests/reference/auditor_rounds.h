// Holds the rounds that open, and those that could not, against the reference's routing.
#pragma once

#include <cstdint>

#include "brokerage/journal/v1/record.pb.h"
#include "tests/reference/auditor_adaptive.h"
#include "tests/reference/course.h"

namespace brokerage::engine::reference {

// Each adds the rules of the framework that the record should say were passed over.
void CheckRound(Course& course, const FillLog& fills, const journal::v1::Record& record,
                const journal::v1::RoundOpened& opened, int* passed_over);
// A part that is proposed: nobody else could be offered the package.
void CheckNobodyElse(Course& course, const journal::v1::Record& record,
                     const journal::v1::AwardProposed& proposed, int* passed_over);
// A package that nobody could be offered.
void CheckNobody(Course& course, const journal::v1::Record& record, uint64_t number,
                 int* passed_over);

}  // namespace brokerage::engine::reference
