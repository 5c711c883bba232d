// Adaptive release, from section 5 of the domain's description: which tiers fill few of the
// packages put to them, and that the next round opens beside theirs, and only theirs.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "brokerage/journal/v1/record.pb.h"
#include "tests/reference/course.h"
#include "tests/reference/reference_routing.h"

namespace brokerage::engine::reference {

// How the packages that were put to each tier of each lot came out.
class FillLog {
 public:
  // Takes in the rounds that the record settled.
  void Log(Course& course, const journal::v1::Record& record);
  // The fill of the tier in the lot over its newest settled packages; nothing while it is off.
  std::optional<v1::TierFill> LowFill(const std::string& lot_id, const std::string& tier_id,
                                      const v1::AdaptiveRelease& rule) const;

 private:
  struct Fill {
    std::vector<bool> filled;  // oldest first
    bool on = false;
  };
  static v1::TierFill NewestOf(const Fill& fill, const v1::AdaptiveRelease& rule);
  // After every change.
  static void Judge(const v1::AdaptiveRelease& rule, Fill* fill);
  void LogRound(Course& course, const journal::v1::RoundDue& fact);
  void CheckFills(Course& course) const;
  void LogUndone(Course& course, const journal::v1::StepUndone& fact);
  void LogPart(Course& course, const journal::v1::PackageAwarded& fact);

  std::map<std::string, Fill> fills_;       // "lot tier"
  std::map<std::string, int32_t> counted_;  // "package terms tier" -> in which round
};

// Who is offered the package in the round: provider -> branch.
std::map<std::string, std::string> OfferedIn(const Course& course, uint64_t number, int32_t round);
// Holds whether another round opened in parallel to this one against the fill of its tiers.
void CheckParallel(Course& course, const FillLog& fills, const journal::v1::Record& record,
                   const journal::v1::RoundOpened& opened, ReferenceIssue issue);

}  // namespace brokerage::engine::reference
