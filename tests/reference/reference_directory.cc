#include "tests/reference/reference_directory.h"

#include <algorithm>
#include <cctype>

namespace brokerage::engine::reference {

namespace {

template <typename Span>
bool SpanHolds(const Span& span, absl::Time time) {
  auto micros = [](const google::protobuf::Timestamp& stamp) {
    return stamp.seconds() * 1000000 + stamp.nanos() / 1000;
  };
  const int64_t now = absl::ToUnixMicros(time);
  return micros(span.from_time()) <= now && (!span.has_to_time() || now < micros(span.to_time()));
}

}  // namespace

bool DatesHold(const std::string& from, const std::string& to, DateNumber date) {
  const std::string day = FormatDate(date);  // such dates sort as texts
  return from <= day && (to.empty() || day < to);
}

std::string LotAsIssued(const journal::v1::OfferRow& offer) {
  return offer.contract_id().substr(0, offer.contract_id().find('/'));
}

std::string AreaOf(const std::string& sector) {
  std::string area;
  for (char c : sector) {
    if (!std::isalpha(static_cast<unsigned char>(c))) break;
    area += c;
  }
  return area;
}

void ReferenceDirectory::Put(const journal::v1::DirectoryFact& fact) {
  for (journal::v1::DirectoryFact& old : facts) {
    if (old.key() == fact.key()) {
      old = fact;
      return;
    }
  }
  facts.push_back(fact);
}

const v1::FrameworkRules& ReferenceDirectory::Rules(int32_t revision) const {
  const journal::v1::FrameworkRow* newest = &frameworks.front();
  for (const journal::v1::FrameworkRow& row : frameworks) {
    if (row.revision() == revision) return row.rules();
    if (row.revision() > newest->revision()) newest = &row;
  }
  return newest->rules();
}

Holidays ReferenceDirectory::AllHolidays() const {
  Holidays holidays;
  for (const auto& fact : facts) {
    if (fact.has_holiday() && !fact.ended()) holidays.insert(*ParseDate(fact.holiday().date()));
  }
  return holidays;
}

const v1::Ward* ReferenceDirectory::Ward(const std::string& code) const {
  for (const auto& fact : facts) {
    if (fact.has_ward() && !fact.ended() && fact.ward().code() == code) return &fact.ward();
  }
  return nullptr;
}

bool ReferenceDirectory::LotHoldsWard(const std::string& lot_id,
                                      const std::string& ward_code) const {
  for (const journal::v1::DirectoryFact& fact : facts) {
    if (!fact.ended() && fact.has_lot_ward() && fact.lot_ward().lot_id() == lot_id &&
        fact.lot_ward().ward_code() == ward_code) {
      return true;
    }
  }
  return false;
}

const v1::Contract* ReferenceDirectory::Contract(const std::string& id) const {
  for (const auto& fact : facts) {
    if (fact.has_contract() && !fact.ended() && fact.contract().id() == id) return &fact.contract();
  }
  return nullptr;
}

const v1::Branch* ReferenceDirectory::Branch(const std::string& id) const {
  for (const auto& fact : facts) {
    if (fact.has_branch() && !fact.ended() && fact.branch().id() == id) return &fact.branch();
  }
  return nullptr;
}

const v1::Coverage* ReferenceDirectory::Coverage(const std::string& branch_id,
                                                 const journal::v1::PackageRow& package,
                                                 v1::ServiceType service, DateNumber date) const {
  const std::string area = AreaOf(package.postcode_sector());
  for (bool by_area : {false, true}) {
    for (const auto& fact : facts) {
      if (!fact.has_coverage() || fact.ended()) continue;
      const v1::Coverage& line = fact.coverage();
      if (line.branch_id() != branch_id || line.postcode_area().empty() == by_area) continue;
      if (by_area ? line.postcode_area() != area : line.ward_code() != package.ward_code())
        continue;
      if (service != v1::SERVICE_TYPE_UNSPECIFIED && line.service_type() != service) continue;
      if (DatesHold(line.from_date(), line.to_date(), date)) return &line;
    }
  }
  return nullptr;
}

std::string ReferenceDirectory::Holder(const v1::Contract& contract, DateNumber date) const {
  std::string holder = contract.provider_id();
  std::string since;
  for (const auto& fact : facts) {
    if (!fact.has_novation() || fact.ended()) continue;
    const v1::Novation& novation = fact.novation();
    if (novation.contract_id() != contract.id() || novation.date() > FormatDate(date)) continue;
    if (novation.date() < since) continue;
    since = novation.date();
    holder = novation.new_provider_id();
  }
  return holder;
}

bool ReferenceDirectory::ContractActive(const v1::Contract& contract, DateNumber date,
                                        absl::Time time) const {
  if (!DatesHold(contract.from_date(), contract.to_date(), date)) return false;
  for (const auto& fact : facts) {
    if (fact.has_suspension() && !fact.ended() &&
        fact.suspension().contract_id() == contract.id() && SpanHolds(fact.suspension(), time)) {
      return false;
    }
  }
  return true;
}

bool ReferenceDirectory::OptedOut(const std::string& framework_id, const std::string& branch_id,
                                  absl::Time time) const {
  for (const auto& fact : facts) {
    const v1::OptOutWindow& window = fact.opt_out_window();
    const std::string& where = window.framework_id();
    if (fact.has_opt_out_window() && !fact.ended() && window.branch_id() == branch_id &&
        (where.empty() || where == framework_id) && SpanHolds(window, time)) {
      return true;
    }
  }
  return false;
}

bool ReferenceDirectory::Suspended(const std::string& provider_id, const std::string& area,
                                   absl::Time time) const {
  for (const auto& fact : facts) {
    if (!fact.has_suspension() || fact.ended()) continue;
    const v1::Suspension& suspension = fact.suspension();
    if (suspension.contract_id().empty() && suspension.provider_id() == provider_id &&
        suspension.postcode_area() == area && SpanHolds(suspension, time)) {
      return true;
    }
  }
  return false;
}

std::set<std::string> ReferenceDirectory::Suspensions(const std::string& contract_id,
                                                      const std::string& provider_id,
                                                      const std::string& area,
                                                      absl::Time time) const {
  std::set<std::string> ids;
  for (const auto& fact : facts) {
    if (!fact.has_suspension() || fact.ended() || !SpanHolds(fact.suspension(), time)) continue;
    const v1::Suspension& one = fact.suspension();
    const bool of_contract = one.contract_id() == contract_id;
    const bool of_provider = one.contract_id().empty() && one.provider_id() == provider_id &&
                             (one.postcode_area().empty() || one.postcode_area() == area);
    if (of_contract || of_provider) ids.insert(one.id());
  }
  return ids;
}

int32_t ReferenceDirectory::Price(const v1::Contract& contract,
                                  const std::string& ward_code) const {
  const v1::Ward* ward = Ward(ward_code);
  if (ward == nullptr) return 0;
  const v1::Prices& prices = contract.prices();
  switch (ward->price_level()) {
    case v1::PRICE_LEVEL_URBAN:
      return prices.urban_pence();
    case v1::PRICE_LEVEL_FRINGE:
      return prices.fringe_pence();
    case v1::PRICE_LEVEL_RURAL:
      return prices.rural_pence();
    case v1::PRICE_LEVEL_ISOLATED:
      return prices.isolated_pence();
    case v1::PRICE_LEVEL_UNSPECIFIED:
    case v1::PriceLevel_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::PriceLevel_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return 0;
}

DateNumber ReferenceDirectory::JoinedOn(const std::string& provider_id) const {
  std::string first;
  auto consider = [&first](const std::string& date) {
    if (first.empty() || date < first) first = date;
  };
  for (const auto& fact : facts) {
    if (fact.ended()) continue;
    if (fact.has_contract() && fact.contract().provider_id() == provider_id) {
      consider(fact.contract().from_date());
    }
    if (fact.has_novation() && fact.novation().new_provider_id() == provider_id) {
      consider(fact.novation().date());
    }
  }
  return first.empty() ? 0 : *ParseDate(first);
}

}  // namespace brokerage::engine::reference
