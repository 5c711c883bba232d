#include "storage/rocksdb_database.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "storage/rocksdb_log.h"
#include "storage/schema.h"

namespace brokerage::storage {

namespace {

constexpr size_t kBlockCacheBytes = 256u << 20;
constexpr size_t kMemtableBytes = 256u << 20;  // of all tables together
constexpr size_t kTableMemtableBytes = 32u << 20;
constexpr size_t kStatesMemtableBytes = 256u << 10;
constexpr int kPostcodeMemtables = 6;
constexpr uint64_t kWalBytesMax = 512u << 20;
constexpr double kBloomBitsPerKey = 10;

class BackgroundErrors : public rocksdb::EventListener {
 public:
  explicit BackgroundErrors(std::shared_ptr<StickyError> error) : error_(std::move(error)) {}
  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) override {
    error_->Note(FromRocks(*status, "writing in the background"));
  }
  // An error is for a restart to settle, that of a full disk, too.
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status,
                            bool* auto_recovery) override {
    *auto_recovery = false;
  }

 private:
  std::shared_ptr<StickyError> error_;
};

rocksdb::DBOptions DatabaseOptions(std::shared_ptr<StickyError> error, rocksdb::Env* env) {
  rocksdb::DBOptions options;
  options.env = env;
  options.create_if_missing = true;
  options.paranoid_checks = true;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.db_write_buffer_size = kMemtableBytes;
  options.max_total_wal_size = kWalBytesMax;
  options.max_background_jobs = 2;
  options.max_file_opening_threads = 2;  // of each table: 16 would be hundreds in all
  options.bytes_per_sync = 1u << 20;
  // One thread appends: an insertion goes on from where the one before it ended.
  options.allow_concurrent_memtable_write = false;
  options.skip_stats_update_on_db_open = true;  // opening takes no longer when there is more
  options.max_bgerror_resume_count = 0;         // as BackgroundErrors
  options.listeners = {std::make_shared<BackgroundErrors>(std::move(error))};
  return options;
}

rocksdb::CompressionType BestCompression() {
  const std::vector<rocksdb::CompressionType> supported = rocksdb::GetSupportedCompressions();
  const bool lz4 =
      std::find(supported.begin(), supported.end(), rocksdb::kLZ4Compression) != supported.end();
  return lz4 ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
}

rocksdb::ColumnFamilyOptions FamilyOptions(const std::string& name,
                                           const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.format_version = 5;
  // Rows that are mostly asked for by their whole key, often in vain.
  static const std::set<std::string> kFiltered = {schema::kOutcomes,
                                                  engine::TableName(engine::Table::kPackages),
                                                  engine::TableName(engine::Table::kOffers)};
  if (kFiltered.contains(name)) {
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
  }
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.write_buffer_size = kTableMemtableBytes;
  // Whether a request was answered before is asked for each, mostly in vain.
  if (name == schema::kOutcomes) {
    options.memtable_whole_key_filtering = true;
    options.memtable_prefix_bloom_size_ratio = 0.02;
  }
  // Packages pass through states: what is deleted here is passed over by each list of who waits,
  // until it is written and merged.
  if (name == engine::TableName(engine::Table::kPackagesByState)) {
    options.write_buffer_size = kStatesMemtableBytes;
    options.level0_file_num_compaction_trigger = 2;
  }
  options.compression = BestCompression();
  // An import fills memtables faster than they are written: the journal must not wait for that.
  if (name == schema::kPostcodes) options.max_write_buffer_number = kPostcodeMemtables;
  return options;
}

// All families, meta last: a crash in the middle of the first opening leaves none.
std::vector<std::string> KnownFamilies() {
  std::vector<std::string> names = {rocksdb::kDefaultColumnFamilyName};
  for (int i = 0; i < engine::kTables; ++i) {
    names.push_back(engine::TableName(static_cast<engine::Table>(i)));
  }
  names.insert(names.end(), schema::kOwnFamilies.begin(), schema::kOwnFamilies.end());
  return names;
}

template <typename Names>
bool Has(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// RocksDB would make an empty database where CURRENT is missing, and delete what lies beside it.
absl::Status CheckNothingIsLostIn(const std::string& directory) {
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(directory, error)) {
    const std::string extension = file.path().extension().string();
    std::error_code size_error;
    if (extension == ".sst" || (extension == ".log" && file.file_size(size_error) > 0)) {
      return absl::DataLossError(absl::StrCat(directory, " holds ", file.path().filename().string(),
                                              ", but its file CURRENT is missing"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> FamiliesOf(const std::string& directory,
                                                    rocksdb::Env* env) {
  rocksdb::DBOptions options;
  options.env = env;
  std::vector<std::string> found;
  rocksdb::Status status = rocksdb::DB::ListColumnFamilies(options, directory, &found);
  if (!status.ok()) return FromRocks(status, absl::StrCat("opening ", directory));
  return found;
}

// An earlier program's tables may be others: whether one wrote the directory.
absl::Status CheckNotEarlier(const std::string& directory, rocksdb::Env* env) {
  rocksdb::DBOptions options;
  options.env = env;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status = rocksdb::DB::OpenForReadOnly(
      options, directory, {{rocksdb::kDefaultColumnFamilyName, {}}, {schema::kMeta, {}}}, &handles,
      &opened);
  if (!status.ok()) return absl::OkStatus();  // what is wrong is told otherwise
  const std::unique_ptr<rocksdb::DB> db(opened);
  std::string version;
  const bool has_version =
      db->Get(rocksdb::ReadOptions(), handles[1], schema::kMetaVersion, &version).ok();
  for (rocksdb::ColumnFamilyHandle* handle : handles) db->DestroyColumnFamilyHandle(handle);
  uint64_t number = 0;
  for (const char byte : version) number = number << 8 | static_cast<uint8_t>(byte);
  if (!has_version || number >= schema::kVersion) return absl::OkStatus();
  return EarlierVersion(directory, number);
}

absl::Status CheckFamilies(const std::string& directory, const std::vector<std::string>& found,
                           const std::vector<std::string>& known, rocksdb::Env* env) {
  const bool has_meta = Has(found, schema::kMeta);
  for (const std::string& name : found) {
    if (!Has(known, name)) {
      absl::Status earlier = has_meta ? CheckNotEarlier(directory, env) : absl::OkStatus();
      if (!earlier.ok()) return earlier;
      return absl::FailedPreconditionError(
          absl::StrCat(directory, " holds the table ", name,
                       ", which this program does not know: a newer one wrote it"));
    }
  }
  if (!has_meta) return absl::OkStatus();
  for (const std::string& name : known) {
    if (!Has(found, name)) {
      if (absl::Status status = CheckNotEarlier(directory, env); !status.ok()) return status;
      return absl::DataLossError(absl::StrCat(directory, " has lost its table ", name));
    }
  }
  return absl::OkStatus();
}

absl::Status MakeDirectory(const std::string& directory) {
  std::error_code error;
  if (std::filesystem::create_directories(directory, error) && !error) {
    // It will hold texts that identify people.
    std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
  }
  if (error) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot make ", directory, ": ", error.message()));
  }
  return absl::OkStatus();
}

absl::Status OpenError(const rocksdb::Status& status, const std::string& directory) {
  if (status.IsIOError() && absl::StrContains(status.ToString(), "LOCK")) {
    return absl::FailedPreconditionError(absl::StrCat("another brokerd has ", directory, " open"));
  }
  return FromRocks(status, absl::StrCat("opening ", directory));
}

}  // namespace

absl::Status FromRocks(const rocksdb::Status& status, absl::string_view what) {
  if (status.ok()) return absl::OkStatus();
  const std::string message = absl::StrCat(what, ": ", status.ToString());
  if (status.IsCorruption() || status.IsPathNotFound()) return absl::DataLossError(message);
  if (status.IsNotFound()) return absl::NotFoundError(message);
  if (status.IsNoSpace()) return absl::ResourceExhaustedError(message);
  return absl::UnavailableError(message);
}

absl::Status NewerVersion(const std::string& directory, uint64_t version) {
  return absl::FailedPreconditionError(absl::StrCat(
      directory, " has schema version ", version, ", which a newer program wrote; this",
      " program knows only version ", schema::kVersion));
}

absl::Status EarlierVersion(const std::string& directory, uint64_t version) {
  return absl::FailedPreconditionError(absl::StrCat(
      directory, " has schema version ", version, ", which an earlier program wrote: ",
      "bring it up to version ", schema::kVersion, " with brokerd upgrade --data ", directory));
}

absl::Status StickyError::status() const {
  std::lock_guard lock(mutex_);
  return status_;
}

void StickyError::Note(absl::Status status) {
  std::lock_guard lock(mutex_);
  if (!status_.ok() || status.ok()) return;
  status_ = std::move(status);
  ok_.store(false, std::memory_order_release);
}

absl::Status StickyError::Keep(absl::Status noted) {
  Note(std::move(noted));
  return status();
}

RocksDatabase::RocksDatabase(std::string directory)
    : directory_(std::move(directory)), error_(std::make_shared<StickyError>()) {}

RocksDatabase::~RocksDatabase() {
  if (db_ == nullptr) return;
  for (rocksdb::ColumnFamilyHandle* handle : handles_) db_->DestroyColumnFamilyHandle(handle);
  db_->Close();
}

absl::StatusOr<std::shared_ptr<RocksDatabase>> RocksDatabase::Open(const std::string& directory,
                                                                   Mode mode, rocksdb::Env* env) {
  std::vector<std::string> names = KnownFamilies();
  std::vector<std::string> found = {rocksdb::kDefaultColumnFamilyName};
  if (std::filesystem::exists(std::filesystem::path(directory) / "CURRENT")) {
    absl::StatusOr<std::vector<std::string>> families = FamiliesOf(directory, env);
    if (!families.ok()) return families.status();
    found = *std::move(families);
    if (mode == Mode::kEarlier) {
      names = found;
    } else if (absl::Status status = CheckFamilies(directory, found, names, env); !status.ok()) {
      return status;
    }
  } else {
    if (absl::Status status = CheckNothingIsLostIn(directory); !status.ok()) return status;
    if (mode == Mode::kReadOnly || mode == Mode::kEarlier) {
      return absl::NotFoundError(absl::StrCat(directory, " holds no journal"));
    }
    if (absl::Status status = MakeDirectory(directory); !status.ok()) return status;
  }

  std::shared_ptr<RocksDatabase> database(new RocksDatabase(directory));
  const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(kBlockCacheBytes);
  // Those that are there first, and in their order those that are not.
  const auto missing = std::stable_partition(
      names.begin(), names.end(), [&](const std::string& name) { return Has(found, name); });
  std::vector<rocksdb::ColumnFamilyDescriptor> families, to_make;
  for (auto name = names.begin(); name != names.end(); ++name) {
    (name < missing ? families : to_make).emplace_back(*name, FamilyOptions(*name, cache));
  }
  rocksdb::DBOptions options = DatabaseOptions(database->error_, env);
  options.info_log = OpenRocksLog(directory);
  options.avoid_flush_during_shutdown = mode == Mode::kScratch;
  rocksdb::DB* db = nullptr;
  rocksdb::Status status =
      mode == Mode::kReadOnly
          ? rocksdb::DB::OpenForReadOnly(options, directory, families, &database->handles_, &db)
          : rocksdb::DB::Open(options, directory, families, &database->handles_, &db);
  if (!status.ok()) return OpenError(status, directory);
  database->db_.reset(db);
  if (mode == Mode::kReadOnly) {
    names.erase(missing, names.end());  // reading alone makes no table
  } else if (!to_make.empty()) {
    // All at once: each call writes down the options of every family, and reads them again.
    std::vector<rocksdb::ColumnFamilyHandle*> made;
    status = db->CreateColumnFamilies(to_make, &made);
    database->handles_.insert(database->handles_.end(), made.begin(), made.end());
    if (!status.ok()) return OpenError(status, directory);
  }

  auto handle_of = [&](const std::string& name) -> rocksdb::ColumnFamilyHandle* {
    const auto at = std::find(names.begin(), names.end(), name);
    return at == names.end() ? nullptr
                             : database->handles_[static_cast<size_t>(at - names.begin())];
  };
  for (int i = 0; i < engine::kTables; ++i) {
    database->tables_.push_back(handle_of(engine::TableName(static_cast<engine::Table>(i))));
  }
  database->journal_ = handle_of(schema::kJournal);
  database->outcomes_ = handle_of(schema::kOutcomes);
  database->outcomes_by_time_ = handle_of(schema::kOutcomesByTime);
  database->postcodes_ = handle_of(schema::kPostcodes);
  database->meta_ = handle_of(schema::kMeta);
  return database;
}

std::optional<std::string> RocksDatabase::Get(rocksdb::ColumnFamilyHandle* family,
                                              absl::string_view key,
                                              const rocksdb::Snapshot* snapshot) const {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot;
  std::string value;
  rocksdb::Status status = db_->Get(options, family, ToSlice(key), &value);
  if (status.ok()) return value;
  if (!status.IsNotFound()) error_->Note(FromRocks(status, "reading " + family->GetName()));
  return std::nullopt;
}

}  // namespace brokerage::storage
