// The class in which an offer is counted.
#pragma once

#include "brokerage/journal/v1/rows.pb.h"

namespace brokerage::engine::reference {

// Whether the offer is of that class, in part, and its last answer was in time: no outcome of it is
// counted while its class is its own.
bool IsPartInTime(const journal::v1::OfferRow& offer, v1::ResponseClass one);
v1::ResponseClass ReferenceClass(const journal::v1::OfferRow& offer);
// The class in which a pick-up unit counts the offer: a part that was awarded is an acceptance.
v1::ResponseClass ReferencePickUpClass(const journal::v1::OfferRow& offer);
// Whether the branch's last answer that counts accepts some of the visits alone.
bool AcceptsInPart(const journal::v1::OfferRow& offer);

}  // namespace brokerage::engine::reference
