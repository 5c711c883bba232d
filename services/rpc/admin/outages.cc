#include "services/rpc/admin/outages.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "engine/base/bounds.h"
#include "engine/base/calendar.h"
#include "engine/base/ids.h"
#include "engine/model/package.h"
#include "engine/model/tables.h"
#include "services/rpc/commands.h"
#include "services/rpc/queries.h"
#include "storage/loading.h"

namespace brokerage::services::rpc {

namespace {

using engine::Table;

// A window of so many working days may span twice as many, and was extended before, perhaps.
constexpr absl::Duration kWindowMax = absl::Hours(24 * 3 * engine::limits::kWindowDaysMax);

// The packages of which some offer counts as late or silent, by number.
absl::StatusOr<std::set<uint64_t>> WithSilence(const storage::View& view,
                                               const engine::Directory& directory, absl::Time from,
                                               absl::Time to) {
  // A day more on each side: the dates are local.
  const engine::DateNumber first =
      engine::LocalDate(from - kWindowMax - absl::Hours(24), absl::UTCTimeZone());
  const engine::DateNumber last = engine::LocalDate(to + absl::Hours(24), absl::UTCTimeZone());
  std::set<uint64_t> numbers;
  for (const journal::v1::FrameworkRow* framework : directory.Frameworks()) {
    const std::string& id = framework->framework_id();
    absl::Status status;
    view.Scan(Table::kOfferFacts, engine::OfferFactPrefix(id, 0),
              engine::OfferFactPrefix(id, first),
              [&](absl::string_view key, absl::string_view value) {
                journal::v1::OfferFact fact;
                if (!fact.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
                  status = absl::DataLossError("an offer's compact row cannot be read");
                  return false;
                }
                if (fact.issued_date() > last) return false;
                if (fact.response_class() == v1::RESPONSE_CLASS_SILENT ||
                    fact.response_class() == v1::RESPONSE_CLASS_LATE) {
                  numbers.insert(engine::TrailingOffer(key).first);
                }
                return true;
              });
    if (!status.ok()) return status;
  }
  if (!view.status().ok()) return view.status();
  return numbers;
}

// Names them, but of too many only one more than there may be: the engine refuses it then.
absl::Status NameClosed(const storage::View& view, const engine::Directory& directory,
                        v1::ExtendDeadlinesRequest* request) {
  const int64_t from = engine::FromTimestamp(request->from_time());
  const int64_t to = engine::FromTimestamp(request->to_time());
  auto numbers = WithSilence(view, directory, absl::FromUnixMicros(from), absl::FromUnixMicros(to));
  if (!numbers.ok()) return numbers.status();
  for (uint64_t number : *numbers) {
    const auto row = storage::ReadIndexedPackage(view, number);
    if (!row.ok()) return row.status();
    const bool lapsed = std::any_of(
        row->rounds().begin(), row->rounds().end(), [&](const journal::v1::RoundRow& round) {
          return round.settled() && round.deadline_us() > from && round.opened_time_us() < to;
        });
    if (lapsed) request->add_closed_package_ids(engine::PackageIdOf(*row));
    if (request->closed_package_ids_size() > engine::limits::kOutagePackagesMax) break;
  }
  return view.status();
}

void FindAndSubmit(const Backend& backend, const CallContext& context,
                   const v1::ExtendDeadlinesRequest& request, const Done& done) {
  v1::ExtendDeadlinesRequest named = request;
  const absl::Status status =
      NameClosed(*backend.store->Read(), context.published->directory, &named);
  if (!status.ok()) return done(status);
  SubmitFilledIn(backend, context, std::move(named), ContentHash(request), done);
}

}  // namespace

void ExtendDeadlines(const Backend& backend, const CallContext& context,
                     v1::ExtendDeadlinesRequest& request, Done done) {
  if (absl::Status status = CheckRequestId(request.request_id()); !status.ok()) return done(status);
  const bool known = !request.closed_package_ids().empty();
  if (known || !request.has_from_time() || !request.has_to_time()) {
    return SubmitCommand(backend, context, request, std::move(done));
  }
  RunOnWorker(backend, context, Work::kShort, done,
              [&](const Done& done) { FindAndSubmit(backend, context, request, done); });
}

}  // namespace brokerage::services::rpc
