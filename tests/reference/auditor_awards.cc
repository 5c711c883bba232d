#include "tests/reference/auditor_awards.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/reference/auditor_words.h"
#include "tests/reference/reference_award.h"

namespace brokerage::engine::reference {

using journal::v1::OfferRow;

namespace {

const OfferRow& OfferOf(const PackageAggregate& package, int32_t ordinal) {
  return package.offers[static_cast<size_t>(ordinal - 1)];
}

bool AnyOpen(const PackageAggregate& package) {
  return std::any_of(package.offers.begin(), package.offers.end(),
                     [](const OfferRow& offer) { return offer.state() == v1::OFFER_STATE_OPEN; });
}

bool MayBeEarly(const PackageAggregate& package, const v1::FrameworkRules& rules, int32_t winner) {
  const int32_t rule = ReferenceRuleOfAward(package, winner);
  return rule == 0 || rules.rounds(rule - 1).award_timing() == v1::AWARD_TIMING_AS_SOON_AS_CERTAIN;
}

void CheckEarly(Course& course, const PackageAggregate& package, int32_t winner) {
  if (!AnyOpen(package)) return;
  const v1::FrameworkRules& rules = course.directory.Rules(package.row.framework_revision());
  if (HasToWait(package, rules, winner) && !MayBeEarly(package, rules, winner)) {
    return course.Problem(
        absl::StrCat("package ", package.row.number(), " is awarded before its round closes"));
  }
  course.tally(HasToWait(package, rules, winner) ? "certain before all have answered"
                                                 : "awarded without waiting for the later round");
  const ReferenceHistory history = course.History();
  const ReferenceAwardQuestion question{history, package, rules, course.now};
  const std::map<int32_t, bool> changing = AnswersThatChangeTheWinner(question);
  if (changing.empty()) return;
  std::string answers;
  for (const auto& [ordinal, accept] : changing) {
    absl::StrAppend(&answers, " ", ordinal, accept ? " accepts" : " declines");
  }
  course.Problem(absl::StrCat("package ", package.row.number(), " goes to offer ", winner,
                              " but another wins if", answers, "; ",
                              Told(ReferenceRank(question))));
}

void CheckAutomatic(Course& course, const PackageAggregate& package, int32_t winner,
                    const std::string& where) {
  const v1::FrameworkRules& rules = course.directory.Rules(package.row.framework_revision());
  const int32_t rule = ReferenceRuleOfAward(package, winner);
  if (rules.rounds(std::max(rule, 1) - 1).award_mode() != v1::AWARD_MODE_AUTOMATIC) {
    return course.Problem("awarded without care navigation; " + where);
  }
  if (package.row.confirm_award()) {
    return course.Problem("awarded without care navigation after an award was undone; " + where);
  }
  if (IsOutsidePriceLimits(rules, OfferOf(package, winner))) {
    return course.Problem("awarded at a price that needs an exception; " + where);
  }
  CheckEarly(course, package, winner);
}

}  // namespace

void CheckRanking(Course& course, const PackageAggregate& package,
                  const journal::v1::PackageAwarded& awarded) {
  const v1::FrameworkRules& rules = course.directory.Rules(package.row.framework_revision());
  const ReferenceHistory history = course.History();
  const ReferenceRanking reference = ReferenceRank({history, package, rules, course.now});
  const journal::v1::AwardRow& award = awarded.award();
  const std::string where = absl::StrCat("award of package ", package.row.number(), ": ",
                                         award.ShortDebugString(), "; ", Told(reference));
  std::vector<int32_t> ordinals;
  for (const v1::RankedAcceptance& one : award.ranking()) {
    ordinals.push_back(std::stoi(one.offer_id().substr(one.offer_id().rfind('-') + 1)));
  }
  if (ordinals.size() != reference.valid.size() + reference.voided.size() ||
      reference.valid.empty()) {
    return course.Problem("another number of acceptances; " + where);
  }
  const ReferenceAcceptance* winner = nullptr;
  for (size_t i = 0; i < reference.valid.size(); ++i) {
    const v1::RankedAcceptance& one = award.ranking(static_cast<int>(i));
    if (ordinals[i] != reference.valid[i].ordinal || one.place() != static_cast<int>(i + 1) ||
        one.void_rule() != v1::HARD_RULE_UNSPECIFIED) {
      return course.Problem("another order; " + where);
    }
    if (ordinals[i] == award.offer_ordinal()) winner = &reference.valid[i];
  }
  for (size_t i = 0; i < reference.voided.size(); ++i) {
    const size_t at = reference.valid.size() + i;
    const v1::RankedAcceptance& one = award.ranking(static_cast<int>(at));
    if (ordinals[at] != reference.voided[i].ordinal || one.place() != 0 ||
        one.void_rule() != *reference.voided[i].failed.begin()) {
      return course.Problem("another void acceptance; " + where);
    }
    course.tally(absl::StrCat("void by ", v1::HardRule_Name(one.void_rule()).substr(10)));
  }
  if (winner == nullptr) return course.Problem("the winner could not win; " + where);
  const OfferRow& won = OfferOf(package, winner->ordinal);
  if (award.part() != winner->part ||
      award.weekly_minutes() != ReferenceMinutes(package.row, won)) {
    return course.Problem("other minutes; " + where);
  }
  const ReferenceAcceptance* best = reference.BestWhole();
  const bool first_won = winner == (best == nullptr ? &reference.valid[0] : best);
  const bool on_top = winner == &reference.valid[0];
  const v1::AwardCriterion decided = reference.valid.size() < 2 || !on_top
                                         ? v1::AWARD_CRITERION_UNSPECIFIED
                                         : FirstDifference(reference.valid[0], reference.valid[1]);
  if (decided != award.decided_by()) return course.Problem("another criterion decided; " + where);
  for (const journal::v1::LostOffer& lost : awarded.lost()) {
    for (const ReferenceAcceptance& one : reference.valid) {
      if (one.ordinal != lost.ordinal()) continue;
      const v1::AwardCriterion expected =
          &one < winner ? v1::AWARD_CRITERION_UNSPECIFIED : FirstBetter(*winner, one);
      if (expected != lost.lost_by()) {
        return course.Problem(absl::StrCat("offer ", lost.ordinal(), " lost by another; ", where));
      }
    }
  }
  course.tally(absl::StrCat("decided by ", v1::AwardCriterion_Name(award.decided_by()).substr(16)));
  if (IsOfLaterRound(package, won)) {
    course.tally("awarded to the later round");
  }
  if (award.overridden()) return course.tally("award overridden");
  // Live figures may have moved since an award was proposed that is now confirmed.
  const bool confirmed = !award.account_id().empty() && package.row.awaits_award() &&
                         package.row.proposed_ordinal() == award.offer_ordinal();
  if (!first_won && !confirmed) return course.Problem("not the first won; " + where);
  if (!first_won) course.tally("confirmed although figures moved");
  if (winner->part && award.account_id().empty()) {
    return course.Problem("a part is awarded by nobody; " + where);
  }
  if (award.account_id().empty()) CheckAutomatic(course, package, winner->ordinal, where);
}

void CheckProposal(Course& course, const PackageAggregate& package,
                   const journal::v1::AwardProposed& proposed) {
  const v1::FrameworkRules& rules = course.directory.Rules(package.row.framework_revision());
  const ReferenceHistory history = course.History();
  const ReferenceRanking reference = ReferenceRank({history, package, rules, course.now});
  const std::string where = absl::StrCat("proposal for package ", package.row.number(), ": ",
                                         proposed.ShortDebugString(), "; ", Told(reference));
  const ReferenceAcceptance* best = reference.BestWhole();
  if (best == nullptr && !reference.valid.empty()) best = &reference.valid[0];
  if (best == nullptr || best->ordinal != proposed.ordinal()) {
    return course.Problem("another is first; " + where);
  }
  if (best->part) {
    course.tally("part proposed");
    if (AnyOpen(package)) return course.Problem("a part is proposed too early; " + where);
  }
  if (static_cast<size_t>(proposed.voided_size()) != reference.voided.size()) {
    return course.Problem("others are void; " + where);
  }
  for (size_t i = 0; i < reference.voided.size(); ++i) {
    const journal::v1::VoidedOffer& voided = proposed.voided(static_cast<int>(i));
    if (voided.ordinal() != reference.voided[i].ordinal ||
        voided.rule() != *reference.voided[i].failed.begin()) {
      return course.Problem("void by another rule; " + where);
    }
    course.tally(absl::StrCat("void by ", v1::HardRule_Name(voided.rule()).substr(10)));
  }
  CheckEarly(course, package, proposed.ordinal());
}

void CheckNotCertain(Course& course, const PackageAggregate& package) {
  const v1::FrameworkRules& rules = course.directory.Rules(package.row.framework_revision());
  const ReferenceHistory history = course.History();
  const ReferenceAwardQuestion question{history, package, rules, course.now};
  const ReferenceRanking reference = ReferenceRank(question);
  if (reference.BestWhole() == nullptr) {
    if (!reference.valid.empty()) course.tally("parts make nothing certain");
    return;
  }
  const int32_t first = reference.BestWhole()->ordinal;
  const bool open = HasToWait(package, rules, first);
  if (open && IsOfLaterRound(package, OfferOf(package, first))) course.tally("later round waits");
  if (!open || (MayBeEarly(package, rules, first) && SurelyCertain(question))) {
    course.Problem(absl::StrCat("package ", package.row.number(),
                                " should be awarded now; open offers: ", open, "; ",
                                Told(reference)));
  }
}

void CheckNothingToEvaluate(Course& course, const PackageAggregate& package) {
  course.tally("award waits");
  CheckNotCertain(course, package);
  for (const journal::v1::RoundRow& round : package.row.rounds()) {
    const bool open = std::any_of(
        package.offers.begin(), package.offers.end(), [&round](const journal::v1::OfferRow& offer) {
          return offer.state() == v1::OFFER_STATE_OPEN && offer.round_number() == round.number();
        });
    if (!open && round.closed_time_us() == 0) {
      course.Problem(absl::StrCat("package ", package.row.number(), " has a round ", round.number(),
                                  " that should be closed now"));
    }
  }
}

}  // namespace brokerage::engine::reference
