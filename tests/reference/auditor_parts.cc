#include "tests/reference/auditor_parts.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"

namespace brokerage::engine::reference {

using journal::v1::Fact;
using journal::v1::OfferRow;
using journal::v1::PackageRow;
using journal::v1::Record;

namespace {

int64_t MinutesOfVisits(const v1::PackageTerms& terms) {
  int64_t minutes = 0;
  for (const v1::Visit& visit : terms.visits()) {
    const int carers = visit.carers() == 0 ? terms.carers_per_visit() : visit.carers();
    minutes += visit.minutes() * visit.days_of_week_size() * carers;
  }
  return minutes;
}

bool HasLink(const PackageRow& row, uint64_t number) {
  return std::any_of(row.links().begin(), row.links().end(),
                     [number](const auto& link) { return link.number() == number; });
}

// Part and rest are together what the package was, and the rest goes out in the same record.
void CheckRest(Course& course, const Record& record, const journal::v1::PackageAwarded& fact) {
  const uint64_t number = fact.package_number();
  const std::string where = absl::StrCat("part of package ", number, ": ");
  const PackageRow& before = course.before.at(number);
  const PackageAggregate& package = course.Package(number);
  const OfferRow& won = package.offers[static_cast<size_t>(fact.award().offer_ordinal() - 1)];
  const PackageRow* rest = nullptr;
  bool out = false, link = false, back = false;
  for (const Fact& one : record.facts()) {
    if (one.has_package_submitted()) {
      rest = &course.Package(one.package_submitted().package().number()).row;
    }
    if (rest == nullptr) continue;
    const uint64_t next = rest->number();
    out |= PackageOf(one) == next && (one.has_round_opened() || one.has_package_unfilled());
    const auto& linked = one.packages_linked();
    link |= linked.package_number() == number && linked.other().number() == next;
    back |= linked.package_number() == next && linked.other().number() == number;
  }
  if (rest == nullptr) return course.Problem(where + "nothing is left");
  if (!out || rest->released_time_us() != record.time_us()) {
    course.Problem(where + "the rest does not go out at once");
  }
  if (!link || !back || !HasLink(*rest, number) || !HasLink(package.row, rest->number())) {
    course.Problem(where + "the rest is not linked");
  }
  if (package.row.terms().weekly_minutes() + rest->terms().weekly_minutes() !=
          before.terms().weekly_minutes() ||
      package.row.terms().visits_size() + rest->terms().visits_size() !=
          before.terms().visits_size() ||
      MinutesOfVisits(package.row.terms()) != package.row.terms().weekly_minutes() ||
      MinutesOfVisits(rest->terms()) != rest->terms().weekly_minutes() ||
      fact.award().weekly_minutes() != package.row.terms().weekly_minutes()) {
    course.Problem(where + "the minutes do not add up");
  }
  if (package.row.terms_version() != before.terms_version() || rest->terms_version() != 1) {
    course.Problem(where + "other terms versions");
  }
  if (rest->person_number() != package.row.person_number() || rest->part_of().number() != number ||
      rest->part_of().year() != package.row.year()) {
    course.Problem(where + "the rest is somebody else's");
  }
  for (const OfferRow& offer : course.Package(rest->number()).offers) {
    if (offer.branch_id() == won.branch_id()) {
      course.Problem(where + "its branch is asked for the rest");
    }
  }
  course.tally("part awarded");
  if (before.has_part_of()) course.tally("rest divided again");
}

}  // namespace

void CheckPart(Course& course, const Record& record, const Fact& fact) {
  if (fact.package_awarded().award().part()) CheckRest(course, record, fact.package_awarded());
  if (!fact.has_packages_linked()) return;
  const journal::v1::PackagesLinked& linked = fact.packages_linked();
  const PackageRow& row = course.Package(linked.package_number()).row;
  const PackageRow& other = course.Package(linked.other().number()).row;
  const bool is = !linked.unlinked();
  if (HasLink(row, other.number()) != is || HasLink(other, row.number()) != is ||
      other.year() != linked.other().year()) {
    course.Problem(absl::StrCat("package ", row.number(), " is linked otherwise"));
  }
  course.tally(is ? "linked" : "unlinked");
}

}  // namespace brokerage::engine::reference
