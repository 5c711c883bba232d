#include "services/rpc/package/package_queries.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "engine/base/calendar.h"
#include "engine/base/ids.h"
#include "engine/base/rejection.h"
#include "engine/figures/performance.h"
#include "engine/figures/query.h"
#include "engine/model/fact_keys.h"
#include "engine/model/state.h"
#include "engine/model/steps.h"
#include "engine/model/visibility.h"
#include "engine/views/package_view.h"
#include "services/rpc/page_token.h"
#include "services/rpc/rows.h"
#include "services/rpc/today.h"
#include "storage/loading.h"

namespace brokerage::services::rpc {

namespace {

using engine::Table;
using journal::v1::PackageRow;

bool WaitsForSomebody(v1::PackageState state) {
  return state == v1::PACKAGE_STATE_SUBMITTED || state == v1::PACKAGE_STATE_OFFERED ||
         state == v1::PACKAGE_STATE_UNFILLED;
}

// How many rows one call looks at, so that a rare filter does not hold a worker.
constexpr int kRowsExaminedMax = 2000;

absl::Status NotFound(absl::string_view id) {
  return engine::Reject(v1::REJECTION_REASON_NOT_FOUND, "package_id", id,
                        "one of the caller's packages");
}

// Ids of the facts whose keys have the prefix, those that ended left out: for error messages.
std::string IdsUnder(const engine::Directory& directory, const std::string& prefix) {
  std::vector<std::string> ids;
  for (auto it = directory.Facts().lower_bound(prefix);
       it != directory.Facts().end() && absl::StartsWith(it->first, prefix); ++it) {
    if (!it->second->ended()) ids.push_back(it->first.substr(prefix.size()));
  }
  return absl::StrJoin(ids, ", ");
}

// What the files no longer have is known, too: packages may still be there.
bool KnowsWard(const engine::Directory& directory, const std::string& framework_id,
               const std::string& code) {
  if (directory.Fact(engine::WardKey(framework_id, code)) != nullptr) return true;
  const std::string lots = engine::LotKey(framework_id, "");
  for (auto it = directory.Facts().lower_bound(lots);
       it != directory.Facts().end() && absl::StartsWith(it->first, lots); ++it) {
    const std::string& lot_id = it->second->lot().id();
    if (directory.Fact(engine::LotWardKey(framework_id, lot_id, code)) != nullptr) return true;
  }
  return false;
}

absl::Status UnknownWard(const engine::Directory& directory,
                         const std::vector<std::string>& frameworks, const std::string& code) {
  std::vector<std::string> suggestions;
  for (const std::string& id : frameworks) {
    for (const v1::Ward* ward : directory.NearestWards(id, code, 3)) {
      suggestions.push_back(absl::StrCat(ward->code(), " ", ward->name()));
    }
  }
  return engine::Reject(v1::REJECTION_REASON_UNKNOWN_WARD, "ward_code", code,
                        absl::StrCat("a ward of a framework of yours; the nearest: ",
                                     absl::StrJoin(suggestions, ", ")));
}

// A filter that names nothing the caller could know would answer "none", whatever waits.
absl::Status CheckFilter(const v1::ListPackagesRequest& request, const engine::Caller& caller,
                         const engine::Directory& directory) {
  const engine::PerformanceScope scope = engine::ScopeOf(caller);
  std::vector<std::string> frameworks;
  if (!request.framework_id().empty()) {
    auto rules = engine::CheckFramework("", request.framework_id(), scope, directory);
    if (!rules.ok()) return rules.status();
    frameworks.push_back(request.framework_id());
  } else {
    for (const journal::v1::FrameworkRow* row : directory.Frameworks()) {
      if (engine::CheckFramework("", row->framework_id(), scope, directory).ok())
        frameworks.push_back(row->framework_id());
    }
  }
  const auto any_has = [&frameworks](auto has) {
    return std::any_of(frameworks.begin(), frameworks.end(), has);
  };
  const std::string& lot = request.lot_id();
  if (!lot.empty() && !any_has([&](const std::string& id) {
        return directory.Fact(engine::LotKey(id, lot)) != nullptr;
      })) {
    std::vector<std::string> known;
    for (const std::string& id : frameworks) {
      known.push_back(absl::StrCat(IdsUnder(directory, engine::LotKey(id, "")), " of ", id));
    }
    return engine::Reject(
        v1::REJECTION_REASON_NOT_FOUND, "lot_id", lot,
        absl::StrCat("a lot of a framework of yours: ", absl::StrJoin(known, "; ")));
  }
  const std::string& ward = request.ward_code();
  if (!ward.empty() &&
      !any_has([&](const std::string& id) { return KnowsWard(directory, id, ward); })) {
    return UnknownWard(directory, frameworks, ward);
  }
  return absl::OkStatus();
}

// The numbers of an authority's packages in some states, ascending: a merge of one scan for each
// state, read in short stretches.
class WaitingNumbers {
 public:
  WaitingNumbers(const storage::View& view, const std::string& authority_id,
                 const std::set<v1::PackageState>& states, uint64_t after)
      : view_(view) {
    for (v1::PackageState state : states) {
      Lane lane;
      lane.prefix = engine::PackageStatePrefix(authority_id, state);
      lane.from = engine::PackageStateKey(authority_id, state, after + 1);
      lanes_.push_back(std::move(lane));
    }
  }

  std::optional<uint64_t> Next() {
    Lane* first = nullptr;
    for (Lane& lane : lanes_) {
      Refill(&lane);
      if (!lane.numbers.empty() &&
          (first == nullptr || lane.numbers.front() < first->numbers.front()))
        first = &lane;
    }
    if (first == nullptr) return std::nullopt;
    uint64_t number = first->numbers.front();
    first->numbers.pop_front();
    return number;
  }

 private:
  static constexpr size_t kStretch = 256;
  struct Lane {
    std::string prefix;
    std::string from;
    std::deque<uint64_t> numbers;
    bool ended = false;
  };

  void Refill(Lane* lane) {
    if (!lane->numbers.empty() || lane->ended) return;
    std::string last;
    view_.Scan(Table::kPackagesByState, lane->prefix, lane->from,
               [&](absl::string_view key, absl::string_view) {
                 lane->numbers.push_back(engine::TrailingNumber(key));
                 last = std::string(key);
                 return lane->numbers.size() < kStretch;
               });
    lane->ended = lane->numbers.size() < kStretch;
    if (!last.empty()) lane->from = last + '\0';
  }

  const storage::View& view_;
  std::vector<Lane> lanes_;
};

std::set<v1::PackageState> StatesOf(const v1::ListPackagesRequest& request) {
  if (request.over_limit()) return {engine::kOverLimit};
  if (request.pause_too_long()) return {v1::PACKAGE_STATE_PAUSED};
  std::set<v1::PackageState> states;
  for (int state : request.states()) {
    if (state != v1::PACKAGE_STATE_UNSPECIFIED) states.insert(static_cast<v1::PackageState>(state));
  }
  if (!states.empty()) return states;
  for (int state = v1::PackageState_MIN + 1; state <= v1::PackageState_MAX; ++state) {
    states.insert(static_cast<v1::PackageState>(state));
  }
  return states;
}

// Whether care rests longer than the framework has it.
bool IsPausedTooLong(const engine::Directory& directory, const PackageRow& row, absl::Time now) {
  return row.state() == v1::PACKAGE_STATE_PAUSED &&
         Today(directory, row.framework_id(), now) > row.pause().longest_until_date();
}

bool Matches(const v1::ListPackagesRequest& request, const engine::Directory& directory,
             const PackageRow& row, absl::Time now) {
  auto is = [](const std::string& wanted, const std::string& value) {
    return wanted.empty() || wanted == value;
  };
  if (!is(request.framework_id(), row.framework_id()) ||
      !is(request.lot_id(), engine::IssueLotOf(row)) || !is(request.ward_code(), row.ward_code()) ||
      (request.awaits_award() && !row.awaits_award()) ||
      (request.pause_too_long() && !IsPausedTooLong(directory, row, now))) {
    return false;
  }
  const auto& states = request.states();
  if ((request.over_limit() || request.pause_too_long()) && !states.empty() &&
      std::find(states.begin(), states.end(), row.state()) == states.end()) {
    return false;
  }
  if (!request.has_minimum_age()) return true;
  const absl::Duration age = absl::Seconds(request.minimum_age().seconds()) +
                             absl::Nanoseconds(request.minimum_age().nanos());
  return absl::FromUnixMicros(row.submitted_time_us()) <= now - age;
}

// Of what is kept of a package, a list needs little: its row, its texts and the awarded offer.
absl::StatusOr<v1::Package> ListedPackage(const storage::View& view, PackageRow row) {
  engine::PackageAggregate package;
  auto texts = storage::ReadTexts(view, row.number());
  if (!texts.ok()) return texts.status();
  package.texts = *std::move(texts);
  package.row = std::move(row);
  if (!package.row.has_award()) return engine::ToListedPackage(package, nullptr);
  auto awarded =
      storage::ReadIndexedOffer(view, package.row.number(), package.row.award().offer_ordinal());
  if (!awarded.ok()) return awarded.status();
  return engine::ToListedPackage(package, &*awarded);
}

// Of a package that waits and follows another: until when the person has care.
void AddCareGap(const Backend& backend, const CallContext& context, const storage::View& view,
                v1::Package* package) {
  const auto before = engine::ParsePackageId(package->predecessor_package_id());
  if (!WaitsForSomebody(package->state()) || !before) return;
  const auto value = view.Get(engine::Table::kPackages, engine::PackageKey(before->number));
  PackageRow row;
  if (!value.has_value() || !row.ParseFromString(*value)) return;
  if (engine::Runs(row.state()) && !engine::IsUnderNotice(row)) return;
  v1::CareGap& gap = *package->mutable_care_gap();
  const auto until = engine::ParseDate(package->care_until_date());
  const engine::DateNumber today =
      Today(context.published->directory, package->framework_id(), backend.clock->Now());
  if (!until || *until < today) {
    gap.set_no_care_now(true);
    gap.set_words("no care now, and nobody has it");
    return;
  }
  const auto days = engine::FromDateNumber(*until) - engine::FromDateNumber(today);
  gap.set_days_left(static_cast<int32_t>(days));
  gap.set_words(days == 0 ? "care ends today, nobody has it"
                          : absl::StrCat("care ends in ", days, days == 1 ? " day" : " days",
                                         ", nobody has it"));
}

// Until when care navigation may undo the package's last step.
void AddUndoUntil(const engine::Directory& directory, v1::Package* package) {
  if (!package->has_last_step()) return;
  const int64_t recorded_us = engine::FromTimestamp(package->last_step().record_time());
  const absl::Time until = engine::UndoUntil(absl::FromUnixMicros(recorded_us),
                                             ZoneOf(directory, package->framework_id()),
                                             directory.HolidaysOf(package->framework_id()));
  *package->mutable_last_step()->mutable_undo_until_time() =
      engine::ToTimestamp(absl::ToUnixMicros(until));
}

}  // namespace

absl::StatusOr<v1::GetPackageResponse> GetPackage(const Backend& backend,
                                                  const CallContext& context,
                                                  const v1::GetPackageRequest& request) {
  if (request.package_id().empty()) {
    return engine::Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "package_id", "", "a package's id");
  }
  auto id = engine::ParsePackageId(request.package_id());
  if (!id) return NotFound(request.package_id());
  auto view = backend.store->Read();
  auto package = FindPackage(*view, id->number);
  if (!package.ok()) return package.status();
  if (*package == nullptr || (*package)->row.year() != id->year ||
      !engine::MaySeePackage(context.caller, (*package)->row)) {
    return NotFound(request.package_id());
  }
  v1::GetPackageResponse response;
  *response.mutable_package() =
      engine::ToPackage(**package, engine::Detail::kFull, context.published->directory);
  AddCareGap(backend, context, *view, response.mutable_package());
  if (IsPausedTooLong(context.published->directory, (*package)->row, backend.clock->Now())) {
    response.mutable_package()->mutable_pause()->set_too_long(true);
  }
  AddUndoUntil(context.published->directory, response.mutable_package());
  return response;
}

absl::StatusOr<v1::ListPackagesResponse> ListPackages(const Backend& backend,
                                                      const CallContext& context,
                                                      const v1::ListPackagesRequest& request) {
  auto size = PageSizeOf(request);
  if (!size.ok()) return size.status();
  auto position = PositionOf(request, context.caller);
  if (!position.ok()) return position.status();

  absl::Status filter = CheckFilter(request, context.caller, context.published->directory);
  if (!filter.ok()) return filter;

  auto view = backend.store->Read();
  uint64_t last = DecodeNumber(*position);
  WaitingNumbers numbers(*view, context.caller.authority_id, StatesOf(request), last);
  const absl::Time now = backend.clock->Now();
  v1::ListPackagesResponse response;
  for (int examined = 0;; ++examined) {
    std::optional<uint64_t> number = numbers.Next();
    if (!view->status().ok()) return view->status();
    if (!number) return response;
    if (response.packages_size() == *size || examined == kRowsExaminedMax) {
      response.set_next_page_token(MakePageToken(request, context.caller, EncodeNumber(last)));
      return response;
    }
    last = *number;
    auto row = storage::ReadIndexedPackage(*view, *number);
    if (!row.ok()) return row.status();
    if (!Matches(request, context.published->directory, *row, now) ||
        !engine::MaySeePackage(context.caller, *row))
      continue;
    const bool too_long = IsPausedTooLong(context.published->directory, *row, now);
    auto listed = ListedPackage(*view, *std::move(row));
    if (!listed.ok()) return listed.status();
    if (too_long) listed->mutable_pause()->set_too_long(true);
    AddCareGap(backend, context, *view, &*listed);
    *response.add_packages() = *std::move(listed);
  }
}

}  // namespace brokerage::services::rpc
