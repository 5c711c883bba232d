// A run's figures as a picture: throughput, latencies, and how far from each target.
#pragma once

#include <string>
#include <vector>

#include "load-tests/common/figures.h"
#include "load-tests/common/targets.h"

namespace brokerage::load {

// An SVG document; `about` stands below its title.
std::string Chart(const std::vector<Figure>& figures, const std::vector<Judged>& judged,
                  const std::string& about);

}  // namespace brokerage::load
