// Roll-ups: counts that every change of a package keeps up to date, so that a question about a
// month reads a few rows. What a kind's rows are about is one list of columns; key and row are made
// from it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "brokerage/journal/v1/figures.pb.h"
#include "brokerage/journal/v1/rows.pb.h"
#include "engine/base/calendar.h"

namespace brokerage::engine {

// What a roll-up is about, as views; the dimensions that its kind does not have are ignored. So
// that the hot path finds a row without building one.
struct RollupDimensions {
  journal::v1::RollupRow::Kind kind = journal::v1::RollupRow::KIND_UNSPECIFIED;
  absl::string_view framework_id;
  int32_t month = 0;  // YYYYMM
  absl::string_view contract_id;
  absl::string_view branch_id;
  v1::ServiceType service_type = v1::SERVICE_TYPE_UNSPECIFIED;
  v1::Urgency urgency = v1::URGENCY_UNSPECIFIED;
  absl::string_view authority_id;
  int32_t round = 0;
  absl::string_view ward_code;
  absl::string_view tier_id;
  absl::string_view provider_id;
  absl::string_view lot_id;
  absl::string_view limit_name;
  absl::string_view suspension_id;
  DateNumber date = 0;
};

// The dimensions that only some kinds have; every row has a framework and a month.
enum class RollupColumn : uint8_t {
  kContract,
  kBranch,
  kServiceType,
  kUrgency,
  kAuthority,
  kRound,
  kWard,
  kTier,
  kProvider,
  kLot,
  kLimit,
  kSuspension,
  kDate,
};

// Whether the kind's rows have the column.
bool HasColumn(journal::v1::RollupRow::Kind kind, RollupColumn column);

// Roll-ups by key. The key is kind|framework|month|... so that rows of one period lie together; no
// id holds the separator.
class RollupTable {
 public:
  RollupTable() = default;
  RollupTable(const RollupTable& other);
  RollupTable& operator=(const RollupTable& other);
  RollupTable(RollupTable&&) = default;
  RollupTable& operator=(RollupTable&&) = default;

  // The row's key; rows of one (kind, framework, month) have a common prefix, see Prefix. For
  // KIND_PICK_UP the contract, for KIND_HOURS the provider comes right after the month.
  static std::string KeyOf(const journal::v1::RollupRow& row);
  static std::string KeyOf(const RollupDimensions& of);
  static std::string Prefix(journal::v1::RollupRow::Kind kind, absl::string_view framework_id);
  static std::string Prefix(journal::v1::RollupRow::Kind kind, absl::string_view framework_id,
                            int32_t month);

  // The place of the row with these dimensions, made if it is not there. It stays good as long as
  // this table, and is of no other.
  using Place = uint32_t;
  static constexpr Place kNowhere = ~Place{0};
  Place PlaceOf(const RollupDimensions& of);
  // The row, to be changed.
  journal::v1::RollupRow* Change(Place place);
  journal::v1::RollupRow* Change(const RollupDimensions& of) { return Change(PlaceOf(of)); }
  void Put(const journal::v1::RollupRow& row);  // loading; not a change
  const journal::v1::RollupRow* Find(absl::string_view key) const;
  using Rows = std::map<std::string, journal::v1::RollupRow, std::less<>>;
  const Rows& rows() const { return rows_; }
  // The rows changed since the last call, in the order of their first change.
  std::vector<const Rows::value_type*> TakeChanged();

 private:
  struct Row {
    Rows::value_type* row;
    bool changed = false;  // and listed
  };
  Place Insert(const std::string& key, const journal::v1::RollupRow& row);

  Rows rows_;  // whose nodes do not move
  std::vector<Row> places_;
  // By key: the hot path compares no keys that begin alike.
  absl::flat_hash_map<absl::string_view, Place> by_key_;
  std::vector<Place> changed_;
  std::string key_;  // reused
};

}  // namespace brokerage::engine
