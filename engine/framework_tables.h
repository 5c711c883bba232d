// The tables of a framework's folder: each row read into the message that it stands for. Every cell
// is checked by itself here; what rows say of each other is checked in framework_checks.h.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "brokerage/journal/v1/rows.pb.h"
#include "brokerage/v1/directory.pb.h"
#include "brokerage/v1/framework.pb.h"
#include "engine/framework_errors.h"

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

template <typename Value>
struct Placed {
  Place place;
  Value value;
};

struct FrameworkTables {
  std::vector<Placed<v1::Ward>> wards;
  std::vector<Placed<v1::Lot>> lots;
  std::vector<Placed<journal::v1::LotWard>> lot_wards;
  std::vector<Placed<v1::Provider>> providers;
  std::vector<Placed<v1::Branch>> branches;
  std::vector<Placed<v1::Coverage>> coverage;
  std::vector<Placed<v1::Contract>> contracts;
  std::vector<Placed<v1::Novation>> novations;
  std::vector<Placed<v1::Holiday>> holidays;

  // Per kind: the first file of it (empty if there is none), and whether no row of its files was
  // lost.
  struct Source {
    absl::string_view first_file;
    bool whole = true;
  };
  std::array<Source, kTableKinds> sources;
  size_t row_count = 0;

  const Source& source(TableKind kind) const { return sources[static_cast<size_t>(kind)]; }
  // Whether something that is not in the table is known not to exist.
  bool complete(TableKind kind) const { return source(kind).whole && HasFile(kind); }
  bool HasFile(TableKind kind) const { return !source(kind).first_file.empty(); }
};

// Adds the rows of one file. `rules` gives contracts their framework and, where they name none,
// their tier's minimum.
void ReadTable(TableKind kind, absl::string_view file, absl::string_view content,
               const v1::FrameworkRules& rules, FrameworkTables* tables, FrameworkErrors* errors);

// A value of a closed list as files write it: "home_care" for SERVICE_TYPE_HOME_CARE.
std::string ServiceWord(v1::ServiceType service);

}  // namespace brokerage::engine
