// Claims that an offer was issued in error.
#pragma once

#include "engine/decide/context.h"

namespace brokerage::engine {

absl::Status Decide(const Context& in, const v1::ClaimIssuedInErrorRequest& request, Decision* out);
v1::ClaimIssuedInErrorResponse Reply(const After& after,
                                     const v1::ClaimIssuedInErrorRequest& request);

absl::Status Decide(const Context& in, const v1::DecideIssuedInErrorRequest& request,
                    Decision* out);
v1::DecideIssuedInErrorResponse Reply(const After& after,
                                      const v1::DecideIssuedInErrorRequest& request);

}  // namespace brokerage::engine
