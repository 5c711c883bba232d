// framework.textproto as text: parsed past what is wrong in it, so that all of it is found at once.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "brokerage/v1/framework.pb.h"
#include "engine/framework/errors.h"
#include "google/protobuf/text_format.h"

namespace brokerage::engine {

struct RulesText {
  v1::FrameworkRules rules;
  // Where each field stands in the file.
  std::unique_ptr<google::protobuf::TextFormat::ParseInfoTree> locations;
  // Whether `rules` has all of the file but the fields of these names: what was wrong in one place
  // was told and passed over. If not, nothing can be said of the rules.
  bool parsed = false;
  std::set<std::string> passed_over;
};

// Parses protobuf text format. A field that is unknown, repeated or of the wrong kind is an error;
// a field whose name is nearly right is an error and is read. A brace or quote out of place ends
// it.
RulesText ParseRulesText(absl::string_view file, const std::string& content,
                         FrameworkErrors* errors);

}  // namespace brokerage::engine
