#include "engine/decide/outage.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "engine/base/bounds.h"
#include "engine/base/calendar.h"
#include "engine/base/ids.h"
#include "engine/base/rejection.h"
#include "engine/decide/checks.h"
#include "engine/model/package.h"

namespace brokerage::engine {

using journal::v1::AnswerRow;
using journal::v1::DeadlineExtended;
using journal::v1::OfferRow;
using journal::v1::OutageSpan;
using journal::v1::PackageRow;
using journal::v1::RoundRow;

namespace {

constexpr int64_t kSecond = 1000000;

// How much of the outage the round was not given back yet.
int64_t NotYetGivenBack(const RoundRow& round, const OutageSpan& outage) {
  int64_t from = outage.from_us();
  const int64_t to = outage.to_us();
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

// Whether the offer was first answered after its deadline, but by that time; not where the round
// was opened again since: the answer was judged then.
bool AnsweredBy(const RoundRow& round, const OfferRow& offer, int64_t until_us) {
  int64_t judged_us = 0;
  for (const OutageSpan& span : round.given_back()) judged_us = std::max(judged_us, span.to_us());
  for (const AnswerRow& answer : offer.answers()) {  // oldest first
    if (answer.remark()) continue;
    return answer.late() && answer.time_us() > judged_us && answer.time_us() <= until_us;
  }
  return false;
}

bool IsUpheldError(const OfferRow& offer) {
  return offer.claim().state() == v1::CLAIM_STATE_UPHELD;
}

// Those in memory and those that are named.
absl::StatusOr<std::set<uint64_t>> PackagesOfOutage(const Context& in,
                                                    const v1::ExtendDeadlinesRequest& request) {
  if (request.closed_package_ids_size() > limits::kOutagePackagesMax) {
    return Reject(v1::REJECTION_REASON_LIMIT_REACHED, "closed_package_ids",
                  absl::StrCat("more than ", limits::kOutagePackagesMax, " packages"),
                  absl::StrCat("at most ", limits::kOutagePackagesMax,
                               ": give the same outage back several times, and name some of "
                               "the packages each time"));
  }
  std::set<uint64_t> numbers = in.state.open_packages;
  for (const std::string& id : request.closed_package_ids()) {
    const auto parsed = ParsePackageId(id);
    const PackageAggregate* package = parsed ? in.state.Package(parsed->number) : nullptr;
    if (package == nullptr || package->row.year() != parsed->year) {
      return Reject(v1::REJECTION_REASON_NOT_FOUND, "closed_package_ids", id, "a package's id");
    }
    numbers.insert(parsed->number);
  }
  return numbers;
}

// Opt-outs and suspensions stop no answer: they are asked at award.
bool CanStillBeAwarded(const Context& in, const PackageAggregate& package, const OfferRow& offer) {
  const PackageRow& row = package.row;
  if (!StillWaits(row) || offer.ordinal() <= row.previous_issue_offers()) return false;
  const v1::Contract* contract = in.state.directory.Contract(offer.contract_id());
  const DateNumber today = in.Today(RulesOf(in.state, row));
  return contract != nullptr && in.state.directory.ContractInForce(*contract, today) &&
         in.state.directory.ProviderOfContract(contract->id(), today) == offer.provider_id();
}

// Its deadline has passed. What the outage took is given back from now on to those who can still be
// awarded the package. To the others it cannot be: their silence counts for nobody where the outage
// held at the deadline, or took more than it left until then.
void ReopenRound(const Context& in, const PackageAggregate& package, const RoundRow& round,
                 const OutageSpan& outage, DeadlineExtended* extended) {
  OutageSpan taken = outage;
  taken.set_to_us(std::min(outage.to_us(), round.deadline_us()));
  const int64_t lost = NotYetGivenBack(round, taken);
  if (lost == 0) return;
  // Until then an answer is in time, as if the clock had stood still in the outage.
  const int64_t until = round.deadline_us() + NotYetGivenBack(round, outage);
  const bool excused = round.deadline_us() - outage.to_us() <= lost;
  // A restart's own round asks one branch before all others, or not at all.
  const bool overtaken = round.rule_number() == 0 && round.number() < package.row.rounds_size();
  for (const OfferRow& offer : package.offers) {
    if (offer.round_number() != round.number() || IsUpheldError(offer)) continue;
    if (offer.state() != v1::OFFER_STATE_LAPSED) {
      if (AnsweredBy(round, offer, until)) extended->add_in_time_ordinals(offer.ordinal());
    } else if (!overtaken && CanStillBeAwarded(in, package, offer)) {
      extended->add_reopened_ordinals(offer.ordinal());
    } else if (excused) {
      extended->add_closed_ordinals(offer.ordinal());
    }
  }
  if (extended->ByteSizeLong() == 0) return;     // everyone had answered
  if (!extended->reopened_ordinals().empty()) {  // to the whole second, as windows run
    extended->set_deadline_us((in.now_us() + lost + kSecond - 1) / kSecond * kSecond);
  }
  extended->set_in_time_until_us(until);
  *extended->mutable_taken() = std::move(taken);
}

}  // namespace

absl::Status Decide(const Context& in, const v1::ExtendDeadlinesRequest& request, Decision* out) {
  // It is kept with the records, which no erasure reaches.
  if (absl::Status status = CheckImpersonalReason(request.reason()); !status.ok()) return status;
  if (!request.has_from_time() || !request.has_to_time()) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED,
                  request.has_from_time() ? "to_time" : "from_time", "",
                  "when the outage began and ended");
  }
  const int64_t from = FromTimestamp(request.from_time());
  const int64_t to = FromTimestamp(request.to_time());
  if (from >= to || to > in.now_us()) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "to_time", "",
                  "after from_time and not in the future");
  }
  absl::StatusOr<std::set<uint64_t>> numbers = PackagesOfOutage(in, request);
  if (!numbers.ok()) return numbers.status();
  for (uint64_t number : *numbers) {
    const PackageAggregate& package = *in.state.Package(number);
    for (const RoundRow& round : package.row.rounds()) {
      // From the round's opening (its whole second, as windows run), if that came later.
      OutageSpan outage;
      outage.set_from_us(std::max(from, round.opened_time_us() - round.opened_time_us() % kSecond));
      outage.set_to_us(to);
      if (round.deadline_us() <= from || outage.from_us() >= to) continue;
      DeadlineExtended extended;
      if (round.settled()) {
        ReopenRound(in, package, round, outage, &extended);
      } else if (const int64_t lost = NotYetGivenBack(round, outage);
                 lost > 0 && StillWaits(package.row)) {
        extended.set_deadline_us(round.deadline_us() + lost);
        *extended.mutable_taken() = outage;
      }
      if (!extended.has_taken()) continue;
      extended.set_package_number(number);
      extended.set_round_number(round.number());
      extended.set_reason(request.reason());
      *out->Add().mutable_deadline_extended() = std::move(extended);
    }
  }
  if (out->record.facts().empty()) {
    out->reply = std::make_unique<v1::ExtendDeadlinesResponse>();
  }
  return absl::OkStatus();
}

v1::ExtendDeadlinesResponse Reply(const After& after, const v1::ExtendDeadlinesRequest&) {
  v1::ExtendDeadlinesResponse response;
  for (const journal::v1::Fact& fact : after.record.facts()) {
    const DeadlineExtended& extended = fact.deadline_extended();
    if (extended.deadline_us() != 0) response.set_rounds(response.rounds() + 1);
    if (!extended.reopened_ordinals().empty()) {
      response.set_reopened_rounds(response.reopened_rounds() + 1);
    }
    response.set_answers_in_time(response.answers_in_time() + extended.in_time_ordinals_size());
    response.set_closed_offers(response.closed_offers() + extended.closed_ordinals_size());
  }
  return response;
}

}  // namespace brokerage::engine
