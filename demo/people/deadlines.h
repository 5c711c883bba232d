// Deadlines for answers, and what comes of them.
#pragma once

#include <map>
#include <set>
#include <string>

#include "absl/time/time.h"
#include "demo/people/caseload.h"
#include "demo/people/setting.h"

namespace brokerage::demo {

class Deadlines {
 public:
  // Both outlive it.
  Deadlines(Setting* setting, Caseload* caseload)
      : council_(setting->council), diary_(setting->diary), caseload_(*caseload) {}

  void Add(absl::Time deadline, const std::string& package_id);

  // Of the deadlines that have passed by now: reports which packages' offers nobody answered by
  // them.
  void Observe();

 private:
  Council& council_;
  Diary& diary_;
  Caseload& caseload_;
  std::map<absl::Time, std::set<std::string>> to_come_;  // with the packages
};

}  // namespace brokerage::demo
