#include "engine/views/fact_words.h"

#include "absl/strings/str_cat.h"
#include "engine/views/words.h"

namespace brokerage::engine {

namespace {

using journal::v1::DirectoryFact;

std::string FromTo(absl::string_view from, absl::string_view to) {
  std::string text;
  if (!from.empty()) absl::StrAppend(&text, " from ", from);
  if (!to.empty()) absl::StrAppend(&text, " to before ", to);
  return text;
}

template <typename Window>
std::string MomentsOf(const Window& window) {
  return FromTo(window.has_from_time() ? MomentWords(window.from_time()) : "",
                window.has_to_time() ? MomentWords(window.to_time()) : "");
}

std::string CoverageWords(const DirectoryFact& fact, const Directory& directory) {
  const v1::Coverage& coverage =
      fact.has_coverage() ? fact.coverage() : fact.coverage_proposal().coverage();
  return absl::StrCat(BranchWords(coverage.branch_id(), "", directory), " covers ",
                      coverage.postcode_area().empty()
                          ? WardWords(fact.framework_id(), coverage.ward_code(), directory)
                          : absl::StrCat("postcode area ", coverage.postcode_area()),
                      " for ",
                      PlainWords(v1::ServiceType_Name(coverage.service_type()), "SERVICE_TYPE_"),
                      FromTo(coverage.from_date(), coverage.to_date()));
}

std::string ProposalWords(const DirectoryFact& fact, const Directory& directory) {
  const v1::CoverageProposal& proposal = fact.coverage_proposal();
  const std::string line = CoverageWords(fact, directory);
  switch (proposal.state()) {
    case v1::PROPOSAL_STATE_ACCEPTED:
      return absl::StrCat(proposal.decided_by().empty()
                              ? "Proposed, and accepted by the framework's rule, "
                              : "Accepted, as proposed in ",
                          proposal.id(), ": ", line);
    case v1::PROPOSAL_STATE_REJECTED:
      return absl::StrCat("Rejected, proposed in ", proposal.id(), ": ", line);
    case v1::PROPOSAL_STATE_WITHDRAWN:
      return absl::StrCat("Withdrawn, proposed in ", proposal.id(), ": ", line);
    default:
      return absl::StrCat("Proposed in ", proposal.id(), ": ", line);
  }
}

std::string ContractWords(const v1::Contract& contract, const Directory& directory) {
  return absl::StrCat("Contract ", contract.id(), ": ",
                      ProviderWords(contract.provider_id(), directory), " in lot ",
                      contract.lot_id(), ", tier ", contract.tier_id(),
                      FromTo(contract.from_date(), contract.to_date()));
}

std::string OptOutWords(const v1::OptOutWindow& window, const Directory& directory) {
  const char* verb = " takes no offers";
  if (window.state() == v1::OPT_OUT_STATE_REQUESTED) verb = " asks to take no offers";
  if (window.state() == v1::OPT_OUT_STATE_REFUSED) verb = " was refused to take no offers";
  return absl::StrCat(BranchWords(window.branch_id(), "", directory), verb, MomentsOf(window));
}

std::string SuspensionWords(const v1::Suspension& suspension, const Directory& directory) {
  std::string to = suspension.contract_id().empty()
                       ? ProviderWords(suspension.provider_id(), directory)
                       : absl::StrCat("contract ", suspension.contract_id());
  std::string area = suspension.postcode_area().empty()
                         ? ""
                         : absl::StrCat(" in postcode area ", suspension.postcode_area());
  // A contract's framework goes without saying.
  std::string framework = suspension.contract_id().empty() && !suspension.framework_id().empty()
                              ? absl::StrCat(" under framework ", suspension.framework_id())
                              : "";
  return absl::StrCat("No new offers to ", to, framework, area, MomentsOf(suspension));
}

std::string WordsOf(const DirectoryFact& fact, const Directory& directory) {
  switch (fact.value_case()) {
    case DirectoryFact::kWard:
      return absl::StrCat("Ward ", fact.ward().name(), " (", fact.ward().code(), ") in ",
                          fact.ward().district());
    case DirectoryFact::kLot:
      return absl::StrCat("Lot ", fact.lot().id(), ": ", fact.lot().name());
    case DirectoryFact::kLotWard:
      return absl::StrCat("Lot ", fact.lot_ward().lot_id(), " holds ",
                          WardWords(fact.framework_id(), fact.lot_ward().ward_code(), directory));
    case DirectoryFact::kProvider:
      return absl::StrCat("Provider ", fact.provider().id(), ": ", fact.provider().legal_name());
    case DirectoryFact::kBranch:
      return absl::StrCat("Branch ", fact.branch().id(), ": ", fact.branch().name(), " of ",
                          ProviderWords(fact.branch().provider_id(), directory));
    case DirectoryFact::kCoverage:
      return CoverageWords(fact, directory);
    case DirectoryFact::kCoverageProposal:
      return ProposalWords(fact, directory);
    case DirectoryFact::kContract:
      return ContractWords(fact.contract(), directory);
    case DirectoryFact::kNovation:
      return absl::StrCat("Contract ", fact.novation().contract_id(), " moves to ",
                          ProviderWords(fact.novation().new_provider_id(), directory), " on ",
                          fact.novation().date());
    case DirectoryFact::kOptOutWindow:
      return OptOutWords(fact.opt_out_window(), directory);
    case DirectoryFact::kCapacity:
      return absl::StrCat(BranchWords(fact.capacity().branch_id(), "", directory),
                          " could take on ", fact.capacity().weekly_minutes(),
                          " minutes of care a week.");
    case DirectoryFact::kSuspension:
      return SuspensionWords(fact.suspension(), directory);
    case DirectoryFact::kTransfer:
      return absl::StrCat("Transfer ", fact.transfer().id(), ": ",
                          fact.transfer().package_ids_size(), " running packages of contract ",
                          fact.transfer().contract_id(), " were handed back and put out again");
    case DirectoryFact::kHoliday:
      return absl::StrCat(fact.holiday().date(), " is a holiday: ", fact.holiday().name());
    default:
      return fact.key();
  }
}

}  // namespace

std::string DirectoryFactWords(const DirectoryFact& fact, const Directory& directory) {
  return absl::StrCat(fact.ended() ? "No longer so: " : "", WordsOf(fact, directory), ".");
}

std::string DirectoryFactKind(const DirectoryFact& fact) {
  switch (fact.value_case()) {
    case DirectoryFact::kWard:
      return "ward";
    case DirectoryFact::kLot:
      return "lot";
    case DirectoryFact::kLotWard:
      return "lot's ward";
    case DirectoryFact::kProvider:
      return "provider";
    case DirectoryFact::kBranch:
      return "branch";
    case DirectoryFact::kCoverage:
      return "line of coverage";
    case DirectoryFact::kCoverageProposal:
      return "proposed line of coverage";
    case DirectoryFact::kContract:
      return "contract";
    case DirectoryFact::kNovation:
      return "novation";
    case DirectoryFact::kOptOutWindow:
      return "opt-out window";
    case DirectoryFact::kCapacity:
      return "declared capacity";
    case DirectoryFact::kSuspension:
      return "suspension";
    case DirectoryFact::kTransfer:
      return "transfer";
    case DirectoryFact::kHoliday:
      return "holiday";
    default:
      return "fact";
  }
}

std::string BranchOfFact(const DirectoryFact& fact) {
  switch (fact.value_case()) {
    case DirectoryFact::kBranch:
      return fact.branch().id();
    case DirectoryFact::kCoverage:
      return fact.coverage().branch_id();
    case DirectoryFact::kCoverageProposal:
      return fact.coverage_proposal().coverage().branch_id();
    case DirectoryFact::kOptOutWindow:
      return fact.opt_out_window().branch_id();
    case DirectoryFact::kCapacity:
      return fact.capacity().branch_id();
    default:
      return "";
  }
}

}  // namespace brokerage::engine
