#include "engine/apply/applier.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "engine/award/acceptance_limits.h"
#include "engine/base/check.h"
#include "engine/figures/outcome.h"
#include "engine/figures/tally.h"
#include "engine/routing/adaptive_release.h"
#include "engine/views/package_view.h"

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
  for (int i = offer.answers_size() - 1; i >= 0; --i) {
    if (!offer.answers(i).remark()) return offer.answers(i).valid_until_us();
  }
  return 0;
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

}  // namespace

void EnterPackage(State* state, uint64_t number) {
  const PackageAggregate& package = *state->Package(number);
  for (AgendaEntry& entry : AgendaOf(package)) state->agenda.insert(std::move(entry));
  if (IsOpenPackage(package.row)) {
    state->open_packages.insert(number);
  } else {
    state->closed_packages.insert(number);
  }
  std::string person = PersonIndexKey(package);
  if (!person.empty() && WaitsOrIsAwarded(package.row.state())) {
    state->open_by_person[person].insert(number);
  }
  for (const std::string& limit : LimitsThatDecide(package)) {
    state->waiting_by_limit[limit].insert(number);
  }
}

void LeavePackage(State* state, uint64_t number) {
  const PackageAggregate& package = *state->Package(number);
  for (const AgendaEntry& entry : AgendaOf(package)) state->agenda.erase(entry);
  state->open_packages.erase(number);
  state->closed_packages.erase(number);
  for (const std::string& limit : LimitsThatDecide(package)) {
    if (state->waiting_by_limit.Find(limit) == nullptr) continue;
    std::set<uint64_t>& waiting = state->waiting_by_limit[limit];
    waiting.erase(number);
    if (waiting.empty()) state->waiting_by_limit.Erase(limit);
  }
  std::string person = PersonIndexKey(package);
  if (person.empty() || state->open_by_person.Find(person) == nullptr) return;
  std::set<uint64_t>& numbers = state->open_by_person[person];
  numbers.erase(number);
  if (numbers.empty()) state->open_by_person.Erase(person);
}

void EnterFact(State* state, const journal::v1::DirectoryFact& fact) {
  if (fact.effective_time_us() == 0) return;
  AgendaEntry entry;
  entry.phase = AgendaEntry::kContractChange;
  entry.due_us = fact.effective_time_us();
  entry.fact_key = fact.key();
  state->agenda.insert(std::move(entry));
}

void Applier::Run() {
  BROKERAGE_CHECK(record_.time_us() > state_.last_time_us);
  for (const journal::v1::Fact& fact : record_.facts()) Do(fact);
  for (const journal::v1::TextRow& text : texts_) {
    Put(Table::kTexts, TextKey(text.package_number(), text.name()), text.SerializeAsString());
    Touch(text.package_number()).texts.push_back(text);
  }
  WriteHistory();
  for (const auto& [number, before] : touched_) WritePackage(number, before);
  for (const std::string& key : state_.rollups.TakeChanged()) {
    Put(Table::kRollups, key, state_.rollups.Find(key)->SerializeAsString());
  }
  if (system_changed_) Put(Table::kSystem, kSystemKey, state_.system.SerializeAsString());
  state_.last_time_us = record_.time_us();
  state_.last_sequence = sequence_;
}

PackageAggregate& Applier::Touch(uint64_t number) {
  PackageAggregate* package = state_.packages[number].get();
  BROKERAGE_CHECK(package != nullptr);
  auto [it, first] = touched_.try_emplace(number);
  if (first) {
    it->second = {.existed = true,
                  .open = IsOpenPackage(package->row),
                  .over_limit = IsOverLimit(package->row),
                  .state = package->row.state(),
                  .offers = static_cast<int32_t>(package->offers.size())};
    LeavePackage(&state_, number);
  }
  return *package;
}

journal::v1::PackageRow& Applier::Change(uint64_t number) {
  PackageAggregate& package = Touch(number);
  bool& changed = touched_[number].row_changed;
  if (!changed) {
    TallyPackage(package, -1, &state_.rollups);
    TallyInterim(package, -1, &state_.rollups);
  }
  changed = true;
  return package.row;
}

void Applier::ChangeOffer(PackageAggregate& package, int32_t ordinal,
                          const std::function<void(journal::v1::OfferRow&)>& change) {
  BROKERAGE_CHECK(ordinal >= 1 && ordinal <= static_cast<int32_t>(package.offers.size()));
  journal::v1::OfferRow& offer = package.offers[static_cast<size_t>(ordinal - 1)];
  TallyUnits(package, offer, -1, &state_.rollups);
  TallyOffer(package, offer, -1, &state_.rollups);
  change(offer);
  TallyOffer(package, offer, +1, &state_.rollups);
  TallyUnits(package, offer, +1, &state_.rollups);
  changed_offers_.emplace(package.row.number(), ordinal);
}

void Applier::AddOffer(PackageAggregate& package, const journal::v1::OfferRow& offer) {
  BROKERAGE_CHECK(offer.ordinal() == static_cast<int32_t>(package.offers.size()) + 1);
  TallyUnits(package, offer, -1, &state_.rollups);
  package.offers.push_back(offer);
  TallyOffer(package, offer, +1, &state_.rollups);
  TallyUnits(package, offer, +1, &state_.rollups);
  changed_offers_.emplace(package.row.number(), offer.ordinal());
}

void Applier::CloseOpenOffers(PackageAggregate& package, v1::CloseCause cause) {
  for (size_t i = 0; i < package.offers.size(); ++i) {
    if (package.offers[i].state() != v1::OFFER_STATE_OPEN) continue;
    ChangeOffer(package, static_cast<int32_t>(i + 1), [cause](journal::v1::OfferRow& offer) {
      offer.set_state(v1::OFFER_STATE_CLOSED);
      offer.set_close_cause(cause);
    });
  }
}

void Applier::VoidAcceptances(PackageAggregate& package) {
  for (size_t i = 0; i < package.offers.size(); ++i) {
    if (package.offers[i].state() != v1::OFFER_STATE_ACCEPTED) continue;
    ChangeOffer(package, static_cast<int32_t>(i + 1),
                [](journal::v1::OfferRow& offer) { offer.set_state(v1::OFFER_STATE_VOID); });
  }
}

void Applier::VoidOffers(
    PackageAggregate& package,
    const google::protobuf::RepeatedPtrField<journal::v1::VoidedOffer>& voided) {
  for (const journal::v1::VoidedOffer& one : voided) {
    ChangeOffer(package, one.ordinal(), [&one](journal::v1::OfferRow& offer) {
      offer.set_state(v1::OFFER_STATE_VOID);
      offer.set_void_rule(one.rule());
    });
  }
}

void Applier::CloseRounds(journal::v1::PackageRow& row) {
  for (journal::v1::RoundRow& round : *row.mutable_rounds()) {
    if (round.closed_time_us() == 0) round.set_closed_time_us(record_.time_us());
  }
}

void Applier::NoteEvaluation(PackageAggregate& package) {
  const journal::v1::PackageRow& row = package.row;
  bool any_open = false;
  bool any_accepted = false;
  for (const journal::v1::OfferRow& offer : package.offers) {
    if (offer.ordinal() <= row.previous_issue_offers()) continue;
    any_open |= offer.state() == v1::OFFER_STATE_OPEN;
    any_accepted |= offer.state() == v1::OFFER_STATE_ACCEPTED;
  }
  bool wanted = false;
  if (row.state() == v1::PACKAGE_STATE_UNFILLED) {
    wanted = any_accepted;
  } else if (row.state() == v1::PACKAGE_STATE_OFFERED) {
    const int32_t rule = row.rounds(row.rounds_size() - 1).rule_number();
    const bool certain_is_enough =
        rule == 0 ||
        RulesOf(state_, row).rounds(rule - 1).award_timing() == v1::AWARD_TIMING_AS_SOON_AS_CERTAIN;
    // An earlier round may have ended beside a later one that runs.
    const bool may_decide = certain_is_enough || HasParallelRound(package);
    wanted = !any_open || (may_decide && any_accepted) || row.awaits_award();
  }
  if (wanted && !row.needs_evaluation()) Change(row.number()).set_needs_evaluation(true);
}

void Applier::Insert(const journal::v1::PackageRow& row) {
  auto package = std::make_unique<PackageAggregate>();
  package->row = row;
  std::unique_ptr<PackageAggregate>& place = state_.packages[row.number()];
  BROKERAGE_CHECK(place == nullptr);
  place = std::move(package);
  touched_[row.number()] = {.row_changed = true};
  state_.system.set_last_package_number(
      std::max<uint64_t>(state_.system.last_package_number(), row.number()));
  system_changed_ = true;
}

void Applier::WritePackage(uint64_t number, const Before& before) {
  const PackageAggregate& package = *state_.Package(number);
  const journal::v1::PackageRow& row = package.row;
  if (before.row_changed) {
    TallyPackage(package, +1, &state_.rollups);
    TallyInterim(package, +1, &state_.rollups);
  }
  EnterPackage(&state_, number);
  if (before.row_changed) Put(Table::kPackages, PackageKey(number), row.SerializeAsString());
  if (!before.existed || before.state != row.state()) {
    if (before.existed) {
      Delete(Table::kPackagesByState, PackageStateKey(row.authority_id(), before.state, number));
    }
    Put(Table::kPackagesByState, PackageStateKey(row.authority_id(), row.state(), number), "");
  }
  const bool open = IsOpenPackage(row);
  const std::string open_key =
      PackageStateKey(row.authority_id(), StatesOfOpenPackages()[0], number);
  if (open && !before.open) Put(Table::kPackagesByState, open_key, "");
  if (!open && before.open) Delete(Table::kPackagesByState, open_key);
  const std::string limit_key = PackageStateKey(row.authority_id(), kOverLimit, number);
  if (IsOverLimit(row) && !before.over_limit) Put(Table::kPackagesByState, limit_key, "");
  if (!IsOverLimit(row) && before.over_limit) Delete(Table::kPackagesByState, limit_key);

  auto it = changed_offers_.lower_bound({number, 0});
  for (; it != changed_offers_.end() && it->first == number; ++it) {
    const journal::v1::OfferRow& offer = package.offers[static_cast<size_t>(it->second - 1)];
    Put(Table::kOffers, OfferKey(number, offer.ordinal()), offer.SerializeAsString());
    Put(Table::kOfferFacts,
        OfferFactKey(row.framework_id(), offer.issued_date(), number, offer.ordinal()),
        FactOf(row, offer).SerializeAsString());
    if (offer.ordinal() > before.offers) {
      Put(Table::kOffersByBranch, OwnedOfferKey(offer.branch_id(), number, offer.ordinal()), "");
      Put(Table::kOffersByProvider, OwnedOfferKey(offer.provider_id(), number, offer.ordinal()),
          "");
    }
  }
}

void Applier::WriteHistory() {
  auto package = [this](uint64_t number) { return state_.Package(number); };
  for (const HistorySubject& subject : SubjectsOf(record_, package)) {
    Put(Table::kHistory, HistoryKey(subject.scope, subject.id, sequence_), "");
  }
}

void Applier::Put(Table table, std::string key, std::string value) {
  writes_.push_back({table, std::move(key), std::move(value)});
}

void Applier::Delete(Table table, std::string key) {
  writes_.push_back({table, std::move(key), std::nullopt});
}

}  // namespace brokerage::engine
