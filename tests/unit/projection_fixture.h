// Rows built by hand, and what each role is shown of them.
#pragma once

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/project.h"

namespace brokerage::engine {

using journal::v1::Fact;
using journal::v1::OfferRow;
using journal::v1::Record;

inline constexpr int64_t kSecond = 1000000;
inline constexpr int64_t kIssued = 1530529200 * kSecond;    // 2018-07-02T11:00Z
inline constexpr int64_t kDeadline = 1530612000 * kSecond;  // 2018-07-03T10:00Z
inline constexpr int64_t kAwardTime = kDeadline + 60 * kSecond;

inline Caller Navigator(const std::string& authority = "nottinghamshire") {
  return {"navigation-1", v1::ROLE_CARE_NAVIGATOR, authority, "", ""};
}
inline Caller BranchOf(const std::string& provider, const std::string& branch) {
  return {"account-" + branch, v1::ROLE_PROVIDER_BRANCH, "", provider, branch};
}
inline Caller Organisation(const std::string& provider) {
  return {"office-" + provider, v1::ROLE_PROVIDER_ORGANISATION, "", provider, ""};
}
inline Caller Commissioner() {
  return {"quality", v1::ROLE_COMMISSIONER, "nottinghamshire", "", ""};
}
inline Caller Administrator() { return {"root", v1::ROLE_ADMINISTRATOR, "", "", ""}; }

inline void PutBranch(Directory* directory, const std::string& provider,
                      const std::string& trading_name, const std::string& branch,
                      const std::string& name) {
  journal::v1::DirectoryFact fact;
  fact.set_key(ProviderKey(provider));
  fact.mutable_provider()->set_id(provider);
  fact.mutable_provider()->set_legal_name("Legal " + provider);
  fact.mutable_provider()->set_trading_name(trading_name);
  directory->Put(fact);
  fact.set_key(BranchKey(branch));
  fact.mutable_branch()->set_id(branch);
  fact.mutable_branch()->set_provider_id(provider);
  fact.mutable_branch()->set_name(name);
  directory->Put(fact);
}

// A package that was offered to three branches: 1 fosse, 2 london-care, 3 agincare; the first two
// accepted.
class Projection : public testing::Test {
 protected:
  Projection() {
    PutBranch(&directory_, "fosse", "", "fosse-mansfield", "Fosse Mansfield");
    PutBranch(&directory_, "london-care", "Comfort Call", "london-care-mansfield",
              "London Care Mansfield");
    PutBranch(&directory_, "agincare", "", "agincare-kirkby", "Agincare Kirkby");
    journal::v1::PackageRow& row = package_.row;
    row.set_number(123);
    row.set_year(2018);
    row.set_state(v1::PACKAGE_STATE_OFFERED);
    row.set_framework_id("nottinghamshire");
    row.set_authority_id("nottinghamshire");
    row.set_ward_code("E05010673");
    row.set_lot_id("mansfield-and-ashfield");
    row.set_postcode_sector("NG18 1");
    row.set_urgency(v1::URGENCY_URGENT);
    row.mutable_terms()->set_service_type(v1::SERVICE_TYPE_HOME_CARE);
    row.mutable_terms()->set_weekly_minutes(840);
    row.mutable_terms()->set_start_by_date("2018-07-05");
    row.set_terms_version(1);
    row.set_submitted_time_us(kIssued - kSecond);
    AddRound();
    AddOffer(1, "fosse", "fosse-mansfield", v1::OFFER_STATE_ACCEPTED);
    AddOffer(2, "london-care", "london-care-mansfield", v1::OFFER_STATE_ACCEPTED);
    AddOffer(3, "agincare", "agincare-kirkby", v1::OFFER_STATE_OPEN);
    AddAnswer(1, kIssued + 10 * kSecond);
    AddAnswer(2, kIssued + 20 * kSecond);
    AddText("summary", "Two visits a day.");
    AddText("details", "Key safe by the door.");
    AddText("person_reference", "C-778");
    AddText("postcode", "NG18 1AB");
    AddText("note/3/1", "Our only driver is away.");
    AddText("claim/3", "Kirkby only.");
    AddText("claim_decision/3", "The ward was yours.");
  }

  void AddRound() {
    journal::v1::RoundRow& round = *package_.row.add_rounds();
    round.set_number(1);
    round.set_rule_number(1);
    round.add_tier_ids("lead");
    round.add_tier_ids("additional");
    round.set_opened_time_us(kIssued);
    round.set_deadline_us(kDeadline);
    round.set_terms_version(1);
    for (const char* branch :
         {"fosse-mansfield", "london-care-mansfield", "agincare-kirkby", "human-hucknall"}) {
      journal::v1::Verdict& verdict = *round.add_verdicts();
      verdict.set_branch_id(branch);
      verdict.set_offered(branch != std::string("human-hucknall"));
      if (!verdict.offered()) verdict.set_failed_rules(1u << v1::HARD_RULE_BRANCH_COVERS_WARD);
    }
  }

  void AddOffer(int32_t ordinal, const std::string& provider, const std::string& branch,
                v1::OfferState state) {
    OfferRow& offer = package_.offers.emplace_back();
    offer.set_package_number(123);
    offer.set_ordinal(ordinal);
    offer.set_round_number(1);
    offer.set_state(state);
    offer.set_provider_id(provider);
    offer.set_branch_id(branch);
    offer.set_contract_id("mansfield-and-ashfield/additional/" + provider);
    offer.set_tier_id("additional");
    offer.set_issued_time_us(kIssued);
    offer.set_deadline_us(kDeadline);
    offer.set_terms_version(1);
    offer.set_service_type(v1::SERVICE_TYPE_HOME_CARE);
  }

  void AddAnswer(int32_t ordinal, int64_t time_us, v1::Answer answer = v1::ANSWER_ACCEPT) {
    journal::v1::AnswerRow& row = *Offer(ordinal).add_answers();
    row.set_answer(answer);
    row.set_time_us(time_us);
  }

  void AddText(const std::string& name, const std::string& text) {
    journal::v1::TextRow& row = package_.texts.emplace_back();
    row.set_package_number(123);
    row.set_name(name);
    row.set_text(text);
  }

  OfferRow& Offer(int32_t ordinal) { return package_.offers[static_cast<size_t>(ordinal) - 1]; }
  journal::v1::RoundRow& Round() { return *package_.row.mutable_rounds(0); }

  v1::Offer Shown(int32_t ordinal, const Caller& caller) {
    return ToOffer(package_, Offer(ordinal), caller);
  }

  // Offer 1 wins, 2 loses, 3 is closed; the rows and the record.
  Record Award() {
    package_.row.set_state(v1::PACKAGE_STATE_AWARDED);
    Round().set_closed_time_us(kAwardTime);
    Offer(1).set_state(v1::OFFER_STATE_WON);
    Offer(2).set_state(v1::OFFER_STATE_LOST);
    Offer(2).set_lost_by(v1::AWARD_CRITERION_CONTRACTED_SHORTFALL);
    Offer(3).set_state(v1::OFFER_STATE_CLOSED);
    Offer(3).set_close_cause(v1::CLOSE_CAUSE_AWARDED_ELSEWHERE);
    Record record = RecordAt(kAwardTime, "navigation-1");
    journal::v1::PackageAwarded& awarded = *record.add_facts()->mutable_package_awarded();
    awarded.set_package_number(123);
    awarded.mutable_award()->set_offer_ordinal(1);
    awarded.mutable_award()->set_time_us(kAwardTime);
    awarded.mutable_award()->set_decided_by(v1::AWARD_CRITERION_CONTRACTED_SHORTFALL);
    *package_.row.mutable_award() = awarded.award();
    journal::v1::LostOffer& lost = *awarded.add_lost();
    lost.set_ordinal(2);
    lost.set_lost_by(v1::AWARD_CRITERION_CONTRACTED_SHORTFALL);
    return record;
  }

  Record Opened() {
    Record record = RecordAt(kIssued, "");
    journal::v1::RoundOpened& opened = *record.add_facts()->mutable_round_opened();
    opened.set_package_number(123);
    *opened.mutable_round() = package_.row.rounds(0);
    for (OfferRow offer : package_.offers) {
      offer.set_state(v1::OFFER_STATE_OPEN);
      offer.clear_answers();
      *opened.add_offers() = offer;
    }
    return record;
  }

  static Record RecordAt(int64_t time_us, const std::string& account) {
    Record record;
    record.set_time_us(time_us);
    record.set_account_id(account);
    return record;
  }

  std::vector<v1::HistoryEvent> History(const Record& record, const Caller& caller) {
    return ToHistory(
        record, 7, caller,
        [this](uint64_t number) {
          return number == 123 ? std::make_shared<const PackageAggregate>(package_) : nullptr;
        },
        directory_);
  }

  std::vector<std::string> Told(const Record& record, const Caller& caller) {
    std::vector<std::string> told;
    for (const v1::HistoryEvent& event : History(record, caller)) told.push_back(event.text());
    return told;
  }

  std::set<std::string> Subjects(const Record& record) {
    std::set<std::string> subjects;
    auto find = [this](uint64_t number) { return number == 123 ? &package_ : nullptr; };
    for (const HistorySubject& subject : SubjectsOf(record, find)) {
      std::string id = subject.scope == HistoryScope::kPackage
                           ? absl::StrCat(static_cast<unsigned char>(subject.id.back()))
                           : subject.id;
      subjects.insert(absl::StrCat(std::string(1, static_cast<char>(subject.scope)), ":", id));
    }
    return subjects;
  }

  Directory directory_;
  PackageAggregate package_;
  const Caller fosse_ = BranchOf("fosse", "fosse-mansfield");
  const Caller london_ = BranchOf("london-care", "london-care-mansfield");
  const Caller agincare_ = BranchOf("agincare", "agincare-kirkby");
};

using Strings = std::vector<std::string>;

}  // namespace brokerage::engine
