#include "demo/people/calendar.h"

#include <algorithm>

namespace brokerage::demo {

void Calendar::At(absl::Time time, Act act) {
  if (slot_ > absl::ZeroDuration()) {
    time = absl::UnixEpoch() + absl::Floor(time - absl::UnixEpoch(), slot_);
  }
  acts_.emplace(std::make_pair(std::max(time, council_->now()), planned_++), std::move(act));
}

absl::Time Calendar::NextAct() const {
  return acts_.empty() ? absl::InfiniteFuture() : acts_.begin()->first.first;
}

bool Calendar::RunNext() {
  if (NextAct() > council_->now()) return false;
  Act act = std::move(acts_.begin()->second);
  acts_.erase(acts_.begin());
  act();
  return true;
}

}  // namespace brokerage::demo
