// Taking a package in: the checks of a referral, the preview, the submission.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "engine/decide/context.h"

namespace brokerage::engine {

absl::Status Decide(const Context& in, const v1::PreviewPackageRequest& request, Decision* out);
inline NoReply Reply(const After&, const v1::PreviewPackageRequest&) { return {}; }

absl::Status Decide(const Context& in, const v1::SubmitPackageRequest& request, Decision* out);
v1::SubmitPackageResponse Reply(const After& after, const v1::SubmitPackageRequest& request);

// Checks a referral and makes the row that a package begins with, without its texts. `texts_needed`
// is false for a preview. Errors: those of SubmitPackage, with "referral." before the field's name.
absl::StatusOr<journal::v1::PackageRow> CheckReferral(const Context& in,
                                                      const v1::PackageReferral& referral,
                                                      bool texts_needed);
// The referral's texts as they are kept, by name; without those that are empty.
std::map<std::string, std::string> TextsOf(const v1::PackageReferral& referral);
// What the sender of a package that has not gone out should know.
void AddRemarks(const Context& in, const PackageAggregate& package,
                google::protobuf::RepeatedPtrField<std::string>* remarks);

// FIELD_REQUIRED or FIELD_INVALID unless the terms are whole and within bounds. `field` is where
// they stand in the request.
absl::Status CheckTerms(const v1::PackageTerms& terms, absl::string_view field,
                        DateNumber earliest_start);
// Likewise of needs, of a summary, which must name nobody unless the sender has checked it, and of
// details.
absl::Status CheckNeeds(const google::protobuf::RepeatedPtrField<v1::Need>& needs,
                        absl::string_view field);
absl::Status CheckSummary(const std::string& summary, bool confirmed, absl::string_view field);
absl::Status CheckDetails(const std::string& details, absl::string_view field);
// When the limit of a service that started on the date, today or before, passes; 0 if it is no
// interim service.
int64_t LimitDue(const Context& in, const v1::FrameworkRules& rules, v1::ServiceType service,
                 DateNumber started);

}  // namespace brokerage::engine
