// The commissioners of the framework's authorities.
#pragma once

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "demo/council/files.h"
#include "demo/people/branches.h"
#include "demo/people/care_navigation.h"
#include "demo/people/setting.h"
#include "services/client/connection.h"

namespace brokerage::demo {

class Commissioner {
 public:
  // All outlive it.
  Commissioner(Setting* setting, Branches* branches, CareNavigation* navigation)
      : setting_(*setting),
        council_(setting->council),
        diary_(setting->diary),
        branches_(*branches),
        navigation_(*navigation) {}

  // Does what the event says; a transfer is left to care navigation.
  void Act(const Event& event);
  // On the evening before the day: which contracts change with it, and what is out then.
  void ObserveChanges(absl::CivilDay day);

 private:
  // Notes that offers in one postcode area end or begin again.
  absl::Status NoteEnd(const client::Connection& commissioner, const Event& event);
  absl::Status NoteLift(const client::Connection& commissioner, const Event& event);

  Setting& setting_;
  Council& council_;
  Diary& diary_;
  Branches& branches_;
  CareNavigation& navigation_;
};

}  // namespace brokerage::demo
