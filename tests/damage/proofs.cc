#include "tests/damage/proofs.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <random>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "storage/rocksdb_database.h"
#include "storage/rocksdb_store.h"
#include "storage/verify.h"
#include "tests/damage/recorded_work.h"
#include "tests/fixtures/faulty_disk.h"
#include "tests/fixtures/store_fixture.h"

namespace brokerage::damage {

namespace {

namespace fs = std::filesystem;
using storage::OpenMode;
using storage::RocksDbStore;
using testing_support::EnvOf;
using testing_support::FaultyDisk;
using Wrong = std::vector<std::string>;

constexpr int kBaseBatches = 20;   // of a store that was there before
constexpr int kBatchesOfWork = 8;  // while the disk is damaged

// A disk that never fails, and is quick because nothing is synced for real.
struct WellDisk {
  FaultyDisk disk;
  std::unique_ptr<rocksdb::Env> env = EnvOf(&disk);

  auto Open(const std::string& directory) {
    return RocksDbStore::Open(directory, OpenMode::kWrite,
                              {.accept_head = std::nullopt, .env = env.get()});
  }
};

void CopyStore(const std::string& from, const std::string& to) {
  fs::remove_all(to);
  fs::copy(from, to);
}

// A store with the first `batches` batches, of which `noted` are noted and the newest lie in a log
// alone.
void MakeStore(const std::string& directory, int batches, int noted) {
  const RecordedWork& work = RecordedWork::Get();
  WellDisk well;
  for (int n = 1; n <= batches;) {
    auto store = well.Open(directory);
    for (const int end = std::min(batches, n == 1 ? batches / 2 : batches); n <= end; ++n) {
      if (!store.ok() || !work.Append(n, store->get()).ok()) std::abort();
      if (n == noted && !(*store)->NoteHead().ok()) std::abort();
    }
  }
}

// A server's turn at a store: what it was told is durable, and what it asked for.
struct Turn {
  int acknowledged = 0;
  int asked = 0;
  Wrong wrong;
};

// Appends the next batches with a server's chores between them, and goes on after an error: nothing
// may be acknowledged then.
Turn WorkOn(const std::string& directory, int from, uint64_t seed, rocksdb::Env* env) {
  const RecordedWork& work = RecordedWork::Get();
  Turn turn{.acknowledged = from - 1, .asked = from - 1, .wrong = {}};
  auto opened =
      RocksDbStore::Open(directory, OpenMode::kWrite, {.accept_head = std::nullopt, .env = env});
  if (!opened.ok()) return turn;
  RocksDbStore& store = **opened;
  std::mt19937_64 random(seed);
  absl::Status first_error;
  const auto tell = [&](const absl::Status& status, absl::string_view what) {
    if (status.ok() && !first_error.ok()) {
      turn.wrong.push_back(absl::StrCat(what, " succeeded after ", first_error.ToString()));
    }
    first_error.Update(status);
  };
  for (int n = from; n < from + kBatchesOfWork; ++n) {
    turn.asked = n;
    const absl::Status appended = work.Append(n, &store);
    tell(appended, "an append");
    if (appended.ok()) turn.acknowledged = n;
    if (random() % 3 == 0) tell(store.NoteHead(), "noting the head");
    if (random() % 3 == 0) tell(store.SetLastAlive({absl::FromUnixSeconds(n)}), "a sign of life");
    if (random() % 4 == 0) tell(store.PurgeOutcomes(absl::UnixEpoch()), "a purge");
    if (random() % 6 == 0) {
      tell(store.PutPostcodes({{"NG181JY", "E05000001", 1, 2}}), "a postcode");
      tell(store.SyncPostcodes(), "the postcodes");
    }
    if (random() % 6 == 0) {  // as RocksDB does it when a memtable is full
      store.database().db()->Flush(rocksdb::FlushOptions(), store.database().journal());
    }
  }
  return turn;
}

// What must hold once the disk is well again.
void CheckAfter(const std::string& directory, const Turn& turn, bool verify, Wrong* wrong) {
  const RecordedWork& work = RecordedWork::Get();
  wrong->insert(wrong->end(), turn.wrong.begin(), turn.wrong.end());
  {
    WellDisk well;
    auto store = well.Open(directory);
    if (!store.ok()) {
      wrong->push_back(absl::StrCat("it does not open: ", store.status().ToString()));
      return;
    }
    const int there = static_cast<int>((*store)->Read()->head().sequence);
    if (there < turn.acknowledged || there > turn.asked) {
      wrong->push_back(absl::StrCat(there, " batches are there of ", turn.acknowledged,
                                    " acknowledged, ", turn.asked, " asked for"));
      return;
    }
    const Wrong compared = work.Compare(**store, there, nullptr);
    wrong->insert(wrong->end(), compared.begin(), compared.end());
    if (absl::Status next = work.Append(there + 1, store->get()); !next.ok()) {
      wrong->push_back(absl::StrCat("it does not go on: ", next.ToString()));
    }
  }
  if (!verify) return;
  auto report = storage::VerifyDirectory(directory, testing_support::Zones(), std::nullopt,
                                         directory + ".scratch");
  if (!report.ok()) {
    wrong->push_back(absl::StrCat("it cannot be verified: ", report.status().ToString()));
  } else if (!report->ok()) {
    wrong->push_back(absl::StrCat("it does not verify: ", report->problems.front()));
  }
}

// Verifying replays everything into another store: now and then is enough.
constexpr uint64_t kVerifiedEvery = 16;

// Damage while a server works, at one operation after the other.
class WorkTrials : public Trials {
 public:
  struct Case {
    std::string name;
    FaultyDisk::Fault fault;
    bool for_good = false;
    bool fresh = false;  // a store that is only being made
    int64_t operations = 0;
  };

  WorkTrials(const std::string& folder, std::vector<Case> cases)
      : base_(folder + "/base"), copy_(folder + "/copy"), cases_(std::move(cases)) {
    MakeStore(base_, kBaseBatches, kBaseBatches / 2);
    // How many operations there are, as far as that is the same every time.
    for (const bool fresh : {false, true}) {
      FaultyDisk disk;
      const auto of_it = [&](const Case& one) { return one.fresh == fresh; };
      if (std::none_of(cases_.begin(), cases_.end(), of_it)) continue;
      const std::unique_ptr<rocksdb::Env> env = Begin(fresh, &disk);
      WorkOn(copy_, fresh ? 1 : kBaseBatches + 1, 0, env.get());
      for (Case& one : cases_) {
        if (of_it(one)) one.operations = disk.operations(one.fault);
      }
    }
  }

  std::vector<std::string> Try(uint64_t number) override {
    const Case& one = cases_[number % cases_.size()];
    const uint64_t round = number / cases_.size();
    const auto operation = static_cast<int64_t>(round % static_cast<uint64_t>(one.operations) + 1);
    Turn turn;
    FaultyDisk disk;
    {
      const std::unique_ptr<rocksdb::Env> env = Begin(one.fresh, &disk);
      disk.FailAt(one.fault, operation, one.for_good);
      turn = WorkOn(copy_, one.fresh ? 1 : kBaseBatches + 1, round, env.get());
    }
    const auto left = static_cast<FaultyDisk::Unsynced>(std::mt19937_64(number)() % 3);
    disk.CutPower(left, number);
    std::vector<std::string> wrong;
    CheckAfter(copy_, turn, number % kVerifiedEvery == 0, &wrong);
    for (std::string& text : wrong) {
      text =
          absl::StrCat(one.name, " at operation ", operation, " of ", one.operations, ": ", text);
    }
    return wrong;
  }

  uint64_t places() const override {
    int64_t most = 0;
    for (const Case& one : cases_) most = std::max(most, one.operations);
    return static_cast<uint64_t>(most) * cases_.size();
  }

 private:
  std::unique_ptr<rocksdb::Env> Begin(bool fresh, FaultyDisk* disk) {
    if (fresh) {
      fs::remove_all(copy_);
    } else {
      CopyStore(base_, copy_);
    }
    return EnvOf(disk);
  }

  const std::string base_, copy_;
  std::vector<Case> cases_;
};

// A store at rest of which one file is damaged. It must be refused, or tell an error where it is
// read, or serve what is there: at least what was noted, and no row that is not as it was.
void CheckDamaged(const std::string& directory, int noted, bool verify, Wrong* wrong) {
  const RecordedWork& work = RecordedWork::Get();
  {
    auto store = RocksDbStore::Open(directory, OpenMode::kReadOnly);
    if (!store.ok()) {
      if (store.status().message().empty()) wrong->push_back("it is refused without a word");
      return;
    }
    const int there = static_cast<int>((*store)->Read()->head().sequence);
    if (there < noted) {
      wrong->push_back(absl::StrCat("it opens with ", there, " batches; ", noted, " were noted"));
    }
    std::vector<absl::Status> told;
    const Wrong compared = work.Compare(**store, there, &told);
    wrong->insert(wrong->end(), compared.begin(), compared.end());
  }
  if (!verify) return;
  auto report = storage::VerifyDirectory(directory, testing_support::Zones(), std::nullopt,
                                         directory + ".scratch");
  if (report.ok() && report->ok() && static_cast<int>(report->head.sequence) < noted) {
    wrong->push_back(absl::StrCat("verified with ", report->head.sequence, " batches"));
  }
}

class RestTrials : public Trials {
 public:
  explicit RestTrials(const std::string& folder)
      : base_(folder + "/base"), copy_(folder + "/copy") {
    MakeStore(base_, kBaseBatches, kNoted);
    for (const auto& file : fs::directory_iterator(base_)) {
      const std::string name = file.path().filename().string();
      const bool told = absl::EndsWith(name, ".sst") || absl::EndsWith(name, ".log") ||
                        absl::StartsWith(name, "MANIFEST") || name == "CURRENT" || name == "HEAD";
      if (told && file.file_size() > 0) files_.emplace_back(name, file.file_size());
    }
    std::sort(files_.begin(), files_.end());
    for (const auto& [name, bytes] : files_) {
      if (absl::EndsWith(name, ".log")) log_ = {name, bytes};
    }
  }

 protected:
  static constexpr int kNoted = kBaseBatches - 4;
  const std::string base_, copy_;
  std::vector<std::pair<std::string, uint64_t>> files_;  // with their bytes
  std::pair<std::string, uint64_t> log_;                 // the newest
};

class Flips : public RestTrials {
 public:
  using RestTrials::RestTrials;
  // File by file; within one, spread by a step that has no factor in common with most sizes.
  std::vector<std::string> Try(uint64_t number) override {
    const auto& [name, bytes] = files_[number % files_.size()];
    const uint64_t offset = number / files_.size() * 1009 % bytes;
    const auto flip = static_cast<char>(1 << std::mt19937_64(number)() % 8);
    CopyStore(base_, copy_);
    std::fstream file(fs::path(copy_) / name, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(offset));
    const auto byte = static_cast<char>(file.get());
    file.seekp(static_cast<std::streamoff>(offset)).put(static_cast<char>(byte ^ flip));
    file.close();
    std::vector<std::string> wrong;
    CheckDamaged(copy_, kNoted, number % kVerifiedEvery == 0, &wrong);
    for (std::string& text : wrong) {
      text = absl::StrCat("byte ", offset, " of ", name, ": ", text);
    }
    return wrong;
  }
  uint64_t places() const override {
    uint64_t bytes = 0;
    for (const auto& file : files_) bytes = std::max(bytes, file.second);
    return bytes * files_.size();
  }
};

class Truncation : public RestTrials {
 public:
  using RestTrials::RestTrials;
  std::vector<std::string> Try(uint64_t number) override {
    const uint64_t length = log_.second - 1 - number % places();
    CopyStore(base_, copy_);
    fs::resize_file(fs::path(copy_) / log_.first, length);
    std::vector<std::string> wrong;
    CheckDamaged(copy_, kNoted, number % kVerifiedEvery == 0, &wrong);
    for (std::string& text : wrong) {
      text = absl::StrCat(log_.first, " cut to ", length, " of ", log_.second, ": ", text);
    }
    return wrong;
  }
  // The log's last block.
  uint64_t places() const override { return (log_.second - 1) % 32768 + 1; }
};

using Fault = FaultyDisk::Fault;

std::vector<WorkTrials::Case> PowerCuts() {
  return {{.name = "a power cut", .fault = Fault::kPowerCut},
          {.name = "a power cut over a new store", .fault = Fault::kPowerCut, .fresh = true}};
}

std::vector<WorkTrials::Case> Failures() {
  std::vector<WorkTrials::Case> cases;
  for (const bool for_good : {false, true}) {
    const std::string often = for_good ? " for good" : " once";
    cases.push_back({"EIO" + often, Fault::kWriteError, for_good});
    cases.push_back({"ENOSPC" + often, Fault::kNoSpace, for_good});
    cases.push_back({"a short write" + often, Fault::kShortWrite, for_good});
    cases.push_back({"a failed sync" + often, Fault::kFailedSync, for_good});
    cases.push_back({"a failed read" + often, Fault::kReadError, for_good});
  }
  return cases;
}

}  // namespace

const std::vector<Proof>& Proofs() {
  static const auto& kProofs = *new std::vector<Proof>{
      {"power_cuts",
       [](const std::string& folder) { return std::make_unique<WorkTrials>(folder, PowerCuts()); }},
      {"failing_disk",
       [](const std::string& folder) { return std::make_unique<WorkTrials>(folder, Failures()); }},
      {"flips", [](const std::string& folder) { return std::make_unique<Flips>(folder); }},
      {"truncation",
       [](const std::string& folder) { return std::make_unique<Truncation>(folder); }},
  };
  return kProofs;
}

}  // namespace brokerage::damage
