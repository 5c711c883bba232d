// Deadlines after an outage.

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/decide.h"
#include "engine/ids.h"
#include "engine/limits.h"
#include "engine/project_words.h"
#include "engine/routing.h"

namespace brokerage::engine {

using journal::v1::AnswerRow;
using journal::v1::DeadlineExtended;
using journal::v1::OfferRow;
using journal::v1::OutageSpan;
using journal::v1::PackageRow;
using journal::v1::RoundRow;

namespace {

constexpr int64_t kSecond = 1000000;

// How much of [from, to) the round was not given back yet.
int64_t NotYetGivenBack(const RoundRow& round, int64_t from, int64_t to) {
  std::vector<std::pair<int64_t, int64_t>> given;
  for (const OutageSpan& span : round.given_back())
    given.emplace_back(span.from_us(), span.to_us());
  std::sort(given.begin(), given.end());
  int64_t left = 0;
  for (const auto& [begin, end] : given) {
    left += std::max<int64_t>(0, std::min(begin, to) - from);
    from = std::max(from, end);
  }
  return left + std::max<int64_t>(0, to - from);
}

bool AnsweredLate(const OfferRow& offer) {
  return std::any_of(offer.answers().begin(), offer.answers().end(),
                     [](const AnswerRow& answer) { return answer.late() && !answer.remark(); });
}

bool IsUpheldError(const OfferRow& offer) {
  return offer.claim().state() == v1::CLAIM_STATE_UPHELD;
}

}  // namespace

absl::StatusOr<std::set<uint64_t>> Deciding::PackagesOfOutage(
    const v1::ExtendDeadlinesRequest& request) const {
  if (request.closed_package_ids_size() > limits::kOutagePackagesMax) {
    return Reject(v1::REJECTION_REASON_LIMIT_REACHED, "closed_package_ids",
                  absl::StrCat("more than ", limits::kOutagePackagesMax, " packages"),
                  absl::StrCat("at most ", limits::kOutagePackagesMax,
                               ": give a long outage back in parts, one after the other"));
  }
  std::set<uint64_t> numbers = state_.open_packages;
  for (const std::string& id : request.closed_package_ids()) {
    const auto parsed = ParsePackageId(id);
    const PackageAggregate* package = parsed ? state_.Package(parsed->number) : nullptr;
    if (package == nullptr || package->row.year() != parsed->year) {
      return Reject(v1::REJECTION_REASON_NOT_FOUND, "closed_package_ids", id, "a package's id");
    }
    numbers.insert(parsed->number);
  }
  return numbers;
}

absl::Status Deciding::On(const v1::ExtendDeadlinesRequest& request) {
  if (absl::Status status = CheckReason(request.reason()); !status.ok()) return status;
  // It is kept with the records, which no erasure reaches.
  if (absl::Status status = CheckImpersonal(request.reason(), "reason"); !status.ok()) {
    return status;
  }
  if (!request.has_from_time() || !request.has_to_time()) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED,
                  request.has_from_time() ? "to_time" : "from_time", "",
                  "when the outage began and ended");
  }
  const int64_t from = FromTimestamp(request.from_time());
  const int64_t to = FromTimestamp(request.to_time());
  if (from >= to || to > now_us()) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "to_time", "",
                  "after from_time and not in the future");
  }
  absl::StatusOr<std::set<uint64_t>> numbers = PackagesOfOutage(request);
  if (!numbers.ok()) return numbers.status();
  for (uint64_t number : *numbers) {
    const PackageAggregate& package = *state_.Package(number);
    for (const RoundRow& round : package.row.rounds()) {
      // What the outage took of this round's window: from its opening (its whole second, as windows
      // run), if that came later.
      OutageSpan taken;
      taken.set_from_us(std::max(from, round.opened_time_us() - round.opened_time_us() % kSecond));
      taken.set_to_us(round.settled() ? std::min(to, round.deadline_us()) : to);
      if (round.deadline_us() <= from || taken.from_us() >= taken.to_us()) continue;
      const int64_t lost = NotYetGivenBack(round, taken.from_us(), taken.to_us());
      if (lost == 0) continue;
      DeadlineExtended extended;
      if (round.settled()) {
        ReopenRound(package, round, lost, &extended);
        taken.set_to_us(now_us());  // from its deadline until now its window did not run
      } else {
        extended.set_deadline_us(round.deadline_us() + lost);
      }
      if (extended.ByteSizeLong() == 0) continue;  // everyone had answered
      extended.set_package_number(number);
      extended.set_round_number(round.number());
      extended.set_reason(request.reason());
      *extended.mutable_taken() = std::move(taken);
      *Add().mutable_deadline_extended() = std::move(extended);
    }
  }
  if (decision_.record.facts().empty()) {
    decision_.reply = std::make_unique<v1::ExtendDeadlinesResponse>();
  }
  return absl::OkStatus();
}

// Its deadline has passed. Those who may still be awarded the package get what they lost from now
// on; for the others nothing can be given back, so that their silence counts for nobody.
void Deciding::ReopenRound(const PackageAggregate& package, const RoundRow& round, int64_t lost,
                           DeadlineExtended* extended) const {
  const PackageRow& row = package.row;
  const v1::FrameworkRules& rules = RulesOf(state_, row);
  const bool waits =
      row.state() == v1::PACKAGE_STATE_OFFERED || row.state() == v1::PACKAGE_STATE_UNFILLED;
  const RoutingQuestion question{package, rules, state_.directory, now_, Today(rules), {}, false};
  for (const OfferRow& offer : package.offers) {
    if (offer.round_number() != round.number() || IsUpheldError(offer)) continue;
    if (offer.state() == v1::OFFER_STATE_LAPSED) {
      const bool may_be_awarded =
          waits && offer.ordinal() > row.previous_issue_offers() && !FailsAtAward(question, offer);
      if (may_be_awarded) {
        extended->add_reopened_ordinals(offer.ordinal());
      } else {
        extended->add_closed_ordinals(offer.ordinal());
      }
    } else if (AnsweredLate(offer)) {
      extended->add_in_time_ordinals(offer.ordinal());
    }
  }
  if (extended->reopened_ordinals().empty()) return;
  // To the whole second, as windows run.
  extended->set_deadline_us((now_us() + lost + kSecond - 1) / kSecond * kSecond);
}

}  // namespace brokerage::engine
