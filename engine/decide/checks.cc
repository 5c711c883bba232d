#include "engine/decide/checks.h"

#include "absl/strings/str_cat.h"
#include "engine/base/bounds.h"
#include "engine/base/ids.h"
#include "engine/base/personal_text.h"
#include "engine/base/rejection.h"
#include "engine/model/visibility.h"
#include "engine/views/words.h"

namespace brokerage::engine {

absl::StatusOr<const PackageAggregate*> FindPackage(const Context& in, absl::string_view id,
                                                    absl::string_view field) {
  if (id.empty()) return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, field, "", "a package's id");
  const auto parsed = ParsePackageId(id);
  const PackageAggregate* package = parsed ? in.state.Package(parsed->number) : nullptr;
  if (package == nullptr || package->row.year() != parsed->year ||
      !MaySeePackage(in.caller, package->row)) {
    return Reject(v1::REJECTION_REASON_NOT_FOUND, field, id, "the id of a package of yours");
  }
  return package;
}

absl::StatusOr<const PackageAggregate*> FindOfAuthority(const Context& in, absl::string_view id) {
  Caller navigation = in.caller;
  if (navigation.role == v1::ROLE_COMMISSIONER) navigation.role = v1::ROLE_CARE_NAVIGATOR;
  return FindPackage({in.state, in.zones, navigation, in.now, in.salt}, id);
}

std::string ChangedWords(const Context& in, const journal::v1::PackageRow& row) {
  if (row.changed_time_us() == 0) return "";
  std::string words = absl::StrCat("since ", MomentWords(row.changed_time_us()));
  if (MaySeePackage(in.caller, row)) {
    absl::StrAppend(&words, " by ", row.changed_by().empty() ? "the system" : row.changed_by());
  }
  return words;
}

absl::Status CheckState(const Context& in, const journal::v1::PackageRow& row, PackageVerb verb) {
  if (Legal(row.state(), verb)) return absl::OkStatus();
  const std::string changed = ChangedWords(in, row);
  return Reject(v1::REJECTION_REASON_PACKAGE_STATE, "package_id",
                FormatPackageId({row.year(), row.number()}),
                absl::StrCat("a package that is ", SourcesInWords(verb), "; it is ",
                             StateName(row.state()), changed.empty() ? "" : " ", changed));
}

absl::Status CheckGoesOn(const journal::v1::PackageRow& row) {
  if (!IsStopped(row)) return absl::OkStatus();
  return Reject(
      v1::REJECTION_REASON_PACKAGE_STATE, "package_id", FormatPackageId({row.year(), row.number()}),
      absl::StrCat("a package that goes on: with ",
                   FormatPackageId({row.stopped_by_year(), row.stopped_by_number()}),
                   " its person was said to have died; ContinuePackage if that is wrong"));
}

absl::StatusOr<FoundOffer> FindOffer(const Context& in, absl::string_view id) {
  if (id.empty()) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "offer_id", "", "an offer's id");
  }
  const auto parsed = ParseOfferId(id);
  const PackageAggregate* package = parsed ? in.state.Package(parsed->package.number) : nullptr;
  if (package != nullptr && package->row.year() == parsed->package.year &&
      parsed->ordinal <= static_cast<int32_t>(package->offers.size())) {
    const journal::v1::OfferRow& offer = package->offers[static_cast<size_t>(parsed->ordinal - 1)];
    if (MaySeeOffer(in.caller, package->row, offer)) return FoundOffer{package, &offer};
  }
  return Reject(v1::REJECTION_REASON_NOT_FOUND, "offer_id", id, "the id of an offer of yours");
}

absl::Status CheckReason(absl::string_view text, absl::string_view field) {
  if (text.empty()) return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, field, "", "why, in words");
  if (text.size() > limits::kReasonBytesMax) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, field, absl::StrCat(text.size(), " bytes"),
                  absl::StrCat("at most ", limits::kReasonBytesMax, " bytes"));
  }
  return absl::OkStatus();
}

absl::Status CheckImpersonal(absl::string_view text, absl::string_view field) {
  const auto personal = FindPersonalText(text);
  if (!personal) return absl::OkStatus();
  return Reject(v1::REJECTION_REASON_TEXT_IDENTIFIES_PERSON, field, "",
                absl::StrCat("a reason without ", personal->kind, "; it appears in reports"));
}

absl::Status CheckImpersonalReason(absl::string_view text, absl::string_view field) {
  if (absl::Status status = CheckReason(text, field); !status.ok()) return status;
  return CheckImpersonal(text, field);
}

}  // namespace brokerage::engine
