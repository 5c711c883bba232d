// The keys of directory facts: what a fact is about, readable, and sorted so that what belongs
// together lies together.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "brokerage/v1/directory.pb.h"
#include "engine/base/calendar.h"

namespace brokerage::engine {

std::string WardKey(absl::string_view framework_id, absl::string_view code);
std::string LotKey(absl::string_view framework_id, absl::string_view lot_id);
std::string LotWardKey(absl::string_view framework_id, absl::string_view lot_id,
                       absl::string_view ward_code);
std::string ProviderKey(absl::string_view id);
std::string BranchKey(absl::string_view id);
std::string CoverageKey(absl::string_view branch_id, absl::string_view ward_code,
                        v1::ServiceType service);
// Of a line as it is written, for a ward or for a postcode area.
std::string CoverageKey(const v1::Coverage& line);
// What the keys of a branch's lines begin with: all of them, those for a ward, those for an area.
std::string CoveragePrefix(absl::string_view branch_id);
std::string WardCoveragePrefix(absl::string_view branch_id, absl::string_view ward_code);
std::string AreaCoveragePrefix(absl::string_view branch_id, absl::string_view postcode_area,
                               absl::string_view framework_id);
std::string ProposalKey(absl::string_view id);
std::string ContractKey(absl::string_view id);
std::string NovationKey(absl::string_view contract_id, DateNumber date);
std::string OptOutKey(absl::string_view id);
std::string CapacityKey(absl::string_view branch_id);
std::string SuspensionKey(absl::string_view id);
std::string TransferKey(absl::string_view id);
std::string HolidayKey(absl::string_view framework_id, DateNumber date);

}  // namespace brokerage::engine
