// What must hold of every record of any framework, whatever decided it.
#pragma once

#include <set>
#include <string>

#include "brokerage/journal/v1/record.pb.h"
#include "engine/model/package.h"
#include "tests/reference/course.h"

namespace brokerage::engine::reference {

// What must hold at every moment (kComesToAnEnd: at the end).
enum class Property {
  kOnlyWhoMay,
  kOneOfferEach,
  kOneWinner,
  kComesToAnEnd,
  kSumsHold,
  kNobodyIsLost,
  kToldAsItIs,
};

class PropertyAuditor {
 public:
  explicit PropertyAuditor(Course& course) : course_(course) {}

  // From now on the sums are added up after every record, too.
  void AddUpAlways() { add_up_always_ = true; }
  // Of a record that was applied.
  void Check(const journal::v1::Record& record);
  // Every offer is in one class, and the groups of any dimension add up to all that were issued.
  void CheckSums();
  // Nothing is under way any more.
  void CheckAllEnded();

  // Those that did not hold.
  const std::set<Property>& broken() const { return broken_; }

 private:
  void Broken(Property property, const std::string& text);
  void CheckMayBeOffered(const journal::v1::Record& record, uint64_t number,
                         const journal::v1::OfferRow& offer);
  void CheckOneEach(const PackageAggregate& package);

  Course& course_;
  bool add_up_always_ = false;
  std::set<Property> broken_;
};

}  // namespace brokerage::engine::reference
