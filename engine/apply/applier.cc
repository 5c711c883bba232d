#include "engine/apply/applier.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "engine/apply/directory_facts.h"
#include "engine/apply/indexes.h"
#include "engine/apply/life_facts.h"
#include "engine/apply/offer_facts.h"
#include "engine/apply/package_facts.h"
#include "engine/apply/undo_facts.h"
#include "engine/award/acceptance_limits.h"
#include "engine/base/check.h"
#include "engine/model/facts.h"
#include "engine/model/package.h"
#include "engine/model/parts.h"
#include "engine/model/tables.h"
#include "engine/routing/adaptive_release.h"
#include "engine/views/history_index.h"

namespace brokerage::engine {

namespace {

// Whether the fact, of a package that was in that state before, may move what the award of one that
// is linked to it asks: who has this one, who has accepted it, and who still may. What an
// evaluation finds moves nothing of that unless an acceptance is void, or two packages would have
// each other evaluated for ever.
bool MovesLinked(const journal::v1::Fact& fact, v1::PackageState before) {
  if (fact.has_award_proposed()) return !fact.award_proposed().voided().empty();
  if (fact.has_package_unfilled()) {
    return before != v1::PACKAGE_STATE_UNFILLED || !fact.package_unfilled().voided().empty();
  }
  return fact.has_packages_linked() || fact.has_offer_answered() || fact.has_offers_closed() ||
         fact.has_offer_moved() || fact.has_error_decided() || fact.has_round_opened() ||
         fact.has_round_due() || fact.has_deadline_extended() || fact.has_package_awarded() ||
         fact.has_package_placed() || fact.has_package_reissued() || fact.has_package_cancelled() ||
         fact.has_package_returned() || fact.has_package_handed_back() ||
         fact.has_package_ceased() || fact.has_step_undone();
}

}  // namespace

void Applier::Run() {
  BROKERAGE_CHECK(record_.time_us() > state_.last_time_us || SetsTime(record_));
  for (const journal::v1::Fact& fact : record_.facts()) {
    VisitFact(fact, [this](const auto& one) { Apply(*this, one); });
  }
  for (const journal::v1::TextRow& text : texts_) {
    PackageAggregate& package = Touch(text.package_number());
    DropText(package, text.name());
    Put(Table::kTexts, TextKey(text.package_number(), text.name()), text.SerializeAsString());
    package.texts.push_back(text);
    if (text.name() == kPersonReference) {
      auto [key, value] = PersonRow(package.row, text);
      Put(Table::kPersons, std::move(key), std::move(value));
    }
  }
  NoteLinked();
  WriteHistory();
  for (const auto& [number, before] : touched_) Settle(number, before);
  state_.last_time_us = record_.time_us();
  state_.last_sequence = sequence_;
}

PackageAggregate& Applier::Touch(uint64_t number) {
  PackageAggregate* package = state_.packages[number].get();
  BROKERAGE_CHECK(package != nullptr);
  const auto [before, first] = touched_.try_emplace(number);
  if (!first) return *package;
  const auto [unwritten, written] = state_.unwritten.packages.try_emplace(number);
  before->second.unwritten = &unwritten->second;
  if (written) {
    unwritten->second = {.existed = true,
                         .open = IsOpenPackage(package->row),
                         .over_limit = IsOverLimit(package->row),
                         .state = package->row.state(),
                         .offers = static_cast<int32_t>(package->offers.size()),
                         .rounds = package->row.rounds_size()};
  }
  return *package;
}

journal::v1::PackageRow& Applier::Change(uint64_t number) {
  PackageAggregate& package = Touch(number);
  Before& before = touched_[number];
  if (!std::exchange(before.row_changed, true)) {
    before.state = package.row.state();
    before.tally = TallyOf(package.row);
    TallyInterim(package, -1, &state_.rollups);
    before.unwritten->row_changed = true;
  }
  return package.row;
}

void Applier::Replace(const journal::v1::PackageRow& row) {
  PackageAggregate& package = Touch(row.number());
  TallyPackage(package, -1, &state_.rollups);
  // Those of placings that were undone: they go by what the package says, too.
  for (const auto& offer : package.offers) TallyOut(offer.ordinal(), &package, &state_.rollups);
  package.row = row;
  TallyPackage(package, +1, &state_.rollups);
  for (const auto& offer : package.offers) {
    ChangedOffer(package, offer.ordinal());
    TallyIn(offer.ordinal(), &package, &state_.rollups);
  }
  touched_[row.number()].unwritten->row_changed = true;
}

void Applier::ChangeOffer(PackageAggregate& package, int32_t ordinal,
                          absl::FunctionRef<void(journal::v1::OfferRow&)> change) {
  journal::v1::OfferRow& offer = ChangedOffer(package, ordinal);
  const OfferTally before = TallyOf(package, offer);
  change(offer);
  TallyChange(before, ordinal, &package, &state_.rollups);
}

void Applier::MoveOffer(PackageAggregate& package, int32_t ordinal, const std::string& branch_id) {
  journal::v1::OfferRow& offer = ChangedOffer(package, ordinal);
  TallyOut(ordinal, &package, &state_.rollups);
  offer.add_moved_from_branch_ids(offer.branch_id());
  offer.set_branch_id(branch_id);
  TallyIn(ordinal, &package, &state_.rollups);
}

void Applier::AddOffer(PackageAggregate& package, const journal::v1::OfferRow& offer) {
  BROKERAGE_CHECK(offer.ordinal() == static_cast<int32_t>(package.offers.size()) + 1);
  const OfferTally before = TallyOf(package, offer);
  package.offers.push_back(offer);
  ChangedOffer(package, offer.ordinal());
  TallyChange(before, offer.ordinal(), &package, &state_.rollups);
}

journal::v1::OfferRow& Applier::ChangedOffer(PackageAggregate& package, int32_t ordinal) {
  BROKERAGE_CHECK(ordinal >= 1 && ordinal <= static_cast<int32_t>(package.offers.size()));
  touched_.at(package.row.number()).unwritten->changed_offers.push_back(ordinal);
  return package.offers[static_cast<size_t>(ordinal - 1)];
}

void Applier::NoteEvaluation(PackageAggregate& package) {
  const journal::v1::PackageRow& row = package.row;
  bool any_open = false;
  bool any_accepted = false;
  bool any_whole = false;  // a part is never awarded before all have answered
  for (const journal::v1::OfferRow& offer : package.offers) {
    if (offer.ordinal() <= row.previous_issue_offers()) continue;
    any_open |= offer.state() == v1::OFFER_STATE_OPEN;
    any_accepted |= offer.state() == v1::OFFER_STATE_ACCEPTED;
    any_whole |= StandsWhole(offer);
  }
  bool wanted = false;
  if (row.state() == v1::PACKAGE_STATE_UNFILLED) {
    wanted = any_accepted;
  } else if (row.state() == v1::PACKAGE_STATE_OFFERED) {
    // An earlier round may have ended beside a later one that runs.
    const bool may_decide =
        AwardsBeforeClose(RulesOf(state_, row), row) || HasParallelRound(package);
    wanted = !any_open || (may_decide && any_whole) || row.awaits_award();
  }
  if (wanted && !row.needs_evaluation()) Change(row.number()).set_needs_evaluation(true);
}

void Applier::ChangeLimit(const journal::v1::OfferRow& accepted,
                          absl::FunctionRef<void(journal::v1::RollupRow*)> change) {
  const v1::AcceptanceLimit* limit = LimitOf(accepted);
  if (limit == nullptr) return;
  journal::v1::RollupRow* row =
      state_.rollups.Change(LimitDimensions(accepted.branch_id(), limit->name()));
  const journal::v1::RollupRow before = *row;
  change(row);
  const std::set<uint64_t>* found =
      state_.waiting_by_limit.Find(LimitKey(accepted.branch_id(), limit->name()));
  if (found == nullptr) return;
  const std::set<uint64_t> waiting = *found;  // changes below
  for (uint64_t number : waiting) {
    if (IsTouched(number)) continue;
    const PackageAggregate& package = *state_.Package(number);
    const bool moves = std::any_of(
        package.offers.begin(), package.offers.end(), [&](const journal::v1::OfferRow& offer) {
          const v1::AcceptanceLimit* named = LimitOf(offer);
          if (named == nullptr || offer.state() != v1::OFFER_STATE_ACCEPTED ||
              offer.branch_id() != accepted.branch_id() || named->name() != limit->name()) {
            return false;
          }
          const int64_t minutes = AcceptedMinutes(package.row, offer);
          return HasRoom(before, minutes) != HasRoom(*row, minutes);
        });
    if (moves) NoteEvaluation(Touch(number));
  }
}

void Applier::NoteLinked() {
  std::set<uint64_t> moved;
  for (const journal::v1::Fact& fact : record_.facts()) {
    const uint64_t number = PackageNumberOf(fact);
    const PackageAggregate* package = state_.Package(number);
    if (package == nullptr) continue;
    if (fact.has_packages_linked()) moved.insert(number);
    if (package->row.links().empty()) continue;
    const auto before = touched_.find(number);
    const bool known = before != touched_.end() && before->second.row_changed;
    if (!MovesLinked(fact, known ? before->second.state : package->row.state())) continue;
    for (const journal::v1::PackageLink& link : package->row.links()) moved.insert(link.number());
  }
  for (uint64_t number : moved) {
    // One that waits is in memory, always.
    const PackageAggregate* package = state_.Package(number);
    if (package == nullptr || !StillWaits(package->row)) continue;
    const auto& criteria = RulesOf(state_, package->row).award_criteria();
    const bool asks = std::any_of(criteria.begin(), criteria.end(), [](const auto& rule) {
      return rule.criterion() == v1::AWARD_CRITERION_LINKED;
    });
    if (asks) NoteEvaluation(Touch(number));
  }
}

void Applier::Insert(const journal::v1::PackageRow& row) {
  auto package = std::make_unique<PackageAggregate>();
  package->row = row;
  std::unique_ptr<PackageAggregate>& place = state_.packages[row.number()];
  BROKERAGE_CHECK(place == nullptr);
  place = std::move(package);
  UnwrittenPackage& unwritten = state_.unwritten.packages[row.number()];
  unwritten.row_changed = true;
  touched_[row.number()] = {.row_changed = true, .unwritten = &unwritten};
  journal::v1::SystemRow& system = ChangeSystem();
  system.set_last_package_number(std::max<uint64_t>(system.last_package_number(), row.number()));
}

journal::v1::SystemRow& Applier::ChangeSystem() {
  state_.unwritten.system = true;
  return state_.system;
}

void Applier::Settle(uint64_t number, const Before& before) {
  PackageAggregate& package = *state_.packages[number];
  if (before.row_changed) {
    if (package.row.state() != before.state) {
      package.row.set_changed_time_us(record_.time_us());
      package.row.set_changed_by(record_.account_id());
    }
    TallyChange(before.tally, package, &state_.rollups);
    TallyInterim(package, +1, &state_.rollups);
  }
  IndexPackage(&state_, &package);
}

void Applier::WriteHistory() {
  auto package = [this](uint64_t number) { return state_.Package(number); };
  for (const HistorySubject& subject : SubjectsOf(record_, package)) {
    Put(Table::kHistory, HistoryKey(subject.scope, subject.id, sequence_), "");
  }
}

void Applier::DropText(PackageAggregate& package, absl::string_view name) {
  for (auto text = package.texts.begin(); text != package.texts.end(); ++text) {
    if (text->name() != name) continue;
    Delete(Table::kTexts, TextKey(text->package_number(), text->name()));
    if (name == kPersonReference) Delete(Table::kPersons, PersonRow(package.row, *text).first);
    package.texts.erase(text);
    return;
  }
}

void Applier::Put(Table table, std::string key, std::string value) {
  state_.unwritten.others.push_back({table, std::move(key), std::move(value)});
}

void Applier::Delete(Table table, std::string key) {
  state_.unwritten.others.push_back({table, std::move(key), std::nullopt});
}

}  // namespace brokerage::engine
