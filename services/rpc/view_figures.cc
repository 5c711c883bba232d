#include "services/rpc/view_figures.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/figures/outcome.h"
#include "storage/loading.h"

namespace brokerage::services::rpc {

namespace {

using engine::Table;

// Visits rows of a table until a key is not less than `end` (empty: all of the prefix's).
template <typename Row>
absl::Status Visit(const storage::View& view, Table table, absl::string_view prefix,
                   absl::string_view from, absl::string_view end,
                   absl::FunctionRef<void(const Row&)> visit) {
  absl::Status status;
  Row row;
  view.Scan(table, prefix, from, [&](absl::string_view key, absl::string_view value) {
    if (!end.empty() && key >= end) return false;
    if (!row.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
      status = absl::DataLossError(
          absl::StrCat("a row of ", engine::TableName(table), " cannot be read"));
      return false;
    }
    visit(row);
    return true;
  });
  status.Update(view.status());
  return status;
}

}  // namespace

void ViewFigures::ForEachRollup(
    absl::string_view prefix, absl::FunctionRef<void(const journal::v1::RollupRow&)> visit) const {
  status_.Update(Visit<journal::v1::RollupRow>(*view_, Table::kRollups, prefix, "", "", visit));
}

void ViewFigures::ForEachOfferFact(
    absl::string_view framework_id, engine::DateNumber from, engine::DateNumber to,
    absl::FunctionRef<void(const journal::v1::OfferFact&)> visit) const {
  const std::string prefix = engine::OfferFactPrefix(framework_id, 0);  // of all dates
  const std::string begin = from == 0 ? "" : engine::OfferFactPrefix(framework_id, from);
  const std::string end = to == 0 ? "" : engine::OfferFactPrefix(framework_id, to);
  status_.Update(
      Visit<journal::v1::OfferFact>(*view_, Table::kOfferFacts, prefix, begin, end, visit));
}

void ViewFigures::ForEachOfferFactOfPackage(
    uint64_t package_number, absl::FunctionRef<void(const journal::v1::OfferFact&)> visit) const {
  const auto package = storage::ReadIndexedPackage(*view_, package_number);
  status_.Update(package.status());
  if (!package.ok()) return;
  status_.Update(Visit<journal::v1::OfferRow>(
      *view_, Table::kOffers, engine::PackageKey(package_number), "", "",
      [&](const journal::v1::OfferRow& offer) { visit(engine::FactOf(*package, offer)); }));
}

}  // namespace brokerage::services::rpc
