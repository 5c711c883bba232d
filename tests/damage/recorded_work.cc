#include "tests/damage/recorded_work.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/hash.h"
#include "storage/digest.h"
#include "tests/fixtures/memory_store.h"
#include "tests/fixtures/store_fixture.h"

namespace brokerage::damage {

namespace {

constexpr char kAccount[] = "recorded";

class RecordingStore : public storage::MemoryStore {
 public:
  absl::Status Append(uint64_t epoch, const storage::Head& expected,
                      const storage::Batch& batch) override {
    batches.push_back(batch);
    const std::string n = absl::StrCat(batches.size());
    batches.back().outcomes = {
        {kAccount, n, engine::HashOf(n), "reply " + n, static_cast<int64_t>(batches.size())}};
    absl::Status appended = MemoryStore::Append(epoch, expected, batch);
    digests.push_back(storage::DigestOf(*Read()));
    return appended;
  }
  std::vector<storage::Batch> batches;
  std::vector<std::string> digests = {storage::DigestOf(*MemoryStore().Read())};
};

}  // namespace

const RecordedWork& RecordedWork::Get() {
  static const auto& kWork = *new RecordedWork();
  return kWork;
}

RecordedWork::RecordedWork() {
  RecordingStore store;
  testing_support::StoreFixture fixture(&store, 11);
  fixture.ApplyFramework();
  fixture.Work(2);
  batches_ = std::move(store.batches);
  digests_ = std::move(store.digests);
}

absl::Status RecordedWork::Append(int n, storage::RocksDbStore* store) const {
  return store->Append(store->epoch(), store->Read()->head(), batch(n));
}

std::vector<std::string> RecordedWork::Compare(const storage::RocksDbStore& store, int n,
                                               std::vector<absl::Status>* told) const {
  std::vector<std::string> wrong;
  const auto tell = [&](const absl::Status& status) {
    if (told != nullptr) {
      told->push_back(status);
    } else {
      wrong.push_back(absl::StrCat("reading tells ", status.ToString()));
    }
  };
  for (int i = 1; i <= batches(); ++i) {
    auto outcome = store.FindOutcome(kAccount, absl::StrCat(i));
    if (!outcome.ok()) {
      tell(outcome.status());
    } else if (outcome->has_value() != (i <= n) ||
               (i <= n && (*outcome)->reply != absl::StrCat("reply ", i))) {
      wrong.push_back(absl::StrCat("the outcome of batch ", i, " is not as after batch ", n));
    }
  }
  const std::unique_ptr<storage::View> view = store.Read();
  const std::string digest = storage::DigestOf(*view);
  if (absl::Status status = view->status(); !status.ok()) {
    tell(status);
  } else if (digest != digests_.at(static_cast<size_t>(n))) {
    wrong.push_back(absl::StrCat("the rows are not those after batch ", n));
  }
  return wrong;
}

}  // namespace brokerage::damage
