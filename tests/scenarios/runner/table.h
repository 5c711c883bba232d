// Scenarios as they are written: tests/scenarios/*.md, see README.md there.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "brokerage/v1/directory.pb.h"

namespace brokerage::engine {

// One line of a scenario's table.
struct ScenarioStep {
  int line = 0;
  std::string when;
  std::string who;
  std::string does;
  std::vector<std::string> then;
};

struct Scenario {
  std::string file;  // "tests/scenarios/awards.md"
  int line = 0;      // of its title
  std::string title;
  std::string framework;  // of frameworks/; empty: that of the scenarios, in framework/
  std::string rules;      // fields of FrameworkRules that replace the framework's, in text format
  struct Rows {
    std::string table;  // "contracts.csv"
    std::vector<std::string> rows;
  };
  std::vector<Rows> rows;  // replace the rows with the same key, or are added
  std::vector<ScenarioStep> steps;
};

// All scenarios of both folders, by file and line. Ends the program where a file is not of the
// form.
std::vector<Scenario> ReadScenarios();

// "A Lead who accepts last still wins" -> "ALeadWhoAcceptsLastStillWins".
std::string TestNameOf(absl::string_view title);

// The framework's files with the scenario's changes. Ends the program where the rules are not of
// the form.
google::protobuf::RepeatedPtrField<v1::FrameworkFile> FilesOf(const Scenario& scenario);

// The bytes of a file of the source tree.
std::string ReadSourceFile(const std::string& path);

}  // namespace brokerage::engine
