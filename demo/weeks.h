// Weeks of care navigation, its branches and its commissioners, played against a server whose clock
// is a simulation's.
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
#include "brokerage/v1/offer_service.pb.h"
#include "brokerage/v1/package_service.pb.h"
#include "demo/council.h"
#include "demo/files.h"
#include "demo/notes.h"
#include "services/client/files/referral_file.h"

namespace brokerage::demo {

class Weeks {
 public:
  // `world` outlives the weeks. `in_full`: every event is told, to the minute. Otherwise a line a
  // week, and its news; then what happens within half an hour happens at its beginning, and a
  // branch answers all of that in one call.
  Weeks(World* world, BranchManners manners, Chance chance, bool in_full)
      : world_(world), manners_(std::move(manners)), chance_(chance), in_full_(in_full) {}

  // Moves in what ran before the contracts began: each row's package runs from now on where the
  // row says, and nobody is asked.
  void MoveIn(const std::vector<client::ReferralRow>& rows);

  // Plays the rows' packages and the events from this Monday on to the end of its Sunday. `week`
  // counts from the plan's first, from 0. Packages that earlier weeks left open go on. What a
  // server refuses is an event like others; only a clock that does not move is an error.
  absl::Status Play(absl::CivilDay monday, int week, const PlayPlan& plan,
                    const std::vector<client::ReferralRow>& rows,
                    const std::vector<PlayEvent>& events);

  // The packages submitted in the last week played, in order.
  const std::vector<PlayedPackage>& packages() const { return packages_; }
  const PlayNotes& notes() const { return notes_; }

 private:
  // What was last seen of a package.
  struct Seen {
    std::string authority_id;
    v1::PackageState state = v1::PACKAGE_STATE_UNSPECIFIED;
    int rounds = 0;
    int reissues = 0;  // by TryAgain
    std::string proposed_offer_id;
    std::string award_offer_id;
    std::string award_branch_id;
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
  void LookAtAllOf(const std::string& authority_id);
  void LookForUnfilled(const std::string& authority_id, const std::set<std::string>& listed);
  void LookAt(const v1::Package& package);
  void SeeRounds(const v1::Package& package, int rounds_seen);
  void SeeAward(const v1::Package& package);
  // Of the deadlines that have passed by now: which packages' offers nobody answered by them.
  void SeeDeadlines();

  void Submit(const client::ReferralRow& row, absl::CivilDay day, const std::string& suffix);
  // events.cc
  void Do(const PlayEvent& event);
  absl::Status Transfer(const client::Connection& navigator, const PlayEvent& event);
  // Notes that offers in one postcode area end or begin again.
  absl::Status NoteEnd(const client::Connection& commissioner, const PlayEvent& event);
  absl::Status NoteLift(const client::Connection& commissioner, const PlayEvent& event);
  // On the evening before: which contracts change with the day, and what is out then.
  void SeeChanges(absl::CivilDay day);
  void Answer(const v1::Offer& offer, const v1::AnswerRecord& answer);
  // What the branches have to say by now, in one call of each.
  void SendAnswers();
  void ConfirmAward(const std::string& package_id);
  void Start(const std::string& package_id);
  void Return(const std::string& package_id);
  void HandBack(const std::string& package_id);
  void NoteGivenUp(const v1::Package& package, bool handed_back, const std::string& reason);
  // Who gave up the package noted last, and whose cause it was, in words.
  std::string ByWhom() const;
  void Reissue(const std::string& package_id);
  void TryAgain(const std::string& package_id);
  // interim.cc
  void PlanLeaving(const v1::Package& package);
  // Plans for those who were in an interim service before the first week that is played here.
  void PlanAllLeaving();
  void SeeLimit(const std::string& package_id);
  void Leave(const std::string& package_id);
  void SubmitFollowing(const v1::Package& interim, v1::LeavingOutcome outcome);

  // One line for the commissioner: as Tell does, or under the line of the week.
  void News(const std::string& what);
  // Prints one line, under a heading of its day.
  void Tell(const std::string& package_id, const std::string& what);
  void TellRefused(const std::string& package_id, const std::string& what,
                   const absl::Status& status);
  void TellWeek();
  // The package's own care navigation.
  const client::Connection& Navigator(const std::string& package_id);
  std::string NextRequestId(const std::string& what);
  // In working hours, so many minutes from now.
  absl::Time Soon(const std::string& name, int minutes_min, int minutes_max) const;

  World* world_;
  BranchManners manners_;
  Chance chance_;
  const bool in_full_;
  absl::CivilDay monday_;
  absl::CivilDay told_day_;
  bool began_ = false;
  bool quiet_ = false;
  bool returned_ = false;
  bool handed_back_ = false;
  int64_t planned_ = 0;
  int64_t requests_ = 0;
  std::map<std::pair<absl::Time, int64_t>, Act> agenda_;
  std::map<std::string, Seen> seen_;
  std::map<absl::Time, std::set<std::string>> deadlines_;   // to come, with the packages; in_full_
  std::map<std::string, v1::AnswerOffersRequest> answers_;  // by branch, waiting for SendAnswers
  std::vector<PlayedPackage> packages_;
  PlayNotes notes_;
  std::vector<std::string> news_;  // of the week, for TellWeek
  // Of the week, for TellWeek.
  struct Counted {
    int referred = 0, offers = 0, answered = 0, awarded = 0, elsewhere = 0, refused = 0,
        left_interim = 0;
    std::vector<std::string> over_limit;  // interim packages whose limit passed
    std::string first_refusal;
  } counted_;
};

}  // namespace brokerage::demo
