#include "tests/scenarios/runner/lives.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/ids.h"
#include "engine/model/package.h"
#include "engine/model/state.h"
#include "engine/routing/hard_rules.h"
#include "engine/views/offer_view.h"
#include "engine/views/package_view.h"
#include "tests/scenarios/runner/runner.h"
#include "tests/scenarios/runner/values.h"

namespace brokerage::engine {

namespace {

// The offer that the caller has, or had, of the package.
std::string OwnOffer(ScenarioRunner& run, const std::string& label) {
  return run.OfferIdOf(label, run.caller().branch_id, "");
}

void Place(ScenarioRunner& run, const Words& words) {
  v1::PlacePackagesRequest request;
  request.set_reason(words[3].empty() ? kReason : words[3]);
  for (const std::string& label : LabelsOf(words[0])) {
    v1::Placing& placing = *request.add_placings();
    placing.set_package_id(run.IdOf(label));
    placing.set_branch_id(words[1]);
    placing.set_contract_id(words[2]);
  }
  run.Ask(std::move(request));
}

void RefusePlacing(ScenarioRunner& run, const Words& words) {
  v1::RefusePlacingRequest request;
  request.set_offer_id(OwnOffer(run, words[0]));
  request.set_reason(words[1].empty() ? kReason : words[1]);
  run.Ask(std::move(request));
}

void Continue(ScenarioRunner& run, const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    v1::ContinuePackageRequest request;
    request.set_package_id(run.IdOf(label));
    run.Ask(std::move(request));
  }
}

void MoveNotice(ScenarioRunner& run, const Words& words) {
  v1::MoveNoticeRequest request;
  if (run.caller().role == v1::ROLE_CARE_NAVIGATOR) {
    request.set_package_id(run.IdOf(words[0]));
  } else {
    request.set_offer_id(OwnOffer(run, words[0]));
  }
  request.set_last_day(run.DateOf(words[1]));
  request.set_agreed(words[2] == "agreed");
  run.Ask(std::move(request));
}

void AskQuestion(ScenarioRunner& run, const Words& words) {
  v1::AskQuestionRequest request;
  request.set_offer_id(OwnOffer(run, words[0]));
  request.set_text(words[1]);
  run.Ask(std::move(request));
}

void AnswerQuestion(ScenarioRunner& run, const Words& words) {
  v1::AnswerQuestionRequest request;
  int number = 0;
  if (absl::SimpleAtoi(words[0], &number)) request.set_question_number(number);
  request.set_package_id(run.IdOf(words[1]));
  request.set_text(words[2]);
  run.Ask(std::move(request));
}

void ErasePerson(ScenarioRunner& run, const Words& words) {
  v1::ErasePersonRequest request;
  request.set_person_reference(words[0]);
  run.Ask(std::move(request));
}

void ReissueAskingAgain(ScenarioRunner& run, const Words& words) {
  v1::ReissuePackageRequest request;
  request.set_package_id(run.IdOf(words[0]));
  request.add_ask_again_branch_ids(words[1]);
  request.set_ask_again_reason(words[2]);
  run.Ask(std::move(request));
}

void AcceptWithNote(ScenarioRunner& run, const Words& words) {
  v1::AcceptOfferRequest request;
  request.set_offer_id(OwnOffer(run, words[0]));
  request.set_note(words[1]);
  run.Ask(std::move(request));
}

void CheckStopped(ScenarioRunner& run, const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    const v1::Package package = ToPackage(run.Package(label), Detail::kFull, run.directory());
    run.Expect(run.IdOf(words[1]), package.stopped_by_package_id());
  }
}

void CheckNotStopped(ScenarioRunner& run, const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    if (IsStopped(run.Package(label).row)) run.Problem(label + " is stopped");
  }
}

void CheckOthers(ScenarioRunner& run, const Words& words) {
  std::set<std::string> expected;
  for (const std::string& label : LabelsOf(words[0])) expected.insert(run.IdOf(label));
  std::set<std::string> found;
  const auto take = [&found](const auto* reply) {
    found = {reply->other_package_ids().begin(), reply->other_package_ids().end()};
  };
  if (const auto* cancelled = run.ReplyIf<v1::CancelPackageResponse>()) {
    take(cancelled);
  } else if (const auto* ceased = run.ReplyIf<v1::CeasePackageResponse>()) {
    take(ceased);
  } else if (const auto* given = run.ReplyIf<v1::GiveNoticeResponse>()) {
    take(given);
  } else {
    return run.Problem("nobody cancelled, ceased or gave notice of a package last");
  }
  run.Expect(absl::StrJoin(expected, ", "), absl::StrJoin(found, ", "));
}

void CheckOnePerson(ScenarioRunner& run, const Words& words) {
  std::set<uint64_t> persons;
  for (const std::string& label : LabelsOf(words[0])) {
    persons.insert(run.Package(label).row.person_number());
  }
  if (persons.size() != 1 || persons.contains(0)) run.Problem("they are of several persons");
}

void CheckSeveralPersons(ScenarioRunner& run, const Words& words) {
  const std::vector<std::string> labels = LabelsOf(words[0]);
  std::set<uint64_t> persons;
  for (const std::string& label : labels) persons.insert(run.Package(label).row.person_number());
  run.Expect(absl::StrCat(labels.size(), " persons"), absl::StrCat(persons.size(), " persons"));
}

void CheckPlaced(ScenarioRunner& run, const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    const v1::Award award = ToPackage(run.Package(label), Detail::kFull, run.directory()).award();
    if (!award.placed()) run.Problem(label + " was not placed");
    run.Expect(words[1], award.branch_id());
    std::vector<std::string> broken;
    for (const int rule : award.broken_rules()) {
      broken.push_back(RuleName(static_cast<v1::HardRule>(rule)));
    }
    std::vector<std::string> expected = SplitList(words[2]);
    std::sort(expected.begin(), expected.end());
    std::sort(broken.begin(), broken.end());
    run.Expect(absl::StrJoin(expected, ", "), absl::StrJoin(broken, ", "));
  }
}

void CheckRefuseUntil(ScenarioRunner& run, const Words& words) {
  const PackageAggregate package = run.Package(words[0]);
  const auto* offer = run.OfferOf(package, words[1], "");
  if (offer == nullptr) return;
  run.Expect(run.TimeText(absl::ToUnixMicros(run.TimeOf(words[2]))),
             run.TimeText(offer->refuse_until_us()));
}

void CheckCareUntil(ScenarioRunner& run, const Words& words) {
  const v1::Package package = ToPackage(run.Package(words[0]), Detail::kFull, run.directory());
  run.Expect(run.DateOf(words[1]), package.care_until_date());
}

void CheckReads(ScenarioRunner& run, const Words& words) {
  const v1::Offer offer = run.OfferAsShown(run.Package(words[0]), words[1]);
  std::string shown;
  if (offer.terms().weekly_minutes() != 0) {
    shown = absl::StrCat(offer.terms().weekly_minutes(), " min");
  }
  if (offer.needs_size() != 0) absl::StrAppend(&shown, ", ", offer.needs_size(), " need");
  if (!offer.summary().empty()) absl::StrAppend(&shown, ": ", offer.summary());
  run.Expect(words[2], shown);
}

// What the branch is shown of the question.
void CheckQuestion(ScenarioRunner& run, const Words& words) {
  std::vector<std::string> seen;
  const v1::Offer offer = run.OfferAsShown(run.Package(words[0]), words[1]);
  for (const v1::Question& question : offer.questions()) {
    if (!question.offer_id().empty()) run.Problem("it says who asked");
    seen.push_back(question.answer().empty()
                       ? question.text()
                       : absl::StrCat(question.text(), " / ", question.answer()));
  }
  run.Expect(words[2], absl::StrJoin(seen, " "));
}

void CheckRemark(ScenarioRunner& run, const Words& words) {
  std::vector<std::string> remarks;
  if (const auto* preview = run.ReplyIf<v1::PreviewPackageResponse>()) {
    remarks = {preview->remarks().begin(), preview->remarks().end()};
  } else if (const auto* submitted = run.ReplyIf<v1::SubmitPackageResponse>()) {
    remarks = {submitted->remarks().begin(), submitted->remarks().end()};
  } else {
    return run.Problem("nobody submitted or previewed a package last");
  }
  run.Expect(words[0], absl::StrJoin(remarks, " "));
}

void CheckNote(ScenarioRunner& run, const Words& words) {
  const PackageAggregate package = run.Package(words[0]);
  const auto* offer = run.OfferOf(package, words[1], "");
  if (offer == nullptr) return;
  run.Expect(words[2],
             package.Text(absl::StrCat("note/", offer->ordinal(), "/", offer->answers_size())));
}

void CheckShortened(ScenarioRunner& run, const Words& words) {
  const PackageAggregate package = run.Package(words[0]);
  const auto* round = run.RoundOf(package, words[1]);
  if (round != nullptr) run.Expect(words[2], round->shortened() ? "shortened" : "full");
}

}  // namespace

const PhraseTable& LifePhrases() {
  static const auto& kPhrases = *new PhraseTable{
      {
          {Phrase("places PACKAGES with NAME[ under NAME][: REST]"), Place},
          {Phrase("refuses the placing of PACKAGE[: REST]"), RefusePlacing},
          {Phrase("continues PACKAGES"), Continue},
          {Phrase("moves the notice of PACKAGE to DATE[, WORD]"), MoveNotice},
          {Phrase("asks about PACKAGE: TEXT"), AskQuestion},
          {Phrase("answers question N about PACKAGE: TEXT"), AnswerQuestion},
          {Phrase("erases the person TEXT"), ErasePerson},
          {Phrase("reissues PACKAGE asking NAME again because TEXT"), ReissueAskingAgain},
          {Phrase("accepts PACKAGE with the note TEXT"), AcceptWithNote},
      },
      {
          {Phrase("PACKAGES stopped by PACKAGE"), CheckStopped},
          {Phrase("PACKAGES not stopped"), CheckNotStopped},
          {Phrase("told of the person's PACKAGES"), CheckOthers},
          {Phrase("PACKAGES of one person"), CheckOnePerson},
          {Phrase("PACKAGES of different persons"), CheckSeveralPersons},
          {Phrase("PACKAGES placed with NAME[, breaking REST]"), CheckPlaced},
          {Phrase("PACKAGE may be refused by NAME until TIME"), CheckRefuseUntil},
          {Phrase("PACKAGE care until DATE"), CheckCareUntil},
          {Phrase("PACKAGE branch NAME sees the questions TEXT"), CheckQuestion},
          {Phrase("PACKAGE branch NAME reads TEXT"), CheckReads},
          {Phrase("remarked TEXT"), CheckRemark},
          {Phrase("PACKAGE note of NAME is TEXT"), CheckNote},
          {Phrase("PACKAGE round N has a WORD window"), CheckShortened},
      }};
  return kPhrases;
}

}  // namespace brokerage::engine
