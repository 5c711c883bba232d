// Award: which acceptance wins, and when that is certain.
#pragma once

#include <vector>

#include "brokerage/journal/v1/rows.pb.h"
#include "engine/award/criteria.h"
#include "engine/model/package.h"

namespace brokerage::engine {

struct Ranking {
  // Every ACCEPTED offer of the package, those that pass the hard rules first, best first, then the
  // void ones by ordinal. values has, in this order, WHOLE (only where any is of a part),
  // WITHIN_PRICE_LIMITS (only with such limits), IN_TIME, EARLIER_ROUND (only where a round was
  // opened beside another), the framework's criteria, TIE_BREAK; smaller is better.
  std::vector<v1::RankedAcceptance> acceptances;
  std::vector<int32_t> ordinals;  // of acceptances, in the same order
  size_t valid = 0;               // how many of them pass the hard rules
  size_t best = 0;                // 0 where any accepts the whole, else valid
  // The first criterion on which the first is better than the second; UNSPECIFIED with fewer than
  // two.
  v1::AwardCriterion decided_by = v1::AWARD_CRITERION_UNSPECIFIED;
};

// Ranks the acceptances that count now: state ACCEPTED, valid_until (if any) not passed. Those of a
// round that was opened beside another are compared among themselves, and so are all others: what
// one accepts there changes no lowest price and no median here; likewise those of parts. REQUIRES:
// the roll-ups of the limits that they name are in `rollups`.
Ranking RankAcceptances(const AwardQuestion& question);

// The first criterion on which `better` comes before `worse`.
v1::AwardCriterion DecidedBy(const v1::RankedAcceptance& better, const v1::RankedAcceptance& worse);

// Whether no offer of the package that is still OPEN could outrank the best acceptance of the
// whole, whatever it answered; acceptances of parts make nothing certain: compares the criteria
// that are known without an answer (of the weighted score where the lowest price cannot change);
// one that depends on the answer or on live figures and is reached before an earlier one decides is
// not certain. Offers after which it comes by its round alone do not matter (ComesBefore).
// REQUIRES: ranking.best < ranking.valid.
bool IsCertain(const AwardQuestion& question, const Ranking& ranking);

// Whether no award can follow yet once the offer is answered so: another offer of its round that is
// still open could be awarded and may come before every acceptance of the whole, whatever else is
// found; `accepted` means one of the whole. It asks
// less than IsCertain, and where it cannot tell, that has to be asked. `question` is as before the
// answer. REQUIRES: the package is OFFERED, in rounds of which none was opened beside another.
bool AwardWaits(const AwardQuestion& question, const journal::v1::OfferRow& answered,
                bool accepted);

// Whether `first`, accepted in time, is awarded without waiting for `other`: the round of `other`
// was opened beside the one of `first`, and `first` needs no price exception that `other` does not.
bool ComesBefore(const v1::FrameworkRules& rules, const PackageAggregate& package,
                 const journal::v1::OfferRow& first, const journal::v1::OfferRow& other);
// The place in the framework's list of the round whose timing and mode hold for an award to `best`:
// of the package's last round; where two were opened beside each other, of the one in which `best`
// was accepted, if it was in time. 0 for a restart's own round.
int32_t RuleOfAward(const PackageAggregate& package, const journal::v1::OfferRow& best);

}  // namespace brokerage::engine
