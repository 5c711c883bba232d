// What several replies hold, from state as it is after the command. Texts that could identify a
// person are left out: replies are kept with the outcome of the request, and what is erased must be
// gone there, too.
#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "brokerage/v1/directory.pb.h"
#include "brokerage/v1/package.pb.h"
#include "engine/base/calendar.h"
#include "engine/model/caller.h"
#include "engine/model/directory.h"
#include "engine/model/state.h"
#include "engine/views/package_view.h"

namespace brokerage::engine {

// The package. REQUIRES: it is in memory.
v1::Package PackageWithoutTexts(const State& state, uint64_t number, Detail detail = Detail::kFull);

// The offer as the caller may see it. REQUIRES: the id of an offer of a package in memory.
v1::Offer OfferWithoutTexts(const State& state, absl::string_view id, const Caller& caller);

// A response that is such an offer.
template <typename Response>
Response WithOffer(const State& state, absl::string_view id, const Caller& caller) {
  Response response;
  *response.mutable_offer() = OfferWithoutTexts(state, id, caller);
  return response;
}

// The contract on the date: who holds it, and whether it is active; suspensions are asked at
// `time`. REQUIRES: the directory has it.
v1::Contract ContractOn(const Directory& directory, absl::string_view id, DateNumber date,
                        absl::Time time);
// Likewise on the day of `time`; UTC is near enough for a status.
v1::Contract ContractAt(const Directory& directory, absl::string_view id, absl::Time time);

}  // namespace brokerage::engine
