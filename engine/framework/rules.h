// framework.textproto: the rules of a framework, parsed and checked by themselves (what they say of
// contracts and holidays is checked in cross_checks.h).
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "brokerage/v1/framework.pb.h"
#include "engine/framework/errors.h"
#include "engine/framework/rules_text.h"

namespace brokerage::engine {

class RulesFile {
 public:
  // One step on the way to a field; `index` where the field is repeated.
  struct Step {
    // NOLINTNEXTLINE(google-explicit-constructor): a path reads {"rounds", {"tiers", 2}}
    Step(const char* field, int index = -1) : field(field), index(index) {}
    const char* field;
    int index;
  };

  // Parses protobuf text format, past what is wrong in it (rules_text.h).
  RulesFile(absl::string_view file, const std::string& content, FrameworkErrors* errors);
  // A file that is not there.
  explicit RulesFile(absl::string_view file) : file_(file) {}

  bool parsed() const { return text_.parsed; }
  const v1::FrameworkRules& rules() const { return text_.rules; }
  // Whether every field of this name could be read, or is not there.
  bool Knows(const std::string& field) const {
    return parsed() && text_.passed_over.count(field) == 0;
  }
  // Where the field stands; where it is missing, the nearest that holds it: the first line for a
  // field of the rules themselves.
  Location At(std::initializer_list<Step> path) const;

 private:
  absl::string_view file_;
  RulesText text_;
};

// The criteria that a framework may list, in the order of AwardCriterion; the others always apply.
const std::vector<v1::AwardCriterion>& ListedCriteria();

// Adds an error for everything that is wrong in the rules. REQUIRES: file.parsed().
void CheckRules(const RulesFile& file, absl::FunctionRef<bool(const std::string&)> zone_known,
                FrameworkErrors* errors);

// Where the rules first count working days, so that holidays matter.
std::optional<Location> WorkingDaysCounted(const RulesFile& file);

}  // namespace brokerage::engine
