// Checks that several subjects make. Each refusal names the field and what would be right.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "engine/decide/context.h"
#include "engine/model/lifecycle.h"
#include "engine/model/package.h"

namespace brokerage::engine {

// The package, if the caller may see it. Errors: FIELD_REQUIRED, NOT_FOUND.
absl::StatusOr<const PackageAggregate*> FindPackage(const Context& in, absl::string_view id,
                                                    absl::string_view field = "package_id");

// Likewise what is care navigation's, and a commissioner's of the authority as well.
absl::StatusOr<const PackageAggregate*> FindOfAuthority(const Context& in, absl::string_view id);

// "since 2018-07-03T10:00Z by nav-2": when the package came to its state, and for care navigation
// by which account; empty where nobody knows any more.
std::string ChangedWords(const Context& in, const journal::v1::PackageRow& row);

// PACKAGE_STATE unless the verb is legal from the package's state; it says since when and by whom
// the package is in another.
absl::Status CheckState(const Context& in, const journal::v1::PackageRow& row, PackageVerb verb);

// PACKAGE_STATE where the package is stopped: its person was said to have died.
absl::Status CheckGoesOn(const journal::v1::PackageRow& row);

struct FoundOffer {
  const PackageAggregate* package;
  const journal::v1::OfferRow* offer;
};
// The offer, if the caller may see it. Errors: FIELD_REQUIRED, NOT_FOUND.
absl::StatusOr<FoundOffer> FindOffer(const Context& in, absl::string_view id);

// FIELD_REQUIRED or FIELD_INVALID unless it is a text that is not too long.
absl::Status CheckReason(absl::string_view text, absl::string_view field = "reason");
// TEXT_IDENTIFIES_PERSON: a reason that is shown in reports, or kept where no erasure reaches it,
// must not identify a person.
absl::Status CheckImpersonal(absl::string_view text, absl::string_view field);
// Both of them.
absl::Status CheckImpersonalReason(absl::string_view text, absl::string_view field = "reason");
}  // namespace brokerage::engine
