#include "demo/people/caseload.h"

#include <algorithm>

namespace brokerage::demo {

void Caseload::Add(const std::string& package_id, const std::string& authority_id) {
  added_.push_back({package_id, authority_id});
  seen_[package_id].authority_id = authority_id;
}

int Caseload::Waiting() const {
  int waiting = 0;
  for (const auto& [id, seen] : seen_) {
    waiting += seen.state == v1::PACKAGE_STATE_SUBMITTED ||
               seen.state == v1::PACKAGE_STATE_OFFERED || seen.state == v1::PACKAGE_STATE_UNFILLED;
  }
  return waiting;
}

absl::Time Caseload::NextDue() const {
  absl::Time next = absl::InfiniteFuture();
  for (const auto& [id, seen] : seen_) {
    for (absl::Time due : seen.due) {
      if (due > council_->now()) next = std::min(next, due);
    }
  }
  return next;
}

}  // namespace brokerage::demo
