// New facts of the directory, and who may make them.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "engine/decide/context.h"

namespace brokerage::engine {

// Whether the caller may change the directory of the framework: a commissioner of one of its
// authorities, or an administrator.
bool MayChange(const Context& in, absl::string_view framework_id);
// A contract of a framework that the caller may change. Errors: FIELD_REQUIRED, NOT_FOUND.
absl::StatusOr<const v1::Contract*> FindContract(const Context& in, absl::string_view id,
                                                 absl::string_view field);
// The framework in which somebody of an authority acts towards a provider: the one that is named,
// or the only one under which his authority buys from it. Errors, of the fields below `path`:
// NOT_FOUND; FIELD_REQUIRED, also for an administrator who acts for no authority.
absl::StatusOr<std::string> FrameworkToActIn(const Context& in, absl::string_view provider_id,
                                             const std::string& named, absl::string_view path);
// The branch, if it is the caller's own or its organisation's; null otherwise.
const v1::Branch* OwnBranch(const Context& in, absl::string_view id);

// The fact with the key as it is now, or a new one of the framework, as somebody's live change.
journal::v1::DirectoryFact NewFact(const Context& in, std::string key,
                                   absl::string_view framework_id);
// Adds a change with this fact, which is so from today on, or from when its own dates say. Gives
// the fact as it was added.
journal::v1::DirectoryFact& AddFact(const Context& in, const journal::v1::DirectoryFact& fact,
                                    absl::string_view reason, Decision* out);
// Likewise, to a change that was begun.
void AddFact(const Context& in, const journal::v1::DirectoryFact& fact,
             journal::v1::DirectoryChanged* changed);

// The fact that a change began with. REQUIRES: the record's first fact is a change.
const journal::v1::DirectoryFact& FirstFact(const After& after);

}  // namespace brokerage::engine
