#include "tests/scenarios/runner/running.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/calendar.h"
#include "engine/model/package.h"
#include "engine/views/package_view.h"
#include "tests/scenarios/runner/packages.h"
#include "tests/scenarios/runner/runner.h"
#include "tests/scenarios/runner/values.h"

namespace brokerage::engine {

namespace {

void Pause(ScenarioRunner& run, const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    v1::PausePackageRequest request;
    request.set_package_id(run.IdOf(label));
    request.set_pause_reason(
        ValueOf<v1::PauseReason>(v1::PauseReason_descriptor(), "PAUSE_REASON_", words[1]));
    for (const std::string& item : SplitList(words[2])) {
      if (absl::StartsWith(item, "saying ")) {
        request.set_reason(Unquoted(item.substr(7)));
      } else if (absl::StartsWith(item, "back on ")) {
        request.set_expected_return_date(run.DateOf(item.substr(8)));
      } else if (absl::StartsWith(item, "from ")) {
        request.set_on_date(run.DateOf(item.substr(5)));
      } else if (!item.empty()) {
        run.Problem("a pause knows no \"" + item + "\"");
      }
    }
    run.Ask(std::move(request));
  }
}

// The terms that the list names, as a package is submitted, and the date after "from".
v1::PackageTerms TermsOf(ScenarioRunner& run, const std::string& list, std::string* from) {
  v1::PackageReferral changes;
  for (const std::string& item : SplitList(list)) {
    if (absl::StartsWith(item, "from ")) {
      *from = run.DateOf(item.substr(5));
    } else if (!item.empty()) {
      AddToReferral(run, item, &changes);
    }
  }
  return changes.terms();
}

void Resume(ScenarioRunner& run, const Words& words) {
  for (const std::string& label : LabelsOf(words[0])) {
    v1::ResumePackageRequest request;
    request.set_package_id(run.IdOf(label));
    const v1::PackageTerms terms = TermsOf(run, words[1], request.mutable_on_date());
    if (terms.ByteSizeLong() != 0) *request.mutable_terms() = terms;
    run.Ask(std::move(request));
  }
}

void ChangeTerms(ScenarioRunner& run, const Words& words) {
  v1::ChangeTermsRequest request;
  request.set_package_id(run.IdOf(words[0]));
  const v1::PackageTerms terms = TermsOf(run, words[1], request.mutable_from_date());
  if (terms.ByteSizeLong() != 0) *request.mutable_terms() = terms;
  run.Ask(std::move(request));
}

void WithdrawAsked(ScenarioRunner& run, const Words& words) {
  v1::WithdrawAskedOfferRequest request;
  request.set_package_id(run.IdOf(words[0]));
  run.Ask(std::move(request));
}

void CheckAsked(ScenarioRunner& run, const Words& words) {
  const PackageAggregate package = run.Package(words[0]);
  const journal::v1::OfferRow* asked = AskedOf(package);
  if (asked == nullptr) return run.Problem(words[0] + "'s branch is asked for nothing");
  run.Expect(words[1], asked->branch_id());
  run.Expect(words[2], InLowerCase(v1::OfferPurpose_Name(asked->purpose()), "OFFER_PURPOSE_"));
  run.Expect(run.TimeText(absl::ToUnixMicros(run.TimeOf(words[3]))),
             run.TimeText(asked->deadline_us()));
}

void CheckNotAsked(ScenarioRunner& run, const Words& words) {
  if (AskedOf(run.Package(words[0])) != nullptr) run.Problem(words[0] + "'s branch is asked");
}

void CheckPaused(ScenarioRunner& run, const Words& words) {
  const v1::Package package = ToPackage(run.Package(words[0]), Detail::kFull, run.directory());
  run.Expect(run.DateOf(words[1]), package.pause().from_date());
  run.Expect(words[2],
             InLowerCase(v1::PauseReason_Name(package.pause().reason()), "PAUSE_REASON_"));
  for (const std::string& item : SplitList(words[3])) {
    if (absl::StartsWith(item, "kept until ")) {
      run.Expect(run.DateOf(item.substr(11)), package.pause().retained_until_date());
    } else if (absl::StartsWith(item, "too long after ")) {
      run.Expect(run.DateOf(item.substr(15)), package.pause().longest_until_date());
    } else if (absl::StartsWith(item, "back on ")) {
      run.Expect(run.DateOf(item.substr(8)), package.pause().expected_return_date());
    } else if (absl::StartsWith(item, "saying ")) {
      run.Expect(Unquoted(item.substr(7)), package.pause().words());
    } else if (!item.empty()) {
      run.Problem("a pause has no \"" + item + "\"");
    }
  }
}

// The branch's newest offer names the one of the round before the package went out again.
void CheckReplaces(ScenarioRunner& run, const Words& words) {
  const PackageAggregate package = run.Package(words[0]);
  run.Expect(run.OfferIdOf(words[0], words[1], words[2]),
             run.OfferAsShown(package, words[1]).replaces_offer_id());
}

// Names the package that follows where no phrase before had a label for it.
void CheckFollowed(ScenarioRunner& run, const Words& words) {
  const PackageAggregate package = run.Package(words[0]);
  const uint64_t next = package.row.successor_number();
  if (next == 0) return run.Problem("nothing follows " + words[0]);
  if (run.NumberOf(words[1]) == 0) run.SetLabel(words[1], next);
  run.Expect(absl::StrCat(run.NumberOf(words[1])), absl::StrCat(next));
}

void CheckTerms(ScenarioRunner& run, const Words& words) {
  const PackageAggregate package = run.Package(words[0]);
  run.Expect(words[1], absl::StrCat(package.row.terms().weekly_minutes()));
  if (words[2].empty()) return;
  const int changes = package.row.terms_changes_size();
  run.Expect(run.DateOf(words[2]),
             changes == 0 ? "" : FormatDate(package.row.terms_changes(changes - 1).from_date()));
}

}  // namespace

const PhraseTable& RunningPhrases() {
  static const auto& kPhrases =
      *new PhraseTable{{
                           {Phrase("pauses PACKAGES: WORD[, REST]"), Pause},
                           {Phrase("resumes PACKAGES[ with REST]"), Resume},
                           {Phrase("changes the terms of PACKAGE to REST"), ChangeTerms},
                           {Phrase("takes back what PACKAGE is asked"), WithdrawAsked},
                       },
                       {
                           {Phrase("PACKAGE asks NAME for a WORD until TIME"), CheckAsked},
                           {Phrase("PACKAGE asks nobody"), CheckNotAsked},
                           {Phrase("PACKAGE is followed by PACKAGE"), CheckFollowed},
                           {Phrase("PACKAGE offer NAME replaces that of round N"), CheckReplaces},
                           {Phrase("PACKAGE rests from DATE: WORD[, REST]"), CheckPaused},
                           {Phrase("PACKAGE has N minutes[ from DATE]"), CheckTerms},
                       }};
  return kPhrases;
}

}  // namespace brokerage::engine
