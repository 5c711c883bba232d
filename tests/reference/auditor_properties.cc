// What must hold of every record of any framework, whatever decided it.
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "engine/base/ids.h"
#include "engine/figures/performance.h"
#include "engine/figures/query.h"
#include "tests/reference/workload.h"
#include "tests/reference/written_figures.h"

namespace brokerage::engine::reference {

using journal::v1::Fact;
using journal::v1::OfferRow;
using journal::v1::Record;

namespace {

bool WasAwarded(v1::PackageState state) {
  return state == v1::PACKAGE_STATE_AWARDED || state == v1::PACKAGE_STATE_STARTED ||
         state == v1::PACKAGE_STATE_CEASED || state == v1::PACKAGE_STATE_HANDED_BACK;
}

}  // namespace

void Workload::Broken(Property property, const std::string& text) {
  broken_.insert(property);
  Problem(text);
}

void Workload::CheckProperties(const Record& record) {
  for (const Fact& fact : record.facts()) {
    if (fact.has_round_opened()) {
      for (const OfferRow& offer : fact.round_opened().offers()) {
        CheckMayBeOffered(record, offer.package_number(), offer);
      }
    }
    if (fact.has_offer_moved()) {
      const auto& moved = fact.offer_moved();
      const PackageAggregate& package = *engine_.state().Package(moved.package_number());
      CheckMayBeOffered(record, moved.package_number(),
                        package.offers[static_cast<size_t>(moved.ordinal() - 1)]);
    }
  }
  for (const auto& [number, row] : before_) CheckOneEach(*engine_.state().Package(number));
  if (to_the_end_) CheckSumsBySlice();
}

// At the moment of the record the branch may be offered the package.
void Workload::CheckMayBeOffered(const Record& record, uint64_t number, const OfferRow& offer) {
  const journal::v1::PackageRow& package = engine_.state().Package(number)->row;
  const absl::Time time = TimeOf(record);
  const DateNumber today = directory_.Today(time);
  auto never = [&](bool holds, const char* what) {
    if (!holds) Broken(kOnlyWhoMay, absl::StrCat(what, ": ", offer.ShortDebugString()));
  };
  never(directory_.Coverage(offer.branch_id(), package, offer.service_type(), today) != nullptr,
        "an offer outside its branch's coverage");
  const v1::Contract* contract = directory_.Contract(offer.contract_id());
  never(contract != nullptr && DatesHold(contract->from_date(), contract->to_date(), today),
        "an offer outside its contract's dates");
  never(contract != nullptr && directory_.ContractActive(*contract, today, time),
        "an offer under a contract that is suspended");
  never(contract != nullptr && directory_.Holder(*contract, today) == offer.provider_id(),
        "an offer to a provider that does not hold the contract");
  never(!directory_.OptedOut(offer.branch_id(), time), "an offer in an opt-out window");
  never(!directory_.Suspended(offer.provider_id(), "", time), "an offer to a suspended provider");
  const std::string area = AreaOf(package.postcode_sector());
  never(area.empty() || !directory_.Suspended(offer.provider_id(), area, time),
        "an offer in an area in which the provider is suspended");
  tally_("property: offer checked");
}

void Workload::CheckOneEach(const PackageAggregate& package) {
  const journal::v1::PackageRow& row = package.row;
  std::set<std::pair<int32_t, std::string>> offered;
  int winners = 0;
  for (const OfferRow& offer : package.offers) {
    const std::string& who =
        directory_.Rules(row.framework_revision()).several_branches_per_provider()
            ? offer.branch_id()
            : offer.provider_id();
    if (!offered.emplace(offer.round_number(), who).second) {
      Broken(kOneOfferEach,
             absl::StrCat("two offers in a round to ", who, ": ", row.ShortDebugString()));
    }
    winners +=
        offer.state() == v1::OFFER_STATE_WON && offer.returned_cause() == v1::CAUSE_UNSPECIFIED;
  }
  if (winners > 1 || (!row.imported() && (winners == 1) != WasAwarded(row.state()) &&
                      row.state() != v1::PACKAGE_STATE_CANCELLED)) {
    Broken(kOneWinner, absl::StrCat(winners, " winners of ", row.ShortDebugString()));
  }
  if (winners == 1) tally_("property: winner seen");
}

// Every offer is in one class, and the groups of any dimension add up to all that were issued.
void Workload::CheckSumsBySlice() {
  int64_t issued = 0;
  for (uint64_t number = 1; number <= engine_.state().system.last_package_number(); ++number) {
    for (const OfferRow& offer : engine_.state().Package(number)->offers) {
      issued += offer.restart() ? 0 : 1;
    }
  }
  const WrittenFigures figures(rows_);
  const int dimensions = v1::Dimension_MAX;
  for (int first = 1; first <= dimensions; ++first) {
    const auto dimension = static_cast<v1::Dimension>(first);
    v1::PerformanceQuery query;
    query.set_framework_id(framework_.rules.framework_id());
    query.add_group_by(dimension);
    // And by another one each time.
    const int second = 1 + (static_cast<int>(records_.size() / 20) + first) % dimensions;
    if (second != first) query.add_group_by(static_cast<v1::Dimension>(second));
    const auto answer = QueryPerformance(query, PerformanceScope(), engine_.directory(), figures);
    if (!answer.ok()) return Broken(kSumsHold, answer.status().ToString());
    int64_t sum = 0;
    for (const v1::PerformanceRow& row : answer->rows()) {
      sum += row.live().issued();
      for (const v1::Counts* counts : {&row.live(), &row.settled()}) {
        const int64_t classes = counts->error_upheld() + counts->notice_failed() +
                                counts->accepted() + counts->declined() +
                                counts->closed_unanswered() + counts->pending() + counts->late() +
                                counts->silent();
        const int64_t outcomes =
            counts->won() + counts->lost() + counts->void_() + counts->undecided();
        if (counts->issued() != classes || counts->accepted() != outcomes) {
          Broken(kSumsHold,
                 absl::StrCat("by ", v1::Dimension_Name(dimension), ": ", row.ShortDebugString()));
        }
      }
    }
    if (sum != issued) {
      Broken(kSumsHold, absl::StrCat("by ", v1::Dimension_Name(dimension), " ", sum, " of ", issued,
                                     " offers"));
    }
  }
  tally_("property: sums checked");
}

// People do what is left to do; then nothing is under way any more.
void Workload::Finish() {
  const uint64_t last = engine_.state().system.last_package_number();
  for (int round = 0; round < 12 && problems_.empty(); ++round) {
    for (uint64_t number = 1; number <= last && problems_.empty(); ++number) {
      EndOne(*engine_.state().Package(number));
    }
    AdvanceTo(now_ + absl::Hours(24 * 10));
  }
  for (uint64_t number = 1; number <= last && problems_.empty(); ++number) {
    const journal::v1::PackageRow& row = engine_.state().Package(number)->row;
    const v1::PackageState state = row.state();
    if (state != v1::PACKAGE_STATE_CEASED && state != v1::PACKAGE_STATE_CANCELLED &&
        state != v1::PACKAGE_STATE_HANDED_BACK && state != v1::PACKAGE_STATE_UNFILLED) {
      Broken(kComesToAnEnd, absl::StrCat("still under way: ", row.ShortDebugString()));
    }
    tally_(absl::StrCat("property: ended as ", v1::PackageState_Name(state)));
  }
}

void Workload::EndOne(const PackageAggregate& package) {
  const std::string id = FormatPackageId({package.row.year(), package.row.number()});
  const Caller caller = Navigator(package.row.authority_id());
  switch (package.row.state()) {
    case v1::PACKAGE_STATE_SUBMITTED: {
      v1::ReleasePackagesRequest request;
      request.add_package_ids(id);
      Do(caller, std::move(request));
      return;
    }
    case v1::PACKAGE_STATE_OFFERED: {
      if (!package.row.awaits_award()) return;
      v1::AwardPackageRequest request;
      request.set_package_id(id);
      request.set_offer_id(FormatOfferId(
          {{package.row.year(), package.row.number()}, package.row.proposed_ordinal()}));
      request.set_price_exception_reason("nobody is cheaper");
      if (!Do(caller, std::move(request))) Reissue(package);  // a rule fails since it was proposed
      return;
    }
    case v1::PACKAGE_STATE_AWARDED: {
      v1::StartPackageRequest request;
      request.set_package_id(id);
      if (Do(caller, std::move(request))) return;
      v1::ReturnPackageRequest giving_up;  // its contract has ended
      giving_up.set_package_id(id);
      giving_up.set_cause(v1::CAUSE_AUTHORITY);
      giving_up.set_reason("the contract has ended");
      Do(caller, std::move(giving_up));
      return;
    }
    case v1::PACKAGE_STATE_STARTED: {
      v1::CeasePackageRequest request;
      request.set_package_id(id);
      request.set_reason("care is no longer needed");
      if (package.row.limit_due_us() != 0) {
        request.set_leaving_outcome(v1::LEAVING_OUTCOME_LESS_CARE);
      }
      Do(caller, std::move(request));
      return;
    }
    case v1::PACKAGE_STATE_UNFILLED:
    case v1::PACKAGE_STATE_CEASED:
    case v1::PACKAGE_STATE_CANCELLED:
    case v1::PACKAGE_STATE_HANDED_BACK:
    case v1::PACKAGE_STATE_UNSPECIFIED:
    case v1::PackageState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::PackageState_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
}

}  // namespace brokerage::engine::reference
