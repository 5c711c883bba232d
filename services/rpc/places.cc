#include "services/rpc/places.h"

#include "absl/strings/str_cat.h"
#include "engine/base/rejection.h"

namespace brokerage::services::rpc {

absl::StatusOr<std::shared_ptr<const Places::Place>> Places::Enter(const std::string& account_id,
                                                                   absl::string_view what) {
  std::lock_guard lock(mutex_);
  const auto found = by_account_.find(account_id);
  if (found != by_account_.end() && found->second >= per_account_max_) {
    return engine::Reject(v1::REJECTION_REASON_LIMIT_REACHED, "", "",
                          absl::StrCat("at most ", per_account_max_, " ", what,
                                       " of an account at once: wait for an answer"));
  }
  if (all_ >= all_max_) {
    return engine::Reject(v1::REJECTION_REASON_OVERLOADED, "", "",
                          absl::StrCat("a later try: ", all_, " ", what, " are under way"));
  }
  auto place = std::make_shared<const Place>(this, account_id);
  ++all_;
  ++by_account_[account_id];
  return place;
}

void Places::Leave(const std::string& account_id) {
  std::lock_guard lock(mutex_);
  --all_;
  if (--by_account_[account_id] == 0) by_account_.erase(account_id);
}

}  // namespace brokerage::services::rpc
