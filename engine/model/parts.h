// Parts of a package: some of the visits of its terms, and the rest.
#pragma once

#include <cstdint>

#include "brokerage/journal/v1/rows.pb.h"
#include "brokerage/v1/package.pb.h"
#include "engine/model/package.h"

namespace brokerage::engine {

// Numbers of visits, from 1, as the terms list them; each once, in order.
using VisitNumbers = google::protobuf::RepeatedField<int32_t>;

// Minutes of one visit a week: days x minutes x carers.
int64_t WeeklyMinutes(const v1::PackageTerms& terms, const v1::Visit& visit);
// Of those visits together. Numbers of none count nothing.
int64_t WeeklyMinutes(const v1::PackageTerms& terms, const VisitNumbers& visits);

// The terms with those visits, or with all others; without the pattern in words, which speaks of
// all of them.
v1::PackageTerms PartOf(const v1::PackageTerms& terms, const VisitNumbers& visits);
v1::PackageTerms RestOf(const v1::PackageTerms& terms, const VisitNumbers& visits);

// The visits that the branch's last answer accepts, where that is an acceptance in part; else null.
// Points into the offer.
const VisitNumbers* AcceptedVisits(const journal::v1::OfferRow& offer);
// Whether an acceptance of the whole stands; or one of a part.
bool StandsWhole(const journal::v1::OfferRow& offer);
bool StandsInPart(const journal::v1::OfferRow& offer);
// What an award to the acceptance would give the branch each week.
int64_t AcceptedMinutes(const journal::v1::PackageRow& package, const journal::v1::OfferRow& offer);

// The award of a part since which the package's terms are that part's; null where there is none.
const journal::v1::OfferRow* WonInPart(const PackageAggregate& package);

}  // namespace brokerage::engine
