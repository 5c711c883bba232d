#include "tests/reference/workload_outages.h"

#include <algorithm>
#include <vector>

#include "tests/reference/workload_ids.h"

namespace brokerage::engine::reference {

using journal::v1::Record;
using journal::v1::RoundRow;

namespace {

absl::Time WholeSecond(absl::Time time) { return absl::FromUnixSeconds(absl::ToUnixSeconds(time)); }

}  // namespace

void ExtendDeadlines(Workload& work) {
  Caller caller;
  caller.account_id = "administrator";
  caller.role = v1::ROLE_ADMINISTRATOR;
  absl::Time to =
      work.now() - absl::Minutes(work.dice().Between(1, work.dice().Percent(50) ? 2 : 4000));
  absl::Time from = to - absl::Minutes(work.dice().Between(1, 300));
  const PackageAggregate* about = work.dice().Percent(70) ? work.RandomPackage() : nullptr;
  if (about != nullptr && !about->row.rounds().empty()) {
    const RoundRow& round = about->row.rounds(about->row.rounds_size() - 1);
    const absl::Time deadline = absl::FromUnixMicros(round.deadline_us());
    if (deadline < work.now() - absl::Minutes(1)) {
      from = deadline - absl::Minutes(work.dice().Between(1, 120));
      to = std::min(work.now() - absl::Minutes(1),
                    deadline + absl::Minutes(work.dice().Between(1, 600)));
    }
  }
  v1::ExtendDeadlinesRequest request;
  request.mutable_from_time()->set_seconds(absl::ToUnixSeconds(from));
  request.mutable_to_time()->set_seconds(absl::ToUnixSeconds(to));
  request.set_reason("the system was down");
  for (uint64_t number = 1; number <= work.course().LastPackage(); ++number) {
    request.add_closed_package_ids(IdOf(work.course().Package(number)));
  }
  work.ExpectOutage(WholeSecond(from), WholeSecond(to));
  const std::vector<Record>& records = work.course().records;
  const size_t before = records.size();
  if (!work.Ask(caller, std::move(request))) work.Problem("an outage was refused");
  // Compared with the record itself, before what followed from it.
  if (before == records.size() || !records[before].facts(0).has_deadline_extended()) {
    work.CheckOutage();
  }
}

}  // namespace brokerage::engine::reference
