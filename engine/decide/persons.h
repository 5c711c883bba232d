// People: all packages whose referral names one person, of one authority.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "brokerage/v1/package_service.pb.h"
#include "engine/decide/context.h"
#include "engine/model/package.h"

namespace brokerage::engine {

absl::Status Decide(const Context& in, const v1::ContinuePackageRequest& request, Decision* out);
v1::ContinuePackageResponse Reply(const After& after, const v1::ContinuePackageRequest& request);
absl::Status Decide(const Context& in, const v1::ErasePersonRequest& request, Decision* out);
v1::ErasePersonResponse Reply(const After& after, const v1::ErasePersonRequest& request);

absl::Status Decide(const Context& in, const EraseTexts& request, Decision* out);
inline NoReply Reply(const After&, const EraseTexts&) { return {}; }

// The number of the person whom a referral names: that of the person's first package, which may be
// the new one. REQUIRES: what needs.h names is loaded.
uint64_t PersonNumberFor(const Context& in, const std::string& authority_id,
                         const std::string& person_reference, uint64_t new_package);
// Where the reason is that the person has died: stops the person's other packages that have not
// ended. REQUIRES: what needs.h names is loaded.
void StopOthers(const Context& in, const PackageAggregate& package, v1::EndReason reason,
                Decision* out);
// Where the package ended, or is under notice, because the person had died: those that were stopped
// by that go on. REQUIRES: likewise.
void ContinueOthers(const Context& in, const PackageAggregate& package, Decision* out);
// Those that an answer names where the package's person has died: the person's other packages,
// which the record stopped, and those of whomever it is linked to that have not ended, which go on.
// None for any other reason.
std::vector<std::string> NamedWith(const After& after, absl::string_view package_id,
                                   v1::EndReason reason);

}  // namespace brokerage::engine
