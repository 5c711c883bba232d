#include "tests/reference/reference_endings.h"

#include <algorithm>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"

namespace brokerage::engine::reference {

namespace {

struct Allowed {
  std::string verbs;   // of EndingVerb
  std::string causes;  // P provider, W wrong description, p person, a authority, t terms changed
};

const std::map<v1::EndReason, Allowed>& Table() {
  static const auto& kTable = *new std::map<v1::EndReason, Allowed>{
      {v1::END_REASON_DIED, {"ce", "p"}},
      {v1::END_REASON_STAYS_IN_HOSPITAL, {"cre", "p"}},
      {v1::END_REASON_CARE_HOME, {"cre", "p"}},
      {v1::END_REASON_MOVED_AWAY, {"cre", "p"}},
      {v1::END_REASON_NO_LONGER_NEEDED, {"cre", "p"}},
      {v1::END_REASON_OWN_ARRANGEMENT, {"cre", "p"}},
      {v1::END_REASON_CAPACITY, {"rh", "PW"}},
      {v1::END_REASON_RECRUITMENT, {"rh", "PW"}},
      {v1::END_REASON_DISTANCE, {"rh", "PW"}},
      {v1::END_REASON_NEEDS_BEYOND_BRANCH, {"rh", "PW"}},
      {v1::END_REASON_RELATIONSHIP_BROKE_DOWN, {"rh", "PW"}},
      {v1::END_REASON_CONTRACT_GIVEN_UP, {"rh", "PW"}},
      {v1::END_REASON_TERMS_CHANGED, {"reh", "t"}},
      {v1::END_REASON_RESTART_NOT_TAKEN, {"e", "P"}},
      {v1::END_REASON_PLACING_REFUSED, {"r", "a"}},
      {v1::END_REASON_OTHER_PROVIDER_WANTED, {"re", "p"}},
      {v1::END_REASON_QUALITY_OR_SAFEGUARDING, {"re", "Pa"}},
      {v1::END_REASON_CONTRACT_ENDED, {"reh", "a"}},
      {v1::END_REASON_OTHER_PROVIDER_DECIDED, {"reh", "a"}},
      {v1::END_REASON_WRONGLY_ENTERED, {"cre", "a"}},
      {v1::END_REASON_OTHER, {"creh", "PWpat"}},
  };
  return kTable;
}

// In the order of the enum; a successor's is said by nobody.
char LetterOf(v1::Cause cause) { return ".PWpa.t"[cause]; }

void CheckDay(Course& course, uint64_t number, DateNumber day, DateNumber step_before) {
  const DateNumber today = course.directory.Today(course.now);
  if (day > today || day < step_before || FromDateNumber(today) - FromDateNumber(day) > 31) {
    course.Problem(
        absl::StrCat("package ", number, " has a step on ", day, " after one on ", step_before));
  }
}

// The last day of care, unless what follows starts before.
void CheckEndOfNotice(Course& course, uint64_t number, DateNumber day) {
  const journal::v1::PackageRow& row = course.before.at(number);
  const DateNumber last = row.notice().last_day();
  const DateNumber today = course.directory.Today(course.now);
  bool right = day == last && today > last;
  const char* what = "ended by notice";
  if (!right && row.successor_number() != 0) {
    const journal::v1::PackageRow& next = course.Package(row.successor_number()).row;
    const absl::CivilDay before = FromDateNumber(next.started_date()) - 1;
    // One that was imported has no date of its start but when it was taken in.
    const DateNumber started =
        row.started_date() != 0
            ? row.started_date()
            : LocalDate(absl::FromUnixMicros(row.started_time_us()), course.directory.zone);
    right = next.state() == v1::PACKAGE_STATE_STARTED &&
            day == std::max({ToDateNumber(before), started, row.resumed_date(),
                             row.pause().from_date()}) &&
            day <= last;
    what = "ended before its notice, by the start of what follows";
  }
  if (!right) course.Problem(absl::StrCat("package ", number, " ended on ", day, " by notice"));
  course.tally(what);
}

void CheckKept(Course& course, uint64_t number, const journal::v1::EndingRow& kept,
               v1::EndReason reason, v1::Cause cause, DateNumber day, uint64_t words_of) {
  if (reason == v1::END_REASON_UNSPECIFIED || kept.reason() != reason || kept.cause() != cause ||
      kept.date() != day || kept.sequence() != words_of) {
    course.Problem(absl::StrCat("package ", number, " keeps another ending"));
  }
}

}  // namespace

bool MayEndSo(EndingVerb verb, v1::EndReason reason, v1::Cause cause) {
  if (reason == v1::END_REASON_UNSPECIFIED) reason = v1::END_REASON_OTHER;
  const Allowed& allowed = Table().at(reason);
  const auto has = [](const std::string& letters, char letter) {
    return letters.find(letter) != std::string::npos;
  };
  if (!has(allowed.verbs, static_cast<char>(verb))) return false;
  if (cause != v1::CAUSE_UNSPECIFIED) return has(allowed.causes, LetterOf(cause));
  if (reason != v1::END_REASON_OTHER) return allowed.causes.size() == 1;
  return verb == EndingVerb::kCancel || verb == EndingVerb::kCease;
}

void CheckEnding(Course& course, const journal::v1::Fact& fact) {
  const uint64_t number = PackageOf(fact);
  if (number == 0) return;
  const PackageAggregate& package = course.Package(number);
  const journal::v1::PackageRow& row = package.row;
  if (fact.has_package_started()) {
    const DateNumber day = fact.package_started().date();
    CheckDay(course, number, day, row.award().award_date());
    if (row.started_date() != day) {
      course.Problem(absl::StrCat("package ", number, " keeps another start"));
    }
  } else if (fact.has_package_returned()) {
    const journal::v1::PackageReturned& returned = fact.package_returned();
    const journal::v1::AwardRow& award = course.before.at(number).award();
    CheckDay(course, number, returned.date(), award.award_date());
    CheckKept(course, number,
              package.offers[static_cast<size_t>(award.offer_ordinal() - 1)].returned(),
              returned.end_reason(), returned.cause(), returned.date(), course.sequence);
  } else if (fact.has_package_handed_back()) {
    const journal::v1::PackageHandedBack& handed_back = fact.package_handed_back();
    CheckDay(course, number, handed_back.date(), row.started_date());
    const journal::v1::NoticeRow& notice = row.notice();
    CheckKept(course, number, row.ending(), handed_back.end_reason(), handed_back.cause(),
              handed_back.date(), handed_back.by_notice() ? notice.sequence() : course.sequence);
    if (handed_back.by_notice()) CheckEndOfNotice(course, number, handed_back.date());
    if (row.imported()) return;
    const v1::FrameworkRules& rules = course.directory.frameworks.back().rules();
    const int days = rules.hand_back_days() == 0 ? 28 : rules.hand_back_days();
    const DateNumber told = handed_back.by_notice() ? notice.given_date() : handed_back.date();
    const auto ran = FromDateNumber(told) - FromDateNumber(row.award().award_date());
    if (handed_back.in_cohort() != (ran <= days)) {
      course.Problem(absl::StrCat("package ", number, " is handed back in another cohort"));
    }
  } else if (fact.has_package_ceased()) {
    const journal::v1::PackageCeased& ceased = fact.package_ceased();
    CheckDay(course, number, ceased.date(), row.started_date());
    CheckKept(course, number, row.ending(), ceased.end_reason(), ceased.cause(), ceased.date(),
              ceased.by_notice() ? row.notice().sequence() : course.sequence);
    if (ceased.by_notice()) CheckEndOfNotice(course, number, ceased.date());
  } else if (fact.has_package_cancelled()) {
    const journal::v1::PackageCancelled& cancelled = fact.package_cancelled();
    CheckKept(course, number, row.ending(), cancelled.end_reason(), cancelled.cause(),
              cancelled.date(), course.sequence);
  }
}

}  // namespace brokerage::engine::reference
