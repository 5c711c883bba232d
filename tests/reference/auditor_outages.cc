#include "tests/reference/auditor_outages.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace brokerage::engine::reference {

using journal::v1::OfferRow;
using journal::v1::PackageRow;
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

// How much the span adds to them.
absl::Duration Added(Spans spans, std::pair<absl::Time, absl::Time> span) {
  const absl::Duration before = Union(spans);
  spans.push_back(span);
  return Union(std::move(spans)) - before;
}

bool FirstAnswerIsLate(const OfferRow& offer, absl::Time after, absl::Time by) {
  for (const auto& answer : offer.answers()) {
    if (answer.remark()) continue;
    const absl::Time time = absl::FromUnixMicros(answer.time_us());
    return answer.late() && time > after && time <= by;
  }
  return false;
}

// A restart's own round, once another has opened.
bool Overtaken(const PackageRow& row, const RoundRow& round) {
  return round.rule_number() == 0 && round.number() != row.rounds_size();
}

}  // namespace

// Each offer of the round as it must be when the outage's time was given back; nothing if the
// outage took none of it.
std::vector<OfferRow> OutageAuditor::GivenBack(Course& course, const PackageAggregate& package,
                                               const RoundRow& round, absl::Time from,
                                               absl::Time to) {
  const PackageRow& row = package.row;
  const absl::Time deadline = absl::FromUnixMicros(round.deadline_us());
  from = std::max(from, WholeSecond(absl::FromUnixMicros(round.opened_time_us())));
  const bool waits =
      row.state() == v1::PACKAGE_STATE_OFFERED || row.state() == v1::PACKAGE_STATE_UNFILLED;
  if (deadline <= from || to <= from || (!waits && !round.settled())) return {};
  const absl::Time end = round.settled() ? std::min(to, deadline) : to;
  Spans& given = given_back_[{row.number(), round.number()}];
  const absl::Duration lost = Added(given, {from, end});
  if (lost == absl::ZeroDuration()) return {};
  const absl::Time in_time_until = deadline + Added(given, {from, to});
  absl::Time judged = absl::InfinitePast();  // when it was last looked at what came late
  for (const auto& span : given) judged = std::max(judged, span.second);

  std::vector<OfferRow> offers;
  bool moves = !round.settled(), changes = moves;
  for (OfferRow offer : package.offers) {
    if (offer.round_number() != round.number()) continue;
    if (round.settled() && offer.claim().state() != v1::CLAIM_STATE_UPHELD) {
      if (offer.state() == v1::OFFER_STATE_LAPSED) {
        const bool this_issue = offer.ordinal() > row.previous_issue_offers();
        const v1::Contract& contract = *course.directory.Contract(offer.contract_id());
        const DateNumber today = course.directory.Today(course.Stamp());
        const bool open_again = waits && this_issue && !Overtaken(row, round) &&
                                DatesHold(contract.from_date(), contract.to_date(), today) &&
                                course.directory.Holder(contract, today) == offer.provider_id();
        // The outage left less of the time until the deadline than it took.
        const bool for_nobody = !open_again && to + lost >= deadline;
        if (open_again) offer.set_state(v1::OFFER_STATE_OPEN);
        if (for_nobody) {
          offer.set_state(v1::OFFER_STATE_CLOSED);
          offer.set_close_cause(v1::CLOSE_CAUSE_OUTAGE);
        }
        course.tally(open_again   ? "offer open again"
                     : for_nobody ? "silence of an outage"
                                  : "silence in spite of an outage");
        moves |= open_again;
        changes |= open_again || for_nobody;
      } else if (FirstAnswerIsLate(offer, judged, in_time_until)) {
        course.tally("late answer in time after all");
        changes = true;
        for (auto& answer : *offer.mutable_answers()) {
          if (answer.remark() || absl::FromUnixMicros(answer.time_us()) > in_time_until) continue;
          answer.set_late(false);
        }
      }
    }
    offers.push_back(std::move(offer));
  }
  if (!changes) return {};
  given.emplace_back(from, end);
  if (!moves) return offers;
  absl::Time moved = deadline + lost;
  if (round.settled()) {
    moved = WholeSecond(course.Stamp() + lost);
    if (moved < course.Stamp() + lost) moved += absl::Seconds(1);
    given.emplace_back(deadline, course.Stamp());  // no window ran since its deadline
    course.tally("round open again");
  }
  for (OfferRow& offer : offers) {
    offer.set_deadline_us(absl::ToUnixMicros(moved));
    if (round.settled()) offer.set_settled(false);
  }
  return offers;
}

void OutageAuditor::Expect(Course& course, absl::Time from, absl::Time to) {
  expected_.clear();
  for (uint64_t number = 1; number <= course.LastPackage(); ++number) {
    const PackageAggregate& package = course.Package(number);
    for (const RoundRow& round : package.row.rounds()) {
      for (OfferRow& offer : GivenBack(course, package, round, from, to)) {
        expected_[{number, offer.ordinal()}] = std::move(offer);
      }
    }
  }
}

void OutageAuditor::Check(Course& course) {
  for (const auto& [id, offer] : expected_) {
    const PackageAggregate& package = course.Package(id.first);
    const OfferRow& real = package.offers[static_cast<size_t>(id.second - 1)];
    if (real.SerializeAsString() == offer.SerializeAsString()) continue;
    course.Problem(absl::StrCat("after an outage, reference ", offer.ShortDebugString(), " real ",
                                real.ShortDebugString()));
  }
  expected_.clear();
}

}  // namespace brokerage::engine::reference
