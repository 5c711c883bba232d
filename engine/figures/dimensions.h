// The dimensions of figures: what value a unit has in each, how the value is written, and which
// roll-ups know it.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "brokerage/journal/v1/rows.pb.h"
#include "brokerage/v1/framework.pb.h"
#include "brokerage/v1/performance_service.pb.h"
#include "engine/model/directory.h"

namespace brokerage::engine {

class FigureDimensions {
 public:
  // Both outlive this.
  FigureDimensions(const v1::FrameworkRules& rules, const Directory& directory);

  // Whether the kind's rows have a value for the dimension; months count as known where they make
  // up the dimension's periods.
  bool Knows(journal::v1::RollupRow::Kind kind, v1::Dimension dimension) const;

  // REQUIRES: the row's kind knows the dimension.
  std::string ValueOf(const journal::v1::RollupRow& row, v1::Dimension dimension) const;
  std::string ValueOf(const journal::v1::OfferFact& fact, v1::Dimension dimension) const;

  // What would be right, in words, if nothing can have the value; empty if it may.
  std::string ExpectedInstead(v1::Dimension dimension, const std::string& value) const;

 private:
  std::string PeriodOf(DateNumber date, v1::Dimension dimension) const;
  std::string OfWard(absl::string_view ward_code, v1::Dimension dimension) const;
  absl::CivilDay ContractYearOf(absl::CivilDay day) const;
  std::string ExpectedPeriod(v1::Dimension dimension, const std::string& value) const;
  std::string ExpectedPlace(v1::Dimension dimension, const std::string& value) const;

  const v1::FrameworkRules& rules_;
  const Directory& directory_;
  absl::CivilDay commencement_;
};

// "home_care", "urgent", "urban": the enum's name without its prefix, in lower case.
std::string TextOf(v1::ServiceType service_type);
std::string TextOf(v1::Urgency urgency);
std::string TextOf(v1::PriceLevel price_level);

}  // namespace brokerage::engine
