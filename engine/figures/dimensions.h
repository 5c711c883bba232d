// The dimensions of figures, one row of a table each: which roll-ups know it, what value a roll-up
// or an offer has in it, and which values there are.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "brokerage/journal/v1/figures.pb.h"
#include "brokerage/journal/v1/rows.pb.h"
#include "brokerage/v1/framework.pb.h"
#include "brokerage/v1/performance_service.pb.h"
#include "engine/model/directory.h"

namespace brokerage::engine {

// Of what a value is said. Outlived by what it points at.
struct FigureContext {
  const v1::FrameworkRules& rules;
  const Directory& directory;
  absl::CivilDay commencement;  // contract years begin on its day
};

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
  const FigureContext context_;
};

// "home_care", "urgent", "urban": the enum's name without its prefix, in lower case.
std::string TextOf(v1::ServiceType service_type);
std::string TextOf(v1::Urgency urgency);
std::string TextOf(v1::PriceLevel price_level);

}  // namespace brokerage::engine
