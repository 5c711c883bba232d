#include "engine/model/tables.h"

#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/model/package.h"

namespace brokerage::engine {

namespace {

void AppendBigEndian(uint64_t value, int bytes, std::string* key) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    key->push_back(static_cast<char>((value >> shift) & 0xff));
  }
}

uint64_t ReadBigEndian(absl::string_view bytes) {
  uint64_t value = 0;
  for (char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

// A text that something follows. The zero byte keeps "a" and "ab" apart: ids never hold one.
std::string Terminated(absl::string_view text, size_t more) {
  std::string key;
  key.reserve(text.size() + 1 + more);
  key.append(text.data(), text.size());
  key.push_back('\0');
  return key;
}

void AppendOffer(uint64_t number, int32_t ordinal, std::string* key) {
  AppendBigEndian(number, 8, key);
  AppendBigEndian(static_cast<uint32_t>(ordinal), 4, key);
}

}  // namespace

const char* TableName(Table table) {
  switch (table) {
    case Table::kPackages:
      return "packages";
    case Table::kOffers:
      return "offers";
    case Table::kDirectory:
      return "directory";
    case Table::kFrameworks:
      return "frameworks";
    case Table::kRollups:
      return "rollups";
    case Table::kAccounts:
      return "accounts";
    case Table::kSystem:
      return "system";
    case Table::kOfferFacts:
      return "offer_facts";
    case Table::kOffersByBranch:
      return "offers_by_branch";
    case Table::kOffersByProvider:
      return "offers_by_provider";
    case Table::kPackagesByState:
      return "packages_by_state";
    case Table::kHistory:
      return "history";
    case Table::kTexts:
      return "texts";
    case Table::kDirectoryPast:
      return "directory_past";
    case Table::kVerdicts:
      return "verdicts";
    case Table::kPersons:
      return "persons";
  }
  std::abort();  // no such table
}

std::string PackageKey(uint64_t number) {
  std::string key;
  AppendBigEndian(number, 8, &key);
  return key;
}

std::string OfferKey(uint64_t number, int32_t ordinal) {
  std::string key;
  AppendOffer(number, ordinal, &key);
  return key;
}

std::string VerdictsKey(uint64_t number, int32_t round_number) {
  return OfferKey(number, round_number);
}

std::string FrameworkKey(absl::string_view framework_id, int32_t revision) {
  std::string key = Terminated(framework_id, 4);
  AppendBigEndian(static_cast<uint32_t>(revision), 4, &key);
  return key;
}

std::string PastFactPrefix(absl::string_view fact_key) {
  std::string key(fact_key);
  key.push_back('\0');
  return key;
}

std::string PastFactKey(absl::string_view fact_key, uint64_t sequence) {
  std::string key = PastFactPrefix(fact_key);
  AppendBigEndian(sequence, 8, &key);
  return key;
}

std::string TextKey(uint64_t number, absl::string_view name) {
  std::string key = PackageKey(number);
  key.append(name.data(), name.size());
  return key;
}

std::string PersonPrefix(absl::string_view authority_id, absl::string_view person_reference) {
  return absl::StrCat(Terminated(authority_id, person_reference.size() + 9),
                      Terminated(person_reference, 0));
}

std::pair<std::string, std::string> PersonRow(const journal::v1::PackageRow& package,
                                              const journal::v1::TextRow& text) {
  std::string key = PersonPrefix(package.authority_id(), text.text());
  AppendBigEndian(package.number(), 8, &key);
  return {std::move(key), PackageKey(PersonNumberOf(package))};
}

std::string OfferFactKey(absl::string_view framework_id, DateNumber issued, uint64_t number,
                         int32_t ordinal) {
  std::string key = OfferFactPrefix(framework_id, issued);
  AppendOffer(number, ordinal, &key);
  return key;
}

std::string OfferFactPrefix(absl::string_view framework_id, DateNumber issued) {
  std::string key = Terminated(framework_id, 16);
  // Date 0 is none: the prefix of all of the framework's facts.
  if (issued != 0) AppendBigEndian(static_cast<uint32_t>(issued), 4, &key);
  return key;
}

std::string OwnedOfferKey(absl::string_view owner_id, uint64_t number, int32_t ordinal) {
  std::string key = OwnedOfferPrefix(owner_id);
  AppendOffer(number, ordinal, &key);
  return key;
}

std::string OwnedOfferPrefix(absl::string_view owner_id) { return Terminated(owner_id, 12); }

std::string PackageStateKey(absl::string_view authority_id, v1::PackageState state,
                            uint64_t number) {
  std::string key = PackageStatePrefix(authority_id, state);
  AppendBigEndian(number, 8, &key);
  return key;
}

std::string PackageStatePrefix(absl::string_view authority_id, v1::PackageState state) {
  std::string key = Terminated(authority_id, 9);
  key.push_back(static_cast<char>(state));
  return key;
}

std::string HistoryKey(HistoryScope scope, absl::string_view id, uint64_t sequence) {
  std::string key = HistoryPrefix(scope, id);
  AppendBigEndian(sequence, 8, &key);
  return key;
}

std::string HistoryPrefix(HistoryScope scope, absl::string_view id) {
  // A package's id holds zero bytes, but within a scope either all ids have one length or none has
  // such bytes.
  std::string key(1, static_cast<char>(scope));
  key += Terminated(id, 8);
  return key;
}

uint64_t TrailingNumber(absl::string_view key) {
  if (key.size() < 8) return 0;
  return ReadBigEndian(key.substr(key.size() - 8));
}

std::pair<uint64_t, int32_t> TrailingOffer(absl::string_view key) {
  if (key.size() < 12) return {0, 0};
  absl::string_view offer = key.substr(key.size() - 12);
  return {ReadBigEndian(offer.substr(0, 8)), static_cast<int32_t>(ReadBigEndian(offer.substr(8)))};
}

}  // namespace brokerage::engine
