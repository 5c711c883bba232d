#include "engine/framework/parse.h"

#include <algorithm>
#include <map>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/bounds.h"
#include "engine/base/hash.h"
#include "engine/base/suggestions.h"
#include "engine/framework/cross_checks.h"
#include "engine/framework/errors.h"
#include "engine/framework/rules.h"
#include "engine/framework/tables.h"
#include "engine/model/directory.h"
#include "engine/model/fact_keys.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace brokerage::engine {

namespace {

constexpr absl::string_view kRulesFile = "framework.textproto";

using Files = google::protobuf::RepeatedPtrField<v1::FrameworkFile>;
using journal::v1::DirectoryFact;

// The folder sorted out: each file's part is known by its name.
struct SortedFiles {
  const v1::FrameworkFile* rules = nullptr;
  std::vector<std::pair<TableKind, const v1::FrameworkFile*>> tables;
  bool refused = false;  // unread
};

// Adds the error, and returns the table that was meant, if the name is nearly right.
std::optional<TableKind> TellUnknownFile(absl::string_view name, absl::string_view base_name,
                                         FrameworkErrors* errors) {
  std::vector<absl::string_view> tables;
  for (size_t i = 0; i < kTableKinds; ++i) {
    tables.push_back(TableFileName(static_cast<TableKind>(i)));
  }
  const int nearest = IndexOfNearest(base_name, tables);
  const std::string meant =
      nearest < 0 ? "" : absl::StrCat("; nearest: ", tables[static_cast<size_t>(nearest)]);
  errors->Add({name, 1}, "",
              absl::StrCat("no file of a framework", meant, "; it has ", kRulesFile,
                           " and, in any subfolder, ", absl::StrJoin(tables, ", ")));
  if (nearest < 0) return std::nullopt;
  return static_cast<TableKind>(nearest);
}

SortedFiles SortOut(const Files& files, FrameworkErrors* errors) {
  SortedFiles sorted;
  if (files.size() > limits::kFrameworkFilesMax) {
    errors->Add(
        {kRulesFile, 1}, "",
        absl::StrCat("there are ", files.size(), " files; at most ", limits::kFrameworkFilesMax,
                     " are taken: put rows of one kind together"));
    sorted.refused = true;
    return sorted;
  }
  size_t bytes = 0;
  std::map<absl::string_view, const v1::FrameworkFile*> by_name;
  for (const v1::FrameworkFile& file : files) {
    bytes += file.content().size();
    if (!by_name.emplace(file.name(), &file).second) {
      errors->Add({file.name(), 1}, "", "two files have this name; take one of the two out");
    }
  }
  if (bytes > limits::kFrameworkBytesMax) {
    errors->Add({kRulesFile, 1}, "",
                absl::StrCat("the files have ", bytes, " bytes together; at most ",
                             limits::kFrameworkBytesMax, " are allowed"));
    sorted.refused = true;
    return sorted;
  }
  for (const auto& [name, file] : by_name) {
    if (absl::EndsWith(name, ".md")) continue;
    if (name == kRulesFile) {
      sorted.rules = file;
      continue;
    }
    const absl::string_view base_name = name.substr(name.rfind('/') + 1);
    std::optional<TableKind> kind = TableOfFileName(base_name);
    if (!kind) kind = TellUnknownFile(name, base_name, errors);
    if (kind) sorted.tables.emplace_back(*kind, file);
  }
  if (sorted.rules == nullptr) {
    errors->Add({kRulesFile, 1}, "",
                "the file is missing; it has the rules, and begins with framework_id, name and "
                "authorities; `broker framework new` writes one with every rule explained");
  }
  return sorted;
}

std::string DeterministicBytes(const google::protobuf::Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

// Makes a fact of every row.
class FactMaker {
 public:
  FactMaker(const std::string& framework_id, FrameworkErrors* errors)
      : framework_id_(framework_id), errors_(errors) {}

  template <typename Value, typename KeyOf>
  void AddAll(const std::vector<Located<Value>>& rows, KeyOf key_of,
              Value* (DirectoryFact::*value_of)()) {
    for (const Located<Value>& row : rows) {
      if (errors_->full()) return;
      DirectoryFact fact;
      fact.set_key(key_of(row.value));
      fact.set_framework_id(framework_id_);
      fact.set_source(journal::v1::FACT_SOURCE_FILE);
      fact.set_file_hash(HashOf(DeterministicBytes(row.value)));
      *(fact.*value_of)() = row.value;
      facts_.emplace_back(std::move(fact), LocationText(row.place));
    }
  }

  // By key.
  void MoveTo(ParsedFramework* parsed) {
    std::sort(facts_.begin(), facts_.end(),
              [](const auto& a, const auto& b) { return a.first.key() < b.first.key(); });
    for (auto& [fact, place] : facts_) {
      parsed->facts.push_back(std::move(fact));
      parsed->places.push_back(std::move(place));
    }
  }

 private:
  const std::string& framework_id_;
  FrameworkErrors* errors_;
  std::vector<std::pair<DirectoryFact, std::string>> facts_;
};

DateNumber DateOf(const std::string& text) { return ParseDate(text).value_or(0); }

void MakeFacts(FrameworkTables tables, ParsedFramework* parsed, FrameworkErrors* errors) {
  const std::string& id = parsed->rules.framework_id();
  for (Located<v1::Lot>& lot : tables.lots) lot.value.set_framework_id(id);
  for (Located<v1::Coverage>& line : tables.coverage) {
    if (!line.value.postcode_area().empty()) line.value.set_framework_id(id);
  }
  FactMaker maker(id, errors);
  maker.AddAll(
      tables.wards, [&](const auto& ward) { return WardKey(id, ward.code()); },
      &DirectoryFact::mutable_ward);
  maker.AddAll(
      tables.lots, [&](const auto& lot) { return LotKey(id, lot.id()); },
      &DirectoryFact::mutable_lot);
  maker.AddAll(
      tables.lot_wards,
      [&](const auto& row) { return LotWardKey(id, row.lot_id(), row.ward_code()); },
      &DirectoryFact::mutable_lot_ward);
  maker.AddAll(
      tables.providers, [](const auto& provider) { return ProviderKey(provider.id()); },
      &DirectoryFact::mutable_provider);
  maker.AddAll(
      tables.branches, [](const auto& branch) { return BranchKey(branch.id()); },
      &DirectoryFact::mutable_branch);
  maker.AddAll(
      tables.coverage, [](const auto& line) { return CoverageKey(line); },
      &DirectoryFact::mutable_coverage);
  maker.AddAll(
      tables.contracts, [](const auto& contract) { return ContractKey(contract.id()); },
      &DirectoryFact::mutable_contract);
  maker.AddAll(
      tables.novations,
      [](const auto& row) { return NovationKey(row.contract_id(), DateOf(row.date())); },
      &DirectoryFact::mutable_novation);
  maker.AddAll(
      tables.holidays, [&](const auto& row) { return HolidayKey(id, DateOf(row.date())); },
      &DirectoryFact::mutable_holiday);
  maker.MoveTo(parsed);
}

}  // namespace

absl::StatusOr<ParsedFramework> ParseFramework(
    const Files& files, absl::FunctionRef<bool(const std::string&)> zone_known,
    absl::FunctionRef<bool()> stop_asked) {
  FrameworkErrors errors(stop_asked);
  SortedFiles sorted = SortOut(files, &errors);
  if (sorted.refused) return errors.ToStatus();
  RulesFile rules = sorted.rules == nullptr
                        ? RulesFile(kRulesFile)
                        : RulesFile(sorted.rules->name(), sorted.rules->content(), &errors);
  if (rules.parsed()) CheckRules(rules, zone_known, &errors);
  FrameworkTables tables;
  for (const auto& [kind, file] : sorted.tables) {
    ReadTable(kind, file->name(), file->content(), rules.rules(), &tables, &errors);
  }
  CheckTogether(rules, tables, &errors);
  if (absl::Status status = errors.ToStatus(); !status.ok()) return status;
  ParsedFramework parsed;
  parsed.rules = rules.rules();
  MakeFacts(std::move(tables), &parsed, &errors);
  if (absl::Status status = errors.ToStatus(); !status.ok()) return status;
  return parsed;
}

}  // namespace brokerage::engine
