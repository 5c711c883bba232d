// The care navigation of every authority that buys.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "brokerage/v1/package.pb.h"
#include "demo/council/files.h"
#include "demo/council/notes.h"
#include "demo/people/branches.h"
#include "demo/people/caseload.h"
#include "demo/people/deadlines.h"
#include "demo/people/interim_service.h"
#include "demo/people/setting.h"
#include "services/client/files/referral_file.h"

namespace brokerage::demo {

class CareNavigation {
 public:
  // Both outlive it.
  CareNavigation(Setting* setting, Branches* branches)
      : setting_(*setting),
        council_(setting->council),
        calendar_(setting->calendar),
        diary_(setting->diary),
        branches_(*branches),
        caseload_(&setting->council),
        deadlines_(setting, &caseload_),
        interim_(setting, &caseload_) {}

  // Takes over, without a word, what earlier runs left open.
  void TakeOver();
  void BeginWeek();

  // Submits the row's package. What its person is called gets the suffix.
  void Submit(const client::ReferralRow& row, absl::CivilDay day, const std::string& suffix);
  // Takes all that runs under a contract from it.
  absl::Status Transfer(const Event& event);

  // Compares every open package with what was last seen of it, reports what is new, and plans what
  // follows.
  void Poll();
  // Reports what came of the deadlines that have passed by now.
  void ObserveDeadlines() { deadlines_.Observe(); }
  // The next moment at which the server does something by itself; infinite future if none is known.
  absl::Time NextDue() const { return caseload_.NextDue(); }

  // How many packages wait for care.
  int Waiting() const { return caseload_.Waiting(); }
  // The packages that are new in this week, in order.
  const std::vector<OwnedPackage>& packages() const { return caseload_.added(); }

 private:
  void PollAuthority(const std::string& authority_id);
  void PollUnlisted(const std::string& authority_id, const std::set<std::string>& listed);
  void Observe(const v1::Package& package);
  void ObserveRounds(const v1::Package& package, int rounds_seen);
  void ObserveAward(const v1::Package& package);

  void ConfirmAward(const std::string& package_id);
  void Start(const std::string& package_id);
  void Return(const std::string& package_id);
  void HandBack(const std::string& package_id);
  void NoteGivenUp(const v1::Package& package, bool handed_back, const std::string& reason);
  // Who gave up the package noted last, and whose cause it was, in words.
  std::string ByWhom() const;
  void Reissue(const std::string& package_id);
  void TryAgain(const std::string& package_id);
  void Cancel(const std::string& package_id);
  // In working hours, so many minutes from now.
  absl::Time Soon(const std::string& name, int minutes_min, int minutes_max) const;

  Setting& setting_;
  Council& council_;
  Calendar& calendar_;
  Diary& diary_;
  Branches& branches_;
  Caseload caseload_;
  Deadlines deadlines_;
  InterimService interim_;
  bool returned_ = false;  // of the week: a package was, before its start
  bool handed_back_ = false;
};

}  // namespace brokerage::demo
