// A package with its offers: what is loaded, changed and evicted together.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "brokerage/journal/v1/rows.pb.h"
#include "engine/model/agenda.h"
#include "engine/model/rollup_table.h"

namespace brokerage::engine {

// Under what a package is found in memory (apply/indexes.h).
struct PackageIndexes {
  bool is_there = false;
  bool open = false;  // or closed
  std::vector<AgendaEntry> agenda;
  std::string person_reference;  // empty: not there, or erased
  std::set<std::string> limits;
};

// Where each offer counts, by ordinal - 1, once that was looked up. Places are of one table: a copy
// of a package, which may be counted in another, begins without.
class OfferPlaces {
 public:
  struct Places {
    RollupTable::Place offer = RollupTable::kNowhere;
    RollupTable::Place ward = RollupTable::kNowhere;
    // Of the units whose first offer it is.
    RollupTable::Place pick_up = RollupTable::kNowhere;
    RollupTable::Place opportunity = RollupTable::kNowhere;
  };

  OfferPlaces() = default;
  OfferPlaces(const OfferPlaces& /*other*/) {}
  OfferPlaces& operator=(const OfferPlaces& other) {
    if (this != &other) places_.clear();
    return *this;
  }
  ~OfferPlaces() = default;

  Places& Of(int32_t ordinal) {
    const auto index = static_cast<size_t>(ordinal - 1);
    if (index >= places_.size()) places_.resize(index + 1);
    return places_[index];
  }

 private:
  std::vector<Places> places_;
};

struct PackageAggregate {
  journal::v1::PackageRow row;
  std::vector<journal::v1::OfferRow> offers;  // offers[i] has ordinal i + 1
  // From the texts table, by name; empty once erased, and in replay.
  std::vector<journal::v1::TextRow> texts;
  PackageIndexes found_by;
  OfferPlaces places;

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

// The weekly minutes that were awarded, before the terms changed; of an imported package those with
// which it came.
int32_t AwardedMinutes(const journal::v1::PackageRow& row);

// Whether the offer, a row or a fact, was put to the branch that had the package already, for a
// restart or other terms: it is of no round, and no acceptance of the package.
template <typename Offer>
bool IsAsked(const Offer& offer) {
  return offer.purpose() != v1::OFFER_PURPOSE_UNSPECIFIED;
}
// That which waits for its answer; null where there is none.
const journal::v1::OfferRow* AskedOf(const PackageAggregate& package);

// The person's number; of a package of old, which has none, the package's own.
uint64_t PersonNumberOf(const journal::v1::PackageRow& row);

using Ids = google::protobuf::RepeatedPtrField<std::string>;
bool Lists(const Ids& ids, absl::string_view id);

// A branch, or a provider, gave the person's care up by its own cause: it is not asked any more,
// although it, or branches of the provider, were to be asked all the same.
void NoteGivenUp(const std::string& branch_id, journal::v1::PackageRow* row);
void NoteGivenUp(const std::string& provider_id, const Ids& branches_asked_no_more,
                 journal::v1::PackageRow* row);
// Branches that gave it up are asked all the same.
void AskAgain(const Ids& branch_ids, journal::v1::PackageRow* row);

// Persons that a correction names first have this and the sequence of its record as their number;
// all others have the number of their first package.
inline constexpr uint64_t kPersonsOfCorrections = 1'000'000'000'000;

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
