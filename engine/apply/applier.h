// Apply: the only mutator of state. It decides nothing: everything it needs is in the record.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "brokerage/journal/v1/record.pb.h"
#include "engine/model/state.h"
#include "engine/model/tables.h"

namespace brokerage::engine {

// Puts a package into memory, with its agenda, or takes it off the agenda before a change.
void EnterPackage(State* state, uint64_t number);
void LeavePackage(State* state, uint64_t number);
// Puts the agenda entry of a directory fact in, if its effect is still to come.
void EnterFact(State* state, const journal::v1::DirectoryFact& fact);

// Applies one record: construct, Run once.
class Applier {
 public:
  Applier(State* state, const journal::v1::Record& record, uint64_t sequence,
          const std::vector<journal::v1::TextRow>& texts, std::vector<RowWrite>* writes)
      : state_(*state), record_(record), sequence_(sequence), texts_(texts), writes_(*writes) {}

  void Run();

 private:
  // What a package was before the record, so that indexes and roll-ups can follow.
  struct Before {
    bool existed = false;
    bool open = false;
    bool over_limit = false;
    v1::PackageState state = v1::PACKAGE_STATE_UNSPECIFIED;
    bool row_changed = false;
    int32_t offers = 0;
  };

  // The package, ready to be changed: off the agenda until Run ends.
  PackageAggregate& Touch(uint64_t number);
  // The same, when its row changes and not only an offer: out of the roll-up of packages, too.
  journal::v1::PackageRow& Change(uint64_t number);
  void ChangeOffer(PackageAggregate& package, int32_t ordinal,
                   const std::function<void(journal::v1::OfferRow&)>& change);
  void AddOffer(PackageAggregate& package, const journal::v1::OfferRow& offer);
  void CloseOpenOffers(PackageAggregate& package, v1::CloseCause cause);
  void VoidAcceptances(PackageAggregate& package);
  void VoidOffers(PackageAggregate& package,
                  const google::protobuf::RepeatedPtrField<journal::v1::VoidedOffer>& voided);
  void CloseRounds(journal::v1::PackageRow& row);
  // Notes that a package's rounds must be looked at, if that can bring anything.
  void NoteEvaluation(PackageAggregate& package);
  void LookAgainAtOffersOf(const journal::v1::DirectoryChanged& fact);
  // Changes the roll-up of the limit under which the offer was accepted, if any; packages whose
  // acceptances pass or fail by it now, and did not before, are looked at again.
  void ChangeLimit(const journal::v1::OfferRow& accepted,
                   const std::function<void(journal::v1::RollupRow*)>& change);
  void CountUnderLimit(const PackageAggregate& package, const journal::v1::OfferRow& winner,
                       int64_t sign);

  void Insert(const journal::v1::PackageRow& row);
  void Do(const journal::v1::Fact& fact);
  void On(const journal::v1::FrameworkApplied& fact);
  void On(const journal::v1::DirectoryChanged& fact);
  void On(const journal::v1::PackageSubmitted& fact);
  void On(const journal::v1::PackageReleased& fact);
  void On(const journal::v1::PackageHeld& fact);
  void On(const journal::v1::RoundOpened& fact);
  void On(const journal::v1::OfferAnswered& fact);
  void On(const journal::v1::RoundDue& fact);
  void On(const journal::v1::RoundClosed& fact);
  void On(const journal::v1::RoundEvaluated& fact);
  void On(const journal::v1::AwardProposed& fact);
  void On(const journal::v1::PackageAwarded& fact);
  void On(const journal::v1::PackageUnfilled& fact);
  void On(const journal::v1::PackageReissued& fact);
  void On(const journal::v1::PackageCancelled& fact);
  void On(const journal::v1::PackageStarted& fact);
  void On(const journal::v1::PackageReturned& fact);
  void On(const journal::v1::PackageHandedBack& fact);
  void On(const journal::v1::PackageCeased& fact);
  void On(const journal::v1::OffersClosed& fact);
  void On(const journal::v1::ErrorClaimed& fact);
  void On(const journal::v1::ErrorDecided& fact);
  void On(const journal::v1::OfferMoved& fact);
  void On(const journal::v1::DeadlineExtended& fact);
  void On(const journal::v1::TextsErased& fact);
  void On(const journal::v1::AccountChanged& fact);
  void On(const journal::v1::ClockJudged& fact);
  void On(const journal::v1::LimitPassed& fact);
  void On(const journal::v1::RoundsPassedOver& fact);

  void WritePackage(uint64_t number, const Before& before);
  void WriteHistory();
  void Put(Table table, std::string key, std::string value);
  void Delete(Table table, std::string key);

  State& state_;
  const journal::v1::Record& record_;
  const uint64_t sequence_;
  const std::vector<journal::v1::TextRow>& texts_;
  std::vector<RowWrite>& writes_;
  std::map<uint64_t, Before> touched_;
  std::set<std::pair<uint64_t, int32_t>> changed_offers_;
  bool system_changed_ = false;
};

}  // namespace brokerage::engine
