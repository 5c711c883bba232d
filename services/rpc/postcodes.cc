#include "services/rpc/postcodes.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "engine/base/bounds.h"
#include "engine/base/postcode.h"
#include "engine/base/rejection.h"
#include "engine/model/directory.h"

namespace brokerage::services::rpc {

namespace {

namespace limits = engine::limits;

constexpr char kPostcodeForm[] = "a full postcode, such as NG18 1JY";
constexpr int kEastingMax = 700000;  // of the British National Grid, in metres
constexpr int kNorthingMax = 1300000;

absl::Status Invalid(absl::string_view field, absl::string_view value, absl::string_view expected) {
  return engine::Reject(v1::REJECTION_REASON_FIELD_INVALID, field, value, expected);
}

bool IsWardCode(const std::string& code) {
  return !code.empty() && code.size() <= limits::kIdBytesMax &&
         std::all_of(code.begin(), code.end(),
                     [](unsigned char c) { return absl::ascii_isalnum(c); });
}

absl::StatusOr<storage::PostcodePlace> PlaceOf(const v1::PostcodeRow& row, int index) {
  auto field = [index](absl::string_view name) { return absl::StrCat("rows[", index, "].", name); };
  storage::PostcodePlace place{engine::PostcodeKey(row.postcode()), row.ward_code(), row.easting(),
                               row.northing()};
  if (place.key.empty()) return Invalid(field("postcode"), row.postcode(), kPostcodeForm);
  if (!IsWardCode(place.ward_code)) {
    return Invalid(field("ward_code"), place.ward_code, "a ward's ONS code, such as E05006377");
  }
  if (place.easting < 0 || place.easting > kEastingMax) {
    return Invalid(field("easting"), absl::StrCat(place.easting),
                   absl::StrCat("0 to ", kEastingMax, " metres"));
  }
  if (place.northing < 0 || place.northing > kNorthingMax) {
    return Invalid(field("northing"), absl::StrCat(place.northing),
                   absl::StrCat("0 to ", kNorthingMax, " metres"));
  }
  return place;
}

// "E05000001 Abbey Hill", as far as any framework knows the ward.
std::string NameOfWard(const engine::Directory& directory, const std::string& code) {
  const v1::Ward* ward = directory.Ward(code);
  return ward == nullptr ? code : absl::StrCat(code, " ", ward->name());
}

}  // namespace

absl::StatusOr<v1::ImportPostcodesResponse> ImportPostcodes(
    const Backend& backend, const CallContext& context, const v1::ImportPostcodesRequest& request) {
  std::vector<storage::PostcodePlace> places;
  places.reserve(static_cast<size_t>(request.rows_size()));
  for (int i = 0; i < request.rows_size(); ++i) {
    auto place = PlaceOf(request.rows(i), i);
    if (!place.ok()) return place.status();
    places.push_back(*std::move(place));
  }
  if (absl::Status room = backend.sequencer->CheckDisk(); !room.ok()) return room;
  if (absl::Status status = backend.store->PutPostcodes(places); !status.ok()) return status;
  if (request.last()) {
    if (absl::Status status = backend.store->SyncPostcodes(); !status.ok()) return status;
  }
  v1::ImportPostcodesResponse response;
  response.set_imported(request.rows_size());
  return response;
}

absl::StatusOr<v1::GetPostcodeResponse> GetPostcode(const Backend& backend,
                                                    const CallContext& context,
                                                    const v1::GetPostcodeRequest& request) {
  if (request.postcode().empty()) {
    return engine::Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "postcode", "", kPostcodeForm);
  }
  const std::string key = engine::PostcodeKey(request.postcode());
  if (key.empty()) return Invalid("postcode", request.postcode(), kPostcodeForm);
  const auto place = backend.store->FindPostcode(key);
  if (!place.has_value()) {
    return engine::Reject(v1::REJECTION_REASON_NOT_FOUND, "postcode", request.postcode(),
                          "a postcode that was imported");
  }
  v1::GetPostcodeResponse response;
  v1::PostcodeRow& row = *response.mutable_row();
  row.set_postcode(engine::PostcodeOfKey(key));
  row.set_ward_code(place->ward_code);
  row.set_easting(place->easting);
  row.set_northing(place->northing);
  return response;
}

absl::Status FillWard(const Backend& backend, const CallContext& context,
                      v1::PackageReferral* referral) {
  if (!referral->ward_code().empty() || referral->postcode().empty()) return absl::OkStatus();
  const std::string& postcode = referral->postcode();
  const std::string key = engine::PostcodeKey(postcode);
  if (key.empty()) return Invalid("referral.postcode", postcode, kPostcodeForm);
  const auto place = backend.store->FindPostcode(key);
  if (!place.has_value()) {
    return Invalid("referral.postcode", postcode,
                   "a postcode that was imported; or the ward in referral.ward_code");
  }
  const engine::Directory& directory = context.published->directory;
  const journal::v1::FrameworkRow* framework = directory.Framework(referral->framework_id());
  if (framework != nullptr &&  // without one the engine says so
      directory.LotOfWard(referral->framework_id(), place->ward_code).empty()) {
    return engine::Reject(
        v1::REJECTION_REASON_UNKNOWN_WARD, "referral.postcode", postcode,
        absl::StrCat("a postcode in a ward of ", framework->rules().name(), "; this one is in ",
                     NameOfWard(directory, place->ward_code)));
  }
  referral->set_ward_code(place->ward_code);
  referral->set_postcode(engine::PostcodeOfKey(key));  // as the engine reads postcodes
  return absl::OkStatus();
}

}  // namespace brokerage::services::rpc
