// The agenda: what waits for a moment.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace brokerage::engine {

// What waits for a moment, in the order in which it is handled.
struct AgendaEntry {
  enum Phase : uint8_t {
    kContractChange,  // a contract ends or moves: its open offers close
    kRoundDue,        // a deadline: all that are due lapse before anything is awarded
    kEvaluate,        // award, next round, or waiting list: at once, or when a proposal runs out
    kRelease,         // a distribution
    kLimit,           // the limit of an interim service: somebody is told, nothing moves
    kNoticeEnds,      // the last day of a notice has ended
    kAskedDue,        // what the branch that has the package was asked is not answered in time
  };
  static constexpr int kPhases = 7;
  Phase phase = kContractChange;
  int64_t due_us = 0;
  bool standard = false;         // urgent first
  int64_t waiting_since_us = 0;  // then the longest waiting
  uint64_t package_number = 0;   // then the number
  int32_t round_number = 0;
  std::string fact_key;  // with kContractChange
  // NOLINTNEXTLINE(modernize-use-nullptr): the compiler's own zero
  friend auto operator<=>(const AgendaEntry&, const AgendaEntry&) = default;
};

}  // namespace brokerage::engine
