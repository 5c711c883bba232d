#include "engine/figures/source.h"

namespace brokerage::engine {

PerformanceScope ScopeOf(const Caller& caller) {
  PerformanceScope scope;
  switch (caller.role) {
    case v1::ROLE_PROVIDER_BRANCH:
      scope.branch_id = caller.branch_id;
      [[fallthrough]];
    case v1::ROLE_PROVIDER_ORGANISATION:
      scope.provider_id = caller.provider_id;
      break;
    case v1::ROLE_ADMINISTRATOR:
      break;
    case v1::ROLE_CARE_NAVIGATOR:
    case v1::ROLE_COMMISSIONER:
    case v1::ROLE_UNSPECIFIED:  // sees nothing: there is no such authority
    case v1::Role_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::Role_INT_MAX_SENTINEL_DO_NOT_USE_:
      scope.member_authority_id = caller.authority_id;
      break;
  }
  return scope;
}

}  // namespace brokerage::engine
