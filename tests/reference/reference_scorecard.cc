#include "tests/reference/reference_scorecard.h"
#include "tests/reference/reference_classes.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

namespace brokerage::engine::reference {

namespace {

using journal::v1::OfferRow;

// Every offer issued in the period, restarts too.
struct Put {
  const journal::v1::PackageRow* package;
  const OfferRow* offer;
  v1::ResponseClass response_class;

  bool Is(v1::ResponseClass one) const { return response_class == one; }
  bool Due() const {
    return Responded() || Is(v1::RESPONSE_CLASS_LATE) || Is(v1::RESPONSE_CLASS_SILENT);
  }
  bool Responded() const {
    return Is(v1::RESPONSE_CLASS_ACCEPTED) || Is(v1::RESPONSE_CLASS_IN_PART) ||
           Is(v1::RESPONSE_CLASS_DECLINED);
  }
};

using Which = std::function<bool(const OfferRow&)>;

bool InPeriod(const OfferRow& offer, const std::string& from, const std::string& to) {
  const std::string date = FormatDate(offer.issued_date());
  return date >= from && date < to;
}

template <typename Request>
std::vector<Put> OffersOf(const ReferenceHistory& history, const Request& request) {
  std::vector<Put> offers;
  for (const PackageAggregate* package : history.packages) {
    for (const OfferRow& offer : package->offers) {
      if (!InPeriod(offer, request.from_date(), request.to_date())) continue;
      if (offer.purpose() != v1::OFFER_PURPOSE_UNSPECIFIED && !offer.restart()) continue;
      offers.push_back({&package->row, &offer, ReferenceClass(offer)});
    }
  }
  return offers;
}

Which Of(const std::string& provider) {
  return [provider](const OfferRow& offer) { return offer.provider_id() == provider; };
}
Which OfBranch(const std::string& branch) {
  return [branch](const OfferRow& offer) { return offer.branch_id() == branch; };
}
bool Anybody(const OfferRow&) { return true; }

v1::Rate Fraction(int64_t over, int64_t under) {
  v1::Rate rate;
  if (under == 0) return rate;
  rate.set_numerator(over);
  rate.set_denominator(under);
  return rate;
}

v1::Rate Response(const std::vector<Put>& offers, const Which& which, bool without_urgent = false) {
  int64_t responded = 0, due = 0;
  for (const Put& put : offers) {
    if (!which(*put.offer) || !put.offer->settled() || put.offer->restart() || put.offer->placed())
      continue;
    const bool urgent = put.package->urgency() == v1::URGENCY_URGENT || put.offer->shortened();
    if (without_urgent && urgent) continue;
    if (put.Due()) ++due;
    if (put.Responded()) ++responded;
  }
  return Fraction(responded, due);
}

v1::Rate Restarts(const std::vector<Put>& offers, const Which& which) {
  int64_t taken = 0, offered = 0;
  for (const Put& put : offers) {
    if (!which(*put.offer) || !put.offer->settled() || !put.offer->restart()) continue;
    if (put.Due()) ++offered;
    if (put.Is(v1::RESPONSE_CLASS_ACCEPTED)) ++taken;
  }
  return Fraction(taken, offered);
}

int64_t Resumed(const std::vector<Put>& offers, const Which& which) {
  int64_t resumed = 0;
  for (const Put& put : offers) {
    resumed += which(*put.offer) && put.offer->purpose() == v1::OFFER_PURPOSE_RESUMED;
  }
  return resumed;
}

bool NeverAnswered(const std::vector<Put>& offers, const Which& which) {
  bool asked = false;
  for (const Put& put : offers) {
    if (!which(*put.offer) || put.offer->restart() || put.offer->placed()) continue;
    if (put.Responded() || put.Is(v1::RESPONSE_CLASS_LATE)) return false;
    if (put.Is(v1::RESPONSE_CLASS_ERROR_UPHELD) || put.Is(v1::RESPONSE_CLASS_PENDING)) continue;
    asked = true;
  }
  return asked;
}

v1::BandedRate Banded(const v1::Rate& rate, const v1::FrameworkRules& rules, v1::Kpi kpi) {
  v1::BandedRate banded;
  *banded.mutable_rate() = rate;
  const int64_t over = rate.numerator() * 100, under = rate.denominator();
  for (const v1::RateBands& bands : rules.bands()) {
    if (bands.kpi() != kpi || under == 0) continue;
    banded.set_band(over >= bands.green_percent() * under   ? v1::BAND_GREEN
                    : over >= bands.amber_percent() * under ? v1::BAND_AMBER
                                                            : v1::BAND_RED);
    for (const v1::PrintedGap& gap : bands.printed_gaps()) {
      if (over > gap.above_percent() * under && over < gap.below_percent() * under) {
        banded.set_in_printed_gap(true);
      }
    }
  }
  return banded;
}

v1::Risk RiskOf(const v1::Rate& rate, const v1::FrameworkRules& rules) {
  const int64_t over = rate.numerator() * 100, under = rate.denominator();
  if (under == 0 || rules.response_target_percent() == 0) return v1::RISK_UNSPECIFIED;
  if (over >= rules.response_target_percent() * under) return v1::RISK_LOW;
  const int medium = rules.medium_risk_percent() == 0 ? 75 : rules.medium_risk_percent();
  return over >= medium * under ? v1::RISK_MEDIUM : v1::RISK_HIGH;
}

// Offers, and what several branches of a provider were asked at once, of the period.
struct Units {
  std::vector<ReferenceUnit> offers;
  std::vector<ReferenceUnit> opportunities;
};

std::vector<ReferenceUnit> UnitsOf(const ReferenceHistory& history, v1::CountUnit unit,
                                   const v1::QueryScorecardRequest& request) {
  std::vector<ReferenceUnit> units;
  for (ReferenceUnit& one : ReferenceUnits(history, unit)) {
    const bool of_a_round = one.first().purpose() == v1::OFFER_PURPOSE_UNSPECIFIED;
    if (of_a_round && InPeriod(one.first(), request.from_date(), request.to_date())) {
      units.push_back(std::move(one));
    }
  }
  return units;
}

v1::Counts Settled(const std::vector<ReferenceUnit>& units, const Which& which) {
  v1::Counts counts;
  for (const ReferenceUnit& one : units) {
    if (which(one.first())) AddCounts(one.Settled(), &counts);
  }
  return counts;
}

v1::ScorecardRow Row(const Units& units, const v1::FrameworkRules& rules,
                     const std::vector<Put>& offers, const std::string& name, const Which& which) {
  v1::ScorecardRow row;
  row.set_provider_id(name);
  *row.mutable_offers() = Settled(units.offers, which);
  *row.mutable_opportunities() = Settled(units.opportunities, which);
  const v1::Rate response = Response(offers, which);
  *row.mutable_response() = Banded(response, rules, v1::KPI_RESPONSE);
  *row.mutable_response_without_urgent() =
      Banded(Response(offers, which, true), rules, v1::KPI_RESPONSE);
  const v1::Counts& opportunities = row.opportunities();
  const int64_t responded =
      opportunities.accepted() + opportunities.in_part() + opportunities.declined();
  *row.mutable_response_by_opportunity() =
      Fraction(responded, responded + opportunities.late() + opportunities.silent());
  row.set_risk(RiskOf(response, rules));
  row.set_risk_without_urgent(RiskOf(Response(offers, which, true), rules));
  row.set_restarts_resumed(Resumed(offers, which));
  *row.mutable_restarts() = Banded(Restarts(offers, which), rules, v1::KPI_RESTARTS);
  row.set_never_answered(NeverAnswered(offers, which));
  return row;
}

std::set<std::string> Providers(const std::vector<Put>& offers) {
  std::set<std::string> ids;
  for (const Put& put : offers) ids.insert(put.offer->provider_id());
  return ids;
}

// The rates of those that have one.
std::vector<v1::Rate> AllRates(const std::vector<Put>& offers) {
  std::vector<v1::Rate> rates;
  for (const std::string& id : Providers(offers)) {
    const v1::Rate rate = Response(offers, Of(id));
    if (rate.denominator() > 0) rates.push_back(rate);
  }
  return rates;
}

bool Accepted(const OfferRow& offer) {
  return offer.state() == v1::OFFER_STATE_ACCEPTED || offer.state() == v1::OFFER_STATE_WON ||
         offer.state() == v1::OFFER_STATE_LOST || offer.state() == v1::OFFER_STATE_VOID;
}

void AddUnserved(const std::vector<Put>& offers, const Which& which, int64_t least,
                 v1::QueryScorecardResponse* response) {
  std::map<std::pair<std::string, std::string>, std::vector<const Put*>> pairs;
  for (const Put& put : offers) {
    if (!which(*put.offer) || put.offer->restart() || put.offer->placed()) continue;
    if (!put.offer->settled() || !put.Due()) continue;
    pairs[{put.offer->branch_id(), put.package->ward_code()}].push_back(&put);
  }
  for (const auto& [pair, puts] : pairs) {
    if (static_cast<int64_t>(puts.size()) < least) continue;
    if (std::any_of(puts.begin(), puts.end(), [](const Put* put) {
          return put->Is(v1::RESPONSE_CLASS_ACCEPTED) || put->Is(v1::RESPONSE_CLASS_IN_PART) ||
                 Accepted(*put->offer);
        })) {
      continue;
    }
    v1::UnservedWard& ward = *response->add_unserved_wards();
    ward.set_branch_id(pair.first);
    ward.set_provider_id(puts.front()->offer->provider_id());
    ward.set_ward_code(pair.second);
    ward.set_due(static_cast<int64_t>(puts.size()));
    ward.set_declined(std::count_if(puts.begin(), puts.end(), [](const Put* put) {
      return put->Is(v1::RESPONSE_CLASS_DECLINED);
    }));
    ward.set_unanswered(ward.due() - ward.declined());
  }
}

}  // namespace

v1::QueryScorecardResponse ReferenceScorecard(const ReferenceHistory& history,
                                              const v1::FrameworkRules& rules,
                                              const v1::QueryScorecardRequest& request,
                                              const ReferenceViewer& viewer) {
  const std::vector<Put> offers = OffersOf(history, request);
  const Units units = {UnitsOf(history, v1::COUNT_UNIT_OFFER, request),
                       UnitsOf(history, v1::COUNT_UNIT_PROVIDER_OPPORTUNITY, request)};
  v1::QueryScorecardResponse response;
  response.mutable_market();
  if (viewer.provider_id.empty() || AllRates(offers).size() >= 5) {
    *response.mutable_market() = Row(units, rules, offers, "", Anybody);
  }
  if (!viewer.provider_id.empty()) {
    response.mutable_market()->clear_offers();
    response.mutable_market()->clear_opportunities();
  }
  const Which mine = !viewer.branch_id.empty()     ? OfBranch(viewer.branch_id)
                     : !viewer.provider_id.empty() ? Of(viewer.provider_id)
                                                   : Which(Anybody);
  for (const std::string& id : Providers(offers)) {
    if (!viewer.provider_id.empty() && id != viewer.provider_id) continue;
    const Which which = viewer.branch_id.empty() ? Of(id) : mine;
    if (std::none_of(offers.begin(), offers.end(),
                     [&](const Put& put) { return which(*put.offer); })) {
      continue;
    }
    *response.add_providers() = Row(units, rules, offers, id, which);
  }
  for (const v1::ScorecardRow& row : response.providers()) {
    if (row.risk() == v1::RISK_LOW) response.set_low_risk(response.low_risk() + 1);
    if (row.risk() == v1::RISK_MEDIUM) response.set_medium_risk(response.medium_risk() + 1);
    if (row.risk() == v1::RISK_HIGH) response.set_high_risk(response.high_risk() + 1);
  }
  const auto without_urgent = [&response](v1::Risk risk) {
    return std::count_if(
        response.providers().begin(), response.providers().end(),
        [risk](const v1::ScorecardRow& row) { return row.risk_without_urgent() == risk; });
  };
  response.set_low_risk_without_urgent(without_urgent(v1::RISK_LOW));
  response.set_medium_risk_without_urgent(without_urgent(v1::RISK_MEDIUM));
  response.set_high_risk_without_urgent(without_urgent(v1::RISK_HIGH));
  AddUnserved(offers, mine, request.unserved_due_min() == 0 ? 3 : request.unserved_due_min(),
              &response);
  return response;
}

v1::QueryDistributionResponse ReferenceDistribution(const ReferenceHistory& history,
                                                    const v1::FrameworkRules& rules,
                                                    const v1::QueryDistributionRequest& request,
                                                    const ReferenceViewer& viewer) {
  const std::vector<Put> offers = OffersOf(history, request);
  std::vector<v1::Rate> rates = AllRates(offers);
  std::sort(rates.begin(), rates.end(), [](const v1::Rate& a, const v1::Rate& b) {
    return a.numerator() * b.denominator() < b.numerator() * a.denominator();
  });
  v1::QueryDistributionResponse response;
  if (rates.size() >= 5) {
    for (const v1::Rate& rate : rates) {
      // Half away from zero.
      response.add_response_tenths_percent(static_cast<int32_t>(
          (rate.numerator() * 1000 + rate.denominator() / 2) / rate.denominator()));
    }
  }
  if (rates.size() >= 5 || viewer.provider_id.empty()) {
    *response.mutable_market() = Response(offers, Anybody);
  }
  if (!viewer.branch_id.empty()) {
    *response.mutable_own() = Response(offers, OfBranch(viewer.branch_id));
  } else if (!viewer.provider_id.empty()) {
    *response.mutable_own() = Response(offers, Of(viewer.provider_id));
  }
  return response;
}

}  // namespace brokerage::engine::reference
