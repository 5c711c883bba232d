// The keys of directory facts: what a fact is about, readable, and sorted so that what belongs
// together lies together. And the parts of postcodes.
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "engine/model/directory.h"

namespace brokerage::engine {

std::string WardKey(absl::string_view framework_id, absl::string_view code) {
  return absl::StrCat("ward/", framework_id, "/", code);
}

std::string LotKey(absl::string_view framework_id, absl::string_view lot_id) {
  return absl::StrCat("lot/", framework_id, "/", lot_id);
}

std::string LotWardKey(absl::string_view framework_id, absl::string_view lot_id,
                       absl::string_view ward_code) {
  return absl::StrCat("lot_ward/", framework_id, "/", lot_id, "/", ward_code);
}

std::string ProviderKey(absl::string_view id) { return absl::StrCat("provider/", id); }

std::string BranchKey(absl::string_view id) { return absl::StrCat("branch/", id); }

std::string CoverageKey(absl::string_view branch_id, absl::string_view ward_code,
                        v1::ServiceType service) {
  return absl::StrCat(WardCoveragePrefix(branch_id, ward_code), static_cast<int>(service));
}

std::string CoverageKey(const v1::Coverage& line) {
  if (line.postcode_area().empty()) {
    return CoverageKey(line.branch_id(), line.ward_code(), line.service_type());
  }
  return absl::StrCat(
      AreaCoveragePrefix(line.branch_id(), line.postcode_area(), line.framework_id()),
      static_cast<int>(line.service_type()));
}

std::string CoveragePrefix(absl::string_view branch_id) {
  return absl::StrCat("coverage/", branch_id, "/");
}

std::string WardCoveragePrefix(absl::string_view branch_id, absl::string_view ward_code) {
  return absl::StrCat(CoveragePrefix(branch_id), ward_code, "/");
}

std::string AreaCoveragePrefix(absl::string_view branch_id, absl::string_view postcode_area,
                               absl::string_view framework_id) {
  return absl::StrCat(CoveragePrefix(branch_id), "area:", postcode_area, "/", framework_id, "/");
}

std::string ProposalKey(absl::string_view id) { return absl::StrCat("coverage_proposal/", id); }

std::string ContractKey(absl::string_view id) { return absl::StrCat("contract/", id); }

std::string NovationKey(absl::string_view contract_id, DateNumber date) {
  return absl::StrCat("novation/", contract_id, "/", date);
}

std::string OptOutKey(absl::string_view id) { return absl::StrCat("opt_out/", id); }

std::string CapacityKey(absl::string_view branch_id) {
  return absl::StrCat("capacity/", branch_id);
}

std::string SuspensionKey(absl::string_view id) { return absl::StrCat("suspension/", id); }

std::string TransferKey(absl::string_view id) { return absl::StrCat("transfer/", id); }

std::string HolidayKey(absl::string_view framework_id, DateNumber date) {
  return absl::StrCat("holiday/", framework_id, "/", date);
}

namespace {

bool IsLetter(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); }
bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

// The letters, at most two, that a postcode begins with.
size_t AreaLength(absl::string_view text) {
  size_t length = 0;
  while (length < text.size() && IsLetter(text[length])) ++length;
  return length <= 2 ? length : 0;
}

// "NG18", "N1", "W1A": area, one or two digits, or a digit and a letter.
bool IsOutwardCode(absl::string_view text) {
  size_t area = AreaLength(text);
  if (area == 0 || area >= text.size()) return false;
  absl::string_view district = text.substr(area);
  if (district.size() > 2 || !IsDigit(district[0])) return false;
  return district.size() == 1 || IsDigit(district[1]) || IsLetter(district[1]);
}

}  // namespace

std::string PostcodeSector(absl::string_view postcode) {
  if (postcode.size() < 5) return "";
  absl::string_view inward = postcode.substr(postcode.size() - 3);
  absl::string_view outward = postcode.substr(0, postcode.size() - 3);
  if (outward.back() == ' ') outward.remove_suffix(1);
  if (!IsOutwardCode(outward) || !IsDigit(inward[0]) || !IsLetter(inward[1]) ||
      !IsLetter(inward[2])) {
    return "";
  }
  return absl::StrCat(absl::AsciiStrToUpper(outward), " ", inward.substr(0, 1));
}

std::string PostcodeKey(absl::string_view postcode) {
  constexpr size_t kBytesMax = 16;  // files pad postcodes with spaces, by no more than a few
  if (postcode.size() > kBytesMax) return "";
  std::string key;
  for (char c : postcode) {
    if (c != ' ') key.push_back(absl::ascii_toupper(static_cast<unsigned char>(c)));
  }
  return PostcodeSector(key).empty() ? "" : key;
}

std::string PostcodeOfKey(absl::string_view key) {
  return absl::StrCat(key.substr(0, key.size() - 3), " ", key.substr(key.size() - 3));
}

std::string PostcodeArea(absl::string_view postcode_or_sector) {
  size_t length = AreaLength(postcode_or_sector);
  bool is_area =
      length > 0 && length < postcode_or_sector.size() && IsDigit(postcode_or_sector[length]);
  return is_area ? absl::AsciiStrToUpper(postcode_or_sector.substr(0, length)) : "";
}

bool IsPostcodeArea(absl::string_view text) {
  return (text.size() == 1 || text.size() == 2) && AreaLength(text) == text.size() &&
         absl::AsciiStrToUpper(text) == text;
}

}  // namespace brokerage::engine
