#include "engine/model/steps.h"

#include <algorithm>

namespace brokerage::engine {

using journal::v1::PackageRow;

namespace {

// The state to which a step of the kind leads.
v1::PackageState LeadsTo(v1::StepKind kind) {
  switch (kind) {
    case v1::STEP_KIND_AWARD:
    case v1::STEP_KIND_PLACE:
      return v1::PACKAGE_STATE_AWARDED;
    case v1::STEP_KIND_CANCEL:
      return v1::PACKAGE_STATE_CANCELLED;
    case v1::STEP_KIND_START:
      return v1::PACKAGE_STATE_STARTED;
    case v1::STEP_KIND_RETURN:
      return v1::PACKAGE_STATE_UNFILLED;
    case v1::STEP_KIND_HAND_BACK:
      return v1::PACKAGE_STATE_HANDED_BACK;
    case v1::STEP_KIND_CEASE:
      return v1::PACKAGE_STATE_CEASED;
    case v1::STEP_KIND_UNSPECIFIED:
    case v1::StepKind_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::StepKind_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return v1::PACKAGE_STATE_UNSPECIFIED;
}

// Whether the branch was asked, or has agreed, to something since it has the package.
bool WentOnSince(const PackageRow& row) {
  const int64_t step_us = row.last_step().time_us();
  return row.asked_ordinal() != 0 ||
         std::any_of(row.terms_changes().begin(), row.terms_changes().end(),
                     [step_us](const journal::v1::TermsChangeRow& change) {
                       return change.time_us() > step_us;
                     });
}

}  // namespace

v1::StepKind StepToUndo(const PackageRow& row) {
  const v1::StepKind kind = row.last_step().kind();
  if (kind == v1::STEP_KIND_UNSPECIFIED || row.state() != LeadsTo(kind)) {
    return v1::STEP_KIND_UNSPECIFIED;
  }
  bool can = true;
  if (kind == v1::STEP_KIND_AWARD || kind == v1::STEP_KIND_PLACE) {
    can = !WentOnSince(row);
  } else if (kind == v1::STEP_KIND_START) {
    can = !WentOnSince(row) && !row.has_pause() && row.resumed_date() == 0 && !row.has_notice();
  }
  return can ? kind : v1::STEP_KIND_UNSPECIFIED;
}

absl::Time UndoUntil(absl::Time recorded, const absl::TimeZone& zone, const Holidays& holidays) {
  absl::CivilDay day = FromDateNumber(LocalDate(recorded, zone));
  while (!IsWorkingDay(day, holidays)) ++day;
  return StartOfDay(day + 1, zone);
}

bool EndedByNotice(const PackageRow& row) {
  return row.has_notice() && row.ending().sequence() == row.notice().sequence();
}

}  // namespace brokerage::engine
