// Streams of the offers and packages that changed: each follows the history of the caller's scope,
// record by record.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "brokerage/v1/offer_service.pb.h"
#include "brokerage/v1/package_service.pb.h"
#include "services/rpc/call.h"

namespace brokerage::services::rpc {

// A cursor is a journal sequence: everything up to it was told. Where one record changed several
// packages and not all of them are told yet, "SEQUENCE.TOLD". Errors: FIELD_INVALID for what is no
// cursor, or beyond the journal's head.
absl::StatusOr<std::unique_ptr<Stream>> WatchOffers(const Backend& backend,
                                                    const CallContext& context,
                                                    const v1::WatchOffersRequest& request);
absl::StatusOr<std::unique_ptr<Stream>> WatchPackages(const Backend& backend,
                                                      const CallContext& context,
                                                      const v1::WatchPackagesRequest& request);

}  // namespace brokerage::services::rpc
