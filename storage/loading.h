// From rows to an engine: start-up, and what a command touches.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/engine.h"
#include "storage/store.h"

namespace brokerage::storage {

// Loads what is always in memory: directory, accounts, open packages (those in the states of
// IsOpenPackage, by kPackagesByState), the roll-ups of the last 13 months and of suspensions that
// hold or are to come. Its time depends on what
// is open. Errors: DATA_LOSS naming the table and key, also where a row is missing that must be
// there: the system's, a framework's revision, the newest package's, an index's, every account.
absl::Status LoadEngine(const View& view, absl::Time now, engine::Engine* engine);

// What LoadEngine loads of roll-ups, as of another time: where that goes back. What is in memory
// stays as it is there.
absl::Status LoadRecentRollups(const View& view, absl::Time now, engine::Engine* engine);
// Those of all times and kinds.
absl::Status LoadAllRollups(const View& view, engine::Engine* engine);

// A package with its offers and texts; nothing if there is none. Errors: DATA_LOSS naming the table
// and key.
absl::StatusOr<std::optional<engine::PackageAggregate>> ReadPackage(const View& view,
                                                                    uint64_t number);
// Its texts. Errors: as above.
absl::StatusOr<std::vector<journal::v1::TextRow>> ReadTexts(const View& view, uint64_t number);

// The numbers of a person's packages, in order, of the authority; those whose texts were erased are
// not among them.
std::vector<uint64_t> PackagesOfPerson(const View& view, const std::string& person_prefix);

// A row that an index of the same view names, so that it is there. Errors: DATA_LOSS naming the
// table and key, also if it is missing.
absl::StatusOr<journal::v1::PackageRow> ReadIndexedPackage(const View& view, uint64_t number);
absl::StatusOr<journal::v1::OfferRow> ReadIndexedOffer(const View& view, uint64_t number,
                                                       int32_t ordinal);

// The latest moment that the store knows of: its last record's or its last sign of life;
// InfinitePast for a new store. A simulation's clock goes on from there.
absl::Time LastKnownTime(const Store& store);

// Loads what the request needs and is not in memory (engine/needs.h). The store is read only if
// that is anything. Errors: DATA_LOSS naming the table and key.
absl::Status LoadNeeded(const Store& store, const engine::Caller& caller,
                        const engine::Request& request, engine::Engine* engine);

}  // namespace brokerage::storage
