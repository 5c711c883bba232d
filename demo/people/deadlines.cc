#include "demo/people/deadlines.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "brokerage/v1/package_service.pb.h"
#include "services/client/text/words.h"

namespace brokerage::demo {

using client::TimeOf;

void Deadlines::Add(absl::Time deadline, const std::string& package_id) {
  to_come_[deadline].insert(package_id);
}

void Deadlines::Observe() {
  while (!to_come_.empty() && to_come_.begin()->first <= council_.now()) {
    const auto [deadline, package_ids] = *to_come_.begin();
    to_come_.erase(to_come_.begin());
    int lapsed = 0;
    std::vector<std::string> where;
    for (const std::string& id : package_ids) {
      v1::GetPackageRequest request;
      request.set_package_id(id);
      auto whole = caseload_.Navigator(id).Call<v1::GetPackageResponse>("PackageService/GetPackage",
                                                                        request);
      if (!whole.ok()) return diary_.ReportRefused(id, "a look at it", whole.status());
      int here = 0, offers = 0;
      for (const v1::Offer& offer : whole->package().offers()) {
        if (TimeOf(offer.deadline_time()) != deadline) continue;
        ++offers;
        here += offer.state() == v1::OFFER_STATE_LAPSED;
      }
      if (here > 0) where.push_back(absl::StrCat(id, " ", here, " of ", offers));
      lapsed += here;
    }
    if (lapsed == 0) continue;
    diary_.Report("", absl::StrCat(lapsed, lapsed == 1 ? " offer" : " offers",
                                   " lapsed, not answered by now: ", absl::StrJoin(where, ", ")));
  }
}

}  // namespace brokerage::demo
