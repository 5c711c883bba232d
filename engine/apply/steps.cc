#include "engine/apply/steps.h"

#include "engine/figures/tally.h"

namespace brokerage::engine {

using journal::v1::AwardRow;
using journal::v1::OfferRow;
using journal::v1::PackageRow;
using journal::v1::RollupRow;
using journal::v1::StepRow;
using journal::v1::TermsChangeRow;

StepRow* BeginStep(const Applier& applier, v1::StepKind kind, PackageRow& row) {
  if (applier.record().format() < 1) return nullptr;
  row.clear_last_step();
  StepRow* step = row.mutable_last_step();
  step->set_kind(kind);
  step->set_from_state(row.state());
  step->set_time_us(applier.record().time_us());
  step->set_sequence(applier.sequence());
  step->set_awaits_award(row.awaits_award());
  step->set_proposed_ordinal(row.proposed_ordinal());
  step->set_release_due_us(row.release_due_us());
  step->set_held(row.held());
  return step;
}

void NoteOpen(const PackageAggregate& package, StepRow* step) {
  for (const OfferRow& offer : package.offers) {
    if (offer.round_number() != 0 && offer.state() == v1::OFFER_STATE_OPEN) {
      step->add_closed_ordinals(offer.ordinal());
    }
  }
}

void NoteAccepted(const PackageAggregate& package, StepRow* step) {
  for (const OfferRow& offer : package.offers) {
    if (offer.round_number() != 0 && offer.state() == v1::OFFER_STATE_ACCEPTED) {
      step->add_accepted_ordinals(offer.ordinal());
    }
  }
}

void ForgetStep(PackageRow& row) {
  if (row.has_last_step()) row.clear_last_step();
}

void CountHours(Applier& applier, const PackageAggregate& package, const OfferRow& winner,
                const AwardRow& award, int64_t sign) {
  if (award.placed() && !award.hours_count()) return;
  RollupTable* rollups = &applier.state().rollups;
  if (award.placed()) {
    TallyMinutes(package, winner, award.award_date(), sign * AwardedMinutes(package.row), rollups);
  } else {
    TallyHours(package, winner, award.award_date(), sign, rollups);
  }
  for (const TermsChangeRow& change : package.row.terms_changes()) {
    TallyMinutes(package, winner, change.from_date(), sign * change.minutes_difference(), rollups);
  }
}

void CountReturn(Applier& applier, const PackageAggregate& package, const OfferRow& winner,
                 const AwardRow& award, v1::Cause cause, int64_t times) {
  if (cause != v1::CAUSE_PROVIDER) {
    CountHours(applier, package, winner, award, -times);
  } else if (!award.placed()) {  // of a placing the minutes stay, and an award was not counted
    TakeBackAward(package, winner, award.award_date(), times, &applier.state().rollups);
  }
  CountUnderLimit(applier, package, winner, -times);
}

void CountUnderLimit(Applier& applier, const PackageAggregate& package, const OfferRow& winner,
                     int64_t sign) {
  applier.ChangeLimit(winner, [&package, sign](RollupRow* row) {
    row->set_awards(row->awards() + sign);
    row->set_minutes(row->minutes() + sign * AwardedMinutes(package.row));
  });
}

}  // namespace brokerage::engine
