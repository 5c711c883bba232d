#include "tests/reference/auditor_properties.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/figures/performance.h"
#include "engine/figures/query.h"
#include "tests/reference/auditor_persons.h"
#include "tests/reference/written_figures.h"

namespace brokerage::engine::reference {

using journal::v1::Fact;
using journal::v1::OfferRow;
using journal::v1::Record;

namespace {

bool WasAwarded(v1::PackageState state) {
  return state == v1::PACKAGE_STATE_AWARDED || state == v1::PACKAGE_STATE_STARTED ||
         state == v1::PACKAGE_STATE_PAUSED || state == v1::PACKAGE_STATE_CEASED ||
         state == v1::PACKAGE_STATE_HANDED_BACK;
}

}  // namespace

void PropertyAuditor::Broken(Property property, const std::string& text) {
  broken_.insert(property);
  course_.Problem(text);
}

void PropertyAuditor::Check(const Record& record) {
  for (const Fact& fact : record.facts()) {
    if (fact.has_round_opened()) {
      for (const OfferRow& offer : fact.round_opened().offers()) {
        CheckMayBeOffered(record, offer.package_number(), offer);
      }
    }
    if (fact.has_offer_moved()) {
      const auto& moved = fact.offer_moved();
      const PackageAggregate& package = course_.Package(moved.package_number());
      CheckMayBeOffered(record, moved.package_number(),
                        package.offers[static_cast<size_t>(moved.ordinal() - 1)]);
    }
  }
  for (const auto& [number, row] : course_.before) {
    const PackageAggregate& package = course_.Package(number);
    CheckOneEach(package);
    if (const std::string wrong = WrongOfPerson(course_, package); !wrong.empty()) {
      Broken(Property::kNobodyIsLost, absl::StrCat(wrong, ": ", package.row.ShortDebugString()));
    }
    if (const std::string wrong = WrongOfFates(package); !wrong.empty()) {
      Broken(Property::kToldAsItIs, absl::StrCat(wrong, ": ", package.row.ShortDebugString()));
    }
    course_.tally("property: person checked");
  }
  if (add_up_always_) CheckSums();
}

// At the moment of the record the branch may be offered the package.
void PropertyAuditor::CheckMayBeOffered(const Record& record, uint64_t number,
                                        const OfferRow& offer) {
  const journal::v1::PackageRow& package = course_.Package(number).row;
  const absl::Time time = TimeOf(record);
  const DateNumber today = course_.directory.Today(time);
  auto never = [&](bool holds, const char* what) {
    if (!holds) Broken(Property::kOnlyWhoMay, absl::StrCat(what, ": ", offer.ShortDebugString()));
  };
  never(course_.directory.Coverage(offer.branch_id(), package, offer.service_type(), today) !=
            nullptr,
        "an offer outside its branch's coverage");
  const v1::Contract* contract = course_.directory.Contract(offer.contract_id());
  never(contract != nullptr && DatesHold(contract->from_date(), contract->to_date(), today),
        "an offer outside its contract's dates");
  never(contract != nullptr && course_.directory.ContractActive(*contract, today, time),
        "an offer under a contract that is suspended");
  never(contract != nullptr && course_.directory.Holder(*contract, today) == offer.provider_id(),
        "an offer to a provider that does not hold the contract");
  never(!course_.directory.OptedOut(package.framework_id(), offer.branch_id(), time),
        "an offer in an opt-out window");
  never(!course_.directory.Suspended(offer.provider_id(), "", time),
        "an offer to a suspended provider");
  const std::string area = AreaOf(package.postcode_sector());
  never(area.empty() || !course_.directory.Suspended(offer.provider_id(), area, time),
        "an offer in an area in which the provider is suspended");
  course_.tally("property: offer checked");
}

void PropertyAuditor::CheckOneEach(const PackageAggregate& package) {
  const journal::v1::PackageRow& row = package.row;
  std::set<std::pair<int32_t, std::string>> offered;
  int winners = 0;
  for (const OfferRow& offer : package.offers) {
    const std::string& who =
        course_.directory.Rules(row.framework_revision()).several_branches_per_provider()
            ? offer.branch_id()
            : offer.provider_id();
    const bool of_a_round = !offer.placed() && !IsAsked(offer);
    if (of_a_round && !offered.emplace(offer.round_number(), who).second) {
      Broken(Property::kOneOfferEach,
             absl::StrCat("two offers in a round to ", who, ": ", row.ShortDebugString()));
    }
    winners +=
        offer.state() == v1::OFFER_STATE_WON && offer.returned_cause() == v1::CAUSE_UNSPECIFIED;
  }
  if (winners > 1 || (!row.imported() && (winners == 1) != WasAwarded(row.state()) &&
                      row.state() != v1::PACKAGE_STATE_CANCELLED)) {
    Broken(Property::kOneWinner, absl::StrCat(winners, " winners of ", row.ShortDebugString()));
  }
  if (winners == 1) course_.tally("property: winner seen");
}

void PropertyAuditor::CheckSums() {
  int64_t issued = 0;
  for (uint64_t number = 1; number <= course_.LastPackage(); ++number) {
    for (const OfferRow& offer : course_.Package(number).offers) {
      issued += offer.restart() || offer.placed() || offer.purpose() != 0 ? 0 : 1;
    }
  }
  const WrittenFigures figures(course_.rows);
  const int dimensions = v1::Dimension_MAX;
  for (int first = 1; first <= dimensions; ++first) {
    const auto dimension = static_cast<v1::Dimension>(first);
    v1::PerformanceQuery query;
    query.set_framework_id(course_.framework.rules.framework_id());
    query.add_group_by(dimension);
    // And by another one each time.
    const int second = 1 + (static_cast<int>(course_.records.size() / 20) + first) % dimensions;
    if (second != first) query.add_group_by(static_cast<v1::Dimension>(second));
    const auto answer =
        QueryPerformance(query, PerformanceScope(), course_.engine.directory(), figures);
    if (!answer.ok()) return Broken(Property::kSumsHold, answer.status().ToString());
    int64_t sum = 0;
    for (const v1::PerformanceRow& row : answer->rows()) {
      sum += row.live().issued();
      for (const v1::Counts* counts : {&row.live(), &row.settled()}) {
        const int64_t classes = counts->error_upheld() + counts->notice_failed() +
                                counts->accepted() + counts->declined() +
                                counts->closed_unanswered() + counts->pending() + counts->late() +
                                counts->silent() + counts->in_part();
        const int64_t outcomes =
            counts->won() + counts->lost() + counts->void_() + counts->undecided();
        if (counts->issued() != classes || counts->accepted() != outcomes) {
          Broken(Property::kSumsHold,
                 absl::StrCat("by ", v1::Dimension_Name(dimension), ": ", row.ShortDebugString()));
        }
      }
    }
    if (sum != issued) {
      Broken(Property::kSumsHold, absl::StrCat("by ", v1::Dimension_Name(dimension), " ", sum,
                                               " of ", issued, " offers"));
    }
  }
  course_.tally("property: sums checked");
}

void PropertyAuditor::CheckAllEnded() {
  const uint64_t last = course_.LastPackage();
  for (uint64_t number = 1; number <= last && course_.problems.empty(); ++number) {
    const journal::v1::PackageRow& row = course_.Package(number).row;
    const v1::PackageState state = row.state();
    if (state != v1::PACKAGE_STATE_CEASED && state != v1::PACKAGE_STATE_CANCELLED &&
        state != v1::PACKAGE_STATE_HANDED_BACK && state != v1::PACKAGE_STATE_UNFILLED) {
      Broken(Property::kComesToAnEnd, absl::StrCat("still under way: ", row.ShortDebugString()));
    }
    course_.tally(absl::StrCat("property: ended as ", v1::PackageState_Name(state)));
  }
}

}  // namespace brokerage::engine::reference
