#include "demo/council/council.h"

#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "brokerage/v1/admin_service.pb.h"
#include "brokerage/v1/directory_service.pb.h"
#include "services/client/files/files.h"
#include "services/client/text/words.h"

namespace brokerage::demo {

using client::Connection;
using client::FreshRequestId;
using client::MintToken;
using client::ReadFrameworkFolder;
using client::ReadToken;
using client::TimeOf;
using client::TimestampOf;
using client::TokenHash;

namespace {

constexpr int kPage = 1000;

// A name without what it says in brackets at its end.
std::string Brief(const std::string& name) {
  const size_t bracket = name.rfind(" (");
  return bracket == std::string::npos || name.back() != ')' ? name : name.substr(0, bracket);
}

// Every page of a list; `take` gets each response.
template <class Response, class Request, class Take>
absl::Status EachPage(const Connection& connection, const std::string& method, Request request,
                      Take take) {
  request.set_page_size(kPage);
  do {
    auto response = connection.Call<Response>(method, request);
    if (!response.ok()) return response.status();
    take(*response);
    request.set_page_token(response->next_page_token());
  } while (!request.page_token().empty());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Council>> Council::Open(Connection administrator,
                                                       const std::string& folder,
                                                       const std::string& tokens) {
  std::unique_ptr<Council> council(new Council(std::move(administrator), tokens));
  absl::Status status = council->ReadClock();
  if (status.ok()) status = council->ApplyFramework(folder);
  if (status.ok()) status = council->LearnNames();
  if (status.ok()) status = council->MakeAccounts();
  if (!status.ok()) return status;
  return council;
}

absl::Status Council::ReadClock() {
  auto status =
      administrator_.Call<v1::GetStatusResponse>("AdminService/GetStatus", v1::GetStatusRequest());
  if (!status.ok()) return status.status();
  if (!status->simulation()) {
    return absl::FailedPreconditionError(
        "the server's clock is real: a week is only played against brokerd serve --simulation");
  }
  now_ = TimeOf(status->current_time());
  return absl::OkStatus();
}

absl::Status Council::ApplyFramework(const std::string& folder) {
  auto request = ReadFrameworkFolder(folder);
  if (!request.ok()) return request.status();
  request->set_request_id(FreshRequestId());
  auto response =
      administrator_.Call<v1::ApplyFrameworkResponse>("DirectoryService/ApplyFramework", *request);
  if (!response.ok()) return response.status();
  framework_ = std::move(*response->mutable_framework());
  return absl::OkStatus();
}

absl::Status Council::LearnNames() {
  v1::ListCoverageRequest coverage;
  coverage.set_framework_id(framework_.id());
  coverage.set_page_size(1);
  auto first =
      administrator_.Call<v1::ListCoverageResponse>("DirectoryService/ListCoverage", coverage);
  if (!first.ok()) return first.status();
  covers_by_area_ = !first->coverage().empty() && !first->coverage(0).postcode_area().empty();
  for (const v1::Tier& tier : framework_.rules().tiers()) names_.Add(tier);
  v1::ListLotsRequest lots;
  v1::ListWardsRequest wards;
  lots.set_framework_id(framework_.id());
  wards.set_framework_id(framework_.id());
  absl::Status status = EachPage<v1::ListLotsResponse>(
      administrator_, "DirectoryService/ListLots", lots, [this](const v1::ListLotsResponse& page) {
        for (const v1::Lot& lot : page.lots()) names_.Add(lot);
      });
  if (!status.ok()) return status;
  status = EachPage<v1::ListWardsResponse>(administrator_, "DirectoryService/ListWards", wards,
                                           [this](const v1::ListWardsResponse& page) {
                                             for (const v1::Ward& ward : page.wards()) {
                                               names_.Add(ward);
                                               price_levels_[ward.code()] = ward.price_level();
                                             }
                                           });
  if (!status.ok()) return status;
  status = EachPage<v1::ListProvidersResponse>(
      administrator_, "DirectoryService/ListProviders", v1::ListProvidersRequest(),
      [this](const v1::ListProvidersResponse& page) {
        for (v1::Provider provider : page.providers()) {
          provider.set_trading_name(Brief(provider.trading_name()));
          provider.set_legal_name(Brief(provider.legal_name()));
          names_.Add(provider);
        }
      });
  if (!status.ok()) return status;
  return EachPage<v1::ListBranchesResponse>(administrator_, "DirectoryService/ListBranches",
                                            v1::ListBranchesRequest(),
                                            [this](const v1::ListBranchesResponse& page) {
                                              for (v1::Branch branch : page.branches()) {
                                                branch_ids_.push_back(branch.id());
                                                branch.set_name(Brief(branch.name()));
                                                names_.Add(branch);
                                              }
                                            });
}

std::string Council::TokenFile(const std::string& account_id) const {
  return absl::StrCat(tokens_, "/", account_id, ".token");
}

absl::StatusOr<Connection> Council::SignedIn(const v1::Account& account) {
  const std::string file = TokenFile(account.id());
  if (std::filesystem::exists(file)) {
    auto token = ReadToken(file);
    if (!token.ok()) return token.status();
    return administrator_.As(*std::move(token));
  }
  auto token = MintToken(file);
  if (!token.ok()) return token.status();
  v1::CreateAccountRequest create;
  create.set_request_id(FreshRequestId());
  *create.mutable_account() = account;
  create.set_token_sha256(TokenHash(*token));
  absl::Status status =
      administrator_.Call<v1::CreateAccountResponse>("AccountService/CreateAccount", create)
          .status();
  if (absl::IsAlreadyExists(status)) {
    v1::ReplaceTokenRequest replace;
    replace.set_request_id(FreshRequestId());
    replace.set_account_id(account.id());
    replace.set_token_sha256(TokenHash(*token));
    status = administrator_.Call<v1::ReplaceTokenResponse>("AccountService/ReplaceToken", replace)
                 .status();
  }
  if (!status.ok()) {
    remove(file.c_str());
    return status;
  }
  return administrator_.As(*std::move(token));
}

absl::Status Council::MakeAccounts() {
  std::error_code error;
  std::filesystem::create_directories(tokens_, error);
  if (error) return absl::PermissionDeniedError(absl::StrCat(tokens_, ": ", error.message()));
  for (const v1::Authority& authority : framework_.rules().authorities()) {
    v1::Account account;
    account.set_authority_id(authority.id());
    account.set_id(CommissionerId(authority.id()));
    account.set_role(v1::ROLE_COMMISSIONER);
    auto commissioner = SignedIn(account);
    if (!commissioner.ok()) return commissioner.status();
    commissioners_.emplace(authority.id(), *std::move(commissioner));
    if (authority.reads_only()) {
      reader_ids_.push_back(authority.id());
      continue;
    }
    authority_ids_.push_back(authority.id());
    account.set_id(NavigatorId(authority.id()));
    account.set_role(v1::ROLE_CARE_NAVIGATOR);
    auto navigator = SignedIn(account);
    if (!navigator.ok()) return navigator.status();
    navigators_.emplace(authority.id(), *std::move(navigator));
  }
  if (authority_ids_.empty()) return absl::InternalError("no authority buys under the framework");
  for (const std::string& id : branch_ids_) {
    v1::Account branch;
    branch.set_id(id);
    branch.set_role(v1::ROLE_PROVIDER_BRANCH);
    branch.set_branch_id(id);
    auto connection = SignedIn(branch);
    if (!connection.ok()) return connection.status();
    branches_.emplace(id, *std::move(connection));
  }
  return absl::OkStatus();
}

absl::Status Council::AdvanceTo(absl::Time time) {
  if (time <= now_) return absl::OkStatus();
  v1::AdvanceClockRequest request;
  request.set_request_id(FreshRequestId());
  *request.mutable_target_time() = TimestampOf(time);
  auto response =
      administrator_.Call<v1::AdvanceClockResponse>("AdminService/AdvanceClock", request);
  if (!response.ok()) return response.status();
  now_ = time;
  return absl::OkStatus();
}

}  // namespace brokerage::demo
