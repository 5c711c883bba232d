// The branches of the framework.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "brokerage/v1/offer_service.pb.h"
#include "brokerage/v1/package.pb.h"
#include "demo/council/files.h"
#include "demo/people/setting.h"

namespace brokerage::demo {

class Branches {
 public:
  // `setting` outlives them.
  Branches(Setting* setting, BranchBehaviours behaviours)
      : setting_(*setting),
        council_(setting->council),
        calendar_(setting->calendar),
        diary_(setting->diary),
        behaviours_(std::move(behaviours)) {}

  // Plans the answers of the offer's branch. `first_round`: of the framework's rules.
  void Receive(const v1::Offer& offer, bool first_round);
  // Sends what the branches have to say by now, in one call of each.
  void SendAnswers();
  // From now on the branch serves the postcode area.
  void Serve(const std::string& branch_id, const std::string& postcode_area);

 private:
  void Answer(const v1::Offer& offer, const v1::AnswerRecord& answer);

  Setting& setting_;
  Council& council_;
  Calendar& calendar_;
  Diary& diary_;
  BranchBehaviours behaviours_;
  std::map<std::string, v1::AnswerOffersRequest> answers_;  // by branch, waiting for SendAnswers
};

}  // namespace brokerage::demo
