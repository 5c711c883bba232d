// Whose affair something is that several frameworks share: a branch's opt-outs and its coverage. It
// belongs to a framework, or to the provider, never to whoever lists the branch as well. An
// administrator may do what anybody may.
#pragma once

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "brokerage/v1/directory.pb.h"
#include "engine/model/caller.h"
#include "engine/model/directory.h"

namespace brokerage::engine {

// Whether the caller acts for the framework: an administrator, or a commissioner of an authority
// that buys under it.
bool ActsFor(const Caller& caller, absl::string_view framework_id, const Directory& directory);
// Whether the caller's authority is one of the framework's, one that only reads figures included;
// an administrator's is. A provider's account by this reads nothing.
bool ReadsFramework(const Caller& caller, absl::string_view framework_id,
                    const Directory& directory);

// The frameworks in which something about a provider holds: the one that it names; where it names
// none, those under which the provider ever holds contracts.
std::vector<const journal::v1::FrameworkRow*> FrameworksHeldIn(absl::string_view framework_id,
                                                               absl::string_view provider_id,
                                                               const Directory& directory);

// Whether somebody of an authority may read a branch's opt-out window, and why it takes no offers:
// where it holds in a framework of the authority's.
bool ReadsOptOut(const Caller& caller, const v1::OptOutWindow& window, const Directory& directory);
// Whether he may end or decide it: where he acts for its framework; without one, for each of them.
bool ChangesOptOut(const Caller& caller, const v1::OptOutWindow& window,
                   const Directory& directory);

// The frameworks that have the ward, under which the provider ever holds contracts, and for which
// nobody acts here: a line of coverage of a branch for the ward would hold in their rounds too.
// None without a ward: a line for a postcode area belongs to one framework.
std::vector<std::string> OthersCovered(absl::string_view provider_id, absl::string_view ward_code,
                                       const Directory& directory,
                                       absl::FunctionRef<bool(const std::string& id)> acts_for);

}  // namespace brokerage::engine
