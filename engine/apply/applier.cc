#include "engine/apply/applier.h"

#include <algorithm>
#include <memory>
#include <set>

#include "engine/apply/directory_facts.h"
#include "engine/apply/indexes.h"
#include "engine/apply/offer_facts.h"
#include "engine/apply/package_facts.h"
#include "engine/award/acceptance_limits.h"
#include "engine/base/check.h"
#include "engine/figures/outcome.h"
#include "engine/figures/tally.h"
#include "engine/model/facts.h"
#include "engine/model/package.h"
#include "engine/routing/adaptive_release.h"
#include "engine/views/history_index.h"

namespace brokerage::engine {

void Applier::Run() {
  BROKERAGE_CHECK(record_.time_us() > state_.last_time_us || SetsTime(record_));
  for (const journal::v1::Fact& fact : record_.facts()) {
    VisitFact(fact, [this](const auto& one) { Apply(*this, one); });
  }
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
                  .offers = static_cast<int32_t>(package->offers.size()),
                  .indexes = IndexesOf(*package)};
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

void Applier::ChangeLimit(const journal::v1::OfferRow& accepted,
                          const std::function<void(journal::v1::RollupRow*)>& change) {
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
    const int64_t minutes = state_.Package(number)->row.terms().weekly_minutes();
    if (HasRoom(before, minutes) != HasRoom(*row, minutes)) NoteEvaluation(Touch(number));
  }
}

void Applier::Insert(const journal::v1::PackageRow& row) {
  auto package = std::make_unique<PackageAggregate>();
  package->row = row;
  std::unique_ptr<PackageAggregate>& place = state_.packages[row.number()];
  BROKERAGE_CHECK(place == nullptr);
  place = std::move(package);
  touched_[row.number()] = {.row_changed = true};
  journal::v1::SystemRow& system = ChangeSystem();
  system.set_last_package_number(std::max<uint64_t>(system.last_package_number(), row.number()));
}

journal::v1::SystemRow& Applier::ChangeSystem() {
  system_changed_ = true;
  return state_.system;
}

void Applier::WritePackage(uint64_t number, const Before& before) {
  const PackageAggregate& package = *state_.Package(number);
  const journal::v1::PackageRow& row = package.row;
  if (before.row_changed) {
    TallyPackage(package, +1, &state_.rollups);
    TallyInterim(package, +1, &state_.rollups);
  }
  MovePackage(&state_, number, before.indexes, IndexesOf(package));
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
