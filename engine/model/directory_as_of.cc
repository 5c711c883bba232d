#include "engine/model/directory_as_of.h"

#include <algorithm>

#include "engine/model/facts.h"

namespace brokerage::engine {

using journal::v1::DirectoryFact;

namespace {

DateNumber FirstDateOf(const v1::Coverage& line) { return ParseDate(line.from_date()).value_or(0); }

bool SaysSinceWhen(const OneOf<v1::Coverage, v1::CoverageProposal, v1::Contract, v1::Novation,
                               v1::OptOutWindow, v1::Capacity, v1::Suspension, v1::Transfer,
                               v1::Holiday, UnknownValue> auto& value) {
  return true;
}
// Have no dates of their own.
bool SaysSinceWhen(
    const OneOf<v1::Ward, v1::Lot, journal::v1::LotWard, v1::Provider, v1::Branch> auto& value) {
  return false;
}

}  // namespace

DateNumber SpeaksFrom(const DirectoryFact& fact, const DirectoryFact* before, DateNumber from,
                      bool founding) {
  const bool says_since_when =
      VisitDirectoryFact(fact, [](const auto& value) { return SaysSinceWhen(value); });
  if (!says_since_when) return before == nullptr && founding ? 0 : from;
  if (before == nullptr) return 0;
  if (fact.has_contract()) return from;
  if (fact.has_coverage()) {  // one that begins earlier than was known corrects
    const DateNumber begins = FirstDateOf(fact.coverage());
    return begins < FirstDateOf(before->coverage()) ? std::min(from, begins) : from;
  }
  if (fact.has_suspension()) return from;  // lifted: how it stood before is asked for
  return 0;
}

Directory DirectoryAsOf(const Directory& now, DateNumber date, PastVersions past) {
  Directory then = now;
  for (const auto& [key, fact] : now.Facts()) {
    if (fact->from_date() <= date) continue;
    const std::vector<DirectoryFact> versions = past(key);
    const auto spoke =
        std::find_if(versions.rbegin(), versions.rend(),
                     [date](const DirectoryFact& version) { return version.from_date() <= date; });
    if (spoke != versions.rend()) {
      then.Put(*spoke);
    } else {
      DirectoryFact unknown = *fact;
      unknown.set_ended(true);
      then.Put(unknown);
    }
  }
  then.ForgetRevisionsAfter(date);
  return then;
}

}  // namespace brokerage::engine
