// A working week of care navigation and its branches, played against a server whose clock is a
// simulation's.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "brokerage/v1/package_service.pb.h"
#include "services/broker/play_world.h"
#include "services/broker/referrals.h"

namespace brokerage::broker {

class Week {
 public:
  // `world` outlives the week.
  Week(World* world, Chance chance) : world_(world), chance_(chance) {}

  // Plays the rows' packages from this Monday on to the end of its Sunday, and prints a line for
  // each event. Packages that earlier weeks left open go on. What a server refuses is an event like
  // others; only a clock that does not move is an error.
  absl::Status Play(absl::CivilDay monday, const std::vector<ReferralRow>& rows);

  // The packages submitted in this week, in order.
  const std::vector<std::string>& package_ids() const { return package_ids_; }

 private:
  // What was last seen of a package.
  struct Seen {
    v1::PackageState state = v1::PACKAGE_STATE_UNSPECIFIED;
    int rounds = 0;
    std::string proposed_offer_id;
    std::string award_offer_id;
    std::vector<absl::Time> due;  // its release and its deadlines
  };
  using Act = std::function<void()>;

  // Acts once the clock is there; acts of the same moment in the order in which they were planned.
  void At(absl::Time time, Act act);
  absl::Status RunUntil(absl::Time end);
  // The next moment at which the server does something by itself; infinite future if none is known.
  absl::Time NextDue() const;

  // Compares every open package with what was last seen of it, tells what is new, and plans what
  // follows.
  void Look();
  void LookAt(const v1::Package& package);
  void SeeRounds(const v1::Package& package, int rounds_seen);
  void SeeAward(const v1::Package& package);

  void Submit(const ReferralRow& row, absl::CivilDay day, const std::string& suffix);
  void Answer(const v1::Offer& offer, const v1::AnswerRecord& answer);
  void ConfirmAward(const std::string& package_id);
  void Start(const std::string& package_id);
  void Return(const std::string& package_id);
  void HandBack(const std::string& package_id);
  void Reissue(const std::string& package_id);

  // Prints one line, under a heading of its day.
  void Tell(const std::string& package_id, const std::string& what);
  void TellRefused(const std::string& package_id, const std::string& what,
                   const absl::Status& status);
  std::string NextRequestId(const std::string& what);
  // In working hours, so many minutes from now.
  absl::Time Soon(const std::string& name, int minutes_min, int minutes_max) const;

  World* world_;
  Chance chance_;
  absl::CivilDay monday_;
  absl::CivilDay told_day_;
  bool quiet_ = false;
  bool returned_ = false;
  bool handed_back_ = false;
  int64_t planned_ = 0;
  int64_t requests_ = 0;
  std::map<std::pair<absl::Time, int64_t>, Act> agenda_;
  std::map<std::string, Seen> seen_;
  std::vector<std::string> package_ids_;
};

}  // namespace brokerage::broker
