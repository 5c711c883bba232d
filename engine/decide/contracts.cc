#include "engine/decide/contracts.h"

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "engine/base/calendar.h"
#include "engine/base/rejection.h"
#include "engine/decide/checks.h"
#include "engine/decide/directory_changes.h"
#include "engine/model/fact_keys.h"
#include "engine/views/replies.h"

namespace brokerage::engine {

using journal::v1::DirectoryFact;

absl::Status Decide(const Context& in, const v1::EndContractRequest& request, Decision* out) {
  absl::StatusOr<const v1::Contract*> contract =
      FindContract(in, request.contract_id(), "contract_id");
  if (!contract.ok()) return contract.status();
  if (absl::Status status = CheckReason(request.reason()); !status.ok()) return status;
  const v1::FrameworkRules& rules =
      in.state.directory.Framework((*contract)->framework_id())->rules();
  const DateNumber today = in.Today(rules);
  const auto date = ParseDate(request.to_date());
  if (!date) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "to_date", request.to_date(),
                  "a date, YYYY-MM-DD");
  }
  if (*date < today) {
    return Reject(v1::REJECTION_REASON_IN_THE_PAST, "to_date", request.to_date(),
                  absl::StrCat(FormatDate(today), " or later"));
  }
  if (in.state.directory.StatusOf(**contract, today, in.now) == v1::CONTRACT_STATUS_ENDED) {
    return Reject(v1::REJECTION_REASON_CONTRACT_STATUS, "contract_id", request.contract_id(),
                  "a contract that has not ended");
  }
  DirectoryFact fact = NewFact(in, ContractKey(request.contract_id()), (*contract)->framework_id());
  fact.mutable_contract()->set_to_date(request.to_date());
  fact.set_effective_time_us(
      absl::ToUnixMicros(StartOfDay(FromDateNumber(*date), in.ZoneOf(rules))));
  AddFact(in, fact, request.reason(), out);
  return absl::OkStatus();
}

v1::EndContractResponse Reply(const After& after, const v1::EndContractRequest& request) {
  v1::EndContractResponse response;
  *response.mutable_contract() =
      ContractAt(after.state.directory, request.contract_id(), after.time());
  return response;
}

absl::Status Decide(const Context& in, const v1::NovateContractRequest& request, Decision* out) {
  const v1::Novation& novation = request.novation();
  absl::StatusOr<const v1::Contract*> contract =
      FindContract(in, novation.contract_id(), "novation.contract_id");
  if (!contract.ok()) return contract.status();
  if (absl::Status status = CheckReason(request.reason()); !status.ok()) return status;
  if (in.state.directory.Provider(novation.new_provider_id()) == nullptr) {
    return Reject(v1::REJECTION_REASON_NOT_FOUND, "novation.new_provider_id",
                  novation.new_provider_id(), "a provider's id");
  }
  const v1::FrameworkRules& rules =
      in.state.directory.Framework((*contract)->framework_id())->rules();
  const DateNumber today = in.Today(rules);
  const auto date = ParseDate(novation.date());
  if (!date) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "novation.date", novation.date(),
                  "a date, YYYY-MM-DD");
  }
  if (*date < today) {
    return Reject(v1::REJECTION_REASON_IN_THE_PAST, "novation.date", novation.date(),
                  absl::StrCat(FormatDate(today), " or later"));
  }
  if (in.state.directory.StatusOf(**contract, *date, in.now) == v1::CONTRACT_STATUS_ENDED) {
    return Reject(v1::REJECTION_REASON_CONTRACT_STATUS, "novation.contract_id",
                  novation.contract_id(), "a contract that has not ended on the date");
  }
  if (in.state.directory.ProviderOfContract(novation.contract_id(), *date) ==
      novation.new_provider_id()) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "novation.new_provider_id",
                  novation.new_provider_id(), "another provider than the one that holds it");
  }
  DirectoryFact fact =
      NewFact(in, NovationKey(novation.contract_id(), *date), (*contract)->framework_id());
  *fact.mutable_novation() = novation;
  fact.set_effective_time_us(
      absl::ToUnixMicros(StartOfDay(FromDateNumber(*date), in.ZoneOf(rules))));
  AddFact(in, fact, request.reason(), out);
  return absl::OkStatus();
}

v1::NovateContractResponse Reply(const After& after, const v1::NovateContractRequest& request) {
  const v1::Novation& novation = request.novation();
  v1::NovateContractResponse response;
  *response.mutable_contract() = ContractOn(after.state.directory, novation.contract_id(),
                                            *ParseDate(novation.date()), after.time());
  return response;
}

}  // namespace brokerage::engine
