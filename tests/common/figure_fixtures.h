// Packages and offers for tests of figures: short ways to issue, answer and award, and a seeded
// history of everything that can happen to an offer.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/package_aggregate.h"
#include "engine/rollups.h"

namespace brokerage::engine::testing {

inline PackageAggregate MakePackage(uint64_t number, DateNumber submitted = 20180702) {
  PackageAggregate package;
  journal::v1::PackageRow& row = package.row;
  row.set_number(number);
  row.set_year(submitted / 10000);
  row.set_state(v1::PACKAGE_STATE_OFFERED);
  row.set_framework_id("shire");
  row.set_authority_id("council");
  row.set_urgency(v1::URGENCY_STANDARD);
  row.set_ward_code("E05000001");
  row.set_lot_id("north");
  row.mutable_terms()->set_service_type(v1::SERVICE_TYPE_HOME_CARE);
  row.mutable_terms()->set_weekly_minutes(600);
  row.set_terms_version(1);
  row.set_submitted_date(submitted);
  row.set_released_time_us(1);
  return package;
}

struct Issue {
  std::string contract_id = "north/lead/alder";
  std::string provider_id = "alder";
  std::string branch_id = "alder-north";
  std::string tier_id = "lead";
  DateNumber date = 20180703;
  int32_t round = 1;
  int32_t rule = 1;
  bool restart = false;
};

// The offer is open. The reference holds until the next issue.
inline journal::v1::OfferRow& Put(PackageAggregate* package, const Issue& issue = {}) {
  journal::v1::OfferRow& offer = package->offers.emplace_back();
  offer.set_package_number(package->row.number());
  offer.set_ordinal(static_cast<int32_t>(package->offers.size()));
  offer.set_round_number(issue.round);
  offer.set_rule_number(issue.rule);
  offer.set_state(v1::OFFER_STATE_OPEN);
  offer.set_provider_id(issue.provider_id);
  offer.set_branch_id(issue.branch_id);
  offer.set_contract_id(issue.contract_id);
  offer.set_tier_id(issue.tier_id);
  offer.set_issued_date(issue.date);
  offer.set_restart(issue.restart);
  offer.set_terms_version(package->row.terms_version());
  offer.set_service_type(package->row.terms().service_type());
  package->row.set_offer_count(offer.ordinal());
  return offer;
}

inline void Reply(journal::v1::OfferRow& offer, v1::Answer answer, bool late = false) {
  journal::v1::AnswerRow* row = offer.add_answers();
  row->set_answer(answer);
  row->set_late(late);
  offer.set_state(answer == v1::ANSWER_ACCEPT ? v1::OFFER_STATE_ACCEPTED
                                              : v1::OFFER_STATE_DECLINED);
}

inline void Lapse(journal::v1::OfferRow& offer) {
  offer.set_settled(true);
  if (offer.state() == v1::OFFER_STATE_OPEN) offer.set_state(v1::OFFER_STATE_LAPSED);
}

inline void Uphold(journal::v1::OfferRow& offer) {
  offer.mutable_claim()->set_state(v1::CLAIM_STATE_UPHELD);
  offer.set_state(v1::OFFER_STATE_CLOSED);
}

// Counts the package and all its offers, one after the other as they are issued.
inline void TallyAll(const PackageAggregate& package, RollupTable* table) {
  TallyPackage(package, 1, table);
  PackageAggregate so_far = package;
  so_far.offers.clear();
  for (const journal::v1::OfferRow& offer : package.offers) {
    TallyUnits(so_far, offer, -1, table);
    so_far.offers.push_back(offer);
    TallyOffer(so_far, offer, 1, table);
    TallyUnits(so_far, offer, 1, table);
  }
}

// Changes one offer of a package that was counted before, as Apply does it.
template <typename Function>
void ChangeOffer(PackageAggregate* package, size_t index, RollupTable* table, Function change) {
  journal::v1::OfferRow& offer = package->offers[index];
  TallyOffer(*package, offer, -1, table);
  TallyUnits(*package, offer, -1, table);
  change(offer);
  TallyOffer(*package, offer, 1, table);
  TallyUnits(*package, offer, 1, table);
}

// What the framework "shire" of the tests is made of.
struct Shire {
  std::vector<std::string> wards = {"E05000001", "E05000002", "E05000003",
                                    "E05000004"};  // two of north, two of south
  std::vector<std::string> providers = {"alder", "beech", "cedar"};
  std::vector<std::string> tiers = {"lead", "additional"};
  std::vector<std::string> authorities = {"council", "nhs"};
};

inline void RandomFate(std::mt19937& random, journal::v1::OfferRow* offer) {
  auto chance = [&](int percent) { return static_cast<int>(random() % 100) < percent; };
  auto cause = [&] { return static_cast<v1::Cause>(1 + random() % 3); };
  if (chance(5)) return Uphold(*offer);
  if (chance(8)) return offer->set_state(v1::OFFER_STATE_CLOSED);
  const bool answered = chance(70);
  if (answered && chance(80)) Reply(*offer, chance(60) ? v1::ANSWER_ACCEPT : v1::ANSWER_DECLINE);
  if (chance(75)) Lapse(*offer);
  if (answered && offer->settled() && chance(50)) {
    Reply(*offer, chance(50) ? v1::ANSWER_ACCEPT : v1::ANSWER_DECLINE, /*late=*/true);
  }
  if (offer->state() != v1::OFFER_STATE_ACCEPTED || chance(20)) return;
  offer->set_state(static_cast<v1::OfferState>(v1::OFFER_STATE_WON + random() % 3));
  if (offer->state() != v1::OFFER_STATE_WON) return;
  if (chance(30)) return offer->set_returned_cause(cause());
  offer->set_started(chance(80));
  if (offer->started() && chance(20)) {
    offer->set_handed_back_cause(cause());
    offer->set_handed_back_in_cohort(chance(50));
  } else if (offer->started()) {
    offer->set_ceased(chance(30));
  }
}

// One package with up to four rounds over up to four months of 2018, several branches of a provider
// at times.
inline PackageAggregate RandomPackage(std::mt19937& random, uint64_t number) {
  static const Shire shire;
  absl::CivilDay day = absl::CivilDay(2018, 7, 2) + static_cast<int>(random() % 180);
  PackageAggregate package = MakePackage(number, ToDateNumber(day));
  const size_t ward = random() % shire.wards.size();
  package.row.set_ward_code(shire.wards[ward]);
  package.row.set_lot_id(ward < 2 ? "north" : "south");
  package.row.set_authority_id(shire.authorities[random() % 2]);
  package.row.set_urgency(random() % 3 == 0 ? v1::URGENCY_URGENT : v1::URGENCY_STANDARD);
  if (random() % 2) package.row.set_postcode_sector(random() % 2 ? "NG18 1" : "DN22 6");
  package.row.mutable_terms()->set_service_type(random() % 4 ? v1::SERVICE_TYPE_HOME_CARE
                                                             : v1::SERVICE_TYPE_LIVE_IN);
  package.row.set_state(static_cast<v1::PackageState>(1 + random() % 8));
  const int rounds = 1 + static_cast<int>(random() % 4);
  for (int round = 1; round <= rounds; ++round) {
    for (const std::string& provider : shire.providers) {
      if (random() % 3 == 0) continue;
      const std::string tier = shire.tiers[random() % 2];
      const int branches = 1 + static_cast<int>(random() % 4 == 0);
      for (int branch = 1; branch <= branches; ++branch) {
        Issue issue;
        issue.contract_id = absl::StrCat(package.row.lot_id(), "/", tier, "/", provider);
        issue.provider_id = provider;
        issue.branch_id = provider + "-" + std::to_string(branch);
        issue.tier_id = tier;
        issue.date = ToDateNumber(day);
        issue.round = round;
        issue.rule = 1 + (round - 1) % 2;
        issue.restart = round == 1 && random() % 15 == 0;
        RandomFate(random, &Put(&package, issue));
      }
    }
    day += 1 + static_cast<int>(random() % 40);
    if (random() % 3 == 0) package.row.set_terms_version(package.row.terms_version() + 1);
  }
  return package;
}

}  // namespace brokerage::engine::testing
