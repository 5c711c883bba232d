// What suspensions stopped, counted over the rounds of every package.
#pragma once

#include <map>
#include <string>
#include <tuple>

#include "tests/reference/reference_figures.h"

namespace brokerage::engine::naive {

// Adds what suspensions stopped, by contract, month and urgency.
void AddStopped(const NaiveHistory& history,
                std::map<std::tuple<std::string, int32_t, v1::Urgency>, NaiveAvoided>* avoided);

}  // namespace brokerage::engine::naive
