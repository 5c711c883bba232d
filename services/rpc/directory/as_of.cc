#include "services/rpc/directory/as_of.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/base/rejection.h"
#include "engine/model/directory_as_of.h"
#include "engine/model/tables.h"
#include "services/rpc/today.h"

namespace brokerage::services::rpc {

namespace {

using journal::v1::DirectoryFact;

// What the view has is at least as new as the published directory: no version that was replaced is
// missing.
absl::StatusOr<std::shared_ptr<const engine::Directory>> Reconstruct(const storage::View& view,
                                                                     const engine::Directory& now,
                                                                     engine::DateNumber date) {
  absl::Status status;
  auto past = [&](const std::string& key) {
    std::vector<DirectoryFact> versions;
    view.Scan(engine::Table::kDirectoryPast, engine::PastFactPrefix(key), "",
              [&](absl::string_view, absl::string_view value) {
                DirectoryFact version;
                if (!version.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
                  status = absl::DataLossError(absl::StrCat("a version of ", key, " is damaged"));
                  return false;
                }
                versions.push_back(std::move(version));
                return true;
              });
    return versions;
  };
  auto then = std::make_shared<const engine::Directory>(engine::DirectoryAsOf(now, date, past));
  if (status.ok()) status = view.status();
  if (!status.ok()) return status;
  return then;
}

}  // namespace

absl::StatusOr<DirectoryAsOf> FindDirectory(const Backend& backend, const CallContext& context,
                                            const std::string& as_of_date,
                                            absl::string_view framework_id) {
  const engine::Directory& current = context.published->directory;
  DirectoryAsOf found;
  found.directory = {context.published, &current};
  found.time = std::max(backend.clock->Now(), context.published->time);
  const engine::DateNumber today = Today(current, framework_id, found.time);
  found.date = today;
  if (as_of_date.empty()) return found;
  const auto date = engine::ParseDate(as_of_date);
  if (!date) {
    return engine::Reject(v1::REJECTION_REASON_FIELD_INVALID, "as_of_date", as_of_date,
                          "a date such as 2018-07-01");
  }
  if (*date == today) return found;
  found.date = *date;
  found.time =
      engine::StartOfDay(engine::FromDateNumber(*date) + 1, ZoneOf(current, framework_id)) -
      absl::Microseconds(1);
  if (*date > today) return found;
  auto then = Reconstruct(*backend.store->Read(), current, *date);
  if (!then.ok()) return then.status();
  found.directory = *std::move(then);
  return found;
}

}  // namespace brokerage::services::rpc
