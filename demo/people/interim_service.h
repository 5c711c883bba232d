// Interim services: people leave after a stay of days, most of them for care at home.
#pragma once

#include <string>

#include "brokerage/v1/package.pb.h"
#include "demo/people/caseload.h"
#include "demo/people/setting.h"

namespace brokerage::demo {

class InterimService {
 public:
  // Both outlive it.
  InterimService(Setting* setting, Caseload* caseload)
      : setting_(*setting),
        council_(setting->council),
        calendar_(setting->calendar),
        diary_(setting->diary),
        caseload_(*caseload) {}

  // Plans when the person leaves a package that has started, and a look at it when its limit
  // passes.
  void PlanLeaving(const v1::Package& package);
  // For those who are in an interim service already.
  void PlanAllLeaving();

 private:
  void ObserveLimit(const std::string& package_id);
  void Leave(const std::string& package_id);
  void SubmitFollowing(const v1::Package& interim, v1::LeavingOutcome outcome);

  Setting& setting_;
  Council& council_;
  Calendar& calendar_;
  Diary& diary_;
  Caseload& caseload_;
};

}  // namespace brokerage::demo
