// Makes a data directory with a past: packages, offers and answers by the engine itself, written by
// the store itself, without a server.
#pragma once

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "engine/engine.h"
#include "storage/rocksdb_store.h"

namespace brokerage::load {

// A framework's folder; with `at_close` every round is awarded AT_CLOSE and CONFIRMED.
v1::ApplyFrameworkRequest ReadFolder(const std::string& folder, bool at_close = true);

struct OpenOffer {
  std::string offer_id;
  std::string provider_id;
  std::string branch_id;
};

class History {
 public:
  // A new data directory whose clock begins at `start`; the framework's files are applied.
  // Ends the process with a message when anything fails.
  History(const std::string& directory, const v1::ApplyFrameworkRequest& files, absl::Time start);
  // Of the folder as ReadFolder gives it, so that offers stay open until they are answered.
  History(const std::string& directory, const std::string& framework_folder, absl::Time start)
      : History(directory, ReadFolder(framework_folder), start) {}
  ~History();

  // An account whose token is "token-" and its id.
  void AddAccount(const std::string& id, v1::Role role, const std::string& acts_for);
  // An account "org-PROVIDER" for every provider, and "branch-BRANCH" for every branch;
  // their ids.
  std::vector<std::string> AddOrganisations();
  std::vector<std::string> AddBranches();
  // Submits a standard package in a random ward and releases it at once; its open offers.
  std::vector<OpenOffer> Issue();
  // A package like those of Issue, of another person each time.
  v1::PackageReferral Referral();
  // Answers a random share of the offers, one after the other by so much on average: accept,
  // decline, or silence.
  void Answer(const std::vector<OpenOffer>& offers, absl::Duration apart = absl::Minutes(1));
  // Lets time pass, with everything that is due.
  void AdvanceTo(absl::Time time);
  absl::Time now() const { return now_; }
  const std::string& framework_id() const { return framework_id_; }
  int64_t offers() const { return offers_; }
  int64_t packages() const { return packages_; }  // and referrals
  // Makes everything durable; the directory may be one of a simulation.
  void Finish(bool simulation = false);

 private:
  engine::Decision Run(engine::Caller caller, engine::Request request);
  void Keep(const engine::Decision& decision);
  void Flush();

  std::unique_ptr<storage::RocksDbStore> store_;
  engine::Engine engine_;
  storage::Head head_;
  storage::Batch batch_;
  absl::Time now_;
  std::mt19937_64 random_{20180701};
  std::vector<std::string> wards_;
  std::string framework_id_;
  std::string authority_id_;
  int64_t packages_ = 0;
  int64_t offers_ = 0;
};

}  // namespace brokerage::load
