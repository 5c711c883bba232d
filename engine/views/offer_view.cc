#include "engine/views/offer_view.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/calendar.h"
#include "engine/model/package.h"
#include "engine/model/parts.h"
#include "engine/model/state.h"
#include "engine/model/visibility.h"

namespace brokerage::engine {

namespace {

using journal::v1::OfferRow;
using journal::v1::PackageRow;

// Whether an offer in the state is what an undone award leaves, or what comes of that.
bool FellOrStands(v1::OfferState state) {
  return state == v1::OFFER_STATE_ACCEPTED || state == v1::OFFER_STATE_LOST ||
         state == v1::OFFER_STATE_VOID;
}

// What became of the package that the offer won.
v1::FateKind FateOf(const PackageRow& row, const OfferRow& offer) {
  if (offer.state() != v1::OFFER_STATE_WON) {
    return offer.undone() && FellOrStands(offer.state()) ? v1::FATE_KIND_UNDONE
                                                         : v1::FATE_KIND_UNSPECIFIED;
  }
  if (offer.returned_cause() != v1::CAUSE_UNSPECIFIED) {
    return offer.returned().transferred() ? v1::FATE_KIND_TRANSFERRED : v1::FATE_KIND_RETURNED;
  }
  switch (row.state()) {
    case v1::PACKAGE_STATE_AWARDED:
      return v1::FATE_KIND_AWAITS_START;
    case v1::PACKAGE_STATE_STARTED:
      return IsUnderNotice(row) ? v1::FATE_KIND_RUNS_UNTIL : v1::FATE_KIND_RUNS;
    case v1::PACKAGE_STATE_PAUSED:
      return v1::FATE_KIND_PAUSED;
    case v1::PACKAGE_STATE_CEASED:
      return v1::FATE_KIND_CEASED;
    case v1::PACKAGE_STATE_HANDED_BACK:
      return row.ending().transferred() ? v1::FATE_KIND_TRANSFERRED : v1::FATE_KIND_HANDED_BACK;
    case v1::PACKAGE_STATE_CANCELLED:
      return v1::FATE_KIND_CANCELLED;
    // Nobody has it: what won was returned.
    case v1::PACKAGE_STATE_SUBMITTED:
    case v1::PACKAGE_STATE_OFFERED:
    case v1::PACKAGE_STATE_UNFILLED:
    case v1::PACKAGE_STATE_UNSPECIFIED:
    case v1::PackageState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::PackageState_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return v1::FATE_KIND_UNSPECIFIED;
}

// Whether the person is this branch's to care for: what stands in the offer's name from then on,
// until its duty ends.
bool HasThePerson(v1::FateKind fate) {
  return fate == v1::FATE_KIND_AWAITS_START || fate == v1::FATE_KIND_RUNS ||
         fate == v1::FATE_KIND_RUNS_UNTIL || fate == v1::FATE_KIND_PAUSED;
}

void AddFate(const PackageAggregate& package, const OfferRow& row, v1::FateKind kind,
             v1::Offer* offer) {
  if (kind == v1::FATE_KIND_UNSPECIFIED) return;
  offer->mutable_fate()->set_kind(kind);
  if (HasThePerson(kind) && IsUnderNotice(package.row)) {
    *offer->mutable_fate()->mutable_notice() = ToNotice(package);
  }
  if (HasThePerson(kind) || kind == v1::FATE_KIND_UNDONE) return;
  const bool returned = row.returned_cause() != v1::CAUSE_UNSPECIFIED;
  if (returned && row.has_returned()) {
    *offer->mutable_fate()->mutable_ending() = ToEnding(package, row.returned());
  } else if (!returned && package.row.has_ending()) {
    *offer->mutable_fate()->mutable_ending() = ToEnding(package, package.row.ending());
  }
}

void AddAnswers(const PackageAggregate& package, const OfferRow& row, v1::Offer* offer) {
  int number = 0;
  for (const journal::v1::AnswerRow& from : row.answers()) {
    ++number;
    v1::AnswerRecord* answer = offer->add_answers();
    answer->set_answer(from.answer());
    *answer->mutable_answer_time() = ToTimestamp(from.time_us());
    answer->set_late(from.late());
    answer->set_decline_reason(from.decline_reason());
    answer->set_note(package.Text(absl::StrCat("note/", row.ordinal(), "/", number)));
    answer->set_possible_start_date(FormatDate(from.possible_start_date()));
    if (from.valid_until_us() != 0) {
      *answer->mutable_valid_until_time() = ToTimestamp(from.valid_until_us());
    }
    answer->set_remark(from.remark());
    if (from.has_limit()) *answer->mutable_limit() = from.limit();
    *answer->mutable_visits() = from.visits();
  }
}

void AddClaim(const PackageAggregate& package, const OfferRow& row, v1::Offer* offer) {
  if (row.claim().state() == v1::CLAIM_STATE_UNSPECIFIED) return;
  v1::ErrorClaim* claim = offer->mutable_error_claim();
  claim->set_state(row.claim().state());
  if (row.claim().time_us() != 0) *claim->mutable_claim_time() = ToTimestamp(row.claim().time_us());
  claim->set_reason(package.Text(absl::StrCat("claim/", row.ordinal())));
  claim->set_routing_confirms_coverage(row.claim().routing_confirms_coverage());
  if (row.claim().decided_time_us() != 0) {
    *claim->mutable_decide_time() = ToTimestamp(row.claim().decided_time_us());
  }
  claim->set_decision_reason(package.Text(absl::StrCat("claim_decision/", row.ordinal())));
}

// The branch's last offer of issues before the last one; 0 where there is none, or this one is of
// those.
int32_t ReplacedBy(const PackageAggregate& package, const OfferRow& offer) {
  const int32_t before = package.row.previous_issue_offers();
  if (offer.round_number() == 0 || offer.ordinal() <= before) return 0;
  int32_t replaced = 0;
  for (const OfferRow& one : package.offers) {
    const bool like = one.round_number() > 0 && one.branch_id() == offer.branch_id();
    if (like && one.ordinal() <= before) replaced = one.ordinal();
  }
  return replaced;
}

// `has_it`: the branch has the package, and the terms that changed since are its own.
void AddPackage(const PackageAggregate& package, const OfferRow& from, bool has_it,
                v1::Offer* offer) {
  const PackageRow& row = package.row;
  offer->set_lot_id(LotOf(row, from));
  offer->set_framework_id(row.framework_id());
  offer->set_authority_id(row.authority_id());
  offer->set_ward_code(row.ward_code());
  offer->set_urgency(row.urgency());
  // The package keeps its newest words only: an offer of older terms must not show those.
  if (from.terms_version() == row.terms_version() || has_it) {
    // Where a part was awarded, the whole that others were offered stands nowhere any more.
    const OfferRow* part = WonInPart(package);
    const bool kept =
        part == nullptr || has_it || part->ordinal() == from.ordinal() || from.placed();
    if (kept) {
      *offer->mutable_terms() = row.terms();
    } else {
      offer->mutable_terms()->set_service_type(from.service_type());
    }
    *offer->mutable_needs() = row.needs();
    offer->set_summary(package.Text("summary"));
  } else {
    offer->mutable_terms()->set_service_type(from.service_type());
  }
  if (from.has_asked_terms()) *offer->mutable_terms() = from.asked_terms();
}

}  // namespace

v1::Offer ToOffer(const PackageAggregate& package, const OfferRow& row, const Caller& caller) {
  v1::Offer offer;
  if (!MaySeeOffer(caller, package.row, row)) return offer;
  offer.set_id(OfferIdOf(package.row, row.ordinal()));
  offer.set_package_id(PackageIdOf(package.row));
  offer.set_round_number(row.round_number());
  offer.set_state(row.state());
  offer.set_provider_id(row.provider_id());
  offer.set_branch_id(row.branch_id());
  offer.set_contract_id(row.contract_id());
  offer.set_tier_id(row.tier_id());
  if (row.issued_time_us() != 0) *offer.mutable_issue_time() = ToTimestamp(row.issued_time_us());
  if (row.deadline_us() != 0) *offer.mutable_deadline_time() = ToTimestamp(row.deadline_us());
  AddAnswers(package, row, &offer);
  for (int number = 1; number <= package.row.questions_size(); ++number) {
    if (package.row.questions(number - 1).round_number() == row.round_number()) {
      *offer.add_questions() = ToQuestion(package, number);
    }
  }
  AddClaim(package, row, &offer);
  if (row.state() == v1::OFFER_STATE_CLOSED) offer.set_close_cause(row.close_cause());
  if (row.state() == v1::OFFER_STATE_LOST) offer.set_lost_by(row.lost_by());
  if (row.state() == v1::OFFER_STATE_VOID) offer.set_void_rule(row.void_rule());
  offer.set_restart(row.restart());
  offer.set_placed(row.placed());
  if (row.refuse_until_us() != 0) {
    *offer.mutable_refuse_until_time() = ToTimestamp(row.refuse_until_us());
  }
  *offer.mutable_moved_from_branch_ids() = row.moved_from_branch_ids();
  offer.set_price_pence(row.price_pence());
  offer.set_terms_version(row.terms_version());
  if (const int32_t replaced = ReplacedBy(package, row)) {
    offer.set_replaces_offer_id(OfferIdOf(package.row, replaced));
  }
  offer.set_purpose(row.purpose());
  offer.set_from_date(FormatDate(row.from_date()));
  const v1::FateKind fate = FateOf(package.row, row);
  AddPackage(package, row, HasThePerson(fate), &offer);
  AddFate(package, row, fate, &offer);
  const bool full_postcode = HasThePerson(fate) && !package.Text("postcode").empty();
  offer.set_postcode(full_postcode ? package.Text("postcode") : package.row.postcode_sector());
  if (HasThePerson(fate) || MaySeePackage(caller, package.row)) {
    offer.set_details(package.Text("details"));
    offer.set_person_reference(package.Text("person_reference"));
  }
  return offer;
}

void CloseSummary(const v1::FrameworkRules& rules, DateNumber today, const PackageRow& package,
                  v1::Offer* offer) {
  if (rules.summary_days() == 0) return;
  // What its branch was asked while it had the package closes with the package.
  const bool asked = offer->purpose() != v1::OFFER_PURPOSE_UNSPECIFIED;
  const auto ended =
      ParseDate(asked ? FormatDate(package.ending().date()) : offer->fate().ending().date());
  if (!ended || FromDateNumber(*ended) + rules.summary_days() >= FromDateNumber(today)) return;
  offer->clear_summary();
  offer->clear_questions();
}

v1::Question ToQuestion(const PackageAggregate& package, int number) {
  const journal::v1::QuestionRow& row = package.row.questions(number - 1);
  v1::Question question;
  question.set_number(number);
  question.set_round_number(row.round_number());
  *question.mutable_ask_time() = ToTimestamp(row.time_us());
  question.set_text(package.Text(absl::StrCat("question/", number)));
  if (row.answered_time_us() == 0) return question;
  *question.mutable_answer_time() = ToTimestamp(row.answered_time_us());
  question.set_answer(package.Text(absl::StrCat("question_answer/", number)));
  return question;
}

v1::Ending ToEnding(const PackageAggregate& package, const journal::v1::EndingRow& row) {
  v1::Ending ending;
  ending.set_reason(row.reason());
  ending.set_cause(row.cause());
  ending.set_date(FormatDate(row.date()));
  *ending.mutable_record_time() = ToTimestamp(row.time_us());
  ending.set_words(package.Text(absl::StrCat("reason/", row.sequence())));
  return ending;
}

v1::Pause ToPause(const PackageAggregate& package) {
  const journal::v1::PauseRow& row = package.row.pause();
  v1::Pause pause;
  pause.set_from_date(FormatDate(row.from_date()));
  pause.set_reason(row.reason());
  pause.set_expected_return_date(FormatDate(row.expected_return_date()));
  *pause.mutable_record_time() = ToTimestamp(row.time_us());
  pause.set_words(package.Text(absl::StrCat("reason/", row.sequence())));
  pause.set_retained_until_date(FormatDate(row.retained_until_date()));
  pause.set_longest_until_date(FormatDate(row.longest_until_date()));
  return pause;
}

v1::Notice ToNotice(const PackageAggregate& package) {
  const journal::v1::NoticeRow& row = package.row.notice();
  v1::Notice notice;
  notice.set_last_day(FormatDate(row.last_day()));
  notice.set_given_date(FormatDate(row.given_date()));
  *notice.mutable_record_time() = ToTimestamp(row.time_us());
  notice.set_reason(row.reason());
  notice.set_cause(row.cause());
  notice.set_of_provider(row.of_provider());
  notice.set_short_notice(row.short_notice());
  notice.set_words(package.Text(absl::StrCat("reason/", row.sequence())));
  return notice;
}

v1::Offer ToMovedOffer(const PackageAggregate& package, const OfferRow& row, const Caller& caller) {
  v1::Offer offer;
  const auto& before = row.moved_from_branch_ids();
  if (std::find(before.begin(), before.end(), caller.branch_id) == before.end()) return offer;
  offer.set_id(OfferIdOf(package.row, row.ordinal()));
  offer.set_package_id(PackageIdOf(package.row));
  offer.set_round_number(row.round_number());
  offer.set_provider_id(row.provider_id());
  offer.add_moved_from_branch_ids(caller.branch_id);
  return offer;
}

}  // namespace brokerage::engine
