#include "tests/reference/workload_ids.h"

#include "engine/base/ids.h"

namespace brokerage::engine::reference {

using journal::v1::OfferRow;

std::string IdOf(const PackageAggregate& package) {
  return FormatPackageId({package.row.year(), package.row.number()});
}

std::string IdOf(const PackageAggregate& package, const OfferRow& offer) {
  return FormatOfferId({{package.row.year(), package.row.number()}, offer.ordinal()});
}

}  // namespace brokerage::engine::reference
