#include "engine/decide/packages.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/award/ranking.h"
#include "engine/base/bounds.h"
#include "engine/base/calendar.h"
#include "engine/base/ids.h"
#include "engine/base/rejection.h"
#include "engine/decide/checks.h"
#include "engine/decide/endings.h"
#include "engine/decide/evaluation.h"
#include "engine/decide/parts.h"
#include "engine/decide/persons.h"
#include "engine/decide/referral.h"
#include "engine/decide/rounds.h"
#include "engine/model/lifecycle.h"
#include "engine/model/package.h"
#include "engine/model/parts.h"
#include "engine/routing/routing.h"
#include "engine/views/replies.h"

namespace brokerage::engine {

using journal::v1::OfferRow;
using journal::v1::PackageRow;

namespace {

// Two packages of a person that follow each other never run both: one under notice ends with the
// day before the other starts.
void EndBefore(const Context& in, const PackageRow& follower, DateNumber start, Decision* out) {
  const PackageAggregate* before = in.state.Package(follower.predecessor_number());
  if (before == nullptr || !IsUnderNotice(before->row)) return;
  const v1::FrameworkRules& rules = RulesOf(in.state, before->row);
  EndNotice(in, *before,
            std::max(ToDateNumber(FromDateNumber(start) - 1), LastStepDate(in, rules, before->row)),
            out);
}

// Nobody withdraws an award without knowing of it: the request names the offer that has the
// package.
absl::Status CheckAwardIsNamed(const Context& in, const v1::CancelPackageRequest& request,
                               const PackageAggregate& package) {
  constexpr absl::string_view kField = "awarded_offer_id";
  const PackageRow& row = package.row;
  const std::string& named = request.awarded_offer_id();
  if (row.state() != v1::PACKAGE_STATE_AWARDED) {
    if (named.empty()) return absl::OkStatus();
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, kField, named,
                  absl::StrCat("nothing: the package is ", StateName(row.state()), " ",
                               ChangedWords(in, row)));
  }
  const std::string offer = OfferIdOf(row, row.award().offer_ordinal());
  if (named == offer) return absl::OkStatus();
  const std::string& branch =
      package.offers[static_cast<size_t>(row.award().offer_ordinal() - 1)].branch_id();
  return Reject(
      named.empty() ? v1::REJECTION_REASON_FIELD_REQUIRED : v1::REJECTION_REASON_FIELD_INVALID,
      kField, named,
      absl::StrCat(offer, " to withdraw the award: ", branch, " has the package ",
                   ChangedWords(in, row)));
}

// Errors: FIELD_INVALID of a branch that nothing keeps from being asked; FIELD_REQUIRED and
// FIELD_INVALID of the reason, TEXT_IDENTIFIES_PERSON.
absl::Status CheckAskAgain(const Context& in, const v1::ReissuePackageRequest& request,
                           const PackageRow& row) {
  if (request.ask_again_branch_ids().empty()) {
    if (request.ask_again_reason().empty()) return absl::OkStatus();
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "ask_again_reason", "",
                  "nothing where no branch is to be asked again");
  }
  const auto& gave_up = row.gave_up_branch_ids();
  const auto& providers = row.gave_up_provider_ids();
  std::set<std::string> named;
  for (const std::string& id : request.ask_again_branch_ids()) {
    const v1::Branch* branch = in.state.directory.Branch(id);
    const bool of_provider = branch != nullptr && Lists(providers, branch->provider_id());
    const bool gave = of_provider || Lists(gave_up, id);
    if (gave && named.insert(id).second) continue;
    std::vector<std::string> known(gave_up.begin(), gave_up.end());
    for (const std::string& provider : providers) known.push_back("one of " + provider);
    if (known.empty()) known.push_back("there is none");
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "ask_again_branch_ids", id,
                  absl::StrCat("branches that gave this person's care up, each once: ",
                               absl::StrJoin(known, ", ")));
  }
  return CheckImpersonalReason(request.ask_again_reason(), "ask_again_reason");
}

// What a package is put out again with, whose summary was `summary`, and whose terms are since its
// last issue those of a part: changes `row`. Errors: those of a referral's fields.
absl::Status ChangeIssue(const Context& in, const v1::ReissuePackageRequest& request,
                         const std::string& summary, bool of_a_part, PackageRow* row) {
  v1::PackageTerms terms = row->terms();
  if (!request.terms().visits().empty()) terms.clear_visits();
  terms.MergeFrom(request.terms());
  absl::Status status;
  if (request.has_terms()) {
    const v1::FrameworkRules& rules = in.state.directory.Framework(row->framework_id())->rules();
    status = CheckTerms(terms, "terms", in.Today(rules));
  }
  if (status.ok()) status = CheckNeeds(request.needs(), "needs");
  if (status.ok() && !request.summary().empty()) {
    status = CheckSummary(request.summary(), request.summary_confirmed(), "summary");
  }
  if (status.ok()) status = CheckDetails(request.details(), "details");
  if (!status.ok()) return status;
  bool other = terms.SerializeAsString() != row->terms().SerializeAsString();
  *row->mutable_terms() = std::move(terms);
  if (!request.needs().empty()) {
    other = true;
    *row->mutable_needs() = request.needs();
  }
  // What a branch was asked to judge by: one that declined is asked anew, and an older offer must
  // not show the newer words.
  other |= !request.summary().empty() && request.summary() != summary;
  // Who declined the whole has not been asked for the part that came back.
  other |= of_a_part;
  if (other) row->set_terms_version(row->terms_version() + 1);
  return absl::OkStatus();
}

template <typename Response>
Response WithPackage(const After& after, absl::string_view id) {
  Response response;
  *response.mutable_package() = PackageWithoutTexts(after.state, ParsePackageId(id)->number);
  return response;
}

}  // namespace

absl::Status Decide(const Context& in, const v1::ReleasePackagesRequest& request, Decision* out) {
  if (request.package_ids().empty()) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "package_ids", "", "at least one package");
  }
  if (request.package_ids_size() > limits::kBatchItemsMax) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "package_ids",
                  absl::StrCat(request.package_ids_size()),
                  absl::StrCat("at most ", limits::kBatchItemsMax));
  }
  std::set<uint64_t> seen;
  for (const std::string& id : request.package_ids()) {
    absl::StatusOr<const PackageAggregate*> package = FindPackage(in, id, "package_ids");
    if (!package.ok()) return package.status();
    const PackageRow& row = (*package)->row;
    if (absl::Status status = CheckState(in, row, PackageVerb::kRelease); !status.ok())
      return status;
    if (absl::Status status = CheckGoesOn(row); !status.ok()) return status;
    if (!seen.insert(row.number()).second) continue;
    if (request.hold()) {
      journal::v1::PackageHeld& held = *out->Add().mutable_package_held();
      held.set_package_number(row.number());
      held.set_held(true);
      continue;
    }
    Release(in, **package, out);
  }
  return absl::OkStatus();
}

v1::ReleasePackagesResponse Reply(const After& after, const v1::ReleasePackagesRequest& request) {
  v1::ReleasePackagesResponse response;
  for (const std::string& id : request.package_ids()) {
    *response.add_packages() =
        PackageWithoutTexts(after.state, ParsePackageId(id)->number, Detail::kList);
  }
  return response;
}

absl::Status Decide(const Context& in, const v1::CancelPackageRequest& request, Decision* out) {
  absl::StatusOr<const PackageAggregate*> package = FindPackage(in, request.package_id());
  if (!package.ok()) return package.status();
  const PackageRow& row = (*package)->row;
  if (absl::Status status = CheckState(in, row, PackageVerb::kCancel); !status.ok()) return status;
  if (absl::Status status = CheckAwardIsNamed(in, request, **package); !status.ok()) return status;
  absl::StatusOr<Ending> ending =
      CheckEnding(PackageVerb::kCancel, request.end_reason(), request.cause(), request.reason());
  if (!ending.ok()) return ending.status();
  journal::v1::PackageCancelled& cancelled = *out->Add().mutable_package_cancelled();
  cancelled.set_package_number(row.number());
  cancelled.set_end_reason(ending->reason);
  cancelled.set_cause(ending->cause);
  cancelled.set_date(in.Today(in.state.directory.Framework(row.framework_id())->rules()));
  cancelled.set_reason_hash(AddReason(in, row.number(), request.reason(), out));
  StopOthers(in, **package, ending->reason, out);
  return absl::OkStatus();
}

v1::CancelPackageResponse Reply(const After& after, const v1::CancelPackageRequest& request) {
  auto response = WithPackage<v1::CancelPackageResponse>(after, request.package_id());
  for (std::string& id : NamedWith(after, request.package_id(), request.end_reason())) {
    response.add_other_package_ids(std::move(id));
  }
  return response;
}

absl::Status Decide(const Context& in, const v1::AwardPackageRequest& request, Decision* out) {
  absl::StatusOr<const PackageAggregate*> found = FindPackage(in, request.package_id());
  if (!found.ok()) return found.status();
  const PackageAggregate& package = **found;
  const PackageRow& row = package.row;
  if (absl::Status status = CheckState(in, row, PackageVerb::kAward); !status.ok()) return status;
  if (absl::Status status = CheckGoesOn(row); !status.ok()) return status;
  if (request.offer_id().empty()) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "offer_id", "", "an acceptance's id");
  }
  const auto id = ParseOfferId(request.offer_id());
  if (!id || id->package != PackageId{row.year(), row.number()} ||
      id->ordinal > static_cast<int32_t>(package.offers.size())) {
    return Reject(v1::REJECTION_REASON_NOT_FOUND, "offer_id", request.offer_id(),
                  "an offer of this package");
  }
  const v1::FrameworkRules& rules = RulesOf(in.state, row);
  const AwardQuestion question{package, rules,           in.state.directory,     in.state.rollups,
                               in.now,  in.Today(rules), LinkedTo(in.state, row)};
  const Ranking ranking = RankAcceptances(question);
  const auto at = std::find(ranking.ordinals.begin(), ranking.ordinals.end(), id->ordinal);
  if (at == ranking.ordinals.end()) {
    return Reject(v1::REJECTION_REASON_OFFER_STATE, "offer_id", request.offer_id(),
                  "an acceptance that still holds");
  }
  const size_t winner = static_cast<size_t>(at - ranking.ordinals.begin());
  if (winner >= ranking.valid) {
    return Reject(v1::REJECTION_REASON_RULE_FAILS_AT_AWARD, "offer_id", request.offer_id(),
                  absl::StrCat("an acceptance that passes ",
                               RuleName(ranking.acceptances[winner].void_rule())));
  }
  // Live figures may have moved since the proposal; what was proposed is still no override.
  const bool due = row.awaits_award() || row.state() == v1::PACKAGE_STATE_UNFILLED;
  const bool proposed = row.awaits_award() && id->ordinal == row.proposed_ordinal();
  const size_t first = ranking.best < ranking.valid ? ranking.best : 0;
  const bool overridden = !proposed && (winner != first || !due);
  if (overridden) {
    if (absl::Status status = CheckReason(request.override_reason(), "override_reason");
        !status.ok()) {
      return status;
    }
  }
  if (NeedsPriceException(rules, package.offers[static_cast<size_t>(id->ordinal - 1)])) {
    absl::Status status = CheckReason(request.price_exception_reason(), "price_exception_reason");
    if (!status.ok()) return status;
  }
  for (auto [field, text] :
       {std::pair{"override_reason", &request.override_reason()},
        std::pair{"price_exception_reason", &request.price_exception_reason()}}) {
    if (absl::Status status = CheckImpersonal(*text, field); !status.ok()) return status;
  }
  journal::v1::PackageAwarded& awarded = *out->Add().mutable_package_awarded();
  FillAward(package, ranking, winner, &awarded);
  journal::v1::AwardRow& award = *awarded.mutable_award();
  award.set_time_us(in.now_us());
  award.set_account_id(in.caller.account_id);
  award.set_overridden(overridden);
  if (overridden) award.set_override_reason(request.override_reason());
  award.set_price_exception_reason(request.price_exception_reason());
  awarded.set_award_date(in.Today(rules));
  const OfferRow& offer = package.offers[static_cast<size_t>(id->ordinal - 1)];
  if (const VisitNumbers* visits = AcceptedVisits(offer)) {
    award.set_part(true);
    award.set_weekly_minutes(static_cast<int32_t>(WeeklyMinutes(row.terms(), *visits)));
    PutOutRest(in, package, offer, out);
  }
  return absl::OkStatus();
}

v1::AwardPackageResponse Reply(const After& after, const v1::AwardPackageRequest& request) {
  return WithPackage<v1::AwardPackageResponse>(after, request.package_id());
}

absl::Status Decide(const Context& in, const v1::ReissuePackageRequest& request, Decision* out) {
  absl::StatusOr<const PackageAggregate*> found = FindPackage(in, request.package_id());
  if (!found.ok()) return found.status();
  const PackageRow& row = (*found)->row;
  if (absl::Status status = CheckState(in, row, PackageVerb::kReissue); !status.ok()) return status;
  if (absl::Status status = CheckGoesOn(row); !status.ok()) return status;
  if (absl::Status status = CheckAskAgain(in, request, row); !status.ok()) return status;
  if (row.rounds_size() >= limits::kRoundsPerPackageMax ||
      row.offer_count() >= limits::kOffersPerPackageMax) {
    return Reject(v1::REJECTION_REASON_LIMIT_REACHED, "package_id", request.package_id(),
                  absl::StrCat("a package with fewer than ", limits::kRoundsPerPackageMax,
                               " rounds and ", limits::kOffersPerPackageMax, " offers"));
  }
  const journal::v1::FrameworkRow& framework = *in.state.directory.Framework(row.framework_id());
  // The package as it will be when it is routed.
  PackageAggregate package = **found;
  package.row.set_framework_revision(framework.revision());
  const bool of_a_part = WonInPart(package) != nullptr;
  absl::Status changed = ChangeIssue(in, request, package.Text("summary"), of_a_part, &package.row);
  if (!changed.ok()) return changed;
  journal::v1::PackageReissued& reissued = *out->Add().mutable_package_reissued();
  reissued.set_package_number(row.number());
  if (!request.needs().empty()) {
    *reissued.mutable_needs() = package.row.needs();
    reissued.set_needs_change(true);
  }
  for (auto [name, text] :
       {std::pair{"details", &request.details()}, std::pair{"summary", &request.summary()}}) {
    if (text->empty()) continue;
    journal::v1::TextHash& hash = *reissued.add_text_hashes();
    hash.set_name(name);
    hash.set_hash(AddText(in, row.number(), name, *text, out));
  }
  *reissued.mutable_terms() = package.row.terms();
  reissued.set_terms_version(package.row.terms_version());
  reissued.set_framework_revision(framework.revision());
  *reissued.mutable_ask_again_branch_ids() = request.ask_again_branch_ids();
  reissued.set_ask_again_reason(request.ask_again_reason());
  AskAgain(request.ask_again_branch_ids(), &package.row);
  PutOut(in, package, out);
  return absl::OkStatus();
}

v1::ReissuePackageResponse Reply(const After& after, const v1::ReissuePackageRequest& request) {
  return WithPackage<v1::ReissuePackageResponse>(after, request.package_id());
}

absl::Status Decide(const Context& in, const v1::StartPackageRequest& request, Decision* out) {
  absl::StatusOr<const PackageAggregate*> package = FindPackage(in, request.package_id());
  if (!package.ok()) return package.status();
  const PackageRow& row = (*package)->row;
  if (absl::Status status = CheckState(in, row, PackageVerb::kStart); !status.ok()) return status;
  if (absl::Status status = CheckContractStands(in, **package); !status.ok()) return status;
  const v1::FrameworkRules& rules = RulesOf(in.state, row);
  DateNumber earliest = row.award().award_date();
  const PackageAggregate* before = in.state.Package(row.predecessor_number());
  if (before != nullptr && IsUnderNotice(before->row)) {  // who has the person until then
    earliest = std::max(earliest, LastStepDate(in, RulesOf(in.state, before->row), before->row));
  }
  absl::StatusOr<DateNumber> date = HappenedOn(in, rules, request.on_date(), earliest);
  if (!date.ok()) return date.status();
  EndBefore(in, row, *date, out);
  journal::v1::PackageStarted& started = *out->Add().mutable_package_started();
  started.set_package_number(row.number());
  started.set_date(*date);
  started.set_limit_due_us(LimitDue(in, rules, row.terms().service_type(), *date));
  return absl::OkStatus();
}

v1::StartPackageResponse Reply(const After& after, const v1::StartPackageRequest& request) {
  return WithPackage<v1::StartPackageResponse>(after, request.package_id());
}

absl::Status Decide(const Context& in, const v1::ReturnPackageRequest& request, Decision* out) {
  absl::StatusOr<const PackageAggregate*> package = FindPackage(in, request.package_id());
  if (!package.ok()) return package.status();
  const PackageRow& row = (*package)->row;
  if (absl::Status status = CheckState(in, row, PackageVerb::kReturn); !status.ok()) return status;
  absl::StatusOr<Ending> ending =
      CheckEnding(PackageVerb::kReturn, request.end_reason(), request.cause(), request.reason());
  if (!ending.ok()) return ending.status();
  absl::StatusOr<DateNumber> date =
      HappenedOn(in, RulesOf(in.state, row), request.on_date(), row.award().award_date());
  if (!date.ok()) return date.status();
  journal::v1::PackageReturned& returned = *out->Add().mutable_package_returned();
  returned.set_package_number(row.number());
  returned.set_end_reason(ending->reason);
  returned.set_date(*date);
  returned.set_cause(CauseFor(in, **package, ending->cause));
  returned.set_reason_hash(AddReason(in, row.number(), request.reason(), out));
  return absl::OkStatus();
}

v1::ReturnPackageResponse Reply(const After& after, const v1::ReturnPackageRequest& request) {
  return WithPackage<v1::ReturnPackageResponse>(after, request.package_id());
}

absl::Status Decide(const Context& in, const v1::HandBackPackageRequest& request, Decision* out) {
  absl::StatusOr<const PackageAggregate*> found = FindPackage(in, request.package_id());
  if (!found.ok()) return found.status();
  const PackageAggregate& package = **found;
  const PackageRow& row = package.row;
  if (absl::Status status = CheckState(in, row, PackageVerb::kHandBack); !status.ok())
    return status;
  absl::StatusOr<Ending> ending =
      CheckEnding(PackageVerb::kHandBack, request.end_reason(), request.cause(), request.reason());
  if (!ending.ok()) return ending.status();
  const v1::FrameworkRules& rules = RulesOf(in.state, row);
  absl::StatusOr<DateNumber> date =
      HappenedOn(in, rules, request.on_date(), LastStepDate(in, rules, row));
  if (!date.ok()) return date.status();
  journal::v1::PackageHandedBack& handed_back = AddHandBack(
      in, package, {ending->reason, CauseFor(in, package, ending->cause)}, *date, *date, out);
  handed_back.set_reason_hash(AddReason(in, row.number(), request.reason(), out));
  NoteCareEnded(in, row, *date, out);
  if (FollowerOf(in, row) == nullptr) {
    *handed_back.mutable_successor() = MakeFollower(in, package, handed_back.cause(),
                                                    in.state.system.last_package_number() + 1, out);
  } else if (handed_back.cause() == v1::CAUSE_PROVIDER) {
    // It was made when the council gave notice, for another reason.
    handed_back.set_follower_gave_up_branch_id(FollowerOf(in, row)->row.previous_branch_id());
  }
  return absl::OkStatus();
}

v1::HandBackPackageResponse Reply(const After& after, const v1::HandBackPackageRequest& request) {
  const uint64_t number = ParsePackageId(request.package_id())->number;
  const uint64_t successor = after.state.Package(number)->row.successor_number();
  v1::HandBackPackageResponse response;
  *response.mutable_package() = PackageWithoutTexts(after.state, number);
  *response.mutable_successor() = PackageWithoutTexts(after.state, successor);
  return response;
}

absl::Status Decide(const Context& in, const v1::CeasePackageRequest& request, Decision* out) {
  absl::StatusOr<const PackageAggregate*> package = FindPackage(in, request.package_id());
  if (!package.ok()) return package.status();
  const PackageRow& row = (*package)->row;
  if (absl::Status status = CheckState(in, row, PackageVerb::kCease); !status.ok()) return status;
  absl::StatusOr<Ending> ending =
      CheckEnding(PackageVerb::kCease, request.end_reason(), request.cause(), request.reason());
  if (!ending.ok()) return ending.status();
  const v1::FrameworkRules& rules = RulesOf(in.state, row);
  absl::StatusOr<DateNumber> date =
      HappenedOn(in, rules, request.on_date(), LastStepDate(in, rules, row));
  if (!date.ok()) return date.status();
  absl::StatusOr<v1::LeavingOutcome> outcome =
      CheckLeaving(row, ending->reason, request.leaving_outcome());
  if (!outcome.ok()) return outcome.status();
  journal::v1::PackageCeased& ceased =
      AddCease(in, **package, {ending->reason, CauseFor(in, **package, ending->cause)}, *date,
               *outcome, out);
  ceased.set_reason_hash(AddReason(in, row.number(), request.reason(), out));
  NoteCareEnded(in, row, *date, out);
  StopOthers(in, **package, ending->reason, out);
  return absl::OkStatus();
}

v1::CeasePackageResponse Reply(const After& after, const v1::CeasePackageRequest& request) {
  auto response = WithPackage<v1::CeasePackageResponse>(after, request.package_id());
  for (std::string& id : NamedWith(after, request.package_id(), request.end_reason())) {
    response.add_other_package_ids(std::move(id));
  }
  return response;
}

absl::Status Decide(const Context& in, const v1::ErasePackageTextsRequest& request, Decision* out) {
  absl::StatusOr<const PackageAggregate*> package = FindPackage(in, request.package_id());
  if (!package.ok()) return package.status();
  const PackageRow& row = (*package)->row;
  if (absl::Status status = CheckState(in, row, PackageVerb::kErase); !status.ok()) return status;
  out->Add().mutable_texts_erased()->set_package_number(row.number());
  return absl::OkStatus();
}

v1::ErasePackageTextsResponse Reply(const After& after,
                                    const v1::ErasePackageTextsRequest& request) {
  return WithPackage<v1::ErasePackageTextsResponse>(after, request.package_id());
}

}  // namespace brokerage::engine
