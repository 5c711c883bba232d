#include "services/client/text/transfer_report.h"

#include <cstdio>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/client/text/table.h"
#include "services/client/text/words.h"

namespace brokerage::client {

namespace {

// What became of a package that follows, as people say it.
std::string Whereabouts(const v1::Package& package) {
  if (package.state() == v1::PACKAGE_STATE_UNFILLED) return "waiting list";
  if (package.awaits_award()) return "awaits award";
  if (package.award().placed()) return absl::StrCat(ShortName(package.state()), ", placed");
  return ShortName(package.state());
}

}  // namespace

void PrintTransfer(const v1::GetTransferResponse& report) {
  const v1::Transfer& transfer = report.transfer();
  const bool of_contract = transfer.provider_id().empty();
  printf("Transfer %s of %s %s, %s: %s\n\n", transfer.id().c_str(),
         of_contract ? "contract" : "provider",
         (of_contract ? transfer.contract_id() : transfer.provider_id()).c_str(),
         SayTime(transfer.transfer_time()).c_str(), transfer.reason().c_str());
  Table table({"package", "urgency", "now", "state", "provider", "branch", "ward"});
  std::map<std::string, int> counts;
  for (int i = 0; i < report.successors_size(); ++i) {
    const v1::Package& package = report.successors(i);
    const std::string where = Whereabouts(package);
    ++counts[where];
    table.Add({transfer.package_ids(i), ShortName(package.urgency()), package.id(), where,
               package.award().provider_id(), package.award().branch_id(), package.ward_code()});
  }
  table.DropEmptyColumns();
  fputs(table.Text(0, TerminalWidth()).c_str(), stdout);
  printf("\n%d %s: %s\n", report.successors_size(),
         report.successors_size() == 1 ? "package" : "packages",
         absl::StrJoin(counts, ", ", [](std::string* out, const auto& one) {
           absl::StrAppend(out, one.second, " ", one.first);
         }).c_str());
  if (report.persons_size() < report.successors_size()) {
    printf("of %d %s\n", report.persons_size(), report.persons_size() == 1 ? "person" : "people");
  }
  if (transfer.open_offer_ids().empty()) return;
  printf("%d open %s of other packages %s: %s\n", transfer.open_offer_ids_size(),
         transfer.open_offer_ids_size() == 1 ? "offer" : "offers",
         transfer.offers_closed() ? "were closed with it" : "stand",
         absl::StrJoin(transfer.open_offer_ids(), ", ").c_str());
}

}  // namespace brokerage::client
