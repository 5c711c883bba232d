// Up to some requests to a county under way, in parts: a byte for the account, one for the method,
// two for what is spoilt in the request, the request. Each goes the way of a call: fields are
// counted, the message is parsed and checked, the role may call it; then it is decided, and what
// was decided is applied, told and answered. The byte after the accounts' is hours that pass. A
// refusal has a reason that its status fits, and one of a field names a field that the request has.
#pragma once

#include <cstddef>
#include <cstdint>

namespace brokerage::fuzz {

int FuzzRequests(const uint8_t* data, size_t size);

}  // namespace brokerage::fuzz
