// Durable state: the journal, the rows, the texts and the outcomes of requests, in one place,
// written in one batch.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "brokerage/journal/v1/record.pb.h"
#include "engine/model/tables.h"
#include "storage/journal.h"

namespace brokerage::storage {

// What became of a request, kept for limits::kOutcomeDays.
struct RequestOutcome {
  std::string account_id;
  std::string request_id;
  std::string content_hash;  // of the request, 32 bytes
  std::string reply;         // the serialised response
  int64_t time_us = 0;
};

// Everything that one group of commands changes. All of it is durable, or none.
struct Batch {
  std::vector<std::string> records;      // serialised Records; sequences follow the head
  std::vector<engine::RowWrite> writes;  // later ones win; texts are among them
  std::vector<RequestOutcome> outcomes;
};

// A consistent view of what is durable. Any thread; cheap to make, keep it for one answer only.
class View {
 public:
  virtual ~View() = default;
  virtual std::optional<std::string> Get(engine::Table table, absl::string_view key) const = 0;
  // Rows whose key has the prefix and is not less than `from` (empty: from the prefix's first), in
  // key order, until fn returns false.
  virtual void Scan(
      engine::Table table, absl::string_view prefix, absl::string_view from,
      absl::FunctionRef<bool(absl::string_view key, absl::string_view value)> fn) const = 0;
  // Journal entries from the sequence on, in order, until fn returns false.
  virtual absl::Status Tail(uint64_t from,
                            absl::FunctionRef<bool(const journal::v1::JournalEntry&)> fn) const = 0;
  virtual Head head() const = 0;
  // The first error of reading, by this view or its store: what Get and Scan found may then be less
  // than what is there. An answer made of several reads is good only if this is OK afterwards. The
  // store refuses to append after it, which ends the process.
  virtual absl::Status status() const { return absl::OkStatus(); }
};

// Where a postcode is: reference data, beside the journal and in no digest.
struct PostcodePlace {
  std::string key;  // engine::PostcodeKey
  std::string ward_code;
  int32_t easting = 0;  // metres on the British National Grid; 0 if not known
  int32_t northing = 0;
  friend bool operator==(const PostcodePlace&, const PostcodePlace&) = default;
};

// A moment at which the server ran, and how long its machine had run by then since which start.
struct SignOfLife {
  absl::Time time = absl::InfinitePast();  // InfinitePast: never
  std::string boot = {};                   // empty: not known
  absl::Duration uptime = {};
};

// One writer, many readers. Implemented by RocksDB and, for tests, in memory.
class Store {
 public:
  virtual ~Store() = default;
  // Makes the batch durable: returns after one sync. Any error leaves the state of the log unknown:
  // the caller must end the process. REQUIRES: one thread; `expected` is the head it follows. A
  // batch of another epoch is refused (FAILED_PRECONDITION).
  virtual absl::Status Append(uint64_t epoch, const Head& expected, const Batch& batch) = 0;
  virtual std::unique_ptr<View> Read() const = 0;
  // Empty for a request that was never answered. DATA_LOSS where that cannot be found out: a failed
  // read is never "not known", and leaves the store as it is.
  virtual absl::StatusOr<std::optional<RequestOutcome>> FindOutcome(
      absl::string_view account_id, absl::string_view request_id) const = 0;
  // Deletes outcomes older than the time.
  virtual absl::Status PurgeOutcomes(absl::Time before) = 0;
  // The epoch of this opening.
  virtual uint64_t epoch() const = 0;
  // The last moment at which the server is known to have run; written now and then, without a sync.
  virtual SignOfLife LastAlive() const = 0;
  virtual absl::Status SetLastAlive(const SignOfLife& sign) = 0;
  // Notes the head apart from the journal, durably: an opening that finds the journal to end before
  // it is refused. REQUIRES: the appending thread.
  virtual absl::Status NoteHead() = 0;

  // Takes in places; those of the same key are replaced. Seen at once, durable after SyncPostcodes:
  // an import that is cut short is done again. Any thread, beside the appending one.
  virtual absl::Status PutPostcodes(const std::vector<PostcodePlace>& places) = 0;
  virtual absl::Status SyncPostcodes() = 0;
  // Any thread.
  virtual std::optional<PostcodePlace> FindPostcode(absl::string_view key) const = 0;
};

}  // namespace brokerage::storage
