#include "tests/common/lifecycle_watch.h"

#include "absl/strings/str_cat.h"
#include "engine/offer_tidings.h"
#include "engine/rejection.h"

namespace brokerage::engine {

using journal::v1::Fact;

std::string SeenName(const PackageTransition& transition) {
  return absl::StrCat("package ", StateName(transition.from), " ", VerbName(transition.verb), " ",
                      StateName(transition.to));
}

std::string SeenName(const OfferTransition& transition) {
  return absl::StrCat("offer ", StateName(transition.from), " ", VerbName(transition.verb), " ",
                      StateName(transition.to));
}

std::string SeenName(v1::HardRule rule) {
  return absl::StrCat("rule ", v1::HardRule_Name(rule).substr(sizeof("HARD_RULE_") - 1));
}

std::string SeenName(v1::AwardCriterion criterion) {
  return absl::StrCat("criterion ",
                      v1::AwardCriterion_Name(criterion).substr(sizeof("AWARD_CRITERION_") - 1));
}

std::string SeenName(v1::RejectionReason reason) {
  return absl::StrCat("reason ", ReasonName(reason));
}

void LifecycleWatch::Watch(const journal::v1::Record& record, const PackageFinder& stored) {
  touched_.clear();
  for (const Fact& fact : record.facts()) {
    if (const uint64_t number = PackageNumberOf(fact)) touched_.insert(number);
    On(fact);
  }
  for (uint64_t number : touched_) {
    packages_[number].released_by_this_record = false;
    Compare(number, stored(number));
  }
}

void LifecycleWatch::On(const Fact& fact) {
  const uint64_t number = PackageNumberOf(fact);
  switch (fact.fact_case()) {
    case Fact::kPackageSubmitted:
      return Begin(fact.package_submitted().package(), fact.package_submitted().package().imported()
                                                           ? PackageVerb::kImport
                                                           : PackageVerb::kSubmit);
    case Fact::kPackageReleased:
      packages_[number].released_by_this_record = true;
      return Move(number, PackageVerb::kRelease);
    case Fact::kPackageHeld:
      return Move(number, PackageVerb::kHold);
    case Fact::kRoundOpened:
      return OnRound(fact.round_opened());
    case Fact::kOfferAnswered:
      return OnAnswer(fact.offer_answered());
    case Fact::kRoundDue:
      for (size_t i = 0; i < packages_[number].offers.size(); ++i) {
        const Offer& offer = packages_[number].offers[i];
        if (offer.round_number != fact.round_due().round_number()) continue;
        if (offer.state != v1::OFFER_STATE_OPEN) continue;
        MoveOffer(number, static_cast<int32_t>(i + 1), OfferVerb::kLapse);
      }
      return;
    case Fact::kAwardProposed:
      return VoidOffers(number, fact.award_proposed().voided());
    case Fact::kPackageAwarded:
      return OnAward(fact.package_awarded());
    case Fact::kPackageUnfilled:
      // A late acceptance that is void leaves an unfilled package unfilled.
      if (packages_[number].state != v1::PACKAGE_STATE_UNFILLED) {
        Move(number, PackageVerb::kExhaust);
      }
      return VoidOffers(number, fact.package_unfilled().voided());
    case Fact::kPackageReissued:
      packages_[number].released_by_this_record = true;
      MoveOffers(number, v1::OFFER_STATE_OPEN, OfferVerb::kClose);
      MoveOffers(number, v1::OFFER_STATE_ACCEPTED, OfferVerb::kVoid);
      return Move(number, PackageVerb::kReissue);
    case Fact::kPackageCancelled:
      MoveOffers(number, v1::OFFER_STATE_OPEN, OfferVerb::kClose);
      MoveOffers(number, v1::OFFER_STATE_ACCEPTED, OfferVerb::kVoid);
      return Move(number, PackageVerb::kCancel);
    case Fact::kPackageStarted:
      return Move(number, PackageVerb::kStart);
    case Fact::kPackageReturned:
      return Move(number, PackageVerb::kReturn);
    case Fact::kPackageHandedBack:
      Move(number, PackageVerb::kHandBack);
      return Begin(fact.package_handed_back().successor(), PackageVerb::kFollow);
    case Fact::kPackageCeased:
      return Move(number, PackageVerb::kCease);
    case Fact::kOffersClosed:
      for (int32_t ordinal : fact.offers_closed().ordinals()) {
        MoveOffer(number, ordinal, OfferVerb::kClose);
      }
      return;
    case Fact::kErrorClaimed:
      return MoveOffer(number, fact.error_claimed().ordinal(), OfferVerb::kClaimError);
    case Fact::kErrorDecided:
      return MoveOffer(number, fact.error_decided().ordinal(),
                       fact.error_decided().state() == v1::CLAIM_STATE_UPHELD
                           ? OfferVerb::kUpholdError
                           : OfferVerb::kRejectError);
    case Fact::kOfferMoved:
      return MoveOffer(number, fact.offer_moved().ordinal(), OfferVerb::kMove);
    case Fact::kDeadlineExtended:
      return OnExtended(fact.deadline_extended());
    case Fact::kTextsErased:
      return Move(number, PackageVerb::kErase);
    default:
      return;  // moves no package and no offer
  }
}

void LifecycleWatch::OnRound(const journal::v1::RoundOpened& fact) {
  Package& package = packages_[fact.package_number()];
  if (!package.released_by_this_record) Move(fact.package_number(), PackageVerb::kNextRound);
  for (const journal::v1::OfferRow& offer : fact.offers()) {
    package.offers.push_back({v1::OFFER_STATE_UNSPECIFIED, offer.round_number()});
    MoveOffer(fact.package_number(), offer.ordinal(), OfferVerb::kIssue);
  }
  for (const journal::v1::Verdict& verdict : fact.round().verdicts()) {
    for (int rule = 1; rule < v1::HardRule_ARRAYSIZE; ++rule) {
      if (verdict.failed_rules() & (1u << rule)) {
        seen_.insert(SeenName(static_cast<v1::HardRule>(rule)));
      }
    }
  }
}

void LifecycleWatch::OnAnswer(const journal::v1::OfferAnswered& fact) {
  if (fact.answer().remark()) return;
  const bool accept = fact.answer().answer() == v1::ANSWER_ACCEPT;
  const Package& package = packages_[fact.package_number()];
  const v1::OfferState state = package.offers.at(static_cast<size_t>(fact.ordinal() - 1)).state;
  const bool lapsed = state == v1::OFFER_STATE_LAPSED;
  MoveOffer(fact.package_number(), fact.ordinal(),
            accept ? (lapsed ? OfferVerb::kLateAccept : OfferVerb::kAccept)
                   : (lapsed ? OfferVerb::kLateDecline : OfferVerb::kDecline));
}

void LifecycleWatch::OnAward(const journal::v1::PackageAwarded& fact) {
  const uint64_t number = fact.package_number();
  MoveOffer(number, fact.award().offer_ordinal(), OfferVerb::kAward);
  for (const journal::v1::LostOffer& lost : fact.lost()) {
    MoveOffer(number, lost.ordinal(), OfferVerb::kLose);
    seen_.insert(SeenName(lost.lost_by()));
  }
  VoidOffers(number, fact.voided());
  MoveOffers(number, v1::OFFER_STATE_OPEN, OfferVerb::kClose);
  Move(number, PackageVerb::kAward);
}

void LifecycleWatch::OnExtended(const journal::v1::DeadlineExtended& fact) {
  const uint64_t number = fact.package_number();
  for (int32_t ordinal : fact.reopened_ordinals()) MoveOffer(number, ordinal, OfferVerb::kReopen);
  for (int32_t ordinal : fact.closed_ordinals()) MoveOffer(number, ordinal, OfferVerb::kClose);
  if (!fact.reopened_ordinals().empty()) Move(number, PackageVerb::kReopen);
}

void LifecycleWatch::Begin(const journal::v1::PackageRow& row, PackageVerb verb) {
  packages_[row.number()] = {};
  touched_.insert(row.number());
  Move(row.number(), verb);
}

void LifecycleWatch::Move(uint64_t number, PackageVerb verb) {
  Package& package = packages_[number];
  const auto next = Next(package.state, verb);
  if (!next) {
    problems_.push_back(absl::StrCat("package ", number, " may not ", VerbName(verb), " from ",
                                     StateName(package.state)));
    return;
  }
  seen_.insert(SeenName(PackageTransition{package.state, verb, *next}));
  package.state = *next;
}

void LifecycleWatch::MoveOffer(uint64_t number, int32_t ordinal, OfferVerb verb) {
  Offer& offer = packages_[number].offers.at(static_cast<size_t>(ordinal - 1));
  const auto next = Next(offer.state, verb);
  if (!next) {
    problems_.push_back(absl::StrCat("offer ", ordinal, " of package ", number, " may not ",
                                     VerbName(verb), " from ", StateName(offer.state)));
    return;
  }
  seen_.insert(SeenName(OfferTransition{offer.state, verb, *next}));
  offer.state = *next;
}

void LifecycleWatch::MoveOffers(uint64_t number, v1::OfferState from, OfferVerb verb) {
  for (size_t i = 0; i < packages_[number].offers.size(); ++i) {
    if (packages_[number].offers[i].state == from) {
      MoveOffer(number, static_cast<int32_t>(i + 1), verb);
    }
  }
}

template <typename Voided>
void LifecycleWatch::VoidOffers(uint64_t number, const Voided& voided) {
  for (const journal::v1::VoidedOffer& one : voided) {
    MoveOffer(number, one.ordinal(), OfferVerb::kVoid);
    if (one.rule() != v1::HARD_RULE_UNSPECIFIED) seen_.insert(SeenName(one.rule()));
  }
}

void LifecycleWatch::Compare(uint64_t number, const PackageAggregate& stored) {
  const Package& package = packages_[number];
  if (package.state != stored.row.state()) {
    problems_.push_back(absl::StrCat("package ", number, " is ", StateName(stored.row.state()),
                                     ", by its facts ", StateName(package.state)));
  }
  if (package.offers.size() != stored.offers.size()) {
    problems_.push_back(absl::StrCat("package ", number, " has ", stored.offers.size(),
                                     " offers, by its facts ", package.offers.size()));
    return;
  }
  for (size_t i = 0; i < package.offers.size(); ++i) {
    if (package.offers[i].state == stored.offers[i].state()) continue;
    problems_.push_back(absl::StrCat("offer ", i + 1, " of package ", number, " is ",
                                     StateName(stored.offers[i].state()), ", by its facts ",
                                     StateName(package.offers[i].state)));
  }
}

}  // namespace brokerage::engine
