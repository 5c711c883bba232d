#include "engine/views/replies.h"

#include <string>

#include "engine/base/ids.h"
#include "engine/model/package.h"
#include "engine/views/offer_view.h"
#include "engine/views/package_view.h"

namespace brokerage::engine {

namespace {

template <typename Message>
void ClearQuestions(Message* message) {
  for (v1::Question& question : *message->mutable_questions()) {
    question.clear_text();
    question.clear_answer();
  }
}

void ClearTexts(v1::Offer* offer) {
  ClearQuestions(offer);
  offer->clear_summary();
  offer->clear_details();
  offer->clear_person_reference();
  offer->clear_postcode();
  for (v1::AnswerRecord& answer : *offer->mutable_answers()) answer.clear_note();
  if (offer->has_error_claim()) {
    offer->mutable_error_claim()->clear_reason();
    offer->mutable_error_claim()->clear_decision_reason();
  }
  if (offer->has_fate()) {
    if (offer->fate().has_ending()) offer->mutable_fate()->mutable_ending()->clear_words();
    if (offer->fate().has_notice()) offer->mutable_fate()->mutable_notice()->clear_words();
  }
}

}  // namespace

v1::Package PackageWithoutTexts(const State& state, uint64_t number, Detail detail) {
  v1::Package package = ToPackage(*state.Package(number), detail, state.directory);
  package.clear_summary();
  package.clear_details();
  package.clear_person_reference();
  package.clear_postcode();
  if (package.has_ending()) package.mutable_ending()->clear_words();
  if (package.has_notice()) package.mutable_notice()->clear_words();
  if (package.has_pause()) package.mutable_pause()->clear_words();
  ClearQuestions(&package);
  for (v1::Offer& offer : *package.mutable_offers()) ClearTexts(&offer);
  return package;
}

v1::Offer OfferWithoutTexts(const State& state, absl::string_view id, const Caller& caller) {
  const auto parsed = ParseOfferId(id);
  const PackageAggregate& package = *state.Package(parsed->package.number);
  v1::Offer offer =
      ToOffer(package, package.offers[static_cast<size_t>(parsed->ordinal - 1)], caller);
  ClearTexts(&offer);
  return offer;
}

v1::Contract ContractOn(const Directory& directory, absl::string_view id, DateNumber date,
                        absl::Time time) {
  v1::Contract contract = *directory.Contract(id);
  contract.set_provider_id(directory.ProviderOfContract(id, date));
  contract.set_status(directory.StatusOf(contract, date, time));
  return contract;
}

v1::Contract ContractAt(const Directory& directory, absl::string_view id, absl::Time time) {
  return ContractOn(directory, id, LocalDate(time, absl::UTCTimeZone()), time);
}

}  // namespace brokerage::engine
