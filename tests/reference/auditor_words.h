// How the auditor writes what differs.
#pragma once

#include <string>

#include "brokerage/journal/v1/rows.pb.h"
#include "tests/reference/reference_award.h"
#include "tests/reference/reference_routing.h"

namespace brokerage::engine::reference {

// Both kinds of verdict alike, so that those that agree are the same text.
std::string Told(const ReferenceVerdict& one);
std::string Told(const journal::v1::Verdict& one);
std::string Told(const ReferenceRanking& ranking);

}  // namespace brokerage::engine::reference
