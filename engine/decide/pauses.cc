#include "engine/decide/pauses.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "engine/base/calendar.h"
#include "engine/base/ids.h"
#include "engine/base/rejection.h"
#include "engine/decide/asked.h"
#include "engine/decide/checks.h"
#include "engine/decide/endings.h"
#include "engine/decide/terms.h"
#include "engine/views/replies.h"

namespace brokerage::engine {

using journal::v1::OfferRow;
using journal::v1::PackageRow;

namespace {

// Chosen: no council publishes them.
constexpr int kRetentionDays = 14;
constexpr int kPauseDaysMax = 42;
constexpr int kDaysAheadMax = 366;

int OrElse(int given, int otherwise) { return given > 0 ? given : otherwise; }

DateNumber DaysAfter(DateNumber date, int days) {
  return ToDateNumber(FromDateNumber(date) + days);
}

// Errors: FIELD_REQUIRED and FIELD_INVALID of reason and words, TEXT_IDENTIFIES_PERSON.
absl::Status CheckWhy(const v1::PausePackageRequest& request) {
  constexpr absl::string_view kReasons = "HOSPITAL, RESPITE, FAMILY or OTHER";
  if (request.pause_reason() == v1::PAUSE_REASON_UNSPECIFIED) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "pause_reason", "", kReasons);
  }
  if (!v1::PauseReason_IsValid(request.pause_reason())) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "pause_reason",
                  absl::StrCat(request.pause_reason()), kReasons);
  }
  const bool needed = request.pause_reason() == v1::PAUSE_REASON_OTHER;
  if (!needed && request.reason().empty()) return absl::OkStatus();
  return CheckImpersonalReason(request.reason());
}

// The date on which the person is expected back; 0 where nobody knows.
absl::StatusOr<DateNumber> CheckExpected(const std::string& given, DateNumber from) {
  if (given.empty()) return 0;
  const auto date = ParseDate(given);
  const DateNumber last = DaysAfter(from, kDaysAheadMax);
  if (date && *date >= from && *date <= last) return *date;
  return Reject(v1::REJECTION_REASON_FIELD_INVALID, "expected_return_date", given,
                absl::StrCat("a date from ", FormatDate(from), " to ", FormatDate(last)));
}

// What stands in the figures for care that went on after a stay in hospital without an offer.
OfferRow ResumedOffer(const Context& in, const PackageAggregate& package, DateNumber date) {
  OfferRow offer =
      AskedOffer(in, package, {v1::OFFER_PURPOSE_RESUMED, package.row.terms(), date, true});
  offer.set_state(v1::OFFER_STATE_ACCEPTED);
  offer.set_settled(true);
  offer.set_deadline_us(in.now_us());
  journal::v1::AnswerRow& answer = *offer.add_answers();
  answer.set_answer(v1::ANSWER_ACCEPT);
  answer.set_time_us(in.now_us());
  offer.clear_asked_terms();
  return offer;
}

// From when on care is to go on, where the branch is asked first.
absl::StatusOr<DateNumber> CheckFrom(const std::string& given, DateNumber today) {
  if (given.empty()) return today;
  const auto date = ParseDate(given);
  const DateNumber last = DaysAfter(today, kDaysAheadMax);
  if (date && *date >= today && *date <= last) return *date;
  return Reject(v1::REJECTION_REASON_FIELD_INVALID, "on_date", given,
                absl::StrCat("a date from ", FormatDate(today), " to ", FormatDate(last),
                             ": the branch is asked first"));
}

}  // namespace

absl::Status Decide(const Context& in, const v1::PausePackageRequest& request, Decision* out) {
  absl::StatusOr<const PackageAggregate*> found = FindPackage(in, request.package_id());
  if (!found.ok()) return found.status();
  const PackageRow& row = (*found)->row;
  if (absl::Status status = CheckState(in, row, PackageVerb::kPause); !status.ok()) return status;
  if (absl::Status status = CheckWhy(request); !status.ok()) return status;
  const v1::FrameworkRules& rules = RulesOf(in.state, row);
  absl::StatusOr<DateNumber> date =
      HappenedOn(in, rules, request.on_date(), LastStepDate(in, rules, row));
  if (!date.ok()) return date.status();
  absl::StatusOr<DateNumber> expected = CheckExpected(request.expected_return_date(), *date);
  if (!expected.ok()) return expected.status();
  journal::v1::PackagePaused& paused = *out->Add().mutable_package_paused();
  paused.set_package_number(row.number());
  paused.set_reason_hash(AddReason(in, row.number(), request.reason(), out));
  journal::v1::PauseRow& pause = *paused.mutable_pause();
  pause.set_from_date(*date);
  pause.set_reason(request.pause_reason());
  pause.set_expected_return_date(*expected);
  pause.set_time_us(in.now_us());
  pause.set_retained_until_date(
      DaysAfter(*date, OrElse(rules.pause().retention_days(), kRetentionDays)));
  pause.set_longest_until_date(DaysAfter(*date, OrElse(rules.pause().days_max(), kPauseDaysMax)));
  return absl::OkStatus();
}

v1::PausePackageResponse Reply(const After& after, const v1::PausePackageRequest& request) {
  v1::PausePackageResponse response;
  *response.mutable_package() =
      PackageWithoutTexts(after.state, ParsePackageId(request.package_id())->number);
  return response;
}

absl::Status Decide(const Context& in, const v1::ResumePackageRequest& request, Decision* out) {
  absl::StatusOr<const PackageAggregate*> found = FindPackage(in, request.package_id());
  if (!found.ok()) return found.status();
  const PackageAggregate& package = **found;
  const PackageRow& row = package.row;
  if (absl::Status status = CheckState(in, row, PackageVerb::kResume); !status.ok()) return status;
  const v1::FrameworkRules& rules = RulesOf(in.state, row);
  const DateNumber today = in.Today(rules);
  absl::StatusOr<v1::PackageTerms> terms = ChangedTerms(in, package, request.terms());
  if (!terms.ok()) return terms.status();
  const bool same = terms->SerializeAsString() == row.terms().SerializeAsString();
  const auto said = ParseDate(request.on_date());
  const DateNumber day = said ? *said : today;
  const bool hospital = row.pause().reason() == v1::PAUSE_REASON_HOSPITAL;
  if (same && day <= row.pause().retained_until_date()) {
    const OfferRow* asked = AskedOf(package);
    if (asked != nullptr && asked->purpose() == v1::OFFER_PURPOSE_RESTART) {
      return CheckNothingAsked(row);
    }
    absl::StatusOr<DateNumber> date =
        HappenedOn(in, rules, request.on_date(), row.pause().from_date());
    if (!date.ok()) return date.status();
    journal::v1::PackageResumed& resumed = *out->Add().mutable_package_resumed();
    resumed.set_package_number(row.number());
    resumed.set_date(*date);
    if (hospital && !row.imported()) {
      *resumed.mutable_resumed_offer() = ResumedOffer(in, package, *date);
    }
    return absl::OkStatus();
  }
  if (absl::Status status = CheckGoesOn(row); !status.ok()) return status;
  if (absl::Status status = CheckMayBeAsked(in, package); !status.ok()) return status;
  absl::StatusOr<DateNumber> from = CheckFrom(request.on_date(), today);
  if (!from.ok()) return from.status();
  AskBranch(in, package,
            {v1::OFFER_PURPOSE_RESTART, *std::move(terms), *from, hospital && !row.imported()},
            out);
  return absl::OkStatus();
}

v1::ResumePackageResponse Reply(const After& after, const v1::ResumePackageRequest& request) {
  v1::ResumePackageResponse response;
  *response.mutable_package() =
      PackageWithoutTexts(after.state, ParsePackageId(request.package_id())->number);
  return response;
}

}  // namespace brokerage::engine
