#include "engine/apply/indexes.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/award/acceptance_limits.h"
#include "engine/model/package.h"
#include "engine/model/tables.h"

namespace brokerage::engine {

namespace {

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
  const bool goes_on = !IsStopped(row);
  if (row.state() == v1::PACKAGE_STATE_SUBMITTED && row.release_due_us() != 0 && !row.held() &&
      goes_on) {
    entry.phase = AgendaEntry::kRelease;
    entry.due_us = row.release_due_us();
    entries.push_back(entry);
  }
  if (AwaitsLimit(row)) {
    entry.phase = AgendaEntry::kLimit;
    entry.due_us = row.limit_due_us();
    entries.push_back(entry);
  }
  if (IsUnderNotice(row)) {
    entry.phase = AgendaEntry::kNoticeEnds;
    entry.due_us = row.notice().due_us();
    entries.push_back(entry);
  }
  if (const journal::v1::OfferRow* asked = AskedOf(package)) {
    entry.phase = AgendaEntry::kAskedDue;
    entry.due_us = asked->deadline_us();
    entries.push_back(entry);
  }
  if (row.needs_evaluation() && goes_on) {
    entry.phase = AgendaEntry::kEvaluate;
    entry.due_us = 0;
    entries.push_back(entry);
  }
  if (const int64_t until = ProposalHoldsUntil(package); until != 0 && goes_on) {
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

void IndexPackage(State* state, PackageAggregate* package) {
  PackageIndexes& was = package->found_by;
  const uint64_t number = package->row.number();
  std::vector<AgendaEntry> agenda = AgendaOf(*package);
  if (was.agenda != agenda) {
    for (const AgendaEntry& entry : was.agenda) state->agenda.erase(entry);
    for (const AgendaEntry& entry : agenda) state->agenda.insert(entry);
    was.agenda = std::move(agenda);
  }
  const bool open = IsOpenPackage(package->row);
  if (!was.is_there || was.open != open) {
    if (was.is_there) (was.open ? state->open_packages : state->closed_packages).erase(number);
    (open ? state->open_packages : state->closed_packages).insert(number);
    was.is_there = true;
    was.open = open;
  }
  const absl::string_view person = package->Text("person_reference");
  if (was.person_reference != person) {
    const std::string& authority = package->row.authority_id();
    if (!was.person_reference.empty()) {
      Leave(&state->by_person, PersonPrefix(authority, was.person_reference), number);
    }
    if (!person.empty()) state->by_person[PersonPrefix(authority, person)].insert(number);
    was.person_reference = std::string(person);
  }
  std::set<std::string> limits = LimitsThatDecide(*package);
  if (was.limits != limits) {
    for (const std::string& limit : was.limits) Leave(&state->waiting_by_limit, limit, number);
    for (const std::string& limit : limits) state->waiting_by_limit[limit].insert(number);
    was.limits = std::move(limits);
  }
}

void ForgetPackage(State* state, const PackageAggregate& package) {
  const std::string& person = package.found_by.person_reference;
  if (person.empty()) return;
  Leave(&state->by_person, PersonPrefix(package.row.authority_id(), person), package.row.number());
}

void EnterFact(State* state, const journal::v1::DirectoryFact& fact) {
  if (fact.effective_time_us() != 0) state->agenda.insert(AgendaEntryOf(fact));
}

void LeaveFact(State* state, const journal::v1::DirectoryFact& fact) {
  if (fact.effective_time_us() != 0) state->agenda.erase(AgendaEntryOf(fact));
}

}  // namespace brokerage::engine
