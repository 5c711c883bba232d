#include "services/rpc/package/offer_queries.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/base/ids.h"
#include "engine/base/rejection.h"
#include "engine/model/fact_keys.h"
#include "engine/model/visibility.h"
#include "engine/views/offer_view.h"
#include "engine/views/package_view.h"
#include "services/rpc/package/shown_offer.h"
#include "services/rpc/page_token.h"
#include "services/rpc/rows.h"
#include "services/rpc/scope.h"
#include "storage/loading.h"

namespace brokerage::services::rpc {

namespace {

using engine::Table;

constexpr int kRowsExaminedMax = 2000;

absl::Status NotFound(absl::string_view field, absl::string_view id) {
  return engine::Reject(v1::REJECTION_REASON_NOT_FOUND, field, id, "one of the caller's");
}

// Which index lists the offers asked for.
struct Listing {
  Table table;
  std::string owner;
};

absl::StatusOr<Listing> ListingOf(const CallContext& context,
                                  const v1::ListOffersRequest& request) {
  const engine::Caller& caller = context.caller;
  const std::string& branch_id = request.branch_id();
  if (branch_id.empty()) {
    if (caller.role == v1::ROLE_PROVIDER_BRANCH)
      return Listing{Table::kOffersByBranch, caller.branch_id};
    if (caller.role == v1::ROLE_PROVIDER_ORGANISATION)
      return Listing{Table::kOffersByProvider, caller.provider_id};
    return engine::Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "branch_id", "", "a branch");
  }
  // A branch that the files no longer have keeps its offers.
  const journal::v1::DirectoryFact* branch =
      context.published->directory.Fact(engine::BranchKey(branch_id));
  if (branch == nullptr || !MayRead(caller, branch->branch().provider_id(), branch_id))
    return NotFound("branch_id", branch_id);
  return Listing{Table::kOffersByBranch, branch_id};
}

bool WantedFate(const v1::ListOffersRequest& request, v1::FateKind fate) {
  const auto& fates = request.fates();
  return fates.empty() || std::find(fates.begin(), fates.end(), fate) != fates.end();
}

// Whether an offer in the state may have a fate that is wanted.
bool MayHaveFate(const v1::ListOffersRequest& request, v1::OfferState state) {
  if (request.fates().empty() || state == v1::OFFER_STATE_WON) return true;
  return WantedFate(request, v1::FATE_KIND_UNDONE) &&
         (state == v1::OFFER_STATE_ACCEPTED || state == v1::OFFER_STATE_LOST ||
          state == v1::OFFER_STATE_VOID);
}

bool Wanted(const v1::ListOffersRequest& request, v1::OfferState state) {
  if (!MayHaveFate(request, state)) return false;
  if (request.states().empty()) return true;
  for (int wanted : request.states()) {
    if (wanted == state) return true;
  }
  return false;
}

}  // namespace

absl::StatusOr<v1::GetOfferResponse> GetOffer(const Backend& backend, const CallContext& context,
                                              const v1::GetOfferRequest& request) {
  if (request.offer_id().empty()) {
    return engine::Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "offer_id", "", "an offer's id");
  }
  auto id = engine::ParseOfferId(request.offer_id());
  if (!id) return NotFound("offer_id", request.offer_id());
  auto view = backend.store->Read();
  auto package = FindPackage(*view, id->package.number);
  if (!package.ok()) return package.status();
  if (*package == nullptr || (*package)->row.year() != id->package.year ||
      static_cast<size_t>(id->ordinal) > (*package)->offers.size() ||
      !engine::MaySeeOffer(context.caller, (*package)->row, (*package)->offers[id->ordinal - 1])) {
    return NotFound("offer_id", request.offer_id());
  }
  v1::GetOfferResponse response;
  *response.mutable_offer() =
      ShownOffer(context.published->directory, **package, (*package)->offers[id->ordinal - 1],
                 context.caller, backend.clock->Now());
  return response;
}

absl::StatusOr<v1::ListOffersResponse> ListOffers(const Backend& backend,
                                                  const CallContext& context,
                                                  const v1::ListOffersRequest& request) {
  auto size = PageSizeOf(request);
  if (!size.ok()) return size.status();
  auto listing = ListingOf(context, request);
  if (!listing.ok()) return listing.status();
  auto position = PositionOf(request, context.caller);  // the last key shown, without its owner
  if (!position.ok()) return position.status();

  auto view = backend.store->Read();
  PackageReader packages(*view);
  const std::string prefix = engine::OwnedOfferPrefix(listing->owner);
  const std::string from = position->empty() ? "" : prefix + *position + '\0';
  v1::ListOffersResponse response;
  std::string last;
  int examined = 0;
  absl::Status damage;
  view->Scan(listing->table, prefix, from, [&](absl::string_view key, absl::string_view) {
    if (response.offers_size() == *size || ++examined > kRowsExaminedMax) {
      response.set_next_page_token(MakePageToken(request, context.caller, last));
      return false;
    }
    last = std::string(key.substr(prefix.size()));
    auto [number, ordinal] = engine::TrailingOffer(key);
    auto row = storage::ReadIndexedOffer(*view, number, ordinal);
    damage = row.status();
    if (!damage.ok()) return false;
    if (!Wanted(request, row->state())) return true;
    auto package = packages.Find(number);
    if (package != nullptr && engine::MaySeeOffer(context.caller, package->row, *row)) {
      v1::Offer offer = ShownOffer(context.published->directory, *package, *row, context.caller,
                                   backend.clock->Now());
      if (WantedFate(request, offer.fate().kind())) *response.add_offers() = std::move(offer);
    }
    return packages.status().ok();
  });
  if (!damage.ok()) return damage;
  if (!packages.status().ok()) return packages.status();
  if (!view->status().ok()) return view->status();
  return response;
}

}  // namespace brokerage::services::rpc
