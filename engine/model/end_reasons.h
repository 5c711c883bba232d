// Why a package ends, or its award is given up: which verb may name which reason, and whose cause
// it then may be. docs/lifecycles.md shows the same table.
#pragma once

#include <cstdint>
#include <string>

#include "absl/types/span.h"
#include "brokerage/v1/vocabulary.pb.h"
#include "engine/model/lifecycle.h"

namespace brokerage::engine {

// A set of causes: bit n for the cause with number n.
using Causes = uint32_t;
constexpr Causes CauseBit(v1::Cause cause) { return 1u << cause; }

struct EndReason {
  v1::EndReason reason;
  const char* words;                         // as a person reads them: "stays in hospital"
  bool cancel, give_back, cease, hand_back;  // the verbs that may name it; give_back is a return
  Causes causes;                             // that it may be of, as somebody may name them
};

// All of them, in the order of the enum.
absl::Span<const EndReason> EndReasons();
// REQUIRES: not UNSPECIFIED.
const EndReason& EndReasonOf(v1::EndReason reason);

bool MayName(PackageVerb verb, const EndReason& reason);
// The one cause that the reason may be of; UNSPECIFIED where there are several.
v1::Cause OnlyCauseOf(const EndReason& reason);
// "PROVIDER, WRONG_DESCRIPTION".
std::string CauseNames(Causes causes);
// What somebody may name for the verb: "DIED, CARE_HOME, ...".
std::string ReasonNames(PackageVerb verb);

}  // namespace brokerage::engine
