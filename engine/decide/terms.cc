#include "engine/decide/terms.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/calendar.h"
#include "engine/base/ids.h"
#include "engine/base/rejection.h"
#include "engine/decide/asked.h"
#include "engine/decide/checks.h"
#include "engine/decide/referral.h"
#include "engine/views/replies.h"

namespace brokerage::engine {

using journal::v1::PackageRow;

namespace {

constexpr int kDaysAheadMax = 366;

int32_t CarersOf(const v1::PackageTerms& terms, const v1::Visit& visit) {
  return visit.carers() != 0 ? visit.carers() : terms.carers_per_visit();
}

// Whether the visit is one of before, with nothing added to it and at the same time.
bool IsWithin(const v1::PackageTerms& now, const v1::Visit& visit, const v1::PackageTerms& before,
              const v1::Visit& was) {
  const auto& days = was.days_of_week();
  return visit.earliest_time() == was.earliest_time() && visit.latest_time() == was.latest_time() &&
         visit.minutes() <= was.minutes() && CarersOf(now, visit) <= CarersOf(before, was) &&
         std::all_of(visit.days_of_week().begin(), visit.days_of_week().end(),
                     [&days](int32_t day) {
                       return std::find(days.begin(), days.end(), day) != days.end();
                     });
}

// Whether every visit is another one of before.
bool AreWithin(const v1::PackageTerms& now, const v1::PackageTerms& before) {
  std::vector<bool> taken(static_cast<size_t>(before.visits_size()));
  for (const v1::Visit& visit : now.visits()) {
    int i = 0;
    while (i < before.visits_size() &&
           (taken[static_cast<size_t>(i)] || !IsWithin(now, visit, before, before.visits(i)))) {
      ++i;
    }
    if (i == before.visits_size()) return false;
    taken[static_cast<size_t>(i)] = true;
  }
  return true;
}

// Visits or minutes taken away, no time moved, no carer added: nobody needs to agree.
bool IsLess(const v1::PackageTerms& now, const v1::PackageTerms& before) {
  if (now.service_type() != before.service_type() ||
      now.start_by_date() != before.start_by_date() ||
      now.weekly_minutes() > before.weekly_minutes()) {
    return false;
  }
  // Where the visits are listed they say it all, and the free text no more than they do.
  if (!before.visits().empty()) return !now.visits().empty() && AreWithin(now, before);
  return now.visits().empty() && now.visit_pattern() == before.visit_pattern() &&
         now.carers_per_visit() <= before.carers_per_visit();
}

// FIELD_INVALID of growth over what was awarded beyond the framework's limit.
absl::Status CheckGrowth(const v1::FrameworkRules& rules, const PackageRow& row,
                         const v1::PackageTerms& terms) {
  const int64_t percent = rules.terms_change().growth_percent_max();
  const int64_t awarded = AwardedMinutes(row);
  const int64_t most = awarded * (100 + percent) / 100;
  if (percent == 0 || terms.weekly_minutes() <= most ||
      terms.weekly_minutes() <= row.terms().weekly_minutes()) {
    return absl::OkStatus();
  }
  return Reject(v1::REJECTION_REASON_FIELD_INVALID, "terms.weekly_minutes",
                absl::StrCat(terms.weekly_minutes()),
                absl::StrCat("at most ", most, ", ", percent, "% over the ", awarded,
                             " that were awarded: more goes out again, after notice with the "
                             "reason TERMS_CHANGED"));
}

absl::StatusOr<DateNumber> CheckFrom(const std::string& given, const PackageRow& row,
                                     DateNumber today) {
  if (given.empty()) return today;
  const auto date = ParseDate(given);
  const DateNumber last = IsUnderNotice(row) ? row.notice().last_day()
                                             : ToDateNumber(FromDateNumber(today) + kDaysAheadMax);
  if (date && *date >= today && *date <= last) return *date;
  return Reject(v1::REJECTION_REASON_FIELD_INVALID, "from_date", given,
                absl::StrCat("a date from ", FormatDate(today), " to ", FormatDate(last)));
}

}  // namespace

absl::StatusOr<v1::PackageTerms> ChangedTerms(const Context& in, const PackageAggregate& package,
                                              const v1::PackageTerms& given) {
  const PackageRow& row = package.row;
  const v1::FrameworkRules& rules = RulesOf(in.state, row);
  v1::PackageTerms terms = row.terms();
  if (!given.visits().empty()) terms.clear_visits();
  terms.MergeFrom(given);
  if (terms.SerializeAsString() == row.terms().SerializeAsString()) return terms;
  const bool moves_start = terms.start_by_date() != row.terms().start_by_date();
  if (moves_start && Runs(row.state())) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "terms.start_by_date", given.start_by_date(),
                  "nothing: care has started");
  }
  absl::Status status = CheckTerms(terms, "terms", moves_start ? in.Today(rules) : 0);
  if (!status.ok()) return status;
  const v1::Contract* contract = in.state.directory.Contract(ContractOf(package));
  const auto& services = contract->service_types();
  if (terms.service_type() != row.terms().service_type() &&
      std::find(services.begin(), services.end(), terms.service_type()) == services.end()) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "terms.service_type",
                  v1::ServiceType_Name(terms.service_type()),
                  absl::StrCat("a service of ", contract->id()));
  }
  status = CheckGrowth(rules, row, terms);
  if (!status.ok()) return status;
  return terms;
}

absl::Status Decide(const Context& in, const v1::ChangeTermsRequest& request, Decision* out) {
  absl::StatusOr<const PackageAggregate*> found = FindPackage(in, request.package_id());
  if (!found.ok()) return found.status();
  const PackageAggregate& package = **found;
  const PackageRow& row = package.row;
  if (absl::Status status = CheckState(in, row, PackageVerb::kAskChange); !status.ok()) {
    return status;
  }
  if (absl::Status status = CheckGoesOn(row); !status.ok()) return status;
  if (!request.has_terms()) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "terms", "", "what changes of the terms");
  }
  absl::StatusOr<v1::PackageTerms> terms = ChangedTerms(in, package, request.terms());
  if (!terms.ok()) return terms.status();
  if (terms->SerializeAsString() == row.terms().SerializeAsString()) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "terms", "",
                  "other terms than those that stand");
  }
  absl::StatusOr<DateNumber> from =
      CheckFrom(request.from_date(), row, in.Today(RulesOf(in.state, row)));
  if (!from.ok()) return from.status();
  const bool less = IsLess(*terms, row.terms());
  absl::Status may = less ? CheckNothingAsked(row) : CheckMayBeAsked(in, package);
  if (!may.ok()) return may;
  if (less) {
    AddTermsChange(package, *terms, *from, 0, out);
  } else {
    AskBranch(in, package, {v1::OFFER_PURPOSE_CHANGE, *std::move(terms), *from, false}, out);
  }
  return absl::OkStatus();
}

v1::ChangeTermsResponse Reply(const After& after, const v1::ChangeTermsRequest& request) {
  v1::ChangeTermsResponse response;
  *response.mutable_package() =
      PackageWithoutTexts(after.state, ParsePackageId(request.package_id())->number);
  return response;
}

absl::Status Decide(const Context& in, const v1::WithdrawAskedOfferRequest& request,
                    Decision* out) {
  absl::StatusOr<const PackageAggregate*> found = FindPackage(in, request.package_id());
  if (!found.ok()) return found.status();
  const PackageRow& row = (*found)->row;
  if (absl::Status status = CheckState(in, row, PackageVerb::kWithdrawAsked); !status.ok()) {
    return status;
  }
  if (row.asked_ordinal() == 0) {
    return Reject(v1::REJECTION_REASON_PACKAGE_STATE, "package_id", request.package_id(),
                  "a package whose branch is asked for a restart or other terms");
  }
  journal::v1::AskedDecided& decided = *out->Add().mutable_asked_decided();
  decided.set_package_number(row.number());
  decided.set_ordinal(row.asked_ordinal());
  decided.set_state(v1::OFFER_STATE_CLOSED);
  decided.set_close_cause(v1::CLOSE_CAUSE_WITHDRAWN);
  return absl::OkStatus();
}

v1::WithdrawAskedOfferResponse Reply(const After& after,
                                     const v1::WithdrawAskedOfferRequest& request) {
  v1::WithdrawAskedOfferResponse response;
  *response.mutable_package() =
      PackageWithoutTexts(after.state, ParsePackageId(request.package_id())->number);
  return response;
}

}  // namespace brokerage::engine
