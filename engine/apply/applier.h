// Apply: the only mutator of state. It decides nothing: everything it needs is in the record.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "brokerage/journal/v1/record.pb.h"
#include "engine/figures/tally.h"
#include "engine/model/package.h"
#include "engine/model/state.h"
#include "engine/model/tables.h"

namespace brokerage::engine {

// Applies one record: construct, Run once. What each kind of fact does stands in package_facts,
// offer_facts and directory_facts, a function Apply(Applier&, fact) for each kind; they change
// packages, offers, limits and the system's row by the functions below only, so that roll-ups,
// indexes and what is yet to be written (rows.h) follow of themselves.
class Applier {
 public:
  Applier(State* state, const journal::v1::Record& record, uint64_t sequence,
          const std::vector<journal::v1::TextRow>& texts)
      : state_(*state), record_(record), sequence_(sequence), texts_(texts) {}

  void Run();

  State& state() { return state_; }
  const journal::v1::Record& record() const { return record_; }
  uint64_t sequence() const { return sequence_; }

  // The package, ready to be changed; the indexes follow when Run ends. REQUIRES: it is in memory.
  PackageAggregate& Touch(uint64_t number);
  // Whether a fact of this record did so already.
  bool IsTouched(uint64_t number) const { return touched_.contains(number); }
  // The same, when its row changes and not only an offer: out of the roll-up of packages, too.
  journal::v1::PackageRow& Change(uint64_t number);
  // Replaces the package's row, with what it is counted for. REQUIRES: nothing else of this record
  // changes it.
  void Replace(const journal::v1::PackageRow& row);
  // REQUIRES, all: the package was touched.
  // Anything but its branch.
  void ChangeOffer(PackageAggregate& package, int32_t ordinal,
                   absl::FunctionRef<void(journal::v1::OfferRow&)> change);
  void MoveOffer(PackageAggregate& package, int32_t ordinal, const std::string& branch_id);
  void AddOffer(PackageAggregate& package, const journal::v1::OfferRow& offer);
  // Notes that a package's rounds must be looked at, if that can bring anything.
  void NoteEvaluation(PackageAggregate& package);
  // Changes the roll-up of the limit under which the offer was accepted, if any; packages whose
  // acceptances pass or fail by it now, and did not before, are looked at again.
  void ChangeLimit(const journal::v1::OfferRow& accepted,
                   absl::FunctionRef<void(journal::v1::RollupRow*)> change);
  // Takes a new package in. REQUIRES: no package has its number.
  void Insert(const journal::v1::PackageRow& row);
  // The system's row, to be changed.
  journal::v1::SystemRow& ChangeSystem();

  // Takes the text of that name away, if there is one, and what is found by it.
  void DropText(PackageAggregate& package, absl::string_view name);
  // Writes a row of a table that nothing above writes.
  void Put(Table table, std::string key, std::string value);
  void Delete(Table table, std::string key);

 private:
  // What a package was before the record, so that roll-ups can follow.
  struct Before {
    bool row_changed = false;
    v1::PackageState state = v1::PACKAGE_STATE_UNSPECIFIED;  // with row_changed
    PackageTally tally;                                      // likewise
    UnwrittenPackage* unwritten = nullptr;
  };

  journal::v1::OfferRow& ChangedOffer(PackageAggregate& package, int32_t ordinal);
  void Settle(uint64_t number, const Before& before);
  // Those to which packages of this record are linked are looked at again, where their framework's
  // award asks for that.
  void NoteLinked();
  void WriteHistory();

  State& state_;
  const journal::v1::Record& record_;
  const uint64_t sequence_;
  const std::vector<journal::v1::TextRow>& texts_;
  std::map<uint64_t, Before> touched_;
};

}  // namespace brokerage::engine
