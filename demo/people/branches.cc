#include "demo/people/branches.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "demo/people/behaviour.h"
#include "engine/base/rejection.h"
#include "services/client/text/package_text.h"

namespace brokerage::demo {

using client::AnswerInWords;
using client::Connection;

namespace {

// Whether the branch still sees the offer waiting for it: a branch that looks before it answers, as
// branches do.
bool StillAsksFor(const Connection& branch, const std::string& offer_id) {
  v1::GetOfferRequest request;
  request.set_offer_id(offer_id);
  auto response = branch.Call<v1::GetOfferResponse>("OfferService/GetOffer", request);
  if (!response.ok()) return true;  // the answer's own refusal says why
  const v1::OfferState state = response->offer().state();
  return state == v1::OFFER_STATE_OPEN || state == v1::OFFER_STATE_ACCEPTED ||
         state == v1::OFFER_STATE_DECLINED || state == v1::OFFER_STATE_LAPSED;
}

}  // namespace

void Branches::Receive(const v1::Offer& offer, bool first_round) {
  for (const PlannedAnswer& planned :
       PlanAnswers(offer, first_round, behaviours_, setting_.chance)) {
    calendar_.At(planned.time, [this, offer, answer = planned.answer] { Answer(offer, answer); });
  }
}

void Branches::Serve(const std::string& branch_id, const std::string& postcode_area) {
  auto found = behaviours_.find(branch_id);
  if (found != behaviours_.end()) found->second.unserved_areas.erase(postcode_area);
}

void Branches::Answer(const v1::Offer& offer, const v1::AnswerRecord& answer) {
  const Connection& branch = council_.branch(offer.branch_id());
  if (setting_.in_full && !StillAsksFor(branch, offer.id())) return;
  v1::OfferAnswer said;
  if (answer.answer() == v1::ANSWER_ACCEPT) {
    said.mutable_accept()->set_request_id(setting_.NextRequestId("accept"));
    said.mutable_accept()->set_offer_id(offer.id());
    said.mutable_accept()->set_possible_start_date(answer.possible_start_date());
  } else {
    said.mutable_decline()->set_request_id(setting_.NextRequestId("decline"));
    said.mutable_decline()->set_offer_id(offer.id());
    said.mutable_decline()->set_reason(answer.decline_reason());
    said.mutable_decline()->set_note(answer.note());
  }
  *answers_[offer.branch_id()].add_answers() = std::move(said);
  if (setting_.in_full) SendAnswers();
}

void Branches::SendAnswers() {
  for (const auto& [branch_id, request] : std::exchange(answers_, {})) {
    const std::string& name = council_.names().Branch(branch_id);
    auto response = council_.branch(branch_id).Call<v1::AnswerOffersResponse>(
        "OfferService/AnswerOffers", request);
    if (!response.ok()) {
      diary_.ReportRefused("", absl::StrCat(name, "'s answers"), response.status());
      continue;
    }
    for (const v1::AnswerOffersResult& result : response->results()) {
      if (result.has_rejection()) {
        // Who does not look before it answers finds packages gone.
        const v1::RejectionReason reason = result.rejection().reason();
        if (!setting_.in_full && (reason == v1::REJECTION_REASON_OFFER_STATE ||
                                  reason == v1::REJECTION_REASON_ANSWER_TOO_LATE)) {
          continue;
        }
        diary_.ReportRefused("", absl::StrCat(name, "'s answer"),
                             engine::Reject(result.rejection()));
        continue;
      }
      const v1::Offer& offer = result.offer();
      if (offer.answers().empty()) continue;
      ++diary_.week().answered;
      diary_.Report(offer.package_id(),
                    absl::StrCat(name, offer.answers_size() > 1 ? " changed its answer: " : " ",
                                 AnswerInWords(*offer.answers().rbegin())));
    }
  }
}

}  // namespace brokerage::demo
