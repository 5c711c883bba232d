// The scope rules of the access table, on what the directory in memory knows. Packages and offers
// are checked where they are loaded.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "brokerage/v1/directory.pb.h"
#include "engine/model/caller.h"
#include "engine/model/directory.h"
#include "engine/views/history_index.h"
#include "engine/views/package_view.h"
#include "google/protobuf/message.h"
#include "services/rpc/access.h"
#include "services/rpc/call.h"

namespace brokerage::services::rpc {

// Whether what the request names is in the caller's reach. Errors: NOT_FOUND.
absl::Status CheckScope(const Access& access, const CallContext& context,
                        const google::protobuf::Message& request);

// Whether it is an account of a provider: an organisation's or a branch's.
bool IsProvider(const engine::Caller& caller);
// Whether an account of a provider may know the provider or branch; true for all other roles. For
// reads.
bool MayRead(const engine::Caller& caller, absl::string_view provider_id,
             absl::string_view branch_id);
// Whether the caller may know a contract and its prices: its holders, past and coming ones too, and
// the authorities of its framework.
bool MayReadContract(const engine::Caller& caller, const engine::Directory& directory,
                     const v1::Contract& contract);

// The history index that holds everything that the caller may know of.
engine::HistorySubject SubjectOf(const engine::Caller& caller);

}  // namespace brokerage::services::rpc
