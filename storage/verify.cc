#include "storage/verify.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/hash.h"
#include "storage/digest.h"
#include "storage/encoding.h"
#include "storage/loading.h"
#include "storage/replay.h"
#include "storage/rocksdb_store.h"

namespace brokerage::storage {

namespace {

using engine::Table;

// A table's rows one after the other, fetched in portions.
class RowCursor {
 public:
  RowCursor(const View& view, Table table) : view_(view), table_(table) { Fetch(""); }

  bool done() const { return at_ == rows_.size(); }
  const std::string& key() const { return rows_[at_].first; }
  const std::string& value() const { return rows_[at_].second; }
  void Next() {
    if (++at_ == rows_.size() && rows_.size() == kPortion) Fetch(rows_.back().first + '\0');
  }

 private:
  static constexpr size_t kPortion = 1000;
  void Fetch(const std::string& from) {
    rows_.clear();
    at_ = 0;
    view_.Scan(table_, "", from, [this](absl::string_view key, absl::string_view value) {
      rows_.emplace_back(key, value);
      return rows_.size() < kPortion;
    });
  }

  const View& view_;
  const Table table_;
  std::vector<std::pair<std::string, std::string>> rows_;
  size_t at_ = 0;
};

class Verification {
 public:
  Verification(const View& view, const std::optional<Head>& expect_head, Replay* replay)
      : view_(view), expect_head_(expect_head), replay_(replay) {}

  absl::StatusOr<VerifyReport> Run() {
    if (absl::Status status = ReplayJournal(); !status.ok()) return status;
    CheckExpectedHead();
    if (!replayed_) return std::move(report_);
    const std::unique_ptr<View> replayed = replay_->Read();
    CompareRows(*replayed);
    if (absl::Status status = CompareTexts(*replayed); !status.ok()) return status;
    if (absl::Status status = replayed->status(); !status.ok()) return status;
    if (absl::Status status = view_.status(); !status.ok()) Problem(status.message());
    return std::move(report_);
  }

 private:
  void Problem(absl::string_view problem) {
    ++report_.problem_count;
    if (report_.problems.size() < kProblemsListedMax) report_.problems.emplace_back(problem);
  }

  absl::Status ReplayJournal() {
    absl::Status failed;
    absl::Status chain = view_.Tail(1, [&](const journal::v1::JournalEntry& entry) {
      if (expect_head_.has_value() && entry.sequence() == expect_head_->sequence) {
        expected_found_ = entry.hash() == expect_head_->hash;
      }
      failed = replay_->Add(entry);
      if (!failed.ok()) return false;
      report_.records = entry.sequence();
      report_.head = {entry.sequence(), entry.hash()};
      return true;
    });
    if (failed.ok() && chain.ok()) {
      failed = replay_->Flush();
      replayed_ = failed.ok();
    }
    // What the journal cannot tell, rows cannot be compared with.
    if (!chain.ok()) Problem(chain.message());
    if (absl::IsDataLoss(failed)) {
      Problem(failed.message());
      return absl::OkStatus();
    }
    return failed;
  }

  void CheckExpectedHead() {
    if (!expect_head_.has_value() || expect_head_->sequence == 0 || expected_found_) return;
    if (expect_head_->sequence > report_.head.sequence) {
      Problem(absl::StrCat("the journal ends at ", report_.head.ToString(), ": its tail up to ",
                           expect_head_->ToString(), " is missing"));
    } else {
      Problem(absl::StrCat("journal entry ", expect_head_->sequence, " is not the expected ",
                           expect_head_->ToString()));
    }
  }

  void CompareRows(const View& replayed) {
    Digester stored_digest;
    Digester replayed_digest;
    ForEachDigestedTable([&](Table table) {
      RowCursor stored(view_, table);
      RowCursor due(replayed, table);
      while (!stored.done() || !due.done()) {
        const bool has_stored = !stored.done() && (due.done() || stored.key() <= due.key());
        const bool has_due = !due.done() && (stored.done() || due.key() <= stored.key());
        if (!has_due) {
          Problem(DescribeKey(table, stored.key()) + ": stored, but the journal does not make it");
        } else if (!has_stored) {
          Problem(DescribeKey(table, due.key()) + ": missing, but the journal makes it");
        } else if (stored.value() != due.value()) {
          Problem(DescribeKey(table, due.key()) + ": not what the journal makes it");
        }
        if (has_stored) {
          stored_digest.Add(table, stored.key(), stored.value());
          stored.Next();
        }
        if (has_due) {
          replayed_digest.Add(table, due.key(), due.value());
          due.Next();
        }
      }
    });
    report_.digest = stored_digest.Finish();
    if (report_.digest != replayed_digest.Finish() && report_.ok()) {
      Problem("the digests differ");
    }
  }

  absl::Status CompareTexts(const View& replayed) {
    view_.Scan(Table::kTexts, "", "", [&](absl::string_view key, absl::string_view value) {
      journal::v1::TextRow row;
      const bool whole = row.ParseFromArray(value.data(), static_cast<int>(value.size())) &&
                         engine::TextKey(row.package_number(), row.name()) == key &&
                         replay_->NamesText(row.package_number(), HashOf(row));
      if (!whole) Problem(DescribeKey(Table::kTexts, key) + ": not a text that the journal names");
      if (whole && row.name() == engine::kPersonReference) CheckPersonIsFound(replayed, row);
      return true;
    });
    uint64_t found = 0;
    view_.Scan(Table::kPersons, "", "", [&](absl::string_view, absl::string_view) {
      ++found;
      return true;
    });
    if (found > persons_) {
      Problem(absl::StrCat("persons: ", found - persons_, " rows of no text that is there"));
    }
    for (RowCursor cursor(replayed, Table::kPackages); !cursor.done(); cursor.Next()) {
      const uint64_t number = engine::TrailingNumber(cursor.key());
      absl::StatusOr<std::optional<engine::PackageAggregate>> package =
          ReadPackage(replayed, number);
      if (!package.ok()) return package.status();
      if (package->has_value() && !(*package)->row.erased()) CheckNoTextIsMissing(**package);
    }
    return absl::OkStatus();
  }

  // The row by which the package is found with the person.
  void CheckPersonIsFound(const View& replayed, const journal::v1::TextRow& text) {
    const auto value = replayed.Get(Table::kPackages, engine::PackageKey(text.package_number()));
    journal::v1::PackageRow package;
    if (!value.has_value() || !package.ParseFromString(*value)) return;  // told of otherwise
    const auto [key, number] = engine::PersonRow(package, text);
    ++persons_;
    const auto stored = view_.Get(Table::kPersons, key);
    if (stored.has_value() && *stored == number) return;
    Problem(DescribeKey(Table::kPersons, key) +
            (stored.has_value() ? ": not what the text makes it" : ": missing"));
    if (!stored.has_value()) --persons_;
  }

  void CheckNoTextIsMissing(const engine::PackageAggregate& package) {
    const uint64_t number = package.row.number();
    std::set<std::string> stored;
    view_.Scan(Table::kTexts, engine::PackageKey(number), "",
               [&](absl::string_view key, absl::string_view value) {
                 journal::v1::TextRow row;
                 if (row.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
                   stored.insert(HashOf(row));
                 }
                 return true;
               });
    for (const journal::v1::TextHash& text : package.row.text_hashes()) {
      if (!stored.contains(text.hash())) {
        Problem(DescribeKey(Table::kTexts, engine::TextKey(number, text.name())) + ": missing");
      }
    }
    for (const journal::v1::OfferRow& offer : package.offers) {
      for (const journal::v1::AnswerRow& answer : offer.answers()) {
        if (answer.note_hash().empty() || stored.contains(answer.note_hash())) continue;
        Problem(absl::StrCat(DescribeKey(Table::kOffers, engine::OfferKey(number, offer.ordinal())),
                             ": the note of an answer is missing from texts"));
      }
    }
  }

  static std::string HashOf(const journal::v1::TextRow& row) {
    return engine::SaltedHash(row.salt(), row.name(), row.text());
  }

  const View& view_;
  const std::optional<Head>& expect_head_;
  Replay* const replay_;
  VerifyReport report_;
  bool expected_found_ = false;
  bool replayed_ = false;
  uint64_t persons_ = 0;  // rows of kPersons that belong to a text
};

}  // namespace

absl::StatusOr<VerifyReport> Verify(const View& view, engine::ZoneFinder zones,
                                    const std::optional<Head>& expect_head,
                                    const std::string& scratch_directory) {
  absl::StatusOr<std::unique_ptr<Replay>> replay =
      Replay::Begin(std::move(zones), scratch_directory);
  if (!replay.ok()) return replay.status();
  return Verification(view, expect_head, replay->get()).Run();
}

absl::StatusOr<VerifyReport> VerifyDirectory(const std::string& directory, engine::ZoneFinder zones,
                                             const std::optional<Head>& expect_head,
                                             const std::string& scratch_directory) {
  absl::StatusOr<std::unique_ptr<RocksDbStore>> store =
      RocksDbStore::Open(directory, OpenMode::kReadOnly);
  if (!store.ok()) return store.status();
  absl::StatusOr<VerifyReport> report =
      Verify(*(*store)->Read(), std::move(zones), expect_head, scratch_directory);
  if (!report.ok()) return report;
  report->torn_tails = (*store)->opening().torn_tails;
  if (absl::Status blocks = (*store)->CheckBlocks(); !blocks.ok()) {
    ++report->problem_count;
    report->problems.insert(report->problems.begin(), std::string(blocks.message()));
  }
  return report;
}

}  // namespace brokerage::storage
