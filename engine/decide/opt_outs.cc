#include "engine/decide/opt_outs.h"

#include <algorithm>
#include <limits>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/base/bounds.h"
#include "engine/base/calendar.h"
#include "engine/base/rejection.h"
#include "engine/decide/checks.h"
#include "engine/decide/directory_changes.h"
#include "engine/model/fact_keys.h"
#include "engine/model/reach.h"
#include "engine/views/words.h"

namespace brokerage::engine {

using journal::v1::DirectoryFact;
using journal::v1::FrameworkRow;

namespace {

absl::Status NoWindow(absl::string_view id) {
  return Reject(v1::REJECTION_REASON_NOT_FOUND, "window_id", id,
                "the id of an opt-out window of yours");
}

// Adds the local dates that the window touches: a day begun counts whole.
void AddDates(const v1::OptOutWindow& window, const absl::TimeZone& zone,
              std::set<DateNumber>* dates) {
  const int64_t from = FromTimestamp(window.from_time());
  const int64_t to = FromTimestamp(window.to_time());
  if (to <= from) return;  // withdrawn before it began
  const DateNumber last = LocalDate(absl::FromUnixMicros(to - 1), zone);
  for (absl::CivilDay day = FromDateNumber(LocalDate(absl::FromUnixMicros(from), zone));
       ToDateNumber(day) <= last; ++day) {
    dates->insert(ToDateNumber(day));
  }
}

// A commissioner or an administrator; whose providers he may change was checked when he was let in.
bool IsOfficial(const Caller& caller) {
  return caller.role == v1::ROLE_COMMISSIONER || caller.role == v1::ROLE_ADMINISTRATOR;
}

// The framework in whose rounds a window that is opened holds; empty: in all. What an authority
// opens is its own framework's, what a branch opens may be for all unless one wants to approve it.
absl::StatusOr<std::string> FrameworkOfWindow(const Context& in, const v1::OptOutWindow& window,
                                              const v1::Branch& branch) {
  const std::string& named = window.framework_id();
  if (in.caller.role == v1::ROLE_ADMINISTRATOR && named.empty()) return std::string();
  if (IsOfficial(in.caller)) return FrameworkToActIn(in, branch.provider_id(), named, "window.");
  const auto frameworks = in.state.directory.FrameworksOf(branch.provider_id());
  const bool known = std::any_of(frameworks.begin(), frameworks.end(), [&](const auto* framework) {
    return framework->framework_id() == named;
  });
  if (known || named.empty()) return named;
  return Reject(
      v1::REJECTION_REASON_NOT_FOUND, "window.framework_id", named,
      "a framework under which the branch's provider has a contract, or nothing, for all");
}

absl::Status ApprovalIsOfOne(const std::vector<const FrameworkRow*>& frameworks) {
  const std::string ids =
      absl::StrJoin(frameworks, ", ", [](std::string* text, const FrameworkRow* framework) {
        text->append(framework->framework_id());
      });
  return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "window.framework_id", "",
                absl::StrCat("one of ", ids, ", a window for each: where one is to be approved"));
}

// ALREADY_EXISTS where the branch has a window, open or requested, at any of the same time in any
// of the same frameworks: two would end at two times, and count twice.
absl::Status CheckNoOtherWindow(const Context& in, const v1::OptOutWindow& window) {
  const auto end = [](const v1::OptOutWindow& one) {
    return one.has_to_time() ? FromTimestamp(one.to_time()) : std::numeric_limits<int64_t>::max();
  };
  const std::string prefix = OptOutKey("");
  const auto& facts = in.state.directory.Facts();
  for (auto it = facts.lower_bound(prefix);
       it != facts.end() && absl::StartsWith(it->first, prefix); ++it) {
    const v1::OptOutWindow& other = it->second->opt_out_window();
    const bool same = window.framework_id().empty() || other.framework_id().empty() ||
                      window.framework_id() == other.framework_id();
    if (other.branch_id() != window.branch_id() || !same ||
        other.state() == v1::OPT_OUT_STATE_REFUSED ||
        FromTimestamp(other.from_time()) >= end(window) ||
        FromTimestamp(window.from_time()) >= end(other)) {
      continue;
    }
    return Reject(
        v1::REJECTION_REASON_ALREADY_EXISTS, "window.from_time", MomentWords(window.from_time()),
        absl::StrCat(
            "a time outside ", other.id(), ", which is from ", MomentWords(other.from_time()),
            other.has_to_time() ? " to " + MomentWords(other.to_time()) : " on, without an end"));
  }
  return absl::OkStatus();
}

// LIMIT_REACHED or FIELD_REQUIRED unless the window keeps to the framework's days a year.
absl::Status CheckOptOutDays(const Context& in, const v1::OptOutWindow& window,
                             const FrameworkRow& framework) {
  const int32_t most = framework.rules().opt_out().days_a_year_max();
  if (most == 0) return absl::OkStatus();
  if (!window.has_to_time()) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "window.to_time", "",
                  absl::StrCat("an end: ", framework.rules().name(), " allows ", most,
                               " days a calendar year"));
  }
  const absl::TimeZone& zone = in.ZoneOf(framework.rules());
  std::set<DateNumber> dates;
  AddDates(window, zone, &dates);
  std::set<int32_t> years;
  for (DateNumber date : dates) years.insert(date / 10000);
  const std::string prefix = OptOutKey("");
  const auto& facts = in.state.directory.Facts();
  for (auto it = facts.lower_bound(prefix);
       it != facts.end() && absl::StartsWith(it->first, prefix); ++it) {
    const v1::OptOutWindow& other = it->second->opt_out_window();
    if (other.branch_id() != window.branch_id() || other.id() == window.id()) continue;
    if (!other.framework_id().empty() && other.framework_id() != framework.framework_id()) continue;
    if (other.state() != v1::OPT_OUT_STATE_REFUSED && other.has_to_time()) {
      AddDates(other, zone, &dates);
    }
  }
  for (int32_t year : years) {
    const auto days = std::count_if(dates.begin(), dates.end(),
                                    [year](DateNumber date) { return date / 10000 == year; });
    if (days <= most) continue;
    return Reject(
        v1::REJECTION_REASON_LIMIT_REACHED, "window.to_time", "",
        absl::StrCat("at most ", most, " days of ", year, " in all under ",
                     framework.rules().name(), ", a day begun counts whole; it would be ", days));
  }
  return absl::OkStatus();
}

// Asked of every date of the window: a contract that is to begin in it, or to come by novation,
// counts.
bool NeedsApproval(const Context& in, const v1::Branch& branch, const FrameworkRow& framework,
                   const v1::OptOutWindow& window) {
  const auto& tiers = framework.rules().opt_out().approval_tier_ids();
  if (tiers.empty()) return false;
  const absl::TimeZone& zone = in.ZoneOf(framework.rules());
  auto date_of = [&zone](const google::protobuf::Timestamp& time) {
    return LocalDate(absl::FromUnixMicros(FromTimestamp(time)), zone);
  };
  const DateNumber first = date_of(window.from_time());
  const DateNumber last =
      window.has_to_time() ? date_of(window.to_time()) : std::numeric_limits<DateNumber>::max();
  const Directory& directory = in.state.directory;
  auto held_from = [&](const v1::Contract* contract, DateNumber date) {
    if (contract == nullptr || contract->framework_id() != framework.framework_id()) return false;
    if (std::find(tiers.begin(), tiers.end(), contract->tier_id()) == tiers.end()) return false;
    date = std::max({date, first, ParseDate(contract->from_date()).value_or(0)});
    return date <= last && directory.ContractInForce(*contract, date) &&
           directory.ProviderOfContract(contract->id(), date) == branch.provider_id();
  };
  const auto& facts = directory.Facts();
  return std::any_of(facts.begin(), facts.end(), [&](const auto& keyed) {
    const DirectoryFact& fact = *keyed.second;
    if (fact.ended()) return false;
    if (fact.has_contract()) return held_from(&fact.contract(), 0);
    return fact.has_novation() && held_from(directory.Contract(fact.novation().contract_id()),
                                            ParseDate(fact.novation().date()).value_or(0));
  });
}

}  // namespace

absl::Status Decide(const Context& in, const v1::OpenOptOutWindowRequest& request, Decision* out) {
  v1::OptOutWindow window = request.window();
  const v1::Branch* branch = IsOfficial(in.caller) ? in.state.directory.Branch(window.branch_id())
                                                   : OwnBranch(in, window.branch_id());
  if (branch == nullptr) {
    return Reject(v1::REJECTION_REASON_NOT_FOUND, "window.branch_id", window.branch_id(),
                  "the id of a branch of yours");
  }
  if (absl::Status status = CheckReason(window.reason(), "window.reason"); !status.ok())
    return status;
  if (!window.has_from_time()) *window.mutable_from_time() = ToTimestamp(in.now_us());
  if (FromTimestamp(window.from_time()) < in.now_us()) {
    return Reject(v1::REJECTION_REASON_IN_THE_PAST, "window.from_time", "",
                  "now or later: an opt-out never acts in the past; or nothing, for now");
  }
  if (window.has_to_time() &&
      FromTimestamp(window.to_time()) <= FromTimestamp(window.from_time())) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "window.to_time", "",
                  "a time after from_time");
  }
  if (window.has_to_time() && FromTimestamp(window.to_time()) - FromTimestamp(window.from_time()) >
                                  absl::ToInt64Microseconds(limits::kOptOutMax)) {
    return Reject(v1::REJECTION_REASON_LIMIT_REACHED, "window.to_time", "",
                  "at most two years after from_time, or nothing");
  }
  const absl::StatusOr<std::string> framework_id = FrameworkOfWindow(in, window, *branch);
  if (!framework_id.ok()) return framework_id.status();
  window.set_framework_id(*framework_id);
  if (absl::Status status = CheckNoOtherWindow(in, window); !status.ok()) return status;
  window.clear_decision_reason();
  window.set_state(v1::OPT_OUT_STATE_OPEN);
  const auto frameworks = in.state.directory.FrameworksOf(branch->provider_id());
  for (const FrameworkRow* framework : frameworks) {
    if (!framework_id->empty() && framework->framework_id() != *framework_id) continue;
    if (absl::Status status = CheckOptOutDays(in, window, *framework); !status.ok()) return status;
    if (IsOfficial(in.caller) || !NeedsApproval(in, *branch, *framework, window)) continue;
    if (framework_id->empty() && frameworks.size() > 1) return ApprovalIsOfOne(frameworks);
    window.set_state(v1::OPT_OUT_STATE_REQUESTED);
  }
  window.set_id(absl::StrFormat("W-%06d", in.state.system.last_fact_number() + 1));
  DirectoryFact fact = NewFact(in, OptOutKey(window.id()), window.framework_id());
  *fact.mutable_opt_out_window() = window;
  AddFact(in, fact, window.reason(), out);
  return absl::OkStatus();
}

v1::OpenOptOutWindowResponse Reply(const After& after, const v1::OpenOptOutWindowRequest&) {
  v1::OpenOptOutWindowResponse response;
  *response.mutable_window() = FirstFact(after).opt_out_window();
  return response;
}

absl::Status Decide(const Context& in, const v1::CloseOptOutWindowRequest& request, Decision* out) {
  const DirectoryFact* found = in.state.directory.Fact(OptOutKey(request.window_id()));
  if (found == nullptr) return NoWindow(request.window_id());
  const std::string& branch_id = found->opt_out_window().branch_id();
  const bool own = IsOfficial(in.caller)
                       ? ChangesOptOut(in.caller, found->opt_out_window(), in.state.directory)
                       : OwnBranch(in, branch_id) != nullptr;
  if (!own) return NoWindow(request.window_id());
  DirectoryFact fact = NewFact(in, found->key(), found->framework_id());
  v1::OptOutWindow& window = *fact.mutable_opt_out_window();
  const bool over = window.has_to_time() && FromTimestamp(window.to_time()) <= in.now_us();
  if (over || window.state() == v1::OPT_OUT_STATE_REFUSED) {
    return Reject(v1::REJECTION_REASON_IN_THE_PAST, "window_id", request.window_id(),
                  "a window that is still open");
  }
  *window.mutable_to_time() = ToTimestamp(std::max(in.now_us(), FromTimestamp(window.from_time())));
  AddFact(in, fact, "", out);
  return absl::OkStatus();
}

v1::CloseOptOutWindowResponse Reply(const After& after, const v1::CloseOptOutWindowRequest&) {
  v1::CloseOptOutWindowResponse response;
  *response.mutable_window() = FirstFact(after).opt_out_window();
  return response;
}

absl::Status Decide(const Context& in, const v1::DecideOptOutWindowRequest& request,
                    Decision* out) {
  const DirectoryFact* found = in.state.directory.Fact(OptOutKey(request.window_id()));
  if (found == nullptr || !ChangesOptOut(in.caller, found->opt_out_window(), in.state.directory))
    return NoWindow(request.window_id());
  if (absl::Status status = CheckReason(request.reason()); !status.ok()) return status;
  DirectoryFact fact = NewFact(in, found->key(), found->framework_id());
  v1::OptOutWindow& window = *fact.mutable_opt_out_window();
  const bool over = window.has_to_time() && FromTimestamp(window.to_time()) <= in.now_us();
  if (window.state() != v1::OPT_OUT_STATE_REQUESTED || over) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "window_id", request.window_id(),
                  "a window that waits for approval and is not over");
  }
  window.set_state(request.approve() ? v1::OPT_OUT_STATE_OPEN : v1::OPT_OUT_STATE_REFUSED);
  window.set_decision_reason(request.reason());
  if (request.approve() && FromTimestamp(window.from_time()) < in.now_us()) {
    *window.mutable_from_time() = ToTimestamp(in.now_us());  // never in the past
  }
  AddFact(in, fact, request.reason(), out);
  return absl::OkStatus();
}

v1::DecideOptOutWindowResponse Reply(const After& after, const v1::DecideOptOutWindowRequest&) {
  v1::DecideOptOutWindowResponse response;
  *response.mutable_window() = FirstFact(after).opt_out_window();
  return response;
}

absl::Status Decide(const Context& in, const v1::DeclareCapacityRequest& request, Decision* out) {
  const v1::Capacity& capacity = request.capacity();
  if (OwnBranch(in, capacity.branch_id()) == nullptr) {
    return Reject(v1::REJECTION_REASON_NOT_FOUND, "capacity.branch_id", capacity.branch_id(),
                  "the id of a branch of yours");
  }
  if (capacity.weekly_minutes() < 0 || capacity.weekly_minutes() > limits::kCapacityMinutesMax) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "capacity.weekly_minutes",
                  absl::StrCat(capacity.weekly_minutes()),
                  absl::StrCat("0 to ", limits::kCapacityMinutesMax));
  }
  DirectoryFact fact = NewFact(in, CapacityKey(capacity.branch_id()), "");
  *fact.mutable_capacity() = capacity;
  *fact.mutable_capacity()->mutable_declare_time() = ToTimestamp(in.now_us());
  AddFact(in, fact, "", out);
  return absl::OkStatus();
}

v1::DeclareCapacityResponse Reply(const After& after, const v1::DeclareCapacityRequest&) {
  v1::DeclareCapacityResponse response;
  *response.mutable_capacity() = FirstFact(after).capacity();
  return response;
}

}  // namespace brokerage::engine
