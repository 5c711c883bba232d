#include "engine/what_if.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/award/ranking.h"
#include "engine/base/check.h"
#include "engine/base/ids.h"
#include "engine/figures/counts.h"
#include "engine/figures/query.h"
#include "engine/figures/rates.h"
#include "engine/model/parts.h"

namespace brokerage::engine {

using journal::v1::AnswerRow;
using journal::v1::DirectoryFact;
using journal::v1::OfferRow;
using journal::v1::PackageRow;
using journal::v1::RoundRow;

namespace {

constexpr char kSalt[] = "0123456789abcdef";  // no text is kept, so that it salts nothing
constexpr int kPackagesToldMax = 1000;

// The rounds of the package's first issue: a later issue begins its list anew.
int32_t RoundsOfFirstIssue(const PackageRow& row) {
  for (int i = 1; i < row.rounds_size(); ++i) {
    if (row.rounds(i).rule_number() <= row.rounds(i - 1).rule_number()) return i;
  }
  return row.rounds_size();
}

int64_t Percentile(const std::vector<int64_t>& sorted, int percent) {
  if (sorted.empty()) return 0;
  const size_t rank = (sorted.size() * static_cast<size_t>(percent) + 99) / 100;  // nearest rank
  return sorted[std::max<size_t>(rank, 1) - 1];
}

void SetTimes(std::vector<int64_t> minutes, v1::WhatIfTotals* totals) {
  std::sort(minutes.begin(), minutes.end());
  totals->set_median_minutes_to_source(Percentile(minutes, 50));
  totals->set_p90_minutes_to_source(Percentile(minutes, 90));
}

void CountOffer(const OfferRow& offer, bool unknown, v1::WhatIfTotals* totals) {
  totals->set_offers(totals->offers() + 1);
  if (unknown) return totals->set_unknown(totals->unknown() + 1);
  switch (ClassOf(offer)) {
    case v1::RESPONSE_CLASS_ERROR_UPHELD:
      return totals->set_error_upheld(totals->error_upheld() + 1);
    case v1::RESPONSE_CLASS_ACCEPTED:
      return totals->set_accepted(totals->accepted() + 1);
    case v1::RESPONSE_CLASS_DECLINED:
      return totals->set_declined(totals->declined() + 1);
    case v1::RESPONSE_CLASS_CLOSED_UNANSWERED:
      return totals->set_closed_unanswered(totals->closed_unanswered() + 1);
    case v1::RESPONSE_CLASS_IN_PART:
      return totals->set_in_part(totals->in_part() + 1);
    case v1::RESPONSE_CLASS_PENDING:
      return totals->set_pending(totals->pending() + 1);
    case v1::RESPONSE_CLASS_NOTICE_FAILED:
    case v1::RESPONSE_CLASS_LATE:
    case v1::RESPONSE_CLASS_SILENT:
    case v1::RESPONSE_CLASS_UNSPECIFIED:
    case v1::ResponseClass_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::ResponseClass_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return totals->set_unanswered(totals->unanswered() + 1);
}

// Returns are not repeated, so that none is taken off.
v1::Rate PickUpOf(const v1::Counts& units) { return RateOf(units.accepted(), DueOf(units)); }

v1::Rate PickUpOfAll(const std::map<std::string, v1::Counts>& by_provider) {
  v1::Counts all;
  for (const auto& [provider_id, units] : by_provider) AddCounts(units, &all);
  return PickUpOf(all);
}

int64_t MinutesBetween(int64_t from_us, int64_t to_us) { return (to_us - from_us) / 60'000'000; }

}  // namespace

ParsedFramework AsApplied(const Directory& directory, absl::string_view framework_id) {
  ParsedFramework framework;
  framework.rules = directory.Framework(framework_id)->rules();
  for (const auto& [key, fact] : directory.Facts()) {
    if (fact->framework_id() == framework_id && !fact->file_hash().empty() && !fact->ended()) {
      framework.facts.push_back(*fact);
    }
  }
  return framework;
}

WhatIf::WhatIf(ZoneFinder zones, const ParsedFramework& framework, const Directory& directory,
               const std::vector<journal::v1::RollupRow>& figures, DateNumber from)
    : zones_(zones),
      engine_(std::move(zones)),
      framework_id_(framework.rules.framework_id()),
      zone_(*zones_(framework.rules.time_zone())) {
  journal::v1::FrameworkRow row;
  row.set_framework_id(framework_id_);
  row.set_revision(1);
  *row.mutable_rules() = framework.rules;
  engine_.LoadFramework(row);
  const absl::Time start = StartOfDay(FromDateNumber(from), zone_);
  auto load = [this, start](DirectoryFact fact) {
    std::string date;
    if (fact.has_contract()) date = fact.contract().to_date();
    if (fact.has_novation()) date = fact.novation().date();
    const std::optional<DateNumber> day = ParseDate(date);
    const absl::Time effective =
        day ? StartOfDay(FromDateNumber(*day), zone_) : absl::InfinitePast();
    fact.set_effective_time_us(effective >= start ? absl::ToUnixMicros(effective) : 0);
    engine_.LoadFact(fact);
  };
  for (const DirectoryFact& fact : framework.facts) {
    const DirectoryFact* now = directory.Fact(fact.key());
    // A row that the files did not change keeps what was changed live.
    const bool same = now != nullptr && now->file_hash() == fact.file_hash() && !now->ended();
    load(same ? *now : fact);
  }
  for (const auto& [key, fact] : directory.Facts()) {
    const bool of_the_files = fact->framework_id() == framework_id_ && !fact->file_hash().empty();
    if (!of_the_files && engine_.directory().Fact(key) == nullptr) load(*fact);
  }
  for (const journal::v1::RollupRow& rollup : figures) {
    if (rollup.framework_id() == framework_id_ && rollup.month() < MonthOf(from)) {
      engine_.LoadRollup(rollup);
    }
  }
  engine_.FinishLoading(0, absl::ToUnixMicros(start) - 1);
}

absl::Time WhatIf::Stamp(absl::Time time) const {
  return std::max(time, absl::FromUnixMicros(engine_.state().last_time_us + 1));
}

void WhatIf::RunUntil(absl::Time time) {
  for (;;) {
    const absl::Time due = engine_.NextDue();
    const absl::Time said = answers_.empty() ? absl::InfiniteFuture() : answers_.begin()->first;
    if (std::min(due, said) > time) return;
    if (due <= said) {
      TickOnce();
    } else {
      const KnownAnswer next = std::move(answers_.begin()->second);
      answers_.erase(answers_.begin());
      Answer(next);
    }
  }
}

void WhatIf::TickOnce() {
  const absl::Time time = Stamp(engine_.NextDue());
  absl::StatusOr<Decision> decision = engine_.Decide({{}, Tick{}, kSalt}, time);
  BROKERAGE_CHECK(decision.ok() && decision->record.facts_size() > 0);
  decision->record.set_time_us(absl::ToUnixMicros(time));
  Commit(*decision);
}

void WhatIf::Commit(const Decision& decision) {
  for (const journal::v1::Fact& fact : decision.record.facts()) {
    if (fact.has_package_awarded())
      Observe(fact.package_awarded());  // while the others still stand
    if (fact.has_package_unfilled()) {
      Course& course = packages_.at(fact.package_unfilled().package_number());
      course.unknown = UnknownThatMightWin(course, 0);
    }
  }
  engine_.Apply(decision.record, ++sequence_, {});
  engine_.ForgetRows();
  for (const journal::v1::Fact& fact : decision.record.facts()) {
    if (fact.has_round_opened()) Observe(fact.round_opened());
  }
  for (const journal::v1::Fact& fact : decision.record.facts()) {
    if (fact.has_award_proposed()) {
      Confirm(fact.award_proposed().package_number(), fact.award_proposed().ordinal());
    }
  }
}

void WhatIf::Confirm(uint64_t number, int32_t ordinal) {
  const PackageAggregate& package = *engine_.state().Package(number);
  const PackageRow& row = package.row;
  // Whether a part is better than to wait nobody says here.
  if (StandsInPart(package.offers[static_cast<size_t>(ordinal - 1)])) return;
  v1::AwardPackageRequest request;
  request.set_request_id("confirm");
  request.set_package_id(FormatPackageId({row.year(), row.number()}));
  request.set_offer_id(FormatOfferId({{row.year(), row.number()}, ordinal}));
  request.set_price_exception_reason("as proposed");
  Caller navigator;
  navigator.account_id = "preview";
  navigator.role = v1::ROLE_CARE_NAVIGATOR;
  navigator.authority_id = row.authority_id();
  const absl::Time time = Stamp(absl::FromUnixMicros(engine_.state().last_time_us));
  absl::StatusOr<Decision> decision = engine_.Decide({navigator, request, kSalt}, time);
  if (!decision.ok()) return;  // it waits, as it would for people
  decision->record.set_time_us(absl::ToUnixMicros(time));
  Commit(*decision);
}

void WhatIf::Answer(const KnownAnswer& said) {
  const PackageRow& row = engine_.state().Package(said.package_number)->row;
  const std::string id = FormatOfferId({{row.year(), row.number()}, said.ordinal});
  Caller branch;
  branch.account_id = said.branch_id;
  branch.role = v1::ROLE_PROVIDER_BRANCH;
  branch.provider_id = said.provider_id;
  branch.branch_id = said.branch_id;
  Request request;
  if (said.answer.answer() == v1::ANSWER_ACCEPT) {
    v1::AcceptOfferRequest accept;
    accept.set_request_id("answer");
    accept.set_offer_id(id);
    accept.set_possible_start_date(FormatDate(said.answer.possible_start_date()));
    // The package has the terms of the part that was awarded: who has it took all of that.
    const OfferRow* won = WonInPart(packages_.at(said.package_number).past);
    if (won == nullptr || won->branch_id() != said.branch_id) {
      *accept.mutable_visits() = said.answer.visits();
    }
    request = std::move(accept);
  } else {
    v1::DeclineOfferRequest decline;
    decline.set_request_id("answer");
    decline.set_offer_id(id);
    decline.set_reason(v1::DECLINE_REASON_NO_CAPACITY);
    request = std::move(decline);
  }
  const absl::Time time = Stamp(absl::FromUnixMicros(said.answer.time_us()));
  absl::StatusOr<Decision> decision = engine_.Decide({branch, std::move(request), kSalt}, time);
  if (!decision.ok()) return;  // too late under these rules, or gone
  decision->record.set_time_us(absl::ToUnixMicros(time));
  Commit(*decision);
}

void WhatIf::Submit(const PackageAggregate& past) {
  const absl::Time time = absl::FromUnixMicros(past.row.submitted_time_us());
  RunUntil(time);
  Course& course = packages_[past.row.number()];
  course.past = past;
  for (RoundRow& round : *course.past.row.mutable_rounds()) round.clear_verdicts();
  CountPast(&course);
  for (const OfferRow& offer : past.offers) {
    if (!offer.placed() && !IsAsked(offer))
      course.asked[offer.branch_id()].push_back(offer.ordinal());
  }

  const PackageRow& row = past.row;
  journal::v1::Record record;
  PackageRow& again = *record.add_facts()->mutable_package_submitted()->mutable_package();
  again.set_number(row.number());
  again.set_year(row.year());
  again.set_state(v1::PACKAGE_STATE_SUBMITTED);
  again.set_framework_id(row.framework_id());
  again.set_authority_id(row.authority_id());
  again.set_origin(row.origin());
  again.set_urgency(row.urgency());
  again.set_ward_code(row.ward_code());
  again.set_lot_id(engine_.directory().LotOfWard(framework_id_, row.ward_code()));
  again.set_postcode_sector(row.postcode_sector());
  *again.mutable_terms() = row.terms();
  again.set_terms_version(1);
  *again.mutable_needs() = row.needs();
  again.set_previous_provider_id(row.previous_provider_id());
  again.set_previous_branch_id(row.previous_branch_id());
  again.set_previous_handed_back(row.previous_handed_back());
  // Given up before it was issued first; what a transfer took from somebody later was his to win.
  if (row.previous_handed_back()) {
    *again.mutable_gave_up_branch_ids() = row.gave_up_branch_ids();
    const auto& providers = row.gave_up_provider_ids();
    const auto last = std::find(providers.begin(), providers.end(), row.previous_provider_id());
    if (last != providers.end()) {
      again.set_transfer_id(row.transfer_id());
      again.mutable_gave_up_provider_ids()->Add(providers.begin(), last + 1);
    }
  }
  *again.mutable_refused_provider_ids() = row.refused_provider_ids();
  *again.mutable_preferred_provider_ids() = row.preferred_provider_ids();
  again.set_submitted_time_us(row.submitted_time_us());
  again.set_submitted_date(row.submitted_date());
  const v1::FrameworkRules& rules = engine_.directory().Framework(framework_id_)->rules();
  again.set_release_due_us(absl::ToUnixMicros(ReleaseDue(rules, row.urgency(), time, zone_)));
  record.set_time_us(absl::ToUnixMicros(Stamp(time)));
  engine_.Apply(record, ++sequence_, {});
  engine_.ForgetRows();
}

void WhatIf::PickUpUnits::Add(const OfferRow& offer, bool unknown) {
  if (offer.restart()) return;
  const auto [found, is_first] =
      units_.try_emplace(std::pair(offer.contract_id(), offer.terms_version()));
  Unit& unit = found->second;
  if (is_first) unit.provider_id = offer.provider_id();
  if (unknown) {
    unit.unknown = true;
    return;
  }
  const OfferOutcome outcome = AsPickUp(OutcomeOf(offer));
  if (!unit.best || IsBetter(outcome, *unit.best)) unit.best = outcome;
}

void WhatIf::PickUpUnits::Count(std::map<std::string, v1::Counts>* by_provider) const {
  for (const auto& [key, unit] : units_) {
    const bool accepted = unit.best && unit.best->response_class == v1::RESPONSE_CLASS_ACCEPTED;
    if (unit.unknown && !accepted) continue;
    AddOutcome(*unit.best, 1, &(*by_provider)[unit.provider_id]);
  }
}

void WhatIf::CountPast(Course* course) {
  const PackageRow& row = course->past.row;
  was_.set_packages(was_.packages() + 1);
  PickUpUnits units;
  const int32_t rounds = RoundsOfFirstIssue(row);
  for (const OfferRow& offer : course->past.offers) {
    if (offer.round_number() > rounds || offer.placed() || IsAsked(offer)) continue;
    v1::WhatIfProvider& provider = providers_[offer.provider_id()];
    provider.set_offers_was(provider.offers_was() + 1);
    CountOffer(offer, false, &was_);
    units.Add(offer, false);
    if (offer.state() != v1::OFFER_STATE_WON) continue;
    course->winner_was = offer.provider_id();
    provider.set_awarded_was(provider.awarded_was() + 1);
    provider.set_minutes_was(provider.minutes_was() + row.terms().weekly_minutes());
    was_.set_awarded(was_.awarded() + 1);
    if (row.award().offer_ordinal() == offer.ordinal()) {
      course->minutes_to_source_was = MinutesBetween(row.released_time_us(), row.award().time_us());
    }
  }
  units.Count(&units_was_);
}

void WhatIf::Observe(const journal::v1::RoundOpened& opened) {
  const Course& course = packages_.at(opened.package_number());
  for (const OfferRow& offer : opened.offers()) {
    v1::WhatIfProvider& provider = providers_[offer.provider_id()];
    provider.set_offers_would(provider.offers_would() + 1);
    const OfferRow* then = Then(course, offer);
    if (then == nullptr) continue;
    for (const AnswerRow& answer : then->answers()) {
      if (answer.remark()) continue;
      KnownAnswer said{opened.package_number(), offer.ordinal(), answer, offer.provider_id(),
                       offer.branch_id()};
      said.answer.set_time_us(offer.issued_time_us() + answer.time_us() - then->issued_time_us());
      answers_.emplace(absl::FromUnixMicros(said.answer.time_us()), std::move(said));
    }
  }
}

const OfferRow* WhatIf::Then(const Course& course, const OfferRow& offer) const {
  const auto asked = course.asked.find(offer.branch_id());
  if (asked == course.asked.end()) return nullptr;
  return &course.past.offers[static_cast<size_t>(asked->second.front() - 1)];
}

bool WhatIf::IsUnknown(const Course& course, const OfferRow& offer, int64_t until_us) const {
  const OfferRow* then = Then(course, offer);
  if (then == nullptr) return true;
  if (ClassOf(*then) != v1::RESPONSE_CLASS_CLOSED_UNANSWERED) return false;
  if (then->close_cause() == v1::CLOSE_CAUSE_OUTAGE) return true;  // it could not answer
  // It was silent as long as its round stood, and no longer was it asked.
  const int64_t closed_us = course.past.row.rounds(then->round_number() - 1).closed_time_us();
  return until_us - offer.issued_time_us() > closed_us - then->issued_time_us();
}

int64_t WhatIf::UnknownThatMightWin(const Course& course, int32_t winner) const {
  PackageAggregate package = *engine_.state().Package(course.past.row.number());
  std::vector<int32_t> unknown;
  for (OfferRow& offer : package.offers) {
    if (!IsUnknown(course, offer, engine_.state().last_time_us)) {
      // Everybody else has said what they say.
      if (offer.state() == v1::OFFER_STATE_OPEN) offer.set_state(v1::OFFER_STATE_LAPSED);
      continue;
    }
    unknown.push_back(offer.ordinal());
    offer.set_state(v1::OFFER_STATE_LAPSED);
  }
  if (winner == 0) return static_cast<int64_t>(unknown.size());
  const v1::FrameworkRules& rules = engine_.directory().Framework(framework_id_)->rules();
  const absl::Time now = absl::FromUnixMicros(engine_.state().last_time_us);
  const AwardQuestion question{
      package, rules, engine_.directory(), engine_.state().rollups, now, LocalDate(now, zone_)};
  const Ranking ranking = RankAcceptances(question);
  if (ranking.best == ranking.valid) return static_cast<int64_t>(unknown.size());
  int64_t might = 0;
  for (int32_t ordinal : unknown) {  // one at a time: could this one have come first?
    OfferRow& offer = package.offers[static_cast<size_t>(ordinal - 1)];
    offer.set_state(v1::OFFER_STATE_OPEN);
    might += !IsCertain(question, ranking);
    offer.set_state(v1::OFFER_STATE_LAPSED);
  }
  return might;
}

void WhatIf::Observe(const journal::v1::PackageAwarded& awarded) {
  Course& course = packages_.at(awarded.package_number());
  const PackageAggregate& package = *engine_.state().Package(awarded.package_number());
  const int32_t winner = awarded.award().offer_ordinal();
  course.unknown = UnknownThatMightWin(course, winner);
  const OfferRow& offer = package.offers[static_cast<size_t>(winner - 1)];
  course.winner_would = offer.provider_id();
  course.minutes_to_source_would =
      MinutesBetween(package.row.released_time_us(), awarded.award().time_us());
  v1::WhatIfProvider& provider = providers_[offer.provider_id()];
  provider.set_awarded_would(provider.awarded_would() + 1);
  provider.set_minutes_would(provider.minutes_would() + package.row.terms().weekly_minutes());
  would_.set_awarded(would_.awarded() + 1);
}

void WhatIf::Finish(absl::Time now) {
  RunUntil(now);
  for (auto& [number, course] : packages_) {
    would_.set_packages(would_.packages() + 1);
    PickUpUnits units;
    for (OfferRow offer : engine_.state().Package(number)->offers) {
      const OfferRow* then = Then(course, offer);
      if (then != nullptr && then->has_claim()) *offer.mutable_claim() = then->claim();
      const bool no_answer = ClassOf(offer) == v1::RESPONSE_CLASS_SILENT;
      const bool unknown =
          then == nullptr || (no_answer && IsUnknown(course, offer, offer.deadline_us()));
      CountOffer(offer, unknown, &would_);
      units.Add(offer, unknown);
    }
    units.Count(&units_would_);
  }
}

v1::WhatIfTotals WhatIf::TotalsOfReplay() const {
  v1::WhatIfTotals totals = would_;
  totals.set_unfilled(totals.packages() - totals.awarded());
  *totals.mutable_pick_up() = PickUpOfAll(units_would_);
  std::vector<int64_t> minutes;
  for (const auto& [number, course] : packages_) {
    if (course.minutes_to_source_would >= 0) minutes.push_back(course.minutes_to_source_would);
  }
  SetTimes(std::move(minutes), &totals);
  return totals;
}

void WhatIf::ReportProviders(const WhatIf& replayed, v1::PreviewFrameworkResponse* response) const {
  std::map<std::string, v1::WhatIfProvider> providers = providers_;
  for (const auto& [id, provider] : replayed.providers_) {
    providers[id].set_offers_replayed(provider.offers_would());
    providers[id].set_minutes_replayed(provider.minutes_would());
    providers[id].set_awarded_replayed(provider.awarded_would());
  }
  const auto rate_in = [](const std::map<std::string, v1::Counts>& units, const std::string& id) {
    const auto found = units.find(id);
    return found == units.end() ? v1::Rate() : PickUpOf(found->second);
  };
  for (const auto& [id, provider] : providers) {
    v1::WhatIfProvider& told = *response->add_providers();
    told = provider;
    told.set_provider_id(id);
    *told.mutable_pick_up_was() = rate_in(units_was_, id);
    *told.mutable_pick_up_would() = rate_in(units_would_, id);
    *told.mutable_pick_up_replayed() = rate_in(replayed.units_would_, id);
  }
}

v1::PreviewFrameworkResponse WhatIf::Result(const WhatIf& replayed,
                                            absl::string_view authority_id) const {
  v1::PreviewFrameworkResponse response;
  *response.mutable_was() = was_;
  response.mutable_was()->set_unfilled(was_.packages() - was_.awarded());
  *response.mutable_was()->mutable_pick_up() = PickUpOfAll(units_was_);
  *response.mutable_would() = TotalsOfReplay();
  *response.mutable_replayed() = replayed.TotalsOfReplay();
  std::vector<int64_t> times_was;
  for (const auto& [number, course] : packages_) {
    const Course& again = replayed.packages_.at(number);
    if (course.minutes_to_source_was >= 0) times_was.push_back(course.minutes_to_source_was);
    if (course.unknown > 0) response.set_undecidable(response.undecidable() + 1);
    if (course.winner_would == again.winner_would) continue;
    response.set_moved(response.moved() + 1);
    const bool own = authority_id.empty() || course.past.row.authority_id() == authority_id;
    if (!own || response.packages_size() >= kPackagesToldMax) continue;
    v1::WhatIfPackage& package = *response.add_packages();
    package.set_package_id(FormatPackageId({course.past.row.year(), number}));
    package.set_winner_was(course.winner_was);
    package.set_winner_replayed(again.winner_would);
    package.set_winner_would(course.winner_would);
    package.set_unknown(course.unknown);
  }
  SetTimes(std::move(times_was), response.mutable_was());
  ReportProviders(replayed, &response);
  return response;
}

}  // namespace brokerage::engine
