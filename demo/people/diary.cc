#include "demo/people/diary.h"

#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/client/text/words.h"

namespace brokerage::demo {

using client::London;
using client::SayError;

namespace {

std::string ClockTime(absl::Time time) { return absl::FormatTime("%H:%M", time, London()); }

}  // namespace

void Diary::Report(const std::string& package_id, const std::string& what) {
  if (quiet_ || !in_full_) return;
  const absl::CivilDay day = absl::ToCivilDay(council_->now(), London());
  if (day != reported_day_) {
    reported_day_ = day;
    printf("\n%s\n", absl::FormatTime("%A %-d %B %Y", council_->now(), London()).c_str());
  }
  printf("  %s  %s%s%s\n", ClockTime(council_->now()).c_str(), package_id.c_str(),
         package_id.empty() ? "" : "  ", what.c_str());
}

void Diary::ReportRefused(const std::string& package_id, const std::string& what,
                          const absl::Status& status) {
  if (week_.refused++ == 0) week_.first_refusal = absl::StrCat(what, ": ", SayError(status));
  Report(package_id, absl::StrCat(what, " was refused: ", SayError(status)));
}

void Diary::News(const std::string& what) {
  if (in_full_) return Report("", what);
  news_.push_back(absl::StrCat(absl::FormatTime("%a %H:%M", council_->now(), London()), " ", what));
}

void Diary::ReportWeek(absl::CivilDay monday, int waiting) {
  if (in_full_) return;
  printf(
      "  week of %s: %4d referred, %5d offers, %5d answers, %4d awarded, %3d given up, %4d wait\n",
      absl::FormatTime("%e %b %Y", absl::FromCivil(monday, London()), London()).c_str(),
      week_.referred, week_.offers, week_.answered, week_.awarded, week_.elsewhere, waiting);
  if (week_.refused > 0) {
    printf("    refused: %d, the first %s\n", week_.refused, week_.first_refusal.c_str());
  }
  if (!week_.over_limit.empty() || week_.left_interim > 0) {
    printf("    interim service: %d left; %s\n", week_.left_interim,
           week_.over_limit.empty()
               ? "no limit passed"
               : absl::StrCat("past its limit: ", absl::StrJoin(week_.over_limit, ", ")).c_str());
  }
  for (const std::string& news : std::exchange(news_, {})) printf("    %s\n", news.c_str());
  fflush(stdout);
}

}  // namespace brokerage::demo
