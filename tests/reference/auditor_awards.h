// Holds awards, and proposals of awards, against the reference's.
#pragma once

#include "brokerage/journal/v1/record.pb.h"
#include "engine/model/package.h"
#include "tests/reference/course.h"

namespace brokerage::engine::reference {

// Of what a record is about to do to the package.
void CheckRanking(Course& course, const PackageAggregate& package,
                  const journal::v1::PackageAwarded& awarded);
void CheckProposal(Course& course, const PackageAggregate& package,
                   const journal::v1::AwardProposed& proposed);
// A round was evaluated and nobody was awarded the package: nobody was certain.
void CheckNotCertain(Course& course, const PackageAggregate& package);
// Likewise that after an answer from which no award follows there is no round to be closed.
void CheckNothingToEvaluate(Course& course, const PackageAggregate& package);

}  // namespace brokerage::engine::reference
