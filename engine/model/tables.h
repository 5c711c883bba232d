// The tables and their keys: the one schema of what is kept. Numbers in keys are big endian, so
// that key order is number order; texts end with a zero byte where something follows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "brokerage/journal/v1/rows.pb.h"
#include "brokerage/v1/vocabulary.pb.h"
#include "engine/base/calendar.h"

namespace brokerage::engine {

// The tables that the engine's rows lie in. The names are those of docs/journal-format.md and of
// the column families.
enum class Table : uint8_t {
  kPackages,          // number -> PackageRow
  kOffers,            // number, ordinal -> OfferRow
  kDirectory,         // fact key -> DirectoryFact
  kFrameworks,        // framework, revision -> FrameworkRow
  kRollups,           // RollupTable::KeyOf -> RollupRow
  kAccounts,          // account -> AccountRow
  kSystem,            // "system" -> SystemRow
  kOfferFacts,        // framework, issued date, number, ordinal -> OfferFact
  kOffersByBranch,    // branch, number, ordinal -> nothing
  kOffersByProvider,  // provider, number, ordinal -> nothing
  kPackagesByState,   // authority, state, number -> nothing; open packages under state 0, too (see
                      // StatesOfOpenPackages), interim ones over their limit under kOverLimit
  kHistory,           // scope, id, sequence -> nothing
  kTexts,             // number, name -> TextRow; not in digests: it can be erased
  kDirectoryPast,     // fact key, sequence of the record that replaced it -> DirectoryFact
  kVerdicts,          // number, round -> RoundVerdicts, written once
  kPersons,           // authority, person reference, number -> the person's number (8 bytes); as
                      // kTexts, with which a row goes
};
inline constexpr int kTables = 16;
const char* TableName(Table table);  // "packages", ...

// One change of one row; without a value it is deleted.
struct RowWrite {
  Table table;
  std::string key;
  std::optional<std::string> value;
};

// Whose history: the package's, the branch's, the provider's, the authority's, or the whole
// system's (""): what belongs to no package, and extended deadlines.
enum class HistoryScope : char {
  kAll = 'A',
  kBranch = 'B',
  kPackage = 'P',
  kProvider = 'O',
  kAuthority = 'U'
};

std::string PackageKey(uint64_t number);  // also the prefix of its offers' and texts' keys
std::string OfferKey(uint64_t number, int32_t ordinal);
std::string VerdictsKey(uint64_t number, int32_t round_number);
std::string FrameworkKey(absl::string_view framework_id, int32_t revision);
std::string PastFactKey(absl::string_view fact_key, uint64_t sequence);
std::string PastFactPrefix(absl::string_view fact_key);
std::string TextKey(uint64_t number, absl::string_view name);
// The text's name by which a person is found.
inline constexpr absl::string_view kPersonReference = "person_reference";
std::string PersonPrefix(absl::string_view authority_id, absl::string_view person_reference);
// The row of kPersons, key and value, of a package by the text that names its person.
std::pair<std::string, std::string> PersonRow(const journal::v1::PackageRow& package,
                                              const journal::v1::TextRow& text);
std::string OfferFactKey(absl::string_view framework_id, DateNumber issued, uint64_t number,
                         int32_t ordinal);
std::string OfferFactPrefix(absl::string_view framework_id, DateNumber issued);  // a start key, too
std::string OwnedOfferKey(absl::string_view owner_id, uint64_t number,
                          int32_t ordinal);  // by branch, by provider
std::string OwnedOfferPrefix(absl::string_view owner_id);
std::string PackageStateKey(absl::string_view authority_id, v1::PackageState state,
                            uint64_t number);
std::string PackageStatePrefix(absl::string_view authority_id, v1::PackageState state);
// Stands in the place of a state in these keys: interim packages that run and whose limit has
// passed.
inline constexpr auto kOverLimit = static_cast<v1::PackageState>(100);
// `id` is the package's key for kPackage, the account-visible id for the others, "" for kAll.
std::string HistoryKey(HistoryScope scope, absl::string_view id, uint64_t sequence);
std::string HistoryPrefix(HistoryScope scope, absl::string_view id);
inline constexpr char kSystemKey[] = "system";

// Whether the table's rows hold what can be erased: texts, or what is found by them. They are in no
// digest, and no replay makes them.
constexpr bool IsErasable(Table table) {
  return table == Table::kTexts || table == Table::kPersons;
}

// The number in the last 8 (or, before a 4-byte ordinal, the 8 before the last 4) bytes of a key.
uint64_t TrailingNumber(absl::string_view key);  // HistoryKey, PackageStateKey
std::pair<uint64_t, int32_t> TrailingOffer(
    absl::string_view key);  // OfferKey, OwnedOfferKey, OfferFactKey

}  // namespace brokerage::engine
