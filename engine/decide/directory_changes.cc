#include "engine/decide/directory_changes.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/rejection.h"
#include "engine/model/directory_as_of.h"
#include "engine/model/reach.h"

namespace brokerage::engine {

using journal::v1::DirectoryFact;

namespace {

bool OwnsBranch(const Caller& caller, const v1::Branch& branch) {
  if (caller.role == v1::ROLE_PROVIDER_BRANCH) return caller.branch_id == branch.id();
  return caller.role == v1::ROLE_PROVIDER_ORGANISATION &&
         caller.provider_id == branch.provider_id();
}

}  // namespace

bool MayChange(const Context& in, absl::string_view framework_id) {
  return ActsFor(in.caller, framework_id, in.state.directory);
}

absl::StatusOr<const v1::Contract*> FindContract(const Context& in, absl::string_view id,
                                                 absl::string_view field) {
  if (id.empty()) return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, field, "", "a contract's id");
  const v1::Contract* contract = in.state.directory.Contract(id);
  if (contract == nullptr || !MayChange(in, contract->framework_id())) {
    return Reject(v1::REJECTION_REASON_NOT_FOUND, field, id, "the id of a contract of yours");
  }
  return contract;
}

absl::StatusOr<std::string> FrameworkToActIn(const Context& in, absl::string_view provider_id,
                                             const std::string& named, absl::string_view path) {
  const Directory& directory = in.state.directory;
  const bool administrator = in.caller.role == v1::ROLE_ADMINISTRATOR;
  const bool for_nobody = administrator && in.caller.authority_id.empty();
  std::vector<std::string> own;
  for (const journal::v1::FrameworkRow* framework : directory.FrameworksOf(provider_id)) {
    if (for_nobody || Directory::Buys(framework->rules(), in.caller.authority_id))
      own.push_back(framework->framework_id());
  }
  if (own.empty() && !administrator) {
    return Reject(v1::REJECTION_REASON_NOT_FOUND, absl::StrCat(path, "provider_id"), provider_id,
                  "a provider from whom the caller's authority buys");
  }
  const std::string field = absl::StrCat(path, "framework_id");
  if (!named.empty()) {
    const bool known = administrator ? directory.Framework(named) != nullptr
                                     : std::find(own.begin(), own.end(), named) != own.end();
    if (known) return named;
    return Reject(v1::REJECTION_REASON_NOT_FOUND, field, named,
                  "a framework under which the caller's authority buys from the provider");
  }
  if (own.size() == 1 && !for_nobody) return own.front();
  return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, field, "",
                own.empty() ? "a framework's id"
                            : absl::StrCat("the framework in which it is to hold, of ",
                                           absl::StrJoin(own, ", ")));
}

const v1::Branch* OwnBranch(const Context& in, absl::string_view id) {
  const v1::Branch* branch = in.state.directory.Branch(id);
  return branch != nullptr && OwnsBranch(in.caller, *branch) ? branch : nullptr;
}

DirectoryFact NewFact(const Context& in, std::string key, absl::string_view framework_id) {
  DirectoryFact fact;
  if (const DirectoryFact* before = in.state.directory.Fact(key)) {
    fact = *before;  // keeps what the files last said, so that their next change is noticed
  } else {
    fact.set_key(std::move(key));
    fact.set_framework_id(std::string(framework_id));
  }
  fact.set_source(journal::v1::FACT_SOURCE_API);
  fact.set_recorded_time_us(in.now_us());
  fact.set_ended(false);
  return fact;
}

DirectoryFact& AddFact(const Context& in, const DirectoryFact& fact, absl::string_view reason,
                       Decision* out) {
  journal::v1::DirectoryChanged& changed = *out->Add().mutable_directory_changed();
  changed.set_reason(std::string(reason));
  AddFact(in, fact, &changed);
  return *changed.mutable_facts(0);
}

void AddFact(const Context& in, const DirectoryFact& fact, journal::v1::DirectoryChanged* changed) {
  DirectoryFact& added = *changed->add_facts();
  added = fact;
  const journal::v1::FrameworkRow* framework = in.state.directory.Framework(fact.framework_id());
  if (framework == nullptr) return;  // what belongs to none has no versions of some dates only
  added.set_from_date(
      SpeaksFrom(fact, in.state.directory.Fact(fact.key()), in.Today(framework->rules()), false));
}

const DirectoryFact& FirstFact(const After& after) {
  return after.record.facts(0).directory_changed().facts(0);
}

}  // namespace brokerage::engine
