#include "engine/views/history_index.h"

#include <set>

#include "engine/model/facts.h"
#include "engine/views/offer_events.h"

namespace brokerage::engine {

namespace {

using journal::v1::DirectoryFact;
using journal::v1::Fact;
using journal::v1::OfferRow;
using Subjects = std::set<HistorySubject>;
using PackageFinder = std::function<const PackageAggregate*(uint64_t)>;

void Add(HistoryScope scope, const std::string& id, Subjects* subjects) {
  if (!id.empty()) subjects->insert({scope, id});
}

void AddOwners(const OfferRow& offer, Subjects* subjects) {
  Add(HistoryScope::kBranch, offer.branch_id(), subjects);
  Add(HistoryScope::kProvider, offer.provider_id(), subjects);
}

void AddPackage(const journal::v1::PackageRow& row, Subjects* subjects) {
  Add(HistoryScope::kPackage, PackageKey(row.number()), subjects);
  Add(HistoryScope::kAuthority, row.authority_id(), subjects);
}

void AddPackageFact(const Fact& fact, int64_t time_us, const PackageFinder& find,
                    Subjects* subjects) {
  uint64_t number = PackageNumberOf(fact);
  Add(HistoryScope::kPackage, PackageKey(number), subjects);
  if (fact.has_package_submitted()) {
    const journal::v1::PackageRow& row = fact.package_submitted().package();
    AddPackage(row, subjects);
    if (row.predecessor_number() != 0) {
      Add(HistoryScope::kPackage, PackageKey(row.predecessor_number()), subjects);
    }
  }
  if (fact.has_package_handed_back() && fact.package_handed_back().has_successor()) {
    AddPackage(fact.package_handed_back().successor(), subjects);
  }
  const PackageAggregate* package = find(number);
  if (!package) return;
  AddPackage(package->row, subjects);
  for (const OfferEvent& event : OfferEventsOf(fact, time_us, *package)) {
    Add(HistoryScope::kBranch, std::string(event.branch_id), subjects);
    Add(HistoryScope::kProvider, event.offer->provider_id(), subjects);
  }
  if (fact.has_round_due()) {  // every offer of the round is settled by it
    for (const OfferRow& offer : package->offers) {
      if (offer.round_number() == fact.round_due().round_number()) AddOwners(offer, subjects);
    }
  }
}

void AddValue(const v1::Provider& provider, Subjects* subjects) {
  Add(HistoryScope::kProvider, provider.id(), subjects);
}

void AddValue(const v1::Branch& branch, Subjects* subjects) {
  Add(HistoryScope::kBranch, branch.id(), subjects);
  Add(HistoryScope::kProvider, branch.provider_id(), subjects);
}

void AddValue(const v1::CoverageProposal& proposal, Subjects* subjects) {
  Add(HistoryScope::kBranch, proposal.coverage().branch_id(), subjects);
}

void AddValue(const OneOf<v1::Coverage, v1::OptOutWindow, v1::Capacity> auto& value,
              Subjects* subjects) {
  Add(HistoryScope::kBranch, value.branch_id(), subjects);
}

void AddValue(const OneOf<v1::Contract, v1::Suspension> auto& value, Subjects* subjects) {
  Add(HistoryScope::kProvider, value.provider_id(), subjects);
}

void AddValue(const v1::Novation& novation, Subjects* subjects) {
  Add(HistoryScope::kProvider, novation.new_provider_id(), subjects);
}

// In everybody's history only.
void AddValue(const OneOf<v1::Ward, v1::Lot, journal::v1::LotWard, v1::Holiday, v1::Transfer,
                          UnknownValue> auto& value,
              Subjects* subjects) {}

void AddDirectoryFact(const DirectoryFact& fact, Subjects* subjects) {
  VisitDirectoryFact(fact, [subjects](const auto& value) { AddValue(value, subjects); });
}

}  // namespace

std::vector<HistorySubject> SubjectsOf(const journal::v1::Record& record,
                                       const PackageFinder& package) {
  Subjects subjects;
  for (const Fact& fact : record.facts()) {
    if (PackageNumberOf(fact) == 0 || fact.has_deadline_extended()) {
      subjects.insert({HistoryScope::kAll, ""});
    }
    if (PackageNumberOf(fact) != 0) {
      AddPackageFact(fact, record.time_us(), package, &subjects);
    } else if (fact.has_directory_changed()) {
      for (const DirectoryFact& one : fact.directory_changed().facts())
        AddDirectoryFact(one, &subjects);
    }
  }
  return {subjects.begin(), subjects.end()};
}

}  // namespace brokerage::engine
