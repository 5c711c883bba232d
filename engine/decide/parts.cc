#include "engine/decide/parts.h"

#include "engine/decide/endings.h"
#include "engine/decide/links.h"
#include "engine/decide/rounds.h"
#include "engine/model/parts.h"

namespace brokerage::engine {

using journal::v1::OfferRow;
using journal::v1::PackageRow;

void PutOutRest(const Context& in, const PackageAggregate& package, const OfferRow& winner,
                Decision* out) {
  const PackageRow& row = package.row;
  PackageAggregate rest;
  rest.row = SameNeed(in, package, in.state.system.last_package_number() + 1, out);
  PackageRow& next = rest.row;
  next.set_state(v1::PACKAGE_STATE_SUBMITTED);
  *next.mutable_terms() = RestOf(row.terms(), *AcceptedVisits(winner));
  // Who had the person before was asked for all of it, if anybody was.
  next.set_previous_provider_id(row.previous_provider_id());
  next.set_previous_branch_id(row.previous_branch_id());
  next.set_previous_handed_back(row.previous_handed_back());
  next.set_restart_done(true);
  next.mutable_part_of()->set_number(row.number());
  next.mutable_part_of()->set_year(row.year());
  *next.mutable_part_branch_ids() = row.part_branch_ids();
  if (!Lists(next.part_branch_ids(), winner.branch_id())) {
    next.add_part_branch_ids(winner.branch_id());
  }
  *out->Add().mutable_package_submitted()->mutable_package() = next;
  AddLink(row, next, false, out);
  Release(in, rest, out);
}

}  // namespace brokerage::engine
