// A package and its rounds as its authority's care navigation sees them.
#pragma once

#include "brokerage/journal/v1/rows.pb.h"
#include "brokerage/v1/package.pb.h"
#include "engine/model/directory.h"
#include "engine/model/package.h"

namespace brokerage::engine {

// How much of a package is shown.
enum class Detail {
  kList,  // no verdicts, no offers
  kFull,  // everything
};

// A package as its authority's care navigation sees it, texts included. The postcode in full.
v1::Package ToPackage(const PackageAggregate& package, Detail detail, const Directory& directory);
// The same as kList, of a package's row and texts alone, and the offer that its award names; null
// where it has none.
v1::Package ToListedPackage(const PackageAggregate& package, const journal::v1::OfferRow* awarded);

// A round with its verdicts in words: the failed rules, or (all_rules, for a preview) every rule.
v1::Round ToRound(const journal::v1::RoundRow& round, const journal::v1::PackageRow& package,
                  bool all_rules, const Directory& directory);

}  // namespace brokerage::engine
