#include "tests/reference/auditor_undo.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/calendar.h"
#include "tests/reference/reference_routing.h"

namespace brokerage::engine::reference {

using journal::v1::Fact;
using journal::v1::OfferRow;
using journal::v1::PackageRow;
using journal::v1::Record;
using journal::v1::RoundRow;

namespace {

using Kind = v1::StepKind;

// What the fact is as a step; unspecified where it is none that can be undone.
Kind StepOf(const Fact& fact) {
  if (fact.has_package_awarded()) return v1::STEP_KIND_AWARD;
  if (fact.has_package_placed()) return v1::STEP_KIND_PLACE;
  if (fact.has_package_started()) return v1::STEP_KIND_START;
  if (fact.has_package_ceased()) return v1::STEP_KIND_CEASE;
  if (fact.has_package_cancelled()) {
    const bool said = fact.package_cancelled().end_reason() != v1::END_REASON_OTHER ||
                      !fact.package_cancelled().reason_hash().empty();
    return said ? v1::STEP_KIND_CANCEL : v1::STEP_KIND_UNSPECIFIED;
  }
  if (fact.has_package_returned()) {
    return fact.package_returned().transfer_id().empty() ? v1::STEP_KIND_RETURN
                                                         : v1::STEP_KIND_UNSPECIFIED;
  }
  if (fact.has_package_handed_back()) {
    return fact.package_handed_back().successor().transfer_id().empty() ? v1::STEP_KIND_HAND_BACK
                                                                        : v1::STEP_KIND_UNSPECIFIED;
  }
  return v1::STEP_KIND_UNSPECIFIED;
}

// What makes undoing wrong, beside another step.
bool Forbids(const Fact& fact) {
  return fact.has_package_reissued() || fact.has_texts_erased() || fact.has_notice_given() ||
         fact.has_package_cancelled() || fact.has_package_returned() ||
         fact.has_package_handed_back();
}

bool IsEnd(Kind kind) { return kind == v1::STEP_KIND_HAND_BACK || kind == v1::STEP_KIND_CEASE; }

bool Ran(v1::PackageState state) {
  return state == v1::PACKAGE_STATE_STARTED || state == v1::PACKAGE_STATE_PAUSED ||
         state == v1::PACKAGE_STATE_CEASED || state == v1::PACKAGE_STATE_HANDED_BACK;
}

// The package that ended by the very record in which this one started; 0 for none.
uint64_t EndedWith(const Course& course, uint64_t number) {
  const uint64_t before = course.Package(number).row.predecessor_number();
  const auto start = course.steps.find(number);
  const auto end = course.steps.find(before);
  if (before == 0 || start == course.steps.end() || end == course.steps.end()) return 0;
  return end->second.sequence == start->second.sequence ? before : 0;
}

// By the day of its notice, or by what followed: not by what somebody recorded.
bool EndedByItself(const PackageRow& row) {
  return row.has_notice() && row.ending().sequence() == row.notice().sequence();
}

bool MayUndoEnd(const Course& course, const ReferenceStep& step, const PackageRow& row) {
  if (row.successor_number() == 0) return true;
  const v1::PackageState next = course.Package(row.successor_number()).row.state();
  if (Ran(next)) return false;
  const bool made_by_it = step.before.row.successor_number() != row.successor_number();
  const bool stays = row.has_notice() && !EndedByItself(row) && !made_by_it;
  return next != v1::PACKAGE_STATE_AWARDED || stays;
}

// The branch was asked for something since it has the package, or agreed to it, or care rested.
bool WentOn(const ReferenceStep& step, const PackageRow& row) {
  bool went_on = row.asked_ordinal() != 0;
  for (const auto& change : row.terms_changes()) {
    went_on |= absl::FromUnixMicros(change.time_us()) > step.time;
  }
  const bool rested = row.has_pause() || row.resumed_date() != 0;
  return went_on || (step.kind == v1::STEP_KIND_START && rested);
}

// Somebody was awarded the rest of the package's part.
bool RestIsTaken(const Course& course, uint64_t number) {
  v1::PackageState newest = v1::PACKAGE_STATE_UNSPECIFIED;
  for (uint64_t other = number + 1; other <= course.LastPackage(); ++other) {
    const PackageRow& row = course.Package(other).row;
    if (row.part_of().number() == number) newest = row.state();
  }
  return newest == v1::PACKAGE_STATE_AWARDED || Ran(newest);
}

// The end of the first working day from the moment on.
absl::Time EndOfWorkingDay(const Course& course, absl::Time time) {
  absl::CivilDay day = absl::ToCivilDay(time, course.directory.zone);
  const auto holidays = course.directory.AllHolidays();
  while (absl::GetWeekday(day) == absl::Weekday::saturday ||
         absl::GetWeekday(day) == absl::Weekday::sunday || holidays.contains(ToDateNumber(day))) {
    ++day;
  }
  return absl::FromCivil(day + 1, course.directory.zone);
}

absl::Time WholeSecond(absl::Time time) { return absl::FromUnixSeconds(absl::ToUnixSeconds(time)); }

// The framework's shortest window from now on.
absl::Time ShortestWindow(const Course& course, const v1::FrameworkRules& rules) {
  std::vector<v1::Window> windows;
  for (const auto& round : rules.rounds()) {
    windows.push_back(round.standard_window());
    windows.push_back(round.urgent_window());
  }
  if (rules.has_restart()) {
    windows.push_back(rules.restart().standard_window());
    windows.push_back(rules.restart().urgent_window());
  }
  for (const auto& shortened : rules.shortened_windows()) windows.push_back(shortened.window());
  std::vector<absl::Time> ends;
  for (const v1::Window& window : windows) {
    ends.push_back(WindowEnd(window, WholeSecond(course.now), course.directory.zone,
                             course.directory.AllHolidays()));
  }
  return *std::min_element(ends.begin(), ends.end());
}

// What of a row may differ from what it was before the step: what says that it was undone, what is
// looked at again, and what the rounds, which are checked apart, have.
void Forget(PackageRow* row) {
  row->clear_last_step();
  row->clear_changed_time_us();
  row->clear_changed_by();
  row->clear_confirm_award();
  row->clear_needs_evaluation();
  row->clear_asked_ordinal();
  for (RoundRow& round : *row->mutable_rounds()) {
    round.clear_deadline_us();
    round.clear_closed_time_us();
    round.clear_settled();
    round.clear_given_back();
    round.clear_fill_tier_ids();
  }
}

class UndoneCheck {
 public:
  UndoneCheck(Course& course, const ReferenceStep& step, uint64_t number, OutageAuditor& outages)
      : course_(course),
        step_(step),
        now_(course.Package(number)),
        outages_(outages),
        where_(absl::StrCat("package ", number, ": ", v1::StepKind_Name(step.kind), " undone: ")) {}

  // `ended` is the package as it was before it was undone.
  void Check(const PackageRow& ended, bool notice_stands) {
    if (now_.row.state() != step_.before.row.state()) Problem("another state");
    if (now_.row.has_last_step()) Problem("it can be undone again");
    const bool award = step_.kind == v1::STEP_KIND_AWARD || step_.kind == v1::STEP_KIND_PLACE;
    const bool went_out = now_.row.state() != v1::PACKAGE_STATE_SUBMITTED;
    if (now_.row.confirm_award() !=
        ((award && went_out) || (!award && step_.before.row.confirm_award()))) {
      Problem("whether a person confirms the next award");
    }
    if (!step_.alone) return course_.tally("undone after something else had happened");
    if (IsEnd(step_.kind)) CheckFollower(ended, notice_stands);
    CheckRow(ended, notice_stands);
    CheckRounds();
    CheckOffers();
    course_.tally(absl::StrCat("undone ", v1::StepKind_Name(step_.kind)));
  }

 private:
  void Problem(const std::string& text) { course_.Problem(where_ + text); }

  bool MadeFollower(const PackageRow& ended) const {
    return ended.successor_number() != step_.before.row.successor_number();
  }

  // What a referral said follows, stays.
  bool Goes(const PackageRow& ended, bool notice_stands) const {
    if (MadeFollower(ended)) return true;
    return !notice_stands && ended.successor_number() != 0 &&
           course_.Package(ended.successor_number()).row.previous_handed_back();
  }

  void CheckFollower(const PackageRow& ended, bool notice_stands) {
    if (ended.successor_number() == 0) return;
    const v1::PackageState state = course_.Package(ended.successor_number()).row.state();
    const bool goes = Goes(ended, notice_stands);
    if (goes && state != v1::PACKAGE_STATE_CANCELLED) Problem("somebody still follows");
    course_.tally(goes ? "follower of an end that was undone" : "undone, and under notice again");
  }

  // A notice moves, and care ends, while what was to follow is cancelled.
  static void CatchUp(const PackageRow& had, PackageRow* expected) {
    const DateNumber last_day = had.notice().last_day();
    const DateNumber until = had.ended_time_us() != 0 ? had.ending().date() : last_day;
    if (until == expected->care_until_date()) return;
    expected->set_care_until_date(until);
    if (until != last_day) return;
    expected->mutable_terms()->set_start_by_date(
        FormatDate(ToDateNumber(FromDateNumber(last_day) + 1)));
  }

  void CheckRow(const PackageRow& ended, bool notice_stands) {
    PackageRow expected = step_.before.row;
    PackageRow real = now_.row;
    if (step_.kind == v1::STEP_KIND_PLACE) expected.set_offer_count(expected.offer_count() + 1);
    if (IsEnd(step_.kind) && !notice_stands) expected.clear_notice();
    if (IsEnd(step_.kind) && Goes(ended, notice_stands)) {
      expected.clear_successor_number();
      expected.clear_successor_year();
    }
    if (step_.kind == v1::STEP_KIND_CANCEL && expected.care_until_date() != 0) {
      CatchUp(course_.Package(expected.predecessor_number()).row, &expected);
    }
    Forget(&expected);
    Forget(&real);
    if (expected.SerializeAsString() != real.SerializeAsString()) {
      Problem(
          absl::StrCat("before ", expected.ShortDebugString(), " now ", real.ShortDebugString()));
    }
  }

  // The contract can still be won.
  bool Stands(const OfferRow& offer) const {
    const v1::Contract* contract = course_.directory.Contract(offer.contract_id());
    const DateNumber today = course_.directory.Today(course_.now);
    return contract != nullptr && DatesHold(contract->from_date(), contract->to_date(), today) &&
           course_.directory.Holder(*contract, today) == offer.provider_id();
  }

  bool OpensAgain(const OfferRow& before) const {
    return before.state() == v1::OFFER_STATE_OPEN && Stands(before);
  }

  void CheckRounds() {
    std::set<int32_t> open;
    for (const OfferRow& offer : step_.before.offers) {
      if (OpensAgain(offer)) open.insert(offer.round_number());
    }
    const v1::FrameworkRules& rules = course_.directory.Rules(now_.row.framework_revision());
    for (int i = 0; i < now_.row.rounds_size(); ++i) {
      const RoundRow& before = step_.before.row.rounds(i);
      const RoundRow& round = now_.row.rounds(i);
      if (!open.contains(round.number())) {
        const bool same = round.deadline_us() == before.deadline_us() &&
                          round.given_back_size() == before.given_back_size() &&
                          (round.settled() ? round.closed_time_us() != 0
                                           : round.closed_time_us() == before.closed_time_us());
        if (!same || (before.settled() && !round.settled())) {
          Problem(absl::StrCat("round ", round.number(), " is not as it was"));
        }
        continue;
      }
      const absl::Time had = absl::FromUnixMicros(before.deadline_us());
      const absl::Time deadline =
          std::max(had + (WholeSecond(course_.now) - WholeSecond(step_.time)),
                   ShortestWindow(course_, rules));
      if (round.deadline_us() != absl::ToUnixMicros(deadline) || round.settled() ||
          round.closed_time_us() != 0) {
        Problem(absl::StrCat("round ", round.number(), " is open otherwise"));
      }
      outages_.NoteIdle(now_.row.number(), round.number(), step_.time, course_.now);
      course_.tally(course_.now > had ? "undone after the deadline" : "undone before the deadline");
    }
  }

  void CheckOffers() {
    const size_t before = step_.before.offers.size();
    if (now_.offers.size() != before + (step_.kind == v1::STEP_KIND_PLACE ? 1 : 0)) {
      return Problem("another number of offers");
    }
    for (size_t i = 0; i < now_.offers.size(); ++i) {
      OfferRow real = now_.offers[i];
      if (i == before) {
        if (real.state() != v1::OFFER_STATE_VOID || !real.undone()) Problem("the placing stands");
        continue;
      }
      OfferRow expected = step_.before.offers[i];
      if (IsAsked(expected)) continue;  // what the branch was asked is not asked again
      if (expected.state() == v1::OFFER_STATE_OPEN && !Stands(expected)) {
        course_.tally("not open again: its contract has gone");
        if (real.state() != v1::OFFER_STATE_CLOSED) Problem("an offer is open in vain");
        continue;
      }
      if (real.round_number() != 0) {
        const RoundRow& round = now_.row.rounds(real.round_number() - 1);
        if (real.deadline_us() != round.deadline_us() || real.settled() != round.settled()) {
          Problem(absl::StrCat("offer ", real.ordinal(), " is not as its round"));
        }
      }
      if (real.undone() && !expected.undone()) {
        const bool won = step_.kind == v1::STEP_KIND_AWARD;
        if (!won || real.state() != v1::OFFER_STATE_ACCEPTED) Problem("another was undone");
      }
      for (OfferRow* offer : {&expected, &real}) {
        offer->clear_deadline_us();
        offer->clear_settled();
        offer->clear_undone();
      }
      if (expected.SerializeAsString() != real.SerializeAsString()) {
        Problem(
            absl::StrCat("before ", expected.ShortDebugString(), " now ", real.ShortDebugString()));
      }
    }
  }

  Course& course_;
  const ReferenceStep& step_;
  const PackageAggregate& now_;
  OutageAuditor& outages_;
  const std::string where_;
};

}  // namespace

std::map<uint64_t, ReferenceStep> TakeUndone(Course& course, const Record& record) {
  std::map<uint64_t, ReferenceStep> undone;
  for (const Fact& fact : record.facts()) {
    if (!fact.has_step_undone()) continue;
    const auto step = course.steps.find(fact.step_undone().package_number());
    if (step == course.steps.end() || step->second.kind != fact.step_undone().kind()) {
      course.Problem(absl::StrCat("undone, but not the last step: ", fact.ShortDebugString()));
      continue;
    }
    undone[step->first] = std::move(step->second);
    course.steps.erase(step);
  }
  return undone;
}

void NoteSteps(Course& course, const Record& record) {
  std::map<uint64_t, int> facts;  // of each package
  for (const Fact& fact : record.facts()) {
    if (!fact.has_round_closed()) ++facts[PackageOf(fact)];
  }
  for (const Fact& fact : record.facts()) {
    const uint64_t number = PackageOf(fact);
    if (number == 0 || fact.has_step_undone() || fact.has_round_closed()) continue;
    const Kind kind = StepOf(fact);
    const PackageAggregate* package = course.engine.state().Package(number);
    if (kind == v1::STEP_KIND_UNSPECIFIED) {
      const auto step = course.steps.find(number);
      if (step == course.steps.end()) continue;
      if (Forbids(fact)) {
        course.steps.erase(step);
      } else if (!fact.has_round_due()) {
        step->second.alone = false;
      }
      continue;
    }
    ReferenceStep step;
    step.kind = kind;
    step.time = TimeOf(record);
    step.sequence = course.sequence + 1;
    step.alone = package != nullptr && facts[number] == 1;
    if (package != nullptr) step.before = *package;
    if (!step.alone && kind == v1::STEP_KIND_PLACE) {  // by a transfer, which gave it up before
      step.before.row.set_state(v1::PACKAGE_STATE_UNFILLED);
      step.before.row.clear_confirm_award();
    }
    course.steps[number] = std::move(step);
  }
}

bool MayUndo(const Course& course, const Caller& caller, uint64_t number, Kind kind) {
  const auto found = course.steps.find(number);
  if (found == course.steps.end() || found->second.kind != kind) return false;
  const ReferenceStep& step = found->second;
  const bool in_time = course.Stamp() < EndOfWorkingDay(course, step.time);
  if (!in_time && caller.role != v1::ROLE_COMMISSIONER) return false;
  const PackageRow& row = course.Package(number).row;
  const bool begins =
      kind == v1::STEP_KIND_AWARD || kind == v1::STEP_KIND_PLACE || kind == v1::STEP_KIND_START;
  if (begins && WentOn(step, row)) return false;
  if (row.award().part() && kind == v1::STEP_KIND_AWARD && RestIsTaken(course, number)) {
    return false;
  }
  if (IsEnd(kind)) return MayUndoEnd(course, step, row);
  if (kind == v1::STEP_KIND_CANCEL && row.predecessor_number() != 0) {
    return course.Package(row.predecessor_number()).row.successor_number() == number;
  }
  const bool ended_another =
      kind == v1::STEP_KIND_START && row.predecessor_number() != 0 &&
      course.Package(row.predecessor_number()).row.has_notice() &&
      EndedByItself(course.Package(row.predecessor_number()).row) &&
      absl::FromUnixMicros(course.Package(row.predecessor_number()).row.ended_time_us()) ==
          step.time;
  if (!ended_another) return true;
  return EndedWith(course, number) != 0 &&
         course.Package(row.predecessor_number()).row.notice().last_day() >=
             course.directory.Today(course.Stamp());
}

void LogUndone(Course& course, const journal::v1::StepUndone& fact) {
  const bool took = fact.kind() == v1::STEP_KIND_AWARD || fact.kind() == v1::STEP_KIND_PLACE;
  const bool gives = fact.state() == v1::PACKAGE_STATE_AWARDED &&
                     (fact.kind() == v1::STEP_KIND_RETURN || fact.kind() == v1::STEP_KIND_CANCEL);
  if (!took && !gives) return;
  const auto last = std::find_if(
      course.awards.rbegin(), course.awards.rend(),
      [&](const ReferenceAward& one) { return one.package_number == fact.package_number(); });
  if (last == course.awards.rend()) return course.Problem("an award is undone that never was");
  if (took) {
    course.awards.erase(std::next(last).base());
  } else {
    last->given_back = false;
    last->undone = false;
  }
}

void CheckUndone(Course& course, const Record& record,
                 const std::map<uint64_t, ReferenceStep>& undone, OutageAuditor& outages) {
  for (const Fact& fact : record.facts()) {
    if (!fact.has_step_undone()) continue;
    const uint64_t number = fact.step_undone().package_number();
    const auto step = undone.find(number);
    if (step == undone.end()) continue;
    const PackageRow& ended = course.before.at(number);
    const bool with_start =
        std::any_of(record.facts().begin(), record.facts().end(), [&](const Fact& other) {
          return other.step_undone().kind() == v1::STEP_KIND_START &&
                 other.step_undone().package_number() == ended.successor_number();
        });
    const bool notice_stands = ended.has_notice() && (with_start || !EndedByItself(ended));
    UndoneCheck(course, step->second, number, outages).Check(ended, notice_stands);
  }
}

}  // namespace brokerage::engine::reference
