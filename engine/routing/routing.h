// Routing: who is offered a package. A pure function of package, directory, rules and time; the
// same one serves the preview, the real issue and any what-if.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "brokerage/journal/v1/rows.pb.h"
#include "engine/model/directory.h"
#include "engine/routing/hard_rules.h"

namespace brokerage::engine {

// The lot that the package's ward lies in; the one in which it was last offered if it is in none.
std::string LotNow(const Directory& directory, const journal::v1::PackageRow& package);

// Every branch of every provider with a contract in the package's lot (whatever its dates), under
// each of its contracts, with a bit for each hard rule that failed; `offered` where none did. A
// provider without branches has one verdict with an empty branch id that fails BRANCH_COVERS_WARD.
// Order: tier order, contract id, branch id.
std::vector<journal::v1::Verdict> Route(const RoutingQuestion& question);

// The fixed hash of (package id, branch id) that ends every order: never negative.
int64_t TieBreak(uint64_t package_number, absl::string_view branch_id);

}  // namespace brokerage::engine
