#include "engine/decide/decide.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/bounds.h"
#include "engine/base/check.h"
#include "engine/base/hash.h"
#include "engine/base/ids.h"
#include "engine/base/personal_text.h"
#include "engine/model/lifecycle.h"
#include "engine/model/visibility.h"

namespace brokerage::engine {

Deciding::Deciding(const State& state, const ZoneFinder& zones, const Command& command,
                   absl::Time now)
    : state_(state), zones_(zones), command_(command), caller_(command.caller), now_(now) {
  decision_.record.set_time_us(now_us());
  decision_.record.set_account_id(caller_.account_id);
}

absl::StatusOr<Decision> Deciding::Run() {
  absl::Status status =
      std::visit([this](const auto& request) { return On(request); }, command_.request);
  if (!status.ok()) return status;
  return std::move(decision_);
}

absl::StatusOr<const PackageAggregate*> Deciding::FindPackage(absl::string_view id,
                                                              absl::string_view field) {
  if (id.empty()) return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, field, "", "a package's id");
  const auto parsed = ParsePackageId(id);
  const PackageAggregate* package = parsed ? state_.Package(parsed->number) : nullptr;
  if (package == nullptr || package->row.year() != parsed->year ||
      !MaySeePackage(caller_, package->row)) {
    return Reject(v1::REJECTION_REASON_NOT_FOUND, field, id, "the id of a package of yours");
  }
  return package;
}

absl::Status Deciding::CheckState(const journal::v1::PackageRow& row, PackageVerb verb) {
  if (Legal(row.state(), verb)) return absl::OkStatus();
  return Reject(
      v1::REJECTION_REASON_PACKAGE_STATE, "package_id", FormatPackageId({row.year(), row.number()}),
      absl::StrCat("a package that is ", SourcesInWords(verb), "; it is ", StateName(row.state())));
}

absl::Status Deciding::CheckReason(absl::string_view text, absl::string_view field) {
  if (text.empty()) return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, field, "", "why, in words");
  if (text.size() > limits::kReasonBytesMax) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, field, absl::StrCat(text.size(), " bytes"),
                  absl::StrCat("at most ", limits::kReasonBytesMax, " bytes"));
  }
  return absl::OkStatus();
}

absl::Status Deciding::CheckImpersonal(absl::string_view text, absl::string_view field) {
  const auto personal = FindPersonalText(text);
  if (!personal) return absl::OkStatus();
  return Reject(v1::REJECTION_REASON_TEXT_IDENTIFIES_PERSON, field, "",
                absl::StrCat("a reason without ", personal->kind, "; it appears in reports"));
}

absl::Status Deciding::CheckCause(v1::Cause cause) {
  constexpr char kCauses[] = "PROVIDER, WRONG_DESCRIPTION, PERSON or AUTHORITY";
  if (cause == v1::CAUSE_SUCCESSOR) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "cause", "SUCCESSOR",
                  absl::StrCat(kCauses, ": whether it is a successor's is known here"));
  }
  if (cause != v1::CAUSE_UNSPECIFIED) return absl::OkStatus();
  return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "cause", "", kCauses);
}

std::string Deciding::AddText(uint64_t number, std::string name, absl::string_view text) {
  journal::v1::TextRow row;
  row.set_package_number(number);
  row.set_name(std::move(name));
  row.set_text(std::string(text));
  row.set_salt(command_.salt);
  std::string hash = SaltedHash(row.salt(), row.name(), text);
  decision_.texts.push_back(std::move(row));
  return hash;
}

std::string Deciding::ReasonName() const {
  return absl::StrCat("reason/", state_.last_sequence + 1);
}

const absl::TimeZone& Deciding::ZoneOf(const v1::FrameworkRules& rules) const {
  const absl::TimeZone* zone = zones_(rules.time_zone());
  BROKERAGE_CHECK(zone != nullptr);  // ApplyFramework refuses a zone that the host does not know
  return *zone;
}

DateNumber Deciding::Today(const v1::FrameworkRules& rules) const {
  return LocalDate(now_, ZoneOf(rules));
}

}  // namespace brokerage::engine
