#include "engine/apply/life_facts.h"

#include "engine/base/calendar.h"
#include "engine/figures/tally.h"

namespace brokerage::engine {

using journal::v1::AskedDecided;
using journal::v1::BranchAsked;
using journal::v1::OfferRow;
using journal::v1::PackagePaused;
using journal::v1::PackageResumed;
using journal::v1::PackageRow;
using journal::v1::PauseRow;
using journal::v1::TermsChanged;
using journal::v1::TermsChangeRow;

namespace {

void AddAskedOffer(Applier& applier, const OfferRow& offer, PackageRow& row) {
  row.set_offer_count(row.offer_count() + 1);
  applier.AddOffer(applier.Touch(row.number()), offer);
}

}  // namespace

void Apply(Applier& applier, const PackagePaused& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  row.set_state(v1::PACKAGE_STATE_PAUSED);
  PauseRow& pause = *row.mutable_pause();
  pause = fact.pause();
  pause.set_sequence(applier.sequence());
}

void Apply(Applier& applier, const PackageResumed& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  row.set_state(v1::PACKAGE_STATE_STARTED);
  row.clear_pause();
  row.set_resumed_date(fact.date());
  if (fact.has_resumed_offer()) AddAskedOffer(applier, fact.resumed_offer(), row);
}

void Apply(Applier& applier, const BranchAsked& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  row.set_asked_ordinal(fact.offer().ordinal());
  AddAskedOffer(applier, fact.offer(), row);
}

void Apply(Applier& applier, const AskedDecided& fact) {
  applier.Change(fact.package_number()).clear_asked_ordinal();
  applier.ChangeOffer(applier.Touch(fact.package_number()), fact.ordinal(),
                      [&fact](OfferRow& offer) {
                        offer.set_state(fact.state());
                        offer.set_settled(true);
                        offer.set_close_cause(fact.close_cause());
                        if (fact.has_answer()) *offer.add_answers() = fact.answer();
                      });
}

void Apply(Applier& applier, const TermsChanged& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  *row.mutable_terms() = fact.terms();
  row.set_terms_version(fact.change().terms_version());
  TermsChangeRow& change = *row.add_terms_changes();
  change = fact.change();
  change.set_time_us(applier.record().time_us());
  const journal::v1::AwardRow& award = row.award();
  if (!row.has_award() || (award.placed() && !award.hours_count())) return;
  const PackageAggregate& package = applier.Touch(fact.package_number());
  TallyMinutes(package, package.offers[static_cast<size_t>(award.offer_ordinal() - 1)],
               change.from_date(), change.minutes_difference(), &applier.state().rollups);
}

void CloseAsked(Applier& applier, PackageRow& row) {
  const int32_t ordinal = row.asked_ordinal();
  if (ordinal == 0) return;
  row.clear_asked_ordinal();
  applier.ChangeOffer(applier.Touch(row.number()), ordinal, [](OfferRow& offer) {
    offer.set_state(v1::OFFER_STATE_CLOSED);
    offer.set_close_cause(v1::CLOSE_CAUSE_PACKAGE_ENDED);
    offer.set_settled(true);
  });
}

}  // namespace brokerage::engine
