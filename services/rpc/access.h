// Who may call what: one table, one row for every RPC.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "brokerage/v1/vocabulary.pb.h"
#include "google/protobuf/descriptor.h"

namespace brokerage::services::rpc {

// A set of roles: bit n is the role with number n.
using RoleSet = uint32_t;
constexpr RoleSet Bit(v1::Role role) { return 1u << static_cast<int>(role); }
// Who need not even have an account. Of no method of brokerage.v1.
constexpr RoleSet kAnybody = 1u << 31;

// What a call may reach. The field that a rule names is a path in the request, such as
// "window.branch_id".
enum class Scope {
  kNothing,     // nothing that belongs to anybody
  kOwn,         // only what the caller's scope, as a key's prefix, reaches
  kLoaded,      // what is named (a package, an offer, what the directory had on the date asked) is
                // checked against the caller when it is loaded: NOT_FOUND
  kAuthority,   // the authority in the field must be the caller's
  kAccount,     // the account in the field must be the caller's, unless an administrator asks
  kBranch,      // the branch in the field must be in reach
  kProvider,    // the provider in the field must be in reach
  kContract,    // the contract in the field must be in reach
  kWindow,      // the branch of the opt-out window in the field must be in reach
  kSuspension,  // the suspension in the field must be one that the caller may lift
  kFramework,   // the framework of the files must be one under which the caller's authority buys
};

// What is noted of a call.
enum class Audit {
  kNone,      // reads what identifies nobody
  kPersonal,  // reads texts about a person: logged with the account
  kChange,    // changes something: the journal has the account
};

struct Access {
  absl::string_view method;  // "PackageService/SubmitPackage"
  RoleSet roles;
  Scope scope;
  absl::string_view field;  // of the scope's rule; empty if it has none
  Audit audit;
};

// The row of a method. REQUIRES: CheckAccessTable was OK.
const Access& AccessOf(absl::string_view method);

// How many bytes a request of the method may have.
size_t RequestBytesMax(const Access& access);

// The services of brokerage.v1.
std::vector<const google::protobuf::ServiceDescriptor*> ApiServices();

// INTERNAL unless the table has exactly one row for each RPC of brokerage.v1, and every field that
// it names is there.
absl::Status CheckAccessTable();

// Whether the role may call the method; scope.h has whether this request. Errors: ROLE_MAY_NOT.
absl::Status CheckRole(const Access& access, v1::Role role);

}  // namespace brokerage::services::rpc
