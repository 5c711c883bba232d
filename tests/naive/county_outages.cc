// What an administrator gives back after an outage, against a slow reckoning of its own.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/ids.h"
#include "tests/naive/county_drive.h"

namespace brokerage::engine::naive {

using journal::v1::OfferRow;
using journal::v1::RoundRow;

namespace {

using Spans = std::vector<std::pair<absl::Time, absl::Time>>;

absl::Duration Union(Spans spans) {
  std::sort(spans.begin(), spans.end());
  absl::Duration sum;
  absl::Time reached = absl::InfinitePast();
  for (auto [from, to] : spans) {
    from = std::max(from, reached);
    if (to > from) sum += to - from;
    reached = std::max(reached, to);
  }
  return sum;
}

absl::Time WholeSecond(absl::Time time) { return absl::FromUnixSeconds(absl::ToUnixSeconds(time)); }

bool HasLateAnswer(const OfferRow& offer) {
  return std::any_of(offer.answers().begin(), offer.answers().end(),
                     [](const auto& answer) { return answer.late() && !answer.remark(); });
}

}  // namespace

// Each offer of the round as it must be when the outage's time was given back; nothing if the
// outage took none of it.
std::vector<OfferRow> CountyDrive::GivenBack(const PackageAggregate& package, const RoundRow& round,
                                             absl::Time from, absl::Time to) {
  const absl::Time deadline = absl::FromUnixMicros(round.deadline_us());
  from = std::max(from, WholeSecond(absl::FromUnixMicros(round.opened_time_us())));
  if (round.settled()) to = std::min(to, deadline);
  if (deadline <= from || to <= from) return {};
  Spans& given = given_back_[{package.row.number(), round.number()}];
  const absl::Duration before = Union(given);
  given.emplace_back(from, to);
  const absl::Duration lost = Union(given) - before;
  if (lost == absl::ZeroDuration()) return {};
  if (round.settled()) given.emplace_back(from, Stamp());  // no window ran since its deadline

  const bool waits = package.row.state() == v1::PACKAGE_STATE_OFFERED ||
                     package.row.state() == v1::PACKAGE_STATE_UNFILLED;
  const v1::FrameworkRules& rules = world_.Rules(package.row.framework_revision());
  std::vector<OfferRow> offers;
  bool moves = !round.settled();
  for (OfferRow offer : package.offers) {
    if (offer.round_number() != round.number()) continue;
    if (round.settled() && offer.claim().state() != v1::CLAIM_STATE_UPHELD) {
      if (offer.state() == v1::OFFER_STATE_LAPSED) {
        const bool open_again =
            waits && offer.ordinal() > package.row.previous_issue_offers() &&
            NaiveFailuresAtAward(world_, package.row, rules, offer, Stamp()).empty();
        tally_(open_again ? "offer open again" : "silence of an outage");
        moves |= open_again;
        offer.set_state(open_again ? v1::OFFER_STATE_OPEN : v1::OFFER_STATE_CLOSED);
        if (!open_again) offer.set_close_cause(v1::CLOSE_CAUSE_OUTAGE);
      } else if (HasLateAnswer(offer)) {
        tally_("late answer in time after all");
        for (auto& answer : *offer.mutable_answers()) {
          if (!answer.remark()) answer.set_late(false);
        }
      }
    }
    offers.push_back(std::move(offer));
  }
  if (!moves) return offers;
  absl::Time moved = deadline + lost;
  if (round.settled()) {
    moved = WholeSecond(Stamp() + lost);
    if (moved < Stamp() + lost) moved += absl::Seconds(1);
    tally_("round open again");
  }
  for (OfferRow& offer : offers) {
    offer.set_deadline_us(absl::ToUnixMicros(moved));
    if (round.settled()) offer.set_settled(false);
  }
  return offers;
}

// The system was down for some hours until now, or some hours before that.
void CountyDrive::ExtendDeadlines() {
  Caller caller;
  caller.account_id = "administrator";
  caller.role = v1::ROLE_ADMINISTRATOR;
  const absl::Time to = now_ - absl::Minutes(dice_.Between(1, dice_.Percent(50) ? 2 : 4000));
  const absl::Time from = to - absl::Minutes(dice_.Between(1, 300));
  v1::ExtendDeadlinesRequest request;
  request.mutable_from_time()->set_seconds(absl::ToUnixSeconds(from));
  request.mutable_to_time()->set_seconds(absl::ToUnixSeconds(to));
  request.set_reason("the system was down");
  outage_.clear();
  const uint64_t last = engine_.state().system.last_package_number();
  for (uint64_t number = 1; number <= last; ++number) {
    const PackageAggregate& package = *engine_.state().Package(number);
    request.add_closed_package_ids(FormatPackageId({package.row.year(), number}));
    for (const RoundRow& round : package.row.rounds()) {
      for (OfferRow& offer : GivenBack(package, round, WholeSecond(from), WholeSecond(to))) {
        outage_[{number, offer.ordinal()}] = std::move(offer);
      }
    }
  }
  const size_t records = records_.size();
  if (!Do(caller, std::move(request))) Problem("an outage was refused");
  // Compared with the record itself, before what followed from it.
  if (records == records_.size() || !records_[records].facts(0).has_deadline_extended()) {
    CheckOutage();
  }
}

// Every offer that the record at hand should have changed is as it should be.
void CountyDrive::CheckOutage() {
  for (const auto& [id, offer] : outage_) {
    const PackageAggregate& package = *engine_.state().Package(id.first);
    const OfferRow& real = package.offers[static_cast<size_t>(id.second - 1)];
    if (real.SerializeAsString() == offer.SerializeAsString()) continue;
    Problem(absl::StrCat("after an outage, naive ", offer.ShortDebugString(), " real ",
                         real.ShortDebugString()));
  }
  outage_.clear();
}

}  // namespace brokerage::engine::naive
