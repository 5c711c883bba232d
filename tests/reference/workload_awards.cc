#include "tests/reference/workload_awards.h"

#include "tests/reference/workload.h"
#include "tests/reference/workload_ids.h"

namespace brokerage::engine::reference {

using journal::v1::OfferRow;

namespace {

void AwardSomething(Workload& work) {
  for (int tries = 0; tries < 10; ++tries) {
    const PackageAggregate* package = work.RandomPackage();
    if (package == nullptr) continue;
    const bool awaits = package->row.awaits_award();
    if (!awaits && !work.dice().Percent(4)) continue;
    if (package->offers.empty()) continue;
    v1::AwardPackageRequest request;
    request.set_package_id(IdOf(*package));
    const OfferRow& offer =
        awaits && work.dice().Percent(85)
            ? package->offers[static_cast<size_t>(package->row.proposed_ordinal() - 1)]
            : work.dice().Of(package->offers);
    request.set_offer_id(IdOf(*package, offer));
    if (!awaits || offer.ordinal() != package->row.proposed_ordinal() || work.dice().Percent(50)) {
      request.set_override_reason("the family asked");
    }
    request.set_price_exception_reason("nobody is cheaper");
    work.Ask(NavigatorOf(package->row.authority_id()), std::move(request));
    return;
  }
}

}  // namespace

const std::vector<WorkloadAct>& AwardActs() {
  static const auto& kActs = *new std::vector<WorkloadAct>{{4, AwardSomething}};
  return kActs;
}

}  // namespace brokerage::engine::reference
