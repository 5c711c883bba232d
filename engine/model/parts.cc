#include "engine/model/parts.h"

#include <algorithm>

namespace brokerage::engine {

using journal::v1::AnswerRow;
using journal::v1::OfferRow;
using journal::v1::PackageRow;

namespace {

v1::PackageTerms TermsWith(const v1::PackageTerms& terms, const VisitNumbers& visits, bool listed) {
  v1::PackageTerms some = terms;
  some.clear_visits();
  some.clear_visit_pattern();
  int64_t minutes = 0;
  for (int number = 1; number <= terms.visits_size(); ++number) {
    const bool is_listed = std::find(visits.begin(), visits.end(), number) != visits.end();
    if (is_listed != listed) continue;
    *some.add_visits() = terms.visits(number - 1);
    minutes += WeeklyMinutes(terms, terms.visits(number - 1));
  }
  some.set_weekly_minutes(static_cast<int32_t>(minutes));
  return some;
}

}  // namespace

int64_t WeeklyMinutes(const v1::PackageTerms& terms, const v1::Visit& visit) {
  const int carers = visit.carers() > 0 ? visit.carers() : terms.carers_per_visit();
  return int64_t{visit.days_of_week_size()} * visit.minutes() * carers;
}

int64_t WeeklyMinutes(const v1::PackageTerms& terms, const VisitNumbers& visits) {
  int64_t minutes = 0;
  for (const int32_t number : visits) {
    if (number < 1 || number > terms.visits_size()) continue;
    minutes += WeeklyMinutes(terms, terms.visits(number - 1));
  }
  return minutes;
}

v1::PackageTerms PartOf(const v1::PackageTerms& terms, const VisitNumbers& visits) {
  return TermsWith(terms, visits, true);
}

v1::PackageTerms RestOf(const v1::PackageTerms& terms, const VisitNumbers& visits) {
  return TermsWith(terms, visits, false);
}

const VisitNumbers* AcceptedVisits(const OfferRow& offer) {
  const AnswerRow* answer = LastAnswer(offer, Remarks::kSkip);
  const bool in_part =
      answer != nullptr && answer->answer() == v1::ANSWER_ACCEPT && !answer->visits().empty();
  return in_part ? &answer->visits() : nullptr;
}

bool StandsWhole(const OfferRow& offer) {
  return offer.state() == v1::OFFER_STATE_ACCEPTED && !IsAsked(offer) &&
         AcceptedVisits(offer) == nullptr;
}

bool StandsInPart(const OfferRow& offer) {
  return offer.state() == v1::OFFER_STATE_ACCEPTED && AcceptedVisits(offer) != nullptr;
}

int64_t AcceptedMinutes(const PackageRow& package, const OfferRow& offer) {
  const VisitNumbers* visits = AcceptedVisits(offer);
  return visits == nullptr ? package.terms().weekly_minutes()
                           : WeeklyMinutes(package.terms(), *visits);
}

const OfferRow* WonInPart(const PackageAggregate& package) {
  for (const OfferRow& offer : package.offers) {
    if (offer.state() == v1::OFFER_STATE_WON && AcceptedVisits(offer) != nullptr &&
        offer.terms_version() == package.row.terms_version()) {
      return &offer;
    }
  }
  return nullptr;
}

}  // namespace brokerage::engine
