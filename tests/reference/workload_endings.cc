#include "tests/reference/workload_endings.h"

#include <string>

#include "engine/base/ids.h"
#include "tests/reference/workload_ids.h"
#include "tests/reference/workload_packages.h"

namespace brokerage::engine::reference {

namespace {

void EndOne(Workload& work, const PackageAggregate& package) {
  const std::string id = IdOf(package);
  const Caller caller = NavigatorOf(package.row.authority_id());
  if (package.row.stopped_by_number() != 0) {
    v1::ContinuePackageRequest request;
    request.set_package_id(id);
    work.Ask(caller, std::move(request));
    return;
  }
  switch (package.row.state()) {
    case v1::PACKAGE_STATE_SUBMITTED: {
      v1::ReleasePackagesRequest request;
      request.add_package_ids(id);
      work.Ask(caller, std::move(request));
      return;
    }
    case v1::PACKAGE_STATE_OFFERED: {
      if (!package.row.awaits_award()) return;
      v1::AwardPackageRequest request;
      request.set_package_id(id);
      request.set_offer_id(FormatOfferId(
          {{package.row.year(), package.row.number()}, package.row.proposed_ordinal()}));
      request.set_price_exception_reason("nobody is cheaper");
      if (!work.Ask(caller, std::move(request)))
        Reissue(work, package);  // a rule fails since it was proposed
      return;
    }
    case v1::PACKAGE_STATE_AWARDED: {
      v1::StartPackageRequest request;
      request.set_package_id(id);
      if (work.Ask(caller, std::move(request))) return;
      v1::ReturnPackageRequest giving_up;  // its contract has ended
      giving_up.set_package_id(id);
      giving_up.set_cause(v1::CAUSE_AUTHORITY);
      giving_up.set_reason("the contract has ended");
      work.Ask(caller, std::move(giving_up));
      return;
    }
    case v1::PACKAGE_STATE_STARTED:
    case v1::PACKAGE_STATE_PAUSED: {
      v1::CeasePackageRequest request;
      request.set_package_id(id);
      request.set_reason("care is no longer needed");
      if (package.row.limit_due_us() != 0) {
        request.set_leaving_outcome(v1::LEAVING_OUTCOME_LESS_CARE);
      }
      work.Ask(caller, std::move(request));
      return;
    }
    case v1::PACKAGE_STATE_UNSPECIFIED:
    case v1::PACKAGE_STATE_UNFILLED:
    case v1::PACKAGE_STATE_CEASED:
    case v1::PACKAGE_STATE_CANCELLED:
    case v1::PACKAGE_STATE_HANDED_BACK:
    case v1::PackageState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::PackageState_INT_MAX_SENTINEL_DO_NOT_USE_:
      return;
  }
}

}  // namespace

void EndEverything(Workload& work) {
  for (int round = 0; round < 16 && !work.failed(); ++round) {  // what is left of parts goes on
    const uint64_t last = work.course().LastPackage();
    for (uint64_t number = 1; number <= last && !work.failed(); ++number) {
      EndOne(work, work.course().Package(number));
    }
    work.AdvanceTo(work.now() + absl::Hours(24 * 10));
  }
}

}  // namespace brokerage::engine::reference
