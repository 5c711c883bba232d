#include "services/broker/play_week.h"

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "brokerage/v1/offer_service.pb.h"
#include "engine/calendar.h"
#include "services/broker/play_branches.h"
#include "services/broker/words.h"

namespace brokerage::broker {

namespace {

constexpr int kOpensHour = 8;
constexpr int kClosesHour = 17;

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

absl::Status Week::Play(absl::CivilDay monday, const std::vector<ReferralRow>& rows) {
  monday_ = monday;
  const int week = static_cast<int>((monday - absl::CivilDay(2018, 7, 2)) / 7);
  const int round_trip = week / 4;  // the rows repeat every four weeks, with other people
  const std::string suffix = round_trip > 0 ? absl::StrCat("-", round_trip + 1) : "";
  quiet_ = true;
  Look();
  quiet_ = false;
  for (const ReferralRow& row : rows) {
    if (row.week != week % 4 + 1) continue;
    const absl::CivilDay day = monday + row.day;
    At(engine::StartOfDay(day, London()) + row.time_of_day,
       [this, &row, day, suffix] { Submit(row, day, suffix); });
  }
  return RunUntil(engine::StartOfDay(monday + 7, London()) - absl::Hours(1));
}

void Week::At(absl::Time time, Act act) {
  agenda_.emplace(std::make_pair(std::max(time, world_->now()), planned_++), std::move(act));
}

absl::Time Week::NextDue() const {
  absl::Time next = absl::InfiniteFuture();
  for (const auto& [id, seen] : seen_) {
    for (absl::Time due : seen.due) {
      if (due > world_->now()) next = std::min(next, due);
    }
  }
  return next;
}

absl::Status Week::RunUntil(absl::Time end) {
  for (;;) {
    absl::Time next = std::min(end, NextDue());
    if (!agenda_.empty()) next = std::min(next, agenda_.begin()->first.first);
    if (absl::Status status = world_->AdvanceTo(next); !status.ok()) return status;
    Look();
    while (!agenda_.empty() && agenda_.begin()->first.first <= world_->now()) {
      Act act = std::move(agenda_.begin()->second);
      agenda_.erase(agenda_.begin());
      act();
      Look();
    }
    if (next >= end) return absl::OkStatus();
  }
}

void Week::Look() {
  v1::ListPackagesRequest request;
  for (v1::PackageState state : {v1::PACKAGE_STATE_SUBMITTED, v1::PACKAGE_STATE_OFFERED,
                                 v1::PACKAGE_STATE_UNFILLED, v1::PACKAGE_STATE_AWARDED}) {
    request.add_states(state);
  }
  request.set_framework_id(world_->framework().id());
  request.set_page_size(1000);
  do {
    auto page =
        world_->navigator().Call<v1::ListPackagesResponse>("PackageService/ListPackages", request);
    if (!page.ok()) return TellRefused("", "the list of packages", page.status());
    for (const v1::Package& package : page->packages()) LookAt(package);
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
}

void Week::LookAt(const v1::Package& package) {
  Seen& seen = seen_[package.id()];
  const Seen before = seen;
  seen.state = package.state();
  seen.rounds = package.rounds_size();
  seen.proposed_offer_id = package.awaits_award() ? package.proposed_offer_id() : "";
  seen.award_offer_id = package.award().offer_id();
  seen.due.clear();
  if (package.has_release_due_time()) seen.due.push_back(TimeOf(package.release_due_time()));
  for (const v1::Round& round : package.rounds()) seen.due.push_back(TimeOf(round.deadline_time()));
  if (seen.rounds > before.rounds) SeeRounds(package, before.rounds);
  if (!seen.award_offer_id.empty() && seen.award_offer_id != before.award_offer_id)
    SeeAward(package);
  if (!seen.proposed_offer_id.empty() && seen.proposed_offer_id != before.proposed_offer_id) {
    At(Soon(package.id(), 5, 45), [this, id = package.id()] { ConfirmAward(id); });
  }
  if (seen.state == v1::PACKAGE_STATE_UNFILLED && before.state == v1::PACKAGE_STATE_OFFERED) {
    Tell(package.id(), "nobody took it: on the waiting list");
  } else if (seen.state == v1::PACKAGE_STATE_UNFILLED &&
             before.state == v1::PACKAGE_STATE_SUBMITTED && seen.rounds == 0) {
    Tell(package.id(), "nobody may be offered it: on the waiting list");
  }
}

void Week::SeeRounds(const v1::Package& package, int rounds_seen) {
  v1::GetPackageRequest request;
  request.set_package_id(package.id());
  auto whole =
      world_->navigator().Call<v1::GetPackageResponse>("PackageService/GetPackage", request);
  if (!whole.ok()) return TellRefused(package.id(), "a look at it", whole.status());
  for (const v1::Round& round : whole->package().rounds()) {
    if (round.number() <= rounds_seen) continue;
    int offers = 0;
    for (const v1::Offer& offer : whole->package().offers()) {
      if (offer.round_number() != round.number()) continue;
      ++offers;
      if (offer.state() != v1::OFFER_STATE_OPEN && offer.state() != v1::OFFER_STATE_LAPSED)
        continue;
      for (const PlannedAnswer& planned : PlanAnswers(offer, round.rule_number() == 1, chance_)) {
        At(planned.time, [this, offer, answer = planned.answer] { Answer(offer, answer); });
      }
    }
    std::vector<std::string> tiers;
    for (const std::string& tier : round.tier_ids()) tiers.push_back(world_->names().Tier(tier));
    Tell(package.id(), absl::StrCat("out to ", Plural(offers, "branch", "branches"), " (",
                                    round.rule_number() == 0 ? "the one that had the person"
                                                             : absl::StrJoin(tiers, ", "),
                                    "), answers by ", DayAndTime(TimeOf(round.deadline_time()))));
  }
}

void Week::SeeAward(const v1::Package& package) {
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

void Week::Submit(const ReferralRow& row, absl::CivilDay day, const std::string& suffix) {
  if (!row.status.ok()) return TellRefused("", absl::StrCat("line ", row.line), row.status);
  v1::SubmitPackageRequest request;
  request.set_request_id(NextRequestId("submit"));
  *request.mutable_referral() = ReferralOn(row, day);
  request.mutable_referral()->set_framework_id(world_->framework().id());
  request.mutable_referral()->set_authority_id(world_->authority_id());
  request.mutable_referral()->set_person_reference(
      absl::StrCat(row.referral.person_reference(), suffix));
  auto response =
      world_->navigator().Call<v1::SubmitPackageResponse>("PackageService/SubmitPackage", request);
  if (!response.ok())
    return TellRefused("", absl::StrCat("package of line ", row.line), response.status());
  const v1::Package& package = response->package();
  package_ids_.push_back(package.id());
  seen_[package.id()].state = v1::PACKAGE_STATE_SUBMITTED;
  Tell(package.id(), absl::StrCat("new: ", TermsInShort(package.terms(), package.urgency()), ", ",
                                  world_->names().Ward(package.ward_code()), " (",
                                  world_->names().Lot(package.lot_id()), ")",
                                  package.previous_branch_id().empty() ? "" : ", a restart"));
}

void Week::Answer(const v1::Offer& offer, const v1::AnswerRecord& answer) {
  const Connection& branch = world_->branch(offer.branch_id());
  const std::string& name = world_->names().Branch(offer.branch_id());
  if (!StillAsksFor(branch, offer.id())) return;
  absl::StatusOr<v1::Offer> answered = absl::UnknownError("");
  if (answer.answer() == v1::ANSWER_ACCEPT) {
    v1::AcceptOfferRequest request;
    request.set_request_id(NextRequestId("accept"));
    request.set_offer_id(offer.id());
    request.set_possible_start_date(answer.possible_start_date());
    auto response = branch.Call<v1::AcceptOfferResponse>("OfferService/AcceptOffer", request);
    answered = response.ok() ? absl::StatusOr<v1::Offer>(response->offer()) : response.status();
  } else {
    v1::DeclineOfferRequest request;
    request.set_request_id(NextRequestId("decline"));
    request.set_offer_id(offer.id());
    request.set_reason(answer.decline_reason());
    request.set_note(answer.note());
    auto response = branch.Call<v1::DeclineOfferResponse>("OfferService/DeclineOffer", request);
    answered = response.ok() ? absl::StatusOr<v1::Offer>(response->offer()) : response.status();
  }
  if (!answered.ok())
    return TellRefused(offer.package_id(), absl::StrCat(name, "'s answer"), answered.status());
  if (answered->answers().empty()) return;
  const bool changed = answered->answers_size() > 1;
  const v1::AnswerRecord& last = *answered->answers().rbegin();
  Tell(offer.package_id(),
       absl::StrCat(name, changed ? " changed its answer: " : " ", AnswerInWords(last)));
}

void Week::ConfirmAward(const std::string& package_id) {
  const std::string offer_id = seen_[package_id].proposed_offer_id;
  if (offer_id.empty()) return;
  v1::AwardPackageRequest request;
  request.set_request_id(NextRequestId("award"));
  request.set_package_id(package_id);
  request.set_offer_id(offer_id);
  auto response =
      world_->navigator().Call<v1::AwardPackageResponse>("PackageService/AwardPackage", request);
  if (!response.ok()) TellRefused(package_id, "the award", response.status());
}

void Week::Start(const std::string& package_id) {
  if (seen_[package_id].state != v1::PACKAGE_STATE_AWARDED) return;
  v1::StartPackageRequest request;
  request.set_request_id(NextRequestId("start"));
  request.set_package_id(package_id);
  auto response =
      world_->navigator().Call<v1::StartPackageResponse>("PackageService/StartPackage", request);
  if (!response.ok()) return TellRefused(package_id, "the start", response.status());
  seen_[package_id].state = v1::PACKAGE_STATE_STARTED;
  seen_[package_id].due.clear();
  Tell(package_id, "care has started");
  if (handed_back_) return;
  handed_back_ = true;
  At(world_->now() + absl::Hours(25), [this, package_id] { HandBack(package_id); });
}

void Week::Return(const std::string& package_id) {
  v1::ReturnPackageRequest request;
  request.set_request_id(NextRequestId("return"));
  request.set_package_id(package_id);
  request.set_cause(v1::CAUSE_PROVIDER);
  request.set_reason("The carer planned for it has left the branch.");
  auto response =
      world_->navigator().Call<v1::ReturnPackageResponse>("PackageService/ReturnPackage", request);
  if (!response.ok()) return TellRefused(package_id, "the return", response.status());
  Tell(package_id, "returned before the start, the provider's cause");
  At(Soon(package_id, 30, 60), [this, package_id] { Reissue(package_id); });
}

void Week::HandBack(const std::string& package_id) {
  v1::HandBackPackageRequest request;
  request.set_request_id(NextRequestId("hand-back"));
  request.set_package_id(package_id);
  request.set_cause(v1::CAUSE_PROVIDER);
  request.set_reason("The branch cannot cover the morning visit.");
  auto response = world_->navigator().Call<v1::HandBackPackageResponse>(
      "PackageService/HandBackPackage", request);
  if (!response.ok()) return TellRefused(package_id, "the hand-back", response.status());
  const std::string successor = response->successor().id();
  package_ids_.push_back(successor);
  Tell(package_id, absl::StrCat("handed back, the provider's cause; ", successor, " follows it"));
  At(Soon(successor, 30, 60), [this, successor] { Reissue(successor); });
}

void Week::Reissue(const std::string& package_id) {
  v1::ReissuePackageRequest request;
  request.set_request_id(NextRequestId("reissue"));
  request.set_package_id(package_id);
  auto response = world_->navigator().Call<v1::ReissuePackageResponse>(
      "PackageService/ReissuePackage", request);
  if (!response.ok()) return TellRefused(package_id, "the reissue", response.status());
  Tell(package_id, "put out again");
}

void Week::Tell(const std::string& package_id, const std::string& what) {
  if (quiet_) return;
  const absl::CivilDay day = absl::ToCivilDay(world_->now(), London());
  if (day != told_day_) {
    told_day_ = day;
    printf("\n%s\n", absl::FormatTime("%A %-d %B %Y", world_->now(), London()).c_str());
  }
  printf("  %s  %s%s%s\n", ClockTime(world_->now()).c_str(), package_id.c_str(),
         package_id.empty() ? "" : "  ", what.c_str());
}

void Week::TellRefused(const std::string& package_id, const std::string& what,
                       const absl::Status& status) {
  Tell(package_id, absl::StrCat(what, " was refused: ", SayError(status)));
}

std::string Week::NextRequestId(const std::string& what) {
  return absl::StrFormat("play-%s-%s-%d", absl::FormatCivilTime(monday_), what, ++requests_);
}

absl::Time Week::Soon(const std::string& name, int minutes_min, int minutes_max) const {
  const int minutes =
      minutes_min + chance_.Below(absl::StrCat("soon|", name), minutes_max - minutes_min);
  const absl::Time time = world_->now() + absl::Minutes(minutes);
  const absl::CivilSecond local = absl::ToCivilSecond(time, London());
  if (local.hour() >= kOpensHour && local.hour() < kClosesHour) return time;
  const absl::CivilDay day = absl::CivilDay(local) + (local.hour() >= kClosesHour ? 1 : 0);
  return absl::FromCivil(absl::CivilHour(day) + kOpensHour, London()) + absl::Minutes(minutes % 60);
}

}  // namespace brokerage::broker
