// What people do in a scenario. What they do to the directory is in directory.cc.
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "engine/base/hash.h"
#include "engine/base/ids.h"
#include "tests/scenarios/runner/runner.h"
#include "tests/scenarios/runner/values.h"

namespace brokerage::engine {

namespace {

v1::Cause CauseOf(const std::string& words) {
  return ValueOf<v1::Cause>(v1::Cause_descriptor(), "CAUSE_", words);
}

}  // namespace

const std::vector<ScenarioRunner::Entry>& ScenarioRunner::Actions() {
  using R = ScenarioRunner;
  static const auto& kActions = *new std::vector<Entry>{
      {Phrase("submits PACKAGES: REST"), &R::Submit},
      {Phrase("previews PACKAGE"), &R::Preview},
      {Phrase("releases PACKAGES"), &R::Release},
      {Phrase("holds PACKAGES"), &R::Hold},
      {Phrase("cancels PACKAGES"), &R::Cancel},
      {Phrase("cancels PACKAGE without a reason"), &R::CancelSilently},
      {Phrase("awards PACKAGE to NAME[ because TEXT][, price exception TEXT]"), &R::Award},
      {Phrase("reissues PACKAGES"), &R::Reissue},
      {Phrase("reissues PACKAGE with REST"), &R::ReissueChanged},
      {Phrase("starts PACKAGES"), &R::Start},
      {Phrase("returns PACKAGES: REST"), &R::Return},
      {Phrase("hands back PACKAGE as PACKAGE: REST"), &R::HandBack},
      {Phrase("ceases PACKAGES[, leaving with WORD]"), &R::Cease},
      {Phrase("transfers contract NAME[: PACKAGES]"), &R::Transfer},
      {Phrase("transfers contract NAME because TEXT"), &R::Transfer},
      {Phrase("transfers contract NAME by the authority"), &R::Transfer},
      {Phrase("transfers provider NAME"), &R::TransferProvider},
      {Phrase("erases PACKAGES"), &R::Erase},
      {Phrase("accepts PACKAGES[ of round N][ from DATE][ until TIME]"), &R::Accept},
      {Phrase("accepts the offer of NAME on PACKAGE"), &R::Accept},
      {Phrase("accepts PACKAGES, at most[ N packages][ N minutes] of TEXT"), &R::AcceptWithin},
      {Phrase("declines PACKAGES[ of round N][: WORD][ TEXT]"), &R::Decline},
      {Phrase("wavers N times over PACKAGE"), &R::Waver},
      {Phrase("moves PACKAGES[ from NAME] to NAME"), &R::MoveOffer},
      {Phrase("moves PACKAGE N times between NAME and NAME"), &R::MoveAboutOffer},
      {Phrase("claims that PACKAGES was issued in error"), &R::Claim},
      {Phrase("claims that PACKAGES were issued in error"), &R::Claim},
      {Phrase("upholds the claim of NAME on PACKAGES"), &R::Uphold},
      {Phrase("rejects the claim of NAME on PACKAGES"), &R::RejectClaim},
      {Phrase("opts out[ NAME][ from TIME][ until TIME]"), &R::OptOut},
      {Phrase("opts in"), &R::OptIn},
      {Phrase("changes coverage: REST"), &R::ChangeCoverage},
      {Phrase("proposes coverage: REST"), &R::ProposeCoverage},
      {Phrase("accepts the proposal of NAME"), &R::AcceptProposal},
      {Phrase("rejects the proposal of NAME[ because TEXT]"), &R::RejectProposal},
      {Phrase("withdraws the proposal of NAME[ because TEXT]"), &R::WithdrawProposal},
      {Phrase("approves the opt-out of NAME"), &R::ApproveOptOut},
      {Phrase("refuses the opt-out of NAME"), &R::RefuseOptOut},
      {Phrase("could take on N minutes"), &R::DeclareCapacity},
      {Phrase("suspends contract NAME[ from TIME][ until TIME]"), &R::SuspendContract},
      {Phrase("resumes contract NAME"), &R::ResumeContract},
      {Phrase("ends contract NAME on DATE"), &R::EndContract},
      {Phrase("novates contract NAME to NAME on DATE"), &R::NovateContract},
      {Phrase("suspends provider NAME[ in area PACKAGE][ in framework NAME][ from TIME][ until "
              "TIME]"),
       &R::SuspendProvider},
      {Phrase("resumes provider NAME"), &R::ResumeProvider},
      {Phrase("applies the framework[ again]"), &R::ApplyFramework},
      {Phrase("applies the framework with NAME: TEXT for TEXT[, and the line TEXT]"),
       &R::ApplyChangedFramework},
      {Phrase("applies the framework without NAME: TEXT"), &R::ApplyFrameworkWithout},
      {Phrase("applies the framework as NAME of NAME"), &R::ApplyFrameworkAs},
      {Phrase("creates account NAME"), &R::CreateAccount},
      {Phrase("extends deadlines for an outage from TIME to TIME"), &R::Extend},
      {Phrase("confirms the clock"), &R::ConfirmClock},
      {Phrase("jumps"), &R::Jump},
      {Phrase("asks for the scorecard[ of NAME][ from DATE to DATE]"), &R::AskForScorecard},
      {Phrase("asks for the distribution[ of NAME][ from DATE to DATE]"), &R::AskForDistribution},
      {Phrase("asks for the figures[ of NAME]"), &R::AskForFigures},
      {Phrase("asks for the figures by WORD[ of WORD VALUE]"), &R::AskForFiguresBy},
      {Phrase("asks for the interim stays[ of NAME][ from DATE to DATE][ for NAME]"),
       &R::AskForInterimStays},
      {Phrase("restarts the server"), &R::Restart},
  };
  return kActions;
}

// --- Packages.

void ScenarioRunner::AddToTerms(const std::string& item, v1::PackageTerms* terms) {
  static const auto& kMinutes = *new Phrase("N min");
  static const auto& kCarers = *new Phrase("N carers");
  static const auto& kStart = *new Phrase("start by DATE");
  int number = 0;
  if (auto words = kMinutes.Match(item)) {
    if (absl::SimpleAtoi((*words)[0], &number)) terms->set_weekly_minutes(number);
  } else if (auto words = kCarers.Match(item)) {
    if (absl::SimpleAtoi((*words)[0], &number)) terms->set_carers_per_visit(number);
  } else if (auto words = kStart.Match(item)) {
    terms->set_start_by_date(DateOf((*words)[0]));
  } else if (const v1::ServiceType service = ServiceOf(item)) {
    terms->set_service_type(service);
  } else {
    Problem("nobody knows what this means of a package: " + item);
  }
}

void ScenarioRunner::AddToReferral(const std::string& item, v1::PackageReferral* referral) {
  absl::string_view rest = item;
  if (absl::ConsumePrefix(&rest, "ward ")) {
    referral->set_ward_code(WardCode(std::string(rest)));
  } else if (absl::ConsumePrefix(&rest, "postcode ")) {
    referral->set_postcode(std::string(rest));
  } else if (absl::ConsumePrefix(&rest, "person ")) {
    referral->set_person_reference(Unquoted(rest));
  } else if (absl::ConsumePrefix(&rest, "summary ")) {
    referral->set_summary(Unquoted(rest));
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
    const v1::Branch* branch = driver_->engine().directory().Branch(rest);
    if (branch != nullptr) referral->set_previous_provider_id(branch->provider_id());
  } else if (absl::ConsumePrefix(&rest, "running at ")) {
    const std::vector<std::string> words = absl::StrSplit(rest, " under ");
    referral->set_already_running(true);
    referral->set_running_branch_id(words[0]);
    if (words.size() > 1) referral->set_running_contract_id(words[1]);
  } else if (absl::ConsumePrefix(&rest, "follows ")) {
    referral->set_follows_package_id(IdOf(std::string(rest)));
  } else if (item == "held") {
    referral->set_hold(true);
  } else if (item == "second package") {
    referral->set_allow_second_package(true);
  } else if (item == "summary confirmed") {
    referral->set_summary_confirmed(true);
  } else {
    AddToTerms(item, referral->mutable_terms());
  }
}

v1::PackageReferral ScenarioRunner::ReferralOf(const std::string& label, const std::string& text) {
  v1::PackageReferral referral;
  referral.set_framework_id(FrameworkOfCaller());
  referral.set_authority_id(caller_.authority_id);
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
    AddToReferral(item, &referral);
  }
  return referral;
}

void ScenarioRunner::Submit(const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    v1::SubmitPackageRequest request;
    *request.mutable_referral() = ReferralOf(label, words[1]);
    const uint64_t number = driver_->engine().state().system.last_package_number() + 1;
    Ask(std::move(request));
    if (refused_.ok()) packages_[label] = number;
  }
}

void ScenarioRunner::Preview(const Words& words) {
  v1::PreviewPackageRequest request;
  request.set_package_id(IdOf(words[0]));
  Ask(std::move(request));
}

void ScenarioRunner::Release(const Words& words) {
  v1::ReleasePackagesRequest request;
  for (const std::string& label : LabelsOf(words[0])) request.add_package_ids(IdOf(label));
  Ask(std::move(request));
}

void ScenarioRunner::Hold(const Words& words) {
  v1::ReleasePackagesRequest request;
  for (const std::string& label : LabelsOf(words[0])) request.add_package_ids(IdOf(label));
  request.set_hold(true);
  Ask(std::move(request));
}

void ScenarioRunner::Cancel(const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    v1::CancelPackageRequest request;
    request.set_package_id(IdOf(label));
    request.set_reason(kReason);
    Ask(std::move(request));
  }
}

void ScenarioRunner::CancelSilently(const Words& words) {
  v1::CancelPackageRequest request;
  request.set_package_id(IdOf(words[0]));
  Ask(std::move(request));
}

void ScenarioRunner::Award(const Words& words) {
  v1::AwardPackageRequest request;
  request.set_package_id(IdOf(words[0]));
  request.set_offer_id(OfferIdOf(words[0], words[1], ""));
  request.set_override_reason(words[2]);
  request.set_price_exception_reason(words[3]);
  Ask(std::move(request));
}

void ScenarioRunner::Reissue(const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    v1::ReissuePackageRequest request;
    request.set_package_id(IdOf(label));
    Ask(std::move(request));
  }
}

void ScenarioRunner::ReissueChanged(const Words& words) {
  v1::ReissuePackageRequest request;
  request.set_package_id(IdOf(words[0]));
  *request.mutable_terms() = Package(words[0]).row.terms();
  for (const std::string& item : SplitList(words[1])) AddToTerms(item, request.mutable_terms());
  Ask(std::move(request));
}

void ScenarioRunner::Start(const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    v1::StartPackageRequest request;
    request.set_package_id(IdOf(label));
    Ask(std::move(request));
  }
}

void ScenarioRunner::Return(const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    v1::ReturnPackageRequest request;
    request.set_package_id(IdOf(label));
    request.set_cause(CauseOf(words[1]));
    request.set_reason(kReason);
    Ask(std::move(request));
  }
}

void ScenarioRunner::HandBack(const Words& words) {
  v1::HandBackPackageRequest request;
  request.set_package_id(IdOf(words[0]));
  request.set_cause(CauseOf(words[2]));
  request.set_reason(kReason);
  Ask(std::move(request));
  if (refused_.ok()) packages_[words[1]] = Package(words[0]).row.successor_number();
}

void ScenarioRunner::Cease(const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    v1::CeasePackageRequest request;
    request.set_package_id(IdOf(label));
    request.set_reason(kReason);
    request.set_leaving_outcome(
        ValueOf<v1::LeavingOutcome>(v1::LeavingOutcome_descriptor(), "LEAVING_OUTCOME_", words[1]));
    Ask(std::move(request));
  }
}

std::vector<std::string> ScenarioRunner::HeldUnder(
    const std::function<bool(const std::string&)>& meant) {
  std::vector<std::string> ids;
  const uint64_t last = driver_->engine().state().system.last_package_number();
  for (uint64_t number = 1; number <= last; ++number) {
    const PackageAggregate package = driver_->Package(number);
    const int32_t winner = package.row.award().offer_ordinal();
    const std::string under = winner == 0
                                  ? package.row.running_contract_id()
                                  : package.offers[static_cast<size_t>(winner - 1)].contract_id();
    const bool held = package.row.state() == v1::PACKAGE_STATE_STARTED ||
                      package.row.state() == v1::PACKAGE_STATE_AWARDED;
    if (held && meant(under) && package.row.authority_id() == caller_.authority_id) {
      ids.push_back(FormatPackageId({package.row.year(), number}));
    }
  }
  return ids;
}

void ScenarioRunner::TransferProvider(const Words& words) {
  v1::TransferPackagesRequest request;
  request.set_provider_id(words[0]);
  request.set_reason(kReason);
  const Directory& directory = driver_->engine().directory();
  const DateNumber today = LocalDate(driver_->now(), zone_);
  const auto meant = [&](const std::string& contract) {
    return directory.ProviderOfContract(contract, today) == words[0];
  };
  for (const std::string& id : HeldUnder(meant)) request.add_package_ids(id);
  AskTransfer(std::move(request));
}

void ScenarioRunner::Transfer(const Words& words) {
  v1::TransferPackagesRequest request;
  request.set_contract_id(words[0]);
  const bool with_reason = absl::StrContains(step_->does, " because ");
  request.set_reason(with_reason ? words[1] : kReason);
  if (words.size() < 2 || words[1].empty() || with_reason) {
    const auto meant = [&](const std::string& contract) { return contract == words[0]; };
    for (const std::string& id : HeldUnder(meant)) request.add_package_ids(id);
  } else {
    for (const std::string& label : LabelsOf(words[1])) request.add_package_ids(IdOf(label));
  }
  AskTransfer(std::move(request));
}

void ScenarioRunner::AskTransfer(v1::TransferPackagesRequest request) {
  const bool of_authority = absl::EndsWith(step_->does, " by the authority");
  request.set_cause(of_authority ? v1::CAUSE_AUTHORITY : v1::CAUSE_PROVIDER);
  Ask(std::move(request));
  const v1::Transfer* transfer = refused_.ok() ? LastTransfer() : nullptr;
  if (transfer == nullptr) return;
  std::map<std::string, uint64_t> successors;
  for (int i = 0; i < transfer->package_ids_size(); ++i) {
    const uint64_t number = ParsePackageId(transfer->package_ids(i))->number;
    for (const auto& [label, labelled] : packages_) {
      if (labelled != number || absl::StartsWith(label, "Next")) continue;
      successors["Next" + label] = ParsePackageId(transfer->successor_ids(i))->number;
    }
  }
  packages_.merge(successors);
}

void ScenarioRunner::Erase(const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    v1::ErasePackageTextsRequest request;
    request.set_package_id(IdOf(label));
    Ask(std::move(request));
  }
}

// --- Offers.

void ScenarioRunner::Accept(const Words& words) {
  if (words.size() == 2) {  // somebody else's
    v1::AcceptOfferRequest request;
    request.set_offer_id(OfferIdOf(words[1], words[0], ""));
    return Ask(std::move(request));
  }
  for (const std::string& label : LabelsOf(words[0])) {
    v1::AcceptOfferRequest request;
    request.set_offer_id(OfferIdOf(label, caller_.branch_id, words[1]));
    if (!words[2].empty()) request.set_possible_start_date(DateOf(words[2]));
    if (!words[3].empty()) *request.mutable_valid_until_time() = TimestampOf(TimeOf(words[3]));
    Ask(std::move(request));
  }
}

void ScenarioRunner::AcceptWithin(const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    v1::AcceptOfferRequest request;
    request.set_offer_id(OfferIdOf(label, caller_.branch_id, ""));
    int number = 0;
    v1::AcceptanceLimit& limit = *request.mutable_limit();
    if (absl::SimpleAtoi(words[1], &number)) limit.set_packages_max(number);
    if (absl::SimpleAtoi(words[2], &number)) limit.set_weekly_minutes_max(number);
    limit.set_name(words[3]);
    Ask(std::move(request));
  }
}

void ScenarioRunner::MoveOffer(const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    std::string from = words[1];
    const PackageAggregate package = Package(label);
    for (const journal::v1::OfferRow& offer : package.offers) {
      const bool own = offer.provider_id() == caller_.provider_id;
      if (own && words[1].empty()) from = offer.branch_id();  // the newest in the end
    }
    v1::MoveOfferRequest request;
    request.set_offer_id(OfferIdOf(label, from, ""));
    request.set_branch_id(words[2]);
    Ask(std::move(request));
  }
}

void ScenarioRunner::MoveAboutOffer(const Words& words) {
  int times = 0;
  if (!absl::SimpleAtoi(words[1], &times)) return;
  for (int i = 0; i < times; ++i) MoveOffer({words[0], words[2 + i % 2], words[3 - i % 2]});
  records_before_ = driver_->records();
}

void ScenarioRunner::Decline(const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    v1::DeclineOfferRequest request;
    request.set_offer_id(OfferIdOf(label, caller_.branch_id, words[1]));
    request.set_reason(ValueOf<v1::DeclineReason>(v1::DeclineReason_descriptor(), "DECLINE_REASON_",
                                                  words[2].empty() ? "no_capacity" : words[2]));
    request.set_note(words[3]);
    Ask(std::move(request));
  }
}

void ScenarioRunner::Waver(const Words& words) {
  int times = 0;
  if (!absl::SimpleAtoi(words[0], &times)) return;
  for (int i = 0; i < times; ++i) Decline({words[1], "", "", ""});
  records_before_ = driver_->records();
}

void ScenarioRunner::Claim(const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    v1::ClaimIssuedInErrorRequest request;
    request.set_offer_id(OfferIdOf(label, caller_.branch_id, ""));
    request.set_reason(kReason);
    Ask(std::move(request));
  }
}

void ScenarioRunner::Uphold(const Words& words) {
  for (const std::string& label : LabelsOf(words[1])) {
    v1::DecideIssuedInErrorRequest request;
    request.set_offer_id(OfferIdOf(label, words[0], ""));
    request.set_uphold(true);
    request.set_reason(kReason);
    Ask(std::move(request));
  }
}

void ScenarioRunner::RejectClaim(const Words& words) {
  for (const std::string& label : LabelsOf(words[1])) {
    v1::DecideIssuedInErrorRequest request;
    request.set_offer_id(OfferIdOf(label, words[0], ""));
    request.set_reason(kReason);
    Ask(std::move(request));
  }
}

// --- The system.

void ScenarioRunner::CreateAccount(const Words& words) {
  v1::CreateAccountRequest request;
  request.mutable_account()->set_id(words[0]);
  request.mutable_account()->set_role(v1::ROLE_CARE_NAVIGATOR);
  request.mutable_account()->set_authority_id(authorities_.front());
  request.set_token_sha256(Sha256().Add(absl::StrCat("token ", ++accounts_)).Finish());
  Ask(std::move(request));
}

void ScenarioRunner::Extend(const Words& words) {
  v1::ExtendDeadlinesRequest request;
  *request.mutable_from_time() = TimestampOf(TimeOf(words[0]));
  *request.mutable_to_time() = TimestampOf(TimeOf(words[1]));
  request.set_reason(kReason);
  // As the services find them: here, every one.
  for (const auto& [label, number] : packages_) {
    request.add_closed_package_ids(FormatPackageId({driver_->Package(number).row.year(), number}));
  }
  Ask(std::move(request));
}

void ScenarioRunner::ConfirmClock(const Words&) { Ask(v1::ConfirmClockRequest()); }

void ScenarioRunner::Restart(const Words&) { driver_->Restart(); }

void ScenarioRunner::Jump(const Words&) {
  caller_ = {};
  Ask(ClockJump{});
}

}  // namespace brokerage::engine
