#include "tests/scenarios/runner/table.h"

#include <google/protobuf/text_format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "brokerage/v1/framework.pb.h"
#include "tests/fixtures/framework_fixture.h"

namespace brokerage::engine {

namespace {

constexpr char kFolder[] = "tests/scenarios";
// Cases from the field.
constexpr char kField[] = "tests/field";
constexpr char kFrameworkFolder[] = "framework";  // that of the scenarios

[[noreturn]] void Wrong(const std::string& file, int line, absl::string_view what) {
  std::cerr << file << ":" << line << ": " << what << std::endl;
  std::abort();
}

std::string Trimmed(absl::string_view text) {
  return std::string(absl::StripAsciiWhitespace(text));
}

// Reads one file line by line.
class Reader {
 public:
  Reader(std::string file, std::vector<Scenario>* scenarios)
      : file_(std::move(file)), scenarios_(*scenarios) {}

  void Take(int line, const std::string& text) {
    if (in_block_) return TakeBlockLine(line, text);
    if (absl::StartsWith(text, "## ")) {
      Scenario& scenario = scenarios_.emplace_back();
      scenario.file = file_;
      scenario.line = line;
      scenario.title = Trimmed(text.substr(3));
      began_ = true;
    } else if (absl::StartsWith(text, "```")) {
      BeginBlock(line, Trimmed(text.substr(3)));
    } else if (absl::StartsWith(text, "Framework: ")) {
      Last(line).framework = Trimmed(text.substr(sizeof("Framework: ") - 1));
    } else if (absl::StartsWith(text, "|")) {
      TakeRow(line, text);
    }
  }

 private:
  Scenario& Last(int line) {
    if (!began_) Wrong(file_, line, "this belongs under a title, ## ...");
    return scenarios_.back();
  }

  void BeginBlock(int line, const std::string& kind) {
    in_block_ = true;
    if (kind == "textproto") {
      block_ = &Last(line).rules;
    } else if (absl::StartsWith(kind, "csv ")) {
      block_ = nullptr;
      Last(line).rows.push_back({Trimmed(kind.substr(4)), {}});
    } else {
      Wrong(file_, line, "a block is ```textproto or ```csv TABLE");
    }
  }

  void TakeBlockLine(int line, const std::string& text) {
    if (absl::StartsWith(text, "```")) {
      in_block_ = false;
    } else if (block_ != nullptr) {
      absl::StrAppend(block_, text, "\n");
    } else if (!text.empty()) {
      Last(line).rows.back().rows.push_back(text);
    }
  }

  void TakeRow(int line, const std::string& text) {
    std::vector<std::string> cells = absl::StrSplit(text, '|');
    if (cells.size() != 6 || !Trimmed(cells.back()).empty()) {
      Wrong(file_, line, "a row is | when | who | does | then |");
    }
    for (std::string& cell : cells) cell = Trimmed(cell);
    if (cells[1] == "when" || absl::StartsWith(cells[1], "---")) return;
    ScenarioStep step{line, cells[1], cells[2], cells[3], {}};
    for (absl::string_view one : absl::StrSplit(cells[4], ';', absl::SkipWhitespace())) {
      step.then.push_back(Trimmed(one));
    }
    Last(line).steps.push_back(std::move(step));
  }

  const std::string file_;
  std::vector<Scenario>& scenarios_;
  bool began_ = false;
  bool in_block_ = false;
  std::string* block_ = nullptr;  // the rules, or null in rows of a table
};

google::protobuf::RepeatedPtrField<v1::FrameworkFile> OwnFrameworkFiles() {
  google::protobuf::RepeatedPtrField<v1::FrameworkFile> files;
  std::vector<std::string> names;
  const std::string folder = absl::StrCat(SOURCE_DIR, "/", kFolder, "/", kFrameworkFolder);
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    v1::FrameworkFile* file = files.Add();
    file->set_name(name);
    file->set_content(ReadSourceFile(absl::StrCat(kFolder, "/", kFrameworkFolder, "/", name)));
  }
  return files;
}

// Fields that are given replace the framework's whole.
std::string ReplaceRules(const Scenario& scenario, const std::string& content) {
  v1::FrameworkRules rules, given;
  if (!google::protobuf::TextFormat::ParseFromString(content, &rules) ||
      !google::protobuf::TextFormat::ParseFromString(scenario.rules, &given)) {
    Wrong(scenario.file, scenario.line, "the rules are not of the form");
  }
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  given.GetReflection()->ListFields(given, &fields);
  for (const auto* field : fields) rules.GetReflection()->ClearField(&rules, field);
  rules.MergeFrom(given);
  std::string text;
  google::protobuf::TextFormat::PrintToString(rules, &text);
  return text;
}

// The cells that a row of the table is known by.
size_t KeyColumns(absl::string_view table) {
  if (absl::EndsWith(table, "coverage.csv")) return 3;
  return absl::EndsWith(table, "lot_wards.csv") ? 2 : 1;
}

std::string KeyOfRow(absl::string_view table, absl::string_view row) {
  std::vector<absl::string_view> cells = absl::StrSplit(row, ',');
  cells.resize(std::min(cells.size(), KeyColumns(table)));
  return absl::StrJoin(cells, ",");
}

std::string ReplaceRows(const Scenario::Rows& given, const std::string& content) {
  std::vector<std::string> rows = absl::StrSplit(absl::StripSuffix(content, "\n"), '\n');
  for (const std::string& row : given.rows) {
    const std::string key = KeyOfRow(given.table, row);
    auto old = std::find_if(rows.begin(), rows.end(), [&](const std::string& one) {
      return KeyOfRow(given.table, one) == key;
    });
    if (old == rows.end()) {
      rows.push_back(row);
    } else {
      *old = row;
    }
  }
  // A header with more columns: the rows that stay have nothing there.
  const auto commas = [](const std::string& row) {
    return std::count(row.begin(), row.end(), ',');
  };
  const auto columns = commas(rows.front());
  for (std::string& row : rows) {
    if (commas(row) < columns) row.append(static_cast<size_t>(columns - commas(row)), ',');
  }
  return absl::StrJoin(rows, "\n") + "\n";
}

}  // namespace

std::string ReadSourceFile(const std::string& path) {
  std::ifstream stream(absl::StrCat(SOURCE_DIR, "/", path), std::ios::binary);
  std::stringstream bytes;
  bytes << stream.rdbuf();
  return bytes.str();
}

std::vector<Scenario> ReadScenarios() {
  std::vector<std::string> names;
  for (const char* folder : {kFolder, kField}) {
    for (const auto& entry :
         std::filesystem::directory_iterator(absl::StrCat(SOURCE_DIR, "/", folder))) {
      if (entry.path().extension() != ".md" || entry.path().filename() == "README.md") continue;
      names.push_back(absl::StrCat(folder, "/", entry.path().filename().string()));
    }
  }
  std::sort(names.begin(), names.end());
  std::vector<Scenario> scenarios;
  for (const std::string& name : names) {
    Reader reader(name, &scenarios);
    int line = 0;
    for (const std::string& text :
         std::vector<std::string>(absl::StrSplit(ReadSourceFile(name), '\n'))) {
      reader.Take(++line, text);
    }
  }
  return scenarios;
}

std::string TestNameOf(absl::string_view title) {
  std::string name;
  bool begins = true;
  for (char c : title) {
    if (absl::ascii_isalnum(c)) {
      name += begins ? absl::ascii_toupper(c) : c;
      begins = false;
    } else if (c != '\'') {
      begins = true;
    }
  }
  return name;
}

google::protobuf::RepeatedPtrField<v1::FrameworkFile> FilesOf(const Scenario& scenario) {
  auto files =
      scenario.framework.empty() ? OwnFrameworkFiles() : ReadFrameworkFolder(scenario.framework);
  for (v1::FrameworkFile& file : files) {
    if (file.name() == "framework.textproto" && !scenario.rules.empty()) {
      file.set_content(ReplaceRules(scenario, file.content()));
    }
    for (const Scenario::Rows& given : scenario.rows) {
      if (given.table == file.name()) file.set_content(ReplaceRows(given, file.content()));
    }
  }
  for (const Scenario::Rows& given : scenario.rows) {
    if (std::none_of(files.begin(), files.end(),
                     [&](const auto& file) { return file.name() == given.table; })) {
      Wrong(scenario.file, scenario.line, absl::StrCat("there is no table ", given.table));
    }
  }
  return files;
}

}  // namespace brokerage::engine
