#include "engine/model/rollup_table.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"

namespace brokerage::engine {

namespace {

using journal::v1::RollupRow;

// How a column is written into a key, and carried between dimensions and row.
struct Column {
  RollupColumn column;
  void (*append)(const RollupDimensions& of, std::string* key);
  void (*read)(const RollupRow& row, RollupDimensions* of);
  void (*write)(const RollupDimensions& of, RollupRow* row);
};

template <auto kDimension, auto kGet, auto kMutable>
constexpr Column Text(RollupColumn column) {
  return {
      column,
      [](const RollupDimensions& of, std::string* key) { absl::StrAppend(key, of.*kDimension); },
      [](const RollupRow& row, RollupDimensions* of) { of->*kDimension = (row.*kGet)(); },
      [](const RollupDimensions& of, RollupRow* row) {
        *(row->*kMutable)() = std::string(of.*kDimension);
      }};
}

template <auto kDimension, auto kGet, auto kSet>
constexpr Column Number(RollupColumn column) {
  return {column,
          [](const RollupDimensions& of, std::string* key) {
            absl::StrAppend(key, static_cast<int32_t>(of.*kDimension));
          },
          [](const RollupRow& row, RollupDimensions* of) { of->*kDimension = (row.*kGet)(); },
          [](const RollupDimensions& of, RollupRow* row) { (row->*kSet)(of.*kDimension); }};
}

using Of = RollupDimensions;

// In the order of RollupColumn.
constexpr Column kColumns[] = {
    Text<&Of::contract_id, &RollupRow::contract_id, &RollupRow::mutable_contract_id>(
        RollupColumn::kContract),
    Text<&Of::branch_id, &RollupRow::branch_id, &RollupRow::mutable_branch_id>(
        RollupColumn::kBranch),
    Number<&Of::service_type, &RollupRow::service_type, &RollupRow::set_service_type>(
        RollupColumn::kServiceType),
    Number<&Of::urgency, &RollupRow::urgency, &RollupRow::set_urgency>(RollupColumn::kUrgency),
    Text<&Of::authority_id, &RollupRow::authority_id, &RollupRow::mutable_authority_id>(
        RollupColumn::kAuthority),
    Number<&Of::round, &RollupRow::round, &RollupRow::set_round>(RollupColumn::kRound),
    Text<&Of::ward_code, &RollupRow::ward_code, &RollupRow::mutable_ward_code>(RollupColumn::kWard),
    Text<&Of::tier_id, &RollupRow::tier_id, &RollupRow::mutable_tier_id>(RollupColumn::kTier),
    Text<&Of::provider_id, &RollupRow::provider_id, &RollupRow::mutable_provider_id>(
        RollupColumn::kProvider),
    Text<&Of::lot_id, &RollupRow::lot_id, &RollupRow::mutable_lot_id>(RollupColumn::kLot),
    {RollupColumn::kLimit,
     [](const RollupDimensions& of, std::string* key) { absl::StrAppend(key, of.limit_name); },
     [](const RollupRow& row, RollupDimensions* of) {
       of->limit_name = row.acceptance_limit().name();
     },
     [](const RollupDimensions& of, RollupRow* row) {
       row->mutable_acceptance_limit()->set_name(std::string(of.limit_name));
     }},
    Text<&Of::suspension_id, &RollupRow::suspension_id, &RollupRow::mutable_suspension_id>(
        RollupColumn::kSuspension),
    Number<&Of::date, &RollupRow::date, &RollupRow::set_date>(RollupColumn::kDate),
};

// The columns of a kind, in the order of its key.
struct Kind {
  RollupRow::Kind kind;
  size_t size;
  RollupColumn columns[std::size(kColumns)];

  const RollupColumn* begin() const { return columns; }
  const RollupColumn* end() const { return columns + size; }
};

template <typename... Columns>
constexpr Kind MakeKind(RollupRow::Kind kind, Columns... columns) {
  return {kind, sizeof...(columns), {columns...}};
}

using C = RollupColumn;

// In the order of the list. A kind that is written already keeps its columns and their order: its
// rows lie on disks. KIND_LIMIT: the name comes last, for it may hold anything.
constexpr Kind kKinds[] = {
    MakeKind(RollupRow::KIND_OFFER, C::kContract, C::kBranch, C::kServiceType, C::kUrgency,
             C::kAuthority, C::kRound, C::kProvider, C::kTier, C::kLot),
    MakeKind(RollupRow::KIND_WARD, C::kWard, C::kTier),
    MakeKind(RollupRow::KIND_PICK_UP, C::kContract, C::kServiceType, C::kUrgency, C::kAuthority,
             C::kProvider, C::kTier, C::kLot),
    MakeKind(RollupRow::KIND_OPPORTUNITY, C::kProvider, C::kServiceType, C::kUrgency, C::kAuthority,
             C::kRound, C::kLot),
    MakeKind(RollupRow::KIND_PACKAGE, C::kLot, C::kServiceType, C::kUrgency, C::kAuthority),
    MakeKind(RollupRow::KIND_HOURS, C::kProvider, C::kLot, C::kServiceType, C::kTier),
    MakeKind(RollupRow::KIND_AVOIDED, C::kContract, C::kUrgency),
    MakeKind(RollupRow::KIND_LIMIT, C::kBranch, C::kLimit),
    MakeKind(RollupRow::KIND_FILL, C::kLot, C::kTier),
    MakeKind(RollupRow::KIND_SUSPENSION, C::kSuspension),
    MakeKind(RollupRow::KIND_INTERIM, C::kDate, C::kLot, C::kAuthority),
};

constexpr bool EachInItsPlace() {
  for (size_t i = 0; i < std::size(kColumns); ++i) {
    if (kColumns[i].column != static_cast<RollupColumn>(i)) return false;
  }
  for (size_t i = 0; i < std::size(kKinds); ++i) {
    if (kKinds[i].kind != static_cast<int>(i) + 1) return false;
    for (size_t c = 0; c < kKinds[i].size; ++c) {
      if (static_cast<size_t>(kKinds[i].columns[c]) >= std::size(kColumns)) return false;
    }
  }
  return true;
}
static_assert(std::size(kKinds) == RollupRow::Kind_ARRAYSIZE - 1, "a kind has no columns");
static_assert(EachInItsPlace());

const Kind& KindOf(RollupRow::Kind kind) {
  static constexpr Kind kNone = {};
  return RollupRow::Kind_IsValid(kind) && kind != 0 ? kKinds[kind - 1] : kNone;
}

const Column& ColumnOf(RollupColumn column) { return kColumns[static_cast<size_t>(column)]; }

void AppendKey(const RollupDimensions& of, std::string* key) {
  absl::StrAppend(key, static_cast<int>(of.kind), "|", of.framework_id, "|", of.month, "|");
  const char* separator = "";
  for (RollupColumn column : KindOf(of.kind)) {
    key->append(separator);
    ColumnOf(column).append(of, key);
    separator = "|";
  }
}

RollupDimensions DimensionsOf(const RollupRow& row) {
  RollupDimensions of;
  of.kind = row.kind();
  of.framework_id = row.framework_id();
  of.month = row.month();
  for (RollupColumn column : KindOf(of.kind)) ColumnOf(column).read(row, &of);
  return of;
}

RollupRow RowOf(const RollupDimensions& of) {
  RollupRow row;
  row.set_kind(of.kind);
  row.set_framework_id(std::string(of.framework_id));
  row.set_month(of.month);
  for (RollupColumn column : KindOf(of.kind)) ColumnOf(column).write(of, &row);
  return row;
}

}  // namespace

bool HasColumn(RollupRow::Kind kind, RollupColumn column) {
  const Kind& columns = KindOf(kind);
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

RollupTable::RollupTable(const RollupTable& other) : rows_(other.rows_), changed_(other.changed_) {
  places_.reserve(other.places_.size());
  for (const Row& row : other.places_) {
    Rows::value_type& copy = *rows_.find(row.row->first);
    by_key_.emplace(copy.first, static_cast<Place>(places_.size()));
    places_.push_back({&copy, row.changed});
  }
}

RollupTable& RollupTable::operator=(const RollupTable& other) {
  if (this != &other) *this = RollupTable(other);
  return *this;
}

std::string RollupTable::KeyOf(const RollupRow& row) { return KeyOf(DimensionsOf(row)); }

std::string RollupTable::KeyOf(const RollupDimensions& of) {
  std::string key;
  AppendKey(of, &key);
  return key;
}

std::string RollupTable::Prefix(RollupRow::Kind kind, absl::string_view framework_id) {
  return absl::StrCat(static_cast<int>(kind), "|", framework_id, "|");
}

std::string RollupTable::Prefix(RollupRow::Kind kind, absl::string_view framework_id,
                                int32_t month) {
  return absl::StrCat(static_cast<int>(kind), "|", framework_id, "|", month, "|");
}

RollupTable::Place RollupTable::PlaceOf(const RollupDimensions& of) {
  key_.clear();
  AppendKey(of, &key_);
  const auto found = by_key_.find(key_);
  return found != by_key_.end() ? found->second : Insert(key_, RowOf(of));
}

RollupRow* RollupTable::Change(Place place) {
  Row& row = places_[place];
  if (!std::exchange(row.changed, true)) changed_.push_back(place);
  return &row.row->second;
}

RollupTable::Place RollupTable::Insert(const std::string& key, const RollupRow& row) {
  const auto [inserted, is_new] = rows_.insert_or_assign(key, row);
  if (!is_new) return by_key_.at(key);
  const Place place = static_cast<Place>(places_.size());
  places_.push_back({&*inserted});
  by_key_.emplace(inserted->first, place);
  return place;
}

void RollupTable::Put(const RollupRow& row) { Insert(KeyOf(row), row); }

const RollupRow* RollupTable::Find(absl::string_view key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : &places_[found->second].row->second;
}

std::vector<const RollupTable::Rows::value_type*> RollupTable::TakeChanged() {
  std::vector<const Rows::value_type*> rows;
  rows.reserve(changed_.size());
  for (const Place place : changed_) {
    places_[place].changed = false;
    rows.push_back(places_[place].row);
  }
  changed_.clear();
  return rows;
}

}  // namespace brokerage::engine
