#include "demo/report/interim_stays.h"

#include <algorithm>
#include <cstdio>
#include <string>

#include "brokerage/v1/package.pb.h"
#include "demo/council/packages.h"
#include "services/client/text/table.h"
#include "services/client/text/words.h"

namespace brokerage::demo {

using client::SayDuration;
using client::SayTime;
using client::ShortName;
using client::Spaced;
using client::Table;
using client::TimeOf;

namespace {

constexpr size_t kStaysShown = 8;

std::string StayOf(const v1::Package& package, absl::Time now) {
  const absl::Time end = package.has_end_time() ? TimeOf(package.end_time()) : now;
  return SayDuration(end - TimeOf(package.start_time()));
}

}  // namespace

absl::Status PrintInterim(const Council& council) {
  auto packages = AllPackages(council, {v1::PACKAGE_STATE_STARTED, v1::PACKAGE_STATE_CEASED});
  if (!packages.ok()) return packages.status();
  std::erase_if(*packages, [](const v1::Package& one) { return !one.has_limit_due_time(); });
  std::stable_sort(packages->begin(), packages->end(),
                   [](const v1::Package& a, const v1::Package& b) {
                     return TimeOf(a.start_time()) > TimeOf(b.start_time());
                   });
  printf("\nInterim service, limit %d days: stays, the latest first\n\n",
         council.framework().rules().interim().limit_days());
  Table table({"package", "started", "stay", "limit", "it passed", "left with", "followed by"});
  int passed = 0, there = 0, less = 0;
  for (size_t i = 0; i < packages->size(); ++i) {
    const v1::Package& package = (*packages)[i];
    passed += package.limit_passed();
    there += package.state() == v1::PACKAGE_STATE_STARTED;
    less += package.leaving_outcome() == v1::LEAVING_OUTCOME_LESS_CARE ||
            package.leaving_outcome() == v1::LEAVING_OUTCOME_NO_CARE;
    if (i >= kStaysShown) continue;
    table.Add({package.id(), SayTime(package.start_time()), StayOf(package, council.now()),
               SayTime(package.limit_due_time()), package.limit_passed() ? "yes" : "no",
               package.state() == v1::PACKAGE_STATE_STARTED
                   ? "still there"
                   : Spaced(ShortName(package.leaving_outcome())),
               package.successor_package_id()});
  }
  table.DropEmptyColumns();
  fputs(table.empty() ? "  nobody was in it\n" : table.Text(2).c_str(), stdout);
  if (packages->size() > kStaysShown) printf("  and %zu more\n", packages->size() - kStaysShown);
  if (table.empty()) return absl::OkStatus();
  const int stays = static_cast<int>(packages->size());
  printf(
      "\n  %d %s: %d past the limit, %d left, of them %d with less care or none, %d still there\n",
      stays, stays == 1 ? "stay" : "stays", passed, stays - there, less, there);
  return absl::OkStatus();
}

}  // namespace brokerage::demo
