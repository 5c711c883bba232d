#include "engine/model/visibility.h"

namespace brokerage::engine {

using journal::v1::OfferRow;
using journal::v1::PackageRow;

bool MaySeePackage(const Caller& caller, const PackageRow& row) {
  return caller.role == v1::ROLE_CARE_NAVIGATOR && !caller.authority_id.empty() &&
         caller.authority_id == row.authority_id();
}

bool MaySeeOffer(const Caller& caller, const PackageRow& row, const OfferRow& offer) {
  switch (caller.role) {
    case v1::ROLE_CARE_NAVIGATOR:
      return MaySeePackage(caller, row);
    case v1::ROLE_PROVIDER_ORGANISATION:
      return !caller.provider_id.empty() && caller.provider_id == offer.provider_id();
    case v1::ROLE_PROVIDER_BRANCH:
      return !caller.branch_id.empty() && caller.branch_id == offer.branch_id();
    case v1::ROLE_COMMISSIONER:
    case v1::ROLE_ADMINISTRATOR:
    case v1::ROLE_UNSPECIFIED:
    case v1::Role_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::Role_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return false;
}

}  // namespace brokerage::engine
