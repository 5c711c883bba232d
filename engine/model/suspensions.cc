#include "engine/model/suspensions.h"

#include <algorithm>
#include <string>

#include "absl/functional/function_ref.h"
#include "engine/base/calendar.h"
#include "engine/model/reach.h"

namespace brokerage::engine {

namespace {

using journal::v1::DirectoryFact;
using journal::v1::FrameworkRow;

// Whether one of the frameworks in which it holds is such.
bool HoldsInOneThat(const DirectoryFact& fact, const Directory& directory,
                    absl::FunctionRef<bool(const std::string& framework_id)> is_such) {
  const auto frameworks =
      FrameworksHeldIn(fact.framework_id(), fact.suspension().provider_id(), directory);
  return std::any_of(frameworks.begin(), frameworks.end(), [&](const FrameworkRow* framework) {
    return is_such(framework->framework_id());
  });
}

}  // namespace

bool OfOwnFramework(const Caller& caller, const DirectoryFact& suspension,
                    const Directory& directory) {
  if (caller.role == v1::ROLE_ADMINISTRATOR) return true;
  return HoldsInOneThat(suspension, directory, [&](const std::string& framework_id) {
    return ReadsFramework(caller, framework_id, directory);
  });
}

bool MayLift(const Caller& caller, const DirectoryFact& suspension, const Directory& directory) {
  if (caller.role == v1::ROLE_ADMINISTRATOR) return true;
  return HoldsInOneThat(suspension, directory, [&](const std::string& framework_id) {
    return ActsFor(caller, framework_id, directory);
  });
}

std::optional<v1::Suspension> SuspensionAt(const DirectoryFact& fact, absl::Time time) {
  v1::Suspension suspension = fact.suspension();
  if (suspension.framework_id().empty()) suspension.set_framework_id(fact.framework_id());
  if (absl::FromUnixMicros(fact.recorded_time_us()) <= time) return suspension;
  const bool was_lifted = !suspension.lifted_by().empty();
  if (!was_lifted || absl::FromUnixMicros(FromTimestamp(suspension.from_time())) > time) return {};
  suspension.clear_to_time();
  suspension.clear_lifted_by();
  suspension.clear_lift_reason();
  return suspension;
}

}  // namespace brokerage::engine
