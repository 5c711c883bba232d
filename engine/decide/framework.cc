#include "engine/decide/framework.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/calendar.h"
#include "engine/base/rejection.h"
#include "engine/decide/directory_changes.h"
#include "engine/framework/parse.h"
#include "engine/model/directory_as_of.h"
#include "engine/model/reach.h"

namespace brokerage::engine {

using journal::v1::DirectoryFact;
using journal::v1::FrameworkRow;
using v1::DirectoryDifference;

namespace {

// What the files change, and how each change is told.
struct Changes {
  journal::v1::DirectoryChanged facts;
  v1::ApplyFrameworkResponse response;

  void Note(DirectoryDifference::Kind kind, const std::string& key) {
    DirectoryDifference& difference = *response.add_differences();
    difference.set_kind(kind);
    difference.set_key(key);
  }
  void Add(DirectoryDifference::Kind kind, DirectoryFact fact) {
    Note(kind, fact.key());
    *facts.add_facts() = std::move(fact);
  }
};

// Finds facts whose keys are asked for in their order: one way through the directory.
class Walk {
 public:
  explicit Walk(const Directory& directory)
      : next_(directory.Facts().begin()), end_(directory.Facts().end()) {}

  // Null if unknown. REQUIRES: no key before the one that was asked for last.
  const DirectoryFact* Fact(const std::string& key) {
    while (next_ != end_ && next_->first < key) ++next_;
    return next_ != end_ && next_->first == key ? next_->second.get() : nullptr;
  }

 private:
  Directory::FactMap::const_iterator next_, end_;
};

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
  value.clear_also_listed_by();
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

// The date from which the files are right; today if none is named.
absl::StatusOr<DateNumber> FromDate(const std::string& from_date, DateNumber today) {
  const DateNumber from = from_date.empty() ? today : ParseDate(from_date).value_or(0);
  if (from != 0 && from <= today) return from;
  return Reject(v1::REJECTION_REASON_FIELD_INVALID, "from_date", from_date,
                absl::StrCat("a date, YYYY-MM-DD, not after today, ", FormatDate(today),
                             "; contracts and coverage name the dates that are to come"));
}

// Whether the files of the framework have the fact.
bool ListedBy(const DirectoryFact& fact, const std::string& id) {
  const auto& also = fact.also_listed_by();
  return fact.framework_id() == id || std::find(also.begin(), also.end(), id) != also.end();
}

// When the end of a contract or a novation takes effect.
void SetEffectiveTime(const absl::TimeZone& zone, DirectoryFact* fact) {
  auto effective = [&zone](absl::string_view date) {
    const auto day = ParseDate(date);
    return day ? absl::ToUnixMicros(StartOfDay(FromDateNumber(*day), zone)) : 0;
  };
  if (fact->has_contract() && !fact->contract().to_date().empty()) {
    fact->set_effective_time_us(effective(fact->contract().to_date()));
  } else if (fact->has_novation()) {
    fact->set_effective_time_us(effective(fact->novation().date()));
  }
}

// `place` is where the file says it: "published/wards.csv:12".
void AddClash(const std::string& place, const std::string& key, std::string message,
              v1::Rejection* clash) {
  v1::FileError& error = *clash->add_file_errors();
  const size_t colon = place.rfind(':');
  error.set_file(place.substr(0, colon));
  int line = 0;
  if (colon != std::string::npos && absl::SimpleAtoi(place.substr(colon + 1), &line)) {
    error.set_line(line);
  }
  error.set_field(key);
  error.set_message(std::move(message));
}

// Frameworks that list the fact as well, for which the caller does not act.
std::vector<std::string> OthersListing(const Context& in, const DirectoryFact& fact,
                                       absl::string_view own) {
  std::vector<std::string> others(fact.also_listed_by().begin(), fact.also_listed_by().end());
  others.push_back(fact.framework_id());
  std::erase_if(others, [&](const std::string& id) {
    return id == own || in.state.directory.Framework(id) == nullptr || MayChange(in, id);
  });
  return others;
}

// The providers of branches: as the files have them, or as they are.
class Providers {
 public:
  Providers(const Directory& directory, const ParsedFramework& parsed) : directory_(directory) {
    for (const DirectoryFact& fact : parsed.facts) {
      if (fact.has_branch()) in_files_[fact.branch().id()] = fact.branch().provider_id();
    }
  }
  absl::string_view Of(absl::string_view branch_id) const {
    if (auto found = in_files_.find(branch_id); found != in_files_.end()) return found->second;
    const v1::Branch* branch = directory_.Branch(branch_id);
    return branch == nullptr ? absl::string_view() : branch->provider_id();
  }

 private:
  const Directory& directory_;
  std::map<absl::string_view, absl::string_view> in_files_;
};

// Whether there is a framework that is neither this one nor the caller's to act for.
bool OthersAreThere(const Context& in, const std::string& id) {
  const auto frameworks = in.state.directory.Frameworks();
  return std::any_of(frameworks.begin(), frameworks.end(), [&](const FrameworkRow* other) {
    return other->framework_id() != id && !MayChange(in, other->framework_id());
  });
}

// Why the files of framework `id` may not change `old` into this; empty if they may. No
// `providers`: there is nobody to be kept from harm.
std::string WhyNot(const Context& in, const DirectoryFact* old, const DirectoryFact& fact,
                   const std::optional<Providers>& providers, const std::string& id) {
  if (old != nullptr && !old->ended()) {
    if (ValueOf(*old) == ValueOf(fact)) return "";
    if (old->source() == journal::v1::FACT_SOURCE_API || old->framework_id() != id) {
      return absl::StrCat("the file and ", SourceName(*old),
                          " disagree; make the file say what holds, or undo that");
    }
    const auto others = OthersListing(in, *old, id);
    if (!others.empty()) {
      return absl::StrCat("the files of ", absl::StrJoin(others, ", "),
                          " say it as it is now, and it is theirs too; an administrator may "
                          "change it for all");
    }
  }
  if (!fact.has_coverage() || !providers) return "";
  const v1::Coverage& line = fact.coverage();
  const auto others =
      OthersCovered(providers->Of(line.branch_id()), line.ward_code(), in.state.directory,
                    [&](const std::string& other) { return other == id || MayChange(in, other); });
  if (others.empty()) return "";
  return absl::StrCat("the ward and the branch's provider are in ", absl::StrJoin(others, ", "),
                      " too, where the line would hold as well; let its files say it, or an "
                      "administrator");
}

// Who lists what the files of framework `id` change, beside them.
void KeepListing(const DirectoryFact& old, const std::string& id, DirectoryFact* fact) {
  if (old.ended() || old.file_hash().empty()) return;
  for (const std::string& other : old.also_listed_by()) {
    if (other != id) fact->add_also_listed_by(other);
  }
  if (old.framework_id() != id) fact->add_also_listed_by(old.framework_id());
}

// A fact that the files of another framework said first is said by those of this one too.
DirectoryFact ListedToo(const Context& in, const DirectoryFact& old, const std::string& id) {
  DirectoryFact fact = old;
  fact.add_also_listed_by(id);
  fact.set_recorded_time_us(in.now_us());
  return fact;
}

// Adds what the files say anew. DIRECTORY_CLASH where they contradict a live change or the files of
// another framework.
absl::Status AddNewFacts(const Context& in, const ParsedFramework& parsed,
                         const FrameworkRow* before, DateNumber from, Changes* changes) {
  const std::string& id = parsed.rules.framework_id();
  const absl::TimeZone& zone = in.ZoneOf(parsed.rules);
  std::optional<Providers> providers;  // where there is somebody to be kept from harm
  if (OthersAreThere(in, id)) providers.emplace(in.state.directory, parsed);
  v1::Rejection clash;
  Walk known(in.state.directory);
  for (size_t i = 0; i < parsed.facts.size(); ++i) {
    const DirectoryFact* old = known.Fact(parsed.facts[i].key());
    if (old != nullptr && old->file_hash() == parsed.facts[i].file_hash() && !old->ended()) {
      if (!ListedBy(*old, id)) {
        changes->Add(DirectoryDifference::KIND_ADDED, ListedToo(in, *old, id));
      }
      continue;
    }
    DirectoryFact fact = parsed.facts[i];
    if (std::string why = WhyNot(in, old, fact, providers, id); !why.empty()) {
      AddClash(parsed.places[i], fact.key(), std::move(why), &clash);
      continue;
    }
    if (old != nullptr) KeepListing(*old, id, &fact);
    fact.set_recorded_time_us(in.now_us());
    fact.set_from_date(SpeaksFrom(fact, old, from, before == nullptr));
    SetEffectiveTime(zone, &fact);
    changes->Add(
        old == nullptr ? DirectoryDifference::KIND_ADDED : DirectoryDifference::KIND_CHANGED,
        std::move(fact));
  }
  if (clash.file_errors().empty()) return absl::OkStatus();
  clash.set_reason(v1::REJECTION_REASON_DIRECTORY_CLASH);
  clash.set_field("files");
  clash.set_value(clash.file_errors(0).field());
  clash.set_expected(clash.file_errors(0).message());
  return Reject(clash);
}

// The fact once the files of framework `id` no longer have it, and others do: theirs.
DirectoryFact LeftToOthers(const Context& in, const DirectoryFact& old, const std::string& id) {
  DirectoryFact fact = old;
  auto* listed = fact.mutable_also_listed_by();
  if (fact.framework_id() == id) {
    fact.set_framework_id(listed->Get(0));
    listed->erase(listed->begin());
  } else {
    listed->erase(std::find(listed->begin(), listed->end(), id));
  }
  fact.set_recorded_time_us(in.now_us());
  return fact;
}

// The fact once no files have it: one with dates ends today and keeps its past, and what
// had ended is not prolonged.
DirectoryFact Ended(const Context& in, const DirectoryFact& old, DateNumber today) {
  DirectoryFact fact = old;
  fact.clear_file_hash();
  fact.set_source(journal::v1::FACT_SOURCE_FILE);
  fact.set_recorded_time_us(in.now_us());
  auto has_ended = [today](const std::string& to_date) {
    const auto date = ParseDate(to_date);
    return date.has_value() && *date <= today;
  };
  if (fact.has_contract()) {
    if (!has_ended(fact.contract().to_date())) {
      fact.mutable_contract()->set_to_date(FormatDate(today));
      fact.set_effective_time_us(in.now_us());
    }
  } else if (fact.has_coverage()) {
    if (!has_ended(fact.coverage().to_date())) {
      fact.mutable_coverage()->set_to_date(FormatDate(today));
    }
  } else {
    fact.set_ended(true);
  }
  return fact;
}

// Adds the ends of what the files said and no longer say.
void AddEnds(const Context& in, const ParsedFramework& parsed, DateNumber today, DateNumber from,
             Changes* changes) {
  const std::string& id = parsed.rules.framework_id();
  auto said = parsed.facts.begin();  // both are in the order of keys
  for (const auto& [key, shared] : in.state.directory.Facts()) {
    const DirectoryFact& old = *shared;
    while (said != parsed.facts.end() && said->key() < key) ++said;
    const bool in_files = said != parsed.facts.end() && said->key() == key;
    if (!ListedBy(old, id) || old.file_hash().empty() || old.ended() || in_files) {
      continue;
    }
    if (!old.also_listed_by().empty()) {
      changes->Add(DirectoryDifference::KIND_ENDED, LeftToOthers(in, old, id));
      continue;
    }
    DirectoryFact fact = Ended(in, old, today);
    fact.set_from_date(SpeaksFrom(fact, &old, from, false));
    changes->Add(DirectoryDifference::KIND_ENDED, std::move(fact));
  }
}

}  // namespace

absl::Status Decide(const Context& in, const ApplyParsedFramework& apply, Decision* out) {
  const ParsedFramework& parsed = *apply.framework;
  const v1::ApplyFrameworkRequest& request = apply.request;
  const v1::FrameworkRules& rules = parsed.rules;
  const std::string& id = rules.framework_id();
  const FrameworkRow* before = in.state.directory.Framework(id);
  if (in.caller.role == v1::ROLE_COMMISSIONER && before != nullptr && !MayChange(in, id)) {
    return Reject(v1::REJECTION_REASON_NOT_FOUND, "framework_id", id, "a framework of yours");
  }
  const DateNumber today = in.Today(rules);
  const absl::StatusOr<DateNumber> from = FromDate(request.from_date(), today);
  if (!from.ok()) return from.status();
  Changes changes;
  if (absl::Status status = AddNewFacts(in, parsed, before, *from, &changes); !status.ok()) {
    return status;
  }
  AddEnds(in, parsed, today, *from, &changes);

  const bool rules_differ =
      before == nullptr || before->rules().SerializeAsString() != rules.SerializeAsString();
  if (rules_differ) {
    changes.Note(
        before == nullptr ? DirectoryDifference::KIND_ADDED : DirectoryDifference::KIND_CHANGED,
        absl::StrCat("framework/", id));
  }
  const bool differs = rules_differ || !changes.facts.facts().empty();
  v1::Framework& framework = *changes.response.mutable_framework();
  framework.set_id(id);
  framework.set_revision((before != nullptr ? before->revision() : 0) + (differs ? 1 : 0));
  *framework.mutable_rules() = rules;
  *framework.mutable_applied_time() =
      ToTimestamp(differs ? in.now_us() : before->applied_time_us());
  const int32_t revision = framework.revision();
  out->reply = std::make_unique<v1::ApplyFrameworkResponse>(std::move(changes.response));
  if (request.validate_only() || !differs) return absl::OkStatus();

  FrameworkRow& row = *out->Add().mutable_framework_applied()->mutable_framework();
  row.set_framework_id(id);
  row.set_revision(revision);
  *row.mutable_rules() = rules;
  row.set_applied_time_us(in.now_us());
  if (before != nullptr) row.set_from_date(*from);
  if (!changes.facts.facts().empty()) {
    *out->Add().mutable_directory_changed() = std::move(changes.facts);
  }
  return absl::OkStatus();
}

absl::Status Decide(const Context& in, const v1::ApplyFrameworkRequest& request, Decision* out) {
  absl::StatusOr<ParsedFramework> parsed = ParseFramework(
      request.files(), [&in](const std::string& zone) { return in.zones(zone) != nullptr; });
  if (!parsed.ok()) return parsed.status();
  ApplyParsedFramework apply;
  apply.request.set_validate_only(request.validate_only());
  apply.request.set_from_date(request.from_date());
  apply.framework = std::make_shared<const ParsedFramework>(*std::move(parsed));
  return Decide(in, apply, out);
}

absl::StatusOr<v1::ApplyFrameworkResponse> WouldChange(const Directory& directory,
                                                       const ZoneFinder& zones,
                                                       const Caller& caller, absl::Time now,
                                                       const ApplyParsedFramework& apply) {
  State state;
  state.directory = directory;
  const Context in{state, zones, caller, now, ""};
  Decision decision;
  if (absl::Status status = Decide(in, apply, &decision); !status.ok()) return status;
  return std::move(static_cast<v1::ApplyFrameworkResponse&>(*decision.reply));
}

}  // namespace brokerage::engine
