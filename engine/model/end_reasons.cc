#include "engine/model/end_reasons.h"

#include <iterator>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "engine/base/check.h"

namespace brokerage::engine {

namespace {

constexpr Causes kPerson = CauseBit(v1::CAUSE_PERSON);
constexpr Causes kProvider = CauseBit(v1::CAUSE_PROVIDER);
constexpr Causes kAuthority = CauseBit(v1::CAUSE_AUTHORITY);
constexpr Causes kTermsChanged = CauseBit(v1::CAUSE_TERMS_CHANGED);
// Of the provider, or of nobody's where needs were told wrong.
constexpr Causes kProviderOrWrong = kProvider | CauseBit(v1::CAUSE_WRONG_DESCRIPTION);
// A successor's is known here, not said by anybody.
constexpr Causes kAny = kPerson | kProviderOrWrong | kAuthority | kTermsChanged;

// Columns: cancel, return, cease, hand back.
constexpr EndReason kReasons[] = {
    {v1::END_REASON_DIED, "died", true, false, true, false, kPerson},
    {v1::END_REASON_STAYS_IN_HOSPITAL, "stays in hospital", true, true, true, false, kPerson},
    {v1::END_REASON_CARE_HOME, "care home", true, true, true, false, kPerson},
    {v1::END_REASON_MOVED_AWAY, "moved away", true, true, true, false, kPerson},
    {v1::END_REASON_NO_LONGER_NEEDED, "no longer needed", true, true, true, false, kPerson},
    {v1::END_REASON_OWN_ARRANGEMENT, "direct payment or own arrangement", true, true, true, false,
     kPerson},
    {v1::END_REASON_CAPACITY, "capacity", false, true, false, true, kProviderOrWrong},
    {v1::END_REASON_RECRUITMENT, "recruitment", false, true, false, true, kProviderOrWrong},
    {v1::END_REASON_DISTANCE, "distance", false, true, false, true, kProviderOrWrong},
    {v1::END_REASON_NEEDS_BEYOND_BRANCH, "needs beyond the branch", false, true, false, true,
     kProviderOrWrong},
    {v1::END_REASON_RELATIONSHIP_BROKE_DOWN, "relationship broke down", false, true, false, true,
     kProviderOrWrong},
    {v1::END_REASON_CONTRACT_GIVEN_UP, "contract given up", false, true, false, true,
     kProviderOrWrong},
    {v1::END_REASON_TERMS_CHANGED, "terms changed", false, true, true, true, kTermsChanged},
    {v1::END_REASON_RESTART_NOT_TAKEN, "restart not taken", false, false, true, false, kProvider},
    {v1::END_REASON_PLACING_REFUSED, "placing refused", false, true, false, false, kAuthority},
    {v1::END_REASON_OTHER_PROVIDER_WANTED, "person or family wants another provider", false, true,
     true, false, kPerson},
    {v1::END_REASON_QUALITY_OR_SAFEGUARDING, "quality or safeguarding, by decision", false, true,
     true, false, kProvider | kAuthority},
    {v1::END_REASON_CONTRACT_ENDED, "contract ended or suspended", false, true, true, true,
     kAuthority},
    {v1::END_REASON_OTHER_PROVIDER_DECIDED, "other provider by decision", false, true, true, true,
     kAuthority},
    {v1::END_REASON_WRONGLY_ENTERED, "wrongly entered", true, true, true, false, kAuthority},
    {v1::END_REASON_OTHER, "other", true, true, true, true, kAny},
};
static_assert(std::size(kReasons) == v1::EndReason_ARRAYSIZE - 1, "a reason has no row");

constexpr bool InOrder() {
  for (size_t i = 0; i < std::size(kReasons); ++i) {
    if (kReasons[i].reason != static_cast<v1::EndReason>(i + 1)) return false;
  }
  return true;
}
static_assert(InOrder(), "reasons stand in the order of the enum");

}  // namespace

absl::Span<const EndReason> EndReasons() { return kReasons; }

const EndReason& EndReasonOf(v1::EndReason reason) {
  BROKERAGE_CHECK(reason != v1::END_REASON_UNSPECIFIED);
  return kReasons[reason - 1];
}

bool MayName(PackageVerb verb, const EndReason& reason) {
  if (verb == PackageVerb::kCancel) return reason.cancel;
  if (verb == PackageVerb::kReturn) return reason.give_back;
  if (verb == PackageVerb::kCease) return reason.cease;
  return verb == PackageVerb::kHandBack && reason.hand_back;
}

v1::Cause OnlyCauseOf(const EndReason& reason) {
  for (int number = v1::Cause_MIN + 1; number <= v1::Cause_MAX; ++number) {
    const auto cause = static_cast<v1::Cause>(number);
    if (reason.causes == CauseBit(cause)) return cause;
  }
  return v1::CAUSE_UNSPECIFIED;
}

std::string CauseNames(Causes causes) {
  std::vector<std::string> names;
  for (int number = v1::Cause_MIN + 1; number <= v1::Cause_MAX; ++number) {
    const auto cause = static_cast<v1::Cause>(number);
    if ((causes & CauseBit(cause)) == 0) continue;
    names.emplace_back(absl::StripPrefix(v1::Cause_Name(cause), "CAUSE_"));
  }
  return absl::StrJoin(names, ", ");
}

std::string ReasonNames(PackageVerb verb) {
  std::vector<std::string> names;
  for (const EndReason& reason : kReasons) {
    if (!MayName(verb, reason)) continue;
    names.emplace_back(absl::StripPrefix(v1::EndReason_Name(reason.reason), "END_REASON_"));
  }
  return absl::StrJoin(names, ", ");
}

}  // namespace brokerage::engine
