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
  friend bool operator==(const OfferOutcome&, const OfferOutcome&) = default;
};

OfferOutcome OutcomeOf(const journal::v1::OfferRow& offer);
OfferOutcome OutcomeOf(const journal::v1::OfferFact& fact);

// Adds one unit of that outcome, `sign` times.
void AddOutcome(const OfferOutcome& outcome, int64_t sign, v1::Counts* counts);

// Whether `a` stands for a unit rather than `b`. By class: accepted, declined, pending, late,
// silent, closed_unanswered, error_upheld, notice_failed. Within accepted and within late, by
// outcome: won and kept, won but returned for the provider's own cause, undecided, lost, void. So a
// return leaves the pick-up numerator unless the unit was won again and kept. Neither is better
// when both stand alike.
bool IsBetter(const OfferOutcome& a, const OfferOutcome& b);

// The offer as figures see it.
journal::v1::OfferFact FactOf(const journal::v1::PackageRow& package,
                              const journal::v1::OfferRow& offer);
// Adds one fact's counts, `sign` times, to counts. A restart's offer adds nothing.
void AddFact(const journal::v1::OfferFact& fact, int64_t sign, v1::Counts* counts);
// The class and outcome of several offers that are counted as one: the best class of accepted,
// declined, pending, late, silent; excluded (closed_unanswered, error_upheld, notice_failed, in
// this order) only if all are. The result has the dimensions of the first fact (by ordinal) and the
// best class and outcome. REQUIRES: not empty.
journal::v1::OfferFact UnitOf(const std::vector<journal::v1::OfferFact>& facts);

// Several offers counted as one.
class UnitOutcome {
 public:
  // REQUIRES: offers come in the order of their ordinals.
  void Add(const journal::v1::OfferRow& offer);

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
