// A fact of the directory as a sentence.
#pragma once

#include <string>

#include "brokerage/journal/v1/rows.pb.h"
#include "engine/model/directory.h"

namespace brokerage::engine {

// "London Care Mansfield covers Abbey Hill (E05010673) for home care from 2018-07-01." Never the
// reason of an opt-out, which a branch may have written about its staff.
std::string DirectoryFactWords(const journal::v1::DirectoryFact& fact, const Directory& directory);

// "contract", "opt-out window": what kind of fact it is.
std::string DirectoryFactKind(const journal::v1::DirectoryFact& fact);

// The branch that the fact is about; empty if it is about none.
std::string BranchOfFact(const journal::v1::DirectoryFact& fact);

}  // namespace brokerage::engine
