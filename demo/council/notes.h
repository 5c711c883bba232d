// What was noted while weeks ran, beside what the server's figures say at their end.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "brokerage/v1/directory.pb.h"
#include "brokerage/v1/vocabulary.pb.h"

namespace brokerage::demo {

// A package, or a group transfer, and whose it is.
struct OwnedPackage {
  std::string id;
  std::string authority_id;
};

// A contract that is one thing on a day and another on the next.
struct ContractChange {
  v1::Contract before;
  v1::Contract after;
};

// All that changes with a date, and the packages of those lots that were out on the evening before,
// to be answered after it, or waited because nobody could be asked.
struct DayOfChange {
  absl::CivilDay date;
  std::vector<ContractChange> changes;
  std::vector<OwnedPackage> out;
};

// How much a provider was offered in one postcode area and elsewhere, and answered in that area.
struct AreaCounts {
  int64_t offers = 0;
  int64_t answered = 0;
  int64_t offers_elsewhere = 0;
};

// A commissioner ended a provider's offers in one postcode area, and may have lifted that.
struct EndedArea {
  std::string provider_id;
  std::string postcode_area;
  absl::Time from;
  absl::Time to = absl::InfiniteFuture();
  AreaCounts before;  // up to then
  AreaCounts by_to;
};

// A package that ran before, and the contract under which it runs on.
struct MovedPackage {
  OwnedPackage package;
  std::string contract_id;
};

// An awarded package that its branch gave up: returned before the start, or handed back after it.
struct GivenUp {
  OwnedPackage package;
  absl::Time time;
  bool handed_back = false;
  std::string branch_id;
  v1::Cause cause = v1::CAUSE_UNSPECIFIED;  // as the server recorded it
  std::string reason;
};

struct Notes {
  std::vector<MovedPackage> stock;
  std::vector<OwnedPackage> transfers;
  std::vector<DayOfChange> changes;
  std::vector<EndedArea> areas;
  std::vector<GivenUp> given_up;
};

}  // namespace brokerage::demo
