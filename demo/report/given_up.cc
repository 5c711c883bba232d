#include "demo/report/given_up.h"

#include <algorithm>
#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "brokerage/v1/package_service.pb.h"
#include "demo/council/packages.h"
#include "services/client/text/table.h"
#include "services/client/text/transfer_report.h"
#include "services/client/text/words.h"

namespace brokerage::demo {

using client::PrintTransfer;
using client::SayTime;
using client::ShortName;
using client::Spaced;
using client::Table;

namespace {

constexpr size_t kGivenUpShown = 8;

}  // namespace

absl::Status PrintTransfers(const Council& council, const std::vector<OwnedPackage>& transfers) {
  for (const OwnedPackage& transfer : transfers) {
    v1::GetTransferRequest request;
    request.set_transfer_id(transfer.id);
    auto report = council.navigator(transfer.authority_id)
                      .Call<v1::GetTransferResponse>("PackageService/GetTransfer", request);
    if (!report.ok()) return report.status();
    printf("\n");
    PrintTransfer(*report);
    const auto lost = std::count_if(
        report->successors().begin(), report->successors().end(),
        [](const v1::Package& package) { return package.state() == v1::PACKAGE_STATE_CANCELLED; });
    printf("of %d packages that were taken from it, %d go on; %d of those given up\n",
           report->transfer().package_ids_size(), report->successors_size(),
           static_cast<int>(lost));
  }
  return absl::OkStatus();
}

absl::Status PrintGivenUp(const Council& council, const std::vector<GivenUp>& given_up) {
  printf("\nReturned before the start, and handed back after it, the latest first\n\n");
  Table table({"package", "at", "was", "by", "whose cause", "reason", "then"});
  const size_t shown = std::min(given_up.size(), kGivenUpShown);
  for (size_t i = 0; i < shown; ++i) {
    const GivenUp& given = given_up[given_up.size() - 1 - i];
    auto package = GetPackage(council, given.package);
    if (!package.ok()) return package.status();
    std::string then = "put out again: ";
    if (given.handed_back) {
      then = absl::StrCat("followed by ", package->successor_package_id(), ": ");
      package = GetPackage(council, {package->successor_package_id(), package->authority_id()});
      if (!package.ok()) return package.status();
    }
    absl::StrAppend(&then, "now ", Spaced(ShortName(package->state())));
    if (package->has_award())
      absl::StrAppend(&then, ", ", council.names().Branch(package->award().branch_id()));
    table.Add({given.package.id, SayTime(given.time),
               given.handed_back ? "handed back" : "returned",
               council.names().Branch(given.branch_id), Spaced(ShortName(given.cause)),
               given.reason, then});
  }
  fputs(table.empty() ? "  nothing was given up\n" : table.Text(2).c_str(), stdout);
  if (shown < given_up.size()) printf("  and %zu more\n", given_up.size() - shown);
  return absl::OkStatus();
}

}  // namespace brokerage::demo
