// The kinds of facts, once. Who does something with facts writes a function for each kind that he
// means and, in one with OneOf, names the kinds of which he has nothing to say: a kind that is new
// compiles nowhere until everybody has said what it means to him.
#pragma once

#include <concepts>
#include <cstdint>

#include "brokerage/journal/v1/record.pb.h"
#include "brokerage/journal/v1/rows.pb.h"
#include "engine/base/check.h"

namespace brokerage::engine {

// "const OneOf<v1::Ward, v1::Lot> auto& value": one of these kinds.
template <typename Kind, typename... Kinds>
concept OneOf = (std::same_as<Kind, Kinds> || ...);

// What a fact of the directory says that a newer version wrote; or one that says nothing.
struct UnknownValue {};

#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wswitch"

// Whether the record says that the clock is right from here on. Then it may be earlier than the one
// before, which a wrong clock stamped; any other is later.
inline bool SetsTime(const journal::v1::Record& record) {
  return record.facts_size() == 1 && record.facts(0).has_clock_judged() &&
         !record.facts(0).clock_judged().jumped();
}

// Calls visit(const journal::v1::PackageAwarded&), or whatever kind of fact it is, and returns what
// that returns. REQUIRES: a kind that this version knows.
template <typename Visitor>
decltype(auto) VisitFact(const journal::v1::Fact& fact, Visitor&& visit) {
  using journal::v1::Fact;
  switch (fact.fact_case()) {
    case Fact::kFrameworkApplied:
      return visit(fact.framework_applied());
    case Fact::kDirectoryChanged:
      return visit(fact.directory_changed());
    case Fact::kPackageSubmitted:
      return visit(fact.package_submitted());
    case Fact::kPackageReleased:
      return visit(fact.package_released());
    case Fact::kPackageHeld:
      return visit(fact.package_held());
    case Fact::kRoundOpened:
      return visit(fact.round_opened());
    case Fact::kOfferAnswered:
      return visit(fact.offer_answered());
    case Fact::kRoundDue:
      return visit(fact.round_due());
    case Fact::kRoundClosed:
      return visit(fact.round_closed());
    case Fact::kAwardProposed:
      return visit(fact.award_proposed());
    case Fact::kPackageAwarded:
      return visit(fact.package_awarded());
    case Fact::kPackageUnfilled:
      return visit(fact.package_unfilled());
    case Fact::kPackageReissued:
      return visit(fact.package_reissued());
    case Fact::kPackageCancelled:
      return visit(fact.package_cancelled());
    case Fact::kPackageStarted:
      return visit(fact.package_started());
    case Fact::kPackageReturned:
      return visit(fact.package_returned());
    case Fact::kPackageHandedBack:
      return visit(fact.package_handed_back());
    case Fact::kPackageCeased:
      return visit(fact.package_ceased());
    case Fact::kOffersClosed:
      return visit(fact.offers_closed());
    case Fact::kErrorClaimed:
      return visit(fact.error_claimed());
    case Fact::kErrorDecided:
      return visit(fact.error_decided());
    case Fact::kDeadlineExtended:
      return visit(fact.deadline_extended());
    case Fact::kTextsErased:
      return visit(fact.texts_erased());
    case Fact::kAccountChanged:
      return visit(fact.account_changed());
    case Fact::kClockJudged:
      return visit(fact.clock_judged());
    case Fact::kRoundEvaluated:
      return visit(fact.round_evaluated());
    case Fact::kLimitPassed:
      return visit(fact.limit_passed());
    case Fact::kOfferMoved:
      return visit(fact.offer_moved());
    case Fact::kRoundsPassedOver:
      return visit(fact.rounds_passed_over());
    case Fact::kNoticeGiven:
      return visit(fact.notice_given());
    case Fact::kNoticeWithdrawn:
      return visit(fact.notice_withdrawn());
    case Fact::kNoticeMoved:
      return visit(fact.notice_moved());
    case Fact::kStartMoved:
      return visit(fact.start_moved());
    case Fact::kPackageStopped:
      return visit(fact.package_stopped());
    case Fact::kPackageContinued:
      return visit(fact.package_continued());
    case Fact::kPackagePlaced:
      return visit(fact.package_placed());
    case Fact::kQuestionAsked:
      return visit(fact.question_asked());
    case Fact::kQuestionAnswered:
      return visit(fact.question_answered());
    case Fact::kPackageCorrected:
      return visit(fact.package_corrected());
    case Fact::kPackagePaused:
      return visit(fact.package_paused());
    case Fact::kPackageResumed:
      return visit(fact.package_resumed());
    case Fact::kBranchAsked:
      return visit(fact.branch_asked());
    case Fact::kAskedDecided:
      return visit(fact.asked_decided());
    case Fact::kTermsChanged:
      return visit(fact.terms_changed());
    case Fact::kStepUndone:
      return visit(fact.step_undone());
    case Fact::kPackagesLinked:
      return visit(fact.packages_linked());
    case Fact::FACT_NOT_SET:
      break;
  }
  BROKERAGE_CHECK(false && "a fact of a newer version");
}

// Likewise with what a fact of the directory says: visit(const v1::Contract&), ..., or
// visit(UnknownValue).
template <typename Visitor>
decltype(auto) VisitDirectoryFact(const journal::v1::DirectoryFact& fact, Visitor&& visit) {
  using journal::v1::DirectoryFact;
  switch (fact.value_case()) {
    case DirectoryFact::kWard:
      return visit(fact.ward());
    case DirectoryFact::kLot:
      return visit(fact.lot());
    case DirectoryFact::kLotWard:
      return visit(fact.lot_ward());
    case DirectoryFact::kProvider:
      return visit(fact.provider());
    case DirectoryFact::kBranch:
      return visit(fact.branch());
    case DirectoryFact::kCoverage:
      return visit(fact.coverage());
    case DirectoryFact::kContract:
      return visit(fact.contract());
    case DirectoryFact::kNovation:
      return visit(fact.novation());
    case DirectoryFact::kOptOutWindow:
      return visit(fact.opt_out_window());
    case DirectoryFact::kSuspension:
      return visit(fact.suspension());
    case DirectoryFact::kHoliday:
      return visit(fact.holiday());
    case DirectoryFact::kCoverageProposal:
      return visit(fact.coverage_proposal());
    case DirectoryFact::kCapacity:
      return visit(fact.capacity());
    case DirectoryFact::kTransfer:
      return visit(fact.transfer());
    case DirectoryFact::VALUE_NOT_SET:
      break;
  }
  return visit(UnknownValue{});
}

#pragma GCC diagnostic pop

// The package that a fact is about; 0 for facts of the directory, of accounts and of the clock, and
// for those of a newer version.
inline uint64_t PackageNumberOf(const journal::v1::PackageSubmitted& fact) {
  return fact.package().number();
}
template <typename Kind>
uint64_t PackageNumberOf(const Kind& fact) {
  if constexpr (requires { fact.package_number(); }) return fact.package_number();
  return 0;
}
inline uint64_t PackageNumberOf(const journal::v1::Fact& fact) {
  if (fact.fact_case() == journal::v1::Fact::FACT_NOT_SET) return 0;
  return VisitFact(fact, [](const auto& kind) { return PackageNumberOf(kind); });
}

}  // namespace brokerage::engine
