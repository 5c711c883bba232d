// framework.textproto: the rules of a framework, parsed and checked by themselves (what they say of
// contracts and holidays is checked in framework_checks.h).
#pragma once

#include <initializer_list>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "brokerage/v1/framework.pb.h"
#include "engine/framework_errors.h"
#include "google/protobuf/text_format.h"

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

  // Parses protobuf text format. A field that is unknown, repeated or of the wrong kind is an
  // error.
  RulesFile(absl::string_view file, const std::string& content, FrameworkErrors* errors);

  bool parsed() const { return parsed_; }
  const v1::FrameworkRules& rules() const { return rules_; }
  // Where the field stands; where it is missing, the nearest that holds it: the first line for a
  // field of the rules themselves.
  Place At(std::initializer_list<Step> path) const;

 private:
  absl::string_view file_;
  v1::FrameworkRules rules_;
  google::protobuf::TextFormat::ParseInfoTree locations_;
  bool parsed_ = false;
};

// Whether the rules have an id that keys of facts can be made with.
bool HasFrameworkId(const v1::FrameworkRules& rules);

// Adds an error for everything that is wrong in the rules. REQUIRES: file.parsed().
void CheckRules(const RulesFile& file, absl::FunctionRef<bool(const std::string&)> zone_known,
                FrameworkErrors* errors);

// Where the rules first count working days, so that holidays matter.
std::optional<Place> WorkingDaysCounted(const RulesFile& file);

}  // namespace brokerage::engine
