#include "demo/weeks.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "brokerage/v1/offer_service.pb.h"
#include "demo/branches.h"
#include "engine/base/calendar.h"
#include "engine/base/rejection.h"
#include "services/client/text/words.h"

namespace brokerage::demo {

using client::AnswerInWords;
using client::Connection;
using client::London;
using client::ReferralOn;
using client::ReferralRow;
using client::SayError;
using client::ShortName;
using client::Spaced;
using client::TermsInShort;
using client::TimeOf;

namespace {

constexpr int kOpensHour = 8;
constexpr int kClosesHour = 17;
constexpr absl::Duration kSlot = absl::Minutes(30);     // where weeks are not told in full
constexpr absl::Duration kEvening = absl::Minutes(90);  // before midnight; a week ends at 23:00

std::string ClockTime(absl::Time time) { return absl::FormatTime("%H:%M", time, London()); }
std::string DayAndTime(absl::Time time) { return absl::FormatTime("%a %H:%M", time, London()); }

// Whether the branch still sees the offer waiting for it: a branch that looks before it answers, as
// branches do.
bool StillAsksFor(const Connection& branch, const std::string& offer_id) {
  v1::GetOfferRequest request;
  request.set_offer_id(offer_id);
  auto response = branch.Call<v1::GetOfferResponse>("OfferService/GetOffer", request);
  if (!response.ok()) return true;  // the answer's own refusal says why
  const v1::OfferState state = response->offer().state();
  return state == v1::OFFER_STATE_OPEN || state == v1::OFFER_STATE_ACCEPTED ||
         state == v1::OFFER_STATE_DECLINED || state == v1::OFFER_STATE_LAPSED;
}

std::string Plural(int count, const char* one, const char* many) {
  return absl::StrCat(count, " ", count == 1 ? one : many);
}

}  // namespace

absl::Status Weeks::Play(absl::CivilDay monday, int week, const PlayPlan& plan,
                         const std::vector<ReferralRow>& rows,
                         const std::vector<PlayEvent>& events) {
  monday_ = monday;
  returned_ = handed_back_ = false;
  packages_.clear();
  counted_ = {};
  const int round_trip = week / plan.weeks;  // the rows repeat, with other people
  const std::string suffix = round_trip > 0 ? absl::StrCat("-", round_trip + 1) : "";
  if (!std::exchange(began_, true)) {
    quiet_ = true;
    Look();
    PlanAllLeaving();
    quiet_ = false;
  }
  for (const ReferralRow& row : rows) {
    if (row.week != week % plan.weeks + 1) continue;
    const absl::CivilDay day = monday + row.day;
    At(engine::StartOfDay(day, London()) + row.time_of_day,
       [this, &row, day, suffix] { Submit(row, day, suffix); });
  }
  for (const PlayEvent& event : events) {
    if (event.date < monday || event.date >= monday + 7) continue;
    At(engine::StartOfDay(event.date, London()) + event.time_of_day, [this, &event] { Do(event); });
  }
  for (int i = 0; i < 7; ++i) {
    const absl::CivilDay day = monday + i;
    At(engine::StartOfDay(day + 1, London()) - kEvening, [this, day] { SeeChanges(day + 1); });
  }
  absl::Status status = RunUntil(engine::StartOfDay(monday + 7, London()) - absl::Hours(1));
  if (status.ok() && !in_full_) TellWeek();
  return status;
}

void Weeks::At(absl::Time time, Act act) {
  if (!in_full_) time = absl::UnixEpoch() + absl::Floor(time - absl::UnixEpoch(), kSlot);
  agenda_.emplace(std::make_pair(std::max(time, world_->now()), planned_++), std::move(act));
}

absl::Time Weeks::NextDue() const {
  absl::Time next = absl::InfiniteFuture();
  for (const auto& [id, seen] : seen_) {
    for (absl::Time due : seen.due) {
      if (due > world_->now()) next = std::min(next, due);
    }
  }
  return next;
}

absl::Status Weeks::RunUntil(absl::Time end) {
  for (;;) {
    absl::Time next = std::min(end, NextDue());
    if (!agenda_.empty()) next = std::min(next, agenda_.begin()->first.first);
    if (absl::Status status = world_->AdvanceTo(next); !status.ok()) return status;
    SeeDeadlines();
    Look();
    while (!agenda_.empty() && agenda_.begin()->first.first <= world_->now()) {
      Act act = std::move(agenda_.begin()->second);
      agenda_.erase(agenda_.begin());
      act();
      if (in_full_) Look();
    }
    if (!in_full_) {
      SendAnswers();
      Look();
    }
    if (next >= end) return absl::OkStatus();
  }
}

void Weeks::Look() {
  for (const std::string& authority_id : world_->authority_ids()) LookAtAllOf(authority_id);
}

void Weeks::LookAtAllOf(const std::string& authority_id) {
  v1::ListPackagesRequest request;
  for (v1::PackageState state :
       {v1::PACKAGE_STATE_SUBMITTED, v1::PACKAGE_STATE_OFFERED, v1::PACKAGE_STATE_AWARDED}) {
    request.add_states(state);
  }
  if (in_full_) request.add_states(v1::PACKAGE_STATE_UNFILLED);
  request.set_framework_id(world_->framework().id());
  request.set_page_size(1000);
  std::set<std::string> listed;
  do {
    auto page = world_->navigator(authority_id)
                    .Call<v1::ListPackagesResponse>("PackageService/ListPackages", request);
    if (!page.ok()) return TellRefused("", "the list of packages", page.status());
    for (const v1::Package& package : page->packages()) {
      LookAt(package);
      listed.insert(package.id());
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  if (!in_full_) LookForUnfilled(authority_id, listed);
}

// A waiting list that grows over many weeks is not read every half hour: what is no longer out is
// looked at once.
void Weeks::LookForUnfilled(const std::string& authority_id, const std::set<std::string>& listed) {
  std::vector<std::string> gone;
  for (const auto& [id, seen] : seen_) {
    const bool was_out =
        seen.state == v1::PACKAGE_STATE_SUBMITTED || seen.state == v1::PACKAGE_STATE_OFFERED;
    if (was_out && seen.authority_id == authority_id && !listed.contains(id)) gone.push_back(id);
  }
  for (const std::string& id : gone) {
    v1::GetPackageRequest request;
    request.set_package_id(id);
    auto whole = Navigator(id).Call<v1::GetPackageResponse>("PackageService/GetPackage", request);
    if (!whole.ok()) return TellRefused(id, "a look at it", whole.status());
    LookAt(whole->package());
  }
}

void Weeks::LookAt(const v1::Package& package) {
  Seen& seen = seen_[package.id()];
  const Seen before = seen;
  seen.authority_id = package.authority_id();
  seen.state = package.state();
  seen.rounds = package.rounds_size();
  seen.proposed_offer_id = package.awaits_award() ? package.proposed_offer_id() : "";
  seen.award_offer_id = package.award().offer_id();
  seen.award_branch_id = package.award().branch_id();
  seen.due.clear();
  if (package.has_release_due_time()) seen.due.push_back(TimeOf(package.release_due_time()));
  for (const v1::Round& round : package.rounds()) seen.due.push_back(TimeOf(round.deadline_time()));
  if (seen.rounds > before.rounds) SeeRounds(package, before.rounds);
  if (!seen.award_offer_id.empty() && seen.award_offer_id != before.award_offer_id)
    SeeAward(package);
  if (!seen.proposed_offer_id.empty() && seen.proposed_offer_id != before.proposed_offer_id) {
    At(Soon(package.id(), 5, 45), [this, id = package.id()] { ConfirmAward(id); });
  }
  if (!in_full_ && seen.state == v1::PACKAGE_STATE_UNFILLED && before.state != seen.state) {
    TryAgain(package.id());
  }
  if (seen.state == v1::PACKAGE_STATE_UNFILLED && before.state == v1::PACKAGE_STATE_OFFERED) {
    Tell(package.id(), "nobody took it: on the waiting list");
  } else if (seen.state == v1::PACKAGE_STATE_UNFILLED &&
             before.state == v1::PACKAGE_STATE_SUBMITTED && seen.rounds == 0) {
    Tell(package.id(), "nobody may be offered it: on the waiting list");
  }
}

// Put out again after two days, and once more; then care navigation finds care elsewhere.
void Weeks::TryAgain(const std::string& package_id) {
  const int tries = seen_[package_id].reissues++;
  if (tries < 2) {
    return At(Soon(package_id, 2 * 24 * 60, 3 * 24 * 60), [this, package_id] {
      if (seen_[package_id].state != v1::PACKAGE_STATE_UNFILLED) return;
      Reissue(package_id);
      if (seen_[package_id].state == v1::PACKAGE_STATE_UNFILLED) TryAgain(package_id);
    });
  }
  At(Soon(package_id, 7 * 24 * 60, 10 * 24 * 60), [this, package_id] {
    if (seen_[package_id].state != v1::PACKAGE_STATE_UNFILLED) return;
    v1::CancelPackageRequest request;
    request.set_request_id(NextRequestId("cancel"));
    request.set_package_id(package_id);
    request.set_reason("Care was found outside the framework.");
    auto response = Navigator(package_id)
                        .Call<v1::CancelPackageResponse>("PackageService/CancelPackage", request);
    if (!response.ok()) return TellRefused(package_id, "the end of the search", response.status());
    seen_[package_id].state = v1::PACKAGE_STATE_CANCELLED;
    ++counted_.elsewhere;
  });
}

void Weeks::SeeRounds(const v1::Package& package, int rounds_seen) {
  v1::GetPackageRequest request;
  request.set_package_id(package.id());
  auto whole =
      Navigator(package.id()).Call<v1::GetPackageResponse>("PackageService/GetPackage", request);
  if (!whole.ok()) return TellRefused(package.id(), "a look at it", whole.status());
  for (const v1::Round& round : whole->package().rounds()) {
    if (round.number() <= rounds_seen) continue;
    const absl::Time deadline = TimeOf(round.deadline_time());
    if (in_full_ && deadline > world_->now()) deadlines_[deadline].insert(package.id());
    int offers = 0;
    for (const v1::Offer& offer : whole->package().offers()) {
      if (offer.round_number() != round.number()) continue;
      ++offers;
      ++counted_.offers;
      if (offer.state() != v1::OFFER_STATE_OPEN && offer.state() != v1::OFFER_STATE_LAPSED)
        continue;
      for (const PlannedAnswer& planned :
           PlanAnswers(offer, round.rule_number() == 1, manners_, chance_)) {
        At(planned.time, [this, offer, answer = planned.answer] { Answer(offer, answer); });
      }
    }
    std::vector<std::string> tiers;
    for (const std::string& tier : round.tier_ids()) tiers.push_back(world_->names().Tier(tier));
    Tell(package.id(), absl::StrCat("out to ", Plural(offers, "branch", "branches"), " (",
                                    round.rule_number() == 0 ? "the one that had the person"
                                                             : absl::StrJoin(tiers, ", "),
                                    "), answers by ", DayAndTime(deadline)));
  }
}

void Weeks::SeeDeadlines() {
  while (!deadlines_.empty() && deadlines_.begin()->first <= world_->now()) {
    const auto [deadline, package_ids] = *deadlines_.begin();
    deadlines_.erase(deadlines_.begin());
    int lapsed = 0;
    std::vector<std::string> where;
    for (const std::string& id : package_ids) {
      v1::GetPackageRequest request;
      request.set_package_id(id);
      auto whole = Navigator(id).Call<v1::GetPackageResponse>("PackageService/GetPackage", request);
      if (!whole.ok()) return TellRefused(id, "a look at it", whole.status());
      int here = 0, offers = 0;
      for (const v1::Offer& offer : whole->package().offers()) {
        if (TimeOf(offer.deadline_time()) != deadline) continue;
        ++offers;
        here += offer.state() == v1::OFFER_STATE_LAPSED;
      }
      if (here > 0) where.push_back(absl::StrCat(id, " ", here, " of ", offers));
      lapsed += here;
    }
    if (lapsed == 0) continue;
    Tell("", absl::StrCat(Plural(lapsed, "offer", "offers"),
                          " lapsed, not answered by now: ", absl::StrJoin(where, ", ")));
  }
}

void Weeks::SeeAward(const v1::Package& package) {
  ++counted_.awarded;
  const v1::Award& award = package.award();
  Tell(package.id(),
       absl::StrCat("awarded to ", world_->names().Branch(award.branch_id()),
                    award.decided_by() == v1::AWARD_CRITERION_UNSPECIFIED
                        ? ""
                        : absl::StrCat(", by ", Spaced(ShortName(award.decided_by())))));
  const absl::Time time = TimeOf(award.award_time());
  const bool gives_up = !quiet_ && !returned_ && absl::ToCivilDay(time, London()) > monday_;
  if (gives_up) {
    returned_ = true;
    At(Soon(package.id(), 90, 180), [this, id = package.id()] { Return(id); });
    return;
  }
  const absl::CivilDay day =
      absl::ToCivilDay(time, London()) + 1 + chance_.Below(absl::StrCat("begin|", package.id()), 3);
  At(engine::StartOfDay(day, London()) + absl::Hours(9) +
         absl::Minutes(chance_.Below(absl::StrCat("minute|", package.id()), 60)),
     [this, id = package.id()] { Start(id); });
}

void Weeks::Submit(const ReferralRow& row, absl::CivilDay day, const std::string& suffix) {
  if (!row.status.ok()) return TellRefused("", absl::StrCat("line ", row.line), row.status);
  v1::SubmitPackageRequest request;
  request.set_request_id(NextRequestId("submit"));
  *request.mutable_referral() = ReferralOn(row, day);
  request.mutable_referral()->set_framework_id(world_->framework().id());
  if (row.referral.authority_id().empty()) {
    request.mutable_referral()->set_authority_id(world_->authority_id());
  }
  request.mutable_referral()->set_person_reference(
      absl::StrCat(row.referral.person_reference(), suffix));
  const std::string authority_id = request.referral().authority_id();
  const std::vector<std::string>& buyers = world_->authority_ids();
  if (std::find(buyers.begin(), buyers.end(), authority_id) == buyers.end()) {
    return TellRefused("", absl::StrCat("line ", row.line),
                       absl::InvalidArgumentError(absl::StrCat(authority_id, " does not buy")));
  }
  auto response = world_->navigator(authority_id)
                      .Call<v1::SubmitPackageResponse>("PackageService/SubmitPackage", request);
  if (!response.ok())
    return TellRefused("", absl::StrCat("package of line ", row.line), response.status());
  const v1::Package& package = response->package();
  packages_.push_back({package.id(), authority_id});
  ++counted_.referred;
  seen_[package.id()].authority_id = authority_id;
  seen_[package.id()].state = package.state();
  Tell(package.id(), absl::StrCat("new: ", TermsInShort(package.terms(), package.urgency()), ", ",
                                  world_->names().Ward(package.ward_code()), " (",
                                  world_->names().Lot(package.lot_id()), ")",
                                  package.previous_branch_id().empty() ? "" : ", a restart"));
}

void Weeks::Answer(const v1::Offer& offer, const v1::AnswerRecord& answer) {
  const Connection& branch = world_->branch(offer.branch_id());
  if (in_full_ && !StillAsksFor(branch, offer.id())) return;
  v1::OfferAnswer said;
  if (answer.answer() == v1::ANSWER_ACCEPT) {
    said.mutable_accept()->set_request_id(NextRequestId("accept"));
    said.mutable_accept()->set_offer_id(offer.id());
    said.mutable_accept()->set_possible_start_date(answer.possible_start_date());
  } else {
    said.mutable_decline()->set_request_id(NextRequestId("decline"));
    said.mutable_decline()->set_offer_id(offer.id());
    said.mutable_decline()->set_reason(answer.decline_reason());
    said.mutable_decline()->set_note(answer.note());
  }
  *answers_[offer.branch_id()].add_answers() = std::move(said);
  if (in_full_) SendAnswers();
}

void Weeks::SendAnswers() {
  for (const auto& [branch_id, request] : std::exchange(answers_, {})) {
    const std::string& name = world_->names().Branch(branch_id);
    auto response = world_->branch(branch_id).Call<v1::AnswerOffersResponse>(
        "OfferService/AnswerOffers", request);
    if (!response.ok()) {
      TellRefused("", absl::StrCat(name, "'s answers"), response.status());
      continue;
    }
    for (const v1::AnswerOffersResult& result : response->results()) {
      if (result.has_rejection()) {
        // Who does not look before it answers finds packages gone.
        const v1::RejectionReason reason = result.rejection().reason();
        if (!in_full_ && (reason == v1::REJECTION_REASON_OFFER_STATE ||
                          reason == v1::REJECTION_REASON_ANSWER_TOO_LATE)) {
          continue;
        }
        TellRefused("", absl::StrCat(name, "'s answer"), engine::Reject(result.rejection()));
        continue;
      }
      const v1::Offer& offer = result.offer();
      if (offer.answers().empty()) continue;
      ++counted_.answered;
      Tell(offer.package_id(),
           absl::StrCat(name, offer.answers_size() > 1 ? " changed its answer: " : " ",
                        AnswerInWords(*offer.answers().rbegin())));
    }
  }
}

void Weeks::ConfirmAward(const std::string& package_id) {
  if (!in_full_) {  // others may have acted in the same half hour
    v1::GetPackageRequest look;
    look.set_package_id(package_id);
    auto now =
        Navigator(package_id).Call<v1::GetPackageResponse>("PackageService/GetPackage", look);
    if (now.ok()) LookAt(now->package());
  }
  const std::string offer_id = seen_[package_id].proposed_offer_id;
  if (offer_id.empty()) return;
  v1::AwardPackageRequest request;
  request.set_request_id(NextRequestId("award"));
  request.set_package_id(package_id);
  request.set_offer_id(offer_id);
  auto response =
      Navigator(package_id).Call<v1::AwardPackageResponse>("PackageService/AwardPackage", request);
  const v1::Rejection rejection = engine::RejectionOf(response.status());
  if (rejection.field() == "price_exception_reason") {
    request.set_request_id(NextRequestId("award"));
    request.set_price_exception_reason(
        "No other branch takes the package at a price within bounds.");
    response = Navigator(package_id)
                   .Call<v1::AwardPackageResponse>("PackageService/AwardPackage", request);
  }
  if (!response.ok()) TellRefused(package_id, "the award", response.status());
}

void Weeks::Start(const std::string& package_id) {
  if (seen_[package_id].state != v1::PACKAGE_STATE_AWARDED) return;
  v1::StartPackageRequest request;
  request.set_request_id(NextRequestId("start"));
  request.set_package_id(package_id);
  auto response =
      Navigator(package_id).Call<v1::StartPackageResponse>("PackageService/StartPackage", request);
  if (!response.ok()) return TellRefused(package_id, "the start", response.status());
  seen_[package_id].state = v1::PACKAGE_STATE_STARTED;
  seen_[package_id].due.clear();
  Tell(package_id, "care has started");
  if (response->package().has_limit_due_time()) return PlanLeaving(response->package());
  if (handed_back_) return;
  handed_back_ = true;
  At(world_->now() + absl::Hours(25), [this, package_id] { HandBack(package_id); });
}

void Weeks::Return(const std::string& package_id) {
  v1::ReturnPackageRequest request;
  request.set_request_id(NextRequestId("return"));
  request.set_package_id(package_id);
  request.set_cause(v1::CAUSE_PROVIDER);
  request.set_reason("The carer planned for it has left the branch.");
  auto response = Navigator(package_id)
                      .Call<v1::ReturnPackageResponse>("PackageService/ReturnPackage", request);
  if (!response.ok()) return TellRefused(package_id, "the return", response.status());
  NoteGivenUp(response->package(), false, request.reason());
  Tell(package_id, absl::StrCat("returned before the start, ", ByWhom()));
  At(Soon(package_id, 30, 60), [this, package_id] { Reissue(package_id); });
}

void Weeks::HandBack(const std::string& package_id) {
  v1::HandBackPackageRequest request;
  request.set_request_id(NextRequestId("hand-back"));
  request.set_package_id(package_id);
  request.set_cause(v1::CAUSE_PROVIDER);
  request.set_reason("The branch cannot cover the morning visit.");
  auto response = Navigator(package_id)
                      .Call<v1::HandBackPackageResponse>("PackageService/HandBackPackage", request);
  if (!response.ok()) return TellRefused(package_id, "the hand-back", response.status());
  const std::string successor = response->successor().id();
  seen_[successor].authority_id = seen_[package_id].authority_id;
  packages_.push_back({successor, seen_[package_id].authority_id});
  NoteGivenUp(response->package(), true, request.reason());
  Tell(package_id, absl::StrCat("handed back, ", ByWhom(), "; ", successor, " follows it"));
  At(Soon(successor, 30, 60), [this, successor] { Reissue(successor); });
}

std::string Weeks::ByWhom() const {
  const GivenUp& last = notes_.given_up.back();
  return absl::StrCat("by ", world_->names().Branch(last.branch_id), ", the ",
                      ShortName(last.cause), "'s cause");
}

void Weeks::NoteGivenUp(const v1::Package& package, bool handed_back, const std::string& reason) {
  notes_.given_up.push_back({{package.id(), package.authority_id()},
                             world_->now(),
                             handed_back,
                             seen_[package.id()].award_branch_id,
                             package.give_up_cause(),
                             reason});
}

void Weeks::Reissue(const std::string& package_id) {
  v1::ReissuePackageRequest request;
  request.set_request_id(NextRequestId("reissue"));
  request.set_package_id(package_id);
  auto response = Navigator(package_id)
                      .Call<v1::ReissuePackageResponse>("PackageService/ReissuePackage", request);
  if (!response.ok()) return TellRefused(package_id, "the reissue", response.status());
  if (!in_full_) LookAt(response->package());
  Tell(package_id, "put out again");
}

void Weeks::Tell(const std::string& package_id, const std::string& what) {
  if (quiet_ || !in_full_) return;
  const absl::CivilDay day = absl::ToCivilDay(world_->now(), London());
  if (day != told_day_) {
    told_day_ = day;
    printf("\n%s\n", absl::FormatTime("%A %-d %B %Y", world_->now(), London()).c_str());
  }
  printf("  %s  %s%s%s\n", ClockTime(world_->now()).c_str(), package_id.c_str(),
         package_id.empty() ? "" : "  ", what.c_str());
}

void Weeks::TellRefused(const std::string& package_id, const std::string& what,
                        const absl::Status& status) {
  if (counted_.refused++ == 0) counted_.first_refusal = absl::StrCat(what, ": ", SayError(status));
  Tell(package_id, absl::StrCat(what, " was refused: ", SayError(status)));
}

void Weeks::TellWeek() {
  int waiting = 0;
  for (const auto& [id, seen] : seen_) {
    waiting += seen.state == v1::PACKAGE_STATE_SUBMITTED ||
               seen.state == v1::PACKAGE_STATE_OFFERED || seen.state == v1::PACKAGE_STATE_UNFILLED;
  }
  printf(
      "  week of %s: %4d referred, %5d offers, %5d answers, %4d awarded, %3d given up, %4d wait\n",
      absl::FormatTime("%e %b %Y", absl::FromCivil(monday_, London()), London()).c_str(),
      counted_.referred, counted_.offers, counted_.answered, counted_.awarded, counted_.elsewhere,
      waiting);
  if (counted_.refused > 0) {
    printf("    refused: %d, the first %s\n", counted_.refused, counted_.first_refusal.c_str());
  }
  if (!counted_.over_limit.empty() || counted_.left_interim > 0) {
    printf(
        "    interim service: %d left; %s\n", counted_.left_interim,
        counted_.over_limit.empty()
            ? "no limit passed"
            : absl::StrCat("past its limit: ", absl::StrJoin(counted_.over_limit, ", ")).c_str());
  }
  for (const std::string& news : std::exchange(news_, {})) printf("    %s\n", news.c_str());
  fflush(stdout);
}

const Connection& Weeks::Navigator(const std::string& package_id) {
  return world_->navigator(seen_[package_id].authority_id);
}

std::string Weeks::NextRequestId(const std::string& what) {
  return absl::StrFormat("play-%s-%s-%d", absl::FormatCivilTime(monday_), what, ++requests_);
}

absl::Time Weeks::Soon(const std::string& name, int minutes_min, int minutes_max) const {
  const int minutes =
      minutes_min + chance_.Below(absl::StrCat("soon|", name), minutes_max - minutes_min);
  const absl::Time time = world_->now() + absl::Minutes(minutes);
  const absl::CivilSecond local = absl::ToCivilSecond(time, London());
  if (local.hour() >= kOpensHour && local.hour() < kClosesHour) return time;
  const absl::CivilDay day = absl::CivilDay(local) + (local.hour() >= kClosesHour ? 1 : 0);
  return absl::FromCivil(absl::CivilHour(day) + kOpensHour, London()) + absl::Minutes(minutes % 60);
}

}  // namespace brokerage::demo
