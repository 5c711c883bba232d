#include "engine/apply/directory_facts.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "engine/apply/indexes.h"
#include "engine/model/tables.h"

namespace brokerage::engine {

using journal::v1::AccountChanged;
using journal::v1::ClockJudged;
using journal::v1::DirectoryChanged;
using journal::v1::DirectoryFact;
using journal::v1::FrameworkApplied;
using journal::v1::OfferRow;

namespace {

// Who may still be awarded has changed for open offers of these subjects: what was not certain may
// be now. An acceptance that was proposed for award may hold no longer: the next best, or the next
// round, must not wait for somebody to notice.
void LookAgainAtOffersOf(Applier& applier, const DirectoryChanged& fact) {
  std::set<absl::string_view> subjects;  // ids of branches, providers, contracts; codes of wards
  std::set<std::pair<absl::string_view, absl::string_view>> suspended;  // framework, provider
  for (const DirectoryFact& changed : fact.facts()) {
    subjects.insert(changed.opt_out_window().branch_id());
    subjects.insert(changed.coverage().branch_id());
    subjects.insert(changed.branch().id());
    if (changed.suspension().framework_id().empty()) {
      subjects.insert(changed.suspension().provider_id());
    } else {
      suspended.insert({changed.suspension().framework_id(), changed.suspension().provider_id()});
    }
    subjects.insert(changed.suspension().contract_id());
    subjects.insert(changed.contract().id());
    subjects.insert(changed.novation().contract_id());
    subjects.insert(changed.lot_ward().ward_code());
  }
  subjects.erase("");
  if (subjects.empty() && suspended.empty()) return;
  const std::set<uint64_t> open_packages = applier.state().open_packages;  // changes below
  for (uint64_t number : open_packages) {
    if (applier.IsTouched(number)) continue;
    const PackageAggregate& package = *applier.state().Package(number);
    const bool concerned =
        std::any_of(package.offers.begin(), package.offers.end(), [&](const OfferRow& offer) {
          const bool stands =
              offer.state() == v1::OFFER_STATE_OPEN ||
              (package.row.awaits_award() && offer.state() == v1::OFFER_STATE_ACCEPTED);
          return stands &&
                 (subjects.contains(offer.branch_id()) || subjects.contains(offer.provider_id()) ||
                  subjects.contains(offer.contract_id()) ||
                  suspended.contains({package.row.framework_id(), offer.provider_id()}) ||
                  subjects.contains(package.row.ward_code()));
        });
    if (concerned) applier.NoteEvaluation(applier.Touch(number));
  }
}

}  // namespace

void Apply(Applier& applier, const FrameworkApplied& fact) {
  applier.state().directory.PutFramework(fact.framework());
  ++applier.state().directory_version;
  applier.Put(Table::kFrameworks,
              FrameworkKey(fact.framework().framework_id(), fact.framework().revision()),
              fact.framework().SerializeAsString());
}

void Apply(Applier& applier, const DirectoryChanged& fact) {
  for (const DirectoryFact& changed : fact.facts()) {
    const DirectoryFact* before = applier.state().directory.Fact(changed.key());
    if (before != nullptr) LeaveFact(&applier.state(), *before);
    if (before == nullptr && (changed.has_opt_out_window() || changed.has_suspension() ||
                              changed.has_coverage_proposal() || changed.has_transfer())) {
      journal::v1::SystemRow& system = applier.ChangeSystem();
      system.set_last_fact_number(system.last_fact_number() + 1);
    }
    // One that speaks for all dates leaves nothing to the version before. A fact whose effect was
    // noted is not a new version: it keeps the time at which it was recorded.
    if (before != nullptr && changed.from_date() != 0 &&
        before->recorded_time_us() != changed.recorded_time_us()) {
      applier.Put(Table::kDirectoryPast, PastFactKey(changed.key(), applier.sequence()),
                  before->SerializeAsString());
    }
    applier.state().directory.Put(changed);
    EnterFact(&applier.state(), changed);
    applier.Put(Table::kDirectory, changed.key(), changed.SerializeAsString());
  }
  ++applier.state().directory_version;
  LookAgainAtOffersOf(applier, fact);
}

void Apply(Applier& applier, const AccountChanged& fact) {
  const std::string& id = fact.account().account().id();
  applier.state().accounts[id] = fact.account();
  ++applier.state().directory_version;
  applier.Put(Table::kAccounts, id, fact.account().SerializeAsString());
}

void Apply(Applier& applier, const ClockJudged& fact) {
  applier.ChangeSystem().set_clock_jumped(fact.jumped());
}

}  // namespace brokerage::engine
