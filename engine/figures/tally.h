// What is counted: response classes, outcomes, units, and the roll-ups that Apply keeps.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "brokerage/journal/v1/rows.pb.h"
#include "brokerage/v1/framework.pb.h"
#include "brokerage/v1/performance_service.pb.h"
#include "engine/base/calendar.h"
#include "engine/model/package.h"

namespace brokerage::engine {

// The response class of an offer at this moment: the first that matches of kpi.md section 1.
v1::ResponseClass ClassOf(const journal::v1::OfferRow& offer);

// The offer as figures see it.
journal::v1::OfferFact FactOf(const journal::v1::PackageRow& package,
                              const journal::v1::OfferRow& offer);

// Adds one fact's counts, `sign` times, to counts. A restart's offer adds nothing.
void AddFact(const journal::v1::OfferFact& fact, int64_t sign, v1::Counts* counts);

// The class and outcome of several offers that are counted as one: the best class of accepted,
// declined, pending, late, silent; excluded (closed_unanswered, error_upheld, notice_failed, in
// this order) only if all are. The result has the dimensions of the first fact (by ordinal) and the
// best class and outcome. REQUIRES: not empty.
journal::v1::OfferFact UnitOf(const std::vector<journal::v1::OfferFact>& facts);

// What a roll-up is about, as views; the dimensions that its kind does not have are ignored. So
// that the hot path finds a row without building one.
struct RollupDimensions {
  journal::v1::RollupRow::Kind kind = journal::v1::RollupRow::KIND_UNSPECIFIED;
  absl::string_view framework_id;
  int32_t month = 0;  // YYYYMM
  absl::string_view contract_id;
  absl::string_view branch_id;
  v1::ServiceType service_type = v1::SERVICE_TYPE_UNSPECIFIED;
  v1::Urgency urgency = v1::URGENCY_UNSPECIFIED;
  absl::string_view authority_id;
  int32_t round = 0;
  absl::string_view ward_code;
  absl::string_view tier_id;
  absl::string_view provider_id;
  absl::string_view lot_id;
  absl::string_view limit_name;
  absl::string_view suspension_id;
  DateNumber date = 0;
};

// Roll-ups by key. The key is kind|framework|month|... so that rows of one period lie together; no
// id holds the separator.
class RollupTable {
 public:
  RollupTable() = default;
  RollupTable(const RollupTable& other);
  RollupTable& operator=(const RollupTable& other);
  RollupTable(RollupTable&&) = default;
  RollupTable& operator=(RollupTable&&) = default;

  // The row's key; rows of one (kind, framework, month) have a common prefix, see Prefix. For
  // KIND_PICK_UP the contract, for KIND_HOURS the provider comes right after the month.
  static std::string KeyOf(const journal::v1::RollupRow& row);
  static std::string KeyOf(const RollupDimensions& of);
  static std::string Prefix(journal::v1::RollupRow::Kind kind, absl::string_view framework_id);
  static std::string Prefix(journal::v1::RollupRow::Kind kind, absl::string_view framework_id,
                            int32_t month);

  // The row with the dimensions of `like` (counts ignored), made if it is not there; marks it
  // changed.
  journal::v1::RollupRow* Change(const journal::v1::RollupRow& like);
  journal::v1::RollupRow* Change(const RollupDimensions& like);
  void Put(const journal::v1::RollupRow& row);  // loading; not a change
  const journal::v1::RollupRow* Find(absl::string_view key) const;
  const std::map<std::string, journal::v1::RollupRow, std::less<>>& rows() const { return rows_; }
  // The keys changed since the last call, sorted.
  std::vector<std::string> TakeChanged();

 private:
  std::map<std::string, journal::v1::RollupRow, std::less<>> rows_;
  std::set<const std::string*>
      changed_;      // keys of rows_, whose nodes do not move; their order here decides nothing
  std::string key_;  // reused
};

// Where an offer counts: all its dimensions; the kind is left to the caller.
RollupDimensions OfferDimensions(const PackageAggregate& package,
                                 const journal::v1::OfferRow& offer);
// Where a package counts: of KIND_PACKAGE.
RollupDimensions PackageDimensions(const PackageAggregate& package);
// Where an award of the month counts: of KIND_HOURS.
RollupDimensions HoursDimensions(const PackageAggregate& package,
                                 const journal::v1::OfferRow& winner, int32_t month);
// Where a package that was left as an interim service counts: of KIND_INTERIM.
RollupDimensions InterimDimensions(const journal::v1::PackageRow& row);

// Adds the offer itself, `sign` times, to KIND_OFFER and KIND_WARD.
void TallyOffer(const PackageAggregate& package, const journal::v1::OfferRow& offer, int64_t sign,
                RollupTable* table);
// Adds, `sign` times, the pick-up unit and the provider opportunity that offers like this one
// belong to (KIND_PICK_UP, KIND_OPPORTUNITY), as the package's offers now are; nothing if the
// package has no such offer. A pick-up unit is package x contract x terms version, in the month of
// its first offer; an opportunity is package x provider x round. In `settled`, the same counting is
// done over the unit's settled offers only. So a change of an offer is: both with -1, change, both
// with +1.
void TallyUnits(const PackageAggregate& package, const journal::v1::OfferRow& like, int64_t sign,
                RollupTable* table);
// Adds the package, `sign` times, to KIND_PACKAGE: referred, released, and one of sourced, waiting,
// cancelled. Imported packages add nothing.
void TallyPackage(const PackageAggregate& package, int64_t sign, RollupTable* table);
// Adds an award's weekly minutes, `sign` times, to KIND_HOURS in the month of award_date.
void TallyHours(const PackageAggregate& package, const journal::v1::OfferRow& winner,
                DateNumber award_date, int64_t sign, RollupTable* table);
// Takes the award, but not its minutes, out of KIND_HOURS: the provider gave it up for its own
// cause, so that the minutes stay on its account while the package is nobody's award.
void TakeBackAward(const PackageAggregate& package, const journal::v1::OfferRow& winner,
                   DateNumber award_date, RollupTable* table);
// Adds to KIND_AVOIDED what each contract of the round's tiers avoided, in the month of `date`: a
// package that it would have been offered but for an opt-out window, or in a ward that none of its
// branches covers. Once for each rule of the framework and terms version, be its rounds opened or
// passed over (avoided.h). Call it before the round is added to the package.
void TallyAvoided(const PackageAggregate& package, const journal::v1::RoundRow& round,
                  DateNumber date, RollupTable* table);
// Adds what suspensions stopped when a round opened on `date`, or was passed over: to KIND_AVOIDED
// of each contract that a verdict says they kept from an offer, once for each version of the
// package's terms; to KIND_SUSPENSION of each of them, once for the package. REQUIRES: the roll-ups
// of suspensions in force are in the table. Call it before the round is added to the package.
void TallyStopped(const PackageAggregate& package, int32_t terms_version,
                  const google::protobuf::RepeatedPtrField<journal::v1::Verdict>& verdicts,
                  DateNumber date, RollupTable* table);
// Adds the package, `sign` times, to KIND_INTERIM if the person left it as an interim service.
void TallyInterim(const PackageAggregate& package, int64_t sign, RollupTable* table);
// Of KIND_SUSPENSION.
std::string SuspensionRollupKey(absl::string_view suspension_id);

// Live figures that decide an award. They leave out the package in question.
struct ContractFigures {
  int64_t due = 0;
  int64_t won = 0;
  int64_t accepted_and_lost = 0;
};
// Over pick-up units of the contract in the framework's figure period that holds `date`.
ContractFigures FiguresOf(const RollupTable& table, const v1::FrameworkRules& rules,
                          absl::string_view contract_id, DateNumber date,
                          const PackageAggregate& left_out);
// Awards in the lot in the figure period: of the tier, and of all tiers.
struct ShareFigures {
  int64_t tier_awards = 0;
  int64_t lot_awards = 0;
};
ShareFigures SharesOf(const RollupTable& table, const v1::FrameworkRules& rules,
                      absl::string_view lot_id, absl::string_view tier_id, DateNumber date);
// Weekly minutes awarded to the provider under the framework in the fairness months, service types
// left out as the rules say.
int64_t RecentMinutes(const RollupTable& table, const v1::FrameworkRules& rules,
                      absl::string_view provider_id, DateNumber date);

}  // namespace brokerage::engine
