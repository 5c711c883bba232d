// How many calls may do something at once: in all, and for one account.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace brokerage::services::rpc {

// Any thread. It outlives its places.
class Places {
 public:
  Places(int all_max, int per_account_max) : all_max_(all_max), per_account_max_(per_account_max) {}

  // One place, free again when it is destroyed.
  class Place {
   public:
    Place(Places* places, std::string account_id)
        : places_(places), account_id_(std::move(account_id)) {}
    ~Place() { places_->Leave(account_id_); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    Places* const places_;
    const std::string account_id_;
  };
  // Errors: LIMIT_REACHED where the account has as many as it may, OVERLOADED where all are taken;
  // `what` names what they do: "checks of a framework's files".
  absl::StatusOr<std::shared_ptr<const Place>> Enter(const std::string& account_id,
                                                     absl::string_view what);

 private:
  void Leave(const std::string& account_id);

  const int all_max_, per_account_max_;
  std::mutex mutex_;
  int all_ = 0;
  std::map<std::string, int> by_account_;
};

}  // namespace brokerage::services::rpc
