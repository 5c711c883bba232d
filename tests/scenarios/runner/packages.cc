#include "tests/scenarios/runner/packages.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "engine/base/calendar.h"
#include "engine/model/lifecycle.h"
#include "engine/model/state.h"
#include "engine/views/package_view.h"
#include "engine/views/words.h"
#include "tests/scenarios/runner/runner.h"
#include "tests/scenarios/runner/values.h"

namespace brokerage::engine {

namespace {

v1::Cause CauseOf(const std::string& words) {
  return ValueOf<v1::Cause>(v1::Cause_descriptor(), "CAUSE_", words);
}

// "capacity, provider, on Mon 2 Jul, saying \"...\"": reason, cause, date and words of an ending.
template <typename Request>
void AddEnding(ScenarioRunner& run, const std::string& text, Request* request) {
  static const auto& kOn = *new Phrase("on DATE");
  request->set_reason(kReason);
  for (const std::string& item : SplitList(text)) {
    if (auto words = kOn.Match(item)) {
      if constexpr (requires { request->set_on_date(""); }) {
        request->set_on_date(run.DateOf((*words)[0]));
      }
    } else if (item == "without words") {
      request->clear_reason();
    } else if (absl::StartsWith(item, "saying ")) {
      request->set_reason(Unquoted(item.substr(7)));
    } else if (auto reason =
                   ValueOf<v1::EndReason>(v1::EndReason_descriptor(), "END_REASON_", item)) {
      request->set_end_reason(reason);
    } else if (v1::Cause cause = CauseOf(item)) {
      request->set_cause(cause);
    } else if (!item.empty()) {
      run.Problem("nobody knows what this means of an ending: " + item);
    }
  }
}

void AddToTerms(ScenarioRunner& run, const std::string& item, v1::PackageTerms* terms) {
  static const auto& kMinutes = *new Phrase("N min");
  static const auto& kCarers = *new Phrase("N carers");
  static const auto& kStart = *new Phrase("start by DATE");
  static const auto& kVisits = *new Phrase("N visits of N min");
  int number = 0;
  if (auto words = kMinutes.Match(item)) {
    if (absl::SimpleAtoi((*words)[0], &number)) terms->set_weekly_minutes(number);
  } else if (auto words = kCarers.Match(item)) {
    if (absl::SimpleAtoi((*words)[0], &number)) terms->set_carers_per_visit(number);
  } else if (auto words = kVisits.Match(item)) {  // every day
    int visits = 0;
    if (!absl::SimpleAtoi((*words)[0], &visits) || !absl::SimpleAtoi((*words)[1], &number)) return;
    for (int i = 0; i < visits; ++i) {
      v1::Visit& visit = *terms->add_visits();
      for (int day = 1; day <= 7; ++day) visit.add_days_of_week(day);
      visit.set_minutes(number);
    }
  } else if (auto words = kStart.Match(item)) {
    terms->set_start_by_date(run.DateOf((*words)[0]));
  } else if (const v1::ServiceType service = ServiceOf(item)) {
    terms->set_service_type(service);
  } else {
    run.Problem("nobody knows what this means of a package: " + item);
  }
}

}  // namespace

void AddToReferral(ScenarioRunner& run, const std::string& item, v1::PackageReferral* referral) {
  absl::string_view rest = item;
  if (absl::ConsumePrefix(&rest, "ward ")) {
    referral->set_ward_code(run.WardCode(std::string(rest)));
  } else if (absl::ConsumePrefix(&rest, "postcode ")) {
    referral->set_postcode(std::string(rest));
  } else if (absl::ConsumePrefix(&rest, "person ")) {
    referral->set_person_reference(Unquoted(rest));
  } else if (absl::ConsumePrefix(&rest, "summary ")) {
    referral->set_summary(Unquoted(rest));
  } else if (absl::ConsumePrefix(&rest, "pattern ")) {
    referral->mutable_terms()->set_visit_pattern(Unquoted(rest));
  } else if (absl::ConsumePrefix(&rest, "needs ")) {
    const std::vector<std::string> words = absl::StrSplit(rest, absl::MaxSplits(' ', 1));
    v1::Need& need = *referral->add_needs();
    need.set_kind(ValueOf<v1::NeedKind>(v1::NeedKind_descriptor(), "NEED_KIND_", words[0]));
    if (words.size() > 1) need.set_value(words[1]);
  } else if (absl::ConsumePrefix(&rest, "refuses ")) {
    referral->add_refused_provider_ids(std::string(rest));
  } else if (absl::ConsumePrefix(&rest, "prefers ")) {
    referral->add_preferred_provider_ids(std::string(rest));
  } else if (absl::ConsumePrefix(&rest, "restart at ")) {
    referral->set_previous_branch_id(std::string(rest));
    const v1::Branch* branch = run.directory().Branch(rest);
    if (branch != nullptr) referral->set_previous_provider_id(branch->provider_id());
  } else if (absl::ConsumePrefix(&rest, "running at ")) {
    const std::vector<std::string> words = absl::StrSplit(rest, " under ");
    referral->set_already_running(true);
    referral->set_running_branch_id(words[0]);
    if (words.size() > 1) referral->set_running_contract_id(words[1]);
  } else if (absl::ConsumePrefix(&rest, "follows ")) {
    referral->set_follows_package_id(run.IdOf(std::string(rest)));
  } else if (item == "held") {
    referral->set_hold(true);
  } else if (item == "second package") {
    referral->set_allow_second_package(true);
  } else if (item == "summary confirmed") {
    referral->set_summary_confirmed(true);
  } else {
    AddToTerms(run, item, referral->mutable_terms());
  }
}

namespace {

v1::PackageReferral ReferralOf(ScenarioRunner& run, const std::string& label,
                               const std::string& text) {
  v1::PackageReferral referral;
  referral.set_framework_id(run.FrameworkOfCaller());
  referral.set_authority_id(run.caller().authority_id);
  referral.set_origin(v1::ORIGIN_COMMUNITY);
  referral.set_person_reference("person " + label);
  referral.set_summary("Needs help to get up and to go to bed.");
  referral.mutable_terms()->set_carers_per_visit(1);
  bool first = true;
  for (std::string item : SplitList(text)) {
    if (first) {  // "standard home_care"
      const std::vector<std::string> words = absl::StrSplit(item, absl::MaxSplits(' ', 1));
      referral.set_urgency(ValueOf<v1::Urgency>(v1::Urgency_descriptor(), "URGENCY_", words[0]));
      item = words.size() > 1 ? words[1] : "";
      first = false;
    }
    AddToReferral(run, item, &referral);
  }
  return referral;
}

void Submit(ScenarioRunner& run, const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    v1::SubmitPackageRequest request;
    *request.mutable_referral() = ReferralOf(run, label, words[1]);
    const uint64_t number = run.driver().engine().state().system.last_package_number() + 1;
    run.Ask(std::move(request));
    if (!run.refused()) run.SetLabel(label, number);
  }
}

void Preview(ScenarioRunner& run, const Words& words) {
  v1::PreviewPackageRequest request;
  request.set_package_id(run.IdOf(words[0]));
  run.Ask(std::move(request));
}

void Release(ScenarioRunner& run, const Words& words) {
  v1::ReleasePackagesRequest request;
  for (const std::string& label : LabelsOf(words[0])) request.add_package_ids(run.IdOf(label));
  run.Ask(std::move(request));
}

void Hold(ScenarioRunner& run, const Words& words) {
  v1::ReleasePackagesRequest request;
  for (const std::string& label : LabelsOf(words[0])) request.add_package_ids(run.IdOf(label));
  request.set_hold(true);
  run.Ask(std::move(request));
}

void Cancel(ScenarioRunner& run, const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    v1::CancelPackageRequest request;
    request.set_package_id(run.IdOf(label));
    const journal::v1::PackageRow& row = run.Package(label).row;
    if (row.state() == v1::PACKAGE_STATE_AWARDED) {
      request.set_awarded_offer_id(OfferIdOf(row, row.award().offer_ordinal()));
    }
    AddEnding(run, words[1], &request);
    run.Ask(std::move(request));
  }
}

// As somebody does who believes that nobody has it.
void CancelUnaware(ScenarioRunner& run, const Words& words) {
  v1::CancelPackageRequest request;
  request.set_package_id(run.IdOf(words[0]));
  AddEnding(run, words[1], &request);
  run.Ask(std::move(request));
}

void CancelSilently(ScenarioRunner& run, const Words& words) {
  v1::CancelPackageRequest request;
  request.set_package_id(run.IdOf(words[0]));
  run.Ask(std::move(request));
}

void Reissue(ScenarioRunner& run, const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    v1::ReissuePackageRequest request;
    request.set_package_id(run.IdOf(label));
    run.Ask(std::move(request));
  }
}

void ReissueChanged(ScenarioRunner& run, const Words& words) {
  v1::PackageReferral changes;
  for (const std::string& item : SplitList(words[1])) AddToReferral(run, item, &changes);
  v1::ReissuePackageRequest request;
  request.set_package_id(run.IdOf(words[0]));
  if (changes.has_terms()) *request.mutable_terms() = changes.terms();
  *request.mutable_needs() = changes.needs();
  request.set_summary(changes.summary());
  request.set_summary_confirmed(changes.summary_confirmed());
  run.Ask(std::move(request));
}

void Correct(ScenarioRunner& run, const Words& words) {
  v1::CorrectPackageRequest request;
  request.set_package_id(run.IdOf(words[0]));
  for (const std::string& item : SplitList(words[1])) {
    const auto urgency = ValueOf<v1::Urgency>(v1::Urgency_descriptor(), "URGENCY_", item);
    if (absl::StartsWith(item, "without ")) {
      request.add_cleared_fields(item.substr(8));
    } else if (urgency != v1::URGENCY_UNSPECIFIED) {
      request.mutable_changes()->set_urgency(urgency);
    } else {
      AddToReferral(run, item, request.mutable_changes());
    }
  }
  run.Ask(std::move(request));
}

void Start(ScenarioRunner& run, const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    v1::StartPackageRequest request;
    request.set_package_id(run.IdOf(label));
    if (!words[1].empty()) request.set_on_date(run.DateOf(words[1]));
    run.Ask(std::move(request));
  }
}

void Return(ScenarioRunner& run, const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    v1::ReturnPackageRequest request;
    request.set_package_id(run.IdOf(label));
    AddEnding(run, words[1], &request);
    run.Ask(std::move(request));
  }
}

void HandBack(ScenarioRunner& run, const Words& words) {
  v1::HandBackPackageRequest request;
  request.set_package_id(run.IdOf(words[0]));
  AddEnding(run, words[2], &request);
  run.Ask(std::move(request));
  if (!run.refused()) run.SetLabel(words[1], run.Package(words[0]).row.successor_number());
}

void Cease(ScenarioRunner& run, const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    v1::CeasePackageRequest request;
    request.set_package_id(run.IdOf(label));
    AddEnding(run, words[2], &request);
    request.set_leaving_outcome(
        ValueOf<v1::LeavingOutcome>(v1::LeavingOutcome_descriptor(), "LEAVING_OUTCOME_", words[1]));
    run.Ask(std::move(request));
  }
}

// Names the package as care navigation does, or the offer as who has it does.
template <typename Request>
void NameGiven(ScenarioRunner& run, const std::string& label, Request* request) {
  if (run.caller().role == v1::ROLE_CARE_NAVIGATOR) {
    request->set_package_id(run.IdOf(label));
  } else if (!run.caller().branch_id.empty()) {
    request->set_offer_id(run.OfferIdOf(label, run.caller().branch_id, ""));
  } else {
    for (const journal::v1::OfferRow& offer : run.Package(label).offers) {
      if (offer.provider_id() != run.caller().provider_id) continue;
      request->set_offer_id(run.OfferIdOf(label, offer.branch_id(), ""));
    }
  }
}

void GiveNotice(ScenarioRunner& run, const Words& words) {
  v1::GiveNoticeRequest request;
  NameGiven(run, words[0], &request);
  request.set_last_day(run.DateOf(words[1]));
  std::vector<std::string> rest;
  for (const std::string& item : SplitList(words[3])) {
    if (item == "for the provider") {
      request.set_of_provider(true);
    } else if (item == "care ends") {
      request.set_care_ends(true);
    } else {
      rest.push_back(item);
    }
  }
  AddEnding(run, absl::StrJoin(rest, ", "), &request);
  run.Ask(std::move(request));
  if (!run.refused() && !words[2].empty()) {
    run.SetLabel(words[2], run.Package(words[0]).row.successor_number());
  }
}

void WithdrawNotice(ScenarioRunner& run, const Words& words) {
  v1::WithdrawNoticeRequest request;
  NameGiven(run, words[0], &request);
  run.Ask(std::move(request));
}

void Erase(ScenarioRunner& run, const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    v1::ErasePackageTextsRequest request;
    request.set_package_id(run.IdOf(label));
    run.Ask(std::move(request));
  }
}

void CheckState(ScenarioRunner& run, const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    const PackageAggregate package = run.Package(label);
    if (words[1] == "held") {
      run.Expect(label + " held", label + (package.row.held() ? " held" : " not held"));
    } else {
      run.Expect(label + " " + words[1], label + " " + StateName(package.row.state()));
    }
  }
}

void CheckReleaseDue(ScenarioRunner& run, const Words& words) {
  run.Expect(run.TimeText(absl::ToUnixMicros(run.TimeOf(words[1]))),
             run.TimeText(run.Package(words[0]).row.release_due_us()));
}

void CheckTerms(ScenarioRunner& run, const Words& words) {
  run.Expect(words[1], absl::StrCat(run.Package(words[0]).row.terms_version()));
}

void CheckFollows(ScenarioRunner& run, const Words& words) {
  run.Expect(absl::StrCat(run.NumberOf(words[1])),
             absl::StrCat(run.Package(words[0]).row.predecessor_number()));
  run.Expect(absl::StrCat(run.NumberOf(words[0])),
             absl::StrCat(run.Package(words[1]).row.successor_number()));
}

void CheckLimitDue(ScenarioRunner& run, const Words& words) {
  run.Expect(run.TimeText(absl::ToUnixMicros(run.TimeOf(words[1]))),
             run.TimeText(run.Package(words[0]).row.limit_due_us()));
}

void CheckOverLimit(ScenarioRunner& run, const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    if (!run.Package(label).row.limit_passed())
      run.Problem("the limit of " + label + " has not passed");
    if (!run.driver().OverLimit(run.NumberOf(label)))
      run.Problem(label + " is not listed as over its limit");
  }
}

void CheckNotOverLimit(ScenarioRunner& run, const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    if (run.driver().OverLimit(run.NumberOf(label)))
      run.Problem(label + " is listed as over its limit");
  }
}

void CheckLeft(ScenarioRunner& run, const Words& words) {
  run.Expect(words[1],
             InLowerCase(v1::LeavingOutcome_Name(run.Package(words[0]).row.leaving_outcome()),
                         "LEAVING_OUTCOME_"));
}

// "capacity, provider, on 2 Jul": what is named must be so.
void ExpectEnding(ScenarioRunner& run, const std::string& text, const v1::Ending& ending) {
  static const auto& kOn = *new Phrase("on DATE");
  for (const std::string& item : SplitList(text)) {
    if (auto words = kOn.Match(item)) {
      run.Expect(run.DateOf((*words)[0]), ending.date());
    } else if (absl::StartsWith(item, "saying ")) {
      run.Expect(Unquoted(item.substr(7)), ending.words());
    } else if (ValueOf<v1::EndReason>(v1::EndReason_descriptor(), "END_REASON_", item) != 0) {
      run.Expect(item, PlainWords(v1::EndReason_Name(ending.reason()), "END_REASON_"));
    } else if (!item.empty()) {
      run.Expect(item, PlainWords(v1::Cause_Name(ending.cause()), "CAUSE_"));
    }
  }
}

void CheckEnded(ScenarioRunner& run, const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    ExpectEnding(run, words[1],
                 ToPackage(run.Package(label), Detail::kFull, run.directory()).ending());
  }
}

void CheckNotice(ScenarioRunner& run, const Words& words) {
  const v1::Package package = ToPackage(run.Package(words[0]), Detail::kFull, run.directory());
  run.Expect(run.DateOf(words[1]), package.notice().last_day());
  run.Expect(words[2].empty() ? "in time" : words[2],
             package.notice().short_notice() ? "short notice" : "in time");
}

void CheckNoNotice(ScenarioRunner& run, const Words& words) {
  if (IsUnderNotice(run.Package(words[0]).row)) run.Problem(words[0] + " is under notice");
}

void CheckUnfilled(ScenarioRunner& run, const Words& words) {
  const v1::Package package = ToPackage(run.Package(words[0]), Detail::kFull, run.directory());
  run.Expect(words[1],
             PlainWords(v1::UnfilledCause_Name(package.unfilled_cause()), "UNFILLED_CAUSE_"));
}

void CheckStartBy(ScenarioRunner& run, const Words& words) {
  run.Expect(run.DateOf(words[1]), run.Package(words[0]).row.terms().start_by_date());
}

void CheckStartDate(ScenarioRunner& run, const Words& words) {
  run.Expect(run.DateOf(words[1]), FormatDate(run.Package(words[0]).row.started_date()));
}

// The branch's newest offer, what it was asked since it has the package apart.
v1::Offer OwnOfferShown(ScenarioRunner& run, const std::string& label, const std::string& branch) {
  PackageAggregate package = run.Package(label);
  std::erase_if(package.offers, [](const journal::v1::OfferRow& offer) { return IsAsked(offer); });
  return run.OfferAsShown(package, branch);
}

void CheckFate(ScenarioRunner& run, const Words& words) {
  const v1::Offer offer = OwnOfferShown(run, words[0], words[1]);
  run.Expect(words[2], InLowerCase(v1::FateKind_Name(offer.fate().kind()), "FATE_KIND_"));
  ExpectEnding(run, words[3], offer.fate().ending());
}

void CheckKnowsPerson(ScenarioRunner& run, const Words& words) {
  const std::string seen = OwnOfferShown(run, words[0], words[1]).person_reference();
  run.Expect(words[2] == "knows" ? "a person" : "nobody", seen.empty() ? "nobody" : "a person");
}

void CheckPattern(ScenarioRunner& run, const Words& words) {
  run.Expect(words[1], run.Package(words[0]).row.terms().visit_pattern());
}

void CheckSummary(ScenarioRunner& run, const Words& words) {
  run.Expect(words[1], run.Package(words[0]).Text("summary"));
}

void CheckSummaryGone(ScenarioRunner& run, const Words& words) {
  if (!run.Package(words[0]).texts.empty()) run.Problem("there are still texts");
}

}  // namespace

const PhraseTable& PackagePhrases() {
  static const auto& kPhrases =
      *new PhraseTable{{
                           {Phrase("submits PACKAGES: REST"), Submit},
                           {Phrase("previews PACKAGE"), Preview},
                           {Phrase("corrects PACKAGE: REST"), Correct},
                           {Phrase("releases PACKAGES"), Release},
                           {Phrase("holds PACKAGES"), Hold},
                           {Phrase("cancels PACKAGES[: REST]"), Cancel},
                           {Phrase("cancels PACKAGE without a reason"), CancelSilently},
                           {Phrase("cancels PACKAGE believing it waits[: REST]"), CancelUnaware},
                           {Phrase("reissues PACKAGES"), Reissue},
                           {Phrase("reissues PACKAGE with REST"), ReissueChanged},
                           {Phrase("starts PACKAGES[ on DATE]"), Start},
                           {Phrase("returns PACKAGES: REST"), Return},
                           {Phrase("hands back PACKAGE as PACKAGE: REST"), HandBack},
                           {Phrase("ceases PACKAGES[, leaving with WORD][: REST]"), Cease},
                           {Phrase("gives notice of PACKAGE until DATE[, followed by PACKAGE]"
                                   "[: REST]"),
                            GiveNotice},
                           {Phrase("takes back the notice of PACKAGE"), WithdrawNotice},
                           {Phrase("erases PACKAGES"), Erase},
                       },
                       {
                           {Phrase("PACKAGE is due TIME"), CheckReleaseDue},
                           {Phrase("PACKAGES is WORD"), CheckState},
                           {Phrase("PACKAGES are WORD"), CheckState},
                           {Phrase("PACKAGE has terms version N"), CheckTerms},
                           {Phrase("PACKAGE follows PACKAGE"), CheckFollows},
                           {Phrase("PACKAGE limit is due TIME"), CheckLimitDue},
                           {Phrase("PACKAGES over the limit"), CheckOverLimit},
                           {Phrase("PACKAGES not over the limit"), CheckNotOverLimit},
                           {Phrase("PACKAGE left with WORD"), CheckLeft},
                           {Phrase("PACKAGES ended: REST"), CheckEnded},
                           {Phrase("PACKAGE under notice until DATE[, REST]"), CheckNotice},
                           {Phrase("PACKAGE not under notice"), CheckNoNotice},
                           {Phrase("PACKAGE waits because REST"), CheckUnfilled},
                           {Phrase("PACKAGE starts by DATE"), CheckStartBy},
                           {Phrase("PACKAGE started on DATE"), CheckStartDate},
                           {Phrase("PACKAGE fate of NAME is WORD[: REST]"), CheckFate},
                           {Phrase("PACKAGE branch NAME WORD the person"), CheckKnowsPerson},
                           {Phrase("PACKAGE summary is gone"), CheckSummaryGone},
                           {Phrase("PACKAGE summary is TEXT"), CheckSummary},
                           {Phrase("PACKAGE pattern is TEXT"), CheckPattern},
                       }};
  return kPhrases;
}

}  // namespace brokerage::engine
