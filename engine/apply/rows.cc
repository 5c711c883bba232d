#include "engine/apply/rows.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <utility>

#include "engine/figures/outcome.h"

namespace brokerage::engine {

namespace {

using journal::v1::OfferRow;
using journal::v1::PackageRow;
using journal::v1::RoundRow;
using journal::v1::RoundVerdicts;
using journal::v1::Verdict;

class Taken {
 public:
  explicit Taken(std::vector<RowWrite>* writes) : writes_(*writes) {}

  void Put(Table table, std::string key, std::string value) {
    writes_.push_back({table, std::move(key), std::move(value)});
  }
  void Delete(Table table, std::string key) {
    writes_.push_back({table, std::move(key), std::nullopt});
  }
  // An index entry that is there, or not.
  void Move(Table table, std::string key, bool was, bool is) {
    if (is == was) return;
    if (is) {
      Put(table, std::move(key), "");
    } else {
      Delete(table, std::move(key));
    }
  }

 private:
  std::vector<RowWrite>& writes_;
};

// The package's row without its rounds' verdicts, which are in it in memory and are kept apart.
std::string RowOf(PackageRow* row) {
  std::vector<google::protobuf::RepeatedPtrField<Verdict>> verdicts(
      static_cast<size_t>(row->rounds_size()));
  for (int i = 0; i < row->rounds_size(); ++i) {
    row->mutable_rounds(i)->mutable_verdicts()->Swap(&verdicts[static_cast<size_t>(i)]);
  }
  std::string bytes = row->SerializeAsString();
  for (int i = 0; i < row->rounds_size(); ++i) {
    row->mutable_rounds(i)->mutable_verdicts()->Swap(&verdicts[static_cast<size_t>(i)]);
  }
  return bytes;
}

std::string VerdictsOf(PackageRow* row, int index) {
  RoundVerdicts kept;
  kept.set_package_number(row->number());
  kept.set_round_number(row->rounds(index).number());
  RoundRow& round = *row->mutable_rounds(index);
  kept.mutable_verdicts()->Swap(round.mutable_verdicts());
  std::string bytes = kept.SerializeAsString();
  kept.mutable_verdicts()->Swap(round.mutable_verdicts());
  return bytes;
}

void TakeStates(const PackageRow& row, const UnwrittenPackage& since, Taken* taken) {
  const auto key = [&row](v1::PackageState state) {
    return PackageStateKey(row.authority_id(), state, row.number());
  };
  if (!since.existed || since.state != row.state()) {
    if (since.existed) taken->Delete(Table::kPackagesByState, key(since.state));
    taken->Put(Table::kPackagesByState, key(row.state()), "");
  }
  taken->Move(Table::kPackagesByState, key(StatesOfOpenPackages()[0]), since.open,
              IsOpenPackage(row));
  taken->Move(Table::kPackagesByState, key(kOverLimit), since.over_limit, IsOverLimit(row));
}

void TakeOffer(const PackageRow& row, const OfferRow& offer, bool is_new, Taken* taken) {
  const uint64_t number = row.number();
  taken->Put(Table::kOffers, OfferKey(number, offer.ordinal()), offer.SerializeAsString());
  taken->Put(Table::kOfferFacts,
             OfferFactKey(row.framework_id(), offer.issued_date(), number, offer.ordinal()),
             FactOf(row, offer).SerializeAsString());
  if (!is_new) return;
  taken->Put(Table::kOffersByBranch, OwnedOfferKey(offer.branch_id(), number, offer.ordinal()), "");
  taken->Put(Table::kOffersByProvider, OwnedOfferKey(offer.provider_id(), number, offer.ordinal()),
             "");
}

void TakePackage(UnwrittenPackage* since, PackageAggregate* package, Taken* taken) {
  PackageRow& row = package->row;
  if (since->row_changed) {
    taken->Put(Table::kPackages, PackageKey(row.number()), RowOf(&row));
    TakeStates(row, *since, taken);
  }
  for (int i = since->rounds; i < row.rounds_size(); ++i) {
    taken->Put(Table::kVerdicts, VerdictsKey(row.number(), i + 1), VerdictsOf(&row, i));
  }
  std::vector<int32_t>& offers = since->changed_offers;
  std::sort(offers.begin(), offers.end());
  offers.erase(std::unique(offers.begin(), offers.end()), offers.end());
  for (const int32_t ordinal : offers) {
    TakeOffer(row, package->offers[static_cast<size_t>(ordinal - 1)], ordinal > since->offers,
              taken);
  }
}

}  // namespace

void TakeRows(State* state, std::vector<RowWrite>* writes) {
  Unwritten unwritten = std::exchange(state->unwritten, {});
  Taken taken(writes);
  for (auto& [number, since] : unwritten.packages) {
    TakePackage(&since, state->packages[number].get(), &taken);
  }
  for (const RollupTable::Rows::value_type* row : state->rollups.TakeChanged()) {
    taken.Put(Table::kRollups, row->first, row->second.SerializeAsString());
  }
  if (unwritten.system) taken.Put(Table::kSystem, kSystemKey, state->system.SerializeAsString());
  writes->insert(writes->end(), std::make_move_iterator(unwritten.others.begin()),
                 std::make_move_iterator(unwritten.others.end()));
}

void ForgetRows(State* state) {
  state->unwritten = {};
  state->rollups.TakeChanged();
}

}  // namespace brokerage::engine
