// Whose package or offer it is: what a caller may see at all. For everybody else it is NOT_FOUND.
#pragma once

#include "brokerage/journal/v1/rows.pb.h"
#include "engine/model/caller.h"

namespace brokerage::engine {

// Care navigation of the package's authority, nobody else.
bool MaySeePackage(const Caller& caller, const journal::v1::PackageRow& row);
// Who may see the package; the provider that holds the offer; of its branches the offer's.
bool MaySeeOffer(const Caller& caller, const journal::v1::PackageRow& row,
                 const journal::v1::OfferRow& offer);

}  // namespace brokerage::engine
