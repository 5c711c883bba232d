#include "engine/decide/questions.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/bounds.h"
#include "engine/base/ids.h"
#include "engine/base/rejection.h"
#include "engine/decide/checks.h"
#include "engine/model/lifecycle.h"
#include "engine/model/package.h"
#include "engine/views/replies.h"

namespace brokerage::engine {

using journal::v1::OfferRow;
using journal::v1::PackageRow;

absl::Status Decide(const Context& in, const v1::AskQuestionRequest& request, Decision* out) {
  absl::StatusOr<FoundOffer> found = FindOffer(in, request.offer_id());
  if (!found.ok()) return found.status();
  const OfferRow& offer = *found->offer;
  const PackageRow& row = found->package->row;
  const bool of_this_issue = offer.ordinal() > row.previous_issue_offers();
  if (!Legal(offer.state(), OfferVerb::kAskQuestion) || !StillWaits(row) || !of_this_issue) {
    return Reject(v1::REJECTION_REASON_OFFER_STATE, "offer_id", request.offer_id(),
                  absl::StrCat("an offer that is ", SourcesInWords(OfferVerb::kAskQuestion),
                               " of a package that waits; it is ", StateName(offer.state())));
  }
  if (row.questions_size() >= limits::kQuestionsMax) {
    return Reject(v1::REJECTION_REASON_LIMIT_REACHED, "offer_id", request.offer_id(),
                  absl::StrCat("at most ", limits::kQuestionsMax, " questions about a package"));
  }
  const auto& questions = row.questions();
  const auto of_offer = std::count_if(
      questions.begin(), questions.end(),
      [&offer](const auto& question) { return question.ordinal() == offer.ordinal(); });
  if (of_offer >= limits::kQuestionsOfOfferMax) {
    return Reject(
        v1::REJECTION_REASON_LIMIT_REACHED, "offer_id", request.offer_id(),
        absl::StrCat("at most ", limits::kQuestionsOfOfferMax, " questions with an offer"));
  }
  if (absl::Status status = CheckImpersonalReason(request.text(), "text"); !status.ok())
    return status;
  journal::v1::QuestionAsked& asked = *out->Add().mutable_question_asked();
  asked.set_package_number(row.number());
  asked.set_ordinal(offer.ordinal());
  asked.set_text_hash(AddText(in, row.number(), absl::StrCat("question/", row.questions_size() + 1),
                              request.text(), out));
  return absl::OkStatus();
}

v1::AskQuestionResponse Reply(const After& after, const v1::AskQuestionRequest& request) {
  return WithOffer<v1::AskQuestionResponse>(after.state, request.offer_id(), after.caller);
}

absl::Status Decide(const Context& in, const v1::AnswerQuestionRequest& request, Decision* out) {
  absl::StatusOr<const PackageAggregate*> found = FindPackage(in, request.package_id());
  if (!found.ok()) return found.status();
  const PackageRow& row = (*found)->row;
  if (absl::Status status = CheckState(in, row, PackageVerb::kAnswerQuestion); !status.ok()) {
    return status;
  }
  const int number = request.question_number();
  if (number < 1 || number > row.questions_size()) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "question_number", absl::StrCat(number),
                  absl::StrCat("a question that was asked, of ", row.questions_size()));
  }
  if (row.questions(number - 1).answered_time_us() != 0) {
    return Reject(v1::REJECTION_REASON_ALREADY_DECIDED, "question_number", absl::StrCat(number),
                  "a question that nobody has answered");
  }
  if (absl::Status status = CheckImpersonalReason(request.text(), "text"); !status.ok())
    return status;
  journal::v1::QuestionAnswered& answered = *out->Add().mutable_question_answered();
  answered.set_package_number(row.number());
  answered.set_question_number(number);
  answered.set_text_hash(
      AddText(in, row.number(), absl::StrCat("question_answer/", number), request.text(), out));
  return absl::OkStatus();
}

v1::AnswerQuestionResponse Reply(const After& after, const v1::AnswerQuestionRequest& request) {
  v1::AnswerQuestionResponse response;
  *response.mutable_package() =
      PackageWithoutTexts(after.state, ParsePackageId(request.package_id())->number);
  return response;
}

}  // namespace brokerage::engine
