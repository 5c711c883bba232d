#include "tests/reference/random_framework.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/calendar.h"
#include "engine/framework/rules.h"
#include "engine/model/directory.h"
#include "engine/model/fact_keys.h"

namespace brokerage::engine::reference {

namespace {

constexpr char kFramework[] = "random";

class Maker {
 public:
  Maker(uint64_t seed, bool adaptive)
      : dice_(seed), area_dice_(~seed), lives_dice_(seed + 99991), adaptive_(adaptive) {}

  RandomFramework Make() {
    absl::LoadTimeZone("Europe/London", &framework_.zone);
    day_ = absl::CivilDay(2018, 7, 2) + dice_.Below(900);
    framework_.start = absl::FromCivil(absl::CivilHour(day_) + 8, framework_.zone);
    MakeRules();
    MakeRounds();
    MakeCriteria();
    MakePlaces();
    framework_.by_area = area_dice_.Percent(35);
    if (area_dice_.Percent(50)) {
      framework_.rules.set_coverage_decision(v1::COVERAGE_DECISION_AUTOMATIC);
    }
    for (int i = 0, many = dice_.Between(4, 9); i < many; ++i) MakeProvider(absl::StrCat("p", i));
    for (const std::string& lot : lots_) MakeContracts(lot);
    if (dice_.Percent(50)) {
      framework_.rules.mutable_interim()->add_service_types(v1::SERVICE_TYPE_SHORT_TERM_CARE);
      framework_.rules.mutable_interim()->set_limit_days(dice_.Between(1, 3));
    }
    if (adaptive_) MakeAdaptiveRelease();
    return std::move(framework_);
  }

 private:
  journal::v1::DirectoryFact& NewFact(std::string key) {
    journal::v1::DirectoryFact& fact = framework_.facts.emplace_back();
    fact.set_key(std::move(key));
    fact.set_framework_id(kFramework);
    fact.set_source(journal::v1::FACT_SOURCE_FILE);
    return fact;
  }

  std::string Date(int64_t days_from_start) {
    return FormatDate(ToDateNumber(day_ + days_from_start));
  }

  void RandomWindow(v1::Window* window, bool urgent) {
    switch (adaptive_ ? 0 : dice_.Below(3)) {
      case 0:
        window->set_hours(urgent || adaptive_ ? dice_.Between(2, 24) : dice_.Between(12, 72));
        break;
      case 1:
        window->set_days(urgent ? 1 : dice_.Between(1, 4));
        break;
      default:
        window->set_working_days(urgent ? 1 : dice_.Between(1, 3));
        break;
    }
  }

  void MakeRules() {
    v1::FrameworkRules& rules = framework_.rules;
    rules.set_framework_id(kFramework);
    rules.set_name("Random");
    rules.set_time_zone("Europe/London");
    rules.set_commencement_date(Date(-dice_.Between(0, 500)));
    for (int i = 0, many = dice_.Between(1, 2); i < many; ++i) {
      framework_.authorities.push_back(absl::StrCat("council", i));
      v1::Authority* authority = rules.add_authorities();
      authority->set_id(framework_.authorities.back());
      authority->set_name(framework_.authorities.back());
    }
    if (dice_.Percent(50)) {
      for (int weekday = 1; weekday <= 7; ++weekday) {
        if (weekday > 5 && dice_.Percent(50)) continue;
        v1::DistributionTime* time = rules.add_distribution_times();
        time->set_day_of_week(weekday);
        time->set_local_time(weekday > 5 ? "10:30" : "11:00");
      }
    }
    if (dice_.Percent(60)) {
      RandomWindow(rules.mutable_restart()->mutable_standard_window(), true);
      RandomWindow(rules.mutable_restart()->mutable_urgent_window(), true);
    }
    for (v1::NeedKind kind : {v1::NEED_KIND_DOUBLE_HANDED, v1::NEED_KIND_LANGUAGE}) {
      if (dice_.Percent(40)) rules.add_filtering_needs(kind);
    }
    rules.set_figure_period(static_cast<v1::FigurePeriod>(dice_.Below(v1::FigurePeriod_ARRAYSIZE)));
    rules.set_claim_working_days(5);
    rules.set_fairness_months(dice_.Between(0, 3));
    if (dice_.Percent(40)) rules.add_fairness_excluded_services(v1::SERVICE_TYPE_SHORT_TERM_CARE);
    if (dice_.Percent(30)) rules.set_price_floor_pence(1700);
    if (dice_.Percent(30)) rules.set_price_ceiling_pence(2100);
    rules.set_quality_weight_percent(dice_.Between(0, 10) * 10);
    rules.set_several_branches_per_provider(dice_.Percent(25));
    rules.set_pick_up_numerator(
        static_cast<v1::PickUpNumerator>(dice_.Below(v1::PickUpNumerator_ARRAYSIZE)));
    rules.set_sanction_minimum_units(dice_.Percent(50) ? 3 : 0);
    if (dice_.Percent(50)) rules.set_coverage_decision(v1::COVERAGE_DECISION_AUTOMATIC);
    rules.set_hand_back_days(dice_.Percent(50) ? dice_.Between(1, 6) : 0);
    MakeScorecardRules();
    MakeLifeRules();
  }

  void MakeLifeRules() {
    v1::FrameworkRules& rules = framework_.rules;
    rules.set_placed_hours_count(lives_dice_.Percent(50));
    if (lives_dice_.Percent(60)) {
      rules.mutable_placing_refusal_window()->set_hours(lives_dice_.Between(2, 30));
    }
    Dice running(lives_dice_.Between(0, 1 << 30));  // of their own
    if (running.Percent(60)) {
      rules.mutable_pause()->set_retention_days(running.Between(1, 6));
      rules.mutable_pause()->mutable_restart_window()->set_hours(running.Between(2, 60));
    }
    if (running.Percent(60)) {
      rules.mutable_terms_change()->mutable_window()->set_hours(running.Between(2, 60));
      rules.mutable_terms_change()->set_growth_percent_max(running.Between(0, 2) * 30);
    }
    if (lives_dice_.Percent(50)) return;
    for (int days : {0, 2}) {
      v1::ShortenedWindow& shortened = *rules.add_shortened_windows();
      shortened.set_days_left_max(days);
      shortened.mutable_window()->set_hours(lives_dice_.Between(1, 6) + days);
    }
  }

  void MakeScorecardRules() {
    v1::FrameworkRules& rules = framework_.rules;
    if (dice_.Percent(80)) rules.set_response_target_percent(dice_.Between(50, 95));
    if (rules.response_target_percent() > 0 && dice_.Percent(50)) {
      rules.set_medium_risk_percent(dice_.Between(10, 49));
    }
    rules.set_anonymous_comparison(dice_.Percent(50));
    for (v1::Kpi kpi : {v1::KPI_RESPONSE, v1::KPI_RESTARTS}) {
      if (dice_.Percent(30)) continue;
      v1::RateBands* bands = rules.add_bands();
      bands->set_kpi(kpi);
      bands->set_green_percent(dice_.Between(51, 95));
      bands->set_amber_percent(dice_.Between(20, 50));
      v1::PrintedGap* gap = bands->add_printed_gaps();
      gap->set_above_percent(dice_.Between(30, 75));
      gap->set_below_percent(gap->above_percent() + 20);
    }
  }

  void MakeRounds() {
    const int tiers = dice_.Between(adaptive_ ? 2 : 1, 3);
    for (int i = 1; i <= tiers; ++i) {
      v1::Tier* tier = framework_.rules.add_tiers();
      tier->set_id(absl::StrCat("t", i));
      tier->set_name(tier->id());
      tier->set_order(i);
      tier->set_minimum_pickup_percent(dice_.Percent(70) ? dice_.Between(10, 90) : 0);
      tier->set_target_share_percent(dice_.Percent(60) ? dice_.Between(10, 90) : 0);
    }
    int next_tier = 1;
    while (next_tier <= tiers || framework_.rules.rounds_size() < 1) {
      v1::RoundRule* round = framework_.rules.add_rounds();
      const int first = next_tier;
      do {
        round->add_tier_ids(absl::StrCat("t", next_tier++));
      } while (next_tier <= tiers && dice_.Percent(adaptive_ ? 10 : 55));
      if (first > 1 && dice_.Percent(30)) round->add_tier_ids("t1");  // asked again
      RandomWindow(round->mutable_standard_window(), false);
      RandomWindow(round->mutable_urgent_window(), true);
      round->set_award_timing(dice_.Percent(60) ? v1::AWARD_TIMING_AS_SOON_AS_CERTAIN
                                                : v1::AWARD_TIMING_AT_CLOSE);
      round->set_award_mode(static_cast<v1::AwardMode>(dice_.Below(v1::AwardMode_ARRAYSIZE)));
    }
  }

  void MakeAdaptiveRelease() {
    v1::AdaptiveRelease* release = framework_.rules.mutable_adaptive_release();
    release->set_lower_percent(dice_.Between(30, 95));
    release->set_upper_percent(std::min(100, release->lower_percent() + dice_.Between(0, 3) * 5));
    if (dice_.Percent(30)) release->set_over_packages(dice_.Between(20, 25));
    release->set_contract_clause("9.2");
  }

  void MakeCriteria() {
    std::vector<v1::AwardCriterion> all = ListedCriteria();
    const int most = static_cast<int>(all.size());
    dice_.Shuffle(&all);
    all.resize(
        static_cast<size_t>(dice_.Percent(40) ? dice_.Between(4, most) : dice_.Between(0, 3)));
    if (dice_.Percent(30)) {
      std::erase(all, v1::AWARD_CRITERION_TIER);
      all.insert(all.begin(), v1::AWARD_CRITERION_TIER);
    }
    for (v1::AwardCriterion criterion : all) {
      v1::CriterionRule* rule = framework_.rules.add_award_criteria();
      rule->set_criterion(criterion);
      rule->set_contract_clause("9.1");
    }
  }

  void MakePlaces() {
    for (int i = 0, many = adaptive_ || dice_.Percent(50) ? 1 : dice_.Between(2, 4); i < many;
         ++i) {
      const std::string lot = absl::StrCat("lot", i);
      lots_.push_back(lot);
      v1::Lot* fact = NewFact(LotKey(kFramework, lot)).mutable_lot();
      fact->set_id(lot);
      fact->set_name(lot);
      fact->set_framework_id(kFramework);
      for (int w = 0, wards = dice_.Between(1, 3); w < wards; ++w) MakeWard(lot);
    }
    for (int i = 0; i < 3; ++i) {
      const DateNumber date = ToDateNumber(day_ + dice_.Below(30));
      v1::Holiday* holiday = NewFact(HolidayKey(kFramework, date)).mutable_holiday();
      holiday->set_date(FormatDate(date));
      holiday->set_name("Holiday");
    }
  }

  void MakeWard(const std::string& lot) {
    const std::string code = absl::StrCat("E0500000", framework_.wards.size());
    framework_.wards.push_back(code);
    v1::Ward* ward = NewFact(WardKey(kFramework, code)).mutable_ward();
    ward->set_code(code);
    ward->set_name(code);
    ward->set_district_code("E07");
    ward->set_district(dice_.Percent(50) ? "Coldham" : "Warmley");
    ward->set_price_level(static_cast<v1::PriceLevel>(dice_.Between(1, v1::PriceLevel_MAX)));
    ward->set_easting(450000 + static_cast<int>(dice_.Below(20000)));
    ward->set_northing(350000 + static_cast<int>(dice_.Below(20000)));
    auto* member = NewFact(LotWardKey(kFramework, lot, code)).mutable_lot_ward();
    member->set_lot_id(lot);
    member->set_ward_code(code);
  }

  void MakeProvider(const std::string& id) {
    framework_.providers.push_back(id);
    v1::Provider* provider = NewFact(ProviderKey(id)).mutable_provider();
    provider->set_id(id);
    provider->set_legal_name(id + " Ltd");
    const int branches = dice_.Percent(7) ? 0 : dice_.Percent(50) ? 1 : dice_.Between(2, 3);
    for (int i = 0; i < branches; ++i) MakeBranch(id, absl::StrCat(id, "-b", i));
  }

  void MakeBranch(const std::string& provider_id, const std::string& id) {
    framework_.branches.push_back(id);
    v1::Branch* branch = NewFact(BranchKey(id)).mutable_branch();
    branch->set_id(id);
    branch->set_provider_id(provider_id);
    branch->set_name(id);
    branch->set_regulator_active(dice_.Percent(94));
    if (dice_.Percent(85)) {
      branch->set_easting(450000 + dice_.Between(0, 4) * 5000);  // some are equally far
      branch->set_northing(350000 + dice_.Between(0, 4) * 5000);
    }
    if (dice_.Percent(80)) branch->add_needs_met()->set_kind(v1::NEED_KIND_DOUBLE_HANDED);
    if (dice_.Percent(50)) {
      v1::Need* need = branch->add_needs_met();
      need->set_kind(v1::NEED_KIND_LANGUAGE);
      need->set_value(dice_.Percent(50) ? "Polish" : "urdu");
    }
    // One that covers areas may cover some wards besides.
    const bool opted_in = framework_.by_area && area_dice_.Percent(70);
    if (opted_in) MakeAreaCoverage(id);
    for (const std::string& ward : framework_.wards) {
      if (opted_in && area_dice_.Percent(80)) continue;
      for (v1::ServiceType service : {v1::SERVICE_TYPE_HOME_CARE, v1::SERVICE_TYPE_LIVE_IN,
                                      v1::SERVICE_TYPE_SHORT_TERM_CARE}) {
        if (!dice_.Percent(service == v1::SERVICE_TYPE_HOME_CARE ? 90 : 65)) continue;
        v1::Coverage* line = NewFact(CoverageKey(id, ward, service)).mutable_coverage();
        line->set_branch_id(id);
        line->set_ward_code(ward);
        line->set_service_type(service);
        line->set_from_date(Date(dice_.Percent(90) ? -100 : dice_.Between(0, 15)));
        if (dice_.Percent(10)) line->set_to_date(Date(dice_.Between(16, 35)));
        line->set_priority(dice_.Between(1, 3));
      }
    }
  }

  void MakeAreaCoverage(const std::string& branch_id) {
    for (const char* area : kAreas) {
      for (v1::ServiceType service : {v1::SERVICE_TYPE_HOME_CARE, v1::SERVICE_TYPE_LIVE_IN,
                                      v1::SERVICE_TYPE_SHORT_TERM_CARE}) {
        if (!area_dice_.Percent(service == v1::SERVICE_TYPE_HOME_CARE ? 75 : 50)) continue;
        v1::Coverage line;
        line.set_branch_id(branch_id);
        line.set_postcode_area(area);
        line.set_framework_id(kFramework);
        line.set_service_type(service);
        line.set_from_date(Date(area_dice_.Percent(85) ? -100 : area_dice_.Between(0, 15)));
        if (area_dice_.Percent(15)) line.set_to_date(Date(area_dice_.Between(10, 35)));
        line.set_priority(area_dice_.Between(1, 3));
        *NewFact(CoverageKey(line)).mutable_coverage() = line;
      }
    }
  }

  void MakeContracts(const std::string& lot) {
    for (const v1::Tier& tier : framework_.rules.tiers()) {
      if (tier.order() == 1 && dice_.Percent(15)) continue;  // no award in this tier
      for (const std::string& provider : framework_.providers) {
        if (dice_.Percent(tier.order() == 1 ? 50 : 65)) MakeContract(lot, tier, provider);
      }
    }
  }

  void MakeContract(const std::string& lot, const v1::Tier& tier, const std::string& provider) {
    const std::string id = absl::StrCat(lot, "/", tier.id(), "/", provider);
    framework_.contracts.push_back(id);
    journal::v1::DirectoryFact& fact = NewFact(ContractKey(id));
    v1::Contract* contract = fact.mutable_contract();
    contract->set_id(id);
    contract->set_framework_id(kFramework);
    contract->set_provider_id(provider);
    contract->set_lot_id(lot);
    contract->set_tier_id(tier.id());
    if (dice_.Percent(95)) contract->add_service_types(v1::SERVICE_TYPE_HOME_CARE);
    if (dice_.Percent(75)) contract->add_service_types(v1::SERVICE_TYPE_LIVE_IN);
    if (dice_.Percent(75)) contract->add_service_types(v1::SERVICE_TYPE_SHORT_TERM_CARE);
    contract->set_from_date(Date(dice_.Percent(60) ? -200 : dice_.Between(-100, 10)));
    if (dice_.Percent(10)) {
      const DateNumber to = ToDateNumber(day_ + dice_.Between(12, 35));
      contract->set_to_date(FormatDate(to));
      fact.set_effective_time_us(
          absl::ToUnixMicros(StartOfDay(FromDateNumber(to), framework_.zone)));
    }
    contract->set_minimum_pickup_percent(dice_.Percent(80) ? tier.minimum_pickup_percent()
                                                           : dice_.Between(0, 100));
    contract->set_rank(dice_.Between(0, 4));
    contract->set_quality_score(dice_.Between(0, 20) * 5);
    auto price = [this] { return dice_.Percent(8) ? 0 : 1600 + dice_.Between(0, 6) * 100; };
    contract->mutable_prices()->set_urban_pence(price());
    contract->mutable_prices()->set_fringe_pence(price());
    contract->mutable_prices()->set_rural_pence(price());
    contract->mutable_prices()->set_isolated_pence(price());
  }

  Dice dice_;
  Dice area_dice_;  // for coverage by area, so that the rest of a seed's framework is as without it
  Dice lives_dice_;  // likewise for what happens beside the rounds
  const bool adaptive_;
  RandomFramework framework_;
  absl::CivilDay day_;
  std::vector<std::string> lots_;
};

}  // namespace

RandomFramework MakeRandomFramework(uint64_t seed, bool adaptive) {
  return Maker(seed, adaptive).Make();
}

}  // namespace brokerage::engine::reference
