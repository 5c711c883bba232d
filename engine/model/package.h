// A package with its offers: what is loaded, changed and evicted together.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "brokerage/journal/v1/rows.pb.h"

namespace brokerage::engine {

struct PackageAggregate {
  journal::v1::PackageRow row;
  std::vector<journal::v1::OfferRow> offers;  // offers[i] has ordinal i + 1
  // From the texts table, by name; empty once erased, and in replay.
  std::vector<journal::v1::TextRow> texts;

  // The text of that name; empty if there is none.
  const std::string& Text(absl::string_view name) const {
    static const std::string kNone;
    for (const journal::v1::TextRow& text : texts) {
      if (text.name() == name) return text.text();
    }
    return kNone;
  }
};

// The lot in which an offer was issued: figures and prices are its lot's, wherever its ward is now.
inline const std::string& LotOf(const journal::v1::PackageRow& package,
                                const journal::v1::OfferRow& offer) {
  return offer.lot_id().empty() ? package.lot_id() : offer.lot_id();
}
// The lot in which a package was last offered; before that, the one in which it was referred.
inline const std::string& IssueLotOf(const journal::v1::PackageRow& package) {
  return package.issue_lot_id().empty() ? package.lot_id() : package.issue_lot_id();
}

}  // namespace brokerage::engine
