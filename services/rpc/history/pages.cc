#include "services/rpc/history/pages.h"

#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/base/ids.h"
#include "engine/base/rejection.h"
#include "engine/model/fact_keys.h"
#include "engine/model/visibility.h"
#include "engine/views/history.h"
#include "engine/views/package_view.h"
#include "services/rpc/page_token.h"
#include "services/rpc/rows.h"
#include "services/rpc/scope.h"

namespace brokerage::services::rpc {

namespace {

using engine::Caller;
using engine::HistoryScope;
using engine::HistorySubject;

// How many records one call reads at most.
constexpr int kRecordsExaminedMax = 2000;

absl::Status NotFound(absl::string_view field, absl::string_view id) {
  return engine::Reject(v1::REJECTION_REASON_NOT_FOUND, field, id, "one that the caller may see");
}

bool MaySeeAnyOf(const Caller& caller, const engine::PackageAggregate& package) {
  if (engine::MaySeePackage(caller, package.row)) return true;
  for (const journal::v1::OfferRow& offer : package.offers) {
    if (engine::MaySeeOffer(caller, package.row, offer)) return true;
  }
  return false;
}

absl::StatusOr<HistorySubject> SubjectOf(const storage::View& view, const CallContext& context,
                                         const v1::ListHistoryRequest& request) {
  const std::string& branch_id = request.branch_id();
  if (!branch_id.empty()) {
    // A branch that the files no longer have keeps its history.
    const journal::v1::DirectoryFact* branch =
        context.published->directory.Fact(engine::BranchKey(branch_id));
    if (branch == nullptr || !MayRead(context.caller, branch->branch().provider_id(), branch_id)) {
      return NotFound("branch_id", branch_id);
    }
  }
  if (!request.package_id().empty()) {
    auto id = engine::ParsePackageId(request.package_id());
    if (!id) return NotFound("package_id", request.package_id());
    auto package = FindPackage(view, id->number);
    if (!package.ok()) return package.status();
    if (*package == nullptr || (*package)->row.year() != id->year ||
        !MaySeeAnyOf(context.caller, **package)) {
      return NotFound("package_id", request.package_id());
    }
    return HistorySubject{HistoryScope::kPackage, engine::PackageKey(id->number)};
  }
  if (!branch_id.empty()) return HistorySubject{HistoryScope::kBranch, branch_id};
  return rpc::SubjectOf(context.caller);
}

// Where a page ended: at this record, so many of its events told.
struct Place {
  uint64_t sequence = 0;
  size_t told = 0;
};

Place PlaceOf(absl::string_view position) {
  Place place;
  std::vector<absl::string_view> parts = absl::StrSplit(position, '.');
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &place.sequence) ||
      !absl::SimpleAtoi(parts[1], &place.told)) {
    return {};
  }
  return place;
}

// One page while it is being filled.
class Page {
 public:
  Page(const storage::View& view, const CallContext& context, const v1::ListHistoryRequest& request,
       int size)
      : packages_(view), view_(view), context_(context), request_(request), size_(size) {}

  // Adds the record's events from `told` on; false when the page ends here.
  bool Add(uint64_t sequence, size_t told) {
    if (++examined_ > kRecordsExaminedMax) return End({sequence, told});
    auto record = ReadRecord(view_, sequence);
    if (!record.ok()) {
      status_ = record.status();
      return false;
    }
    auto events = engine::ToHistory(
        *record, sequence, context_.caller,
        [this](uint64_t number) { return packages_.Find(number); }, context_.published->directory);
    for (size_t i = told; i < events.size(); ++i) {
      if (!request_.branch_id().empty() && events[i].branch_id() != request_.branch_id()) continue;
      if (!request_.package_id().empty() && events[i].package_id() != request_.package_id())
        continue;
      if (response_.events_size() == size_) return End({sequence, i});
      *response_.add_events() = std::move(events[i]);
    }
    status_.Update(packages_.status());
    return status_.ok();
  }

  absl::StatusOr<v1::ListHistoryResponse> Take() {
    if (!status_.ok()) return status_;
    return std::move(response_);
  }

 private:
  bool End(Place next) {
    const std::string position = absl::StrCat(next.sequence, ".", next.told);
    response_.set_next_page_token(MakePageToken(request_, context_.caller, position));
    return false;
  }

  PackageReader packages_;
  const storage::View& view_;
  const CallContext& context_;
  const v1::ListHistoryRequest& request_;
  const int size_;
  int examined_ = 0;
  v1::ListHistoryResponse response_;
  absl::Status status_;
};

}  // namespace

absl::StatusOr<v1::ListHistoryResponse> ListHistory(const Backend& backend,
                                                    const CallContext& context,
                                                    const v1::ListHistoryRequest& request) {
  auto size = PageSizeOf(request);
  if (!size.ok()) return size.status();
  auto position = PositionOf(request, context.caller);
  if (!position.ok()) return position.status();
  auto view = backend.store->Read();
  auto subject = SubjectOf(*view, context, request);
  if (!subject.ok()) return subject.status();

  const Place from = PlaceOf(*position);
  Page page(*view, context, request, *size);
  view->Scan(engine::Table::kHistory, engine::HistoryPrefix(subject->scope, subject->id),
             engine::HistoryKey(subject->scope, subject->id, from.sequence),
             [&](absl::string_view key, absl::string_view) {
               const uint64_t sequence = engine::TrailingNumber(key);
               return page.Add(sequence, sequence == from.sequence ? from.told : 0);
             });
  if (!view->status().ok()) return view->status();
  return page.Take();
}

}  // namespace brokerage::services::rpc
