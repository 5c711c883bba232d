// What somebody may have meant who mistyped a name.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace brokerage::engine {

// An id, and the name that people know the thing by; empty where it has none of its own.
using Suggestion = std::pair<absl::string_view, absl::string_view>;

// How many edits away a text of this length may be and still be meant.
size_t EditsMeant(absl::string_view text);

// The index of the nearest, of those not too far to be meant; -1 if there is none. Of two equally
// near the one that comes first.
int IndexOfNearest(absl::string_view text, const std::vector<absl::string_view>& candidates);

// "; nearest: direct-health Direct Health, direct-care Direct Care": at most three, by id or by
// name at most `edits_max` edits away, the nearest first; nothing if there is none.
std::string DidYouMean(absl::string_view text, const std::vector<Suggestion>& candidates,
                       size_t edits_max);

}  // namespace brokerage::engine
