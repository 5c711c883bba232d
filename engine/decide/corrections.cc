#include "engine/decide/corrections.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/calendar.h"
#include "engine/base/ids.h"
#include "engine/base/rejection.h"
#include "engine/decide/checks.h"
#include "engine/decide/persons.h"
#include "engine/decide/referral.h"
#include "engine/model/lifecycle.h"
#include "engine/views/replies.h"

namespace brokerage::engine {

using google::protobuf::FieldDescriptor;
using journal::v1::PackageRow;
using v1::PackageReferral;

namespace {

// The counts of packages of so many months are in memory, wherever a package belongs.
constexpr int kMonths = 12;

// A refusal of the referral, as one of this request.
absl::Status AsOfChanges(const absl::Status& status) {
  const v1::Rejection rejection = RejectionOf(status);
  absl::string_view field = rejection.field();
  if (!absl::ConsumePrefix(&field, "referral.")) return status;
  return Reject(rejection.reason(), absl::StrCat("changes.", field), rejection.value(),
                rejection.expected());
}

// What cannot be corrected: what the package is, not what it says.
bool MayChange(const FieldDescriptor& field) {
  switch (field.number()) {
    case PackageReferral::kFrameworkIdFieldNumber:
    case PackageReferral::kAuthorityIdFieldNumber:
    case PackageReferral::kAlreadyRunningFieldNumber:
    case PackageReferral::kRunningBranchIdFieldNumber:
    case PackageReferral::kRunningContractIdFieldNumber:
    case PackageReferral::kFollowsPackageIdFieldNumber:
      return false;
    default:
      return true;
  }
}

// The referral as if it were submitted now.
PackageReferral ReferralOf(const PackageAggregate& package) {
  const PackageRow& row = package.row;
  PackageReferral referral;
  referral.set_framework_id(row.framework_id());
  referral.set_authority_id(row.authority_id());
  referral.set_origin(row.origin());
  referral.set_urgency(row.urgency());
  referral.set_ward_code(row.ward_code());
  referral.set_postcode(package.Text("postcode"));
  *referral.mutable_terms() = row.terms();
  *referral.mutable_needs() = row.needs();
  referral.set_previous_provider_id(row.previous_provider_id());
  referral.set_previous_branch_id(row.previous_branch_id());
  *referral.mutable_refused_provider_ids() = row.refused_provider_ids();
  *referral.mutable_preferred_provider_ids() = row.preferred_provider_ids();
  referral.set_summary(package.Text("summary"));
  referral.set_details(package.Text("details"));
  referral.set_person_reference(package.Text("person_reference"));
  referral.set_hold(row.held());
  return referral;
}

// The fields that the request gives or clears. Errors: FIELD_REQUIRED, FIELD_INVALID.
absl::StatusOr<std::vector<const FieldDescriptor*>> FieldsOf(
    const v1::CorrectPackageRequest& request) {
  std::vector<const FieldDescriptor*> fields;
  request.changes().GetReflection()->ListFields(request.changes(), &fields);
  for (const std::string& name : request.cleared_fields()) {
    const FieldDescriptor* field = PackageReferral::descriptor()->FindFieldByName(name);
    if (field == nullptr) {
      return Reject(v1::REJECTION_REASON_FIELD_INVALID, "cleared_fields", name,
                    "the name of a field of the referral");
    }
    if (std::find(fields.begin(), fields.end(), field) != fields.end()) {
      return Reject(v1::REJECTION_REASON_FIELD_INVALID, "cleared_fields", name,
                    "a field once, and none that changes gives");
    }
    fields.push_back(field);
  }
  if (fields.empty()) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "changes", "", "what changes");
  }
  for (const FieldDescriptor* field : fields) {
    if (MayChange(*field)) continue;
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, absl::StrCat("changes.", field->name()), "",
                  "nothing: cancel the package, and submit what it should have been");
  }
  return fields;
}

void Merge(const v1::CorrectPackageRequest& request, PackageReferral* referral) {
  const PackageReferral& changes = request.changes();
  if (!changes.needs().empty()) referral->clear_needs();
  if (!changes.refused_provider_ids().empty()) referral->clear_refused_provider_ids();
  if (!changes.preferred_provider_ids().empty()) referral->clear_preferred_provider_ids();
  if (!changes.terms().visits().empty()) referral->mutable_terms()->clear_visits();
  referral->MergeFrom(changes);
  for (const std::string& name : request.cleared_fields()) {
    referral->GetReflection()->ClearField(referral,
                                          PackageReferral::descriptor()->FindFieldByName(name));
  }
}

// Takes into the row what a referral says, and what comes of it. All else is the package's own.
void TakeReferral(const PackageRow& checked, PackageRow* row) {
  row->set_origin(checked.origin());
  row->set_urgency(checked.urgency());
  row->set_ward_code(checked.ward_code());
  row->set_lot_id(checked.lot_id());
  row->set_postcode_sector(checked.postcode_sector());
  *row->mutable_terms() = checked.terms();
  *row->mutable_needs() = checked.needs();
  row->set_previous_provider_id(checked.previous_provider_id());
  row->set_previous_branch_id(checked.previous_branch_id());
  *row->mutable_refused_provider_ids() = checked.refused_provider_ids();
  *row->mutable_preferred_provider_ids() = checked.preferred_provider_ids();
  row->set_held(checked.held());
  row->set_release_due_us(checked.release_due_us());
}

// Keeps a text that changed, and its hash or the one that stands.
void AddTexts(const Context& in, const PackageAggregate& package, const PackageReferral& referral,
              PackageRow* row, Decision* out) {
  row->clear_text_hashes();
  for (const auto& [name, text] : TextsOf(referral)) {
    journal::v1::TextHash& hash = *row->add_text_hashes();
    hash.set_name(name);
    const auto& before = package.row.text_hashes();
    const auto stands = std::find_if(before.begin(), before.end(),
                                     [name = name](const auto& one) { return one.name() == name; });
    if (stands != before.end() && package.Text(name) == text) {
      hash.set_hash(stands->hash());
    } else {
      hash.set_hash(AddText(in, row->number(), name, text, out));
    }
  }
}

}  // namespace

absl::Status Decide(const Context& in, const v1::CorrectPackageRequest& request, Decision* out) {
  absl::StatusOr<const PackageAggregate*> found = FindPackage(in, request.package_id());
  if (!found.ok()) return found.status();
  const PackageAggregate& package = **found;
  if (absl::Status status = CheckState(in, package.row, PackageVerb::kCorrect); !status.ok()) {
    return status;
  }
  const DateNumber today = in.Today(RulesOf(in.state, package.row));
  if (MonthOf(package.row.submitted_date()) < AddMonths(MonthOf(today), -kMonths)) {
    return Reject(v1::REJECTION_REASON_PACKAGE_STATE, "package_id", request.package_id(),
                  absl::StrCat("a package of the last ", kMonths,
                               " months: cancel it, and submit what it should be"));
  }
  absl::StatusOr<std::vector<const FieldDescriptor*>> fields = FieldsOf(request);
  if (!fields.ok()) return fields.status();
  PackageReferral referral = ReferralOf(package);
  const std::string person = referral.person_reference();
  const std::string summary = referral.summary();
  Merge(request, &referral);
  // What was said before was checked before.
  if (referral.person_reference() == person) referral.set_allow_second_package(true);
  if (referral.summary() == summary) referral.set_summary_confirmed(true);
  // A date that has passed stands until the terms are corrected.
  const std::string start = referral.terms().start_by_date();
  if (!request.changes().has_terms() && start < FormatDate(today)) {
    referral.mutable_terms()->set_start_by_date(FormatDate(today));
  }
  absl::StatusOr<PackageRow> checked = CheckReferral(in, referral, true);
  if (!checked.ok()) return AsOfChanges(checked.status());
  journal::v1::PackageCorrected& corrected = *out->Add().mutable_package_corrected();
  corrected.set_package_number(package.row.number());
  PackageRow& row = *corrected.mutable_package();
  row = package.row;
  TakeReferral(*checked, &row);
  row.mutable_terms()->set_start_by_date(start);
  if (referral.person_reference() != person) {
    // 0: somebody whom no package names so far, who gets a number with the record.
    row.set_person_number(PersonNumberFor(in, row.authority_id(), referral.person_reference(), 0));
  }
  AddTexts(in, package, referral, &row, out);
  for (const FieldDescriptor* field : *fields) corrected.add_fields(field->name());
  return absl::OkStatus();
}

v1::CorrectPackageResponse Reply(const After& after, const v1::CorrectPackageRequest& request) {
  const uint64_t number = ParsePackageId(request.package_id())->number;
  v1::CorrectPackageResponse response;
  *response.mutable_package() = PackageWithoutTexts(after.state, number);
  const Context now{after.state, after.zones, after.caller, after.time(), ""};
  AddRemarks(now, *after.state.Package(number), response.mutable_remarks());
  return response;
}

}  // namespace brokerage::engine
