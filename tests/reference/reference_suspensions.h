// What suspensions stopped, counted over the rounds of every package.
#pragma once

#include <map>
#include <string>
#include <tuple>

#include "tests/reference/reference_figures.h"
#include "tests/reference/reference_passed_over.h"

namespace brokerage::engine::reference {

// Adds what suspensions stopped, by contract, month and urgency.
void AddStopped(const ReferenceHistory& history,
                std::map<std::tuple<std::string, int32_t, v1::Urgency>, ReferenceAvoided>* avoided);

// Of each suspension the packages of which it kept somebody from an offer, when nothing else did.
std::map<std::string, int64_t> ReferenceStopped(const ReferenceHistory& history);

}  // namespace brokerage::engine::reference
