#include "demo/people/commissioner.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "brokerage/v1/directory_service.pb.h"
#include "demo/council/areas.h"
#include "demo/council/changes.h"
#include "engine/base/calendar.h"
#include "services/client/text/words.h"

namespace brokerage::demo {

using client::Connection;
using client::London;
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
                  const Event& event, const std::string& request_id) {
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

void Commissioner::Act(const Event& event) {
  const auto& authorities = council_.framework().rules().authorities();
  const bool known = std::any_of(authorities.begin(), authorities.end(),
                                 [&](const auto& one) { return one.id() == event.authority_id; });
  absl::Status done = absl::InvalidArgumentError(
      absl::StrCat("events.csv:", event.line, ": no such authority or act"));
  const auto& buyers = council_.authority_ids();
  if (event.does == "transfer" &&
      std::find(buyers.begin(), buyers.end(), event.authority_id) != buyers.end()) {
    done = navigation_.Transfer(event);
  } else if (known) {
    const Connection& commissioner = council_.commissioner(event.authority_id);
    const bool of_area = !event.argument.empty();
    done = DoAs(commissioner, council_.framework().id(), event,
                setting_.NextRequestId(absl::StrCat("event-", event.line)));
    if (done.ok() && of_area && event.does == "suspend_provider")
      done = NoteEnd(commissioner, event);
    if (done.ok() && of_area && event.does == "resume_provider")
      done = NoteLift(commissioner, event);
  }
  if (!done.ok()) return diary_.ReportRefused("", event.does, done);
  diary_.News(absl::StrCat(event.authority_id, ": ", Spaced(event.does), " ", event.subject,
                           event.argument.empty() ? "" : absl::StrCat(" (", event.argument, ")"),
                           ": ", event.reason));
}

absl::Status Commissioner::NoteEnd(const Connection& commissioner, const Event& event) {
  auto counts = CountArea(commissioner, council_.framework().id(), event.subject, event.argument);
  if (!counts.ok()) return counts.status();
  EndedArea& area = setting_.notes.areas.emplace_back();
  area.provider_id = event.subject;
  area.postcode_area = event.argument;
  area.from = council_.now();
  area.before = *counts;
  return absl::OkStatus();
}

// Who is let in again has carers there by now.
absl::Status Commissioner::NoteLift(const Connection& commissioner, const Event& event) {
  auto counts = CountArea(commissioner, council_.framework().id(), event.subject, event.argument);
  if (!counts.ok()) return counts.status();
  for (EndedArea& area : setting_.notes.areas) {
    if (area.provider_id != event.subject || area.postcode_area != event.argument) continue;
    area.to = council_.now();
    area.by_to = *counts;
  }
  v1::ListBranchesRequest request;
  request.set_provider_id(event.subject);
  auto branches =
      commissioner.Call<v1::ListBranchesResponse>("DirectoryService/ListBranches", request);
  if (!branches.ok()) return branches.status();
  for (const v1::Branch& branch : branches->branches()) {
    branches_.Serve(branch.id(), event.argument);
  }
  return absl::OkStatus();
}

void Commissioner::ObserveChanges(absl::CivilDay day) {
  auto changes = ChangesOn(council_, day);
  if (!changes.ok()) return diary_.ReportRefused("", "the list of contracts", changes.status());
  if (changes->empty()) return;
  auto out = OutAcross(council_, day, *changes);
  if (!out.ok()) return diary_.ReportRefused("", "the list of packages", out.status());
  const std::string date =
      absl::FormatTime("%a %-d %b", engine::StartOfDay(day, London()), London());
  for (const std::string& words : ChangesInWords(council_, *changes))
    diary_.News(absl::StrCat("from ", date, ", ", words));
  if (!out->empty()) {
    diary_.News(absl::StrCat("  out there or waiting for somebody to ask: ", out->size(),
                             out->size() == 1 ? " package" : " packages"));
  }
  setting_.notes.changes.push_back({day, *std::move(changes), *std::move(out)});
}

}  // namespace brokerage::demo
