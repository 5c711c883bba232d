// Steps that are undone, held against the package as it was before the step.
#pragma once

#include <cstdint>
#include <map>

#include "brokerage/journal/v1/record.pb.h"
#include "engine/model/caller.h"
#include "tests/reference/auditor_outages.h"
#include "tests/reference/course.h"

namespace brokerage::engine::reference {

// The steps that the record undoes, which are then forgotten. REQUIRES: it was not applied yet.
std::map<uint64_t, ReferenceStep> TakeUndone(Course& course, const journal::v1::Record& record);
// Remembers the steps of the record, and forgets those that it makes impossible to undo. REQUIRES:
// likewise.
void NoteSteps(Course& course, const journal::v1::Record& record);
// Whether the caller may undo the step of the package now.
bool MayUndo(const Course& course, const Caller& caller, uint64_t number, v1::StepKind kind);
// An award that was undone was none; one that is as it was before counts again.
void LogUndone(Course& course, const journal::v1::StepUndone& fact);
// Holds the packages against what they were. REQUIRES: the record was applied.
void CheckUndone(Course& course, const journal::v1::Record& record,
                 const std::map<uint64_t, ReferenceStep>& undone, OutageAuditor& outages);

}  // namespace brokerage::engine::reference
