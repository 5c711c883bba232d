// The tables of a framework's folder: each row read into the message that it stands for. Every cell
// is checked by itself here; what rows say of each other is checked in cross_checks.h.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "brokerage/journal/v1/rows.pb.h"
#include "brokerage/v1/directory.pb.h"
#include "brokerage/v1/framework.pb.h"
#include "engine/framework/errors.h"

namespace brokerage::engine {

enum class TableKind {
  kWards,
  kLots,
  kLotWards,
  kProviders,
  kBranches,
  kCoverage,
  kContracts,
  kNovations,
  kHolidays,
};
inline constexpr size_t kTableKinds = 9;

// "wards.csv".
absl::string_view TableFileName(TableKind kind);
std::optional<TableKind> TableOfFileName(absl::string_view base_name);

// "lot_id,name": the columns that the file must have.
std::string TableHeader(TableKind kind);

// A row as far as it could be read: what could not is empty, and has an error.
template <typename Value>
struct Located {
  Location place;
  Value value;
  std::vector<absl::string_view> broken;  // the columns that could not be read

  bool Broken(absl::string_view column) const {
    return std::find(broken.begin(), broken.end(), column) != broken.end();
  }
};

struct FrameworkTables {
  std::vector<Located<v1::Ward>> wards;
  std::vector<Located<v1::Lot>> lots;
  std::vector<Located<journal::v1::LotWard>> lot_wards;
  std::vector<Located<v1::Provider>> providers;
  std::vector<Located<v1::Branch>> branches;
  std::vector<Located<v1::Coverage>> coverage;
  std::vector<Located<v1::Contract>> contracts;
  std::vector<Located<v1::Novation>> novations;
  std::vector<Located<v1::Holiday>> holidays;

  struct Source {
    absl::string_view first_file;  // of this kind; empty if there is none
    // Whether every row of its files is in the table or left its cells in `lost`.
    bool whole = true;
    std::vector<absl::string_view> missing;  // columns that one of its files lacks
    // What stands in the files where no id or date could be read.
    std::set<std::string> lost;
  };
  std::array<Source, kTableKinds> sources;
  size_t rows_read = 0;  // of all files, also those that are in no table

  const Source& source(TableKind kind) const { return sources[static_cast<size_t>(kind)]; }
  // Whether something that no row has in this column is known not to be meant by any: one broken
  // row says nothing of the others, but of what stands in it.
  bool IsMissing(TableKind kind, absl::string_view column, absl::string_view value) const;
  bool HasFile(TableKind kind) const { return !source(kind).first_file.empty(); }
};

// Adds the rows of one file, also those in which a cell is wrong. `rules` gives contracts their
// framework and, where they name none, their tier's minimum.
void ReadTable(TableKind kind, absl::string_view file, absl::string_view content,
               const v1::FrameworkRules& rules, FrameworkTables* tables, FrameworkErrors* errors);

// A value of a closed list as files write it: "home_care" for SERVICE_TYPE_HOME_CARE.
std::string ServiceWord(v1::ServiceType service);

}  // namespace brokerage::engine
