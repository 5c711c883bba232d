// Drives an engine through weeks in a random framework; the auditor holds every record that it
// makes against the second implementation. What people do is in the files that register it, see
// workload_acts.h.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "tests/reference/auditor.h"
#include "tests/reference/course.h"

namespace brokerage::engine::reference {

class Workload {
 public:
  // One seed plays the same on every machine.
  Workload(uint64_t seed, bool adaptive, WorkloadTally* tally);
  Workload(const Workload&) = delete;
  Workload& operator=(const Workload&) = delete;

  // Submits so many packages and lets them live. What differed, soonest first; stops at the first.
  std::vector<std::string> Run(int packages);
  // The same, and then everything that can be done is done, until nothing is under way. The sums of
  // the figures are held after every record, too.
  std::vector<std::string> RunToTheEnd(int packages);

  // Everybody at one package, and at what follows it: so many acts, many of them in the same
  // minute.
  std::vector<std::string> Race(int acts);

  // The properties that did not hold.
  const std::set<Property>& broken() const { return auditor_.properties().broken(); }
  const Course& course() const { return course_; }

  // --- What the acts share: what is there ...
  const RandomFramework& framework() const { return course_.framework; }
  const ReferenceDirectory& directory() const { return course_.directory; }
  const Engine& engine() const { return course_.engine; }
  absl::Time now() const { return course_.now; }
  absl::Time Stamp() const { return course_.Stamp(); }
  Dice& dice() { return course_.dice; }
  // ... and how something is done. Whether the engine did as it was asked; what is due at once
  // happens, too.
  bool Ask(const Caller& caller, Request request);
  void Commit(const journal::v1::Record& record, const std::vector<journal::v1::TextRow>& texts);
  // Everything that is due until then happens at its own time.
  void AdvanceTo(absl::Time time);
  // The auditor expects what must come of giving back an outage of this time, and looks at it after
  // the record that does; or now.
  void ExpectOutage(absl::Time from, absl::Time to) {
    auditor_.outages().Expect(course_, from, to);
  }
  void CheckOutage() { auditor_.outages().Check(course_); }
  // Whether more packages are to be submitted; and of whom the next one is.
  bool WantsMore() const { return persons_ < wanted_packages_; }
  std::string NextPerson();
  // Mostly one of the newer ones; null if there is none.
  const PackageAggregate* RandomPackage();
  void Tally(const std::string& what) { course_.tally(what); }
  void Problem(const std::string& text) { course_.Problem(text); }
  // The last one, in the engine's words.
  const std::string& refusal() const { return refusal_; }
  bool failed() const { return !course_.problems.empty(); }

 private:
  void Act();
  void Refused(const absl::Status& status);

  Course course_;
  Auditor auditor_;
  std::string refusal_;
  int persons_ = 0;
  int wanted_packages_ = 0;
};

Caller NavigatorOf(const std::string& authority, bool second = false);
Caller BranchOf(const journal::v1::OfferRow& offer);

}  // namespace brokerage::engine::reference
