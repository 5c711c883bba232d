#include "tests/reference/auditor.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "tests/reference/auditor_awards.h"
#include "tests/reference/auditor_lives.h"
#include "tests/reference/auditor_packages.h"
#include "tests/reference/auditor_parts.h"
#include "tests/reference/auditor_rounds.h"
#include "tests/reference/auditor_running.h"
#include "tests/reference/auditor_undo.h"
#include "tests/reference/reference_endings.h"

namespace brokerage::engine::reference {

using journal::v1::Fact;
using journal::v1::PackageRow;
using journal::v1::Record;

void Auditor::Before(const Record& record) {
  course_.before.clear();
  for (const Fact& fact : record.facts()) {
    const uint64_t number = PackageOf(fact);
    if (number == 0) continue;
    const PackageAggregate* package = course_.engine.state().Package(number);
    course_.before[number] =
        package == nullptr ? PackageRow() : package->row;  // begun by this record
  }
  undone_ = TakeUndone(course_, record);
  NoteSteps(course_, record);
  for (const Fact& fact : record.facts()) {
    const uint64_t number = PackageOf(fact);
    if (number == 0) continue;
    const PackageAggregate* found = course_.engine.state().Package(number);
    if (found == nullptr) continue;
    const PackageAggregate& package = *found;
    if (fact.has_package_awarded()) CheckRanking(course_, package, fact.package_awarded());
    if (fact.has_award_proposed()) CheckProposal(course_, package, fact.award_proposed());
    if (fact.has_round_evaluated()) CheckNotCertain(course_, package);
  }
}

void Auditor::After(const Record& record) {
  LogAwards(record);
  for (const Fact& fact : record.facts()) {
    if (fact.offer_answered().award_waits()) {
      CheckNothingToEvaluate(course_, course_.Package(fact.offer_answered().package_number()));
    }
  }
  LogDirectory(record);
  CheckFacts(record);  // what goes out with an award of a part does not know of it yet
  fills_.Log(course_, record);
  CheckUndone(course_, record, undone_, outages_);
  properties_.Check(record);
}

void Auditor::LogAwards(const Record& record) {
  for (const Fact& fact : record.facts()) {
    if (fact.has_package_awarded()) {
      const auto& awarded = fact.package_awarded();
      const PackageAggregate& package = course_.Package(awarded.package_number());
      course_.awards.push_back({awarded.package_number(), awarded.award().offer_ordinal(),
                                course_.directory.Today(absl::FromUnixMicros(record.time_us())),
                                package.row.terms().weekly_minutes(), false, false});
    }
    if (fact.has_package_placed()) LogPlacing(course_, fact.package_placed());
    if (fact.has_terms_changed()) LogChange(course_, fact.terms_changed());
    if (fact.has_step_undone()) LogUndone(course_, fact.step_undone());
    uint64_t given_back = 0;
    bool keeps_minutes = false;
    if (fact.has_package_returned()) {
      given_back = fact.package_returned().package_number();
      keeps_minutes = fact.package_returned().cause() == v1::CAUSE_PROVIDER;
    }
    if (fact.has_package_cancelled() &&
        course_.before.at(fact.package_cancelled().package_number()).state() ==
            v1::PACKAGE_STATE_AWARDED) {
      given_back = fact.package_cancelled().package_number();
    }
    ReferenceAward* last = nullptr;
    for (ReferenceAward& award : course_.awards) {
      if (award.package_number == given_back) last = &award;
    }
    if (last == nullptr) continue;
    last->given_back = true;
    last->undone = !keeps_minutes;
  }
}

void Auditor::LogDirectory(const Record& record) {
  for (const Fact& fact : record.facts()) {
    if (fact.has_framework_applied()) {
      course_.directory.frameworks.push_back(fact.framework_applied().framework());
    }
    for (const auto& changed : fact.directory_changed().facts()) course_.directory.Put(changed);
    course_.tally(Fact::descriptor()->FindFieldByNumber(fact.fact_case())->name());
  }
}

void Auditor::CheckFacts(const Record& record) {
  std::set<uint64_t> touched;
  int passed_over = 0, expected = 0;  // rules of the framework
  for (const Fact& fact : record.facts()) {
    passed_over += fact.rounds_passed_over().rounds_size();
    if (fact.has_round_opened())
      CheckRound(course_, fills_, record, fact.round_opened(), &expected);
    if (fact.has_package_started()) CheckStart(course_, fact.package_started().package_number());
    if (fact.package_submitted().package().imported()) {
      CheckStart(course_, fact.package_submitted().package().number());
    }
    CheckEnding(course_, fact);
    CheckLife(course_, record, fact);
    CheckRunning(course_, fact);
    if (fact.has_limit_passed()) CheckLimit(course_, fact.limit_passed().package_number());
    for (const auto& changed : fact.directory_changed().facts()) {
      if (changed.has_transfer()) CheckTransfer(course_, changed.transfer());
    }
    if (fact.has_award_proposed())
      CheckNobodyElse(course_, record, fact.award_proposed(), &expected);
    CheckPart(course_, record, fact);
    if (fact.has_package_unfilled())
      CheckNobody(course_, record, fact.package_unfilled().package_number(), &expected);
    if (fact.has_package_submitted()) {
      touched.insert(fact.package_submitted().package().number());
    } else if (const uint64_t number = PackageOf(fact); number != 0) {
      touched.insert(number);
    }
  }
  if (record.facts(0).has_deadline_extended()) outages_.Check(course_);
  for (uint64_t number : touched) CheckPackage(course_, number);
  if (passed_over != expected) {
    course_.Problem(
        absl::StrCat("reference ", expected, " rounds passed over, real ", passed_over));
  }
}

}  // namespace brokerage::engine::reference
