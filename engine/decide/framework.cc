// Applying a framework's files: only what differs from their last revision changes.

#include <map>

#include "absl/strings/str_cat.h"
#include "engine/base/calendar.h"
#include "engine/base/hash.h"
#include "engine/decide/decide.h"
#include "engine/framework/parse.h"
#include "engine/model/directory_as_of.h"

namespace brokerage::engine {

using journal::v1::DirectoryFact;
using v1::DirectoryDifference;

namespace {

// The value alone, so that a fact can be compared whoever said it.
std::string ValueOf(const DirectoryFact& fact) {
  DirectoryFact value = fact;
  value.clear_key();
  value.clear_framework_id();
  value.clear_source();
  value.clear_recorded_time_us();
  value.clear_file_hash();
  value.clear_ended();
  value.clear_effective_time_us();
  value.clear_from_date();
  return value.SerializeAsString();
}

std::string SourceName(const DirectoryFact& fact) {
  return absl::StrCat(
      fact.source() == journal::v1::FACT_SOURCE_API
          ? "a live change"
          : absl::StrCat("the files of ", fact.framework_id()),
      " of ",
      absl::FormatTime("%Y-%m-%dT%H:%MZ", absl::FromUnixMicros(fact.recorded_time_us()),
                       absl::UTCTimeZone()));
}

}  // namespace

absl::Status Deciding::On(const v1::ApplyFrameworkRequest& request) {
  absl::StatusOr<ParsedFramework> parsed = ParseFramework(
      request.files(), [this](const std::string& zone) { return zones_(zone) != nullptr; });
  if (!parsed.ok()) return parsed.status();
  const v1::FrameworkRules& rules = parsed->rules;
  const std::string& id = rules.framework_id();
  const journal::v1::FrameworkRow* before = state_.directory.Framework(id);
  if (caller_.role == v1::ROLE_COMMISSIONER && before != nullptr && !MayChange(id)) {
    return Reject(v1::REJECTION_REASON_NOT_FOUND, "framework_id", id, "a framework of yours");
  }

  auto response = std::make_unique<v1::ApplyFrameworkResponse>();
  journal::v1::DirectoryChanged changed;
  auto differ = [&response](DirectoryDifference::Kind kind, const std::string& key) {
    DirectoryDifference& difference = *response->add_differences();
    difference.set_kind(kind);
    difference.set_key(key);
  };
  const absl::TimeZone& zone = *zones_(rules.time_zone());
  const DateNumber today = LocalDate(now_, zone);
  const DateNumber from =
      request.from_date().empty() ? today : ParseDate(request.from_date()).value_or(0);
  if (from == 0 || from > today) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "from_date", request.from_date(),
                  absl::StrCat("a date, YYYY-MM-DD, not after today, ", FormatDate(today),
                               "; contracts and coverage name the dates that are to come"));
  }
  auto effective = [&zone](absl::string_view date) {
    const auto day = ParseDate(date);
    return day ? absl::ToUnixMicros(StartOfDay(FromDateNumber(*day), zone)) : 0;
  };

  v1::Rejection clash;
  std::map<std::string, bool, std::less<>> in_files;
  for (size_t i = 0; i < parsed->facts.size(); ++i) {
    DirectoryFact fact = parsed->facts[i];
    in_files[fact.key()] = true;
    const DirectoryFact* old = state_.directory.Fact(fact.key());
    if (old != nullptr && old->file_hash() == fact.file_hash() && !old->ended()) continue;
    if (old != nullptr && !old->ended() && ValueOf(*old) != ValueOf(fact) &&
        (old->source() == journal::v1::FACT_SOURCE_API || old->framework_id() != id)) {
      v1::FileError& error = *clash.add_file_errors();
      const std::string& place = parsed->places[i];
      const size_t colon = place.rfind(':');
      error.set_file(place.substr(0, colon));
      int line = 0;
      if (colon != std::string::npos && absl::SimpleAtoi(place.substr(colon + 1), &line)) {
        error.set_line(line);
      }
      error.set_field(fact.key());
      error.set_message(absl::StrCat("the file and ", SourceName(*old),
                                     " disagree; make the file say what holds, or undo that"));
      continue;
    }
    fact.set_recorded_time_us(now_us());
    fact.set_from_date(SpeaksFrom(fact, old, from, before == nullptr));
    if (fact.has_contract() && !fact.contract().to_date().empty()) {
      fact.set_effective_time_us(effective(fact.contract().to_date()));
    } else if (fact.has_novation()) {
      fact.set_effective_time_us(effective(fact.novation().date()));
    }
    differ(old == nullptr ? DirectoryDifference::KIND_ADDED : DirectoryDifference::KIND_CHANGED,
           fact.key());
    *changed.add_facts() = std::move(fact);
  }
  if (clash.file_errors_size() > 0) {
    clash.set_reason(v1::REJECTION_REASON_DIRECTORY_CLASH);
    clash.set_field("files");
    clash.set_value(clash.file_errors(0).field());
    clash.set_expected(clash.file_errors(0).message());
    return Reject(clash);
  }

  for (const auto& [key, shared] : state_.directory.Facts()) {
    const DirectoryFact& old = *shared;
    if (old.framework_id() != id || old.file_hash().empty() || old.ended() ||
        in_files.contains(key)) {
      continue;
    }
    DirectoryFact fact = old;
    fact.clear_file_hash();
    fact.set_source(journal::v1::FACT_SOURCE_FILE);
    fact.set_recorded_time_us(now_us());
    auto ended = [today](const std::string& to_date) {  // what had ended is not prolonged
      const auto date = ParseDate(to_date);
      return date.has_value() && *date <= today;
    };
    if (fact.has_contract()) {  // dated facts keep their past
      if (!ended(fact.contract().to_date())) {
        fact.mutable_contract()->set_to_date(FormatDate(today));
        fact.set_effective_time_us(now_us());
      }
    } else if (fact.has_coverage()) {
      if (!ended(fact.coverage().to_date()))
        fact.mutable_coverage()->set_to_date(FormatDate(today));
    } else {
      fact.set_ended(true);
    }
    fact.set_from_date(SpeaksFrom(fact, &old, from, false));
    differ(DirectoryDifference::KIND_ENDED, key);
    *changed.add_facts() = std::move(fact);
  }

  const bool rules_differ =
      before == nullptr || before->rules().SerializeAsString() != rules.SerializeAsString();
  if (before != nullptr && rules_differ) {
    differ(DirectoryDifference::KIND_CHANGED, absl::StrCat("framework/", id));
  } else if (before == nullptr) {
    differ(DirectoryDifference::KIND_ADDED, absl::StrCat("framework/", id));
  }
  const bool differs = rules_differ || changed.facts_size() > 0;
  v1::Framework& framework = *response->mutable_framework();
  framework.set_id(id);
  framework.set_revision((before != nullptr ? before->revision() : 0) + (differs ? 1 : 0));
  *framework.mutable_rules() = rules;
  const int64_t applied = differs ? now_us() : before->applied_time_us();
  *framework.mutable_applied_time() = ToTimestamp(applied);
  decision_.reply = std::move(response);
  if (request.validate_only() || !differs) return absl::OkStatus();

  journal::v1::FrameworkRow& row = *Add().mutable_framework_applied()->mutable_framework();
  row.set_framework_id(id);
  row.set_revision(framework.revision());
  *row.mutable_rules() = rules;
  row.set_applied_time_us(now_us());
  if (before != nullptr) row.set_from_date(from);
  if (changed.facts_size() > 0) *Add().mutable_directory_changed() = std::move(changed);
  return absl::OkStatus();
}

}  // namespace brokerage::engine
