// What all who act in the demo share.
#pragma once

#include <cstdint>
#include <string>

#include "absl/time/civil_time.h"
#include "demo/council/chance.h"
#include "demo/council/council.h"
#include "demo/council/notes.h"
#include "demo/people/calendar.h"
#include "demo/people/diary.h"

namespace brokerage::demo {

struct Setting {
  Council& council;
  Calendar& calendar;
  Diary& diary;
  Notes& notes;
  const Chance chance;
  // Otherwise what happens within half an hour happens at its beginning, and a branch answers all
  // of that in one call.
  const bool in_full;
  absl::CivilDay monday;  // of the week that runs
  int64_t requests = 0;   // so far

  // Names a request by the week, what it is and how many there were: another in every run.
  std::string NextRequestId(const std::string& what);
};

}  // namespace brokerage::demo
