#include "tests/reference/workload_offers.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/reference/reference_routing.h"
#include "tests/reference/workload.h"
#include "tests/reference/workload_ids.h"
#include "tests/reference/workload_outages.h"

namespace brokerage::engine::reference {

using journal::v1::OfferRow;

namespace {

void ClaimSomething(Workload& work) {
  const PackageAggregate* package = work.RandomPackage();
  if (package == nullptr || package->offers.empty()) return;
  if (work.dice().Percent(12)) return ExtendDeadlines(work);
  const OfferRow offer = work.dice().Of(package->offers);
  const std::string id = IdOf(*package, offer);
  if (offer.claim().state() != v1::CLAIM_STATE_OPEN) {
    v1::ClaimIssuedInErrorRequest request;
    request.set_offer_id(id);
    request.set_reason("not our ward");
    if (!work.Ask(BranchOf(offer), std::move(request)) || work.dice().Percent(50)) return;
  }
  v1::DecideIssuedInErrorRequest request;
  request.set_offer_id(id);
  request.set_uphold(work.dice().Percent(60));
  request.set_reason("so it was");
  work.Ask(NavigatorOf(package->row.authority_id(), /*second=*/true), std::move(request));
}

// A head office moves an offer to any of its branches; whether that is refused is held against the
// reference's routing.
void MoveOfferSomewhere(Workload& work) {
  const PackageAggregate* package = nullptr;
  OfferRow offer;
  for (int tries = 0; tries < 20 && offer.state() != v1::OFFER_STATE_OPEN; ++tries) {
    package = work.RandomPackage();
    if (package == nullptr || package->offers.empty()) continue;
    offer = work.dice().Of(package->offers);
  }
  if (offer.ordinal() == 0) return;
  package = work.engine().state().Package(offer.package_number());
  std::vector<std::string> branches;
  for (const std::string& id : work.framework().branches) {
    const bool own = work.directory().Branch(id)->provider_id() == offer.provider_id();
    if (own && (id != offer.branch_id() || work.dice().Percent(10))) branches.push_back(id);
  }
  if (branches.empty()) return;
  const std::string branch = work.dice().Of(branches);
  const std::set<int> failed = ReferenceFailuresAtMove(
      work.directory(), package->row, package->offers,
      work.directory().Rules(package->row.framework_revision()), offer, branch, work.now());
  const bool movable = offer.state() == v1::OFFER_STATE_OPEN && !offer.restart() &&
                       !IsAsked(offer) && offer.claim().state() == v1::CLAIM_STATE_UNSPECIFIED &&
                       offer.moved_from_branch_ids_size() < 20;
  Caller caller;
  caller.account_id = offer.provider_id();
  caller.role = v1::ROLE_PROVIDER_ORGANISATION;
  caller.provider_id = offer.provider_id();
  v1::MoveOfferRequest request;
  request.set_offer_id(IdOf(*package, offer));
  request.set_branch_id(branch);
  if (work.Ask(caller, std::move(request)) != (movable && failed.empty())) {
    work.Problem(absl::StrCat("a move to ", branch, " that is ",
                              movable ? "possible" : "impossible", " and fails ", failed.size(),
                              " rules was decided otherwise: ", offer.ShortDebugString()));
  }
  if (movable) {
    work.Tally(failed.empty() ? "offer moved"
                              : absl::StrCat("not moved by rule ", *failed.begin()));
  }
}

void ClaimOrMove(Workload& work) {
  return work.dice().Percent(50) ? ClaimSomething(work) : MoveOfferSomewhere(work);
}

}  // namespace

const std::vector<WorkloadAct>& OfferActs() {
  static const auto& kActs = *new std::vector<WorkloadAct>{{1, ClaimOrMove}};
  return kActs;
}

}  // namespace brokerage::engine::reference
