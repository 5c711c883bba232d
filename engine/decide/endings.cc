#include "engine/decide/endings.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/rejection.h"
#include "engine/decide/checks.h"
#include "engine/model/end_reasons.h"

namespace brokerage::engine {

namespace {

constexpr int kBackdatingDays = 31;  // chosen: no council publishes one

// A cancellation and an end of care may leave open whose cause it was.
bool MayLeaveOpen(PackageVerb verb, v1::EndReason reason) {
  return reason == v1::END_REASON_OTHER &&
         (verb == PackageVerb::kCancel || verb == PackageVerb::kCease);
}

absl::Status CheckWords(v1::EndReason reason, absl::string_view words) {
  if (reason == v1::END_REASON_OTHER || !words.empty()) {
    if (absl::Status status = CheckReason(words); !status.ok()) return status;
  }
  return CheckImpersonal(words, "reason");
}

}  // namespace

absl::StatusOr<Ending> CheckEnding(PackageVerb verb, v1::EndReason reason, v1::Cause cause,
                                   absl::string_view words) {
  if (reason == v1::END_REASON_UNSPECIFIED) reason = v1::END_REASON_OTHER;
  const EndReason& of = EndReasonOf(reason);
  const std::string name(absl::StripPrefix(v1::EndReason_Name(reason), "END_REASON_"));
  if (!MayName(verb, of)) {
    return Reject(
        v1::REJECTION_REASON_FIELD_INVALID, "end_reason", name,
        absl::StrCat("what a package can be ", VerbName(verb), "d for: ", ReasonNames(verb)));
  }
  if (cause == v1::CAUSE_UNSPECIFIED) cause = OnlyCauseOf(of);
  if (cause == v1::CAUSE_UNSPECIFIED && !MayLeaveOpen(verb, reason)) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "cause", "", CauseNames(of.causes));
  }
  if (cause == v1::CAUSE_SUCCESSOR) {
    return Reject(
        v1::REJECTION_REASON_FIELD_INVALID, "cause", "SUCCESSOR",
        absl::StrCat(CauseNames(of.causes), ": whether it is a successor's is known here"));
  }
  if (cause != v1::CAUSE_UNSPECIFIED && (of.causes & CauseBit(cause)) == 0) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "cause",
                  std::string(absl::StripPrefix(v1::Cause_Name(cause), "CAUSE_")),
                  absl::StrCat(CauseNames(of.causes), ": the reason is ", name));
  }
  if (absl::Status status = CheckWords(reason, words); !status.ok()) return status;
  return Ending{reason, cause};
}

absl::StatusOr<DateNumber> HappenedOn(const Context& in, const v1::FrameworkRules& rules,
                                      absl::string_view on_date, DateNumber earliest) {
  const DateNumber today = in.Today(rules);
  if (on_date.empty()) return today;
  const int days = rules.backdating_days_max() > 0 ? rules.backdating_days_max() : kBackdatingDays;
  const DateNumber first = std::max(earliest, ToDateNumber(FromDateNumber(today) - days));
  const auto date = ParseDate(on_date);
  if (date && *date >= first && *date <= today) return *date;
  return Reject(v1::REJECTION_REASON_FIELD_INVALID, "on_date", on_date,
                absl::StrCat("a date from ", FormatDate(first), " to ", FormatDate(today)));
}

DateNumber StartedDate(const Context& in, const v1::FrameworkRules& rules,
                       const journal::v1::PackageRow& row) {
  if (row.started_date() != 0) return row.started_date();
  return LocalDate(absl::FromUnixMicros(row.started_time_us()), in.ZoneOf(rules));
}

}  // namespace brokerage::engine
