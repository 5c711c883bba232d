#include "engine/apply/indexes.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/award/acceptance_limits.h"
#include "engine/model/package.h"

namespace brokerage::engine {

namespace {

std::string PersonIndexKey(const PackageAggregate& package) {
  const std::string& reference = package.Text("person_reference");
  return reference.empty() ? "" : absl::StrCat(package.row.authority_id(), "\n", reference);
}

// A person's package is open for the check of duplicates until care runs or it has ended.
bool WaitsOrIsAwarded(v1::PackageState state) {
  return state == v1::PACKAGE_STATE_SUBMITTED || state == v1::PACKAGE_STATE_OFFERED ||
         state == v1::PACKAGE_STATE_UNFILLED || state == v1::PACKAGE_STATE_AWARDED;
}

// The limits under which acceptances of the package wait for the award.
std::set<std::string> LimitsThatDecide(const PackageAggregate& package) {
  std::set<std::string> keys;
  for (const journal::v1::OfferRow& offer : package.offers) {
    const v1::AcceptanceLimit* limit = LimitOf(offer);
    if (limit != nullptr && offer.state() == v1::OFFER_STATE_ACCEPTED) {
      keys.insert(LimitKey(offer.branch_id(), limit->name()));
    }
  }
  return keys;
}

// The last moment at which the acceptance proposed for award holds; 0 for always, and without one.
int64_t ProposalHoldsUntil(const PackageAggregate& package) {
  const int32_t proposed = package.row.awaits_award() ? package.row.proposed_ordinal() : 0;
  if (proposed == 0) return 0;
  const journal::v1::OfferRow& offer = package.offers[static_cast<size_t>(proposed - 1)];
  const journal::v1::AnswerRow* answer = LastAnswer(offer, Remarks::kSkip);
  return answer == nullptr ? 0 : answer->valid_until_us();
}

std::vector<AgendaEntry> AgendaOf(const PackageAggregate& package) {
  const journal::v1::PackageRow& row = package.row;
  std::vector<AgendaEntry> entries;
  AgendaEntry entry;
  entry.standard = row.urgency() != v1::URGENCY_URGENT;
  entry.waiting_since_us = row.submitted_time_us();
  entry.package_number = row.number();
  if (row.state() == v1::PACKAGE_STATE_SUBMITTED && row.release_due_us() != 0 && !row.held()) {
    entry.phase = AgendaEntry::kRelease;
    entry.due_us = row.release_due_us();
    entries.push_back(entry);
  }
  if (AwaitsLimit(row)) {
    entry.phase = AgendaEntry::kLimit;
    entry.due_us = row.limit_due_us();
    entries.push_back(entry);
  }
  if (row.needs_evaluation()) {
    entry.phase = AgendaEntry::kEvaluate;
    entry.due_us = 0;
    entries.push_back(entry);
  }
  if (const int64_t until = ProposalHoldsUntil(package); until != 0) {
    entry.phase = AgendaEntry::kEvaluate;
    entry.due_us = until + 1;
    entries.push_back(entry);
  }
  for (const journal::v1::RoundRow& round : row.rounds()) {
    if (round.settled()) continue;
    entry.phase = AgendaEntry::kRoundDue;
    entry.due_us = round.deadline_us();
    entry.round_number = round.number();
    entries.push_back(entry);
  }
  return entries;
}

void Leave(LookupMap<std::string, std::set<uint64_t>>* index, const std::string& key,
           uint64_t number) {
  if (index->Find(key) == nullptr) return;
  std::set<uint64_t>& numbers = (*index)[key];
  numbers.erase(number);
  if (numbers.empty()) index->Erase(key);
}

AgendaEntry AgendaEntryOf(const journal::v1::DirectoryFact& fact) {
  AgendaEntry entry;
  entry.phase = AgendaEntry::kContractChange;
  entry.due_us = fact.effective_time_us();
  entry.fact_key = fact.key();
  return entry;
}

}  // namespace

PackageIndexes IndexesOf(const PackageAggregate& package) {
  PackageIndexes indexes;
  indexes.is_there = true;
  indexes.open = IsOpenPackage(package.row);
  indexes.agenda = AgendaOf(package);
  if (WaitsOrIsAwarded(package.row.state())) indexes.person = PersonIndexKey(package);
  indexes.limits = LimitsThatDecide(package);
  return indexes;
}

void MovePackage(State* state, uint64_t number, const PackageIndexes& from,
                 const PackageIndexes& to) {
  // Mostly an answer changes none of them.
  if (from.agenda != to.agenda) {
    for (const AgendaEntry& entry : from.agenda) state->agenda.erase(entry);
    for (const AgendaEntry& entry : to.agenda) state->agenda.insert(entry);
  }
  if (from.is_there != to.is_there || from.open != to.open) {
    if (from.is_there) (from.open ? state->open_packages : state->closed_packages).erase(number);
    if (to.is_there) (to.open ? state->open_packages : state->closed_packages).insert(number);
  }
  if (from.person != to.person) {
    Leave(&state->open_by_person, from.person, number);
    if (!to.person.empty()) state->open_by_person[to.person].insert(number);
  }
  if (from.limits != to.limits) {
    for (const std::string& limit : from.limits) Leave(&state->waiting_by_limit, limit, number);
    for (const std::string& limit : to.limits) state->waiting_by_limit[limit].insert(number);
  }
}

void EnterFact(State* state, const journal::v1::DirectoryFact& fact) {
  if (fact.effective_time_us() != 0) state->agenda.insert(AgendaEntryOf(fact));
}

void LeaveFact(State* state, const journal::v1::DirectoryFact& fact) {
  if (fact.effective_time_us() != 0) state->agenda.erase(AgendaEntryOf(fact));
}

}  // namespace brokerage::engine
