// Holds every record that an engine makes equal to what the second implementation says, and to what
// must hold whatever decides. Each subject has a file: auditor_awards.h, auditor_rounds.h, ...
#pragma once

#include <cstdint>
#include <map>

#include "brokerage/journal/v1/record.pb.h"
#include "tests/reference/auditor_adaptive.h"
#include "tests/reference/auditor_outages.h"
#include "tests/reference/auditor_properties.h"
#include "tests/reference/course.h"

namespace brokerage::engine::reference {

// What differs becomes a problem of the course.
class Auditor {
 public:
  // The course outlives this.
  explicit Auditor(Course& course) : course_(course), properties_(course) {}

  // The engine is about to apply the record.
  void Before(const journal::v1::Record& record);
  // The engine has applied it, and it is the last of the course's records.
  void After(const journal::v1::Record& record);

  OutageAuditor& outages() { return outages_; }
  PropertyAuditor& properties() { return properties_; }
  const PropertyAuditor& properties() const { return properties_; }

 private:
  void LogAwards(const journal::v1::Record& record);
  void LogDirectory(const journal::v1::Record& record);
  void CheckFacts(const journal::v1::Record& record);

  Course& course_;
  FillLog fills_;
  OutageAuditor outages_;
  PropertyAuditor properties_;
  std::map<uint64_t, ReferenceStep> undone_;  // by the record at hand
};

}  // namespace brokerage::engine::reference
