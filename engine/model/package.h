// A package with its offers: what is loaded, changed and evicted together.
#pragma once

#include <cstdint>
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

// "P-2018-000123", "O-2018-000123-4".
std::string PackageIdOf(const journal::v1::PackageRow& row);
std::string OfferIdOf(const journal::v1::PackageRow& row, int32_t ordinal);

// Whether the package waits for somebody to take it: it is OFFERED or UNFILLED.
bool StillWaits(const journal::v1::PackageRow& row);
// The contract under which the package runs, or was awarded. REQUIRES: it is one of the two.
const std::string& ContractOf(const PackageAggregate& package);

// An answer that came after the package no longer waited is filed as a remark and counts nowhere.
enum class Remarks : uint8_t {
  kSkip,   // what the branch last said while it counted: whether it declined, until when it holds
  kCount,  // what the branch last said at all: an acceptance that stands is always that, so that
           // the award asks no more than this
};
// The branch's last answer to the offer, in time or late; null if there is none. Points into the
// offer.
const journal::v1::AnswerRow* LastAnswer(const journal::v1::OfferRow& offer, Remarks remarks);

}  // namespace brokerage::engine
