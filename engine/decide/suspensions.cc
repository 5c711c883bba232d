#include "engine/decide/suspensions.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/base/calendar.h"
#include "engine/base/rejection.h"
#include "engine/decide/checks.h"
#include "engine/decide/directory_changes.h"
#include "engine/model/directory_as_of.h"
#include "engine/model/fact_keys.h"
#include "engine/model/suspensions.h"
#include "engine/views/replies.h"

namespace brokerage::engine {

using journal::v1::DirectoryFact;

namespace {

absl::Status NotFound(absl::string_view field, absl::string_view id, absl::string_view expected) {
  return Reject(v1::REJECTION_REASON_NOT_FOUND, field, id, expected);
}

// Fills in what both suspensions have: id, who, why, from, to.
template <typename Request>
absl::Status BeginSuspension(const Context& in, const Request& request,
                             v1::Suspension* suspension) {
  suspension->set_id(absl::StrFormat("S-%06d", in.state.system.last_fact_number() + 1));
  suspension->set_reason(request.reason());
  suspension->set_suspended_by(in.caller.account_id);
  *suspension->mutable_from_time() =
      request.has_from_time() ? request.from_time() : ToTimestamp(in.now_us());
  if (FromTimestamp(suspension->from_time()) < in.now_us()) {
    return Reject(v1::REJECTION_REASON_IN_THE_PAST, "from_time", "",
                  "now or later: a suspension never acts in the past; or nothing, for now");
  }
  if (!request.has_to_time()) return absl::OkStatus();
  if (FromTimestamp(request.to_time()) <= FromTimestamp(suspension->from_time())) {
    return Reject(v1::REJECTION_REASON_IN_THE_PAST, "to_time", "",
                  "a time after its beginning, and in the future");
  }
  *suspension->mutable_to_time() = request.to_time();
  return absl::OkStatus();
}

// One that has not begun ends before it does.
void Lift(const Context& in, absl::string_view reason, v1::Suspension* suspension) {
  *suspension->mutable_to_time() =
      ToTimestamp(std::max(in.now_us(), FromTimestamp(suspension->from_time())));
  suspension->set_lifted_by(in.caller.account_id);
  suspension->set_lift_reason(std::string(reason));
}

template <typename Response>
Response WithSuspension(const After& after) {
  Response response;
  *response.mutable_suspension() = FirstFact(after).suspension();
  return response;
}

}  // namespace

absl::Status Decide(const Context& in, const v1::SuspendContractRequest& request, Decision* out) {
  absl::StatusOr<const v1::Contract*> contract =
      FindContract(in, request.contract_id(), "contract_id");
  if (!contract.ok()) return contract.status();
  if (absl::Status status = CheckReason(request.reason()); !status.ok()) return status;
  const v1::FrameworkRules& rules =
      in.state.directory.Framework((*contract)->framework_id())->rules();
  if (in.state.directory.StatusOf(**contract, in.Today(rules), in.now) !=
      v1::CONTRACT_STATUS_ACTIVE) {
    return Reject(v1::REJECTION_REASON_CONTRACT_STATUS, "contract_id", request.contract_id(),
                  "a contract that is active");
  }
  v1::Suspension suspension;
  suspension.set_contract_id(request.contract_id());
  suspension.set_framework_id((*contract)->framework_id());
  if (absl::Status status = BeginSuspension(in, request, &suspension); !status.ok()) return status;
  DirectoryFact fact = NewFact(in, SuspensionKey(suspension.id()), (*contract)->framework_id());
  *fact.mutable_suspension() = suspension;
  AddFact(in, fact, request.reason(), out);
  return absl::OkStatus();
}

v1::SuspendContractResponse Reply(const After& after, const v1::SuspendContractRequest&) {
  return WithSuspension<v1::SuspendContractResponse>(after);
}

absl::Status Decide(const Context& in, const v1::ResumeContractRequest& request, Decision* out) {
  absl::StatusOr<const v1::Contract*> contract =
      FindContract(in, request.contract_id(), "contract_id");
  if (!contract.ok()) return contract.status();
  if (absl::Status status = CheckReason(request.reason()); !status.ok()) return status;
  for (const auto& [key, shared] : in.state.directory.Facts()) {
    const DirectoryFact& fact = *shared;
    if (!fact.has_suspension() || fact.suspension().contract_id() != request.contract_id())
      continue;
    if (fact.suspension().has_to_time() &&
        FromTimestamp(fact.suspension().to_time()) <= in.now_us())
      continue;
    DirectoryFact lifted = NewFact(in, key, fact.framework_id());
    Lift(in, request.reason(), lifted.mutable_suspension());
    AddFact(in, lifted, request.reason(), out);
  }
  if (out->record.facts().empty()) {
    return Reject(v1::REJECTION_REASON_CONTRACT_STATUS, "contract_id", request.contract_id(),
                  "a contract that is suspended");
  }
  return absl::OkStatus();
}

v1::ResumeContractResponse Reply(const After& after, const v1::ResumeContractRequest& request) {
  v1::ResumeContractResponse response;
  *response.mutable_contract() =
      ContractAt(after.state.directory, request.contract_id(), after.time());
  return response;
}

absl::Status Decide(const Context& in, const v1::SuspendProviderRequest& request, Decision* out) {
  if (in.state.directory.Provider(request.provider_id()) == nullptr) {
    return NotFound("provider_id", request.provider_id(), "a provider's id");
  }
  const absl::StatusOr<std::string> framework_id =
      FrameworkToActIn(in, request.provider_id(), request.framework_id(), "");
  if (!framework_id.ok()) return framework_id.status();
  if (absl::Status status = CheckReason(request.reason()); !status.ok()) return status;
  const std::string& area = request.postcode_area();
  if (area.size() > 2 ||
      !std::all_of(area.begin(), area.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "postcode_area", area,
                  "one or two capital letters such as NG, or nothing for everywhere");
  }
  v1::Suspension suspension;
  suspension.set_provider_id(request.provider_id());
  suspension.set_postcode_area(area);
  suspension.set_framework_id(*framework_id);
  if (absl::Status status = BeginSuspension(in, request, &suspension); !status.ok()) return status;
  DirectoryFact fact = NewFact(in, SuspensionKey(suspension.id()), *framework_id);
  *fact.mutable_suspension() = suspension;
  AddFact(in, fact, request.reason(), out);
  return absl::OkStatus();
}

v1::SuspendProviderResponse Reply(const After& after, const v1::SuspendProviderRequest&) {
  return WithSuspension<v1::SuspendProviderResponse>(after);
}

absl::Status Decide(const Context& in, const v1::ResumeProviderRequest& request, Decision* out) {
  const DirectoryFact* found = in.state.directory.Fact(SuspensionKey(request.suspension_id()));
  if (found == nullptr || found->suspension().provider_id().empty() ||
      !MayLift(in.caller, *found, in.state.directory)) {
    return NotFound("suspension_id", request.suspension_id(), "the id of a provider's suspension");
  }
  if (absl::Status status = CheckReason(request.reason()); !status.ok()) return status;
  if (found->suspension().has_to_time() &&
      FromTimestamp(found->suspension().to_time()) <= in.now_us()) {
    return Reject(v1::REJECTION_REASON_IN_THE_PAST, "suspension_id", request.suspension_id(),
                  "a suspension that still holds");
  }
  DirectoryFact fact = NewFact(in, found->key(), found->framework_id());
  Lift(in, request.reason(), fact.mutable_suspension());
  AddFact(in, fact, request.reason(), out);
  return absl::OkStatus();
}

v1::ResumeProviderResponse Reply(const After& after, const v1::ResumeProviderRequest&) {
  return WithSuspension<v1::ResumeProviderResponse>(after);
}

}  // namespace brokerage::engine
