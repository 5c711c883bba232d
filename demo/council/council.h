// What the demo needs of a server: accounts with their tokens, the framework in force, names, and
// the clock.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "brokerage/v1/account_service.pb.h"
#include "brokerage/v1/directory.pb.h"
#include "services/client/connection.h"
#include "services/client/text/package_text.h"

namespace brokerage::demo {

class Council {
 public:
  // Applies the framework in `folder`, and makes an account for each authority's care navigation
  // and commissioner and for each branch of the framework, where `tokens` has no token of it yet.
  // Errors: whatever is refused; FAILED_PRECONDITION when the server's clock is real.
  static absl::StatusOr<std::unique_ptr<Council>> Open(client::Connection administrator,
                                                       const std::string& folder,
                                                       const std::string& tokens);

  // The first authority that buys, and its accounts.
  const std::string& authority_id() const { return authority_ids_.front(); }
  const client::Connection& navigator() const { return navigators_.at(authority_id()); }
  const client::Connection& commissioner() const { return commissioners_.at(authority_id()); }
  // Those that buy, in the framework's order; and those that only read.
  const std::vector<std::string>& authority_ids() const { return authority_ids_; }
  const std::vector<std::string>& reader_ids() const { return reader_ids_; }
  // REQUIRES: an authority that buys.
  const client::Connection& navigator(const std::string& authority_id) const {
    return navigators_.at(authority_id);
  }
  // REQUIRES: an authority of the framework.
  const client::Connection& commissioner(const std::string& authority_id) const {
    return commissioners_.at(authority_id);
  }
  // REQUIRES: a branch of the directory.
  const client::Connection& branch(const std::string& id) const { return branches_.at(id); }
  // The first branch by id.
  const std::pair<const std::string, client::Connection>& AnyBranch() const {
    return *branches_.begin();
  }
  const v1::Framework& framework() const { return framework_; }
  const client::Names& names() const { return names_; }
  const std::map<std::string, v1::PriceLevel>& price_levels() const { return price_levels_; }
  // Whether branches opt in by postcode area.
  bool CoversByArea() const { return covers_by_area_; }
  std::string TokenFile(const std::string& account_id) const;
  static std::string NavigatorId(const std::string& authority_id) {
    return authority_id + ".navigator";
  }
  static std::string CommissionerId(const std::string& authority_id) {
    return authority_id + ".commissioner";
  }

  absl::Time now() const { return now_; }
  // Does nothing when it is that late already.
  absl::Status AdvanceTo(absl::Time time);

 private:
  Council(client::Connection administrator, std::string tokens)
      : administrator_(std::move(administrator)), tokens_(std::move(tokens)) {}

  absl::Status ReadClock();
  absl::Status ApplyFramework(const std::string& folder);
  absl::Status LearnNames();
  absl::Status MakeAccounts();
  // The account's connection; makes it, or gives it a new token, where its token is not there.
  absl::StatusOr<client::Connection> SignedIn(const v1::Account& account);

  client::Connection administrator_;
  std::string tokens_;
  v1::Framework framework_;
  std::vector<std::string> branch_ids_;
  std::vector<std::string> authority_ids_, reader_ids_;
  std::map<std::string, client::Connection> navigators_;     // by authority
  std::map<std::string, client::Connection> commissioners_;  // by authority
  std::map<std::string, client::Connection> branches_;       // by branch
  client::Names names_;
  std::map<std::string, v1::PriceLevel> price_levels_;  // by ward
  bool covers_by_area_ = false;
  absl::Time now_;
};

}  // namespace brokerage::demo
