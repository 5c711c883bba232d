// From rows to what people may see: each role's own view of a package, an offer, a round, a record.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "brokerage/journal/v1/record.pb.h"
#include "brokerage/v1/history_service.pb.h"
#include "brokerage/v1/package.pb.h"
#include "engine/command.h"
#include "engine/model/directory.h"
#include "engine/model/package.h"
#include "engine/model/tables.h"

namespace brokerage::engine {

// How much of a package is shown.
enum class Detail {
  kList,  // no verdicts, no offers
  kFull,  // everything
};

// A package as its authority's care navigation sees it, texts included. The postcode in full.
v1::Package ToPackage(const PackageAggregate& package, Detail detail, const Directory& directory);

// A round with its verdicts in words: the failed rules, or (all_rules, for a preview) every rule.
v1::Round ToRound(const journal::v1::RoundRow& round, const journal::v1::PackageRow& package,
                  bool all_rules, const Directory& directory);

// An offer as the caller may see it. A branch (and its organisation) sees its own answers, the
// summary and the postcode's sector; details, person reference and full postcode only when this
// offer is WON (and not returned); LOST with the criterion; never another's answer or whether there
// was one: while the package awaits its award the state is ACCEPTED and nothing else. Care
// navigation sees everything.
v1::Offer ToOffer(const PackageAggregate& package, const journal::v1::OfferRow& offer,
                  const Caller& caller);

// An offer to the branch that had it before it was moved: which one it is, and the branch itself in
// moved_from_branch_ids. No branch, state, times or texts: what became of it is not this branch's.
v1::Offer ToMovedOffer(const PackageAggregate& package, const journal::v1::OfferRow& row,
                       const Caller& caller);

// What a record tells the caller: one event for each fact that he may know of, in order. `package`
// looks a package's row up by number (null if it is gone); a branch learns of its own offers only:
// that one was issued, what it answered itself, lapsed, was closed, won, lost, void; never who else
// was asked or answered.
std::vector<v1::HistoryEvent> ToHistory(
    const journal::v1::Record& record, uint64_t sequence, const Caller& caller,
    const std::function<std::shared_ptr<const PackageAggregate>(uint64_t)>& package,
    const Directory& directory);

// Whose history a record belongs in: keys' scopes and ids. `package` as above.
struct HistorySubject {
  HistoryScope scope;
  std::string id;
  // NOLINTNEXTLINE(modernize-use-nullptr): the compiler's own zero
  friend auto operator<=>(const HistorySubject&, const HistorySubject&) = default;
};
// Sorted, without repeats. Reads only the record and the packages' rows and offers as they are
// after it.
std::vector<HistorySubject> SubjectsOf(
    const journal::v1::Record& record,
    const std::function<const PackageAggregate*(uint64_t)>& package);

}  // namespace brokerage::engine
