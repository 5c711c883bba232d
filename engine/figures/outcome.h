// How an offer, or several counted as one, stands in the figures: its class, outcome and what came
// of it.
#pragma once

#include <cstdint>

#include "brokerage/journal/v1/rows.pb.h"
#include "brokerage/v1/performance_service.pb.h"

namespace brokerage::engine {

struct Standing {
  v1::ResponseClass response_class = v1::RESPONSE_CLASS_UNSPECIFIED;
  v1::OfferState state = v1::OFFER_STATE_UNSPECIFIED;
  bool accepted_late = false;
  bool settled = false;
  v1::Cause returned_cause = v1::CAUSE_UNSPECIFIED;
  bool started = false;
  v1::Cause handed_back_cause = v1::CAUSE_UNSPECIFIED;
  bool ceased = false;
  bool handed_back_in_cohort = false;
};

Standing StandingOf(const journal::v1::OfferRow& offer);
Standing StandingOf(const journal::v1::OfferFact& fact);

// Adds one unit that stands so, `sign` times.
void AddStanding(const Standing& standing, int64_t sign, v1::Counts* counts);

// Whether `a` stands for a unit rather than `b`. By class: accepted, declined, pending, late,
// silent, closed_unanswered, error_upheld, notice_failed. Within accepted and within late, by
// outcome: won and kept, won but returned for the provider's own cause, undecided, lost, void. So a
// return leaves the pick-up numerator unless the unit was won again and kept. Neither is better
// when both stand alike.
bool IsBetter(const Standing& a, const Standing& b);

// Several offers counted as one.
class UnitStanding {
 public:
  // REQUIRES: offers come in the order of their ordinals.
  void Add(const journal::v1::OfferRow& offer);

  // The first offer, whose dimensions the unit has; null while the unit is empty.
  const journal::v1::OfferRow* first() const { return first_; }
  // Adds the unit to live and, over its settled offers only, to settled. REQUIRES: not empty.
  void Count(int64_t sign, journal::v1::RollupRow* row) const;
  const Standing& live() const { return live_; }

 private:
  const journal::v1::OfferRow* first_ = nullptr;
  Standing live_;
  Standing settled_;
  bool any_settled_ = false;
};

}  // namespace brokerage::engine
