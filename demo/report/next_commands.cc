#include "demo/report/next_commands.h"

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "brokerage/v1/package.pb.h"
#include "demo/council/packages.h"
#include "demo/report/waiting_list.h"

namespace brokerage::demo {

namespace {

// An offer that still takes an answer; without an id if there is none.
absl::StatusOr<v1::Offer> OpenOffer(const Council& council,
                                    const std::vector<v1::Package>& waiting) {
  for (const v1::Package& listed : waiting) {
    auto package = GetPackage(council, {listed.id(), listed.authority_id()});
    if (!package.ok()) return package.status();
    for (const v1::Offer& offer : package->offers()) {
      if (offer.state() == v1::OFFER_STATE_OPEN) return offer;
    }
  }
  return v1::Offer();
}

}  // namespace

absl::Status PrintNextCommands(const Council& council, const std::string& program,
                               const std::string& address,
                               const std::vector<OwnedPackage>& packages) {
  std::string broker = program;
  if (address != "127.0.0.1:7443") absl::StrAppend(&broker, " --address ", address);
  const std::string navigator = council.TokenFile(Council::NavigatorId(council.authority_id()));
  const std::string commissioner =
      council.TokenFile(Council::CommissionerId(council.authority_id()));
  const std::string& framework = council.framework().id();
  printf("\nThe server stays up until Ctrl-C. In another terminal:\n\n");
  printf("  export BROKER_TOKEN=$(cat %s)   # care navigation\n", navigator.c_str());
  printf("  %s package list --states unfilled --states offered\n", broker.c_str());
  auto waiting = WaitingPackages(council);
  if (!waiting.ok()) return waiting.status();
  if (!waiting->empty()) {
    printf("  %s package preview --package-id %s\n", broker.c_str(), waiting->front().id().c_str());
  }
  if (!packages.empty()) {
    printf("  %s package get %s\n", broker.c_str(), packages.front().id.c_str());
    printf("  %s history list --package-id %s\n", broker.c_str(), packages.front().id.c_str());
  }
  printf(
      "  %s --token-file %s performance query --framework-id %s --group-by lot --group-by tier\n",
      broker.c_str(), commissioner.c_str(), framework.c_str());
  auto offer = OpenOffer(council, *waiting);
  if (!offer.ok()) return offer.status();
  if (!offer->id().empty()) {
    printf("  %s --token-file %s offer accept %s\n", broker.c_str(),
           council.TokenFile(offer->branch_id()).c_str(), offer->id().c_str());
  }
  fflush(stdout);
  return absl::OkStatus();
}

}  // namespace brokerage::demo
