#include "services/rpc/scope.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "brokerage/v1/framework.pb.h"
#include "engine/base/bounds.h"
#include "engine/base/rejection.h"
#include "engine/model/directory.h"
#include "engine/model/fact_keys.h"
#include "engine/model/reach.h"
#include "engine/model/suspensions.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/reflection.h"
#include "google/protobuf/text_format.h"

namespace brokerage::services::rpc {

namespace {

using engine::Caller;
using engine::Directory;
using engine::HistoryScope;
using google::protobuf::Message;

// The text at the path; empty if a message on the way is absent.
std::string FieldAt(const Message& request, absl::string_view path) {
  const Message* message = &request;
  const google::protobuf::FieldDescriptor* field = nullptr;
  for (absl::string_view name : absl::StrSplit(path, '.')) {
    if (field != nullptr) message = &message->GetReflection()->GetMessage(*message, field);
    field = message->GetDescriptor()->FindFieldByName(std::string(name));
  }
  return message->GetReflection()->GetString(*message, field);
}

// Whether the caller may change what belongs to a provider: a commissioner, where his authority
// buys from it.
bool MayChangeProvider(const Caller& caller, const Directory& directory,
                       absl::string_view provider_id) {
  if (caller.role == v1::ROLE_ADMINISTRATOR) return true;
  if (caller.role != v1::ROLE_COMMISSIONER) return false;
  const auto frameworks = directory.FrameworksOf(provider_id);
  return std::any_of(frameworks.begin(), frameworks.end(),
                     [&](const journal::v1::FrameworkRow* framework) {
                       return Directory::Buys(framework->rules(), caller.authority_id);
                     });
}

bool BranchInReach(const Caller& caller, const Directory& directory, const std::string& branch_id,
                   bool change) {
  const v1::Branch* branch = directory.Branch(branch_id);
  if (branch == nullptr) return false;
  if (IsProvider(caller)) return MayRead(caller, branch->provider_id(), branch_id);
  return !change || MayChangeProvider(caller, directory, branch->provider_id());
}

bool ProviderInReach(const Caller& caller, const Directory& directory,
                     const std::string& provider_id, bool change) {
  if (directory.Provider(provider_id) == nullptr) return false;
  if (IsProvider(caller)) return MayRead(caller, provider_id, "");
  return !change || MayChangeProvider(caller, directory, provider_id);
}

// A provider knows the contracts that it holds, held, or will hold.
bool EverHolds(const Directory& directory, const v1::Contract& contract,
               absl::string_view provider_id) {
  if (contract.provider_id() == provider_id) return true;
  const std::string prefix = "novation/" + contract.id() + "/";
  for (auto it = directory.Facts().lower_bound(prefix);
       it != directory.Facts().end() && absl::StartsWith(it->first, prefix); ++it) {
    if (!it->second->ended() && it->second->novation().new_provider_id() == provider_id)
      return true;
  }
  return false;
}

bool ContractInReach(const Caller& caller, const Directory& directory,
                     const std::string& contract_id, bool change) {
  const v1::Contract* contract = directory.Contract(contract_id);
  if (contract == nullptr) return false;
  if (IsProvider(caller)) return EverHolds(directory, *contract, caller.provider_id);
  if (!change || caller.role == v1::ROLE_ADMINISTRATOR)
    return engine::ReadsFramework(caller, contract->framework_id(), directory);
  const journal::v1::FrameworkRow* framework = directory.Framework(contract->framework_id());
  return framework != nullptr && Directory::Buys(framework->rules(), caller.authority_id);
}

bool SuspensionInReach(const Caller& caller, const Directory& directory, const std::string& id) {
  const journal::v1::DirectoryFact* fact = directory.Fact(engine::SuspensionKey(id));
  return fact != nullptr && engine::MayLift(caller, *fact, directory);
}

// Rules that cannot be read are let through, and so are those that are too long to be read here,
// and a second file of the name: the engine says what is wrong.
bool FrameworkInReach(const Caller& caller, const Directory& directory,
                      const google::protobuf::RepeatedFieldRef<v1::FrameworkFile>& files) {
  if (caller.role == v1::ROLE_ADMINISTRATOR) return true;
  for (const v1::FrameworkFile& file : files) {
    if (file.name() != "framework.textproto") continue;
    if (file.content().size() > engine::limits::kRulesBytesMax) return true;
    v1::FrameworkRules rules;
    google::protobuf::TextFormat::Parser parser;
    struct Silent : google::protobuf::io::ErrorCollector {
      void AddError(int, google::protobuf::io::ColumnNumber, const std::string&) override {}
    } silent;
    parser.RecordErrorsTo(&silent);
    if (!parser.ParseFromString(file.content(), &rules)) return true;
    if (!Directory::Buys(rules, caller.authority_id)) return false;
    const journal::v1::FrameworkRow* now = directory.Framework(rules.framework_id());
    return now == nullptr || Directory::Buys(now->rules(), caller.authority_id);
  }
  return true;
}

bool InReach(const Access& access, const CallContext& context, const std::string& id) {
  const Caller& caller = context.caller;
  const Directory& directory = context.published->directory;
  const bool change = access.audit == Audit::kChange;
  switch (access.scope) {
    case Scope::kAuthority:
      return id == caller.authority_id;
    case Scope::kAccount:
      return caller.role == v1::ROLE_ADMINISTRATOR || id == caller.account_id;
    case Scope::kBranch:
      return BranchInReach(caller, directory, id, change);
    case Scope::kProvider:
      return ProviderInReach(caller, directory, id, change);
    case Scope::kContract:
      return ContractInReach(caller, directory, id, change);
    case Scope::kWindow: {
      const journal::v1::DirectoryFact* fact = directory.Fact(engine::OptOutKey(id));
      if (fact == nullptr) return false;
      const v1::OptOutWindow& window = fact->opt_out_window();
      return IsProvider(caller) ? BranchInReach(caller, directory, window.branch_id(), change)
                                : engine::ChangesOptOut(caller, window, directory);
    }
    case Scope::kSuspension:
      return SuspensionInReach(caller, directory, id);
    case Scope::kNothing:
    case Scope::kOwn:
    case Scope::kLoaded:
    case Scope::kFramework:
      return true;
  }
  return false;
}

}  // namespace

bool IsProvider(const Caller& caller) {
  return caller.role == v1::ROLE_PROVIDER_ORGANISATION || caller.role == v1::ROLE_PROVIDER_BRANCH;
}

bool MayRead(const Caller& caller, absl::string_view provider_id, absl::string_view branch_id) {
  if (!IsProvider(caller)) return true;
  if (provider_id != caller.provider_id) return false;
  return caller.role != v1::ROLE_PROVIDER_BRANCH || branch_id.empty() ||
         branch_id == caller.branch_id;
}

bool MayReadContract(const Caller& caller, const Directory& directory,
                     const v1::Contract& contract) {
  return IsProvider(caller) ? EverHolds(directory, contract, caller.provider_id)
                            : engine::ReadsFramework(caller, contract.framework_id(), directory);
}

engine::HistorySubject SubjectOf(const Caller& caller) {
  switch (caller.role) {
    case v1::ROLE_CARE_NAVIGATOR:
      return {HistoryScope::kAuthority, caller.authority_id};
    case v1::ROLE_PROVIDER_ORGANISATION:
      return {HistoryScope::kProvider, caller.provider_id};
    case v1::ROLE_PROVIDER_BRANCH:
      return {HistoryScope::kBranch, caller.branch_id};
    case v1::ROLE_COMMISSIONER:
    case v1::ROLE_ADMINISTRATOR:
    case v1::ROLE_UNSPECIFIED:
    case v1::Role_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::Role_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return {HistoryScope::kAll, ""};
}

absl::Status CheckScope(const Access& access, const CallContext& context, const Message& request) {
  if (access.scope == Scope::kFramework) {
    const auto* field = request.GetDescriptor()->FindFieldByName(std::string(access.field));
    const auto files =
        request.GetReflection()->GetRepeatedFieldRef<v1::FrameworkFile>(request, field);
    if (FrameworkInReach(context.caller, context.published->directory, files)) {
      return absl::OkStatus();
    }
    return engine::Reject(v1::REJECTION_REASON_NOT_FOUND, access.field, "",
                          "a framework under which the caller's authority buys");
  }
  if (access.field.empty()) return absl::OkStatus();
  const std::string id = FieldAt(request, access.field);
  if (id.empty() || InReach(access, context, id))
    return absl::OkStatus();  // empty: the handler says what is missing
  return engine::Reject(v1::REJECTION_REASON_NOT_FOUND, access.field, id,
                        "one that is there and the caller's");
}

}  // namespace brokerage::services::rpc
