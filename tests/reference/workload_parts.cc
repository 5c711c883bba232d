#include "tests/reference/workload_parts.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/reference/workload_ids.h"

namespace brokerage::engine::reference {

using journal::v1::OfferRow;
using journal::v1::PackageRow;

namespace {

bool HasEnded(const PackageRow& row) { return row.ended_time_us() != 0; }

bool AreLinked(const PackageRow& a, const PackageRow& b) {
  for (const auto& link : a.links()) {
    if (link.number() == b.number()) return true;
  }
  return false;
}

// Of two or three packages of one authority that have not ended.
void LinkSome(Workload& work) {
  const PackageAggregate* first = work.RandomPackage();
  if (first == nullptr || HasEnded(first->row)) return;
  // Of their own, so that what else happens does not hang on them.
  Dice dice(first->row.number() * 6151 + static_cast<uint64_t>(absl::ToUnixSeconds(work.now())));
  const uint64_t last = work.course().LastPackage();
  std::vector<const PackageRow*> rows = {&first->row};
  for (int i = 0, many = dice.Between(1, 2); i < many; ++i) {
    const uint64_t number =
        last - static_cast<uint64_t>(dice.Below(std::min<int64_t>(static_cast<int64_t>(last), 12)));
    const PackageRow& row = work.course().Package(number).row;
    if (row.authority_id() == first->row.authority_id() && !HasEnded(row)) rows.push_back(&row);
  }
  v1::LinkPackagesRequest request;
  request.set_unlink(dice.Percent(25));
  std::set<uint64_t> numbers;
  std::vector<int> more(rows.size(), 0);
  int changes = 0;
  bool may = rows.size() > 1;
  for (size_t i = 0; i < rows.size(); ++i) {
    request.add_package_ids(IdOf(work.course().Package(rows[i]->number())));
    may = may && numbers.insert(rows[i]->number()).second;
    for (size_t j = 0; j < rows.size(); ++j) {
      if (i == j || AreLinked(*rows[i], *rows[j]) != request.unlink()) continue;
      ++changes;
      ++more[i];
    }
  }
  may = may && changes > 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    may = may && (request.unlink() || rows[i]->links_size() + more[i] <= 10);
  }
  const std::string authority = first->row.authority_id();
  if (work.Ask(NavigatorOf(authority), std::move(request)) != may) {
    work.Problem(absl::StrCat("packages were linked otherwise, ", IdOf(*first)));
  }
}

}  // namespace

void AcceptInPart(const PackageAggregate& package, const OfferRow& offer,
                  v1::AcceptOfferRequest* request) {
  const int visits = package.row.terms().visits_size();
  Dice dice(package.row.number() * 4211 + static_cast<uint64_t>(offer.ordinal()) * 97 +
            static_cast<uint64_t>(offer.answers_size()));
  if (visits < 2 || !dice.Percent(25)) return;
  for (int number = 1; number <= visits; ++number) {
    if (dice.Percent(50)) request->add_visits(number);
  }
  if (request->visits_size() == visits) request->mutable_visits()->RemoveLast();
}

const std::vector<WorkloadAct>& PartActs() {
  static const auto& kActs = *new std::vector<WorkloadAct>{{1, LinkSome}};
  return kActs;
}

}  // namespace brokerage::engine::reference
