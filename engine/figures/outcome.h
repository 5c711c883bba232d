// How an offer, or several counted as one, stands in the figures: its response class, what became
// of it, and what followed. docs/kpi.md has the definitions.
#pragma once

#include <cstdint>
#include <vector>

#include "brokerage/journal/v1/figures.pb.h"
#include "brokerage/journal/v1/rows.pb.h"
#include "brokerage/v1/performance_service.pb.h"
#include "engine/model/package.h"

namespace brokerage::engine {

// Whether the offer, a row or a fact, counts as one: a restart counts in KPI 2 alone.
template <typename Offer>
bool CountsAsOffer(const Offer& offer) {
  return !offer.restart() && (offer.purpose() == v1::OFFER_PURPOSE_UNSPECIFIED ||
                              offer.purpose() == v1::OFFER_PURPOSE_CHANGE);
}
// Whether it was placed and that was undone, so that it counts nowhere.
template <typename Offer>
bool IsUndonePlacing(const Offer& offer) {
  return offer.placed() && offer.state() == v1::OFFER_STATE_VOID;
}
// Whether it was put to somebody in a round, so that it counts in response classes and units: no
// placing, no restart, no change of terms.
template <typename Offer>
bool IsOfARound(const Offer& offer) {
  return !offer.restart() && !offer.placed() && offer.purpose() == v1::OFFER_PURPOSE_UNSPECIFIED;
}

// The response class of an offer at this moment: the first that matches of kpi.md section 1.
v1::ResponseClass ClassOf(const journal::v1::OfferRow& offer);

struct OfferOutcome {
  v1::ResponseClass response_class = v1::RESPONSE_CLASS_UNSPECIFIED;
  v1::OfferState state = v1::OFFER_STATE_UNSPECIFIED;
  bool accepted_late = false;
  bool settled = false;
  v1::Cause returned_cause = v1::CAUSE_UNSPECIFIED;
  bool started = false;
  v1::Cause handed_back_cause = v1::CAUSE_UNSPECIFIED;
  bool ceased = false;
  bool handed_back_in_cohort = false;
  bool placed = false;
  bool change = false;  // of terms
  friend bool operator==(const OfferOutcome&, const OfferOutcome&) = default;
};

OfferOutcome OutcomeOf(const journal::v1::OfferRow& offer);
OfferOutcome OutcomeOf(const journal::v1::OfferFact& fact);
// The outcome as a pick-up unit counts it: an acceptance in part is none until the part is awarded,
// and then it is one. In every other count the offer stays in_part.
OfferOutcome AsPickUp(const OfferOutcome& outcome);

// Adds one unit of that outcome, `sign` times.
void AddOutcome(const OfferOutcome& outcome, int64_t sign, v1::Counts* counts);

// Whether `a` stands for a unit rather than `b`. By class: accepted, in_part, declined, pending,
// late, silent, closed_unanswered, error_upheld, notice_failed. Within accepted, in_part and late,
// by outcome: won and kept, won but returned for the provider's own cause, undecided, lost, void.
// So a return leaves the pick-up numerator unless the unit was won again and kept. Neither is
// better when both stand alike.
bool IsBetter(const OfferOutcome& a, const OfferOutcome& b);

// The offer as figures see it.
journal::v1::OfferFact FactOf(const journal::v1::PackageRow& package,
                              const journal::v1::OfferRow& offer);
// Adds one fact's counts, `sign` times, to counts; nothing of one that does not count as an offer.
void AddFact(const journal::v1::OfferFact& fact, int64_t sign, v1::Counts* counts);
// What a unit is counted for.
enum class CountedFor : uint8_t { kResponse, kPickUp };
// The class and outcome of several offers that are counted as one: the best class of accepted,
// in_part, declined, pending, late, silent; excluded (closed_unanswered, error_upheld,
// notice_failed, in this order) only if all are. The result has the dimensions of the first fact
// (by ordinal) and the best class and outcome. REQUIRES: not empty.
journal::v1::OfferFact UnitOf(const std::vector<journal::v1::OfferFact>& facts, CountedFor what);

// Several offers counted as one.
class UnitOutcome {
 public:
  // REQUIRES: offers come in the order of their ordinals.
  void Add(const journal::v1::OfferRow& offer, CountedFor what = CountedFor::kResponse);

  // The first offer, whose dimensions the unit has; null while the unit is empty.
  const journal::v1::OfferRow* first() const { return first_; }
  // Adds the unit to live and, over its settled offers only, to settled; nothing while it is empty.
  void Count(int64_t sign, journal::v1::RollupRow* row) const;
  // Whether both count for the same.
  bool CountsAs(const UnitOutcome& other) const;
  const OfferOutcome& live() const { return live_; }

 private:
  const journal::v1::OfferRow* first_ = nullptr;
  OfferOutcome live_;
  OfferOutcome settled_;
  bool any_settled_ = false;
};

}  // namespace brokerage::engine
