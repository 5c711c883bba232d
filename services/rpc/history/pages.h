// What happened, as the caller may know it: pages of events, and streams of what changed. Both
// follow the kHistory index of the caller's scope, so that their cost is what happened there and
// not what happened everywhere.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "brokerage/v1/history_service.pb.h"
#include "brokerage/v1/offer_service.pb.h"
#include "brokerage/v1/package_service.pb.h"
#include "engine/views/history_index.h"
#include "services/rpc/call.h"

namespace brokerage::services::rpc {

// The index that holds everything that the caller may know of.
engine::HistorySubject SubjectOf(const engine::Caller& caller);

// Pages may be short, even empty, with a token: records of the scope may tell the caller nothing.
absl::StatusOr<v1::ListHistoryResponse> ListHistory(const Backend& backend,
                                                    const CallContext& context,
                                                    const v1::ListHistoryRequest& request);

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
