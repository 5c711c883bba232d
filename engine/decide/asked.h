// What the branch that has a package is asked for: whether it takes the person back after a pause,
// or agrees to other terms. An offer of no round, with its own window; one at a time.
#pragma once

#include "engine/decide/checks.h"
#include "engine/decide/context.h"
#include "engine/model/package.h"

namespace brokerage::engine {

// What is to be asked.
struct Asking {
  v1::OfferPurpose purpose = v1::OFFER_PURPOSE_UNSPECIFIED;
  v1::PackageTerms terms;    // from then on
  DateNumber from_date = 0;  // from which on
  bool counts = false;       // as a restart, in KPI 2
};

// ALREADY_EXISTS where the branch is asked for something already; LIMIT_REACHED of a package with
// too many offers.
absl::Status CheckNothingAsked(const journal::v1::PackageRow& row);
// Likewise, and CONTRACT_STATUS where the contract has ended, so that it can be asked for nothing.
absl::Status CheckMayBeAsked(const Context& in, const PackageAggregate& package);
// Asks the branch that has the package. REQUIRES: CheckMayBeAsked.
void AskBranch(const Context& in, const PackageAggregate& package, const Asking& asking,
               Decision* out);
// What begins as the branch's, of no round: OPEN, under its contract, as asked.
journal::v1::OfferRow AskedOffer(const Context& in, const PackageAggregate& package,
                                 const Asking& asking);
// Adds the new terms of the package, from the date on. `ordinal` is the offer by which its branch
// agreed, 0 where it need not.
void AddTermsChange(const PackageAggregate& package, const v1::PackageTerms& terms,
                    DateNumber from_date, int32_t ordinal, Decision* out);

// OFFER_STATE or ANSWER_TOO_LATE where what was asked cannot be answered any more.
absl::Status CheckAskedAnswer(const FoundOffer& found);
// The branch answers what it was asked; REQUIRES: CheckAskedAnswer.
void AnswerAsked(const Context& in, const FoundOffer& found, journal::v1::AnswerRow answer,
                 Decision* out);
// It has not answered in time. REQUIRES: the package waits for its answer.
void LapseAsked(const Context& in, const PackageAggregate& package, Decision* out);

}  // namespace brokerage::engine
