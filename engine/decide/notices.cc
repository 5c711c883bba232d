#include "engine/decide/notices.h"

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "engine/base/calendar.h"
#include "engine/base/ids.h"
#include "engine/base/rejection.h"
#include "engine/decide/checks.h"
#include "engine/decide/endings.h"
#include "engine/decide/persons.h"
#include "engine/model/lifecycle.h"
#include "engine/model/package.h"
#include "engine/views/replies.h"

namespace brokerage::engine {

using journal::v1::OfferRow;
using journal::v1::PackageRow;

namespace {

constexpr int kDaysAheadMax = 366;

bool IsProvider(const Caller& caller) { return caller.role != v1::ROLE_CARE_NAVIGATOR; }

// The package that care navigation names, or whose winning offer a provider names. Errors:
// FIELD_REQUIRED, FIELD_INVALID for what the other would name, NOT_FOUND, OFFER_STATE.
template <typename Request>
absl::StatusOr<const PackageAggregate*> FindGiven(const Context& in, const Request& request) {
  const auto nothing = [](const char* field, const std::string& value, const char* expected) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, field, value, expected);
  };
  if (!IsProvider(in.caller)) {
    absl::StatusOr<const PackageAggregate*> package = FindPackage(in, request.package_id());
    if (!package.ok() || request.offer_id().empty()) return package;
    return nothing("offer_id", request.offer_id(), "nothing: care navigation names the package");
  }
  absl::StatusOr<FoundOffer> found = FindOffer(in, request.offer_id());
  if (!found.ok()) return found.status();
  if (!request.package_id().empty()) {
    return nothing("package_id", request.package_id(), "nothing: a provider names its offer");
  }
  const OfferRow& offer = *found->offer;
  if (offer.state() != v1::OFFER_STATE_WON || offer.returned_cause() != v1::CAUSE_UNSPECIFIED) {
    return Reject(v1::REJECTION_REASON_OFFER_STATE, "offer_id", request.offer_id(),
                  "an offer that won, and whose package is still the branch's");
  }
  return found->package;
}

absl::StatusOr<DateNumber> CheckLastDay(const std::string& last_day, DateNumber today) {
  const DateNumber last = ToDateNumber(FromDateNumber(today) + kDaysAheadMax);
  const auto date = ParseDate(last_day);
  if (date && *date >= today && *date <= last) return *date;
  return Reject(
      last_day.empty() ? v1::REJECTION_REASON_FIELD_REQUIRED : v1::REJECTION_REASON_FIELD_INVALID,
      "last_day", last_day,
      absl::StrCat("the last day of care, from ", FormatDate(today), " to ", FormatDate(last)));
}

// What only care navigation may say, and only of some packages.
absl::Status CheckWhatFollows(const Context& in, const v1::GiveNoticeRequest& request,
                              const PackageRow& row) {
  if (!request.care_ends()) return absl::OkStatus();
  const bool awarded = row.state() == v1::PACKAGE_STATE_AWARDED;
  if (!IsProvider(in.caller) && !awarded) return absl::OkStatus();
  return Reject(v1::REJECTION_REASON_FIELD_INVALID, "care_ends", "true",
                awarded ? "false: a package that has not started is cancelled where no care is "
                          "needed"
                        : "false: whether care is needed is care navigation's to say");
}

// When the day of the package's framework ends.
int64_t EndOf(const Context& in, const PackageRow& row, DateNumber day) {
  return absl::ToUnixMicros(StartOfDay(FromDateNumber(day) + 1, in.ZoneOf(RulesOf(in.state, row))));
}

// PACKAGE_STATE unless the package runs under notice, a provider's own where a provider asks.
absl::Status CheckUnderNotice(const Context& in, const PackageRow& row) {
  const bool provider = IsProvider(in.caller);
  if (IsUnderNotice(row) && (!provider || row.notice().of_provider())) return absl::OkStatus();
  return Reject(v1::REJECTION_REASON_PACKAGE_STATE, provider ? "offer_id" : "package_id",
                PackageIdOf(row),
                provider ? "one under notice that its provider gave" : "a package under notice");
}

// ALREADY_DECIDED where somebody was awarded what follows.
absl::Status CheckNobodyFollows(const Context& in, const PackageRow& row) {
  const PackageAggregate* follower = FollowerOf(in, row);
  if (follower == nullptr || follower->row.state() != v1::PACKAGE_STATE_AWARDED) {
    return absl::OkStatus();
  }
  return Reject(v1::REJECTION_REASON_ALREADY_DECIDED,
                IsProvider(in.caller) ? "offer_id" : "package_id", PackageIdOf(row),
                "a package whose follower nobody has been awarded");
}

// Whether the offer's branch may still answer it, or has the package.
bool StillStands(const PackageRow& row, const OfferRow& offer) {
  if (row.state() == v1::PACKAGE_STATE_AWARDED) {
    return offer.ordinal() == row.award().offer_ordinal();
  }
  return offer.ordinal() > row.previous_issue_offers() &&
         (Legal(offer.state(), OfferVerb::kDecline) ||
          Legal(offer.state(), OfferVerb::kLateDecline));
}

// Those are told whose offers stand.
void MoveStart(const PackageAggregate& package, DateNumber start_by, DateNumber care_until,
               Decision* out) {
  journal::v1::StartMoved& moved = *out->Add().mutable_start_moved();
  moved.set_package_number(package.row.number());
  moved.set_start_by_date(start_by);
  moved.set_care_until_date(care_until);
  for (const OfferRow& offer : package.offers) {
    if (StillStands(package.row, offer)) moved.add_ordinals(offer.ordinal());
  }
}

// Whether the provider's contract asks for more days than there are.
bool IsShort(const Context& in, const PackageAggregate& package, DateNumber today,
             DateNumber last_day) {
  const v1::Contract* contract = in.state.directory.Contract(ContractOf(package));
  return contract != nullptr &&
         FromDateNumber(last_day) - FromDateNumber(today) < contract->notice_days();
}

template <typename Response, typename Request>
Response ReplyOf(const After& after, const Request& request) {
  Response response;
  if (IsProvider(after.caller)) {
    *response.mutable_offer() = OfferWithoutTexts(after.state, request.offer_id(), after.caller);
  } else {
    *response.mutable_package() =
        PackageWithoutTexts(after.state, ParsePackageId(request.package_id())->number);
  }
  return response;
}

}  // namespace

absl::Status Decide(const Context& in, const v1::GiveNoticeRequest& request, Decision* out) {
  absl::StatusOr<const PackageAggregate*> found = FindGiven(in, request);
  if (!found.ok()) return found.status();
  const PackageAggregate& package = **found;
  const PackageRow& row = package.row;
  if (absl::Status status = CheckState(in, row, PackageVerb::kGiveNotice); !status.ok())
    return status;
  if (IsUnderNotice(row)) {
    return Reject(v1::REJECTION_REASON_ALREADY_EXISTS,
                  IsProvider(in.caller) ? "offer_id" : "package_id", PackageIdOf(row),
                  absl::StrCat("a package that is not under notice; it is, until ",
                               FormatDate(row.notice().last_day())));
  }
  const bool awarded = row.state() == v1::PACKAGE_STATE_AWARDED;
  const bool of_provider = request.of_provider() || IsProvider(in.caller);
  const PackageVerb verb = awarded       ? PackageVerb::kReturn
                           : of_provider ? PackageVerb::kHandBack
                                         : PackageVerb::kCease;
  const DateNumber today = in.Today(RulesOf(in.state, row));
  absl::StatusOr<DateNumber> last_day = CheckLastDay(request.last_day(), today);
  if (!last_day.ok()) return last_day.status();
  if (absl::Status status = CheckWhatFollows(in, request, row); !status.ok()) return status;
  absl::StatusOr<Ending> ending =
      CheckEnding(verb, request.end_reason(), request.cause(), request.reason());
  if (!ending.ok()) return ending.status();
  if (ending->reason == v1::END_REASON_DIED && !request.care_ends()) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "care_ends", "false",
                  "true where the person has died: nobody needs what would follow");
  }
  const v1::Cause cause = CauseFor(in, package, ending->cause);
  if (awarded) {
    journal::v1::PackageReturned& returned = *out->Add().mutable_package_returned();
    returned.set_package_number(row.number());
    returned.set_end_reason(ending->reason);
    returned.set_cause(cause);
    returned.set_date(today);
    returned.set_by_notice(true);
    returned.set_reason_hash(AddReason(in, row.number(), request.reason(), out));
    return absl::OkStatus();
  }
  v1::LeavingOutcome outcome = request.leaving_outcome();
  if (!of_provider || outcome != v1::LEAVING_OUTCOME_UNSPECIFIED) {
    absl::StatusOr<v1::LeavingOutcome> leaving = CheckLeaving(row, ending->reason, outcome);
    if (!leaving.ok()) return leaving.status();
    outcome = *leaving;
  }
  journal::v1::NoticeGiven& given = *out->Add().mutable_notice_given();
  given.set_package_number(row.number());
  given.set_reason_hash(AddReason(in, row.number(), request.reason(), out));
  journal::v1::NoticeRow& notice = *given.mutable_notice();
  notice.set_last_day(*last_day);
  notice.set_due_us(EndOf(in, row, *last_day));
  notice.set_given_date(today);
  notice.set_time_us(in.now_us());
  notice.set_reason(ending->reason);
  notice.set_cause(cause);
  notice.set_of_provider(of_provider);
  notice.set_short_notice(of_provider && IsShort(in, package, today, *last_day));
  notice.set_leaving_outcome(outcome);
  if (!request.care_ends()) {
    const DateNumber start = DayAfter(*last_day);
    if (const PackageAggregate* follower =
            FollowerOf(in, row)) {  // a referral says that it follows
      const DateNumber by = ParseDate(follower->row.terms().start_by_date()).value_or(start);
      MoveStart(*follower, std::min(by, start), *last_day, out);
    } else {
      v1::PackageTerms terms = row.terms();
      terms.set_start_by_date(FormatDate(start));
      AddWaitingFollower(in, package, cause, terms, *last_day, out);
    }
  }
  StopOthers(in, package, ending->reason, out);
  return absl::OkStatus();
}

v1::GiveNoticeResponse Reply(const After& after, const v1::GiveNoticeRequest& request) {
  auto response = ReplyOf<v1::GiveNoticeResponse>(after, request);
  if (IsProvider(after.caller)) return response;
  const PackageRow& row = after.state.Package(ParsePackageId(request.package_id())->number)->row;
  const PackageAggregate* follower = after.state.Package(row.successor_number());
  if (follower != nullptr && IsUnderNotice(row) && !request.care_ends()) {
    *response.mutable_successor() = PackageWithoutTexts(after.state, row.successor_number());
  }
  for (std::string& id : NamedWith(after, request.package_id(), request.end_reason())) {
    response.add_other_package_ids(std::move(id));
  }
  return response;
}

absl::Status Decide(const Context& in, const v1::MoveNoticeRequest& request, Decision* out) {
  absl::StatusOr<const PackageAggregate*> found = FindGiven(in, request);
  if (!found.ok()) return found.status();
  const PackageRow& row = (*found)->row;
  if (absl::Status status = CheckState(in, row, PackageVerb::kMoveNotice); !status.ok()) {
    return status;
  }
  if (absl::Status status = CheckUnderNotice(in, row); !status.ok()) return status;
  absl::StatusOr<DateNumber> last_day =
      CheckLastDay(request.last_day(), in.Today(RulesOf(in.state, row)));
  if (!last_day.ok()) return last_day.status();
  if (*last_day == row.notice().last_day()) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "last_day", request.last_day(),
                  "another day than the one that stands");
  }
  if (!request.agreed()) {
    if (absl::Status status = CheckNobodyFollows(in, row); !status.ok()) return status;
  } else if (IsProvider(in.caller)) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "agreed", "true",
                  "false: whether the next branch agrees is care navigation's to say");
  }
  journal::v1::NoticeMoved& moved = *out->Add().mutable_notice_moved();
  moved.set_package_number(row.number());
  moved.set_last_day(*last_day);
  moved.set_due_us(EndOf(in, row, *last_day));
  moved.set_short_notice(row.notice().of_provider() &&
                         IsShort(in, **found, row.notice().given_date(), *last_day));
  if (const PackageAggregate* follower = FollowerOf(in, row)) {
    MoveStart(*follower, DayAfter(*last_day), *last_day, out);
  }
  return absl::OkStatus();
}

v1::MoveNoticeResponse Reply(const After& after, const v1::MoveNoticeRequest& request) {
  return ReplyOf<v1::MoveNoticeResponse>(after, request);
}

absl::Status Decide(const Context& in, const v1::WithdrawNoticeRequest& request, Decision* out) {
  absl::StatusOr<const PackageAggregate*> found = FindGiven(in, request);
  if (!found.ok()) return found.status();
  const PackageRow& row = (*found)->row;
  if (absl::Status status = CheckState(in, row, PackageVerb::kWithdrawNotice); !status.ok()) {
    return status;
  }
  if (absl::Status status = CheckUnderNotice(in, row); !status.ok()) return status;
  const PackageAggregate* follower = FollowerOf(in, row);
  if (follower != nullptr && !IsOfAnEnd(follower->row)) {
    LeaveFollower(*follower, 0, out);
  } else {
    if (absl::Status status = CheckNobodyFollows(in, row); !status.ok()) return status;
    CancelFollower(in, row, out);
  }
  ContinueOthers(in, **found, out);
  out->Add().mutable_notice_withdrawn()->set_package_number(row.number());
  return absl::OkStatus();
}

v1::WithdrawNoticeResponse Reply(const After& after, const v1::WithdrawNoticeRequest& request) {
  return ReplyOf<v1::WithdrawNoticeResponse>(after, request);
}

void LeaveFollower(const PackageAggregate& follower, DateNumber care_until, Decision* out) {
  if (follower.row.care_until_date() == 0) return;
  MoveStart(follower, ParseDate(follower.row.terms().start_by_date()).value_or(0), care_until, out);
}

void CancelFollower(const Context& in, const PackageRow& row, Decision* out) {
  const PackageAggregate* follower = FollowerOf(in, row);
  if (follower != nullptr) CancelPackage(in, follower->row, out);
}

void CancelPackage(const Context& in, const PackageRow& row, Decision* out) {
  journal::v1::PackageCancelled& cancelled = *out->Add().mutable_package_cancelled();
  cancelled.set_package_number(row.number());
  cancelled.set_end_reason(v1::END_REASON_OTHER);
  cancelled.set_date(in.Today(in.state.directory.Framework(row.framework_id())->rules()));
}

}  // namespace brokerage::engine
