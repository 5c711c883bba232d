// What commissioners do in the weeks that are played, what changes with a date, and what ran
// before.

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "brokerage/v1/directory_service.pb.h"
#include "demo/changes.h"
#include "demo/tables.h"
#include "demo/weeks.h"
#include "engine/base/calendar.h"
#include "services/client/text/words.h"

namespace brokerage::demo {

using client::Connection;
using client::London;
using client::ReferralOn;
using client::ReferralRow;
using client::Spaced;

namespace {

// The suspension of the provider in that area of the framework that is in force.
absl::StatusOr<std::string> SuspensionOf(const Connection& commissioner,
                                         const std::string& framework_id,
                                         const std::string& provider, const std::string& area) {
  v1::GetProviderRequest request;
  request.set_provider_id(provider);
  auto response =
      commissioner.Call<v1::GetProviderResponse>("DirectoryService/GetProvider", request);
  if (!response.ok()) return response.status();
  for (const v1::Suspension& suspension : response->suspensions()) {
    if (suspension.framework_id() == framework_id && suspension.postcode_area() == area &&
        !suspension.has_to_time()) {
      return suspension.id();
    }
  }
  return absl::NotFoundError(absl::StrCat(provider, " is not suspended"));
}

absl::Status DoAs(const Connection& commissioner, const std::string& framework_id,
                  const PlayEvent& event, const std::string& request_id) {
  if (event.does == "end_contract") {
    v1::EndContractRequest request;
    request.set_request_id(request_id);
    request.set_contract_id(event.subject);
    request.set_to_date(event.argument);
    request.set_reason(event.reason);
    return commissioner.Call<v1::EndContractResponse>("DirectoryService/EndContract", request)
        .status();
  }
  if (event.does == "suspend_provider") {
    v1::SuspendProviderRequest request;
    request.set_request_id(request_id);
    request.set_provider_id(event.subject);
    request.set_framework_id(framework_id);
    request.set_postcode_area(event.argument);
    request.set_reason(event.reason);
    return commissioner
        .Call<v1::SuspendProviderResponse>("DirectoryService/SuspendProvider", request)
        .status();
  }
  if (event.does == "resume_provider") {
    auto suspension = SuspensionOf(commissioner, framework_id, event.subject, event.argument);
    if (!suspension.ok()) return suspension.status();
    v1::ResumeProviderRequest request;
    request.set_request_id(request_id);
    request.set_suspension_id(*suspension);
    request.set_reason(event.reason);
    return commissioner.Call<v1::ResumeProviderResponse>("DirectoryService/ResumeProvider", request)
        .status();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("events.csv:", event.line, ": does: \"", event.does,
                   "\" should be end_contract, suspend_provider, resume_provider or transfer"));
}

}  // namespace

void Weeks::Do(const PlayEvent& event) {
  const auto& authorities = world_->framework().rules().authorities();
  const bool known = std::any_of(authorities.begin(), authorities.end(),
                                 [&](const auto& one) { return one.id() == event.authority_id; });
  absl::Status done = absl::InvalidArgumentError(
      absl::StrCat("events.csv:", event.line, ": no such authority or act"));
  const auto& buyers = world_->authority_ids();
  if (event.does == "transfer" &&
      std::find(buyers.begin(), buyers.end(), event.authority_id) != buyers.end()) {
    done = Transfer(world_->navigator(event.authority_id), event);
  } else if (known) {
    const Connection& commissioner = world_->commissioner(event.authority_id);
    const bool of_area = !event.argument.empty();
    done = DoAs(commissioner, world_->framework().id(), event,
                NextRequestId(absl::StrCat("event-", event.line)));
    if (done.ok() && of_area && event.does == "suspend_provider")
      done = NoteEnd(commissioner, event);
    if (done.ok() && of_area && event.does == "resume_provider")
      done = NoteLift(commissioner, event);
  }
  if (!done.ok()) return TellRefused("", event.does, done);
  News(absl::StrCat(event.authority_id, ": ", Spaced(event.does), " ", event.subject,
                    event.argument.empty() ? "" : absl::StrCat(" (", event.argument, ")"), ": ",
                    event.reason));
}

absl::Status Weeks::Transfer(const Connection& navigator, const PlayEvent& event) {
  v1::TransferPackagesRequest request;
  request.set_request_id(NextRequestId("transfer"));
  request.set_contract_id(event.subject);
  request.set_reason(event.reason);
  request.set_cause(v1::CAUSE_PROVIDER);
  auto response =
      navigator.Call<v1::TransferPackagesResponse>("PackageService/TransferPackages", request);
  if (!response.ok()) return response.status();
  const v1::Transfer& transfer = response->transfer();
  for (int i = 0; i < transfer.successor_ids_size(); ++i) {
    const std::string& id = transfer.successor_ids(i);
    if (id == transfer.package_ids(i)) {  // it had not started, and is put out again itself
      seen_[id].state = v1::PACKAGE_STATE_UNFILLED;
      continue;
    }
    packages_.push_back({id, event.authority_id});
    seen_[id].authority_id = event.authority_id;
  }
  notes_.transfers.push_back({transfer.id(), event.authority_id});
  return absl::OkStatus();
}

absl::Status Weeks::NoteEnd(const Connection& commissioner, const PlayEvent& event) {
  auto counts = CountArea(commissioner, world_->framework().id(), event.subject, event.argument);
  if (!counts.ok()) return counts.status();
  EndedArea& area = notes_.areas.emplace_back();
  area.provider_id = event.subject;
  area.postcode_area = event.argument;
  area.from = world_->now();
  area.before = *counts;
  return absl::OkStatus();
}

// Who is let in again has carers there by now.
absl::Status Weeks::NoteLift(const Connection& commissioner, const PlayEvent& event) {
  auto counts = CountArea(commissioner, world_->framework().id(), event.subject, event.argument);
  if (!counts.ok()) return counts.status();
  for (EndedArea& area : notes_.areas) {
    if (area.provider_id != event.subject || area.postcode_area != event.argument) continue;
    area.to = world_->now();
    area.by_to = *counts;
  }
  v1::ListBranchesRequest request;
  request.set_provider_id(event.subject);
  auto branches =
      commissioner.Call<v1::ListBranchesResponse>("DirectoryService/ListBranches", request);
  if (!branches.ok()) return branches.status();
  for (const v1::Branch& branch : branches->branches()) {
    auto manner = manners_.find(branch.id());
    if (manner != manners_.end()) manner->second.unserved_areas.erase(event.argument);
  }
  return absl::OkStatus();
}

void Weeks::SeeChanges(absl::CivilDay day) {
  auto changes = ChangesOn(*world_, day);
  if (!changes.ok()) return TellRefused("", "the list of contracts", changes.status());
  if (changes->empty()) return;
  auto out = OutAcross(*world_, day, *changes);
  if (!out.ok()) return TellRefused("", "the list of packages", out.status());
  const std::string date =
      absl::FormatTime("%a %-d %b", engine::StartOfDay(day, London()), London());
  for (const std::string& words : ChangesInWords(*world_, *changes))
    News(absl::StrCat("from ", date, ", ", words));
  if (!out->empty()) {
    News(absl::StrCat("  out there or waiting for somebody to ask: ", out->size(),
                      out->size() == 1 ? " package" : " packages"));
  }
  notes_.changes.push_back({day, *std::move(changes), *std::move(out)});
}

void Weeks::MoveIn(const std::vector<ReferralRow>& rows) {
  for (const ReferralRow& row : rows) {
    if (!row.status.ok()) {
      TellRefused("", absl::StrCat("running.csv line ", row.line), row.status);
      continue;
    }
    v1::SubmitPackageRequest request;
    request.set_request_id(NextRequestId("move-in"));
    *request.mutable_referral() = ReferralOn(row, absl::ToCivilDay(world_->now(), London()));
    v1::PackageReferral& referral = *request.mutable_referral();
    referral.set_framework_id(world_->framework().id());
    if (referral.authority_id().empty()) referral.set_authority_id(world_->authority_id());
    const std::vector<std::string>& buyers = world_->authority_ids();
    if (std::find(buyers.begin(), buyers.end(), referral.authority_id()) == buyers.end()) {
      TellRefused(
          "", absl::StrCat("running.csv line ", row.line),
          absl::InvalidArgumentError(absl::StrCat(referral.authority_id(), " does not buy")));
      continue;
    }
    auto response = world_->navigator(referral.authority_id())
                        .Call<v1::SubmitPackageResponse>("PackageService/SubmitPackage", request);
    if (!response.ok()) {
      TellRefused("", absl::StrCat("running.csv line ", row.line), response.status());
      continue;
    }
    notes_.stock.push_back(
        {{response->package().id(), referral.authority_id()}, referral.running_contract_id()});
  }
  if (notes_.stock.empty()) return;
  v1::QueryPerformanceRequest all;
  all.mutable_query()->set_framework_id(world_->framework().id());
  auto figures = world_->commissioner().Call<v1::QueryPerformanceResponse>(
      "PerformanceService/QueryPerformance", all);
  if (!figures.ok()) return TellRefused("", "the figures", figures.status());
  int64_t offers = 0, referred = 0;
  for (const v1::PerformanceRow& row : figures->rows()) {
    offers += row.live().issued();
    referred += row.packages().referred();
  }
  News(absl::StrCat(notes_.stock.size(), " packages that ran before are moved onto the contracts; ",
                    "the figures still say: referred ", referred, ", offers ", offers));
}

void Weeks::News(const std::string& what) {
  if (in_full_) return Tell("", what);
  news_.push_back(absl::StrCat(absl::FormatTime("%a %H:%M", world_->now(), London()), " ", what));
}

}  // namespace brokerage::demo
