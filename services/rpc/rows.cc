#include "services/rpc/rows.h"

#include "absl/strings/str_cat.h"
#include "storage/loading.h"

namespace brokerage::services::rpc {

namespace {

using engine::PackageAggregate;

}  // namespace

absl::StatusOr<std::shared_ptr<const PackageAggregate>> FindPackage(const storage::View& view,
                                                                    uint64_t number) {
  auto package = storage::ReadPackage(view, number);
  if (!package.ok()) return package.status();
  if (!package->has_value()) return std::shared_ptr<const PackageAggregate>();
  return std::make_shared<const PackageAggregate>(**std::move(package));
}

absl::StatusOr<journal::v1::Record> ReadRecord(const storage::View& view, uint64_t sequence) {
  journal::v1::Record record;
  bool found = false;
  absl::Status status = view.Tail(sequence, [&](const journal::v1::JournalEntry& entry) {
    found = entry.sequence() == sequence && record.ParseFromString(entry.record());
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
