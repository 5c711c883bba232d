#include "demo/people/care_navigation.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "brokerage/v1/package_service.pb.h"
#include "engine/base/calendar.h"
#include "engine/base/rejection.h"
#include "services/client/text/package_text.h"
#include "services/client/text/words.h"

namespace brokerage::demo {

using client::London;
using client::ReferralOn;
using client::ReferralRow;
using client::ShortName;
using client::Spaced;
using client::TermsInShort;
using client::TimeOf;

namespace {

constexpr int kOpensHour = 8;
constexpr int kClosesHour = 17;

std::string DayAndTime(absl::Time time) { return absl::FormatTime("%a %H:%M", time, London()); }

}  // namespace

void CareNavigation::TakeOver() {
  diary_.SetQuiet(true);
  Poll();
  interim_.PlanAllLeaving();
  diary_.SetQuiet(false);
}

void CareNavigation::BeginWeek() {
  returned_ = handed_back_ = false;
  caseload_.BeginWeek();
}

void CareNavigation::Submit(const ReferralRow& row, absl::CivilDay day, const std::string& suffix) {
  if (!row.status.ok())
    return diary_.ReportRefused("", absl::StrCat("line ", row.line), row.status);
  v1::SubmitPackageRequest request;
  request.set_request_id(setting_.NextRequestId("submit"));
  *request.mutable_referral() = ReferralOn(row, day);
  request.mutable_referral()->set_framework_id(council_.framework().id());
  if (row.referral.authority_id().empty()) {
    request.mutable_referral()->set_authority_id(council_.authority_id());
  }
  request.mutable_referral()->set_person_reference(
      absl::StrCat(row.referral.person_reference(), suffix));
  const std::string authority_id = request.referral().authority_id();
  const std::vector<std::string>& buyers = council_.authority_ids();
  if (std::find(buyers.begin(), buyers.end(), authority_id) == buyers.end()) {
    return diary_.ReportRefused(
        "", absl::StrCat("line ", row.line),
        absl::InvalidArgumentError(absl::StrCat(authority_id, " does not buy")));
  }
  auto response = council_.navigator(authority_id)
                      .Call<v1::SubmitPackageResponse>("PackageService/SubmitPackage", request);
  if (!response.ok())
    return diary_.ReportRefused("", absl::StrCat("package of line ", row.line), response.status());
  const v1::Package& package = response->package();
  caseload_.Add(package.id(), authority_id);
  ++diary_.week().referred;
  caseload_.Of(package.id()).state = package.state();
  diary_.Report(package.id(),
                absl::StrCat("new: ", TermsInShort(package.terms(), package.urgency()), ", ",
                             council_.names().Ward(package.ward_code()), " (",
                             council_.names().Lot(package.lot_id()), ")",
                             package.previous_branch_id().empty() ? "" : ", a restart"));
}

absl::Status CareNavigation::Transfer(const Event& event) {
  v1::TransferPackagesRequest request;
  request.set_request_id(setting_.NextRequestId("transfer"));
  request.set_contract_id(event.subject);
  request.set_reason(event.reason);
  request.set_cause(v1::CAUSE_PROVIDER);
  auto response =
      council_.navigator(event.authority_id)
          .Call<v1::TransferPackagesResponse>("PackageService/TransferPackages", request);
  if (!response.ok()) return response.status();
  const v1::Transfer& transfer = response->transfer();
  for (int i = 0; i < transfer.successor_ids_size(); ++i) {
    const std::string& id = transfer.successor_ids(i);
    if (id == transfer.package_ids(i)) {  // it had not started, and is put out again itself
      caseload_.Of(id).state = v1::PACKAGE_STATE_UNFILLED;
      continue;
    }
    caseload_.Add(id, event.authority_id);
  }
  setting_.notes.transfers.push_back({transfer.id(), event.authority_id});
  return absl::OkStatus();
}

void CareNavigation::Poll() {
  for (const std::string& authority_id : council_.authority_ids()) PollAuthority(authority_id);
}

void CareNavigation::PollAuthority(const std::string& authority_id) {
  v1::ListPackagesRequest request;
  for (v1::PackageState state :
       {v1::PACKAGE_STATE_SUBMITTED, v1::PACKAGE_STATE_OFFERED, v1::PACKAGE_STATE_AWARDED}) {
    request.add_states(state);
  }
  if (setting_.in_full) request.add_states(v1::PACKAGE_STATE_UNFILLED);
  request.set_framework_id(council_.framework().id());
  request.set_page_size(1000);
  std::set<std::string> listed;
  do {
    auto page = council_.navigator(authority_id)
                    .Call<v1::ListPackagesResponse>("PackageService/ListPackages", request);
    if (!page.ok()) return diary_.ReportRefused("", "the list of packages", page.status());
    for (const v1::Package& package : page->packages()) {
      Observe(package);
      listed.insert(package.id());
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  if (!setting_.in_full) PollUnlisted(authority_id, listed);
}

// A waiting list that grows over many weeks is not read every half hour: what is no longer out is
// looked at once.
void CareNavigation::PollUnlisted(const std::string& authority_id,
                                  const std::set<std::string>& listed) {
  std::vector<std::string> gone;
  for (const auto& [id, seen] : caseload_.all()) {
    const bool was_out =
        seen.state == v1::PACKAGE_STATE_SUBMITTED || seen.state == v1::PACKAGE_STATE_OFFERED;
    if (was_out && seen.authority_id == authority_id && !listed.contains(id)) gone.push_back(id);
  }
  for (const std::string& id : gone) {
    v1::GetPackageRequest request;
    request.set_package_id(id);
    auto whole =
        caseload_.Navigator(id).Call<v1::GetPackageResponse>("PackageService/GetPackage", request);
    if (!whole.ok()) return diary_.ReportRefused(id, "a look at it", whole.status());
    Observe(whole->package());
  }
}

void CareNavigation::Observe(const v1::Package& package) {
  Seen& seen = caseload_.Of(package.id());
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
  if (seen.rounds > before.rounds) ObserveRounds(package, before.rounds);
  if (!seen.award_offer_id.empty() && seen.award_offer_id != before.award_offer_id)
    ObserveAward(package);
  if (!seen.proposed_offer_id.empty() && seen.proposed_offer_id != before.proposed_offer_id) {
    calendar_.At(Soon(package.id(), 5, 45), [this, id = package.id()] { ConfirmAward(id); });
  }
  if (!setting_.in_full && seen.state == v1::PACKAGE_STATE_UNFILLED && before.state != seen.state) {
    TryAgain(package.id());
  }
  if (seen.state == v1::PACKAGE_STATE_UNFILLED && before.state == v1::PACKAGE_STATE_OFFERED) {
    diary_.Report(package.id(), "nobody took it: on the waiting list");
  } else if (seen.state == v1::PACKAGE_STATE_UNFILLED &&
             before.state == v1::PACKAGE_STATE_SUBMITTED && seen.rounds == 0) {
    diary_.Report(package.id(), "nobody may be offered it: on the waiting list");
  }
}

// Put out again after two days, and once more; then care navigation finds care elsewhere.
void CareNavigation::TryAgain(const std::string& package_id) {
  const int tries = caseload_.Of(package_id).reissues++;
  if (tries < 2) {
    return calendar_.At(Soon(package_id, 2 * 24 * 60, 3 * 24 * 60), [this, package_id] {
      if (caseload_.Of(package_id).state != v1::PACKAGE_STATE_UNFILLED) return;
      Reissue(package_id);
      if (caseload_.Of(package_id).state == v1::PACKAGE_STATE_UNFILLED) TryAgain(package_id);
    });
  }
  calendar_.At(Soon(package_id, 7 * 24 * 60, 10 * 24 * 60),
               [this, package_id] { Cancel(package_id); });
}

void CareNavigation::Cancel(const std::string& package_id) {
  if (caseload_.Of(package_id).state != v1::PACKAGE_STATE_UNFILLED) return;
  v1::CancelPackageRequest request;
  request.set_request_id(setting_.NextRequestId("cancel"));
  request.set_package_id(package_id);
  request.set_reason("Care was found outside the framework.");
  auto response = caseload_.Navigator(package_id)
                      .Call<v1::CancelPackageResponse>("PackageService/CancelPackage", request);
  if (!response.ok())
    return diary_.ReportRefused(package_id, "the end of the search", response.status());
  caseload_.Of(package_id).state = v1::PACKAGE_STATE_CANCELLED;
  ++diary_.week().elsewhere;
}

void CareNavigation::ObserveRounds(const v1::Package& package, int rounds_seen) {
  v1::GetPackageRequest request;
  request.set_package_id(package.id());
  auto whole = caseload_.Navigator(package.id())
                   .Call<v1::GetPackageResponse>("PackageService/GetPackage", request);
  if (!whole.ok()) return diary_.ReportRefused(package.id(), "a look at it", whole.status());
  for (const v1::Round& round : whole->package().rounds()) {
    if (round.number() <= rounds_seen) continue;
    const absl::Time deadline = TimeOf(round.deadline_time());
    if (setting_.in_full && deadline > council_.now()) deadlines_.Add(deadline, package.id());
    int offers = 0;
    for (const v1::Offer& offer : whole->package().offers()) {
      if (offer.round_number() != round.number()) continue;
      ++offers;
      ++diary_.week().offers;
      if (offer.state() != v1::OFFER_STATE_OPEN && offer.state() != v1::OFFER_STATE_LAPSED)
        continue;
      branches_.Receive(offer, round.rule_number() == 1);
    }
    std::vector<std::string> tiers;
    for (const std::string& tier : round.tier_ids()) tiers.push_back(council_.names().Tier(tier));
    diary_.Report(package.id(),
                  absl::StrCat("out to ", offers, offers == 1 ? " branch" : " branches", " (",
                               round.rule_number() == 0 ? "the one that had the person"
                                                        : absl::StrJoin(tiers, ", "),
                               "), answers by ", DayAndTime(deadline)));
  }
}

void CareNavigation::ObserveAward(const v1::Package& package) {
  ++diary_.week().awarded;
  const v1::Award& award = package.award();
  diary_.Report(package.id(),
                absl::StrCat("awarded to ", council_.names().Branch(award.branch_id()),
                             award.decided_by() == v1::AWARD_CRITERION_UNSPECIFIED
                                 ? ""
                                 : absl::StrCat(", by ", Spaced(ShortName(award.decided_by())))));
  const absl::Time time = TimeOf(award.award_time());
  const bool gives_up =
      !diary_.quiet() && !returned_ && absl::ToCivilDay(time, London()) > setting_.monday;
  if (gives_up) {
    returned_ = true;
    calendar_.At(Soon(package.id(), 90, 180), [this, id = package.id()] { Return(id); });
    return;
  }
  const absl::CivilDay day = absl::ToCivilDay(time, London()) + 1 +
                             setting_.chance.Below(absl::StrCat("begin|", package.id()), 3);
  calendar_.At(engine::StartOfDay(day, London()) + absl::Hours(9) +
                   absl::Minutes(setting_.chance.Below(absl::StrCat("minute|", package.id()), 60)),
               [this, id = package.id()] { Start(id); });
}

void CareNavigation::ConfirmAward(const std::string& package_id) {
  if (!setting_.in_full) {  // others may have acted in the same half hour
    v1::GetPackageRequest look;
    look.set_package_id(package_id);
    auto now = caseload_.Navigator(package_id)
                   .Call<v1::GetPackageResponse>("PackageService/GetPackage", look);
    if (now.ok()) Observe(now->package());
  }
  const std::string offer_id = caseload_.Of(package_id).proposed_offer_id;
  if (offer_id.empty()) return;
  v1::AwardPackageRequest request;
  request.set_request_id(setting_.NextRequestId("award"));
  request.set_package_id(package_id);
  request.set_offer_id(offer_id);
  auto response = caseload_.Navigator(package_id)
                      .Call<v1::AwardPackageResponse>("PackageService/AwardPackage", request);
  const v1::Rejection rejection = engine::RejectionOf(response.status());
  if (rejection.field() == "price_exception_reason") {
    request.set_request_id(setting_.NextRequestId("award"));
    request.set_price_exception_reason(
        "No other branch takes the package at a price within bounds.");
    response = caseload_.Navigator(package_id)
                   .Call<v1::AwardPackageResponse>("PackageService/AwardPackage", request);
  }
  if (!response.ok()) diary_.ReportRefused(package_id, "the award", response.status());
}

void CareNavigation::Start(const std::string& package_id) {
  if (caseload_.Of(package_id).state != v1::PACKAGE_STATE_AWARDED) return;
  v1::StartPackageRequest request;
  request.set_request_id(setting_.NextRequestId("start"));
  request.set_package_id(package_id);
  auto response = caseload_.Navigator(package_id)
                      .Call<v1::StartPackageResponse>("PackageService/StartPackage", request);
  if (!response.ok()) return diary_.ReportRefused(package_id, "the start", response.status());
  caseload_.Of(package_id).state = v1::PACKAGE_STATE_STARTED;
  caseload_.Of(package_id).due.clear();
  diary_.Report(package_id, "care has started");
  if (response->package().has_limit_due_time()) return interim_.PlanLeaving(response->package());
  if (handed_back_) return;
  handed_back_ = true;
  calendar_.At(council_.now() + absl::Hours(25), [this, package_id] { HandBack(package_id); });
}

void CareNavigation::Return(const std::string& package_id) {
  v1::ReturnPackageRequest request;
  request.set_request_id(setting_.NextRequestId("return"));
  request.set_package_id(package_id);
  request.set_cause(v1::CAUSE_PROVIDER);
  request.set_reason("The carer planned for it has left the branch.");
  auto response = caseload_.Navigator(package_id)
                      .Call<v1::ReturnPackageResponse>("PackageService/ReturnPackage", request);
  if (!response.ok()) return diary_.ReportRefused(package_id, "the return", response.status());
  NoteGivenUp(response->package(), false, request.reason());
  diary_.Report(package_id, absl::StrCat("returned before the start, ", ByWhom()));
  calendar_.At(Soon(package_id, 30, 60), [this, package_id] { Reissue(package_id); });
}

void CareNavigation::HandBack(const std::string& package_id) {
  v1::HandBackPackageRequest request;
  request.set_request_id(setting_.NextRequestId("hand-back"));
  request.set_package_id(package_id);
  request.set_cause(v1::CAUSE_PROVIDER);
  request.set_reason("The branch cannot cover the morning visit.");
  auto response = caseload_.Navigator(package_id)
                      .Call<v1::HandBackPackageResponse>("PackageService/HandBackPackage", request);
  if (!response.ok()) return diary_.ReportRefused(package_id, "the hand-back", response.status());
  const std::string successor = response->successor().id();
  caseload_.Add(successor, caseload_.Of(package_id).authority_id);
  NoteGivenUp(response->package(), true, request.reason());
  diary_.Report(package_id,
                absl::StrCat("handed back, ", ByWhom(), "; ", successor, " follows it"));
  calendar_.At(Soon(successor, 30, 60), [this, successor] { Reissue(successor); });
}

std::string CareNavigation::ByWhom() const {
  const GivenUp& last = setting_.notes.given_up.back();
  return absl::StrCat("by ", council_.names().Branch(last.branch_id), ", the ",
                      ShortName(last.cause), "'s cause");
}

void CareNavigation::NoteGivenUp(const v1::Package& package, bool handed_back,
                                 const std::string& reason) {
  setting_.notes.given_up.push_back({{package.id(), package.authority_id()},
                                     council_.now(),
                                     handed_back,
                                     caseload_.Of(package.id()).award_branch_id,
                                     package.give_up_cause(),
                                     reason});
}

void CareNavigation::Reissue(const std::string& package_id) {
  v1::ReissuePackageRequest request;
  request.set_request_id(setting_.NextRequestId("reissue"));
  request.set_package_id(package_id);
  auto response = caseload_.Navigator(package_id)
                      .Call<v1::ReissuePackageResponse>("PackageService/ReissuePackage", request);
  if (!response.ok()) return diary_.ReportRefused(package_id, "the reissue", response.status());
  if (!setting_.in_full) Observe(response->package());
  diary_.Report(package_id, "put out again");
}

absl::Time CareNavigation::Soon(const std::string& name, int minutes_min, int minutes_max) const {
  const int minutes =
      minutes_min + setting_.chance.Below(absl::StrCat("soon|", name), minutes_max - minutes_min);
  const absl::Time time = council_.now() + absl::Minutes(minutes);
  const absl::CivilSecond local = absl::ToCivilSecond(time, London());
  if (local.hour() >= kOpensHour && local.hour() < kClosesHour) return time;
  const absl::CivilDay day = absl::CivilDay(local) + (local.hour() >= kClosesHour ? 1 : 0);
  return absl::FromCivil(absl::CivilHour(day) + kOpensHour, London()) + absl::Minutes(minutes % 60);
}

}  // namespace brokerage::demo
