// What is told while weeks run.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "demo/council/council.h"

namespace brokerage::demo {

// Of one week, for its line.
struct WeekCounts {
  int referred = 0;
  int offers = 0;
  int answered = 0;
  int awarded = 0;
  int elsewhere = 0;  // given up: care was found outside the framework
  int refused = 0;
  int left_interim = 0;
  std::vector<std::string> over_limit;  // interim packages whose limit passed
  std::string first_refusal;
};

class Diary {
 public:
  // `council` outlives the diary. `in_full`: every event is told, to the minute. Otherwise a line a
  // week, and its news.
  Diary(const Council* council, bool in_full) : council_(council), in_full_(in_full) {}

  // While it is quiet, no event is told.
  void SetQuiet(bool quiet) { quiet_ = quiet; }
  bool quiet() const { return quiet_; }

  // Prints one line, under a heading of its day, if events are told.
  void Report(const std::string& package_id, const std::string& what);
  void ReportRefused(const std::string& package_id, const std::string& what,
                     const absl::Status& status);
  // One line for the commissioner: as Report does, or under the line of the week.
  void News(const std::string& what);

  void BeginWeek() { week_ = {}; }
  WeekCounts& week() { return week_; }
  // Prints the line of the week that began on this Monday, and its news, where events are not told.
  void ReportWeek(absl::CivilDay monday, int waiting);

 private:
  const Council* const council_;
  const bool in_full_;
  bool quiet_ = false;
  absl::CivilDay reported_day_;
  WeekCounts week_;
  std::vector<std::string> news_;  // of the week
};

}  // namespace brokerage::demo
