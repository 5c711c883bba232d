#include "services/rpc/package/shown_offer.h"

#include "engine/views/offer_view.h"
#include "services/rpc/today.h"

namespace brokerage::services::rpc {

v1::Offer ShownOffer(const engine::Directory& directory, const engine::PackageAggregate& package,
                     const journal::v1::OfferRow& row, const engine::Caller& caller,
                     absl::Time now) {
  v1::Offer offer = engine::ToOffer(package, row, caller);
  const std::string& id = package.row.framework_id();
  const journal::v1::FrameworkRow* framework = directory.Framework(id);
  if (caller.role == v1::ROLE_CARE_NAVIGATOR || framework == nullptr) return offer;
  engine::CloseSummary(framework->rules(), Today(directory, id, now), package.row, &offer);
  return offer;
}

}  // namespace brokerage::services::rpc
