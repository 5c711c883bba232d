// What a request is decided in, and what its reply is made of.
//
// Every request has a Decide and a Reply, side by side in the file of its subject. Decide adds
// facts and texts to the decision, or refuses; it reads state and changes nothing. Reply makes the
// answer from state as it is after the facts were applied; it is asked only where there are facts.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/base/calendar.h"
#include "engine/command.h"
#include "engine/model/caller.h"
#include "engine/model/state.h"

namespace brokerage::engine {

// What every decision may read.
struct Context {
  const State& state;
  const ZoneFinder& zones;
  const Caller& caller;
  absl::Time now;
  absl::string_view salt;  // of the command

  int64_t now_us() const { return absl::ToUnixMicros(now); }
  const absl::TimeZone& ZoneOf(const v1::FrameworkRules& rules) const;
  DateNumber Today(const v1::FrameworkRules& rules) const;
};

// What every reply may read.
struct After {
  const State& state;  // as the record left it
  const ZoneFinder& zones;
  const Caller& caller;
  const journal::v1::Record& record;

  absl::Time time() const { return absl::FromUnixMicros(record.time_us()); }
};

// What Reply gives where nobody waits for an answer, or Decide has found it (Decision::reply).
struct NoReply {};

// Keeps a text of the package under the name, and gives its salted hash.
std::string AddText(const Context& in, uint64_t package_number, std::string name,
                    absl::string_view text, Decision* out);
// Likewise the reason of this record; nothing where it has no words.
std::string AddReason(const Context& in, uint64_t package_number, absl::string_view reason,
                      Decision* out);

}  // namespace brokerage::engine
