// Terms that change while somebody has the package.
#pragma once

#include "absl/status/statusor.h"
#include "engine/decide/context.h"
#include "engine/model/package.h"

namespace brokerage::engine {

absl::Status Decide(const Context& in, const v1::ChangeTermsRequest& request, Decision* out);
v1::ChangeTermsResponse Reply(const After& after, const v1::ChangeTermsRequest& request);

absl::Status Decide(const Context& in, const v1::WithdrawAskedOfferRequest& request, Decision* out);
v1::WithdrawAskedOfferResponse Reply(const After& after,
                                     const v1::WithdrawAskedOfferRequest& request);

// The package's terms with what the request gives of them. Errors: those of a referral's terms;
// FIELD_INVALID of a start where care has started, of a service that the contract has not, and of
// growth beyond the framework's limit.
absl::StatusOr<v1::PackageTerms> ChangedTerms(const Context& in, const PackageAggregate& package,
                                              const v1::PackageTerms& given);

}  // namespace brokerage::engine
