// The directory: who may be offered what, as facts with dates. In memory as a whole; a copy of it
// is what readers see. Every question says as of when it is asked: `date` is a local date of the
// framework, `time` a moment. A copy shares its facts with the original, so that its cost is that
// of the keys. A pointer into a directory holds until the fact that it points at is put again.
//
// A fact that is recorded again replaces its version before. The newest version speaks for the
// dates from its from_date on, whatever older versions said of them; earlier dates are the older
// versions', which lie in Table::kDirectoryPast (directory_as_of.h reads them). So a change is
// from_date = today, a correction an earlier one.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "brokerage/journal/v1/rows.pb.h"
#include "brokerage/v1/directory.pb.h"
#include "engine/base/calendar.h"

namespace brokerage::engine {

// Where a package's care is given, as coverage sees it.
struct CarePlace {
  absl::string_view framework_id;
  absl::string_view ward_code;
  std::string postcode_area;  // "GU"; empty where no postcode is known
};

class Directory {
 public:
  // Puts a fact in; it replaces the one with the same key. Called by Apply and by loading only.
  void Put(const journal::v1::DirectoryFact& fact);
  void PutFramework(const journal::v1::FrameworkRow& row);
  // For DirectoryAsOf: takes out the revisions of frameworks that say what is so from a later date
  // on; the first of each stays.
  void ForgetRevisionsAfter(DateNumber date);

  // Frameworks.
  // The newest revision, or the one of that number; null if unknown.
  const journal::v1::FrameworkRow* Framework(absl::string_view id) const;
  const journal::v1::FrameworkRow* Framework(absl::string_view id, int32_t revision) const;
  std::vector<const journal::v1::FrameworkRow*> Frameworks() const;  // newest revisions by id
  const Holidays& HolidaysOf(absl::string_view framework_id) const;
  // The framework's tier; null if unknown.
  static const v1::Tier* TierOf(const v1::FrameworkRules& rules, absl::string_view tier_id);
  // The framework's authority, one that only reads included; null if it is none of them.
  static const v1::Authority* AuthorityOf(const v1::FrameworkRules& rules,
                                          absl::string_view authority_id);
  // Whether the authority buys under the framework: one that only reads figures does not.
  static bool Buys(const v1::FrameworkRules& rules, absl::string_view authority_id);

  // Facts, by key, in key order. A fact with `ended` is there too.
  const journal::v1::DirectoryFact* Fact(absl::string_view key) const;
  using FactMap =
      std::map<std::string, std::shared_ptr<const journal::v1::DirectoryFact>, std::less<>>;
  const FactMap& Facts() const { return facts_; }

  // Null, or empty, if unknown or ended.
  const v1::Ward* Ward(absl::string_view code) const;
  const v1::Provider* Provider(absl::string_view id) const;
  const v1::Branch* Branch(absl::string_view id) const;
  const v1::Contract* Contract(absl::string_view id) const;  // as written: its first provider
  const v1::Lot* Lot(absl::string_view framework_id, absl::string_view lot_id) const;
  std::string LotOfWard(absl::string_view framework_id, absl::string_view ward_code) const;
  std::vector<std::string> WardsOfLot(absl::string_view framework_id,
                                      absl::string_view lot_id) const;
  std::vector<const v1::Branch*> BranchesOf(absl::string_view provider_id) const;  // by id
  // By id; of all dates.
  std::vector<const v1::Contract*> ContractsOfLot(absl::string_view framework_id,
                                                  absl::string_view lot_id) const;
  // As people know them, the trading name before the legal one; the id where no name is known.
  std::string ProviderName(absl::string_view id) const;
  std::string BranchName(absl::string_view id) const;
  // The wards whose names are nearest to `name` (or whose codes are nearest), best first, at most
  // `most`: for error messages.
  std::vector<const v1::Ward*> NearestWards(absl::string_view framework_id, absl::string_view text,
                                            size_t most) const;
  // Whether the ward is in the framework (in one of its lots, or in its files).
  bool WardInFramework(absl::string_view framework_id, absl::string_view code) const;

  // The suspensions in force at a moment that keep the contract from offers in a postcode area
  // (empty: none is known), by id: the contract's own, and those of the provider that holds it.
  std::vector<std::string> SuspensionsOf(const v1::Contract& contract,
                                         absl::string_view provider_id,
                                         absl::string_view postcode_area, absl::Time time) const;

  // As of a date or moment.
  // The provider that holds the contract, novations applied; empty if the contract is unknown.
  std::string ProviderOfContract(absl::string_view contract_id, DateNumber date) const;
  bool ContractInForce(const v1::Contract& contract, DateNumber date) const;  // [from, to)
  v1::ContractStatus StatusOf(const v1::Contract& contract, DateNumber date, absl::Time time) const;
  // The first date on which the provider held a contract of the framework, by its start or by
  // novation; 0 if it never did.
  DateNumber HoldsContractsSince(absl::string_view provider_id,
                                 absl::string_view framework_id) const;
  // The contracts of the framework that the provider holds on the date and that are in force then,
  // by id.
  std::vector<const v1::Contract*> ContractsHeldBy(absl::string_view provider_id,
                                                   absl::string_view framework_id,
                                                   DateNumber date) const;
  // The frameworks under which the provider holds, held, or will hold contracts, by id.
  std::vector<const journal::v1::FrameworkRow*> FrameworksOf(absl::string_view provider_id) const;
  // The line of coverage in force on the date, the ward's before the area's; null if none.
  const v1::Coverage* CoverageOf(absl::string_view branch_id, const CarePlace& place,
                                 v1::ServiceType service, DateNumber date) const;
  // Likewise a line for any service.
  const v1::Coverage* AnyCoverageOf(absl::string_view branch_id, const CarePlace& place,
                                    DateNumber date) const;
  // Whether any branch covers a postcode area of the framework on the date or later: packages then
  // need a postcode.
  bool CoversByArea(absl::string_view framework_id, DateNumber date) const;
  static bool InForce(const v1::Coverage& line, DateNumber date);  // [from, to)
  // The proposal for the same branch, place and service that waits for a decision; null if none.
  const v1::CoverageProposal* OpenProposalFor(const v1::Coverage& line) const;
  // Whether the branch takes no offers in the framework's rounds.
  bool OptedOut(absl::string_view framework_id, absl::string_view branch_id, absl::Time time) const;
  bool ContractSuspended(absl::string_view contract_id, absl::Time time) const;
  // In the framework, in all postcode areas or in one.
  bool ProviderSuspended(absl::string_view framework_id, absl::string_view provider_id,
                         absl::Time time) const;
  bool AreaSuspended(absl::string_view framework_id, absl::string_view provider_id,
                     absl::string_view postcode_area, absl::Time time) const;
  // Price per hour in pence under the contract at the ward's price level; 0 if none.
  int32_t PriceOf(const v1::Contract& contract, absl::string_view ward_code) const;
  // Dates after `date` on which a contract ends or is novated, soonest first: (date, contract id).
  std::vector<std::pair<DateNumber, std::string>> ContractChangesAfter(DateNumber date) const;

 private:
  using FactList = std::vector<const journal::v1::DirectoryFact*>;  // in the order of keys
  void Index(const journal::v1::DirectoryFact& fact);
  void Unindex(const journal::v1::DirectoryFact& fact);
  void CountContractChange(const journal::v1::DirectoryFact& fact, int sign);
  const journal::v1::DirectoryFact* Live(absl::string_view key) const;  // null if unknown or ended
  const FactList& About(absl::string_view subject) const;
  const v1::Ward* WardFor(absl::string_view framework_id, absl::string_view code) const;

  FactMap facts_;
  std::map<std::string, std::map<int32_t, std::shared_ptr<const journal::v1::FrameworkRow>>,
           std::less<>>
      frameworks_;
  // What the look-ups need beside the keys; facts that ended are in none of them. The pointers are
  // to the facts, which copies share, and so are the texts of the keys.
  absl::flat_hash_map<absl::string_view, const journal::v1::DirectoryFact*> by_key_;
  absl::flat_hash_map<std::string, FactList> by_subject_;               // "branches/PROVIDER", ...
  std::map<std::pair<DateNumber, std::string>, int> contract_changes_;  // how many facts say so
  std::map<std::string, Holidays, std::less<>> holidays_;
};

}  // namespace brokerage::engine
