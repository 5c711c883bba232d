#include "demo/council/files.h"

#include <filesystem>
#include <iterator>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/base/calendar.h"
#include "engine/framework/csv.h"
#include "services/client/files/files.h"

namespace brokerage::demo {

using client::ReadFile;

namespace {

constexpr size_t kRowsMax = 100'000;

struct BehaviourName {
  absl::string_view name;
  Behaviour behaviour;
};
constexpr BehaviourName kBehaviours[] = {
    {"", Behaviour::kDrawn},        {"eager", Behaviour::kEager}, {"office", Behaviour::kOffice},
    {"keen", Behaviour::kKeen},     {"picky", Behaviour::kPicky}, {"slow", Behaviour::kSlow},
    {"silent", Behaviour::kSilent}, {"all", Behaviour::kAll},     {"never", Behaviour::kNever},
};

absl::StatusOr<engine::CsvTable> ReadTable(const std::string& folder, const std::string& name,
                                           absl::Span<const engine::CsvColumn> columns) {
  auto content = ReadFile(absl::StrCat(folder, "/", name));
  if (!content.ok()) return content.status();
  engine::FrameworkErrors errors;
  engine::CsvTable table = engine::ParseCsv(name, *content, columns, kRowsMax, &errors);
  if (!errors.empty()) return errors.ToStatus();
  return table;
}

bool IsThere(const std::string& folder, const std::string& name) {
  return std::filesystem::exists(absl::StrCat(folder, "/", name));
}

absl::Status Wrong(const char* file, int line, absl::string_view column, absl::string_view value,
                   absl::string_view right) {
  return absl::InvalidArgumentError(
      absl::StrCat(file, ":", line, ": ", column, ": \"", value, "\" should be ", right));
}

std::set<std::string> Parts(const std::string& cell) {
  return absl::StrSplit(cell, ';', absl::SkipWhitespace());
}

}  // namespace

absl::StatusOr<Plan> ReadPlan(const std::string& folder) {
  static constexpr char kFile[] = "plan.csv";
  static constexpr engine::CsvColumn kColumns[] = {{"first_monday"},
                                                   {"weeks"},
                                                   {"weeks_a_run"},
                                                   {"weeks_of_story", true},
                                                   {"unserved_due_min", true}};
  auto table = ReadTable(folder, kFile, kColumns);
  if (!table.ok()) return table.status();
  if (table->rows.size() != 1)
    return absl::InvalidArgumentError(absl::StrCat(kFile, ": one row is needed"));
  const engine::CsvRow& row = table->rows[0];
  Plan plan;
  const auto monday = engine::ParseDate(row.cells[0]);
  if (!monday || absl::GetWeekday(engine::FromDateNumber(*monday)) != absl::Weekday::monday) {
    return Wrong(kFile, row.line, "first_monday", row.cells[0], "a Monday, YYYY-MM-DD");
  }
  plan.first_monday = engine::FromDateNumber(*monday);
  if (!absl::SimpleAtoi(row.cells[1], &plan.weeks) || plan.weeks < 1)
    return Wrong(kFile, row.line, "weeks", row.cells[1], "a number from 1");
  if (!absl::SimpleAtoi(row.cells[2], &plan.weeks_a_run) || plan.weeks_a_run < 1)
    return Wrong(kFile, row.line, "weeks_a_run", row.cells[2], "a number from 1");
  plan.story_weeks = plan.weeks_a_run;
  if (const std::string& story = row.cells[3];
      !story.empty() && (!absl::SimpleAtoi(story, &plan.story_weeks) || plan.story_weeks < 1))
    return Wrong(kFile, row.line, "weeks_of_story", story, "a number from 1, or nothing");
  const std::string& due = row.cells[4];
  if (!due.empty() && (!absl::SimpleAtoi(due, &plan.unserved_due_min) || plan.unserved_due_min < 1))
    return Wrong(kFile, row.line, "unserved_due_min", due, "a number from 1, or nothing");
  return plan;
}

absl::StatusOr<BranchBehaviours> ReadBehaviours(const std::string& folder) {
  static constexpr char kFile[] = "branches.csv";
  static constexpr engine::CsvColumn kColumns[] = {{"branch_id"},
                                                   {"character"},
                                                   {"unserved_wards"},
                                                   {"unserved_areas", true},
                                                   {"unserved_manner"}};
  BranchBehaviours behaviours;
  if (!IsThere(folder, kFile)) return behaviours;
  auto table = ReadTable(folder, kFile, kColumns);
  if (!table.ok()) return table.status();
  for (const engine::CsvRow& row : table->rows) {
    BranchBehaviour& behaviour = behaviours[row.cells[0]];
    const BehaviourName* found = nullptr;
    for (const BehaviourName& one : kBehaviours) {
      if (one.name == row.cells[1]) found = &one;
    }
    if (found == nullptr) {
      return Wrong(kFile, row.line, "character", row.cells[1],
                   "eager, office, keen, picky, slow, silent, all, never, or nothing");
    }
    behaviour.behaviour = found->behaviour;
    behaviour.unserved_wards = Parts(row.cells[2]);
    behaviour.unserved_areas = Parts(row.cells[3]);
    const std::string& how = row.cells[4];
    if (how != "ignores" && how != "declines" && !how.empty())
      return Wrong(kFile, row.line, "unserved_manner", how, "declines, ignores, or nothing");
    behaviour.ignores_unserved = how == "ignores";
  }
  return behaviours;
}

absl::StatusOr<std::vector<Event>> ReadEvents(const std::string& folder) {
  static constexpr char kFile[] = "events.csv";
  static constexpr engine::CsvColumn kColumns[] = {
      {"date"}, {"time"}, {"authority_id"}, {"does"}, {"subject"}, {"argument"}, {"reason"}};
  std::vector<Event> events;
  if (!IsThere(folder, kFile)) return events;
  auto table = ReadTable(folder, kFile, kColumns);
  if (!table.ok()) return table.status();
  for (const engine::CsvRow& row : table->rows) {
    Event& event = events.emplace_back();
    event.line = row.line;
    const auto date = engine::ParseDate(row.cells[0]);
    if (!date) return Wrong(kFile, row.line, "date", row.cells[0], "a date, YYYY-MM-DD");
    event.date = engine::FromDateNumber(*date);
    const auto minutes = engine::ParseLocalTime(row.cells[1]);
    if (!minutes) return Wrong(kFile, row.line, "time", row.cells[1], "HH:MM");
    event.time_of_day = absl::Minutes(*minutes);
    event.authority_id = row.cells[2];
    event.does = row.cells[3];
    event.subject = row.cells[4];
    event.argument = row.cells[5];
    event.reason = row.cells[6];
  }
  return events;
}

}  // namespace brokerage::demo
