// Ids as requests name them.
#pragma once

#include <string>

#include "brokerage/journal/v1/rows.pb.h"
#include "engine/model/package.h"

namespace brokerage::engine::reference {

std::string IdOf(const PackageAggregate& package);
std::string IdOf(const PackageAggregate& package, const journal::v1::OfferRow& offer);

}  // namespace brokerage::engine::reference
