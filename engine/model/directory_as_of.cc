// The directory's questions as of a date or a moment.
#include <algorithm>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "engine/model/directory.h"

namespace brokerage::engine {

using journal::v1::DirectoryFact;

namespace {

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

// [from, to); an end that is absent is open.
template <typename Span>
bool Holds(const Span& span, absl::Time time) {
  if (span.has_from_time() && time < TimeOf(span.from_time())) return false;
  return !span.has_to_time() || time < TimeOf(span.to_time());
}

DateNumber FirstDate(const std::string& from) { return ParseDate(from).value_or(0); }

bool Over(const std::string& to, DateNumber date) {
  std::optional<DateNumber> end = ParseDate(to);
  return end && *end <= date;
}

// One that names no framework holds in all.
bool HoldsIn(absl::string_view framework_id, const v1::Suspension& suspension, absl::Time time) {
  const std::string& own = suspension.framework_id();
  return (own.empty() || own == framework_id) && Holds(suspension, time);
}

// An empty area is a suspension everywhere.
bool AnySuspension(const std::vector<const DirectoryFact*>& facts, absl::string_view framework_id,
                   absl::string_view area, absl::Time time) {
  return std::any_of(facts.begin(), facts.end(), [&](const DirectoryFact* fact) {
    return fact->suspension().postcode_area() == area &&
           HoldsIn(framework_id, fact->suspension(), time);
  });
}

// Wards, lots, providers and branches have no dates of their own.
bool SaysSinceWhen(const DirectoryFact& fact) {
  switch (fact.value_case()) {
    case DirectoryFact::kWard:
    case DirectoryFact::kLot:
    case DirectoryFact::kLotWard:
    case DirectoryFact::kProvider:
    case DirectoryFact::kBranch:
      return false;
    default:
      return true;
  }
}

}  // namespace

DateNumber Directory::SpeaksFrom(const DirectoryFact& fact, const DirectoryFact* before,
                                 DateNumber from, bool founding) {
  if (!SaysSinceWhen(fact)) return before == nullptr && founding ? 0 : from;
  if (before == nullptr) return 0;
  if (fact.has_contract()) return from;
  if (fact.has_coverage()) {  // one that begins earlier than was known corrects
    const DateNumber begins = FirstDate(fact.coverage().from_date());
    return begins < FirstDate(before->coverage().from_date()) ? std::min(from, begins) : from;
  }
  if (fact.has_suspension()) return from;  // lifted: how it stood before is asked for
  return 0;
}

Directory Directory::AsOf(DateNumber date, PastVersions past) const {
  Directory then = *this;
  for (const auto& [key, fact] : facts_) {
    if (fact->from_date() <= date) continue;
    const std::vector<DirectoryFact> versions = past(key);
    const auto spoke =
        std::find_if(versions.rbegin(), versions.rend(),
                     [date](const DirectoryFact& version) { return version.from_date() <= date; });
    if (spoke != versions.rend()) {
      then.Put(*spoke);
    } else {
      DirectoryFact unknown = *fact;
      unknown.set_ended(true);
      then.Put(unknown);
    }
  }
  for (auto& [id, revisions] : then.frameworks_) {
    while (revisions.size() > 1 && revisions.rbegin()->second->from_date() > date) {
      revisions.erase(std::prev(revisions.end()));
    }
  }
  return then;
}

std::string Directory::ProviderOfContract(absl::string_view contract_id, DateNumber date) const {
  const v1::Contract* contract = Contract(contract_id);
  if (contract == nullptr) return "";
  const v1::Novation* latest = nullptr;
  for (const DirectoryFact* fact : About(absl::StrCat("novations/", contract_id))) {
    const v1::Novation& novation = fact->novation();
    if (FirstDate(novation.date()) > date) continue;
    if (latest == nullptr || FirstDate(latest->date()) < FirstDate(novation.date()))
      latest = &novation;
  }
  return latest == nullptr ? contract->provider_id() : latest->new_provider_id();
}

bool Directory::ContractInForce(const v1::Contract& contract, DateNumber date) const {
  return FirstDate(contract.from_date()) <= date && !Over(contract.to_date(), date);
}

v1::ContractStatus Directory::StatusOf(const v1::Contract& contract, DateNumber date,
                                       absl::Time time) const {
  if (Over(contract.to_date(), date)) return v1::CONTRACT_STATUS_ENDED;
  if (FirstDate(contract.from_date()) > date) return v1::CONTRACT_STATUS_NOT_BEGUN;
  if (ContractSuspended(contract.id(), time)) return v1::CONTRACT_STATUS_SUSPENDED;
  return v1::CONTRACT_STATUS_ACTIVE;
}

DateNumber Directory::HoldsContractsSince(absl::string_view provider_id,
                                          absl::string_view framework_id) const {
  DateNumber first = 0;
  for (const DirectoryFact* fact : About(absl::StrCat("held/", provider_id))) {
    const v1::Contract* contract =
        fact->has_contract() ? &fact->contract() : Contract(fact->novation().contract_id());
    if (contract == nullptr || contract->framework_id() != framework_id) continue;
    DateNumber since =
        FirstDate(fact->has_contract() ? contract->from_date() : fact->novation().date());
    if (first == 0 || since < first) first = since;
  }
  return first;
}

std::vector<const journal::v1::FrameworkRow*> Directory::FrameworksOf(
    absl::string_view provider_id) const {
  std::vector<const journal::v1::FrameworkRow*> frameworks = Frameworks();
  std::erase_if(frameworks, [&](const journal::v1::FrameworkRow* framework) {
    return HoldsContractsSince(provider_id, framework->framework_id()) == 0;
  });
  return frameworks;
}

bool Directory::InForce(const v1::Coverage& line, DateNumber date) {
  return FirstDate(line.from_date()) <= date && !Over(line.to_date(), date);
}

const v1::Coverage* Directory::CoverageOf(absl::string_view branch_id, const CarePlace& place,
                                          v1::ServiceType service, DateNumber date) const {
  auto in_force = [&](const std::string& key) -> const v1::Coverage* {
    const DirectoryFact* fact = Live(key);
    return fact != nullptr && InForce(fact->coverage(), date) ? &fact->coverage() : nullptr;
  };
  const v1::Coverage* line = in_force(CoverageKey(branch_id, place.ward_code, service));
  if (line != nullptr || place.postcode_area.empty()) return line;
  return in_force(
      absl::StrCat(AreaCoveragePrefix(branch_id, place.postcode_area, place.framework_id),
                   static_cast<int>(service)));
}

const v1::Coverage* Directory::AnyCoverageOf(absl::string_view branch_id, const CarePlace& place,
                                             DateNumber date) const {
  auto first_of = [&](const std::string& prefix) -> const v1::Coverage* {
    for (auto it = facts_.lower_bound(prefix);
         it != facts_.end() && absl::StartsWith(it->first, prefix); ++it) {
      const v1::Coverage& line = it->second->coverage();
      if (!it->second->ended() && InForce(line, date)) return &line;
    }
    return nullptr;
  };
  const v1::Coverage* line = first_of(WardCoveragePrefix(branch_id, place.ward_code));
  if (line != nullptr || place.postcode_area.empty()) return line;
  return first_of(AreaCoveragePrefix(branch_id, place.postcode_area, place.framework_id));
}

bool Directory::CoversByArea(absl::string_view framework_id, DateNumber date) const {
  const FactList& lines = About(absl::StrCat("area_coverage/", framework_id));
  return std::any_of(lines.begin(), lines.end(), [date](const DirectoryFact* fact) {
    return !Over(fact->coverage().to_date(), date);
  });
}

const v1::CoverageProposal* Directory::OpenProposalFor(const v1::Coverage& line) const {
  const FactList& proposals = About(absl::StrCat("proposals/", CoverageKey(line)));
  return proposals.empty() ? nullptr : &proposals.front()->coverage_proposal();
}

bool Directory::OptedOut(absl::string_view branch_id, absl::Time time) const {
  const FactList& windows = About(absl::StrCat("opt_outs/", branch_id));
  return std::any_of(windows.begin(), windows.end(), [&](const DirectoryFact* fact) {
    const v1::OptOutState state = fact->opt_out_window().state();
    const bool stands = state != v1::OPT_OUT_STATE_REQUESTED && state != v1::OPT_OUT_STATE_REFUSED;
    return stands && Holds(fact->opt_out_window(), time);
  });
}

bool Directory::ContractSuspended(absl::string_view contract_id, absl::Time time) const {
  const FactList& suspensions = About(absl::StrCat("contract_suspensions/", contract_id));
  return std::any_of(suspensions.begin(), suspensions.end(),
                     [time](const DirectoryFact* fact) { return Holds(fact->suspension(), time); });
}

bool Directory::ProviderSuspended(absl::string_view framework_id, absl::string_view provider_id,
                                  absl::Time time) const {
  return AnySuspension(About(absl::StrCat("provider_suspensions/", provider_id)), framework_id, "",
                       time);
}

bool Directory::AreaSuspended(absl::string_view framework_id, absl::string_view provider_id,
                              absl::string_view postcode_area, absl::Time time) const {
  return !postcode_area.empty() &&
         AnySuspension(About(absl::StrCat("provider_suspensions/", provider_id)), framework_id,
                       postcode_area, time);
}

std::vector<std::string> Directory::SuspensionsOf(const v1::Contract& contract,
                                                  absl::string_view provider_id,
                                                  absl::string_view postcode_area,
                                                  absl::Time time) const {
  std::vector<std::string> ids;
  for (const std::string& subject : {absl::StrCat("contract_suspensions/", contract.id()),
                                     absl::StrCat("provider_suspensions/", provider_id)}) {
    for (const DirectoryFact* fact : About(subject)) {
      const v1::Suspension& suspension = fact->suspension();
      const std::string& area = suspension.postcode_area();
      if ((area.empty() || area == postcode_area) &&
          HoldsIn(contract.framework_id(), suspension, time)) {
        ids.push_back(suspension.id());
      }
    }
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

int32_t Directory::PriceOf(const v1::Contract& contract, absl::string_view ward_code) const {
  const v1::Ward* ward = WardFor(contract.framework_id(), ward_code);
  if (ward == nullptr) return 0;
  switch (ward->price_level()) {
    case v1::PRICE_LEVEL_URBAN:
      return contract.prices().urban_pence();
    case v1::PRICE_LEVEL_FRINGE:
      return contract.prices().fringe_pence();
    case v1::PRICE_LEVEL_RURAL:
      return contract.prices().rural_pence();
    case v1::PRICE_LEVEL_ISOLATED:
      return contract.prices().isolated_pence();
    default:
      return 0;
  }
}

std::vector<std::pair<DateNumber, std::string>> Directory::ContractChangesAfter(
    DateNumber date) const {
  std::vector<std::pair<DateNumber, std::string>> changes;
  for (auto change = contract_changes_.lower_bound({date + 1, ""});
       change != contract_changes_.end(); ++change) {
    changes.push_back(change->first);
  }
  return changes;
}

}  // namespace brokerage::engine
