#include "demo/people/behaviour.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "engine/base/calendar.h"
#include "services/client/text/words.h"

namespace brokerage::demo {

using client::London;
using client::TimeOf;

namespace {

constexpr int kOpensHour = 8;
constexpr int kClosesHour = 18;

struct Habits {
  int accepts_percent;
  int silent_percent;
  int delay_minutes_min;
  int delay_minutes_max;
};

// REQUIRES: not kDrawn.
Habits HabitsOf(Behaviour behaviour) {
  switch (behaviour) {
    case Behaviour::kEager:
      return {95, 1, 20, 4 * 60};
    case Behaviour::kOffice:
      return {60, 4, 3 * 60, 9 * 60};
    case Behaviour::kKeen:
      return {80, 3, 25, 5 * 60};
    case Behaviour::kPicky:
      return {40, 8, 60, 8 * 60};
    case Behaviour::kSlow:
      return {55, 12, 8 * 60, 28 * 60};
    case Behaviour::kAll:
      return {60, 0, 20, 6 * 60};
    case Behaviour::kNever:
      return {0, 100, 0, 1};
    case Behaviour::kSilent:
    case Behaviour::kDrawn:
      break;
  }
  return {25, 75, 2 * 60, 20 * 60};
}

// A standard package is answered while the office is open.
absl::Time WhenOpen(absl::Time time, int minutes_after_opening, bool at_weekends) {
  const absl::CivilSecond local = absl::ToCivilSecond(time, London());
  absl::CivilDay day = absl::CivilDay(local) + (local.hour() >= kClosesHour ? 1 : 0);
  while (!at_weekends && (absl::GetWeekday(day) == absl::Weekday::saturday ||
                          absl::GetWeekday(day) == absl::Weekday::sunday)) {
    ++day;
  }
  const bool is_open = local.hour() >= kOpensHour && local.hour() < kClosesHour;
  if (is_open && day == absl::CivilDay(local)) return time;
  return absl::FromCivil(absl::CivilHour(day) + kOpensHour, London()) +
         absl::Minutes(minutes_after_opening);
}

v1::AnswerRecord Decline(const v1::Offer& offer, const std::string& name, const Chance& chance) {
  constexpr v1::DeclineReason kReasons[] = {
      v1::DECLINE_REASON_NO_CAPACITY, v1::DECLINE_REASON_NO_CAPACITY,
      v1::DECLINE_REASON_NO_CAPACITY, v1::DECLINE_REASON_RECRUITMENT,
      v1::DECLINE_REASON_RECRUITMENT, v1::DECLINE_REASON_VISIT_TIMES,
      v1::DECLINE_REASON_VISIT_TIMES, v1::DECLINE_REASON_OTHER};
  v1::AnswerRecord answer;
  answer.set_answer(v1::ANSWER_DECLINE);
  answer.set_decline_reason(
      kReasons[chance.Below(absl::StrCat("reason|", name), std::size(kReasons))]);
  if (!offer.needs().empty() && chance.Percent(absl::StrCat("need|", name), 50)) {
    answer.set_decline_reason(v1::DECLINE_REASON_CANNOT_MEET_NEED);
  }
  if (answer.decline_reason() == v1::DECLINE_REASON_OTHER) {
    answer.set_note("the round in that ward is full until the end of the month");
  }
  return answer;
}

v1::AnswerRecord Accept(const v1::Offer& offer, absl::Time time, const std::string& name,
                        const Chance& chance) {
  v1::AnswerRecord answer;
  answer.set_answer(v1::ANSWER_ACCEPT);
  const absl::CivilDay tomorrow = absl::ToCivilDay(time, London()) + 1;
  absl::CivilDay start = tomorrow;
  if (const auto wanted = engine::ParseDate(offer.terms().start_by_date())) {
    start = std::max(tomorrow, engine::FromDateNumber(*wanted) +
                                   chance.Below(absl::StrCat("start|", name), 5) - 3);
  }
  answer.set_possible_start_date(engine::FormatDate(engine::ToDateNumber(start)));
  return answer;
}

Behaviour Drawn(const std::string& branch_id, const Chance& chance) {
  const int drawn = chance.Below(absl::StrCat("character|", branch_id), 100);
  if (drawn < 38) return Behaviour::kKeen;
  if (drawn < 68) return Behaviour::kPicky;
  if (drawn < 87) return Behaviour::kSlow;
  return Behaviour::kSilent;
}

bool IsUnserved(const v1::Offer& offer, const BranchBehaviour& behaviour) {
  if (behaviour.unserved_wards.contains(offer.ward_code())) return true;
  const std::string& sector = offer.postcode();
  const auto digit =
      std::find_if(sector.begin(), sector.end(), [](char c) { return c >= '0' && c <= '9'; });
  return behaviour.unserved_areas.contains(std::string(sector.begin(), digit));
}

}  // namespace

std::vector<PlannedAnswer> PlanAnswers(const v1::Offer& offer, bool first_round,
                                       const BranchBehaviours& behaviours, const Chance& chance) {
  const auto known = behaviours.find(offer.branch_id());
  const BranchBehaviour own = known == behaviours.end() ? BranchBehaviour() : known->second;
  const Behaviour behaviour =
      own.behaviour == Behaviour::kDrawn ? Drawn(offer.branch_id(), chance) : own.behaviour;
  const Habits habits = HabitsOf(behaviour);
  const bool unserved = IsUnserved(offer, own);
  if (unserved && own.ignores_unserved) return {};
  const std::string name =
      absl::StrCat(offer.package_id(), "|", offer.round_number(), "|", offer.branch_id());
  if (chance.Percent(absl::StrCat("silent|", name), habits.silent_percent)) return {};
  const bool urgent = offer.urgency() == v1::URGENCY_URGENT;
  int minutes =
      habits.delay_minutes_min + chance.Below(absl::StrCat("delay|", name),
                                              habits.delay_minutes_max - habits.delay_minutes_min);
  if (urgent) minutes = std::max(10, minutes / 5);
  absl::Time time = TimeOf(offer.issue_time()) + absl::Minutes(minutes);
  if (!urgent)
    time = WhenOpen(time, chance.Below(absl::StrCat("opening|", name), 90),
                    behaviour != Behaviour::kOffice);
  const bool unpopular = first_round && !offer.restart() &&
                         chance.Percent(absl::StrCat("unpopular|", offer.package_id()), 8);
  bool accepts =
      !unpopular && chance.Percent(absl::StrCat("accept|", name), habits.accepts_percent);
  std::vector<PlannedAnswer> answers;
  if (unserved) {
    v1::AnswerRecord decline;
    decline.set_answer(v1::ANSWER_DECLINE);
    decline.set_decline_reason(v1::DECLINE_REASON_OUTSIDE_AREA);
    answers.push_back({time, decline});
    return answers;
  }
  answers.push_back(
      {time, accepts ? Accept(offer, time, name, chance) : Decline(offer, name, chance)});
  if (!unpopular && behaviour != Behaviour::kAll &&
      chance.Percent(absl::StrCat("change|", name), 6)) {
    const absl::Time later = time + absl::Minutes(35);
    answers.push_back(
        {later, accepts ? Decline(offer, name, chance) : Accept(offer, later, name, chance)});
  }
  return answers;
}

}  // namespace brokerage::demo
