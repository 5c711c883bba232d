// Routing's verdicts in words.
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/postcode.h"
#include "engine/model/fact_keys.h"
#include "engine/routing/routing.h"

namespace brokerage::engine {

using journal::v1::PackageRow;
using journal::v1::Verdict;

namespace {

constexpr absl::string_view kRulePrefix = "HARD_RULE_";

std::string ServiceWords(v1::ServiceType service) {
  switch (service) {
    case v1::SERVICE_TYPE_HOME_CARE:
      return "home care";
    case v1::SERVICE_TYPE_LIVE_IN:
      return "live-in care";
    case v1::SERVICE_TYPE_SHORT_TERM_CARE:
      return "short-term care";
    case v1::SERVICE_TYPE_REABLEMENT:
      return "reablement";
    case v1::SERVICE_TYPE_EXTRA_CARE:
      return "extra care";
    case v1::SERVICE_TYPE_RESPONSE_24H:
      return "24-hour response";
    case v1::SERVICE_TYPE_INTERIM_RESPONSE:
      return "interim response";
    default:
      return "the service";
  }
}

// The names that the sentences use; an id where the directory has no name.
struct Names {
  std::string provider, branch, contract, tier, ward, lot, area, service;
};

std::string ProviderName(const Directory& directory, const std::string& id) {
  const v1::Provider* provider = directory.Provider(id);
  if (provider == nullptr) return id;
  return provider->trading_name().empty() ? provider->legal_name() : provider->trading_name();
}

std::string BranchName(const Directory& directory, const std::string& id) {
  const v1::Branch* branch = directory.Branch(id);
  return branch == nullptr ? id : branch->name();
}

std::string TierName(const Directory& directory, const PackageRow& package,
                     const std::string& tier_id) {
  const journal::v1::FrameworkRow* framework = directory.Framework(package.framework_id());
  const v1::Tier* tier =
      framework == nullptr ? nullptr : Directory::TierOf(framework->rules(), tier_id);
  return tier == nullptr ? tier_id : tier->name();
}

Names NamesOf(const Verdict& verdict, const PackageRow& package, const Directory& directory) {
  const v1::Ward* ward = directory.Ward(package.ward_code());
  const v1::Contract* contract = directory.Contract(verdict.contract_id());
  const std::string& lot_id = contract == nullptr ? IssueLotOf(package) : contract->lot_id();
  const v1::Lot* lot = directory.Lot(package.framework_id(), lot_id);
  Names names;
  names.provider = ProviderName(directory, verdict.provider_id());
  names.branch = verdict.branch_id().empty()
                     ? absl::StrCat(names.provider, ", which has no branch,")
                     : BranchName(directory, verdict.branch_id());
  names.contract = absl::StrCat("Contract ", verdict.contract_id());
  names.tier = TierName(directory, package, verdict.tier_id());
  names.ward = ward == nullptr ? package.ward_code() : ward->name();
  names.lot = lot == nullptr ? lot_id : lot->name();
  const std::string area = PostcodeArea(package.postcode_sector());
  names.area = area.empty() ? "the package's postcode area" : absl::StrCat("postcode area ", area);
  names.service = ServiceWords(package.terms().service_type());
  return names;
}

// What the branch covers, or does not: the ward, and where postcode areas count, that of the
// package.
std::string PlaceWords(bool passed, const Names& names, const Verdict& verdict,
                       const PackageRow& package, const Directory& directory) {
  if (passed) {
    return verdict.covering_area().empty()
               ? names.ward
               : absl::StrCat(names.ward, " by postcode area ", verdict.covering_area());
  }
  const bool areas_count = !PostcodeArea(package.postcode_sector()).empty() &&
                           directory.CoversByArea(package.framework_id(), 0);
  return areas_count ? absl::StrCat(names.ward, " or ", names.area) : names.ward;
}

// " (S-000001)": the suspensions by which it fails the rule, where they alone kept it out.
std::string SuspendedBy(v1::HardRule rule, const Verdict& verdict, const Directory& directory) {
  std::vector<std::string> ids;
  for (const std::string& id : verdict.suspension_ids()) {
    const auto* fact = directory.Fact(SuspensionKey(id));
    if (fact == nullptr) continue;
    const v1::Suspension& suspension = fact->suspension();
    const v1::HardRule fails = !suspension.contract_id().empty() ? v1::HARD_RULE_CONTRACT_ACTIVE
                               : suspension.postcode_area().empty()
                                   ? v1::HARD_RULE_PROVIDER_NOT_SUSPENDED
                                   : v1::HARD_RULE_AREA_NOT_SUSPENDED;
    if (fails == rule) ids.push_back(id);
  }
  return ids.empty() ? "" : absl::StrCat(" (", absl::StrJoin(ids, ", "), ")");
}

std::string OneBranchWords(bool passed, const Names& names, const Verdict& verdict,
                           const Directory& directory) {
  if (passed) {
    return absl::StrCat("No other branch of ", names.provider, " gets this offer in its place.");
  }
  if (verdict.chosen_branch_id() == verdict.branch_id()) {
    return absl::StrCat(names.branch, " gets its offer under another contract of ", names.provider,
                        ".");
  }
  return absl::StrCat(BranchName(directory, verdict.chosen_branch_id()), " gets the one offer of ",
                      names.provider, " in this round.");
}

}  // namespace

std::string RuleName(v1::HardRule rule) {
  const std::string name = v1::HardRule_Name(rule);
  if (name.size() <= kRulePrefix.size()) return "";
  return absl::AsciiStrToLower(name.substr(kRulePrefix.size()));
}

std::string ExplainRule(v1::HardRule rule, bool passed, const Verdict& verdict,
                        const PackageRow& package, const Directory& directory) {
  const Names n = NamesOf(verdict, package, directory);
  const std::string suspended = passed ? "" : SuspendedBy(rule, verdict, directory);
  switch (rule) {
    case v1::HARD_RULE_CONTRACT_ACTIVE:
      return absl::StrCat(n.contract,
                          passed              ? " is in force and active"
                          : suspended.empty() ? " is not in force and active"
                                              : " is suspended",
                          suspended, ".");
    case v1::HARD_RULE_LOT_MATCHES_WARD:
      return absl::StrCat(n.ward, passed ? " lies in " : " does not lie in ", n.lot,
                          ", the contract's lot.");
    case v1::HARD_RULE_TIER_IN_ROUND:
      return absl::StrCat("This round ", passed ? "goes" : "does not go", " to ", n.branch,
                          " under its contract in tier ", n.tier, ".");
    case v1::HARD_RULE_SERVICE_CONTRACTED:
      return absl::StrCat(n.contract, passed ? " includes " : " does not include ", n.service, ".");
    case v1::HARD_RULE_BRANCH_COVERS_WARD:
      return absl::StrCat(n.branch, passed ? " covers " : " does not cover ",
                          PlaceWords(passed, n, verdict, package, directory), ".");
    case v1::HARD_RULE_BRANCH_COVERS_SERVICE:
      return absl::StrCat(n.branch, passed ? " covers " : " does not cover ", n.service, " in ",
                          PlaceWords(passed, n, verdict, package, directory), ".");
    case v1::HARD_RULE_BRANCH_REGISTERED:
      return absl::StrCat("The regulator ", passed ? "has " : "does not have ", n.branch,
                          " as active for personal care.");
    case v1::HARD_RULE_BRANCH_TAKING_OFFERS:
      return absl::StrCat(
          n.branch, passed ? " takes offers at this time." : " takes no offers at this time.");
    case v1::HARD_RULE_PROVIDER_NOT_SUSPENDED:
      return absl::StrCat(n.provider, passed ? " is not" : " is", " suspended", suspended, ".");
    case v1::HARD_RULE_AREA_NOT_SUSPENDED:
      return absl::StrCat(n.provider, passed ? " is not" : " is", " suspended in ", n.area,
                          suspended, ".");
    case v1::HARD_RULE_MEETS_NEEDS:
      return absl::StrCat(n.branch, passed ? " meets" : " does not meet",
                          " the needs that this framework asks for.");
    case v1::HARD_RULE_NOT_REFUSED_BY_PERSON:
      if (!passed && GaveItUp(package, verdict.provider_id())) {
        return absl::StrCat(n.provider, " gave this person's care up in transfer ",
                            package.transfer_id(), ".");
      }
      return absl::StrCat("The person ", passed ? "does not refuse " : "refuses ", n.provider, ".");
    case v1::HARD_RULE_NOT_ALREADY_DECLINED:
      return absl::StrCat(n.branch, passed ? " has not declined" : " has declined",
                          " this package on the same terms.");
    case v1::HARD_RULE_NOT_OFFERED_DEARER:
      return absl::StrCat(n.provider, passed ? " was not" : " was",
                          " offered this package before under another contract at a lower price.");
    case v1::HARD_RULE_ONE_BRANCH_PER_PROVIDER:
      return OneBranchWords(passed, n, verdict, directory);
    case v1::HARD_RULE_WITHIN_ACCEPTANCE_LIMIT:
      return absl::StrCat("The limit that ", n.branch, " set for several of its acceptances is ",
                          passed ? "not " : "", "used up.");
    default:
      return "";
  }
}

}  // namespace brokerage::engine
