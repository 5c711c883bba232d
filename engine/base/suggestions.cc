#include "engine/base/suggestions.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/text.h"

namespace brokerage::engine {

namespace {
constexpr size_t kNamed = 3;
}  // namespace

size_t EditsMeant(absl::string_view text) { return std::max<size_t>(2, text.size() / 3); }

int IndexOfNearest(absl::string_view text, const std::vector<absl::string_view>& candidates) {
  int nearest = -1;
  size_t least = std::max<size_t>(1, text.size() / 4) + 1;
  for (size_t i = 0; i < candidates.size(); ++i) {
    const size_t edits = EditDistance(text, candidates[i], least);
    if (edits >= least) continue;
    least = edits;
    nearest = static_cast<int>(i);
  }
  return nearest;
}

std::string DidYouMean(absl::string_view text, const std::vector<Suggestion>& candidates,
                       size_t edits_max) {
  std::vector<std::tuple<size_t, absl::string_view, absl::string_view>> found;
  for (const auto& [id, name] : candidates) {
    size_t edits = EditDistance(text, id, edits_max);
    if (!name.empty()) edits = std::min(edits, EditDistance(text, name, edits_max));
    if (edits <= edits_max) found.emplace_back(edits, id, name);
  }
  if (found.empty()) return "";
  const size_t named = std::min(found.size(), kNamed);
  std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(named), found.end());
  found.resize(named);
  return absl::StrCat("; nearest: ", absl::StrJoin(found, ", ", [](std::string* out, auto& one) {
                        absl::StrAppend(out, std::get<1>(one), std::get<2>(one).empty() ? "" : " ",
                                        std::get<2>(one));
                      }));
}

}  // namespace brokerage::engine
