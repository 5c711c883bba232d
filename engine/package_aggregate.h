// A package with its offers: what is loaded, changed and evicted together.
#pragma once

#include <string>
#include <vector>

#include "brokerage/journal/v1/rows.pb.h"

namespace brokerage::engine {

struct PackageAggregate {
  journal::v1::PackageRow row;
  std::vector<journal::v1::OfferRow> offers;  // offers[i] has ordinal i + 1
  // From the texts table, so that a second open package for the same person is noticed; empty once erased, and in replay.
  std::string person_reference;
};

}  // namespace brokerage::engine
