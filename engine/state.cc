#include "engine/state.h"

#include <algorithm>

namespace brokerage::engine {

bool IsOpenPackage(const journal::v1::PackageRow& row) {
  switch (row.state()) {
    case v1::PACKAGE_STATE_SUBMITTED:
    case v1::PACKAGE_STATE_OFFERED:
    case v1::PACKAGE_STATE_UNFILLED:
    case v1::PACKAGE_STATE_AWARDED:
      return true;
    default:
      // Until its last deadline has passed, a package's offers are not settled.
      return std::any_of(row.rounds().begin(), row.rounds().end(),
                         [](const journal::v1::RoundRow& round) { return !round.settled(); });
  }
}

const std::vector<v1::PackageState>& StatesOfOpenPackages() {
  static const std::vector<v1::PackageState> kStates = {v1::PACKAGE_STATE_UNSPECIFIED};
  return kStates;
}

}  // namespace brokerage::engine
