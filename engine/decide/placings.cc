#include "engine/decide/placings.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "engine/base/bounds.h"
#include "engine/base/calendar.h"
#include "engine/base/ids.h"
#include "engine/base/rejection.h"
#include "engine/decide/checks.h"
#include "engine/decide/endings.h"
#include "engine/decide/rounds.h"
#include "engine/model/lifecycle.h"
#include "engine/routing/routing.h"
#include "engine/views/replies.h"
#include "engine/views/words.h"

namespace brokerage::engine {

using journal::v1::OfferRow;
using journal::v1::PackageRow;

namespace {

// What an award under a contract would break.
struct ChosenContract {
  const v1::Contract* contract = nullptr;
  uint32_t broken_rules = 0;
};

absl::Status WrongBranch(const v1::Placing& placing, absl::string_view expected) {
  return Reject(v1::REJECTION_REASON_FIELD_INVALID, "branch_id", placing.branch_id(), expected);
}

// The branch, one with which a package may be placed at all.
absl::StatusOr<const v1::Branch*> FindBranch(const Context& in, const PackageRow& row,
                                             const v1::Placing& placing) {
  if (placing.branch_id().empty()) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "branch_id", "", "a branch's id");
  }
  const v1::Branch* branch = in.state.directory.Branch(placing.branch_id());
  if (branch == nullptr) {
    return Reject(v1::REJECTION_REASON_NOT_FOUND, "branch_id", placing.branch_id(),
                  "a branch's id");
  }
  if (!branch->regulator_active()) {
    return WrongBranch(placing, "a branch that the regulator has as active");
  }
  if (Lists(row.refused_provider_ids(), branch->provider_id())) {
    return WrongBranch(placing, absl::StrCat("a branch of another provider than ",
                                             branch->provider_id(), ", which the person refuses"));
  }
  return branch;
}

// The one that the request names, or the one by which the branch breaks the fewest rules.
absl::StatusOr<ChosenContract> ChooseContract(const Context& in, const PackageAggregate& package,
                                              const v1::Placing& placing,
                                              const v1::Branch& branch) {
  const v1::FrameworkRules& rules = RulesOf(in.state, package.row);
  const std::vector<const v1::Contract*> held = in.state.directory.ContractsHeldBy(
      branch.provider_id(), package.row.framework_id(), in.Today(rules));
  if (held.empty()) {
    return WrongBranch(placing, "a branch whose provider holds a contract of the framework today");
  }
  RoutingQuestion question{package, rules, in.state.directory, in.now, in.Today(rules), {}};
  for (const v1::Tier& tier : rules.tiers()) question.tier_ids.push_back(tier.id());
  std::optional<ChosenContract> chosen;
  for (const v1::Contract* contract : held) {
    if (!placing.contract_id().empty() && contract->id() != placing.contract_id()) continue;
    const RuleSubject subject(question, question.date, question.time, contract,
                              branch.provider_id(), &branch);
    const uint32_t broken = FailuresOf(subject, kAtIssue) | FailuresAtStart(subject, kAtIssue);
    if (!chosen || std::popcount(broken) < std::popcount(chosen->broken_rules)) {
      chosen = {contract, broken};
    }
  }
  if (chosen) return *chosen;
  return Reject(v1::REJECTION_REASON_FIELD_INVALID, "contract_id", placing.contract_id(),
                "a contract of the framework that the branch's provider holds today");
}

int64_t RefuseUntil(const Context& in, const v1::FrameworkRules& rules,
                    const std::string& framework_id) {
  v1::Window window = rules.placing_refusal_window();
  if (window.span_case() == v1::Window::SPAN_NOT_SET) window.set_working_days(1);
  const absl::Time from = absl::FromUnixSeconds(absl::ToUnixSeconds(in.now));
  return absl::ToUnixMicros(
      WindowEnd(window, from, in.ZoneOf(rules), in.state.directory.HolidaysOf(framework_id)));
}

// What the branch has from now on, as if it had won.
OfferRow PlacedOffer(const Context& in, const PackageRow& row, const v1::Branch& branch,
                     const v1::Contract& contract) {
  const v1::FrameworkRules& rules = RulesOf(in.state, row);
  OfferRow offer = OfferUnder(in, rules, row, contract, branch.provider_id(), branch.id());
  offer.set_ordinal(row.offer_count() + 1);
  offer.set_state(v1::OFFER_STATE_WON);
  offer.set_settled(true);
  offer.set_placed(true);
  offer.set_refuse_until_us(RefuseUntil(in, rules, row.framework_id()));
  if (contract.lot_id() != row.lot_id()) offer.set_lot_id(contract.lot_id());
  return offer;
}

}  // namespace

absl::Status CheckHowMany(const Context& in, const v1::FrameworkRules& rules, int placings) {
  const bool commissioner = in.caller.role == v1::ROLE_COMMISSIONER;
  const int most = rules.placing_packages_max();
  if (commissioner || most == 0 || placings <= most) return absl::OkStatus();
  return Reject(v1::REJECTION_REASON_LIMIT_REACHED, "placings", absl::StrCat(placings),
                absl::StrCat("at most ", most, " at once: more are a commissioner's to place"));
}

absl::Status Place(const Context& in, const PackageAggregate& package, const v1::Placing& placing,
                   const std::string& reason, Decision* out) {
  const PackageRow& row = package.row;
  absl::StatusOr<const v1::Branch*> branch = FindBranch(in, row, placing);
  if (!branch.ok()) return branch.status();
  absl::StatusOr<ChosenContract> chosen = ChooseContract(in, package, placing, **branch);
  if (!chosen.ok()) return chosen.status();
  const v1::FrameworkRules& rules = RulesOf(in.state, row);
  journal::v1::PackagePlaced& placed = *out->Add().mutable_package_placed();
  placed.set_package_number(row.number());
  *placed.mutable_offer() = PlacedOffer(in, row, **branch, *chosen->contract);
  if (row.framework_revision() == 0) {
    placed.set_framework_revision(in.state.directory.Framework(row.framework_id())->revision());
  }
  for (const OfferRow& offer : package.offers) {
    if (offer.state() != v1::OFFER_STATE_ACCEPTED || IsAsked(offer)) continue;
    placed.add_lost()->set_ordinal(offer.ordinal());
  }
  journal::v1::AwardRow& award = *placed.mutable_award();
  award.set_offer_ordinal(placed.offer().ordinal());
  award.set_time_us(in.now_us());
  award.set_account_id(in.caller.account_id);
  award.set_award_date(in.Today(rules));
  award.set_placed(true);
  award.set_weekly_minutes(row.terms().weekly_minutes());
  award.set_override_reason(reason);
  award.set_hours_count(rules.placed_hours_count());
  for (int rule = v1::HardRule_MIN + 1; rule <= v1::HardRule_MAX; ++rule) {
    const auto of = static_cast<v1::HardRule>(rule);
    if ((chosen->broken_rules & RuleBit(of)) != 0) award.add_broken_rules(of);
  }
  return absl::OkStatus();
}

absl::Status Decide(const Context& in, const v1::PlacePackagesRequest& request, Decision* out) {
  if (request.placings().empty()) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "placings", "", "at least one package");
  }
  if (request.placings_size() > limits::kBatchItemsMax) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "placings",
                  absl::StrCat(request.placings_size()),
                  absl::StrCat("at most ", limits::kBatchItemsMax));
  }
  if (absl::Status status = CheckImpersonalReason(request.reason()); !status.ok()) return status;
  std::set<uint64_t> seen;
  for (const v1::Placing& placing : request.placings()) {
    absl::StatusOr<const PackageAggregate*> package = FindOfAuthority(in, placing.package_id());
    if (!package.ok()) return package.status();
    const PackageRow& row = (*package)->row;
    if (absl::Status status = CheckState(in, row, PackageVerb::kPlace); !status.ok()) return status;
    if (absl::Status status = CheckGoesOn(row); !status.ok()) return status;
    if (!seen.insert(row.number()).second) {
      return Reject(v1::REJECTION_REASON_FIELD_INVALID, "package_id", placing.package_id(),
                    "each package once");
    }
    absl::Status status = CheckHowMany(in, RulesOf(in.state, row), request.placings_size());
    if (status.ok()) status = Place(in, **package, placing, request.reason(), out);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

v1::PlacePackagesResponse Reply(const After& after, const v1::PlacePackagesRequest& request) {
  v1::PlacePackagesResponse response;
  for (const v1::Placing& placing : request.placings()) {
    *response.add_packages() = PackageWithoutTexts(
        after.state, ParsePackageId(placing.package_id())->number, Detail::kList);
  }
  return response;
}

absl::Status Decide(const Context& in, const v1::RefusePlacingRequest& request, Decision* out) {
  absl::StatusOr<FoundOffer> found = FindOffer(in, request.offer_id());
  if (!found.ok()) return found.status();
  const OfferRow& offer = *found->offer;
  const PackageRow& row = found->package->row;
  const bool stands = offer.placed() && row.state() == v1::PACKAGE_STATE_AWARDED &&
                      row.award().offer_ordinal() == offer.ordinal();
  if (!stands) {
    return Reject(v1::REJECTION_REASON_OFFER_STATE, "offer_id", request.offer_id(),
                  "an offer that was placed and whose package has not started");
  }
  // As everywhere: while the clock is in doubt nobody's time passes.
  if (in.now_us() > offer.refuse_until_us() && !in.state.system.clock_jumped()) {
    return Reject(v1::REJECTION_REASON_ANSWER_TOO_LATE, "offer_id", request.offer_id(),
                  absl::StrCat("a placing that could be refused until ",
                               MomentWords(offer.refuse_until_us()), " or later"));
  }
  if (absl::Status status = CheckReason(request.reason()); !status.ok()) return status;
  absl::StatusOr<Ending> ending = CheckEnding(PackageVerb::kReturn, v1::END_REASON_PLACING_REFUSED,
                                              v1::CAUSE_AUTHORITY, request.reason());
  if (!ending.ok()) return ending.status();
  journal::v1::PackageReturned& returned = *out->Add().mutable_package_returned();
  returned.set_package_number(row.number());
  returned.set_end_reason(ending->reason);
  returned.set_cause(ending->cause);
  returned.set_date(in.Today(RulesOf(in.state, row)));
  returned.set_reason_hash(AddReason(in, row.number(), request.reason(), out));
  return absl::OkStatus();
}

v1::RefusePlacingResponse Reply(const After& after, const v1::RefusePlacingRequest& request) {
  return WithOffer<v1::RefusePlacingResponse>(after.state, request.offer_id(), after.caller);
}

}  // namespace brokerage::engine
