// A whole server on 127.0.0.1 in this process: store on disk, engine, sequencer and RPC server,
// with a simulation's clock and two small counties in its directory.
//
// "shire" is bought under by "council"; its one lot "north" has the Lead alpha (branches alpha-east
// and alpha-west, each with a ward of its own) and the Additional beta (beta-main, both wards).
// "vale" is bought under by "hills"; its one provider is gamma (gamma-main). Packages of shire go
// out at once when released, for three days; care navigation confirms awards.
#pragma once

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "brokerage/v1/account_service.grpc.pb.h"
#include "brokerage/v1/admin_service.grpc.pb.h"
#include "brokerage/v1/directory_service.grpc.pb.h"
#include "brokerage/v1/history_service.grpc.pb.h"
#include "brokerage/v1/offer_service.grpc.pb.h"
#include "brokerage/v1/package_service.grpc.pb.h"
#include "brokerage/v1/performance_service.grpc.pb.h"
#include "engine/engine.h"
#include "services/rpc/server.h"
#include "services/sequencer.h"
#include "storage/rocksdb_store.h"

namespace brokerage::services::testing {

// Accounts of the fixture. The token of each is "token-" and its name.
inline constexpr char kAdmin[] = "admin";
inline constexpr char kNavigator[] = "council-navigator";
inline constexpr char kOtherNavigator[] = "hills-navigator";
inline constexpr char kCommissioner[] = "council-commissioner";
inline constexpr char kOtherCommissioner[] = "hills-commissioner";
inline constexpr char kOrganisation[] = "alpha-office";
inline constexpr char kOtherOrganisation[] = "beta-office";
inline constexpr char kBranch[] = "alpha-east-branch";
inline constexpr char kSiblingBranch[] = "alpha-west-branch";
inline constexpr char kOtherBranch[] = "beta-main-branch";

// Wards of shire: alpha-east covers the first, alpha-west the second.
inline constexpr char kEastWard[] = "E05000001";
inline constexpr char kWestWard[] = "E05000002";

// The files of "shire" and of "vale".
v1::ApplyFrameworkRequest ShireFiles();
v1::ApplyFrameworkRequest ValeFiles();

// What a call came to.
struct Outcome {
  grpc::Status status;
  v1::Rejection rejection;  // of the status's details
};

class ServerFixture : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  // Ends the server and begins it anew on what is on disk.
  void Restart();

  // A context that is signed in, with a deadline that only a hung server reaches.
  std::unique_ptr<grpc::ClientContext> As(const std::string& account) const;
  // Any unary method by name, such as "PackageService/GetPackage".
  Outcome Call(const std::string& method, const std::string& account,
               const google::protobuf::Message& request) const;
  // The same, parsed; the test fails when it is refused.
  template <typename Response>
  Response Ask(const std::string& method, const std::string& account,
               const google::protobuf::Message& request) const {
    std::string bytes;
    Outcome outcome = CallForBytes(method, account, request, &bytes);
    EXPECT_TRUE(outcome.status.ok()) << method << ": " << outcome.status.error_message();
    Response response;
    EXPECT_TRUE(response.ParseFromString(bytes));
    return response;
  }

  std::string NewRequestId() const;
  // A standard package in the east ward, submitted by the council's navigator.
  v1::SubmitPackageRequest Submission(const std::string& person) const;
  v1::Package Submit(const std::string& person) const;
  // Submits and releases: the round is open when it returns.
  v1::Package Issue(const std::string& person) const;
  // The same in the west ward.
  v1::Package IssueInTheWest(const std::string& person) const;
  v1::Package Get(const std::string& package_id) const;
  // The package's offer to the branch; the test fails when there is none.
  v1::Offer OfferTo(const v1::Package& package, const std::string& branch_id) const;
  void AdvanceBy(absl::Duration duration) const;

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  RpcServer* server() const { return server_.get(); }

 private:
  void Begin();
  void End();
  v1::Package Release(const std::string& package_id) const;
  void MakeAccounts() const;
  void MakeAccount(const std::string& id, v1::Role role, const std::string& acts_for) const;
  Outcome CallForBytes(const std::string& method, const std::string& account,
                       const google::protobuf::Message& request, std::string* bytes) const;

  std::string directory_;
  std::unique_ptr<Clock> clock_;
  std::unique_ptr<storage::RocksDbStore> store_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<Sequencer> sequencer_;
  std::unique_ptr<RpcServer> server_;
  std::shared_ptr<grpc::Channel> channel_;
  mutable int requests_ = 0;
};

}  // namespace brokerage::services::testing
