// Live changes of the directory: opt-out windows, suspensions, ends and novations. Coverage is in
// decide_coverage.cc.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/base/bounds.h"
#include "engine/base/calendar.h"
#include "engine/decide/decide.h"
#include "engine/model/directory_as_of.h"
#include "engine/model/fact_keys.h"
#include "engine/model/suspensions.h"

namespace brokerage::engine {

using journal::v1::DirectoryFact;

namespace {

absl::Status NotFound(absl::string_view field, absl::string_view id, absl::string_view expected) {
  return Reject(v1::REJECTION_REASON_NOT_FOUND, field, id, expected);
}

}  // namespace

bool Deciding::MayChange(absl::string_view framework_id) const {
  if (caller_.role == v1::ROLE_ADMINISTRATOR) return true;
  if (caller_.role != v1::ROLE_COMMISSIONER) return false;
  const journal::v1::FrameworkRow* framework = state_.directory.Framework(framework_id);
  return framework != nullptr &&
         Directory::AuthorityOf(framework->rules(), caller_.authority_id) != nullptr;
}

DirectoryFact Deciding::NewFact(std::string key, absl::string_view framework_id) const {
  DirectoryFact fact;
  if (const DirectoryFact* before = state_.directory.Fact(key)) {
    fact = *before;  // keeps what the files last said, so that their next change is noticed
  } else {
    fact.set_key(std::move(key));
    fact.set_framework_id(std::string(framework_id));
  }
  fact.set_source(journal::v1::FACT_SOURCE_API);
  fact.set_recorded_time_us(now_us());
  fact.set_ended(false);
  return fact;
}

DirectoryFact& Deciding::AddFact(const DirectoryFact& fact, absl::string_view reason) {
  journal::v1::DirectoryChanged& changed = *Add().mutable_directory_changed();
  changed.set_reason(std::string(reason));
  AddFact(fact, &changed);
  return *changed.mutable_facts(0);
}

void Deciding::AddFact(const DirectoryFact& fact, journal::v1::DirectoryChanged* changed) const {
  DirectoryFact& added = *changed->add_facts();
  added = fact;
  const journal::v1::FrameworkRow* framework = state_.directory.Framework(fact.framework_id());
  if (framework == nullptr)
    return;  // no version of what belongs to none speaks for some dates only
  added.set_from_date(SpeaksFrom(fact, state_.directory.Fact(fact.key()),
                                            Today(framework->rules()), false));
}

absl::StatusOr<const v1::Contract*> Deciding::FindContract(absl::string_view id,
                                                           absl::string_view field) {
  if (id.empty()) return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, field, "", "a contract's id");
  const v1::Contract* contract = state_.directory.Contract(id);
  if (contract == nullptr || !MayChange(contract->framework_id())) {
    return NotFound(field, id, "the id of a contract of yours");
  }
  return contract;
}

template <typename Request>
absl::Status Deciding::BeginSuspension(const Request& request, v1::Suspension* suspension) const {
  suspension->set_id(absl::StrFormat("S-%06d", state_.system.last_fact_number() + 1));
  suspension->set_reason(request.reason());
  suspension->set_suspended_by(caller_.account_id);
  *suspension->mutable_from_time() =
      request.has_from_time() ? request.from_time() : ToTimestamp(now_us());
  if (FromTimestamp(suspension->from_time()) < now_us()) {
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
void Deciding::Lift(absl::string_view reason, v1::Suspension* suspension) const {
  *suspension->mutable_to_time() =
      ToTimestamp(std::max(now_us(), FromTimestamp(suspension->from_time())));
  suspension->set_lifted_by(caller_.account_id);
  suspension->set_lift_reason(std::string(reason));
}

absl::Status Deciding::On(const v1::SuspendContractRequest& request) {
  absl::StatusOr<const v1::Contract*> contract = FindContract(request.contract_id(), "contract_id");
  if (!contract.ok()) return contract.status();
  if (absl::Status status = CheckReason(request.reason()); !status.ok()) return status;
  const v1::FrameworkRules& rules =
      state_.directory.Framework((*contract)->framework_id())->rules();
  if (state_.directory.StatusOf(**contract, Today(rules), now_) != v1::CONTRACT_STATUS_ACTIVE) {
    return Reject(v1::REJECTION_REASON_CONTRACT_STATUS, "contract_id", request.contract_id(),
                  "a contract that is active");
  }
  v1::Suspension suspension;
  suspension.set_contract_id(request.contract_id());
  suspension.set_framework_id((*contract)->framework_id());
  if (absl::Status status = BeginSuspension(request, &suspension); !status.ok()) return status;
  DirectoryFact fact = NewFact(SuspensionKey(suspension.id()), (*contract)->framework_id());
  *fact.mutable_suspension() = suspension;
  AddFact(fact, request.reason());
  return absl::OkStatus();
}

absl::Status Deciding::On(const v1::ResumeContractRequest& request) {
  absl::StatusOr<const v1::Contract*> contract = FindContract(request.contract_id(), "contract_id");
  if (!contract.ok()) return contract.status();
  if (absl::Status status = CheckReason(request.reason()); !status.ok()) return status;
  for (const auto& [key, shared] : state_.directory.Facts()) {
    const DirectoryFact& fact = *shared;
    if (!fact.has_suspension() || fact.suspension().contract_id() != request.contract_id())
      continue;
    if (fact.suspension().has_to_time() && FromTimestamp(fact.suspension().to_time()) <= now_us())
      continue;
    DirectoryFact lifted = NewFact(key, fact.framework_id());
    Lift(request.reason(), lifted.mutable_suspension());
    AddFact(lifted, request.reason());
  }
  if (decision_.record.facts().empty()) {
    return Reject(v1::REJECTION_REASON_CONTRACT_STATUS, "contract_id", request.contract_id(),
                  "a contract that is suspended");
  }
  return absl::OkStatus();
}

absl::Status Deciding::On(const v1::EndContractRequest& request) {
  absl::StatusOr<const v1::Contract*> contract = FindContract(request.contract_id(), "contract_id");
  if (!contract.ok()) return contract.status();
  if (absl::Status status = CheckReason(request.reason()); !status.ok()) return status;
  const v1::FrameworkRules& rules =
      state_.directory.Framework((*contract)->framework_id())->rules();
  const DateNumber today = Today(rules);
  const auto date = ParseDate(request.to_date());
  if (!date) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "to_date", request.to_date(),
                  "a date, YYYY-MM-DD");
  }
  if (*date < today) {
    return Reject(v1::REJECTION_REASON_IN_THE_PAST, "to_date", request.to_date(),
                  absl::StrCat(FormatDate(today), " or later"));
  }
  if (state_.directory.StatusOf(**contract, today, now_) == v1::CONTRACT_STATUS_ENDED) {
    return Reject(v1::REJECTION_REASON_CONTRACT_STATUS, "contract_id", request.contract_id(),
                  "a contract that has not ended");
  }
  DirectoryFact fact = NewFact(ContractKey(request.contract_id()), (*contract)->framework_id());
  fact.mutable_contract()->set_to_date(request.to_date());
  fact.set_effective_time_us(absl::ToUnixMicros(StartOfDay(FromDateNumber(*date), ZoneOf(rules))));
  AddFact(fact, request.reason());
  return absl::OkStatus();
}

absl::Status Deciding::On(const v1::NovateContractRequest& request) {
  const v1::Novation& novation = request.novation();
  absl::StatusOr<const v1::Contract*> contract =
      FindContract(novation.contract_id(), "novation.contract_id");
  if (!contract.ok()) return contract.status();
  if (absl::Status status = CheckReason(request.reason()); !status.ok()) return status;
  if (state_.directory.Provider(novation.new_provider_id()) == nullptr) {
    return NotFound("novation.new_provider_id", novation.new_provider_id(), "a provider's id");
  }
  const v1::FrameworkRules& rules =
      state_.directory.Framework((*contract)->framework_id())->rules();
  const DateNumber today = Today(rules);
  const auto date = ParseDate(novation.date());
  if (!date) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "novation.date", novation.date(),
                  "a date, YYYY-MM-DD");
  }
  if (*date < today) {
    return Reject(v1::REJECTION_REASON_IN_THE_PAST, "novation.date", novation.date(),
                  absl::StrCat(FormatDate(today), " or later"));
  }
  if (state_.directory.StatusOf(**contract, *date, now_) == v1::CONTRACT_STATUS_ENDED) {
    return Reject(v1::REJECTION_REASON_CONTRACT_STATUS, "novation.contract_id",
                  novation.contract_id(), "a contract that has not ended on the date");
  }
  if (state_.directory.ProviderOfContract(novation.contract_id(), *date) ==
      novation.new_provider_id()) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "novation.new_provider_id",
                  novation.new_provider_id(), "another provider than the one that holds it");
  }
  DirectoryFact fact =
      NewFact(NovationKey(novation.contract_id(), *date), (*contract)->framework_id());
  *fact.mutable_novation() = novation;
  fact.set_effective_time_us(absl::ToUnixMicros(StartOfDay(FromDateNumber(*date), ZoneOf(rules))));
  AddFact(fact, request.reason());
  return absl::OkStatus();
}

absl::StatusOr<std::string> Deciding::FrameworkToSuspendIn(
    const v1::SuspendProviderRequest& request) const {
  const bool administrator = caller_.role == v1::ROLE_ADMINISTRATOR;
  const bool for_nobody = administrator && caller_.authority_id.empty();
  std::vector<std::string> own;
  for (const journal::v1::FrameworkRow* framework :
       state_.directory.FrameworksOf(request.provider_id())) {
    if (for_nobody || Directory::Buys(framework->rules(), caller_.authority_id)) {
      own.push_back(framework->framework_id());
    }
  }
  if (own.empty() && !administrator) {
    return NotFound("provider_id", request.provider_id(),
                    "a provider from whom the caller's authority buys");
  }
  const std::string& named = request.framework_id();
  if (!named.empty()) {
    const bool known = administrator ? state_.directory.Framework(named) != nullptr
                                     : std::find(own.begin(), own.end(), named) != own.end();
    if (known) return named;
    return NotFound("framework_id", named,
                    "a framework under which the caller's authority buys from the provider");
  }
  if (own.size() == 1 && !for_nobody) return own.front();
  return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "framework_id", "",
                own.empty() ? "a framework's id"
                            : absl::StrCat("the framework in which it is suspended, of ",
                                           absl::StrJoin(own, ", ")));
}

absl::Status Deciding::On(const v1::SuspendProviderRequest& request) {
  if (state_.directory.Provider(request.provider_id()) == nullptr) {
    return NotFound("provider_id", request.provider_id(), "a provider's id");
  }
  const absl::StatusOr<std::string> framework_id = FrameworkToSuspendIn(request);
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
  if (absl::Status status = BeginSuspension(request, &suspension); !status.ok()) return status;
  DirectoryFact fact = NewFact(SuspensionKey(suspension.id()), *framework_id);
  *fact.mutable_suspension() = suspension;
  AddFact(fact, request.reason());
  return absl::OkStatus();
}

absl::Status Deciding::On(const v1::ResumeProviderRequest& request) {
  const DirectoryFact* found = state_.directory.Fact(SuspensionKey(request.suspension_id()));
  if (found == nullptr || found->suspension().provider_id().empty() ||
      !MayLift(caller_, *found, state_.directory)) {
    return NotFound("suspension_id", request.suspension_id(), "the id of a provider's suspension");
  }
  if (absl::Status status = CheckReason(request.reason()); !status.ok()) return status;
  if (found->suspension().has_to_time() &&
      FromTimestamp(found->suspension().to_time()) <= now_us()) {
    return Reject(v1::REJECTION_REASON_IN_THE_PAST, "suspension_id", request.suspension_id(),
                  "a suspension that still holds");
  }
  DirectoryFact fact = NewFact(found->key(), found->framework_id());
  Lift(request.reason(), fact.mutable_suspension());
  AddFact(fact, request.reason());
  return absl::OkStatus();
}

}  // namespace brokerage::engine
