#include "tests/scenarios/runner/parts.h"

#include <set>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/base/ids.h"
#include "engine/views/package_view.h"
#include "tests/scenarios/runner/runner.h"
#include "tests/scenarios/runner/values.h"

namespace brokerage::engine {

namespace {

// "1", "1 and 3", "1, 2 and 4".
void AcceptVisits(ScenarioRunner& run, const std::string& visits, const std::string& label) {
  v1::AcceptOfferRequest request;
  request.set_offer_id(run.OfferIdOf(label, run.caller().branch_id, ""));
  for (const std::string& one : LabelsOf(visits)) {
    int number = 0;
    if (!absl::SimpleAtoi(one, &number)) run.Problem("no number of a visit: " + one);
    request.add_visits(number);
  }
  run.Ask(std::move(request));
}

void AcceptInPart(ScenarioRunner& run, const Words& words) {
  AcceptVisits(run, words[0], words[1]);
}

void AcceptInPartWithin(ScenarioRunner& run, const Words& words) {
  v1::AcceptOfferRequest request;
  request.set_offer_id(run.OfferIdOf(words[1], run.caller().branch_id, ""));
  int number = 0;
  for (const std::string& one : LabelsOf(words[0])) {
    if (absl::SimpleAtoi(one, &number)) request.add_visits(number);
  }
  if (absl::SimpleAtoi(words[2], &number)) request.mutable_limit()->set_weekly_minutes_max(number);
  request.mutable_limit()->set_name(words[3]);
  run.Ask(std::move(request));
}

void AwardPart(ScenarioRunner& run, const Words& words) {
  v1::AwardPackageRequest request;
  request.set_package_id(run.IdOf(words[0]));
  request.set_offer_id(run.OfferIdOf(words[0], words[1], ""));
  request.set_override_reason(words[3]);
  const uint64_t number = run.driver().engine().state().system.last_package_number() + 1;
  run.Ask(std::move(request));
  if (!run.refused()) run.SetLabel(words[2], number);
}

void Link(ScenarioRunner& run, const std::string& labels, bool unlink) {
  v1::LinkPackagesRequest request;
  for (const std::string& label : LabelsOf(labels)) request.add_package_ids(run.IdOf(label));
  request.set_unlink(unlink);
  run.Ask(std::move(request));
}

void LinkPackages(ScenarioRunner& run, const Words& words) { Link(run, words[0], false); }
void UnlinkPackages(ScenarioRunner& run, const Words& words) { Link(run, words[0], true); }

void LinkNothing(ScenarioRunner& run, const Words& words) { run.Ask(v1::LinkPackagesRequest()); }

v1::Package Shown(ScenarioRunner& run, const std::string& label) {
  return ToPackage(run.Package(label), Detail::kFull, run.directory());
}

void CheckLinks(ScenarioRunner& run, const Words& words) {
  const v1::Package package = Shown(run, words[0]);
  std::set<std::string> expected;
  for (const std::string& label : LabelsOf(words[1])) expected.insert(run.IdOf(label));
  const std::set<std::string> found(package.linked_package_ids().begin(),
                                    package.linked_package_ids().end());
  run.Expect(absl::StrJoin(expected, ", "), absl::StrJoin(found, ", "));
}

void CheckNoLinks(ScenarioRunner& run, const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    run.Expect("", absl::StrJoin(Shown(run, label).linked_package_ids(), ", "));
  }
}

// Each names the other, and they are of one person.
void CheckRest(ScenarioRunner& run, const Words& words) {
  run.Expect(run.IdOf(words[1]), Shown(run, words[0]).part_of_package_id());
  run.Expect(absl::StrCat(run.Package(words[1]).row.person_number()),
             absl::StrCat(run.Package(words[0]).row.person_number()));
}

void CheckNeedsMinutes(ScenarioRunner& run, const Words& words) {
  const v1::PackageTerms terms = Shown(run, words[0]).terms();
  run.Expect(words[1], absl::StrCat(terms.weekly_minutes()));
  run.Expect(words[2], absl::StrCat(terms.visits_size()));
}

void CheckAcceptedVisits(ScenarioRunner& run, const Words& words) {
  const v1::Offer offer = run.OfferAsShown(run.Package(words[0]), words[1]);
  if (offer.answers().empty()) return run.Problem("it has no answer");
  run.Expect(words[2], absl::StrJoin(offer.answers().rbegin()->visits(), ", "));
}

}  // namespace

const PhraseTable& PartPhrases() {
  static const auto& kPhrases = *new PhraseTable{
      {
          {Phrase("accepts visits NAMES of PACKAGE"), AcceptInPart},
          {Phrase("accepts visits NAMES of PACKAGE, at most N minutes of TEXT"),
           AcceptInPartWithin},
          {Phrase("awards a part of PACKAGE to NAME, leaving PACKAGE[ because TEXT]"), AwardPart},
          {Phrase("links PACKAGES"), LinkPackages},
          {Phrase("unlinks PACKAGES"), UnlinkPackages},
          {Phrase("links nothing"), LinkNothing},
      },
      {
          {Phrase("PACKAGE linked to PACKAGES"), CheckLinks},
          {Phrase("PACKAGES linked to nothing"), CheckNoLinks},
          {Phrase("PACKAGE is the rest of PACKAGE"), CheckRest},
          {Phrase("PACKAGE needs N minutes in N visit[s]"), CheckNeedsMinutes},
          {Phrase("PACKAGE visits of NAME are TEXT"), CheckAcceptedVisits},
      }};
  return kPhrases;
}

}  // namespace brokerage::engine
