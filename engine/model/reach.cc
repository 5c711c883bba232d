#include "engine/model/reach.h"

#include <algorithm>

namespace brokerage::engine {

namespace {

using journal::v1::FrameworkRow;

std::vector<const FrameworkRow*> FrameworksOf(const v1::OptOutWindow& window,
                                              const Directory& directory) {
  const v1::Branch* branch = directory.Branch(window.branch_id());
  return FrameworksHeldIn(window.framework_id(), branch == nullptr ? "" : branch->provider_id(),
                          directory);
}

}  // namespace

std::vector<const FrameworkRow*> FrameworksHeldIn(absl::string_view framework_id,
                                                  absl::string_view provider_id,
                                                  const Directory& directory) {
  if (framework_id.empty()) return directory.FrameworksOf(provider_id);
  const FrameworkRow* framework = directory.Framework(framework_id);
  if (framework == nullptr) return {};
  return {framework};
}

bool ActsFor(const Caller& caller, absl::string_view framework_id, const Directory& directory) {
  if (caller.role == v1::ROLE_ADMINISTRATOR) return true;
  if (caller.role != v1::ROLE_COMMISSIONER) return false;
  const FrameworkRow* framework = directory.Framework(framework_id);
  return framework != nullptr && Directory::Buys(framework->rules(), caller.authority_id);
}

bool ReadsFramework(const Caller& caller, absl::string_view framework_id,
                    const Directory& directory) {
  if (caller.role == v1::ROLE_ADMINISTRATOR) return true;
  const FrameworkRow* framework = directory.Framework(framework_id);
  return framework != nullptr &&
         Directory::AuthorityOf(framework->rules(), caller.authority_id) != nullptr;
}

bool ReadsOptOut(const Caller& caller, const v1::OptOutWindow& window, const Directory& directory) {
  if (caller.role == v1::ROLE_ADMINISTRATOR) return true;
  const auto frameworks = FrameworksOf(window, directory);
  return std::any_of(frameworks.begin(), frameworks.end(), [&](const FrameworkRow* framework) {
    return ReadsFramework(caller, framework->framework_id(), directory);
  });
}

bool ChangesOptOut(const Caller& caller, const v1::OptOutWindow& window,
                   const Directory& directory) {
  if (caller.role == v1::ROLE_ADMINISTRATOR) return true;
  const auto frameworks = FrameworksOf(window, directory);
  return !frameworks.empty() &&
         std::all_of(frameworks.begin(), frameworks.end(), [&](const FrameworkRow* framework) {
           return ActsFor(caller, framework->framework_id(), directory);
         });
}

std::vector<std::string> OthersCovered(absl::string_view provider_id, absl::string_view ward_code,
                                       const Directory& directory,
                                       absl::FunctionRef<bool(const std::string& id)> acts_for) {
  std::vector<std::string> others;
  if (ward_code.empty()) return others;
  for (const FrameworkRow* framework : directory.FrameworksOf(provider_id)) {
    const std::string& id = framework->framework_id();
    if (!acts_for(id) && directory.WardInFramework(id, ward_code)) others.push_back(id);
  }
  return others;
}

}  // namespace brokerage::engine
