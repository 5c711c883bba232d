#include "engine/decide/referral.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "engine/base/bounds.h"
#include "engine/base/calendar.h"
#include "engine/base/ids.h"
#include "engine/base/personal_text.h"
#include "engine/base/postcode.h"
#include "engine/base/rejection.h"
#include "engine/decide/checks.h"
#include "engine/decide/persons.h"
#include "engine/decide/rounds.h"
#include "engine/model/lifecycle.h"
#include "engine/model/parts.h"
#include "engine/model/tables.h"
#include "engine/routing/adaptive_release.h"
#include "engine/routing/routing.h"
#include "engine/views/package_view.h"
#include "engine/views/replies.h"
#include "engine/views/words.h"

namespace brokerage::engine {

using journal::v1::PackageRow;
using v1::PackageReferral;

namespace {

absl::Status Required(absl::string_view field, absl::string_view expected) {
  return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, field, "", expected);
}

absl::Status Invalid(absl::string_view field, absl::string_view value, absl::string_view expected) {
  return Reject(v1::REJECTION_REASON_FIELD_INVALID, field, value, expected);
}

absl::Status CheckLength(absl::string_view field, absl::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) return absl::OkStatus();
  return Invalid(field, absl::StrCat(text.size(), " bytes"),
                 absl::StrCat("at most ", bytes_max, " bytes"));
}

// What branches read of it in words before anybody has the package.
absl::Status CheckShown(absl::string_view text, absl::string_view field) {
  const auto found = FindPersonalText(text);
  if (!found) return absl::OkStatus();
  return Reject(
      v1::REJECTION_REASON_TEXT_IDENTIFIES_PERSON, field, "",
      absl::StrCat("no ", found->kind, ": branches read it before anybody has the package"));
}

absl::Status CheckDays(const v1::Visit& visit, const std::string& field) {
  int before = 0;
  for (int day : visit.days_of_week()) {
    if (day <= before || day > 7) {
      return Invalid(field, absl::StrCat(day), "days of the week, 1 Monday to 7 Sunday, in order");
    }
    before = day;
  }
  if (before == 0) return Required(field, "days of the week, 1 Monday to 7 Sunday");
  return absl::OkStatus();
}

absl::Status CheckTimes(const v1::Visit& visit, const std::string& field) {
  const auto earliest = ParseLocalTime(visit.earliest_time());
  const auto latest = ParseLocalTime(visit.latest_time());
  if (!visit.earliest_time().empty() && !earliest) {
    return Invalid(field + ".earliest_time", visit.earliest_time(), "a local time, HH:MM");
  }
  if (!visit.latest_time().empty() && !latest) {
    return Invalid(field + ".latest_time", visit.latest_time(), "a local time, HH:MM");
  }
  if (earliest && latest && *latest < *earliest) {
    return Invalid(field + ".latest_time", visit.latest_time(),
                   absl::StrCat("a time not before ", visit.earliest_time()));
  }
  return absl::OkStatus();
}

// The visits, if there are any, add up to the minutes of a week.
absl::Status CheckVisits(const v1::PackageTerms& terms, const std::string& field) {
  if (terms.visits().empty()) return absl::OkStatus();
  if (terms.visits_size() > limits::kVisitsMax) {
    return Invalid(field, absl::StrCat(terms.visits_size()),
                   absl::StrCat("at most ", limits::kVisitsMax));
  }
  int64_t minutes = 0;
  for (const v1::Visit& visit : terms.visits()) {
    absl::Status status = CheckDays(visit, field + ".days_of_week");
    if (status.ok()) status = CheckTimes(visit, field);
    if (!status.ok()) return status;
    if (visit.minutes() < 1 || visit.minutes() > limits::kVisitMinutesMax) {
      return Invalid(field + ".minutes", absl::StrCat(visit.minutes()),
                     absl::StrCat("1 to ", limits::kVisitMinutesMax));
    }
    if (visit.carers() < 0 || visit.carers() > limits::kCarersMax) {
      return Invalid(field + ".carers", absl::StrCat(visit.carers()),
                     absl::StrCat("1 to ", limits::kCarersMax));
    }
    minutes += WeeklyMinutes(terms, visit);
  }
  if (minutes == terms.weekly_minutes()) return absl::OkStatus();
  return Invalid(field, absl::StrCat(minutes, " minutes a week"),
                 absl::StrCat("visits of ", terms.weekly_minutes(),
                              " minutes a week: days x minutes x carers, as weekly_minutes"));
}

// DUPLICATE_PERSON where a package of the person waits or is awarded, and no second one is allowed.
absl::Status CheckNotOpen(const Context& in, const PackageReferral& referral) {
  if (referral.allow_second_package() || referral.already_running()) return absl::OkStatus();
  const std::set<uint64_t>* packages =
      in.state.by_person.Find(PersonPrefix(referral.authority_id(), referral.person_reference()));
  if (packages == nullptr) return absl::OkStatus();
  for (uint64_t number : *packages) {
    const PackageRow& row = in.state.Package(number)->row;
    if (!WaitsOrIsAwarded(row.state())) continue;
    return Reject(v1::REJECTION_REASON_DUPLICATE_PERSON, "referral.person_reference", "",
                  absl::StrCat("a person without an open package: ",
                               FormatPackageId({row.year(), row.number()}),
                               " is open; or allow_second_package"));
  }
  return absl::OkStatus();
}

absl::Status CheckTexts(const Context& in, const PackageReferral& referral) {
  if (referral.summary().empty()) {
    return Required("referral.summary", "what every offered branch may read");
  }
  if (referral.person_reference().empty()) {
    return Required("referral.person_reference", "what means the person to your authority");
  }
  absl::Status status = CheckLength("referral.person_reference", referral.person_reference(),
                                    limits::kPersonReferenceBytesMax);
  if (status.ok()) status = CheckDetails(referral.details(), "referral.details");
  if (status.ok()) {
    status = CheckSummary(referral.summary(), referral.summary_confirmed(), "referral.summary");
  }
  if (!status.ok()) return status;
  return CheckNotOpen(in, referral);
}

absl::Status CheckProviders(const Context& in, const PackageReferral& referral) {
  auto check = [&](absl::string_view field, const std::string& id) {
    if (in.state.directory.Provider(id) != nullptr) return absl::OkStatus();
    return Reject(v1::REJECTION_REASON_NOT_FOUND, field, id, "a provider's id");
  };
  for (auto [field, ids] :
       {std::pair{"referral.refused_provider_ids", &referral.refused_provider_ids()},
        std::pair{"referral.preferred_provider_ids", &referral.preferred_provider_ids()}}) {
    if (ids->size() > limits::kNamedProvidersMax) {
      return Invalid(field, absl::StrCat(ids->size()),
                     absl::StrCat("at most ", limits::kNamedProvidersMax));
    }
    for (const std::string& id : *ids) {
      if (absl::Status status = check(field, id); !status.ok()) return status;
    }
  }
  if (referral.previous_branch_id().empty()) {
    if (referral.previous_provider_id().empty()) return absl::OkStatus();
    return check("referral.previous_provider_id", referral.previous_provider_id());
  }
  const v1::Branch* branch = in.state.directory.Branch(referral.previous_branch_id());
  if (branch == nullptr) {
    return Reject(v1::REJECTION_REASON_NOT_FOUND, "referral.previous_branch_id",
                  referral.previous_branch_id(), "a branch's id");
  }
  if (branch->provider_id() != referral.previous_provider_id()) {
    return Invalid("referral.previous_provider_id", referral.previous_provider_id(),
                   absl::StrCat("the branch's provider, ", branch->provider_id()));
  }
  return absl::OkStatus();
}

absl::Status CheckRunning(const Context& in, const PackageReferral& referral) {
  if (!referral.already_running()) return absl::OkStatus();
  if (in.state.directory.Branch(referral.running_branch_id()) == nullptr) {
    return Reject(v1::REJECTION_REASON_NOT_FOUND, "referral.running_branch_id",
                  referral.running_branch_id(), "the branch that runs the package");
  }
  const v1::Contract* contract = in.state.directory.Contract(referral.running_contract_id());
  if (contract == nullptr || contract->framework_id() != referral.framework_id()) {
    return Reject(v1::REJECTION_REASON_NOT_FOUND, "referral.running_contract_id",
                  referral.running_contract_id(), "the contract under which the package runs");
  }
  return absl::OkStatus();
}

// Checks the package that a referral follows, and names it in the row.
absl::Status CheckFollows(const Context& in, const PackageReferral& referral, PackageRow* row) {
  constexpr absl::string_view kField = "referral.follows_package_id";
  const std::string& id = referral.follows_package_id();
  if (id.empty()) return absl::OkStatus();
  absl::StatusOr<const PackageAggregate*> found = FindPackage(in, id, kField);
  if (!found.ok()) return found.status();
  const PackageRow& before = (*found)->row;
  if (!Runs(before.state()) && before.state() != v1::PACKAGE_STATE_CEASED) {
    return Reject(v1::REJECTION_REASON_PACKAGE_STATE, kField, id,
                  absl::StrCat("a package that is STARTED, PAUSED or CEASED; it is ",
                               StateName(before.state())));
  }
  if (before.successor_number() != 0) {
    return Invalid(
        kField, id,
        absl::StrCat("a package that no other follows; ",
                     FormatPackageId({before.successor_year(), before.successor_number()}),
                     " follows it"));
  }
  row->set_predecessor_number(before.number());
  row->set_predecessor_year(before.year());
  return absl::OkStatus();
}

// It must be the caller's own, one that buys under the framework.
absl::Status CheckAuthority(const Context& in, const PackageReferral& referral,
                            const v1::FrameworkRules& rules) {
  if (referral.authority_id().empty())
    return Required("referral.authority_id", "your authority's id");
  const v1::Authority* authority = Directory::AuthorityOf(rules, referral.authority_id());
  if (authority == nullptr || referral.authority_id() != in.caller.authority_id) {
    return Reject(v1::REJECTION_REASON_NOT_FOUND, "referral.authority_id", referral.authority_id(),
                  "your own authority, one of the framework's");
  }
  if (authority->reads_only()) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "referral.authority_id",
                  referral.authority_id(),
                  "an authority that buys under the framework; this one reads its figures");
  }
  return absl::OkStatus();
}

// Where care is given: fills in the lot and the sector of the postcode.
absl::Status CheckPlace(const Context& in, const PackageReferral& referral,
                        const v1::FrameworkRules& rules, PackageRow* row) {
  if (referral.ward_code().empty())
    return Required("referral.ward_code", "a ward's ONS code, or a postcode");
  const std::string lot =
      in.state.directory.LotOfWard(referral.framework_id(), referral.ward_code());
  if (lot.empty()) {
    std::string nearest;
    for (const v1::Ward* ward :
         in.state.directory.NearestWards(referral.framework_id(), referral.ward_code(), 3)) {
      absl::StrAppend(&nearest, nearest.empty() ? "" : ", ", ward->code(), " ", ward->name());
    }
    return Reject(v1::REJECTION_REASON_UNKNOWN_WARD, "referral.ward_code", referral.ward_code(),
                  absl::StrCat("a ward of the framework; the nearest: ", nearest));
  }
  const std::string postcode = absl::AsciiStrToUpper(referral.postcode());
  const std::string sector = PostcodeSector(postcode);
  if (!postcode.empty() && sector.empty()) {
    return Invalid("referral.postcode", "", "a full postcode such as NG18 1AB");
  }
  if (postcode.empty() &&
      in.state.directory.CoversByArea(referral.framework_id(), in.Today(rules))) {
    return Required("referral.postcode",
                    "a full postcode: branches cover postcode areas in this framework, and without "
                    "one it is not known who may be asked");
  }
  row->set_lot_id(lot);
  row->set_postcode_sector(sector);
  return absl::OkStatus();
}

// Fills in the row of a package with a referral that was checked.
void FillRow(const Context& in, const PackageReferral& referral, const v1::FrameworkRules& rules,
             PackageRow* row) {
  row->set_number(in.state.system.last_package_number() + 1);
  row->set_submitted_date(in.Today(rules));
  row->set_year(row->submitted_date() / 10000);
  row->set_state(referral.already_running() ? v1::PACKAGE_STATE_STARTED
                                            : v1::PACKAGE_STATE_SUBMITTED);
  row->set_framework_id(referral.framework_id());
  row->set_authority_id(referral.authority_id());
  row->set_origin(referral.origin());
  row->set_urgency(referral.urgency());
  row->set_ward_code(referral.ward_code());
  *row->mutable_terms() = referral.terms();
  row->set_terms_version(1);
  *row->mutable_needs() = referral.needs();
  row->set_previous_provider_id(referral.previous_provider_id());
  row->set_previous_branch_id(referral.previous_branch_id());
  *row->mutable_refused_provider_ids() = referral.refused_provider_ids();
  *row->mutable_preferred_provider_ids() = referral.preferred_provider_ids();
  row->set_submitted_time_us(in.now_us());
  row->set_submitted_by(in.caller.account_id);
  row->set_held(referral.hold() && !referral.already_running());
  if (referral.already_running()) {
    row->set_imported(true);
    row->set_running_branch_id(referral.running_branch_id());
    row->set_running_contract_id(referral.running_contract_id());
    row->set_started_time_us(in.now_us());
    // Nobody said when care began: the limit counts from the import.
    row->set_limit_due_us(LimitDue(in, rules, row->terms().service_type(), in.Today(rules)));
  } else if (!row->held()) {
    row->set_release_due_us(
        absl::ToUnixMicros(ReleaseDue(rules, row->urgency(), in.now, in.ZoneOf(rules))));
  }
}

}  // namespace

absl::StatusOr<PackageRow> CheckReferral(const Context& in, const PackageReferral& referral,
                                         bool texts_needed) {
  if (referral.framework_id().empty()) return Required("referral.framework_id", "a framework's id");
  const journal::v1::FrameworkRow* framework =
      in.state.directory.Framework(referral.framework_id());
  if (framework == nullptr) {
    return Reject(v1::REJECTION_REASON_NOT_FOUND, "referral.framework_id", referral.framework_id(),
                  "the id of a framework that was applied");
  }
  const v1::FrameworkRules& rules = framework->rules();
  absl::Status status = CheckAuthority(in, referral, rules);
  if (!status.ok()) return status;
  if (referral.origin() == v1::ORIGIN_UNSPECIFIED) return Required("referral.origin", "an origin");
  if (referral.urgency() == v1::URGENCY_UNSPECIFIED) {
    return Required("referral.urgency", "STANDARD or URGENT");
  }
  PackageRow row;
  status = CheckPlace(in, referral, rules, &row);
  if (!status.ok()) return status;
  status = CheckTerms(referral.terms(), "referral.terms",
                      referral.already_running() ? 0 : in.Today(rules));
  if (status.ok()) status = CheckNeeds(referral.needs(), "referral.needs");
  if (status.ok()) status = CheckProviders(in, referral);
  if (status.ok()) status = CheckRunning(in, referral);
  if (status.ok() && texts_needed) status = CheckTexts(in, referral);
  if (status.ok()) status = CheckFollows(in, referral, &row);
  if (!status.ok()) return status;
  FillRow(in, referral, rules, &row);
  return row;
}

void AddRemarks(const Context& in, const PackageAggregate& package,
                google::protobuf::RepeatedPtrField<std::string>* remarks) {
  const PackageRow& row = package.row;
  const auto start = ParseDate(row.terms().start_by_date());
  if (row.state() != v1::PACKAGE_STATE_SUBMITTED || !start) return;
  const v1::FrameworkRules& rules = RulesOf(in.state, row);
  const int64_t out_us = std::max(row.release_due_us(), in.now_us());
  const absl::Time end = WindowOf(in, package, rules, RestartIsDue(package, rules) ? 0 : 1,
                                  absl::FromUnixMicros(out_us))
                             .end;
  if (LocalDate(end, in.ZoneOf(rules)) <= *start) return;
  remarks->Add(absl::StrCat("The first round's window ends at ",
                            MomentWords(absl::ToUnixMicros(end)), ", after ",
                            row.terms().start_by_date(), ", by when care is needed."));
}

absl::Status Decide(const Context& in, const v1::PreviewPackageRequest& request, Decision* out) {
  PackageAggregate package;
  if (!request.package_id().empty()) {
    absl::StatusOr<const PackageAggregate*> found = FindPackage(in, request.package_id());
    if (!found.ok()) return found.status();
    package = **found;
  } else {
    absl::StatusOr<PackageRow> row = CheckReferral(in, request.referral(), false);
    if (!row.ok()) return row.status();
    package.row = *std::move(row);
  }
  const v1::FrameworkRules& rules = RulesOf(in.state, package.row);
  auto response = std::make_unique<v1::PreviewPackageResponse>();
  response->set_lot_id(LotNow(in.state.directory, package.row));
  if (package.row.release_due_us() != 0) {
    const int64_t due = std::max(package.row.release_due_us(), in.now_us());
    *response->mutable_release_due_time() = ToTimestamp(due);
  }
  const bool restart = RestartIsDue(package, rules);
  std::optional<v1::RoundBeside> why;         // the next with anybody to offer opens beside
  std::vector<journal::v1::Verdict> earlier;  // the one with these verdicts
  for (int32_t rule = restart ? 0 : 1; rule <= rules.rounds_size(); ++rule) {
    journal::v1::RoundRow round;
    std::vector<journal::v1::Verdict> verdicts =
        RouteTo(in, package, rules, rule, why ? &earlier : nullptr);
    const bool anybody =
        std::any_of(verdicts.begin(), verdicts.end(),
                    [](const journal::v1::Verdict& verdict) { return verdict.offered(); });
    if (!anybody && rule == 0) continue;
    round.set_number(response->rounds_size() + 1);
    if (why && anybody) {
      *round.mutable_beside() = *why;
      why.reset();
    } else if (!why && rule > 0) {
      why = ReasonForParallelRound(rules, LotNow(in.state.directory, package.row), verdicts,
                                   in.state.rollups);
      if (why) {
        why->set_round_number(round.number());
        earlier = verdicts;
      }
    }
    round.set_rule_number(rule);
    round.set_terms_version(package.row.terms_version());
    if (rule > 0) *round.mutable_tier_ids() = rules.rounds(rule - 1).tier_ids();
    for (journal::v1::Verdict& verdict : verdicts) *round.add_verdicts() = std::move(verdict);
    *response->add_rounds() = ToRound(round, package.row, /*all_rules=*/true, in.state.directory);
  }
  AddRemarks(in, package, response->mutable_remarks());
  out->reply = std::move(response);
  return absl::OkStatus();
}

absl::Status Decide(const Context& in, const v1::SubmitPackageRequest& request, Decision* out) {
  const PackageReferral& referral = request.referral();
  absl::StatusOr<PackageRow> checked = CheckReferral(in, referral, true);
  if (!checked.ok()) return checked.status();
  PackageRow& row = *out->Add().mutable_package_submitted()->mutable_package();
  row = *std::move(checked);
  row.set_person_number(
      PersonNumberFor(in, row.authority_id(), referral.person_reference(), row.number()));
  for (const auto& [name, text] : TextsOf(referral)) {
    journal::v1::TextHash& hash = *row.add_text_hashes();
    hash.set_name(name);
    hash.set_hash(AddText(in, row.number(), name, text, out));
  }
  return absl::OkStatus();
}

v1::SubmitPackageResponse Reply(const After& after, const v1::SubmitPackageRequest&) {
  const uint64_t number = after.record.facts(0).package_submitted().package().number();
  v1::SubmitPackageResponse response;
  *response.mutable_package() = PackageWithoutTexts(after.state, number);
  const Context as_submitted{after.state, after.zones, after.caller, after.time(), ""};
  AddRemarks(as_submitted, *after.state.Package(number), response.mutable_remarks());
  return response;
}

std::map<std::string, std::string> TextsOf(const v1::PackageReferral& referral) {
  std::map<std::string, std::string> texts = {
      {"details", referral.details()},
      {"person_reference", referral.person_reference()},
      {"postcode", absl::AsciiStrToUpper(referral.postcode())},
      {"summary", referral.summary()}};
  std::erase_if(texts, [](const auto& text) { return text.second.empty(); });
  return texts;
}

absl::Status CheckNeeds(const google::protobuf::RepeatedPtrField<v1::Need>& needs,
                        absl::string_view field) {
  const auto at = [field](absl::string_view name) { return absl::StrCat(field, ".", name); };
  if (needs.size() > limits::kNeedsMax) {
    return Invalid(field, absl::StrCat(needs.size()), absl::StrCat("at most ", limits::kNeedsMax));
  }
  for (const v1::Need& need : needs) {
    if (need.kind() == v1::NEED_KIND_UNSPECIFIED) return Required(at("kind"), "a need");
    const bool has_value =
        need.kind() == v1::NEED_KIND_LANGUAGE || need.kind() == v1::NEED_KIND_CARER_GENDER;
    if (has_value && need.value().empty()) {
      return Required(at("value"), "the language or the carer's gender");
    }
    if (absl::Status status = CheckLength(at("value"), need.value(), limits::kIdBytesMax);
        !status.ok()) {
      return status;
    }
    if (absl::Status status = CheckShown(need.value(), at("value")); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status CheckSummary(const std::string& summary, bool confirmed, absl::string_view field) {
  if (absl::Status status = CheckLength(field, summary, limits::kSummaryBytesMax); !status.ok()) {
    return status;
  }
  const auto found = confirmed ? std::nullopt : FindPersonalText(summary);
  if (!found) return absl::OkStatus();
  return Reject(v1::REJECTION_REASON_TEXT_IDENTIFIES_PERSON, field, "",
                absl::StrCat("no ", found->kind, " (bytes ", found->offset, " to ",
                             found->offset + found->length,
                             " look like one); or summary_confirmed if it is none"));
}

absl::Status CheckDetails(const std::string& details, absl::string_view field) {
  return CheckLength(field, details, limits::kDetailsBytesMax);
}

absl::Status CheckTerms(const v1::PackageTerms& terms, absl::string_view field,
                        DateNumber earliest_start) {
  auto at = [field](absl::string_view name) { return absl::StrCat(field, ".", name); };
  if (terms.service_type() == v1::SERVICE_TYPE_UNSPECIFIED) {
    return Required(at("service_type"), "a service type such as HOME_CARE");
  }
  if (terms.weekly_minutes() < limits::kWeeklyMinutesMin ||
      terms.weekly_minutes() > limits::kWeeklyMinutesMax) {
    return Invalid(at("weekly_minutes"), absl::StrCat(terms.weekly_minutes()),
                   absl::StrCat(limits::kWeeklyMinutesMin, " to ", limits::kWeeklyMinutesMax,
                                " minutes a week"));
  }
  if (terms.carers_per_visit() < 1 || terms.carers_per_visit() > limits::kCarersMax) {
    return Invalid(at("carers_per_visit"), absl::StrCat(terms.carers_per_visit()),
                   absl::StrCat("1 to ", limits::kCarersMax));
  }
  if (absl::Status status = CheckVisits(terms, at("visits")); !status.ok()) return status;
  if (terms.start_by_date().empty()) return Required(at("start_by_date"), "a date, YYYY-MM-DD");
  const auto start = ParseDate(terms.start_by_date());
  if (!start) return Invalid(at("start_by_date"), terms.start_by_date(), "a date, YYYY-MM-DD");
  if (*start < earliest_start) {
    return Invalid(at("start_by_date"), terms.start_by_date(),
                   absl::StrCat("today, ", FormatDate(earliest_start), ", or later"));
  }
  if (absl::Status status = CheckShown(terms.visit_pattern(), at("visit_pattern")); !status.ok()) {
    return status;
  }
  return CheckLength(at("visit_pattern"), terms.visit_pattern(), limits::kVisitPatternBytesMax);
}

int64_t LimitDue(const Context& in, const v1::FrameworkRules& rules, v1::ServiceType service,
                 DateNumber started) {
  const auto& types = rules.interim().service_types();
  if (std::find(types.begin(), types.end(), service) == types.end()) return 0;
  v1::Window window;
  window.set_days(rules.interim().limit_days());
  // From the whole second, as the windows of rounds; of an earlier day from the same time of day.
  absl::Time from = absl::FromUnixSeconds(absl::ToUnixSeconds(in.now));
  if (started != in.Today(rules)) {
    const absl::CivilSecond now = absl::ToCivilSecond(from, in.ZoneOf(rules));
    const absl::CivilDay day = FromDateNumber(started);
    from = absl::FromCivil(absl::CivilSecond(day.year(), day.month(), day.day(), now.hour(),
                                             now.minute(), now.second()),
                           in.ZoneOf(rules));
  }
  return absl::ToUnixMicros(WindowEnd(window, from, in.ZoneOf(rules), Holidays()));
}

}  // namespace brokerage::engine
