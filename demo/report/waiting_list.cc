#include "demo/report/waiting_list.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "brokerage/v1/package_service.pb.h"
#include "services/client/text/package_text.h"
#include "services/client/text/table.h"
#include "services/client/text/words.h"

namespace brokerage::demo {

using client::SayDuration;
using client::SayTime;
using client::ShortName;
using client::Spaced;
using client::Table;
using client::TermsInShort;
using client::TimeOf;

namespace {

constexpr size_t kWaitingShown = 25;

std::string WhatItWaitsFor(const v1::Package& package) {
  if (package.state() == v1::PACKAGE_STATE_UNFILLED) {
    return package.rounds().empty() ? "nobody may be offered it" : "nobody took it";
  }
  if (package.state() == v1::PACKAGE_STATE_SUBMITTED) {
    return package.held() ? "held" : absl::StrCat("goes out ", SayTime(package.release_due_time()));
  }
  if (package.awaits_award()) return "an award to confirm";
  return package.rounds().empty()
             ? ""
             : absl::StrCat("answers by ", SayTime(package.rounds().rbegin()->deadline_time()));
}

// Problems first: unfilled before offered before submitted, then the longest wait.
int Worry(const v1::Package& package) {
  if (package.state() == v1::PACKAGE_STATE_UNFILLED) return 0;
  if (package.awaits_award()) return 1;
  return package.state() == v1::PACKAGE_STATE_OFFERED ? 2 : 3;
}

}  // namespace

absl::StatusOr<std::vector<v1::Package>> WaitingPackages(const Council& council) {
  v1::ListPackagesRequest request;
  for (v1::PackageState state :
       {v1::PACKAGE_STATE_SUBMITTED, v1::PACKAGE_STATE_OFFERED, v1::PACKAGE_STATE_UNFILLED}) {
    request.add_states(state);
  }
  request.set_framework_id(council.framework().id());
  request.set_page_size(1000);
  std::vector<v1::Package> packages;
  for (const std::string& authority_id : council.authority_ids()) {
    auto response = council.navigator(authority_id)
                        .Call<v1::ListPackagesResponse>("PackageService/ListPackages", request);
    if (!response.ok()) return response.status();
    packages.insert(packages.end(), response->packages().begin(), response->packages().end());
  }
  std::stable_sort(packages.begin(), packages.end(),
                   [](const v1::Package& a, const v1::Package& b) {
                     return std::pair(Worry(a), TimeOf(a.submit_time())) <
                            std::pair(Worry(b), TimeOf(b.submit_time()));
                   });
  return packages;
}

absl::Status PrintWaitingList(const Council& council) {
  auto packages = WaitingPackages(council);
  if (!packages.ok()) return packages.status();
  printf("\nThe waiting list, %s\n\n", SayTime(council.now()).c_str());
  Table table({"package", "state", "care", "ward", "lot", "waits", "start by", "for"});
  const size_t shown = std::min(packages->size(), kWaitingShown);
  for (const v1::Package& package : absl::MakeConstSpan(*packages).first(shown)) {
    table.Add({package.id(), Spaced(ShortName(package.state())),
               TermsInShort(package.terms(), package.urgency()),
               council.names().Ward(package.ward_code()), council.names().Lot(package.lot_id()),
               SayDuration(council.now() - TimeOf(package.submit_time())),
               package.terms().start_by_date(), WhatItWaitsFor(package)});
  }
  fputs(table.empty() ? "  nobody waits\n" : table.Text(2).c_str(), stdout);
  if (shown < packages->size()) printf("  and %zu more\n", packages->size() - shown);
  return absl::OkStatus();
}

}  // namespace brokerage::demo
