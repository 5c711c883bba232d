#include "services/rpc/package/watch.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/base/rejection.h"
#include "engine/figures/performance.h"
#include "engine/figures/query.h"
#include "engine/model/facts.h"
#include "engine/model/visibility.h"
#include "engine/views/history_index.h"
#include "engine/views/offer_event_words.h"
#include "engine/views/offer_events.h"
#include "engine/views/offer_view.h"
#include "engine/views/package_view.h"
#include "services/rpc/package/shown_offer.h"
#include "services/rpc/rows.h"
#include "services/rpc/scope.h"

namespace brokerage::services::rpc {

namespace {

using engine::HistorySubject;
using engine::PackageAggregate;

// How many records one Read looks at before it lets others go first.
constexpr int kRecordsPerRead = 100;

// Everything before `sequence` was told, and of that record the first `told` messages.
struct Cursor {
  uint64_t sequence = 1;
  size_t told = 0;
};

std::string AfterRecord(uint64_t sequence) { return absl::StrCat(sequence); }

// Plain decimal digits only, so that there is one spelling.
bool ParseNumber(absl::string_view text, uint64_t* number) {
  return absl::SimpleAtoi(text, number) && absl::StrCat(*number) == text;
}

absl::StatusOr<Cursor> ParseCursor(const std::string& text, uint64_t head) {
  if (text.empty()) return Cursor{head + 1, 0};
  std::vector<absl::string_view> parts = absl::StrSplit(text, '.');
  uint64_t sequence = 0;
  uint64_t told = 0;
  const bool number = parts.size() <= 2 && ParseNumber(parts[0], &sequence) && sequence <= head;
  if (number && parts.size() == 1) return Cursor{sequence + 1, 0};
  if (number && ParseNumber(parts[1], &told) && told > 0)
    return Cursor{sequence, static_cast<size_t>(told)};
  return engine::Reject(v1::REJECTION_REASON_FIELD_INVALID, "cursor", text,
                        "a cursor that this stream gave, or nothing");
}

// What both streams share. A subclass says what a record tells: one or more messages, or none.
class FollowingStream : public Stream {
 public:
  FollowingStream(const Backend& backend, const CallContext& context, Cursor cursor)
      : backend_(backend),
        caller_(context.caller),
        subject_(SubjectOf(context.caller)),
        cursor_(cursor) {}

  absl::StatusOr<Next> Read(google::protobuf::Message* message) final {
    auto view = backend_.store->Read();
    for (int records = 0; records < kRecordsPerRead; ++records) {
      std::optional<uint64_t> sequence = NextRecord(*view);
      if (!view->status().ok()) return view->status();
      if (!sequence) {
        seen_ = view->head().sequence;
        return Next::kWait;
      }
      if (*sequence != cursor_.sequence) cursor_ = {*sequence, 0};
      auto record = ReadRecord(*view, *sequence);
      if (!record.ok()) return record.status();
      PackageReader packages(*view);
      const bool told = Report(*record, &packages, message);
      if (!packages.status().ok()) return packages.status();
      if (told) return Next::kSend;
      cursor_ = {*sequence + 1, 0};
    }
    return Next::kAgain;
  }

  absl::Time Due(const storage::View& view) const final {
    return NextRecord(view) ? absl::InfinitePast() : absl::InfiniteFuture();
  }
  uint64_t seen() const final { return seen_; }

 protected:
  // Makes the next message of the record at cursor() and moves the cursor behind it; false when
  // there is none left.
  virtual bool Report(const journal::v1::Record& record, PackageReader* packages,
                      google::protobuf::Message* message) = 0;

  const Backend& backend() const { return backend_; }
  const engine::Caller& caller() const { return caller_; }
  const Cursor& cursor() const { return cursor_; }
  // Marks `told` messages of the record as told, of `all`; the cursor to send with the last of
  // them.
  std::string Advance(size_t told, size_t all) {
    const uint64_t sequence = cursor_.sequence;
    if (told < all) {
      cursor_.told = told;
      return absl::StrCat(sequence, ".", told);
    }
    cursor_ = {sequence + 1, 0};
    return AfterRecord(sequence);
  }

 private:
  std::optional<uint64_t> NextRecord(const storage::View& view) const {
    std::optional<uint64_t> sequence;
    view.Scan(engine::Table::kHistory, engine::HistoryPrefix(subject_.scope, subject_.id),
              engine::HistoryKey(subject_.scope, subject_.id, cursor_.sequence),
              [&](absl::string_view key, absl::string_view) {
                sequence = engine::TrailingNumber(key);
                return false;
              });
    return sequence;
  }

  const Backend& backend_;
  const engine::Caller caller_;
  const HistorySubject subject_;
  Cursor cursor_;
  uint64_t seen_ = 0;
};

// One message for each record: all of the caller's offers that it changed.
class OfferStream final : public FollowingStream {
 public:
  using FollowingStream::FollowingStream;

 protected:
  bool Report(const journal::v1::Record& record, PackageReader* packages,
              google::protobuf::Message* message) override {
    auto* response = static_cast<v1::WatchOffersResponse*>(message);
    const auto published = backend().sequencer->published();
    const engine::Directory& directory = published->directory;
    std::set<std::pair<uint64_t, int32_t>> told;
    for (const journal::v1::Fact& fact : record.facts()) {
      const uint64_t number = engine::PackageNumberOf(fact);
      auto package = number == 0 ? nullptr : packages->Find(number);
      if (package == nullptr) continue;
      for (const engine::OfferEvent& event :
           engine::OfferEventsOf(fact, record.time_us(), *package)) {
        const int32_t ordinal = event.offer->ordinal();
        if (!engine::MaySeeOfferEvent(caller(), package->row, event)) continue;
        if (ordinal < 1 || static_cast<size_t>(ordinal) > package->offers.size()) continue;
        for (v1::OfferChangeKind kind : engine::OfferChangesOf(event.kind)) {
          v1::OfferChange& change = *response->add_changes();
          change.set_offer_id(engine::OfferIdOf(package->row, ordinal));
          change.set_kind(kind);
          change.set_words(engine::OfferEventWords(event, fact, directory));
        }
        if (!told.emplace(number, ordinal).second) continue;
        const journal::v1::OfferRow& now = package->offers[ordinal - 1];
        *response->add_offers() =
            engine::MaySeeOffer(caller(), package->row, now)
                ? ShownOffer(directory, *package, now, caller(), backend().clock->Now())
                : engine::ToMovedOffer(*package, now, caller());
      }
    }
    if (response->offers().empty()) return false;
    response->set_cursor(Advance(1, 1));
    return true;
  }
};

// One message for each package that a record changed.
class PackageStream final : public FollowingStream {
 public:
  PackageStream(const Backend& backend, const CallContext& context, Cursor cursor,
                std::string framework_id)
      : FollowingStream(backend, context, cursor), framework_id_(std::move(framework_id)) {}

 protected:
  bool Report(const journal::v1::Record& record, PackageReader* packages,
              google::protobuf::Message* message) override {
    auto* response = static_cast<v1::WatchPackagesResponse*>(message);
    const std::vector<uint64_t> changed = ChangedPackages(record);
    for (size_t i = cursor().told; i < changed.size(); ++i) {
      auto package = packages->Find(changed[i]);
      if (package == nullptr || !engine::MaySeePackage(caller(), package->row)) continue;
      if (!framework_id_.empty() && package->row.framework_id() != framework_id_) continue;
      *response->mutable_package() = engine::ToPackage(*package, engine::Detail::kList,
                                                       backend().sequencer->published()->directory);
      response->set_cursor(Advance(i + 1, changed.size()));
      return true;
    }
    return false;
  }

 private:
  // In the order of the facts, each once: the same whenever it is asked, so that cursors hold.
  static std::vector<uint64_t> ChangedPackages(const journal::v1::Record& record) {
    std::vector<uint64_t> changed;
    auto add = [&changed](uint64_t number) {
      if (number != 0 && std::find(changed.begin(), changed.end(), number) == changed.end())
        changed.push_back(number);
    };
    for (const journal::v1::Fact& fact : record.facts()) {
      add(engine::PackageNumberOf(fact));
      add(fact.package_submitted().package().predecessor_number());
      if (fact.package_handed_back().has_successor())
        add(fact.package_handed_back().successor().number());
    }
    return changed;
  }

  const std::string framework_id_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Stream>> WatchOffers(const Backend& backend,
                                                    const CallContext& context,
                                                    const v1::WatchOffersRequest& request) {
  auto cursor = ParseCursor(request.cursor(), backend.store->Read()->head().sequence);
  if (!cursor.ok()) return cursor.status();
  return std::unique_ptr<Stream>(std::make_unique<OfferStream>(backend, context, *cursor));
}

absl::StatusOr<std::unique_ptr<Stream>> WatchPackages(const Backend& backend,
                                                      const CallContext& context,
                                                      const v1::WatchPackagesRequest& request) {
  if (!request.framework_id().empty()) {
    auto rules = engine::CheckFramework("", request.framework_id(), engine::ScopeOf(context.caller),
                                        context.published->directory);
    if (!rules.ok()) return rules.status();
  }
  auto cursor = ParseCursor(request.cursor(), backend.store->Read()->head().sequence);
  if (!cursor.ok()) return cursor.status();
  return std::unique_ptr<Stream>(
      std::make_unique<PackageStream>(backend, context, *cursor, request.framework_id()));
}

}  // namespace brokerage::services::rpc
