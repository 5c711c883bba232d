#include "engine/award/acceptance_limits.h"

#include "absl/strings/str_cat.h"
#include "engine/base/bounds.h"
#include "engine/base/check.h"
#include "engine/base/personal_text.h"
#include "engine/base/rejection.h"
#include "engine/model/parts.h"

namespace brokerage::engine {

using journal::v1::RollupRow;

absl::Status CheckAcceptanceLimit(const v1::AcceptanceLimit& limit) {
  constexpr char kName[] = "limit.name";
  if (limit.name().empty()) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, kName, "", "the branch's name for it");
  }
  if (limit.name().size() > limits::kAcceptanceLimitNameBytesMax) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, kName,
                  absl::StrCat(limit.name().size(), " bytes"),
                  absl::StrCat("at most ", limits::kAcceptanceLimitNameBytesMax, " bytes"));
  }
  if (auto personal = FindPersonalText(limit.name())) {
    return Reject(v1::REJECTION_REASON_TEXT_IDENTIFIES_PERSON, kName, "",
                  absl::StrCat("a name without ", personal->kind, "; it cannot be erased"));
  }
  if (limit.packages_max() < 0) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "limit.packages_max",
                  absl::StrCat(limit.packages_max()), "0 (no such limit) or more");
  }
  if (limit.weekly_minutes_max() < 0) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "limit.weekly_minutes_max",
                  absl::StrCat(limit.weekly_minutes_max()), "0 (no such limit) or more");
  }
  if (limit.packages_max() == 0 && limit.weekly_minutes_max() == 0) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "limit", limit.name(),
                  "packages_max or weekly_minutes_max above 0");
  }
  return absl::OkStatus();
}

const v1::AcceptanceLimit* LimitOf(const journal::v1::OfferRow& offer) {
  if (offer.answers().empty()) return nullptr;
  const journal::v1::AnswerRow& last = offer.answers(offer.answers_size() - 1);
  const bool stands = last.answer() == v1::ANSWER_ACCEPT && !last.remark();
  return stands && last.has_limit() ? &last.limit() : nullptr;
}

RollupDimensions LimitDimensions(absl::string_view branch_id, absl::string_view name) {
  RollupDimensions of;
  of.kind = RollupRow::KIND_LIMIT;
  of.branch_id = branch_id;
  of.limit_name = name;
  return of;
}

std::string LimitKey(absl::string_view branch_id, absl::string_view name) {
  return RollupTable::KeyOf(LimitDimensions(branch_id, name));
}

bool HasRoom(const RollupRow& limit, int64_t weekly_minutes) {
  const v1::AcceptanceLimit& most = limit.acceptance_limit();
  const bool packages = most.packages_max() == 0 || limit.awards() + 1 <= most.packages_max();
  const bool minutes = most.weekly_minutes_max() == 0 ||
                       limit.minutes() + weekly_minutes <= most.weekly_minutes_max();
  return packages && minutes;
}

bool WithinLimit(const RollupTable& table, const PackageAggregate& package,
                 const journal::v1::OfferRow& offer) {
  const v1::AcceptanceLimit* named = LimitOf(offer);
  if (named == nullptr) return true;
  const RollupRow* limit = table.Find(LimitKey(offer.branch_id(), named->name()));
  BROKERAGE_CHECK(limit != nullptr);
  return HasRoom(*limit, AcceptedMinutes(package.row, offer));
}

}  // namespace brokerage::engine
