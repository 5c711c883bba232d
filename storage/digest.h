// One hash over all that is kept: equal digests mean equal state, whether it was decided live,
// replayed or read from disk.
#pragma once

#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "engine/base/hash.h"
#include "engine/model/tables.h"
#include "storage/store.h"

namespace brokerage::storage {

// The tables that a digest covers, in its order: all but the texts, which can be erased.
template <typename Fn>
void ForEachDigestedTable(Fn fn) {
  for (int i = 0; i < engine::kTables; ++i) {
    const auto table = static_cast<engine::Table>(i);
    if (!engine::IsErasable(table)) fn(table);
  }
}

// Takes rows table by table, in key order. A row is hashed as: its table's number and the lengths
// of key and value (8 bytes each, big endian), key, value.
class Digester {
 public:
  void Add(engine::Table table, absl::string_view key, absl::string_view value);
  std::string Finish() { return hash_.Finish(); }  // 32 bytes

 private:
  engine::Sha256 hash_;
};

// The digest of a view: 32 bytes. Reads every row; check view.status() afterwards.
std::string DigestOf(const View& view);
// The live digest: where `memory` knows a row's value, that one counts, not the one on disk.
std::string DigestOf(
    const View& view,
    absl::FunctionRef<std::optional<std::string>(engine::Table table, absl::string_view key)>
        memory);

}  // namespace brokerage::storage
