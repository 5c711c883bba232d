// What an administrator gives back after an outage, against a slow reckoning of its own.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "brokerage/journal/v1/rows.pb.h"
#include "tests/reference/course.h"

namespace brokerage::engine::reference {

class OutageAuditor {
 public:
  // How the offers of all packages must be once the outage's time was given back. Times in whole
  // seconds.
  void Expect(Course& course, absl::Time from, absl::Time to);
  // Every offer that the record at hand should have changed is as it should be.
  void Check(Course& course);
  // No window of the round ran then.
  void NoteIdle(uint64_t number, int32_t round, absl::Time from, absl::Time to) {
    given_back_[{number, round}].emplace_back(from, to);
  }

 private:
  std::vector<journal::v1::OfferRow> GivenBack(Course& course, const PackageAggregate& package,
                                               const journal::v1::RoundRow& round, absl::Time from,
                                               absl::Time to);

  // By package and round: what outages took of it and was given back.
  std::map<std::pair<uint64_t, int32_t>, std::vector<std::pair<absl::Time, absl::Time>>>
      given_back_;
  // By package and ordinal: the offers as the record at hand should leave them.
  std::map<std::pair<uint64_t, int32_t>, journal::v1::OfferRow> expected_;
};

}  // namespace brokerage::engine::reference
