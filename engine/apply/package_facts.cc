#include "engine/apply/package_facts.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "engine/apply/life_facts.h"
#include "engine/apply/steps.h"
#include "engine/base/check.h"
#include "engine/figures/passed_over.h"
#include "engine/figures/tally.h"
#include "engine/model/parts.h"
#include "engine/model/tables.h"
#include "engine/routing/adaptive_release.h"

namespace brokerage::engine {

using journal::v1::AwardProposed;
using journal::v1::AwardRow;
using journal::v1::EndingRow;
using journal::v1::LimitPassed;
using journal::v1::LostOffer;
using journal::v1::NoticeGiven;
using journal::v1::NoticeMoved;
using journal::v1::NoticeRow;
using journal::v1::NoticeWithdrawn;
using journal::v1::OfferRow;
using journal::v1::PackageAwarded;
using journal::v1::PackageCancelled;
using journal::v1::PackageCeased;
using journal::v1::PackageContinued;
using journal::v1::PackageCorrected;
using journal::v1::PackageHandedBack;
using journal::v1::PackageHeld;
using journal::v1::PackagePlaced;
using journal::v1::PackageReissued;
using journal::v1::PackageReleased;
using journal::v1::PackageReturned;
using journal::v1::PackageRow;
using journal::v1::PackageStarted;
using journal::v1::PackageStopped;
using journal::v1::PackageSubmitted;
using journal::v1::PackageUnfilled;
using journal::v1::RoundRow;
using journal::v1::StartMoved;
using journal::v1::StepRow;
using journal::v1::TextHash;
using journal::v1::TextRow;
using journal::v1::TextsErased;
using journal::v1::VoidedOffer;

namespace {

void CloseOpenOffers(Applier& applier, PackageAggregate& package, v1::CloseCause cause) {
  for (size_t i = 0; i < package.offers.size(); ++i) {
    if (package.offers[i].state() != v1::OFFER_STATE_OPEN) continue;
    applier.ChangeOffer(package, static_cast<int32_t>(i + 1), [cause](OfferRow& offer) {
      offer.set_state(v1::OFFER_STATE_CLOSED);
      offer.set_close_cause(cause);
    });
  }
}

void VoidAcceptances(Applier& applier, PackageAggregate& package) {
  for (size_t i = 0; i < package.offers.size(); ++i) {
    if (package.offers[i].state() != v1::OFFER_STATE_ACCEPTED || IsAsked(package.offers[i])) {
      continue;
    }
    applier.ChangeOffer(package, static_cast<int32_t>(i + 1),
                        [](OfferRow& offer) { offer.set_state(v1::OFFER_STATE_VOID); });
  }
}

void VoidOffers(Applier& applier, PackageAggregate& package,
                const google::protobuf::RepeatedPtrField<VoidedOffer>& voided) {
  for (const VoidedOffer& one : voided) {
    applier.ChangeOffer(package, one.ordinal(), [&one](OfferRow& offer) {
      offer.set_state(v1::OFFER_STATE_VOID);
      offer.set_void_rule(one.rule());
    });
  }
}

void CloseRounds(int64_t time_us, PackageRow& row) {
  for (RoundRow& round : *row.mutable_rounds()) {
    if (round.closed_time_us() == 0) round.set_closed_time_us(time_us);
  }
}

void SetTextHash(const TextHash& changed, PackageRow& row) {
  for (TextHash& hash : *row.mutable_text_hashes()) {
    if (hash.name() == changed.name()) return hash.set_hash(changed.hash());
  }
  *row.add_text_hashes() = changed;
  std::sort(row.mutable_text_hashes()->begin(), row.mutable_text_hashes()->end(),
            [](const TextHash& a, const TextHash& b) { return a.name() < b.name(); });
}

// What the fact of an ending says; nothing of a record of old.
template <typename Fact>
std::optional<EndingRow> EndingOf(const Applier& applier, const Fact& fact) {
  if (fact.end_reason() == v1::END_REASON_UNSPECIFIED) return std::nullopt;
  EndingRow ending;
  ending.set_reason(fact.end_reason());
  ending.set_cause(fact.cause());
  ending.set_date(fact.date());
  ending.set_time_us(applier.record().time_us());
  ending.set_sequence(applier.sequence());
  return ending;
}

// The same of what a notice may have announced: then the words are the notice's.
template <typename Fact>
std::optional<EndingRow> EndingOf(const Applier& applier, const Fact& fact, const PackageRow& row) {
  std::optional<EndingRow> ending = EndingOf(applier, fact);
  if (ending && fact.by_notice()) ending->set_sequence(row.notice().sequence());
  return ending;
}

void LoseOffers(Applier& applier, PackageAggregate& package,
                const google::protobuf::RepeatedPtrField<LostOffer>& lost) {
  for (const LostOffer& one : lost) {
    applier.ChangeOffer(package, one.ordinal(), [&one](OfferRow& offer) {
      offer.set_state(v1::OFFER_STATE_LOST);
      offer.set_lost_by(one.lost_by());
    });
  }
}

// The acceptances that the fact makes lost or void.
template <typename Offers>
void NoteFell(const Offers& offers, StepRow* step) {
  for (const auto& one : offers) step->add_accepted_ordinals(one.ordinal());
}

// Its terms are those of the part from now on; the rest is another package.
void KeepPart(Applier& applier, PackageAggregate& package, const OfferRow& winner,
              PackageRow& row) {
  const VisitNumbers* visits = AcceptedVisits(winner);
  BROKERAGE_CHECK(visits != nullptr);
  *row.mutable_terms() = PartOf(row.terms(), *visits);
  const v1::FrameworkRules& rules = RulesOf(applier.state(), row);
  if (rules.has_adaptive_release()) {
    CountPartInFill(rules.adaptive_release(), winner, true, &package, &applier.state().rollups);
  }
}

// What every award leaves behind in the package's row.
void BecomeAwarded(Applier& applier, const AwardRow& award, PackageRow& row) {
  CloseRounds(applier.record().time_us(), row);
  row.set_state(v1::PACKAGE_STATE_AWARDED);
  *row.mutable_award() = award;
  row.set_needs_evaluation(false);
  row.set_awaits_award(false);
  row.set_proposed_ordinal(0);
  row.set_confirm_award(false);
}

}  // namespace

void Apply(Applier& applier, const PackageSubmitted& fact) {
  applier.Insert(fact.package());
  if (fact.package().has_part_of()) {
    PackageRow& part = applier.Change(fact.package().part_of().number());
    StepRow* award = part.has_last_step() ? part.mutable_last_step() : nullptr;
    if (award != nullptr && award->sequence() == applier.sequence()) {
      award->mutable_rest()->set_number(fact.package().number());
      award->mutable_rest()->set_year(fact.package().year());
    }
  }
  if (fact.package().predecessor_number() == 0) return;
  PackageRow& predecessor = applier.Change(fact.package().predecessor_number());
  predecessor.set_successor_number(fact.package().number());
  predecessor.set_successor_year(fact.package().year());
  StepRow* step = predecessor.has_last_step() ? predecessor.mutable_last_step() : nullptr;
  if (step != nullptr && step->sequence() == applier.sequence()) step->set_made_follower(true);
}

void Apply(Applier& applier, const PackageCorrected& fact) {
  PackageAggregate& package = applier.Touch(fact.package_number());
  std::vector<std::string> gone;
  const auto& kept = fact.package().text_hashes();
  for (const TextHash& before : package.row.text_hashes()) {  // and none that is not the referral's
    const bool stays = std::any_of(kept.begin(), kept.end(), [&before](const TextHash& hash) {
      return hash.name() == before.name();
    });
    if (!stays) gone.push_back(before.name());
  }
  for (const std::string& name : gone) applier.DropText(package, name);
  PackageRow row = fact.package();
  // Of somebody whom no package names so far; a package's own number may mean somebody already.
  if (row.person_number() == 0) row.set_person_number(kPersonsOfCorrections + applier.sequence());
  applier.Replace(row);
}

void Apply(Applier& applier, const PackageReleased& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  if (row.released_time_us() == 0) row.set_released_time_us(applier.record().time_us());
  row.set_framework_revision(fact.framework_revision());
  row.set_release_due_us(0);
  row.set_held(false);
  row.set_issued_by(applier.record().account_id());
}

void Apply(Applier& applier, const PackageHeld& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  row.set_held(fact.held());
  row.set_release_due_us(fact.release_due_us());
}

void Apply(Applier& applier, const AwardProposed& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  row.set_needs_evaluation(false);
  row.set_awaits_award(true);
  row.set_proposed_ordinal(fact.ordinal());
  PackageAggregate& package = applier.Touch(fact.package_number());
  VoidOffers(applier, package, fact.voided());
  if (fact.ordinal() == 0) return;
  // A part is proposed where the list of rounds is over: none opens any more.
  if (StandsInPart(package.offers[static_cast<size_t>(fact.ordinal() - 1)])) {
    row.set_next_rule_number(RulesOf(applier.state(), row).rounds_size() + 1);
  }
}

void Apply(Applier& applier, const PackageAwarded& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  PackageAggregate& package = applier.Touch(fact.package_number());
  if (StepRow* step = BeginStep(applier, v1::STEP_KIND_AWARD, row)) {
    NoteOpen(package, step);
    NoteFell(fact.lost(), step);
    NoteFell(fact.voided(), step);
    if (fact.award().part()) *step->mutable_terms() = row.terms();
  }
  applier.ChangeOffer(package, fact.award().offer_ordinal(), [](OfferRow& offer) {
    offer.set_state(v1::OFFER_STATE_WON);
    offer.set_undone(false);
  });
  LoseOffers(applier, package, fact.lost());
  VoidOffers(applier, package, fact.voided());
  CloseOpenOffers(applier, package, v1::CLOSE_CAUSE_AWARDED_ELSEWHERE);
  BecomeAwarded(applier, fact.award(), row);
  row.mutable_award()->set_award_date(fact.award_date());
  const OfferRow& winner = package.offers[static_cast<size_t>(fact.award().offer_ordinal() - 1)];
  if (fact.award().part()) KeepPart(applier, package, winner, row);
  TallyHours(package, winner, fact.award_date(), +1, &applier.state().rollups);
  CountUnderLimit(applier, package, winner, +1);
}

void Apply(Applier& applier, const PackagePlaced& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  PackageAggregate& package = applier.Touch(fact.package_number());
  if (StepRow* step = BeginStep(applier, v1::STEP_KIND_PLACE, row)) {
    NoteOpen(package, step);
    NoteFell(fact.lost(), step);
  }
  LoseOffers(applier, package, fact.lost());
  CloseOpenOffers(applier, package, v1::CLOSE_CAUSE_AWARDED_ELSEWHERE);
  BecomeAwarded(applier, fact.award(), row);
  if (fact.framework_revision() != 0) row.set_framework_revision(fact.framework_revision());
  row.set_release_due_us(0);
  row.set_held(false);
  row.set_offer_count(row.offer_count() + 1);
  applier.AddOffer(package, fact.offer());
  CountHours(applier, package, package.offers.back(), row.award(), +1);
}

void Apply(Applier& applier, const PackageUnfilled& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  VoidOffers(applier, applier.Touch(fact.package_number()), fact.voided());
  row.set_state(v1::PACKAGE_STATE_UNFILLED);
  row.set_unfilled_cause(fact.cause());
  row.set_needs_evaluation(false);
  row.set_awaits_award(false);
  row.set_proposed_ordinal(0);
}

void Apply(Applier& applier, const PackageReissued& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  PackageAggregate& package = applier.Touch(fact.package_number());
  ForgetStep(row);
  row.set_confirm_award(false);
  CloseOpenOffers(applier, package, v1::CLOSE_CAUSE_REISSUED);
  VoidAcceptances(applier, package);
  CloseRounds(applier.record().time_us(), row);
  if (row.released_time_us() == 0) row.set_released_time_us(applier.record().time_us());
  *row.mutable_terms() = fact.terms();
  row.set_terms_version(fact.terms_version());
  row.set_framework_revision(fact.framework_revision());
  row.set_next_rule_number(1);
  row.set_previous_issue_offers(row.offer_count());
  row.set_awaits_award(false);
  row.set_proposed_ordinal(0);
  row.set_needs_evaluation(false);
  row.set_issued_by(applier.record().account_id());
  AskAgain(fact.ask_again_branch_ids(), &row);
  if (fact.needs_change()) *row.mutable_needs() = fact.needs();
  for (const TextHash& changed : fact.text_hashes()) SetTextHash(changed, row);
}

void Apply(Applier& applier, const PackageCancelled& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  PackageAggregate& package = applier.Touch(fact.package_number());
  // One that follows is cancelled without words where what it was made for will not be: that comes
  // of a step of the package before it, with which it is undone or not.
  const bool of_its_own = fact.end_reason() != v1::END_REASON_OTHER || !fact.reason_hash().empty();
  if (!of_its_own) {
    ForgetStep(row);
  } else if (StepRow* step = BeginStep(applier, v1::STEP_KIND_CANCEL, row)) {
    NoteOpen(package, step);
    NoteAccepted(package, step);
  }
  CloseAsked(applier, row);
  CloseOpenOffers(applier, package, v1::CLOSE_CAUSE_PACKAGE_CANCELLED);
  VoidAcceptances(applier, package);
  CloseRounds(applier.record().time_us(), row);
  if (row.state() == v1::PACKAGE_STATE_AWARDED) {
    const OfferRow& winner = package.offers[static_cast<size_t>(row.award().offer_ordinal() - 1)];
    CountHours(applier, package, winner, row.award(), -1);
    CountUnderLimit(applier, package, winner, -1);
  }
  row.set_state(v1::PACKAGE_STATE_CANCELLED);
  if (auto ending = EndingOf(applier, fact)) *row.mutable_ending() = *std::move(ending);
  row.set_release_due_us(0);
  row.set_ended_time_us(applier.record().time_us());
  row.set_needs_evaluation(false);
  row.set_awaits_award(false);
  row.set_proposed_ordinal(0);
}

void Apply(Applier& applier, const PackageStarted& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  if (StepRow* step = BeginStep(applier, v1::STEP_KIND_START, row)) {
    const uint64_t before = row.predecessor_number();
    step->set_ended_predecessor(before != 0 && applier.IsTouched(before) &&
                                !Runs(applier.Touch(before).row.state()));
  }
  applier.ChangeOffer(applier.Touch(fact.package_number()), row.award().offer_ordinal(),
                      [](OfferRow& offer) { offer.set_started(true); });
  row.set_state(v1::PACKAGE_STATE_STARTED);
  row.set_started_time_us(applier.record().time_us());
  row.set_started_date(fact.date());
  row.set_limit_due_us(fact.limit_due_us());
}

void Apply(Applier& applier, const LimitPassed& fact) {
  applier.Change(fact.package_number()).set_limit_passed(true);
}

void Apply(Applier& applier, const PackageReturned& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  PackageAggregate& package = applier.Touch(fact.package_number());
  const int32_t winner = row.award().offer_ordinal();
  const bool transferred = !fact.transfer_id().empty();
  if (transferred) {
    ForgetStep(row);
  } else if (StepRow* step = BeginStep(applier, v1::STEP_KIND_RETURN, row)) {
    *step->mutable_award() = row.award();
    step->set_previous_issue_offers(row.previous_issue_offers());
    *step->mutable_terms_changes() = row.terms_changes();
    step->set_unfilled_cause(row.unfilled_cause());
    step->set_give_up_cause(row.give_up_cause());
  }
  std::optional<EndingRow> ending = EndingOf(applier, fact);
  if (ending) ending->set_transferred(transferred);
  applier.ChangeOffer(package, winner, [&fact, &ending](OfferRow& offer) {
    offer.set_returned_cause(fact.cause());
    if (ending) *offer.mutable_returned() = *ending;
  });
  const OfferRow& returned = package.offers[static_cast<size_t>(winner - 1)];
  CountReturn(applier, package, returned, row.award(), fact.cause(), +1);
  CloseAsked(applier, row);
  row.set_state(v1::PACKAGE_STATE_UNFILLED);
  if (ending) row.set_unfilled_cause(v1::UNFILLED_CAUSE_GIVEN_UP);
  row.set_give_up_cause(fact.cause());
  row.clear_award();
  row.clear_terms_changes();
  row.set_previous_issue_offers(row.offer_count());
  if (!fact.transfer_id().empty()) {
    row.set_transfer_id(fact.transfer_id());
    if (!fact.gave_up_provider_id().empty()) {
      NoteGivenUp(fact.gave_up_provider_id(), fact.asked_no_more_branch_ids(), &row);
    }
  }
}

void Apply(Applier& applier, const PackageHandedBack& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  StepRow* step = nullptr;
  if (!fact.successor().transfer_id().empty()) {
    ForgetStep(row);
  } else {
    step = BeginStep(applier, v1::STEP_KIND_HAND_BACK, row);
  }
  if (step != nullptr) {
    step->set_give_up_cause(row.give_up_cause());
    step->set_made_follower(fact.has_successor());
  }
  if (!row.imported()) {
    applier.ChangeOffer(applier.Touch(fact.package_number()), row.award().offer_ordinal(),
                        [&fact](OfferRow& offer) {
                          offer.set_handed_back_cause(fact.cause());
                          offer.set_handed_back_in_cohort(fact.in_cohort());
                        });
  }
  CloseAsked(applier, row);
  row.set_state(v1::PACKAGE_STATE_HANDED_BACK);
  if (auto ending = EndingOf(applier, fact, row)) {
    ending->set_transferred(!fact.successor().transfer_id().empty());
    *row.mutable_ending() = *std::move(ending);
  }
  row.set_give_up_cause(fact.cause());
  row.set_ended_time_us(applier.record().time_us());
  if (const std::string& branch = fact.follower_gave_up_branch_id(); !branch.empty()) {
    PackageRow& follower = applier.Change(row.successor_number());
    if (step != nullptr && !Lists(follower.gave_up_branch_ids(), branch)) {
      step->set_follower_gave_up_branch_id(branch);
    }
    NoteGivenUp(branch, &follower);
  }
  if (!fact.has_successor()) return;
  row.set_successor_number(fact.successor().number());
  row.set_successor_year(fact.successor().year());
  applier.Insert(fact.successor());
}

void Apply(Applier& applier, const NoticeGiven& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  ForgetStep(row);
  NoticeRow& notice = *row.mutable_notice();
  notice = fact.notice();
  notice.set_sequence(applier.sequence());
}

void Apply(Applier& applier, const NoticeWithdrawn& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  row.clear_notice();
  if (KeepsFollower(applier.state(), row)) return;
  row.clear_successor_number();
  row.clear_successor_year();
}

void Apply(Applier& applier, const NoticeMoved& fact) {
  NoticeRow& notice = *applier.Change(fact.package_number()).mutable_notice();
  notice.set_last_day(fact.last_day());
  notice.set_due_us(fact.due_us());
  notice.set_short_notice(fact.short_notice());
}

void Apply(Applier& applier, const StartMoved& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  row.mutable_terms()->set_start_by_date(FormatDate(fact.start_by_date()));
  row.set_care_until_date(fact.care_until_date());
}

void Apply(Applier& applier, const PackageStopped& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  row.set_stopped_by_number(fact.by_number());
  row.set_stopped_by_year(fact.by_year());
}

void Apply(Applier& applier, const PackageContinued& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  row.clear_stopped_by_number();
  row.clear_stopped_by_year();
}

void Apply(Applier& applier, const PackageCeased& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  BeginStep(applier, v1::STEP_KIND_CEASE, row);
  if (!row.imported()) {
    applier.ChangeOffer(applier.Touch(fact.package_number()), row.award().offer_ordinal(),
                        [](OfferRow& offer) { offer.set_ceased(true); });
  }
  CloseAsked(applier, row);
  row.set_state(v1::PACKAGE_STATE_CEASED);
  if (auto ending = EndingOf(applier, fact, row)) *row.mutable_ending() = *std::move(ending);
  row.set_ended_time_us(applier.record().time_us());
  row.set_leaving_outcome(fact.leaving_outcome());
  row.set_left_date(fact.left_date());
  row.set_stay_days(fact.stay_days());
  row.set_left_within_limit(fact.left_within_limit());
}

void Apply(Applier& applier, const TextsErased& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  row.set_erased(true);
  ForgetStep(row);
  if (applier.record().format() >= 1) row.mutable_terms()->clear_visit_pattern();  // in words
  PackageAggregate& package = applier.Touch(fact.package_number());
  while (!package.texts.empty()) applier.DropText(package, package.texts.back().name());
}

}  // namespace brokerage::engine
