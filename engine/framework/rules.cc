#include "engine/framework/rules.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/bounds.h"
#include "engine/base/calendar.h"
#include "engine/base/ids.h"
#include "engine/base/suggestions.h"
#include "engine/base/text.h"
#include "google/protobuf/descriptor.h"

namespace brokerage::engine {

namespace {

constexpr int kFairnessMonthsMax = 36;
constexpr int kHandBackDaysMax = 366;
constexpr int kBackdatingDaysMax = 366;
constexpr int kRetentionDaysMax = 50 * 366;
constexpr int kTierOrderMax = 1000;
constexpr int kPenceMax = 1000000;
constexpr int kUnitsMax = 1000000;
constexpr int kDaysAYear = 366;

// Whether the rules have an id that keys of facts can be made with.
bool HasFrameworkId(const v1::FrameworkRules& rules) {
  return IsPlainId(rules.framework_id(), limits::kIdBytesMax) &&
         rules.framework_id().find('.') == std::string::npos;
}

bool MayBeListed(v1::AwardCriterion criterion) {
  switch (criterion) {
    case v1::AWARD_CRITERION_TIER:
    case v1::AWARD_CRITERION_RANK:
    case v1::AWARD_CRITERION_CONTRACTED_SHORTFALL:
    case v1::AWARD_CRITERION_SHARE_SHORTFALL:
    case v1::AWARD_CRITERION_FEWEST_RECENT_HOURS:
    case v1::AWARD_CRITERION_PRICE:
    case v1::AWARD_CRITERION_WEIGHTED_SCORE:
    case v1::AWARD_CRITERION_PREFERRED_BY_PERSON:
    case v1::AWARD_CRITERION_EARLIEST_START:
    case v1::AWARD_CRITERION_EARLIEST_ANSWER:
    case v1::AWARD_CRITERION_LINKED:
      return true;
    case v1::AWARD_CRITERION_IN_TIME:
    case v1::AWARD_CRITERION_EARLIER_ROUND:
    case v1::AWARD_CRITERION_WITHIN_PRICE_LIMITS:
    case v1::AWARD_CRITERION_WHOLE:
    case v1::AWARD_CRITERION_TIE_BREAK:
    case v1::AWARD_CRITERION_UNSPECIFIED:
    case v1::AwardCriterion_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::AwardCriterion_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return false;
}

using Step = RulesFile::Step;
using Path = std::initializer_list<Step>;

class RulesChecker {
 public:
  RulesChecker(const RulesFile& file, FrameworkErrors* errors)
      : file_(file), rules_(file.rules()), errors_(errors) {}

  void CheckIdentity(absl::FunctionRef<bool(const std::string&)> zone_known) {
    if (!HasFrameworkId(rules_)) {
      Fail({"framework_id"}, absl::StrCat(Quoted(rules_.framework_id()),
                                          " is no framework id; lower case letters, digits and "
                                          "hyphens, at most ",
                                          limits::kIdBytesMax));
    }
    CheckName({"name"}, rules_.name());
    if (rules_.authorities().empty()) {
      Fail({"authorities"},
           "at least one authority is required, such as { id: \"ncc\" name: \"The County\" }");
    }
    std::set<std::string> ids;
    for (int i = 0; i < rules_.authorities_size(); ++i) {
      const v1::Authority& authority = rules_.authorities(i);
      CheckId({{"authorities", i}, "id"}, authority.id(), &ids);
      CheckName({{"authorities", i}, "name"}, authority.name());
    }
    if (!rules_.authorities().empty() &&
        std::all_of(rules_.authorities().begin(), rules_.authorities().end(),
                    [](const v1::Authority& authority) { return authority.reads_only(); })) {
      Fail({{"authorities", 0}, "reads_only"},
           "at least one authority must buy; leave reads_only out of it");
    }
    if (!IsUtf8(rules_.time_zone()) || !zone_known(rules_.time_zone())) {
      Fail({"time_zone"}, absl::StrCat(Quoted(rules_.time_zone()),
                                       " is not a known time zone; such as \"Europe/London\""));
    }
    if (!ParseDate(rules_.commencement_date())) {
      Fail({"commencement_date"}, absl::StrCat(Quoted(rules_.commencement_date()),
                                               " is not a date of the form \"2018-07-01\""));
    }
  }

  void CheckDistributionTimes() {
    std::set<std::pair<int, std::string>> seen;
    for (int i = 0; i < rules_.distribution_times_size(); ++i) {
      const v1::DistributionTime& time = rules_.distribution_times(i);
      CheckRange({{"distribution_times", i}, "day_of_week"}, time.day_of_week(), 1, 7);
      if (!ParseLocalTime(time.local_time())) {
        Fail({{"distribution_times", i}, "local_time"},
             absl::StrCat(Quoted(time.local_time()), " is not a time of the form \"11:00\""));
      }
      if (!seen.emplace(time.day_of_week(), time.local_time()).second) {
        Fail({{"distribution_times", i}}, "the same day and time are there twice; take one out");
      }
    }
  }

  void CheckTiers() {
    int count = rules_.tiers_size();
    if (count == 0) {
      Fail({"tiers"},
           "at least one tier is required, such as { id: \"lead\" name: \"Lead\" order: 1 }");
    }
    if (count > limits::kTiersPerFrameworkMax) {
      Fail({"tiers"},
           absl::StrCat(count, " tiers; at most ", limits::kTiersPerFrameworkMax, " are allowed"));
    }
    std::map<int, std::string> by_order;
    for (int i = 0; i < count; ++i) {
      const v1::Tier& tier = rules_.tiers(i);
      CheckId({{"tiers", i}, "id"}, tier.id(), &tier_ids_);
      CheckName({{"tiers", i}, "name"}, tier.name());
      CheckRange({{"tiers", i}, "order"}, tier.order(), 1, kTierOrderMax);
      auto [other, is_new] = by_order.emplace(tier.order(), tier.id());
      if (!is_new) {
        Fail({{"tiers", i}, "order"},
             absl::StrCat(tier.order(), " is the order of tier ", Quoted(other->second),
                          ", too; each has its own, 1 first"));
      }
      CheckPercent({{"tiers", i}, "minimum_pickup_percent"}, tier.minimum_pickup_percent());
      CheckPercent({{"tiers", i}, "target_share_percent"}, tier.target_share_percent());
    }
  }

  void CheckRounds() {
    int count = rules_.rounds_size();
    if (count == 0)
      Fail({"rounds"},
           "at least one round is required, with tier_ids, both windows and award_timing");
    if (count > limits::kRoundsPerFrameworkMax) {
      Fail({"rounds"}, absl::StrCat(count, " rounds; at most ", limits::kRoundsPerFrameworkMax,
                                    " are allowed"));
    }
    for (int i = 0; i < count; ++i) CheckRound(i);
    if (rules_.has_adaptive_release()) CheckAdaptiveRelease(rules_.adaptive_release());
    if (!rules_.has_restart()) return;
    const v1::RestartRule& restart = rules_.restart();
    CheckWindow({"restart", "standard_window"}, restart.has_standard_window(),
                restart.standard_window());
    CheckWindow({"restart", "urgent_window"}, restart.has_urgent_window(), restart.urgent_window());
  }

  void CheckCriteria() {
    std::set<int> seen;
    for (int i = 0; i < rules_.award_criteria_size(); ++i) {
      const v1::CriterionRule& rule = rules_.award_criteria(i);
      int number = rule.criterion();
      Path path = {{"award_criteria", i}, "criterion"};
      if (!v1::AwardCriterion_IsValid(number) || number == v1::AWARD_CRITERION_UNSPECIFIED) {
        Fail(path, "a criterion is required, such as AWARD_CRITERION_TIER");
      } else if (!MayBeListed(rule.criterion())) {
        Fail(path, absl::StrCat(v1::AwardCriterion_Name(rule.criterion()),
                                " always applies and is not listed; take it out"));
      } else if (!seen.insert(number).second) {
        Fail(path, absl::StrCat(v1::AwardCriterion_Name(rule.criterion()),
                                " is there twice; take one of the two out"));
      }
      CheckText({{"award_criteria", i}, "contract_clause"}, rule.contract_clause(),
                limits::kReasonBytesMax,
                "the contract clause that allows the criterion is required, such as \"Schedule 2, "
                "4.3\"");
    }
  }

  // What branches may do with themselves, and the services that end of themselves.
  void CheckBranchesOwn() {
    if (rules_.has_opt_out()) {
      const v1::OptOutRules& opt_out = rules_.opt_out();
      CheckRange({"opt_out", "days_a_year_max"}, opt_out.days_a_year_max(), 0, kDaysAYear);
      std::set<std::string> seen;
      for (int i = 0; i < opt_out.approval_tier_ids_size(); ++i) {
        CheckTierNamed({"opt_out", {"approval_tier_ids", i}}, opt_out.approval_tier_ids(i), &seen);
      }
    }
    if (!v1::CoverageDecision_IsValid(rules_.coverage_decision())) {
      Fail({"coverage_decision"}, absl::StrCat(rules_.coverage_decision(), " is not one of: ",
                                               ValuesOf(v1::CoverageDecision_descriptor())));
    }
    if (!rules_.has_interim()) return;
    const v1::InterimRule& interim = rules_.interim();
    CheckRange({"interim", "limit_days"}, interim.limit_days(), 1, kDaysAYear);
    if (interim.service_types().empty()) {
      Fail({"interim", "service_types"},
           "at least one service type is required, such as SERVICE_TYPE_INTERIM_RESPONSE");
    }
    CheckList("interim", "service_types", interim.service_types(), v1::ServiceType_IsValid,
              v1::ServiceType_descriptor());
  }

  // What happens to packages beside their rounds.
  void CheckLives() {
    CheckRange({"placing_packages_max"}, rules_.placing_packages_max(), 0, limits::kBatchItemsMax);
    CheckRange({"text_retention_days"}, rules_.text_retention_days(), 0, kRetentionDaysMax);
    if (rules_.has_placing_refusal_window()) {
      CheckWindow({"placing_refusal_window"}, true, rules_.placing_refusal_window());
    }
    CheckRange({"summary_days"}, rules_.summary_days(), 0, kRetentionDaysMax);
    CheckRange({"pause", "retention_days"}, rules_.pause().retention_days(), 0,
               limits::kWindowDaysMax);
    CheckRange({"pause", "days_max"}, rules_.pause().days_max(), 0, limits::kWindowDaysMax);
    if (rules_.pause().has_restart_window()) {
      CheckWindow({"pause", "restart_window"}, true, rules_.pause().restart_window());
    }
    if (rules_.terms_change().has_window()) {
      CheckWindow({"terms_change", "window"}, true, rules_.terms_change().window());
    }
    CheckRange({"terms_change", "growth_percent_max"}, rules_.terms_change().growth_percent_max(),
               0, 1000);
    int before = -1;
    for (int i = 0; i < rules_.shortened_windows_size(); ++i) {
      const v1::ShortenedWindow& shortened = rules_.shortened_windows(i);
      CheckRange({{"shortened_windows", i}, "days_left_max"}, shortened.days_left_max(), before + 1,
                 limits::kWindowDaysMax);
      before = shortened.days_left_max();
      CheckWindow({{"shortened_windows", i}, "window"}, shortened.has_window(), shortened.window());
      if (shortened.has_window() && !shortened.window().has_hours()) {
        Fail({{"shortened_windows", i}, "window"}, "hours, such as { hours: 2 }");
      }
    }
  }

  void CheckFigures() {
    CheckList(nullptr, "filtering_needs", rules_.filtering_needs(), v1::NeedKind_IsValid,
              v1::NeedKind_descriptor());
    CheckList(nullptr, "fairness_excluded_services", rules_.fairness_excluded_services(),
              v1::ServiceType_IsValid, v1::ServiceType_descriptor());
    if (!v1::FigurePeriod_IsValid(rules_.figure_period())) {
      Fail({"figure_period"}, absl::StrCat(rules_.figure_period(), " is not one of: ",
                                           ValuesOf(v1::FigurePeriod_descriptor())));
    }
    if (!v1::PickUpNumerator_IsValid(rules_.pick_up_numerator())) {
      Fail({"pick_up_numerator"}, absl::StrCat(rules_.pick_up_numerator(), " is not one of: ",
                                               ValuesOf(v1::PickUpNumerator_descriptor())));
    }
    CheckRange({"claim_working_days"}, rules_.claim_working_days(), 0, limits::kWindowDaysMax);
    CheckRange({"fairness_months"}, rules_.fairness_months(), 0, kFairnessMonthsMax);
    CheckRange({"sanction_minimum_units"}, rules_.sanction_minimum_units(), 0, kUnitsMax);
    CheckRange({"hand_back_days"}, rules_.hand_back_days(), 0, kHandBackDaysMax);
    CheckRange({"backdating_days_max"}, rules_.backdating_days_max(), 0, kBackdatingDaysMax);
    CheckPercent({"quality_weight_percent"}, rules_.quality_weight_percent());
    CheckPercent({"response_target_percent"}, rules_.response_target_percent());
    CheckPercent({"medium_risk_percent"}, rules_.medium_risk_percent());
    CheckRange({"price_floor_pence"}, rules_.price_floor_pence(), 0, kPenceMax);
    CheckRange({"price_ceiling_pence"}, rules_.price_ceiling_pence(), 0, kPenceMax);
    if (rules_.price_ceiling_pence() != 0 && file_.Knows("price_ceiling_pence") &&
        rules_.price_floor_pence() > rules_.price_ceiling_pence()) {
      Fail({"price_floor_pence"},
           absl::StrCat(rules_.price_floor_pence(), " is more than the ceiling, ",
                        rules_.price_ceiling_pence(), "; at most that"));
    }
  }

  void CheckScorecard() {
    const int target = rules_.response_target_percent();
    const int medium = rules_.medium_risk_percent();
    if (medium > 0 && target == 0 && file_.Knows("response_target_percent")) {
      Fail({"medium_risk_percent"},
           "needs response_target_percent: there is no risk without it; add it, or take this out");
    } else if (medium > 0 && medium >= target && file_.Knows("response_target_percent")) {
      Fail({"medium_risk_percent"},
           absl::StrCat(medium, " is not less than response_target_percent, ", target,
                        "; a percentage below it, or 0"));
    }
    std::set<int> seen;
    for (int i = 0; i < rules_.bands_size(); ++i) {
      const v1::RateBands& bands = rules_.bands(i);
      if (!v1::Kpi_IsValid(bands.kpi()) || bands.kpi() == v1::KPI_UNSPECIFIED) {
        Fail({{"bands", i}, "kpi"}, "a rate is required, such as KPI_RESPONSE");
      } else if (!seen.insert(bands.kpi()).second) {
        Fail({{"bands", i}, "kpi"},
             absl::StrCat(v1::Kpi_Name(bands.kpi()), " is there twice; take one of the two out"));
      }
      CheckPercent({{"bands", i}, "green_percent"}, bands.green_percent());
      CheckPercent({{"bands", i}, "amber_percent"}, bands.amber_percent());
      if (bands.amber_percent() >= bands.green_percent() && file_.Knows("green_percent")) {
        Fail({{"bands", i}, "amber_percent"},
             absl::StrCat(bands.amber_percent(), " is not less than green_percent, ",
                          bands.green_percent(), "; amber begins below green"));
      }
      for (int g = 0; g < bands.printed_gaps_size(); ++g) CheckPrintedGap(i, g);
    }
  }

 private:
  void CheckPrintedGap(int i, int g) {
    const v1::PrintedGap& gap = rules_.bands(i).printed_gaps(g);
    const Step bands = {"bands", i}, gaps = {"printed_gaps", g};
    CheckPercent({bands, gaps, "above_percent"}, gap.above_percent());
    CheckPercent({bands, gaps, "below_percent"}, gap.below_percent());
    if (gap.above_percent() >= gap.below_percent() && file_.Knows("below_percent")) {
      Fail({bands, gaps, "above_percent"},
           absl::StrCat(gap.above_percent(), " is not less than below_percent, ",
                        gap.below_percent(), "; the gap is between the two"));
    }
  }

  // Of a field that could not be read, what is wrong with it is told already.
  void Fail(Path path, absl::string_view message) {
    const char* field = (path.end() - 1)->field;
    if (file_.Knows(field)) errors_->Add(file_.At(path), field, message);
  }

  void CheckRange(Path path, int value, int least, int most) {
    if (value >= least && value <= most) return;
    Fail(path, absl::StrCat(value, " is not from ", least, " to ", most));
  }

  void CheckPercent(Path path, int value) { CheckRange(path, value, 0, 100); }

  void CheckText(Path path, const std::string& text, size_t bytes_max, absl::string_view if_blank) {
    if (absl::StripAsciiWhitespace(text).empty()) {
      Fail(path, if_blank);
    } else if (text.size() > bytes_max || !IsUtf8(text) || HasControlCharacter(text)) {
      Fail(path,
           absl::StrCat(Quoted(text), " is not one line of text of at most ", bytes_max, " bytes"));
    }
  }

  void CheckName(Path path, const std::string& name) {
    CheckText(path, name, limits::kNameBytesMax, "a name is required");
  }

  void CheckId(Path path, const std::string& id, std::set<std::string>* ids) {
    if (!IsPlainId(id, limits::kIdBytesMax)) {
      Fail(path,
           absl::StrCat(Quoted(id), " is no id; lower case letters, digits, '-' and '.', at most ",
                        limits::kIdBytesMax));
    } else if (!ids->insert(id).second) {
      Fail(path, absl::StrCat(Quoted(id), " is there twice; each has its own id"));
    }
  }

  // A list of enum values, each named once; `holder` is the message that it stands in, if it is
  // not the rules themselves.
  template <typename List>
  void CheckList(const char* holder, const char* field, const List& values, bool (*is_valid)(int),
                 const google::protobuf::EnumDescriptor* list) {
    std::set<int> seen;
    auto fail = [&](int i, absl::string_view message) {
      if (holder == nullptr) return Fail({{field, i}}, message);
      Fail({holder, {field, i}}, message);
    };
    for (int i = 0; i < values.size(); ++i) {
      if (!is_valid(values.Get(i)) || values.Get(i) == 0) {
        fail(i, absl::StrCat(values.Get(i), " is not one of: ", ValuesOf(list)));
      } else if (!seen.insert(values.Get(i)).second) {
        fail(i, "the same value is there twice; take one of the two out");
      }
    }
  }

  void CheckTierNamed(Path path, const std::string& id, std::set<std::string>* seen) {
    if (tier_ids_.count(id) == 0 && file_.Knows("tiers") && file_.Knows("id")) {
      std::vector<Suggestion> named;
      for (const std::string& tier : tier_ids_) named.emplace_back(tier, "");
      Fail(path, absl::StrCat(Quoted(id), " is no tier", DidYouMean(id, named, EditsMeant(id)),
                              "; the tiers are: ", absl::StrJoin(tier_ids_, ", ")));
    }
    if (!seen->insert(id).second) {
      Fail(path, absl::StrCat(Quoted(id), " is there twice; take one of the two out"));
    }
  }

  // "SERVICE_TYPE_HOME_CARE, SERVICE_TYPE_LIVE_IN": what a field of this list can be.
  static std::string ValuesOf(const google::protobuf::EnumDescriptor* list) {
    std::vector<absl::string_view> names;
    for (int i = 0; i < list->value_count(); ++i) {
      if (list->value(i)->number() != 0) names.push_back(list->value(i)->name());
    }
    return absl::StrJoin(names, ", ");
  }

  void CheckAdaptiveRelease(const v1::AdaptiveRelease& release) {
    CheckRange({"adaptive_release", "lower_percent"}, release.lower_percent(), 1, 100);
    CheckRange({"adaptive_release", "upper_percent"}, release.upper_percent(), 1, 100);
    if (release.upper_percent() < release.lower_percent() && file_.Knows("lower_percent")) {
      Fail({"adaptive_release", "upper_percent"},
           absl::StrCat(release.upper_percent(), " is less than lower_percent, ",
                        release.lower_percent(), "; at least that"));
    }
    if (release.over_packages() != 0) {
      CheckRange({"adaptive_release", "over_packages"}, release.over_packages(),
                 limits::kAdaptivePackagesMin, limits::kAdaptivePackagesMax);
    }
    CheckText({"adaptive_release", "contract_clause"}, release.contract_clause(),
              limits::kReasonBytesMax,
              "the contract clause that allows it is required, such as \"Schedule 2, 4.3\"");
    if (rules_.rounds_size() < 2) {
      Fail({"adaptive_release"},
           "there is no next round: rounds has fewer than two; add one, or take this out");
    }
  }

  void CheckWindow(Path path, bool there, const v1::Window& window) {
    constexpr absl::string_view kForm = "a window is required, such as { hours: 24 }";
    if (!there) return Fail(path, kForm);
    switch (window.span_case()) {
      case v1::Window::kHours:
        return CheckRange(path, window.hours(), 1, limits::kWindowHoursMax);
      case v1::Window::kDays:
        return CheckRange(path, window.days(), 1, limits::kWindowDaysMax);
      case v1::Window::kWorkingDays:
        return CheckRange(path, window.working_days(), 1, limits::kWindowDaysMax);
      case v1::Window::SPAN_NOT_SET:
        return Fail(path, kForm);
    }
  }

  void CheckRound(int i) {
    const v1::RoundRule& round = rules_.rounds(i);
    if (round.tier_ids().empty()) {
      Fail({{"rounds", i}, "tier_ids"},
           absl::StrCat("at least one tier is required; the tiers are: ",
                        absl::StrJoin(tier_ids_, ", ")));
    }
    std::set<std::string> seen;
    for (int t = 0; t < round.tier_ids_size(); ++t) {
      CheckTierNamed({{"rounds", i}, {"tier_ids", t}}, round.tier_ids(t), &seen);
    }
    CheckWindow({{"rounds", i}, "standard_window"}, round.has_standard_window(),
                round.standard_window());
    CheckWindow({{"rounds", i}, "urgent_window"}, round.has_urgent_window(), round.urgent_window());
    if (!v1::AwardTiming_IsValid(round.award_timing()) ||
        round.award_timing() == v1::AWARD_TIMING_UNSPECIFIED) {
      Fail({{"rounds", i}, "award_timing"},
           "required: AWARD_TIMING_AS_SOON_AS_CERTAIN or AWARD_TIMING_AT_CLOSE");
    }
    if (!v1::AwardMode_IsValid(round.award_mode())) {
      Fail({{"rounds", i}, "award_mode"}, absl::StrCat(round.award_mode(), " is not one of: ",
                                                       ValuesOf(v1::AwardMode_descriptor())));
    }
  }

  const RulesFile& file_;
  const v1::FrameworkRules& rules_;
  FrameworkErrors* errors_;
  std::set<std::string> tier_ids_;
};

bool IsWorkingDays(const v1::Window& window) {
  return window.span_case() == v1::Window::kWorkingDays;
}

}  // namespace

RulesFile::RulesFile(absl::string_view file, const std::string& content, FrameworkErrors* errors)
    : file_(file), text_(ParseRulesText(file, content, errors)) {}

Location RulesFile::At(Path path) const {
  Location place = {file_, 1};  // the message itself begins with the file
  const google::protobuf::Descriptor* message = v1::FrameworkRules::descriptor();
  const google::protobuf::TextFormat::ParseInfoTree* tree = text_.locations.get();
  for (const Step& step : path) {
    if (message == nullptr || tree == nullptr) break;
    const google::protobuf::FieldDescriptor* field = message->FindFieldByName(step.field);
    if (field == nullptr || (field->is_repeated() && step.index < 0)) break;
    int index = field->is_repeated() ? step.index : -1;
    int line = tree->GetLocation(field, index).line;
    if (line < 0) break;
    place.line = line + 1;
    message = field->message_type();
    tree = message == nullptr ? nullptr : tree->GetTreeForNested(field, index);
  }
  return place;
}

const std::vector<v1::AwardCriterion>& ListedCriteria() {
  static const std::vector<v1::AwardCriterion> kListed = [] {
    std::vector<v1::AwardCriterion> listed;
    for (int number = 1; number < v1::AwardCriterion_ARRAYSIZE; ++number) {
      const auto criterion = static_cast<v1::AwardCriterion>(number);
      if (MayBeListed(criterion)) listed.push_back(criterion);
    }
    return listed;
  }();
  return kListed;
}

void CheckRules(const RulesFile& file, absl::FunctionRef<bool(const std::string&)> zone_known,
                FrameworkErrors* errors) {
  RulesChecker checker(file, errors);
  checker.CheckIdentity(zone_known);
  checker.CheckDistributionTimes();
  checker.CheckTiers();
  checker.CheckRounds();
  checker.CheckCriteria();
  checker.CheckBranchesOwn();
  checker.CheckLives();
  checker.CheckFigures();
  checker.CheckScorecard();
}

std::optional<Location> WorkingDaysCounted(const RulesFile& file) {
  const v1::FrameworkRules& rules = file.rules();
  for (int i = 0; i < rules.rounds_size(); ++i) {
    const v1::RoundRule& round = rules.rounds(i);
    if (IsWorkingDays(round.standard_window())) return file.At({{"rounds", i}, "standard_window"});
    if (IsWorkingDays(round.urgent_window())) return file.At({{"rounds", i}, "urgent_window"});
  }
  const v1::RestartRule& restart = rules.restart();
  if (IsWorkingDays(restart.standard_window())) return file.At({"restart", "standard_window"});
  if (IsWorkingDays(restart.urgent_window())) return file.At({"restart", "urgent_window"});
  if (IsWorkingDays(rules.pause().restart_window())) return file.At({"pause", "restart_window"});
  if (IsWorkingDays(rules.terms_change().window())) return file.At({"terms_change", "window"});
  if (rules.claim_working_days() > 0) return file.At({"claim_working_days"});
  return std::nullopt;
}

}  // namespace brokerage::engine
