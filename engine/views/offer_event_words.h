// What happened to an offer, in words.
#pragma once

#include <string>

#include "engine/views/offer_events.h"

namespace brokerage::engine {

// A sentence that names nobody but the offer's own branch, and with kMoved the one that had it.
// `fact` is the one that the event came of.
std::string OfferEventWords(const OfferEvent& event, const journal::v1::Fact& fact,
                            const Directory& directory);

}  // namespace brokerage::engine
