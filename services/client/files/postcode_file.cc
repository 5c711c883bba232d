#include "services/client/files/postcode_file.h"

#include <csv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/postcode.h"
#include "engine/model/directory.h"

namespace brokerage::client {

namespace {

constexpr size_t kBlockBytes = 256 << 10;
constexpr int kCodePointColumns = 10;

// What is wanted of a row.
enum Wanted { kPostcode, kEasting, kNorthing, kWard, kTerminated, kWantedCount };

// "wd25cd": the ward's code as the ONS names it since 2025, with the year of the boundaries.
bool IsWardOfAYear(absl::string_view name) {
  return name.size() == 6 && absl::StartsWith(name, "wd") && absl::EndsWith(name, "cd") &&
         absl::ascii_isdigit(name[2]) && absl::ascii_isdigit(name[3]);
}

// Which of the wanted a column of the ONS directory is, or kWantedCount.
Wanted WantedOf(absl::string_view name) {
  if (name == "osward" || name == "ward" || IsWardOfAYear(name)) return kWard;
  if (name == "oseast1m" || name == "east1m") return kEasting;
  if (name == "osnrth1m" || name == "north1m") return kNorthing;
  if (name == "doterm") return kTerminated;
  return kWantedCount;
}

class Reader {
 public:
  Reader(const std::string& path, const std::function<absl::Status(v1::PostcodeRow)>& on_row,
         PostcodesLeftOut* left_out)
      : path_(path), on_row_(on_row), left_out_(left_out) {
    csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI);
    csv_set_blk_size(&parser_, 4096);
  }
  ~Reader() { csv_free(&parser_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  absl::Status Take(absl::string_view block) {
    if (at_begin_) absl::ConsumePrefix(&block, "\xef\xbb\xbf");  // as spreadsheets put it there
    at_begin_ = false;
    const bool whole =
        csv_parse(&parser_, block.data(), block.size(), OnField, OnRow, this) == block.size();
    if (status_.ok() && !whole) Wrong("a quote out of place");
    return status_;
  }

  absl::Status Finish() {
    if (csv_fini(&parser_, OnField, OnRow, this) != 0 && status_.ok()) {
      Wrong("a quoted field has no closing quote");
    }
    if (status_.ok() && line_ == 1) Wrong("the file is empty");
    return status_;
  }

 private:
  static void OnField(void* data, size_t size, void* self) {
    static_cast<Reader*>(self)->Field({static_cast<const char*>(data), size});
  }
  static void OnRow(int, void* self) { static_cast<Reader*>(self)->Row(); }

  void Field(absl::string_view text) {
    const size_t column = column_++;
    if (!status_.ok()) return;
    if (line_ == 1) {
      first_.emplace_back(text);
    } else if (column < wanted_.size() && wanted_[column] != kWantedCount) {
      cells_[wanted_[column]].assign(text.data(), text.size());
    }
  }

  void Row() {
    if (status_.ok()) {
      if (line_ == 1) {
        First();
      } else if (column_ != columns_) {
        Wrong(absl::StrCat("the row has ", column_, " fields, the first line has ", columns_));
      } else {
        HandOn();
      }
    }
    column_ = 0;
    ++line_;
  }

  // The first line is the ONS directory's header, or Code-Point Open's first row.
  void First() {
    columns_ = first_.size();
    wanted_.assign(columns_, kWantedCount);
    std::vector<std::string> names;
    for (const std::string& cell : first_) names.push_back(absl::AsciiStrToLower(cell));
    auto postcode = std::find(names.begin(), names.end(), "pcds");
    if (postcode == names.end()) postcode = std::find(names.begin(), names.end(), "pcd");
    if (postcode != names.end()) {
      for (size_t i = 0; i < columns_; ++i) wanted_[i] = WantedOf(names[i]);
      wanted_[static_cast<size_t>(postcode - names.begin())] = kPostcode;
      return RequireColumns();
    }
    if (columns_ != kCodePointColumns || engine::PostcodeKey(first_[0]).empty()) {
      return Wrong(
          "neither the header of an ONS postcode directory (columns pcds and osward) nor a row of "
          "Code-Point Open (10 columns, the postcode first)");
    }
    wanted_[0] = kPostcode;
    wanted_[2] = kEasting;
    wanted_[3] = kNorthing;
    wanted_[9] = kWard;
    for (size_t i = 0; i < columns_; ++i) {
      if (wanted_[i] != kWantedCount) cells_[wanted_[i]] = first_[i];
    }
    HandOn();
  }

  void RequireColumns() {
    for (const auto& [wanted, name] :
         {std::pair{kWard, "osward (or wd25cd, of any year)"}, std::pair{kEasting, "oseast1m"},
          std::pair{kNorthing, "osnrth1m"}}) {
      const auto count = std::count(wanted_.begin(), wanted_.end(), wanted);
      if (count == 1) continue;
      return Wrong(
          absl::StrCat("the column ", name, count == 0 ? " is missing" : " is there twice"));
    }
  }

  void HandOn() {
    if (!cells_[kTerminated].empty()) {
      ++left_out_->terminated;
      return;
    }
    if (cells_[kWard].empty()) {
      ++left_out_->without_ward;
      return;
    }
    v1::PostcodeRow row;
    if (engine::PostcodeKey(cells_[kPostcode]).empty()) {
      return Wrong(absl::StrCat("\"", cells_[kPostcode], "\" is no postcode, such as NG18 1JY"));
    }
    row.set_postcode(cells_[kPostcode]);
    row.set_ward_code(cells_[kWard]);
    row.set_easting(Metres(kEasting));
    row.set_northing(Metres(kNorthing));
    if (status_.ok()) status_ = on_row_(std::move(row));
  }

  // Empty is not known.
  int Metres(Wanted which) {
    int metres = 0;
    if (!cells_[which].empty() && !absl::SimpleAtoi(cells_[which], &metres)) {
      Wrong(absl::StrCat("\"", cells_[which], "\" is no whole number of metres"));
    }
    return metres;
  }

  void Wrong(absl::string_view what) {
    if (!status_.ok()) return;
    status_ = absl::InvalidArgumentError(absl::StrCat(path_, ":", line_, ": ", what));
  }

  const std::string& path_;
  const std::function<absl::Status(v1::PostcodeRow)>& on_row_;
  PostcodesLeftOut* const left_out_;
  csv_parser parser_;
  bool at_begin_ = true;
  int64_t line_ = 1;
  size_t column_ = 0;
  size_t columns_ = 0;
  std::vector<std::string> first_;
  std::vector<Wanted> wanted_;  // for each column
  std::array<std::string, kWantedCount> cells_;
  absl::Status status_;
};

}  // namespace

absl::Status ReadPostcodeFile(const std::string& path,
                              const std::function<absl::Status(v1::PostcodeRow)>& on_row,
                              const std::function<void(size_t bytes)>& on_read,
                              PostcodesLeftOut* left_out) {
  std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (file == nullptr) return absl::ErrnoToStatus(errno, path);
  Reader reader(path, on_row, left_out);
  std::vector<char> block(kBlockBytes);
  size_t size = 0;
  while ((size = std::fread(block.data(), 1, block.size(), file.get())) > 0) {
    if (absl::Status status = reader.Take({block.data(), size}); !status.ok()) return status;
    on_read(size);
  }
  if (std::ferror(file.get()) != 0) return absl::ErrnoToStatus(errno, path);
  return reader.Finish();
}

}  // namespace brokerage::client
