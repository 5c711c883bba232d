// What care navigation knows of its packages.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "brokerage/v1/vocabulary.pb.h"
#include "demo/council/council.h"
#include "demo/council/notes.h"
#include "services/client/connection.h"

namespace brokerage::demo {

// What was last seen of a package.
struct Seen {
  std::string authority_id;
  v1::PackageState state = v1::PACKAGE_STATE_UNSPECIFIED;
  int rounds = 0;
  int reissues = 0;  // by TryAgain
  std::string proposed_offer_id;
  std::string award_offer_id;
  std::string award_branch_id;
  std::vector<absl::Time> due;  // its release and its deadlines
};

class Caseload {
 public:
  // `council` outlives the caseload.
  explicit Caseload(const Council* council) : council_(council) {}

  // Makes an entry for a package that was not seen yet.
  Seen& Of(const std::string& package_id) { return seen_[package_id]; }
  // By package.
  const std::map<std::string, Seen>& all() const { return seen_; }
  // The package's own care navigation. REQUIRES: its authority was seen.
  const client::Connection& Navigator(const std::string& package_id) {
    return council_->navigator(seen_[package_id].authority_id);
  }

  // A package that is new in this week.
  void Add(const std::string& package_id, const std::string& authority_id);
  // Those added since BeginWeek, in order.
  const std::vector<OwnedPackage>& added() const { return added_; }
  void BeginWeek() { added_.clear(); }

  // How many wait for care.
  int Waiting() const;
  // The next moment at which the server does something by itself; infinite future if none is known.
  absl::Time NextDue() const;

 private:
  const Council* const council_;
  std::map<std::string, Seen> seen_;
  std::vector<OwnedPackage> added_;
};

}  // namespace brokerage::demo
