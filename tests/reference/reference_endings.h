// Why a package may end, and when it did: the rules a second time.
#pragma once

#include "brokerage/journal/v1/record.pb.h"
#include "brokerage/v1/vocabulary.pb.h"
#include "tests/reference/course.h"

namespace brokerage::engine::reference {

// The verbs that end a package, or an award.
enum class EndingVerb : char { kCancel = 'c', kReturn = 'r', kCease = 'e', kHandBack = 'h' };

// Whether somebody may say so, with words.
bool MayEndSo(EndingVerb verb, v1::EndReason reason, v1::Cause cause);

// What the facts of an ending and of a start say of their days, and what package and offer keep.
void CheckEnding(Course& course, const journal::v1::Fact& fact);

}  // namespace brokerage::engine::reference
