#include "engine/framework/tables.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/base/bounds.h"
#include "engine/base/calendar.h"
#include "engine/base/ids.h"
#include "engine/base/postcode.h"
#include "engine/base/text.h"
#include "engine/framework/csv.h"
#include "engine/model/directory.h"
#include "google/protobuf/generated_enum_reflection.h"

namespace brokerage::engine {

namespace {

// What two spellings of an id have in common: its letters and digits, in lower case.
std::string MeantAs(absl::string_view text) {
  std::string meant;
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(byte)) meant.push_back(absl::ascii_tolower(byte));
  }
  return meant;
}

constexpr int kEastingMax = 700000;  // of the British National Grid, in metres
constexpr int kNorthingMax = 1300000;
constexpr int kPriorityMax = 1000;
constexpr int kRankMax = 1000;
constexpr int kNoticeDaysMax = 366;
constexpr int kPenceMax = 1000000;

constexpr absl::string_view kFileNames[kTableKinds] = {
    "wards.csv",    "lots.csv",      "lot_wards.csv", "providers.csv", "branches.csv",
    "coverage.csv", "contracts.csv", "novations.csv", "holidays.csv"};

absl::Span<const CsvColumn> ColumnsOf(TableKind kind) {
  static constexpr CsvColumn kWards[] = {{"ward_code"}, {"name"},        {"district_code"},
                                         {"district"},  {"price_level"}, {"easting"},
                                         {"northing"}};
  static constexpr CsvColumn kLots[] = {{"lot_id"}, {"name"}};
  static constexpr CsvColumn kLotWards[] = {{"lot_id"}, {"ward_code"}};
  static constexpr CsvColumn kProviders[] = {{"provider_id"}, {"legal_name"}, {"trading_name"}};
  static constexpr CsvColumn kBranches[] = {{"branch_id"},
                                            {"provider_id"},
                                            {"name"},
                                            {"postcode"},
                                            {"regulator_location_id"},
                                            {"regulator_status"},
                                            {"easting"},
                                            {"northing"},
                                            {"needs_met", true}};
  static constexpr CsvColumn kCoverage[] = {
      {"branch_id"}, {"ward_code"}, {"service_type"},       {"from"},
      {"to"},        {"priority"},  {"postcode_area", true}};
  static constexpr CsvColumn kContracts[] = {{"contract_id"},
                                             {"provider_id"},
                                             {"lot_id"},
                                             {"tier"},
                                             {"service_types"},
                                             {"from"},
                                             {"to"},
                                             {"minimum_pickup_percent"},
                                             {"rank"},
                                             {"quality_score"},
                                             {"price_urban"},
                                             {"price_fringe"},
                                             {"price_rural"},
                                             {"price_isolated"},
                                             {"notice_days", true}};
  static constexpr CsvColumn kNovations[] = {{"contract_id"}, {"new_provider_id"}, {"date"}};
  static constexpr CsvColumn kHolidays[] = {{"date"}, {"name"}};
  switch (kind) {
    case TableKind::kWards:
      return kWards;
    case TableKind::kLots:
      return kLots;
    case TableKind::kLotWards:
      return kLotWards;
    case TableKind::kProviders:
      return kProviders;
    case TableKind::kBranches:
      return kBranches;
    case TableKind::kCoverage:
      return kCoverage;
    case TableKind::kContracts:
      return kContracts;
    case TableKind::kNovations:
      return kNovations;
    case TableKind::kHolidays:
      return kHolidays;
  }
  return {};
}

// "home_care" for SERVICE_TYPE_HOME_CARE, given the prefix "SERVICE_TYPE_".
std::string WordOf(const google::protobuf::EnumValueDescriptor* value, absl::string_view prefix) {
  return absl::AsciiStrToLower(value->name().substr(prefix.size()));
}

// An enum as files write it.
struct ClosedList {
  ClosedList(const google::protobuf::EnumDescriptor& list, absl::string_view prefix) {
    for (int i = 0; i < list.value_count(); ++i) {
      if (list.value(i)->number() == 0) continue;
      words.push_back(WordOf(list.value(i), prefix));
      numbers.push_back(list.value(i)->number());
    }
    is_not_one = absl::StrCat("is not one of: ", absl::StrJoin(words, ", "));
  }
  std::vector<std::string> words;
  std::vector<int> numbers;
  std::string is_not_one;  // what is said of another word
};

enum class Want { kRequired, kOptional };

// "direct-health" for "Direct Health": an id that would be right; nothing if no letter is left.
std::string IdLike(absl::string_view text, size_t bytes_max) {
  std::string id;
  for (char c : text.substr(0, bytes_max)) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(byte)) {
      id.push_back(absl::ascii_tolower(byte));
    } else if (!id.empty() && id.back() != '-') {
      id.push_back('-');
    }
  }
  while (!id.empty() && id.back() == '-') id.pop_back();
  return id;
}

// Reads the cells of one row. A cell that is wrong is an error and reads as empty or 0, and so does
// a cell of a column that the file lacks, which is an error of the header alone.
class RowReader {
 public:
  RowReader(absl::Span<const CsvColumn> columns, const CsvRow& row, const Location& place,
            FrameworkTables::Source* source, FrameworkErrors* errors)
      : columns_(columns),
        row_(row),
        place_(place),
        source_(source),
        errors_(errors),
        broken_(source->missing) {}

  const Location& place() const { return place_; }
  const std::vector<absl::string_view>& broken() const { return broken_; }

  // What the row, or a row that it speaks of, is known by.
  std::string Id(absl::string_view column, size_t bytes_max = limits::kIdBytesMax,
                 bool slash_allowed = false) {
    absl::string_view text = Cell(column);
    if (IsPlainId(text, bytes_max, slash_allowed)) return std::string(text);
    const std::string like = IdLike(text, bytes_max);
    Fail(column, text,
         absl::StrCat("is no id; lower case letters, digits, '-' and '.'",
                      slash_allowed ? " and '/'" : "", ", at most ", bytes_max,
                      like.empty() ? "" : ", such as ", like));
    Lose(text);
    return "";
  }

  std::string WardCode(absl::string_view column) {
    absl::string_view text = Cell(column);
    bool fit = !text.empty() && text.size() <= limits::kIdBytesMax &&
               std::all_of(text.begin(), text.end(),
                           [](unsigned char c) { return absl::ascii_isalnum(c); });
    if (fit) return std::string(text);
    Fail(column, text, "is no ward code; an ONS code such as E05006377");
    Lose(text);
    return "";
  }

  std::string Text(absl::string_view column, Want want) {
    absl::string_view text = Cell(column);
    bool blank = absl::StripAsciiWhitespace(text).empty();
    bool fit = text.size() <= limits::kNameBytesMax && !HasControlCharacter(text);
    if (fit && !(blank && want == Want::kRequired)) return std::string(text);
    Fail(column, text,
         absl::StrCat("is not one line of text of 1 to ", limits::kNameBytesMax, " bytes"));
    return "";
  }

  int Number(absl::string_view column, int least, int most, Want want, int if_empty = 0) {
    absl::string_view text = Cell(column);
    if (text.empty() && want == Want::kOptional) return if_empty;
    int value = 0;
    bool digits = !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
      return absl::ascii_isdigit(c);
    });
    if (digits && absl::SimpleAtoi(text, &value) && value >= least && value <= most) return value;
    Fail(column, text, absl::StrCat("is not a whole number from ", least, " to ", most));
    return 0;
  }

  // "YYYY-MM-DD", as files and messages both write it.
  std::string Date(absl::string_view column, Want want) {
    absl::string_view text = Cell(column);
    if ((text.empty() && want == Want::kOptional) || ParseDate(text)) return std::string(text);
    Fail(column, text, "is not a date of the form 2018-07-01");
    Lose(text);
    return "";
  }

  // [from, to), where an empty `to` is open.
  void Dates(std::string* from, std::string* to) {
    *from = Date("from", Want::kRequired);
    *to = Date("to", Want::kOptional);
    if (!from->empty() && !to->empty() && *from >= *to) {
      Fail("to", *to,
           absl::StrCat("is not after \"from\", ", *from,
                        "; a later date, or nothing where no end is known"));
    }
  }

  // A word of a closed list; 0 if it is none.
  template <typename Enum>
  Enum Word(absl::string_view column, absl::string_view text, absl::string_view prefix) {
    static const ClosedList& list =
        *new ClosedList(*google::protobuf::GetEnumDescriptor<Enum>(), prefix);
    for (size_t i = 0; i < list.words.size(); ++i) {
      if (list.words[i] == text) return static_cast<Enum>(list.numbers[i]);
    }
    Fail(column, text, list.is_not_one);
    return static_cast<Enum>(0);
  }

  v1::ServiceType Service(absl::string_view column, absl::string_view text) {
    return Word<v1::ServiceType>(column, text, "SERVICE_TYPE_");
  }

  absl::string_view Cell(absl::string_view column) const {
    size_t index = 0;
    while (columns_[index].name != column) ++index;
    return row_.cells[index];
  }

  void Fail(absl::string_view column, absl::string_view value, absl::string_view message) {
    const auto& missing = source_->missing;
    if (std::find(missing.begin(), missing.end(), column) != missing.end()) return;
    broken_.push_back(column);
    if (errors_->counts_only(place_.file)) return errors_->Add(place_, column, "");
    errors_->Add(place_, column,
                 value.empty() ? absl::StrCat("an empty cell ", message)
                               : absl::StrCat(Quoted(value), " ", message));
  }

  // What the cell says is not known to be nowhere in the table.
  void Lose(absl::string_view text) { source_->lost.insert(MeantAs(text)); }

 private:
  absl::Span<const CsvColumn> columns_;
  const CsvRow& row_;
  Location place_;
  FrameworkTables::Source* source_;
  FrameworkErrors* errors_;
  std::vector<absl::string_view> broken_;
};

v1::Ward ReadWard(RowReader* row) {
  v1::Ward ward;
  ward.set_code(row->WardCode("ward_code"));
  ward.set_name(row->Text("name", Want::kRequired));
  ward.set_district_code(row->Text("district_code", Want::kOptional));
  ward.set_district(row->Text("district", Want::kOptional));
  if (absl::string_view level = row->Cell("price_level"); !level.empty()) {
    ward.set_price_level(row->Word<v1::PriceLevel>("price_level", level, "PRICE_LEVEL_"));
  }
  ward.set_easting(row->Number("easting", 0, kEastingMax, Want::kOptional));
  ward.set_northing(row->Number("northing", 0, kNorthingMax, Want::kOptional));
  return ward;
}

v1::Lot ReadLot(RowReader* row) {
  v1::Lot lot;
  lot.set_id(row->Id("lot_id"));
  lot.set_name(row->Text("name", Want::kRequired));
  return lot;
}

journal::v1::LotWard ReadLotWard(RowReader* row) {
  journal::v1::LotWard lot_ward;
  lot_ward.set_lot_id(row->Id("lot_id"));
  lot_ward.set_ward_code(row->WardCode("ward_code"));
  return lot_ward;
}

v1::Provider ReadProvider(RowReader* row) {
  v1::Provider provider;
  provider.set_id(row->Id("provider_id"));
  provider.set_legal_name(row->Text("legal_name", Want::kRequired));
  provider.set_trading_name(row->Text("trading_name", Want::kOptional));
  return provider;
}

// "language:Polish;continuing_healthcare".
void ReadNeeds(RowReader* row, v1::Branch* branch) {
  absl::string_view cell = row->Cell("needs_met");
  if (cell.empty()) return;
  int listed = 0;
  for (absl::string_view text : absl::StrSplit(cell, ';')) {
    if (++listed > limits::kNeedsMax) {
      row->Fail("needs_met", cell, absl::StrCat("has too many needs; at most ", limits::kNeedsMax));
      return;
    }
    std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(text, absl::MaxSplits(':', 1));
    v1::Need need;
    need.set_kind(row->Word<v1::NeedKind>("needs_met", parts.first, "NEED_KIND_"));
    bool has_value =
        need.kind() == v1::NEED_KIND_LANGUAGE || need.kind() == v1::NEED_KIND_CARER_GENDER;
    bool value_fit =
        parts.second.size() <= limits::kIdBytesMax && !HasControlCharacter(parts.second);
    if (need.kind() != v1::NEED_KIND_UNSPECIFIED &&
        (has_value == parts.second.empty() || !value_fit)) {
      row->Fail("needs_met", text,
                has_value ? "needs a value, as in language:Polish"
                          : "has no value after it; the word alone");
      continue;
    }
    need.set_value(std::string(parts.second));
    *branch->add_needs_met() = need;
  }
}

v1::Branch ReadBranch(RowReader* row) {
  v1::Branch branch;
  branch.set_id(row->Id("branch_id"));
  branch.set_provider_id(row->Id("provider_id"));
  branch.set_name(row->Text("name", Want::kRequired));
  branch.set_postcode(std::string(row->Cell("postcode")));
  if (PostcodeSector(branch.postcode()).empty()) {
    row->Fail("postcode", branch.postcode(), "is no full postcode, such as NG18 1JY");
  }
  branch.set_regulator_location_id(row->Text("regulator_location_id", Want::kOptional));
  absl::string_view status = row->Cell("regulator_status");
  branch.set_regulator_active(status == "active");
  if (status != "active" && status != "inactive") {
    row->Fail("regulator_status", status, "is not one of: active, inactive");
  }
  branch.set_easting(row->Number("easting", 0, kEastingMax, Want::kOptional));
  branch.set_northing(row->Number("northing", 0, kNorthingMax, Want::kOptional));
  ReadNeeds(row, &branch);
  return branch;
}

// A ward or a postcode area, one of the two.
void ReadCoveredPlace(RowReader* row, v1::Coverage* coverage) {
  absl::string_view area = row->Cell("postcode_area");
  if (area.empty() && row->Cell("ward_code").empty()) {
    row->Fail("ward_code", "", "needs a postcode_area beside it; a row covers a ward or an area");
  } else if (area.empty()) {
    coverage->set_ward_code(row->WardCode("ward_code"));
  } else if (!row->Cell("ward_code").empty()) {
    row->Fail("postcode_area", area,
              "stands beside a ward_code; a row covers the one or the other");
  } else if (!IsPostcodeArea(area)) {
    row->Fail("postcode_area", area, "is no postcode area; one or two capital letters such as GU");
  } else {
    coverage->set_postcode_area(std::string(area));
  }
}

v1::Coverage ReadCoverage(RowReader* row) {
  v1::Coverage coverage;
  coverage.set_branch_id(row->Id("branch_id"));
  ReadCoveredPlace(row, &coverage);
  coverage.set_service_type(row->Service("service_type", row->Cell("service_type")));
  row->Dates(coverage.mutable_from_date(), coverage.mutable_to_date());
  coverage.set_priority(row->Number("priority", 1, kPriorityMax, Want::kRequired));
  return coverage;
}

v1::Contract ReadContract(const v1::FrameworkRules& rules, RowReader* row) {
  v1::Contract contract;
  contract.set_id(row->Id("contract_id", limits::kContractIdBytesMax, true));
  contract.set_framework_id(rules.framework_id());
  contract.set_provider_id(row->Id("provider_id"));
  contract.set_lot_id(row->Id("lot_id"));
  contract.set_tier_id(row->Id("tier"));
  int listed = 0;
  for (absl::string_view word : absl::StrSplit(row->Cell("service_types"), ';')) {
    if (++listed > v1::ServiceType_ARRAYSIZE) {
      row->Fail("service_types", row->Cell("service_types"),
                absl::StrCat("has too many services; at most ", v1::ServiceType_ARRAYSIZE));
      break;
    }
    v1::ServiceType service = row->Service("service_types", word);
    if (service == v1::SERVICE_TYPE_UNSPECIFIED) continue;
    const auto& services = contract.service_types();
    if (std::find(services.begin(), services.end(), service) != services.end()) {
      row->Fail("service_types", word, "is there twice; once is enough");
    } else {
      contract.add_service_types(service);
    }
  }
  row->Dates(contract.mutable_from_date(), contract.mutable_to_date());
  const bool may_have_tiers = rules.tiers_size() <= limits::kTiersPerFrameworkMax;
  const v1::Tier* tier = may_have_tiers ? Directory::TierOf(rules, contract.tier_id()) : nullptr;
  contract.set_minimum_pickup_percent(
      row->Number("minimum_pickup_percent", 0, 100, Want::kOptional,
                  tier == nullptr ? 0 : tier->minimum_pickup_percent()));
  contract.set_rank(row->Number("rank", 1, kRankMax, Want::kOptional));
  contract.set_quality_score(row->Number("quality_score", 0, 100, Want::kOptional));
  contract.set_notice_days(row->Number("notice_days", 1, kNoticeDaysMax, Want::kOptional));
  v1::Prices* prices = contract.mutable_prices();
  prices->set_urban_pence(row->Number("price_urban", 1, kPenceMax, Want::kOptional));
  prices->set_fringe_pence(row->Number("price_fringe", 1, kPenceMax, Want::kOptional));
  prices->set_rural_pence(row->Number("price_rural", 1, kPenceMax, Want::kOptional));
  prices->set_isolated_pence(row->Number("price_isolated", 1, kPenceMax, Want::kOptional));
  return contract;
}

v1::Novation ReadNovation(RowReader* row) {
  v1::Novation novation;
  novation.set_contract_id(row->Id("contract_id", limits::kContractIdBytesMax, true));
  novation.set_new_provider_id(row->Id("new_provider_id"));
  novation.set_date(row->Date("date", Want::kRequired));
  return novation;
}

v1::Holiday ReadHoliday(RowReader* row) {
  v1::Holiday holiday;
  holiday.set_date(row->Date("date", Want::kRequired));
  holiday.set_name(row->Text("name", Want::kOptional));
  return holiday;
}

// Reads one row into its table.
void ReadRow(TableKind kind, const v1::FrameworkRules& rules, RowReader* row,
             FrameworkTables* tables) {
  auto add = [row](auto* rows, auto value) {
    rows->push_back({row->place(), std::move(value), row->broken()});
  };
  switch (kind) {
    case TableKind::kWards:
      return add(&tables->wards, ReadWard(row));
    case TableKind::kLots:
      return add(&tables->lots, ReadLot(row));
    case TableKind::kLotWards:
      return add(&tables->lot_wards, ReadLotWard(row));
    case TableKind::kProviders:
      return add(&tables->providers, ReadProvider(row));
    case TableKind::kBranches:
      return add(&tables->branches, ReadBranch(row));
    case TableKind::kCoverage:
      return add(&tables->coverage, ReadCoverage(row));
    case TableKind::kContracts:
      return add(&tables->contracts, ReadContract(rules, row));
    case TableKind::kNovations:
      return add(&tables->novations, ReadNovation(row));
    case TableKind::kHolidays:
      return add(&tables->holidays, ReadHoliday(row));
  }
}

}  // namespace

absl::string_view TableFileName(TableKind kind) { return kFileNames[static_cast<size_t>(kind)]; }

std::optional<TableKind> TableOfFileName(absl::string_view base_name) {
  for (size_t i = 0; i < kTableKinds; ++i) {
    if (kFileNames[i] == base_name) return static_cast<TableKind>(i);
  }
  return std::nullopt;
}

std::string TableHeader(TableKind kind) {
  std::vector<absl::string_view> names;
  for (const CsvColumn& column : ColumnsOf(kind)) {
    if (!column.optional) names.push_back(column.name);
  }
  return absl::StrJoin(names, ",");
}

bool FrameworkTables::IsMissing(TableKind kind, absl::string_view column,
                                absl::string_view value) const {
  const Source& of = source(kind);
  const bool has_column =
      std::find(of.missing.begin(), of.missing.end(), column) == of.missing.end();
  return HasFile(kind) && of.whole && has_column && of.lost.count(MeantAs(value)) == 0;
}

void ReadTable(TableKind kind, absl::string_view file, absl::string_view content,
               const v1::FrameworkRules& rules, FrameworkTables* tables, FrameworkErrors* errors) {
  FrameworkTables::Source& source = tables->sources[static_cast<size_t>(kind)];
  if (source.first_file.empty()) source.first_file = file;
  absl::Span<const CsvColumn> columns = ColumnsOf(kind);
  const size_t rows_max = limits::kFrameworkRowsMax - tables->rows_read;
  if (rows_max == 0) {
    source.whole = false;
    return errors->Add({file, 1}, "",
                       absl::StrCat("the tables before it have all rows that are taken together, ",
                                    limits::kFrameworkRowsMax, "; take some out"));
  }
  CsvTable table = ParseCsv(file, content, columns, rows_max, errors);
  tables->rows_read += table.rows_read;
  source.whole = source.whole && table.whole;
  for (const std::string& cell : table.lost) source.lost.insert(MeantAs(cell));
  // What an earlier file of the kind lacks, this one may have.
  std::vector<absl::string_view> missing_before = std::move(source.missing);
  source.missing = std::move(table.missing);
  for (const CsvRow& csv_row : table.rows) {
    if (errors->full()) {
      source.whole = false;
      break;
    }
    RowReader row(columns, csv_row, {file, csv_row.line}, &source, errors);
    ReadRow(kind, rules, &row, tables);
  }
  source.missing.insert(source.missing.end(), missing_before.begin(), missing_before.end());
}

std::string ServiceWord(v1::ServiceType service) {
  const auto* value = v1::ServiceType_descriptor()->FindValueByNumber(service);
  return value == nullptr ? absl::StrCat(static_cast<int>(service))
                          : WordOf(value, "SERVICE_TYPE_");
}

}  // namespace brokerage::engine
