// The directory as the second implementation reads it: one flat list of facts, looked through from
// end to end for every question.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "brokerage/journal/v1/rows.pb.h"
#include "engine/base/calendar.h"

namespace brokerage::engine::reference {

struct ReferenceDirectory {
  absl::TimeZone zone;
  std::vector<journal::v1::FrameworkRow> frameworks;  // every revision
  std::vector<journal::v1::DirectoryFact> facts;

  // Takes a fact in; it replaces the one with the same key.
  void Put(const journal::v1::DirectoryFact& fact);
  // The rules of the revision; of the newest for 0.
  const v1::FrameworkRules& Rules(int32_t revision) const;

  DateNumber Today(absl::Time time) const { return LocalDate(time, zone); }
  Holidays AllHolidays() const;
  // Null if there is none that holds.
  const v1::Ward* Ward(const std::string& code) const;
  const v1::Contract* Contract(const std::string& id) const;
  const v1::Branch* Branch(const std::string& id) const;
  bool LotHoldsWard(const std::string& lot_id, const std::string& ward_code) const;
  // A line for the package's ward, or else for its postcode area; of any service where none is
  // given.
  const v1::Coverage* Coverage(const std::string& branch_id, const journal::v1::PackageRow& package,
                               v1::ServiceType service, DateNumber date) const;
  // Who holds the contract on the date: the last novation up to then, or its first provider.
  std::string Holder(const v1::Contract& contract, DateNumber date) const;
  // In force, not suspended at the moment.
  bool ContractActive(const v1::Contract& contract, DateNumber date, absl::Time time) const;
  bool OptedOut(const std::string& framework_id, const std::string& branch_id,
                absl::Time time) const;
  // Everywhere; or, with an area, in that one only.
  bool Suspended(const std::string& provider_id, const std::string& area, absl::Time time) const;
  // The ids of the suspensions of the contract, and of the provider everywhere or in the area, that
  // hold at the moment.
  std::set<std::string> Suspensions(const std::string& contract_id, const std::string& provider_id,
                                    const std::string& area, absl::Time time) const;
  // 0 if there is none.
  int32_t Price(const v1::Contract& contract, const std::string& ward_code) const;
  // The first date on which the provider held any contract; 0 if never.
  DateNumber JoinedOn(const std::string& provider_id) const;
};

// "[from, to)" of dates as the directory writes them; an empty end is open.
bool DatesHold(const std::string& from, const std::string& to, DateNumber date);
// The lot that the offer was issued in. A random framework's contracts are named
// "lot/tier/provider".
std::string LotAsIssued(const journal::v1::OfferRow& offer);
// The letters that a postcode or its sector begins with.
std::string AreaOf(const std::string& sector);

}  // namespace brokerage::engine::reference
