#include "storage/digest.h"

namespace brokerage::storage {

void Digester::Add(engine::Table table, absl::string_view key, absl::string_view value) {
  hash_.AddBigEndian64(static_cast<uint64_t>(table))
      .AddBigEndian64(key.size())
      .AddBigEndian64(value.size())
      .Add(key)
      .Add(value);
}

std::string DigestOf(const View& view) {
  Digester digester;
  ForEachDigestedTable([&](engine::Table table) {
    view.Scan(table, "", "", [&](absl::string_view key, absl::string_view value) {
      digester.Add(table, key, value);
      return true;
    });
  });
  return digester.Finish();
}

std::string DigestOf(
    const View& view,
    absl::FunctionRef<std::optional<std::string>(engine::Table table, absl::string_view key)>
        memory) {
  Digester digester;
  ForEachDigestedTable([&](engine::Table table) {
    view.Scan(table, "", "", [&](absl::string_view key, absl::string_view value) {
      std::optional<std::string> remembered = memory(table, key);
      digester.Add(table, key, remembered.has_value() ? absl::string_view(*remembered) : value);
      return true;
    });
  });
  return digester.Finish();
}

}  // namespace brokerage::storage
