#include "tests/reference/workload_packages.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/calendar.h"
#include "engine/base/ids.h"
#include "tests/reference/reference_endings.h"
#include "tests/reference/workload.h"
#include "tests/reference/workload_ids.h"
#include "tests/reference/workload_referrals.h"

namespace brokerage::engine::reference {

using journal::v1::PackageRow;

namespace {

// Everything under the package's contract, or with its provider; some of it at times.
void Transfer(Workload& work, const PackageAggregate& package) {
  auto contract_of = [](const PackageAggregate& one) {
    return one.row.imported()
               ? one.row.running_contract_id()
               : one.offers[static_cast<size_t>(one.row.award().offer_ordinal() - 1)].contract_id();
  };
  v1::TransferPackagesRequest request;
  auto holder_of = [&work](const std::string& contract_id) {
    return work.directory().Holder(*work.directory().Contract(contract_id),
                                   work.directory().Today(work.now()));
  };
  const bool of_provider = work.dice().Percent(30);
  if (of_provider) {
    request.set_provider_id(holder_of(contract_of(package)));
  } else {
    request.set_contract_id(contract_of(package));
  }
  request.set_reason("the contract cannot go on");
  request.set_cause(work.dice().Percent(70) ? v1::CAUSE_PROVIDER : v1::CAUSE_AUTHORITY);
  const uint64_t last = work.engine().state().system.last_package_number();
  for (uint64_t number = last; number > 0; --number) {
    const PackageAggregate& one = *work.engine().state().Package(number);
    const bool awarded = one.row.state() == v1::PACKAGE_STATE_AWARDED;
    const bool runs =
        one.row.state() == v1::PACKAGE_STATE_STARTED || one.row.state() == v1::PACKAGE_STATE_PAUSED;
    if ((!runs && !awarded) || one.row.authority_id() != package.row.authority_id() ||
        work.dice().Percent(10)) {
      continue;
    }
    const std::string contract = contract_of(one);
    if (of_provider ? holder_of(contract) != request.provider_id()
                    : contract != request.contract_id()) {
      continue;
    }
    request.add_package_ids(IdOf(one));
    work.Tally(awarded ? "transfer of an award" : "transfer of what runs");
  }
  if (request.package_ids_size() > 1) work.Tally("transfer of several packages");
  work.Ask(NavigatorOf(package.row.authority_id()), std::move(request));
}

EndingVerb VerbOf(const v1::CancelPackageRequest&) { return EndingVerb::kCancel; }
EndingVerb VerbOf(const v1::ReturnPackageRequest&) { return EndingVerb::kReturn; }
EndingVerb VerbOf(const v1::CeasePackageRequest&) { return EndingVerb::kCease; }
EndingVerb VerbOf(const v1::HandBackPackageRequest&) { return EndingVerb::kHandBack; }

// Any reason with any cause. Where nobody may say so, it is tried, and another takes its place.
template <typename Request>
void AddReason(Workload& work, const Caller& caller, Dice* dice, Request* request) {
  while (true) {
    request->set_end_reason(static_cast<v1::EndReason>(dice->Between(0, v1::EndReason_MAX)));
    request->set_cause(static_cast<v1::Cause>(dice->Between(0, v1::Cause_MAX)));
    if (MayEndSo(VerbOf(*request), request->end_reason(), request->cause())) break;
    work.Tally("ending that nobody may say");
    if (dice->Percent(20) && work.Ask(caller, *request)) {
      work.Problem(absl::StrCat("said against the rules: ", request->ShortDebugString()));
    }
  }
  work.Tally("ending by its reason");
}

// A day since the step before, as far back as one may be named.
template <typename Request>
void AddDay(Workload& work, const PackageAggregate& package, Dice* dice, Request* request) {
  const PackageRow& row = package.row;
  const bool awarded = row.state() == v1::PACKAGE_STATE_AWARDED;
  if (!awarded && row.started_date() == 0) return;  // an imported one
  const DateNumber before =
      awarded ? row.award().award_date()
              : std::max({row.started_date(), row.resumed_date(), row.pause().from_date()});
  const absl::CivilDay today = FromDateNumber(work.directory().Today(work.now()));
  const auto days = std::min<int64_t>(today - FromDateNumber(before), 31);
  const DateNumber day = ToDateNumber(today - dice->Between(0, static_cast<int>(days)));
  request->set_on_date(FormatDate(day));
  work.Tally("step on an earlier day");
}

// Who has the package, or care navigation, gives notice of it, or takes it back.
void Notify(Workload& work, const PackageAggregate& package, Dice* dice) {
  const bool provider = !package.row.imported() && dice->Percent(60);
  Caller caller = NavigatorOf(package.row.authority_id());
  const auto name = [&](auto* request) {
    if (!provider) return request->set_package_id(IdOf(package));
    const journal::v1::OfferRow& won =
        package.offers[static_cast<size_t>(package.row.award().offer_ordinal() - 1)];
    caller = BranchOf(won);
    request->set_offer_id(IdOf(package, won));
  };
  if (package.row.has_notice()) {
    const bool may = !provider || package.row.notice().of_provider();
    const uint64_t next = package.row.successor_number();
    const bool free =
        next == 0 || work.course().Package(next).row.state() != v1::PACKAGE_STATE_AWARDED;
    if (dice->Percent(50)) {
      v1::MoveNoticeRequest request;
      name(&request);
      const absl::CivilDay today = FromDateNumber(work.directory().Today(work.now()));
      const DateNumber day = ToDateNumber(today + dice->Between(0, 12));
      request.set_last_day(FormatDate(day));
      request.set_agreed(!provider && dice->Percent(50));
      const bool moves =
          may && (free || request.agreed()) && day != package.row.notice().last_day();
      if (work.Ask(caller, request) != moves) {
        work.Problem(absl::StrCat("a notice moved otherwise: ", request.ShortDebugString()));
      }
      work.Tally(moves ? "notice moved" : "notice that does not move");
      return;
    }
    v1::WithdrawNoticeRequest request;
    name(&request);
    if (work.Ask(caller, request) != (may && free)) {
      work.Problem(absl::StrCat("a notice of ", IdOf(package), " was taken back otherwise"));
    }
    work.Tally(may && free ? "notice taken back" : "notice that stands");
    return;
  }
  v1::GiveNoticeRequest request;
  name(&request);
  const absl::CivilDay today = FromDateNumber(work.directory().Today(work.now()));
  request.set_last_day(FormatDate(ToDateNumber(today + dice->Between(0, 12))));
  request.set_of_provider(!provider && dice->Percent(40));
  request.set_care_ends(!provider && dice->Percent(20));
  request.set_reason("so it will be");
  const bool hands_back = provider || request.of_provider();
  do {
    request.set_end_reason(static_cast<v1::EndReason>(dice->Between(0, v1::EndReason_MAX)));
    request.set_cause(static_cast<v1::Cause>(dice->Between(1, v1::Cause_MAX)));
  } while (!MayEndSo(hands_back ? EndingVerb::kHandBack : EndingVerb::kCease, request.end_reason(),
                     request.cause()));
  if (request.end_reason() == v1::END_REASON_DIED) request.set_care_ends(true);
  if (!hands_back && package.row.limit_due_us() != 0) {
    request.set_leaving_outcome(static_cast<v1::LeavingOutcome>(dice->Between(1, 5)));
  }
  if (!work.Ask(caller, request)) {
    work.Problem(absl::StrCat("notice was refused: ", request.ShortDebugString()));
  }
  work.Tally(hands_back ? "notice of a provider" : "notice of an authority");
}

void MoveOn(Workload& work) {
  const PackageAggregate* package = work.RandomPackage();
  if (package == nullptr) return;
  const Caller caller = NavigatorOf(package->row.authority_id());
  const std::string id = IdOf(*package);
  // Of their own, so that what else happens does not hang on them.
  Dice dice(package->row.number() * 1000 + static_cast<uint64_t>(absl::ToUnixSeconds(work.now())));
  auto say = [&](auto request) {
    request.set_package_id(id);
    if constexpr (requires { request.set_reason(""); }) request.set_reason("so it is");
    if constexpr (requires { request.on_date(); }) {
      if (dice.Percent(30)) AddDay(work, *package, &dice, &request);
    }
    if constexpr (requires { request.end_reason(); }) AddReason(work, caller, &dice, &request);
    if constexpr (requires { request.awarded_offer_id(); }) {
      const bool awarded = package->row.state() == v1::PACKAGE_STATE_AWARDED;
      if (awarded && work.Ask(caller, request)) work.Problem("an award was withdrawn unnamed");
      if (awarded) {
        request.set_awarded_offer_id(FormatOfferId(
            {{package->row.year(), package->row.number()}, package->row.award().offer_ordinal()}));
      }
    }
    if constexpr (requires { request.leaving_outcome(); }) {
      if (package->row.limit_due_us() != 0) {
        request.set_leaving_outcome(static_cast<v1::LeavingOutcome>(work.dice().Between(1, 5)));
      }
    }
    work.Ask(caller, std::move(request));
  };
  if (package->row.stopped_by_number() != 0 && dice.Percent(50)) {
    return say(v1::ContinuePackageRequest());
  }
  if (work.dice().Percent(3)) return say(v1::CancelPackageRequest());
  switch (package->row.state()) {
    case v1::PACKAGE_STATE_SUBMITTED: {
      v1::ReleasePackagesRequest request;
      request.add_package_ids(id);
      request.set_hold(work.dice().Percent(15));
      work.Ask(caller, std::move(request));
      return;
    }
    case v1::PACKAGE_STATE_OFFERED:
      if (work.dice().Percent(4)) Reissue(work, *package);
      return;
    case v1::PACKAGE_STATE_UNFILLED:
      if (work.dice().Percent(50)) Reissue(work, *package);
      return;
    case v1::PACKAGE_STATE_AWARDED:
      return work.dice().Percent(60) ? say(v1::StartPackageRequest())
                                     : say(v1::ReturnPackageRequest());
    case v1::PACKAGE_STATE_STARTED:
    case v1::PACKAGE_STATE_PAUSED:
      if (package->row.has_notice() && dice.Percent(60)) return Notify(work, *package, &dice);
      if (work.dice().Percent(package->row.limit_passed() ? 20 : 60)) return;
      if (work.dice().Percent(20)) return Transfer(work, *package);
      if (dice.Percent(50)) return Notify(work, *package, &dice);
      return work.dice().Percent(50) ? say(v1::CeasePackageRequest())
                                     : say(v1::HandBackPackageRequest());
    case v1::PACKAGE_STATE_CEASED:
      if (work.dice().Percent(20)) say(v1::ErasePackageTextsRequest());
      return;
    case v1::PACKAGE_STATE_UNSPECIFIED:
    case v1::PACKAGE_STATE_CANCELLED:
    case v1::PACKAGE_STATE_HANDED_BACK:
    case v1::PackageState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::PackageState_INT_MAX_SENTINEL_DO_NOT_USE_:
      return;
  }
}

}  // namespace

void Reissue(Workload& work, const PackageAggregate& package) {
  v1::ReissuePackageRequest request;
  request.set_package_id(IdOf(package));
  if (work.dice().Percent(35)) *request.mutable_terms() = RandomTerms(work);
  Dice dice(package.row.number() * 31 + static_cast<uint64_t>(package.row.offer_count()));
  if (!package.row.gave_up_branch_ids().empty() && dice.Percent(40)) {
    request.add_ask_again_branch_ids(package.row.gave_up_branch_ids(0));
    request.set_ask_again_reason("they have new carers");
    work.Tally("asked again");
  }
  work.Ask(NavigatorOf(package.row.authority_id()), std::move(request));
}

const std::vector<WorkloadAct>& PackageActs() {
  static const auto& kActs = *new std::vector<WorkloadAct>{{5, MoveOn}};
  return kActs;
}

}  // namespace brokerage::engine::reference
