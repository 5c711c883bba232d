#include "tests/reference/auditor_running.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/calendar.h"

namespace brokerage::engine::reference {

using journal::v1::OfferRow;
using journal::v1::PackageRow;

namespace {

const v1::FrameworkRules& RulesOf(const Course& course, const PackageRow& row) {
  return row.framework_revision() != 0 ? course.directory.Rules(row.framework_revision())
                                       : course.directory.frameworks.back().rules();
}

const OfferRow& OfferAt(const PackageAggregate& package, int32_t ordinal) {
  return package.offers[static_cast<size_t>(ordinal - 1)];
}

DateNumber Later(DateNumber day, int days) { return ToDateNumber(FromDateNumber(day) + days); }

void CheckPaused(Course& course, const journal::v1::PackagePaused& fact) {
  const PackageRow& row = course.Package(fact.package_number()).row;
  const PackageRow& before = course.before.at(fact.package_number());
  const v1::PauseRules& rules = RulesOf(course, row).pause();
  const DateNumber from = row.pause().from_date();
  const int retained = rules.retention_days() == 0 ? 14 : rules.retention_days();
  const int longest = rules.days_max() == 0 ? 42 : rules.days_max();
  if (before.state() != v1::PACKAGE_STATE_STARTED || row.state() != v1::PACKAGE_STATE_PAUSED ||
      row.pause().retained_until_date() != Later(from, retained) ||
      row.pause().longest_until_date() != Later(from, longest) ||
      from > course.directory.Today(course.now) || from < before.started_date() ||
      from < before.resumed_date()) {
    course.Problem(absl::StrCat("package ", row.number(), " rests otherwise"));
  }
}

// At once only on the same terms and within the retention days; else the branch has agreed.
void CheckResumed(Course& course, const journal::v1::PackageResumed& fact) {
  const PackageAggregate& package = course.Package(fact.package_number());
  const PackageRow& row = package.row;
  const PackageRow& before = course.before.at(row.number());
  const bool agreed =
      before.asked_ordinal() != 0 &&
      OfferAt(package, before.asked_ordinal()).purpose() == v1::OFFER_PURPOSE_RESTART &&
      OfferAt(package, before.asked_ordinal()).state() == v1::OFFER_STATE_ACCEPTED;
  const bool retained = fact.date() <= before.pause().retained_until_date();
  const bool counts = before.pause().reason() == v1::PAUSE_REASON_HOSPITAL && !row.imported();
  if (row.state() != v1::PACKAGE_STATE_STARTED || fact.date() < before.pause().from_date() ||
      (!agreed && !retained) || fact.has_resumed_offer() != (counts && !agreed)) {
    course.Problem(absl::StrCat("package ", row.number(), " goes on otherwise"));
  }
  if (agreed && OfferAt(package, before.asked_ordinal()).restart() != counts) {
    course.Problem(absl::StrCat("package ", row.number(), " counts otherwise as a restart"));
  }
  course.tally(agreed ? "resumed by a restart" : "resumed without being asked");
}

void CheckAsked(Course& course, const journal::v1::BranchAsked& fact) {
  const PackageAggregate& package = course.Package(fact.package_number());
  const PackageRow& row = package.row;
  const OfferRow& offer = fact.offer();
  const v1::FrameworkRules& rules = RulesOf(course, row);
  const bool restart = offer.purpose() == v1::OFFER_PURPOSE_RESTART;
  v1::Window window;
  window.set_working_days(1);
  if (restart && rules.pause().has_restart_window()) {
    window = rules.pause().restart_window();
  } else if (restart && rules.has_restart()) {
    window = row.urgency() == v1::URGENCY_URGENT ? rules.restart().urgent_window()
                                                 : rules.restart().standard_window();
  } else if (!restart && rules.terms_change().has_window()) {
    window = rules.terms_change().window();
  }
  const absl::Time end = WindowEnd(window, absl::FromUnixSeconds(absl::ToUnixSeconds(course.now)),
                                   course.directory.zone, course.directory.AllHolidays());
  const std::string branch = row.imported()
                                 ? row.running_branch_id()
                                 : OfferAt(package, row.award().offer_ordinal()).branch_id();
  if (offer.branch_id() != branch || offer.deadline_us() != absl::ToUnixMicros(end) ||
      offer.round_number() != 0 || course.before.at(row.number()).asked_ordinal() != 0 ||
      course.before.at(row.number()).terms().SerializeAsString() !=
          row.terms().SerializeAsString()) {
    course.Problem(absl::StrCat("package ", row.number(), " is asked otherwise"));
  }
}

// What was not agreed to leaves the terms as they are; a restart that is not taken ends the
// package, and another takes its place.
void CheckDecided(Course& course, const journal::v1::AskedDecided& fact) {
  const PackageAggregate& package = course.Package(fact.package_number());
  const PackageRow& row = package.row;
  const PackageRow& before = course.before.at(row.number());
  const OfferRow& offer = OfferAt(package, fact.ordinal());
  const bool restart = offer.purpose() == v1::OFFER_PURPOSE_RESTART;
  const bool agreed = fact.state() == v1::OFFER_STATE_ACCEPTED;
  const bool withdrawn = fact.state() == v1::OFFER_STATE_CLOSED;
  bool right = row.asked_ordinal() == 0 && offer.settled();
  if (fact.state() == v1::OFFER_STATE_LAPSED) {
    right = right && absl::ToUnixMicros(course.now) >= offer.deadline_us();
  }
  right =
      right && (agreed ? row.terms().SerializeAsString() == offer.asked_terms().SerializeAsString()
                       : row.terms().SerializeAsString() == before.terms().SerializeAsString());
  if (!restart || withdrawn) {
    right = right && row.state() == before.state();
  } else if (!agreed) {
    right = right && row.state() == v1::PACKAGE_STATE_CEASED &&
            row.ending().reason() == v1::END_REASON_RESTART_NOT_TAKEN &&
            row.successor_number() != 0;
    course.tally("restart not taken");
  }
  if (!right)
    course.Problem(absl::StrCat("package ", row.number(), ": what was asked ends otherwise"));
  course.tally(
      absl::StrCat(restart ? "restart " : "change ", v1::OfferState_Name(fact.state()).substr(12)));
}

// Only less care needs no answer; and minutes add up.
void CheckChanged(Course& course, const journal::v1::TermsChanged& fact) {
  const PackageRow& row = course.Package(fact.package_number()).row;
  const PackageRow& before = course.before.at(row.number());
  const v1::PackageTerms& now = fact.terms();
  const v1::PackageTerms& was = before.terms();
  const bool less = now.weekly_minutes() <= was.weekly_minutes() &&
                    now.carers_per_visit() <= was.carers_per_visit() &&
                    now.service_type() == was.service_type() &&
                    now.start_by_date() == was.start_by_date();
  const bool free = fact.change().offer_ordinal() == 0;
  int64_t minutes = row.has_award() ? row.award().weekly_minutes() : now.weekly_minutes();
  for (const auto& change : row.terms_changes()) {
    if (row.has_award()) minutes += change.minutes_difference();
  }
  if ((free && !less) || row.terms_version() != before.terms_version() + 1 ||
      minutes != now.weekly_minutes()) {
    course.Problem(absl::StrCat("package ", row.number(), " has other terms"));
  }
  if (free) course.tally("terms changed without an answer");
}

}  // namespace

void LogChange(Course& course, const journal::v1::TermsChanged& fact) {
  if (!course.Package(fact.package_number()).row.has_award()) return;
  ReferenceAward* last = nullptr;
  for (ReferenceAward& award : course.awards) {
    if (award.package_number == fact.package_number()) last = &award;
  }
  last->changes.emplace_back(fact.change().from_date(), fact.change().minutes_difference());
}

void CheckRunning(Course& course, const journal::v1::Fact& fact) {
  if (fact.has_package_paused()) CheckPaused(course, fact.package_paused());
  if (fact.has_package_resumed()) CheckResumed(course, fact.package_resumed());
  if (fact.has_branch_asked()) CheckAsked(course, fact.branch_asked());
  if (fact.has_asked_decided()) CheckDecided(course, fact.asked_decided());
  if (fact.has_terms_changed()) CheckChanged(course, fact.terms_changed());
}

}  // namespace brokerage::engine::reference
