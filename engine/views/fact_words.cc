#include "engine/views/fact_words.h"

#include "absl/strings/str_cat.h"
#include "engine/model/facts.h"
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

// What the fact says, from its value; without "No longer so" and the full stop.

std::string WordsOf(const v1::Ward& ward, const DirectoryFact& fact, const Directory& directory) {
  return absl::StrCat("Ward ", ward.name(), " (", ward.code(), ") in ", ward.district());
}

std::string WordsOf(const v1::Lot& lot, const DirectoryFact& fact, const Directory& directory) {
  return absl::StrCat("Lot ", lot.id(), ": ", lot.name());
}

std::string WordsOf(const journal::v1::LotWard& lot_ward, const DirectoryFact& fact,
                    const Directory& directory) {
  return absl::StrCat("Lot ", lot_ward.lot_id(), " holds ",
                      WardWords(fact.framework_id(), lot_ward.ward_code(), directory));
}

std::string WordsOf(const v1::Provider& provider, const DirectoryFact& fact,
                    const Directory& directory) {
  return absl::StrCat("Provider ", provider.id(), ": ", provider.legal_name());
}

std::string WordsOf(const v1::Branch& branch, const DirectoryFact& fact,
                    const Directory& directory) {
  return absl::StrCat("Branch ", branch.id(), ": ", branch.name(), " of ",
                      directory.ProviderName(branch.provider_id()));
}

std::string WordsOf(const v1::Coverage& coverage, const DirectoryFact& fact,
                    const Directory& directory) {
  return absl::StrCat(directory.BranchName(coverage.branch_id()), " covers ",
                      coverage.postcode_area().empty()
                          ? WardWords(fact.framework_id(), coverage.ward_code(), directory)
                          : absl::StrCat("postcode area ", coverage.postcode_area()),
                      " for ",
                      PlainWords(v1::ServiceType_Name(coverage.service_type()), "SERVICE_TYPE_"),
                      FromTo(coverage.from_date(), coverage.to_date()));
}

std::string WordsOf(const v1::CoverageProposal& proposal, const DirectoryFact& fact,
                    const Directory& directory) {
  const std::string line = WordsOf(proposal.coverage(), fact, directory);
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
    case v1::PROPOSAL_STATE_OPEN:
    case v1::PROPOSAL_STATE_UNSPECIFIED:
    case v1::ProposalState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::ProposalState_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return absl::StrCat("Proposed in ", proposal.id(), ": ", line);
}

std::string WordsOf(const v1::Contract& contract, const DirectoryFact& fact,
                    const Directory& directory) {
  return absl::StrCat("Contract ", contract.id(), ": ",
                      directory.ProviderName(contract.provider_id()), " in lot ", contract.lot_id(),
                      ", tier ", contract.tier_id(),
                      FromTo(contract.from_date(), contract.to_date()));
}

std::string WordsOf(const v1::Novation& novation, const DirectoryFact& fact,
                    const Directory& directory) {
  return absl::StrCat("Contract ", novation.contract_id(), " moves to ",
                      directory.ProviderName(novation.new_provider_id()), " on ", novation.date());
}

std::string WordsOf(const v1::OptOutWindow& window, const DirectoryFact& fact,
                    const Directory& directory) {
  const char* verb = " takes no offers";
  if (window.state() == v1::OPT_OUT_STATE_REQUESTED) verb = " asks to take no offers";
  if (window.state() == v1::OPT_OUT_STATE_REFUSED) verb = " was refused to take no offers";
  return absl::StrCat(directory.BranchName(window.branch_id()), verb, MomentsOf(window));
}

std::string WordsOf(const v1::Capacity& capacity, const DirectoryFact& fact,
                    const Directory& directory) {
  return absl::StrCat(directory.BranchName(capacity.branch_id()), " could take on ",
                      capacity.weekly_minutes(), " minutes of care a week.");
}

std::string WordsOf(const v1::Suspension& suspension, const DirectoryFact& fact,
                    const Directory& directory) {
  std::string to = suspension.contract_id().empty()
                       ? directory.ProviderName(suspension.provider_id())
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

std::string WordsOf(const v1::Transfer& transfer, const DirectoryFact& fact,
                    const Directory& directory) {
  return absl::StrCat("Transfer ", transfer.id(), ": ", transfer.package_ids_size(),
                      " running packages of contract ", transfer.contract_id(),
                      " were handed back and put out again");
}

std::string WordsOf(const v1::Holiday& holiday, const DirectoryFact& fact,
                    const Directory& directory) {
  return absl::StrCat(holiday.date(), " is a holiday: ", holiday.name());
}

std::string WordsOf(UnknownValue value, const DirectoryFact& fact, const Directory& directory) {
  return fact.key();
}

const char* KindOf(const v1::Ward& value) { return "ward"; }
const char* KindOf(const v1::Lot& value) { return "lot"; }
const char* KindOf(const journal::v1::LotWard& value) { return "lot's ward"; }
const char* KindOf(const v1::Provider& value) { return "provider"; }
const char* KindOf(const v1::Branch& value) { return "branch"; }
const char* KindOf(const v1::Coverage& value) { return "line of coverage"; }
const char* KindOf(const v1::CoverageProposal& value) { return "proposed line of coverage"; }
const char* KindOf(const v1::Contract& value) { return "contract"; }
const char* KindOf(const v1::Novation& value) { return "novation"; }
const char* KindOf(const v1::OptOutWindow& value) { return "opt-out window"; }
const char* KindOf(const v1::Capacity& value) { return "declared capacity"; }
const char* KindOf(const v1::Suspension& value) { return "suspension"; }
const char* KindOf(const v1::Transfer& value) { return "transfer"; }
const char* KindOf(const v1::Holiday& value) { return "holiday"; }
const char* KindOf(UnknownValue value) { return "fact"; }

std::string BranchOf(const v1::Branch& branch) { return branch.id(); }
std::string BranchOf(const OneOf<v1::Coverage, v1::OptOutWindow, v1::Capacity> auto& value) {
  return value.branch_id();
}
std::string BranchOf(const v1::CoverageProposal& proposal) {
  return proposal.coverage().branch_id();
}
std::string BranchOf(
    const OneOf<v1::Ward, v1::Lot, journal::v1::LotWard, v1::Provider, v1::Contract, v1::Novation,
                v1::Suspension, v1::Transfer, v1::Holiday, UnknownValue> auto& value) {
  return "";
}

}  // namespace

std::string DirectoryFactWords(const DirectoryFact& fact, const Directory& directory) {
  return absl::StrCat(
      fact.ended() ? "No longer so: " : "",
      VisitDirectoryFact(
          fact, [&](const auto& value) -> std::string { return WordsOf(value, fact, directory); }),
      ".");
}

std::string DirectoryFactKind(const DirectoryFact& fact) {
  return VisitDirectoryFact(fact, [](const auto& value) { return KindOf(value); });
}

std::string BranchOfFact(const DirectoryFact& fact) {
  return VisitDirectoryFact(fact, [](const auto& value) { return BranchOf(value); });
}

}  // namespace brokerage::engine
