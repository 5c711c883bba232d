#include "engine/model/fact_keys.h"

#include "absl/strings/str_cat.h"

namespace brokerage::engine {

std::string WardKey(absl::string_view framework_id, absl::string_view code) {
  return absl::StrCat("ward/", framework_id, "/", code);
}

std::string LotKey(absl::string_view framework_id, absl::string_view lot_id) {
  return absl::StrCat("lot/", framework_id, "/", lot_id);
}

std::string LotWardKey(absl::string_view framework_id, absl::string_view lot_id,
                       absl::string_view ward_code) {
  return absl::StrCat("lot_ward/", framework_id, "/", lot_id, "/", ward_code);
}

std::string ProviderKey(absl::string_view id) { return absl::StrCat("provider/", id); }

std::string BranchKey(absl::string_view id) { return absl::StrCat("branch/", id); }

std::string CoverageKey(absl::string_view branch_id, absl::string_view ward_code,
                        v1::ServiceType service) {
  return absl::StrCat(WardCoveragePrefix(branch_id, ward_code), static_cast<int>(service));
}

std::string CoverageKey(const v1::Coverage& line) {
  if (line.postcode_area().empty()) {
    return CoverageKey(line.branch_id(), line.ward_code(), line.service_type());
  }
  return absl::StrCat(
      AreaCoveragePrefix(line.branch_id(), line.postcode_area(), line.framework_id()),
      static_cast<int>(line.service_type()));
}

std::string CoveragePrefix(absl::string_view branch_id) {
  return absl::StrCat("coverage/", branch_id, "/");
}

std::string WardCoveragePrefix(absl::string_view branch_id, absl::string_view ward_code) {
  return absl::StrCat(CoveragePrefix(branch_id), ward_code, "/");
}

std::string AreaCoveragePrefix(absl::string_view branch_id, absl::string_view postcode_area,
                               absl::string_view framework_id) {
  return absl::StrCat(CoveragePrefix(branch_id), "area:", postcode_area, "/", framework_id, "/");
}

std::string ProposalKey(absl::string_view id) { return absl::StrCat("coverage_proposal/", id); }

std::string ContractKey(absl::string_view id) { return absl::StrCat("contract/", id); }

std::string NovationKey(absl::string_view contract_id, DateNumber date) {
  return absl::StrCat("novation/", contract_id, "/", date);
}

std::string OptOutKey(absl::string_view id) { return absl::StrCat("opt_out/", id); }

std::string CapacityKey(absl::string_view branch_id) {
  return absl::StrCat("capacity/", branch_id);
}

std::string SuspensionKey(absl::string_view id) { return absl::StrCat("suspension/", id); }

std::string TransferKey(absl::string_view id) { return absl::StrCat("transfer/", id); }

std::string HolidayKey(absl::string_view framework_id, DateNumber date) {
  return absl::StrCat("holiday/", framework_id, "/", date);
}

}  // namespace brokerage::engine
