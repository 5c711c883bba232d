// What the people of a random framework do to their packages and to the directory.
#include "absl/strings/str_cat.h"
#include "engine/base/ids.h"
#include "engine/base/rejection.h"
#include "engine/model/fact_keys.h"
#include "tests/reference/workload.h"

namespace brokerage::engine::reference {

using journal::v1::OfferRow;

namespace {

std::string IdOf(const PackageAggregate& package) {
  return FormatPackageId({package.row.year(), package.row.number()});
}

std::string IdOf(const PackageAggregate& package, const OfferRow& offer) {
  return FormatOfferId({{package.row.year(), package.row.number()}, offer.ordinal()});
}

void SetTime(google::protobuf::Timestamp* stamp, absl::Time time) {
  stamp->set_seconds(absl::ToUnixSeconds(time));
}

}  // namespace

void Workload::OneThing() {
  switch (dice_.Below(40)) {
    case 0:
    case 1:
    case 2:
    case 3:
      if (persons_ < static_cast<uint64_t>(wanted_packages_)) Submit();
      return;
    case 4:
    case 5:
    case 6:
    case 7:
      return AwardSomething();
    case 8:
    case 9:
    case 10:
    case 11:
    case 12:
      return MoveSomething();
    case 13:
      return dice_.Percent(50) ? ClaimSomething() : MoveOfferSomewhere();
    case 14:
      return ChangeDirectory();
    case 15:
      if (dice_.Percent(8)) NewRevision();
      return;
    default:
      for (int i = 0, many = dice_.Between(1, 3); i < many; ++i) AnswerSomething();
  }
}

void Workload::Refused(const std::string& what, const absl::Status& status) {
  const v1::Rejection rejection = RejectionOf(status);
  if (rejection.reason() == v1::REJECTION_REASON_UNSPECIFIED) {
    return Problem(absl::StrCat(what, " refused without a reason: ", status.ToString()));
  }
  tally_(absl::StrCat("refused ", ReasonName(rejection.reason()), " ", rejection.field()));
}

v1::PackageTerms Workload::RandomTerms() {
  v1::PackageTerms terms;
  terms.set_service_type(dice_.Percent(70)   ? v1::SERVICE_TYPE_HOME_CARE
                         : dice_.Percent(50) ? v1::SERVICE_TYPE_LIVE_IN
                                             : v1::SERVICE_TYPE_SHORT_TERM_CARE);
  terms.set_weekly_minutes(dice_.Between(1, 10) * 105);
  terms.set_carers_per_visit(1);
  terms.set_start_by_date(
      FormatDate(ToDateNumber(FromDateNumber(directory_.Today(now_)) + dice_.Between(0, 14))));
  return terms;
}

void Workload::Submit() {
  v1::SubmitPackageRequest request;
  v1::PackageReferral& referral = *request.mutable_referral();
  referral.set_framework_id(framework_.rules.framework_id());
  referral.set_authority_id(dice_.Of(framework_.authorities));
  referral.set_origin(v1::ORIGIN_HOSPITAL_DISCHARGE);
  referral.set_urgency(dice_.Percent(35) ? v1::URGENCY_URGENT : v1::URGENCY_STANDARD);
  referral.set_ward_code(dice_.Of(framework_.wards));
  if (framework_.by_area || dice_.Percent(70)) {
    referral.set_postcode(dice_.Percent(60) ? "NG18 1AB" : "DN22 6ZZ");
  }
  *referral.mutable_terms() = RandomTerms();
  if (dice_.Percent(30)) referral.add_needs()->set_kind(v1::NEED_KIND_DOUBLE_HANDED);
  if (dice_.Percent(20)) {
    v1::Need* need = referral.add_needs();
    need->set_kind(v1::NEED_KIND_LANGUAGE);
    need->set_value(dice_.Percent(50) ? "polish" : "Urdu");
  }
  if (dice_.Percent(20) && !framework_.branches.empty()) {
    referral.set_previous_branch_id(dice_.Of(framework_.branches));
    referral.set_previous_provider_id(
        directory_.Branch(referral.previous_branch_id())->provider_id());
  }
  std::vector<std::string> providers = framework_.providers;
  dice_.Shuffle(&providers);
  if (dice_.Percent(15)) referral.add_refused_provider_ids(providers[0]);
  for (size_t i = 1; i < 3; ++i) {
    if (dice_.Percent(25)) referral.add_preferred_provider_ids(providers[i]);
  }
  referral.set_summary("care at home");
  referral.set_person_reference(absl::StrCat("person-", ++persons_));
  referral.set_hold(dice_.Percent(5));
  if (dice_.Percent(4) && !framework_.contracts.empty() && !framework_.branches.empty()) {
    referral.set_already_running(true);
    referral.set_running_branch_id(dice_.Of(framework_.branches));
    referral.set_running_contract_id(dice_.Of(framework_.contracts));
  }
  const std::string authority = referral.authority_id();
  if (!Do(Navigator(authority), std::move(request))) Problem("a good referral is refused");
}

const PackageAggregate* Workload::RandomPackage() {
  const uint64_t last = engine_.state().system.last_package_number();
  if (last == 0) return nullptr;
  // Mostly one of the newer ones.
  const int64_t span = dice_.Percent(75) ? std::min<int64_t>(static_cast<int64_t>(last), 15)
                                         : static_cast<int64_t>(last);
  return engine_.state().Package(last - static_cast<uint64_t>(dice_.Below(span)));
}

void Workload::AnswerSomething() {
  for (int tries = 0; tries < 6; ++tries) {
    const PackageAggregate* package = RandomPackage();
    if (package == nullptr || package->offers.empty()) continue;
    const OfferRow& offer = dice_.Of(package->offers);
    const bool open = offer.state() == v1::OFFER_STATE_OPEN;
    const bool waits = package->row.state() == v1::PACKAGE_STATE_OFFERED ||
                       package->row.state() == v1::PACKAGE_STATE_UNFILLED;
    if (!open && !dice_.Percent(waits ? 12 : 3)) continue;
    return Answer(*package, offer);
  }
}

void Workload::Answer(const PackageAggregate& package, const OfferRow& offer) {
  const Caller caller = OfBranch(offer);
  const std::string id = IdOf(package, offer);
  if (dice_.Percent(30)) {
    v1::DeclineOfferRequest request;
    request.set_offer_id(id);
    request.set_reason(v1::DECLINE_REASON_NO_CAPACITY);
    Do(caller, std::move(request));
    return;
  }
  v1::AcceptOfferRequest request;
  request.set_offer_id(id);
  if (dice_.Percent(50)) {
    request.set_possible_start_date(
        FormatDate(ToDateNumber(FromDateNumber(directory_.Today(now_)) + dice_.Between(0, 20))));
  }
  if (dice_.Percent(15)) {
    SetTime(request.mutable_valid_until_time(), dice_.Percent(30)
                                                    ? absl::FromUnixMicros(offer.deadline_us())
                                                    : now_ + absl::Hours(dice_.Between(1, 96)));
  }
  if (dice_.Percent(25)) {
    v1::AcceptanceLimit& limit = *request.mutable_limit();
    limit.set_name(dice_.Percent(60) ? "this week" : "next week");
    if (dice_.Percent(60)) limit.set_packages_max(dice_.Between(1, 3));
    if (limit.packages_max() == 0 || dice_.Percent(30)) {
      limit.set_weekly_minutes_max(dice_.Between(1, 15) * 105);
    }
  }
  Do(caller, std::move(request));
}

// A head office moves an offer to any of its branches; whether that is refused is held against the
// reference's routing.
void Workload::MoveOfferSomewhere() {
  const PackageAggregate* package = nullptr;
  OfferRow offer;
  for (int tries = 0; tries < 20 && offer.state() != v1::OFFER_STATE_OPEN; ++tries) {
    package = RandomPackage();
    if (package == nullptr || package->offers.empty()) continue;
    offer = dice_.Of(package->offers);
  }
  if (offer.ordinal() == 0) return;
  package = engine_.state().Package(offer.package_number());
  std::vector<std::string> branches;
  for (const std::string& id : framework_.branches) {
    const bool own = directory_.Branch(id)->provider_id() == offer.provider_id();
    if (own && (id != offer.branch_id() || dice_.Percent(10))) branches.push_back(id);
  }
  if (branches.empty()) return;
  const std::string branch = dice_.Of(branches);
  const std::set<int> failed = ReferenceFailuresAtMove(
      directory_, package->row, package->offers,
      directory_.Rules(package->row.framework_revision()), offer, branch, now_);
  const bool movable = offer.state() == v1::OFFER_STATE_OPEN && !offer.restart() &&
                       offer.claim().state() == v1::CLAIM_STATE_UNSPECIFIED &&
                       offer.moved_from_branch_ids_size() < 20;
  Caller caller;
  caller.account_id = offer.provider_id();
  caller.role = v1::ROLE_PROVIDER_ORGANISATION;
  caller.provider_id = offer.provider_id();
  v1::MoveOfferRequest request;
  request.set_offer_id(IdOf(*package, offer));
  request.set_branch_id(branch);
  if (Do(caller, std::move(request)) != (movable && failed.empty())) {
    Problem(absl::StrCat("a move to ", branch, " that is ", movable ? "possible" : "impossible",
                         " and fails ", failed.size(),
                         " rules was decided otherwise: ", offer.ShortDebugString()));
  }
  if (movable) {
    tally_(failed.empty() ? "offer moved" : absl::StrCat("not moved by rule ", *failed.begin()));
  }
}

void Workload::ClaimSomething() {
  const PackageAggregate* package = RandomPackage();
  if (package == nullptr || package->offers.empty()) return;
  if (dice_.Percent(5)) return ExtendDeadlines();
  const OfferRow offer = dice_.Of(package->offers);
  const std::string id = IdOf(*package, offer);
  if (offer.claim().state() != v1::CLAIM_STATE_OPEN) {
    v1::ClaimIssuedInErrorRequest request;
    request.set_offer_id(id);
    request.set_reason("not our ward");
    if (!Do(OfBranch(offer), std::move(request)) || dice_.Percent(50)) return;
  }
  v1::DecideIssuedInErrorRequest request;
  request.set_offer_id(id);
  request.set_uphold(dice_.Percent(60));
  request.set_reason("so it was");
  Do(Navigator(package->row.authority_id(), /*second=*/true), std::move(request));
}

void Workload::AwardSomething() {
  for (int tries = 0; tries < 10; ++tries) {
    const PackageAggregate* package = RandomPackage();
    if (package == nullptr) continue;
    const bool awaits = package->row.awaits_award();
    if (!awaits && !dice_.Percent(4)) continue;
    if (package->offers.empty()) continue;
    v1::AwardPackageRequest request;
    request.set_package_id(IdOf(*package));
    const OfferRow& offer =
        awaits && dice_.Percent(85)
            ? package->offers[static_cast<size_t>(package->row.proposed_ordinal() - 1)]
            : dice_.Of(package->offers);
    request.set_offer_id(IdOf(*package, offer));
    if (!awaits || offer.ordinal() != package->row.proposed_ordinal() || dice_.Percent(50)) {
      request.set_override_reason("the family asked");
    }
    request.set_price_exception_reason("nobody is cheaper");
    Do(Navigator(package->row.authority_id()), std::move(request));
    return;
  }
}

void Workload::MoveSomething() {
  const PackageAggregate* package = RandomPackage();
  if (package == nullptr) return;
  const Caller caller = Navigator(package->row.authority_id());
  const std::string id = IdOf(*package);
  auto cause = [this] { return static_cast<v1::Cause>(dice_.Between(1, 4)); };
  auto say = [&](auto request) {
    request.set_package_id(id);
    if constexpr (requires { request.set_reason(""); }) request.set_reason("so it is");
    if constexpr (requires { request.set_cause(v1::CAUSE_PERSON); }) request.set_cause(cause());
    if constexpr (requires { request.leaving_outcome(); }) {
      if (package->row.limit_due_us() != 0) {
        request.set_leaving_outcome(static_cast<v1::LeavingOutcome>(dice_.Between(1, 5)));
      }
    }
    Do(caller, std::move(request));
  };
  if (dice_.Percent(3)) return say(v1::CancelPackageRequest());
  switch (package->row.state()) {
    case v1::PACKAGE_STATE_SUBMITTED: {
      v1::ReleasePackagesRequest request;
      request.add_package_ids(id);
      request.set_hold(dice_.Percent(15));
      Do(caller, std::move(request));
      return;
    }
    case v1::PACKAGE_STATE_OFFERED:
      if (dice_.Percent(4)) Reissue(*package);
      return;
    case v1::PACKAGE_STATE_UNFILLED:
      if (dice_.Percent(50)) Reissue(*package);
      return;
    case v1::PACKAGE_STATE_AWARDED:
      return dice_.Percent(60) ? say(v1::StartPackageRequest()) : say(v1::ReturnPackageRequest());
    case v1::PACKAGE_STATE_STARTED:
      if (dice_.Percent(60)) return;
      if (dice_.Percent(20)) return Transfer(*package);
      return dice_.Percent(50) ? say(v1::CeasePackageRequest()) : say(v1::HandBackPackageRequest());
    case v1::PACKAGE_STATE_CEASED:
      if (dice_.Percent(20)) say(v1::ErasePackageTextsRequest());
      return;
    case v1::PACKAGE_STATE_CANCELLED:
    case v1::PACKAGE_STATE_HANDED_BACK:
    case v1::PACKAGE_STATE_UNSPECIFIED:
    case v1::PackageState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::PackageState_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
}

// Everything under the package's contract, or with its provider; some of it at times.
void Workload::Transfer(const PackageAggregate& package) {
  auto contract_of = [](const PackageAggregate& one) {
    return one.row.imported()
               ? one.row.running_contract_id()
               : one.offers[static_cast<size_t>(one.row.award().offer_ordinal() - 1)].contract_id();
  };
  v1::TransferPackagesRequest request;
  auto holder_of = [this](const std::string& contract_id) {
    return directory_.Holder(*directory_.Contract(contract_id), directory_.Today(now_));
  };
  const bool of_provider = dice_.Percent(30);
  if (of_provider) {
    request.set_provider_id(holder_of(contract_of(package)));
  } else {
    request.set_contract_id(contract_of(package));
  }
  request.set_reason("the contract cannot go on");
  request.set_cause(dice_.Percent(70) ? v1::CAUSE_PROVIDER : v1::CAUSE_AUTHORITY);
  const uint64_t last = engine_.state().system.last_package_number();
  for (uint64_t number = last; number > 0; --number) {
    const PackageAggregate& one = *engine_.state().Package(number);
    const bool awarded = one.row.state() == v1::PACKAGE_STATE_AWARDED;
    if ((one.row.state() != v1::PACKAGE_STATE_STARTED && !awarded) ||
        one.row.authority_id() != package.row.authority_id() || dice_.Percent(10)) {
      continue;
    }
    const std::string contract = contract_of(one);
    if (of_provider ? holder_of(contract) != request.provider_id()
                    : contract != request.contract_id()) {
      continue;
    }
    request.add_package_ids(IdOf(one));
    tally_(awarded ? "transfer of an award" : "transfer of what runs");
  }
  if (request.package_ids_size() > 1) tally_("transfer of several packages");
  Do(Navigator(package.row.authority_id()), std::move(request));
}

void Workload::Reissue(const PackageAggregate& package) {
  v1::ReissuePackageRequest request;
  request.set_package_id(IdOf(package));
  if (dice_.Percent(35)) *request.mutable_terms() = RandomTerms();
  Do(Navigator(package.row.authority_id()), std::move(request));
}

void Workload::ChangeDirectory() {
  Caller caller;
  caller.account_id = "commissioner";
  caller.role = v1::ROLE_COMMISSIONER;
  caller.authority_id = dice_.Of(framework_.authorities);
  const std::string provider = dice_.Of(framework_.providers);
  const std::string date =
      FormatDate(ToDateNumber(FromDateNumber(directory_.Today(now_)) + dice_.Between(0, 8)));
  auto say = [&](auto request) {
    if constexpr (requires { request.set_reason(""); }) request.set_reason("so it is");
    Do(caller, std::move(request));
  };
  const int64_t what = dice_.Below(8);
  if (what < 2) {
    v1::SuspendProviderRequest request;
    request.set_provider_id(provider);
    if (dice_.Percent(60)) request.set_postcode_area(dice_.Percent(50) ? "NG" : "DN");
    SetTime(request.mutable_to_time(), now_ + absl::Hours(dice_.Between(3, 150)));
    return say(std::move(request));
  }
  if (what < 4 && !framework_.branches.empty()) {
    v1::OpenOptOutWindowRequest request;
    v1::OptOutWindow& window = *request.mutable_window();
    window.set_branch_id(dice_.Of(framework_.branches));
    window.set_reason("full");
    SetTime(window.mutable_from_time(), absl::Ceil(now_ - absl::UnixEpoch(), absl::Seconds(1)) +
                                            absl::UnixEpoch() + absl::Hours(dice_.Between(0, 30)));
    SetTime(window.mutable_to_time(), now_ + absl::Hours(dice_.Between(31, 150)));
    return say(std::move(request));
  }
  if (what == 4 && !framework_.branches.empty()) {
    if (dice_.Percent(50)) return ProposeCoverage(date);
    v1::ChangeCoverageRequest request;
    *request.mutable_coverage() = RandomLine(dice_.Percent(70) ? "2018-01-01" : date);
    return say(std::move(request));
  }
  if (framework_.contracts.empty()) return;
  const std::string contract = dice_.Of(framework_.contracts);
  if (what == 5) {
    v1::SuspendContractRequest request;
    request.set_contract_id(contract);
    return say(std::move(request));
  }
  if (what == 6) {
    for (const auto& fact : directory_.facts) {
      if (!fact.has_suspension() || fact.suspension().contract_id().empty()) continue;
      v1::ResumeContractRequest request;
      request.set_contract_id(fact.suspension().contract_id());
      return say(std::move(request));
    }
    return;
  }
  if (dice_.Percent(75)) {
    v1::NovateContractRequest request;
    request.mutable_novation()->set_contract_id(contract);
    request.mutable_novation()->set_new_provider_id(provider);
    request.mutable_novation()->set_date(date);
    return say(std::move(request));
  }
  v1::EndContractRequest request;
  request.set_contract_id(contract);
  request.set_to_date(date);
  say(std::move(request));
}

v1::Coverage Workload::RandomLine(const std::string& from) {
  v1::Coverage line;
  line.set_branch_id(dice_.Of(framework_.branches));
  if (framework_.by_area && dice_.Percent(60)) {
    line.set_postcode_area(dice_.Of(kAreas));
  } else {
    line.set_ward_code(dice_.Of(framework_.wards));
  }
  line.set_service_type(v1::SERVICE_TYPE_HOME_CARE);
  line.set_from_date(from);
  if (dice_.Percent(30)) line.set_to_date("2030-01-01");
  line.set_priority(dice_.Between(1, 3));
  return line;
}

// A branch proposes, and care navigation decides about half of what waits.
void Workload::ProposeCoverage(const std::string& from) {
  v1::ProposeCoverageRequest request;
  *request.mutable_coverage() = RandomLine(from);
  Caller branch;
  branch.account_id = branch.branch_id = request.coverage().branch_id();
  branch.role = v1::ROLE_PROVIDER_BRANCH;
  branch.provider_id = directory_.Branch(branch.branch_id)->provider_id();
  Do(branch, std::move(request));
  std::vector<std::string> waiting;
  for (const auto& fact : directory_.facts) {
    const v1::CoverageProposal& proposal = fact.coverage_proposal();
    if (proposal.state() == v1::PROPOSAL_STATE_OPEN) waiting.push_back(proposal.id());
  }
  for (const std::string& id : waiting) {
    if (dice_.Percent(50)) continue;
    v1::DecideCoverageRequest decide;
    decide.set_proposal_id(id);
    decide.set_accept(dice_.Percent(80));
    decide.set_reason("so it is");
    Do(Navigator(framework_.authorities.front()), std::move(decide));
  }
}

// The same tiers and rounds with other criteria, as a council would apply them in its files.
void Workload::NewRevision() {
  journal::v1::Record record;
  record.set_time_us(absl::ToUnixMicros(Stamp()));
  auto& row = *record.add_facts()->mutable_framework_applied()->mutable_framework();
  row = directory_.frameworks.back();
  row.set_revision(row.revision() + 1);
  row.set_applied_time_us(record.time_us());
  auto& criteria = *row.mutable_rules()->mutable_award_criteria();
  if (criteria.size() > 1) criteria.SwapElements(0, criteria.size() - 1);
  for (v1::RoundRule& round : *row.mutable_rules()->mutable_rounds()) {
    round.set_award_timing(dice_.Percent(50) ? v1::AWARD_TIMING_AS_SOON_AS_CERTAIN
                                             : v1::AWARD_TIMING_AT_CLOSE);
  }
  if (dice_.Percent(50)) MoveWard(record.add_facts()->mutable_directory_changed());
  Commit(record, {});
}

// To a lot that may be the one it is in.
void Workload::MoveWard(journal::v1::DirectoryChanged* changed) {
  const std::string ward = dice_.Of(framework_.wards);
  std::vector<std::string> lots;
  journal::v1::DirectoryFact before;
  for (const journal::v1::DirectoryFact& fact : directory_.facts) {
    if (fact.has_lot()) lots.push_back(fact.lot().id());
    if (fact.has_lot_ward() && fact.lot_ward().ward_code() == ward && !fact.ended()) before = fact;
  }
  journal::v1::DirectoryFact after = before;
  before.set_ended(true);
  after.mutable_lot_ward()->set_lot_id(dice_.Of(lots));
  after.set_key(LotWardKey(after.framework_id(), after.lot_ward().lot_id(), ward));
  *changed->add_facts() = before;
  *changed->add_facts() = after;
  tally_("ward moved");
}

}  // namespace brokerage::engine::reference
