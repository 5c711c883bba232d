#include "services/rpc/rows.h"

#include "absl/strings/str_cat.h"
#include "storage/loading.h"

namespace brokerage::services::rpc {

namespace {

using engine::PackageAggregate;
using engine::Table;

bool Parse(absl::string_view bytes, google::protobuf::Message* row) {
  return row->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

template <typename Row>
std::optional<Row> ReadRow(const storage::View& view, Table table, const std::string& key) {
  std::optional<std::string> bytes = view.Get(table, key);
  Row row;
  if (!bytes || !Parse(*bytes, &row)) return std::nullopt;
  return row;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const PackageAggregate>> FindPackage(const storage::View& view,
                                                                    uint64_t number) {
  auto package = storage::ReadPackage(view, number);
  if (!package.ok()) return package.status();
  if (!package->has_value()) return std::shared_ptr<const PackageAggregate>();
  return std::make_shared<const PackageAggregate>(**std::move(package));
}

std::optional<journal::v1::PackageRow> ReadPackageRow(const storage::View& view, uint64_t number) {
  return ReadRow<journal::v1::PackageRow>(view, Table::kPackages, engine::PackageKey(number));
}

std::optional<journal::v1::OfferRow> ReadOfferRow(const storage::View& view, uint64_t number,
                                                  int32_t ordinal) {
  return ReadRow<journal::v1::OfferRow>(view, Table::kOffers, engine::OfferKey(number, ordinal));
}

absl::StatusOr<journal::v1::Record> ReadRecord(const storage::View& view, uint64_t sequence) {
  journal::v1::Record record;
  bool found = false;
  absl::Status status = view.Tail(sequence, [&](const journal::v1::JournalEntry& entry) {
    found = entry.sequence() == sequence && Parse(entry.record(), &record);
    return false;
  });
  if (!status.ok()) return status;
  if (!found) return absl::DataLossError(absl::StrCat("the journal has no record ", sequence));
  return record;
}

std::shared_ptr<const PackageAggregate> PackageReader::Find(uint64_t number) {
  auto [it, first] = packages_.try_emplace(number);
  if (first) {
    auto package = FindPackage(view_, number);
    if (package.ok()) {
      it->second = *std::move(package);
    } else {
      status_.Update(package.status());
    }
  }
  return it->second;
}

}  // namespace brokerage::services::rpc
