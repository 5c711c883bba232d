#include "engine/views/words.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "engine/model/end_reasons.h"
#include "engine/model/fact_keys.h"

namespace brokerage::engine {

namespace {

std::string CauseWords(v1::Cause cause) {
  switch (cause) {
    case v1::CAUSE_PROVIDER:
      return "the provider's cause";
    case v1::CAUSE_WRONG_DESCRIPTION:
      return "the package was wrongly described";
    case v1::CAUSE_PERSON:
      return "the person's cause";
    case v1::CAUSE_AUTHORITY:
      return "the authority's cause";
    case v1::CAUSE_SUCCESSOR:
      return "the cause of the provider to which the contract has moved";
    case v1::CAUSE_TERMS_CHANGED:
      return "other care is needed than was taken";
    case v1::CAUSE_UNSPECIFIED:
    case v1::Cause_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::Cause_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return "no cause was given";
}

}  // namespace

std::string MomentWords(int64_t time_us) {
  return absl::FormatTime("%Y-%m-%dT%H:%MZ", absl::FromUnixMicros(time_us), absl::UTCTimeZone());
}

std::string MomentWords(const google::protobuf::Timestamp& time) {
  return MomentWords(time.seconds() * 1000000);
}

std::string BranchWords(absl::string_view branch_id, absl::string_view provider_id,
                        const Directory& directory) {
  std::string name = directory.BranchName(branch_id);
  if (provider_id.empty()) return name;
  return absl::StrCat(name, " (", directory.ProviderName(provider_id), ")");
}

std::string BranchWords(const journal::v1::OfferRow& offer, const Directory& directory) {
  return BranchWords(offer.branch_id(), offer.provider_id(), directory);
}

std::string WardWords(absl::string_view framework_id, absl::string_view ward_code,
                      const Directory& directory) {
  const journal::v1::DirectoryFact* fact = directory.Fact(WardKey(framework_id, ward_code));
  if (!fact || !fact->has_ward()) return std::string(ward_code);
  return absl::StrCat(fact->ward().name(), " (", ward_code, ")");
}

std::string PlainWords(absl::string_view name, absl::string_view prefix) {
  return absl::StrReplaceAll(absl::AsciiStrToLower(absl::StripPrefix(name, prefix)), {{"_", " "}});
}

std::string StepWords(v1::StepKind kind) {
  switch (kind) {
    case v1::STEP_KIND_AWARD:
      return "The award";
    case v1::STEP_KIND_PLACE:
      return "The placing";
    case v1::STEP_KIND_CANCEL:
      return "The cancellation";
    case v1::STEP_KIND_START:
      return "The start of care";
    case v1::STEP_KIND_RETURN:
      return "The return";
    case v1::STEP_KIND_HAND_BACK:
      return "The hand-back";
    case v1::STEP_KIND_CEASE:
      return "The end of care";
    case v1::STEP_KIND_UNSPECIFIED:
    case v1::StepKind_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::StepKind_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return "A step";
}

std::string CriterionWords(v1::AwardCriterion criterion) {
  return PlainWords(v1::AwardCriterion_Name(criterion), "AWARD_CRITERION_");
}

std::string CloseWords(v1::CloseCause cause) {
  switch (cause) {
    case v1::CLOSE_CAUSE_AWARDED_ELSEWHERE:
      return "the package was awarded elsewhere";
    case v1::CLOSE_CAUSE_PACKAGE_CANCELLED:
      return "the package was cancelled";
    case v1::CLOSE_CAUSE_CONTRACT_ENDED:
      return "the contract ended";
    case v1::CLOSE_CAUSE_CONTRACT_NOVATED:
      return "the contract moved to another provider";
    case v1::CLOSE_CAUSE_REISSUED:
      return "the package was put out again";
    case v1::CLOSE_CAUSE_ISSUED_IN_ERROR:
      return "it was issued in error";
    case v1::CLOSE_CAUSE_OUTAGE:
      return "an outage took its time, and the package went elsewhere before that was given back";
    case v1::CLOSE_CAUSE_TRANSFERRED:
      return "the provider's packages were transferred away";
    case v1::CLOSE_CAUSE_PACKAGE_ENDED:
      return "the package ended before it was answered";
    case v1::CLOSE_CAUSE_WITHDRAWN:
      return "care navigation took it back";
    case v1::CLOSE_CAUSE_UNSPECIFIED:
    case v1::CloseCause_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::CloseCause_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return "no cause was given";
}

std::string EndingWords(v1::EndReason reason, v1::Cause cause) {
  const bool told = reason != v1::END_REASON_UNSPECIFIED && reason != v1::END_REASON_OTHER;
  std::vector<std::string> words;
  if (told) words.emplace_back(EndReasonOf(reason).words);
  if (cause != v1::CAUSE_UNSPECIFIED && (!told || OnlyCauseOf(EndReasonOf(reason)) != cause)) {
    words.push_back(CauseWords(cause));
  }
  return absl::StrJoin(words, ", ");
}

std::string WhyWords(v1::EndReason reason, v1::Cause cause) {
  const std::string why = EndingWords(reason, cause);
  return why.empty() ? why : ": " + why;
}

std::string CareEndedWords(absl::string_view care, const journal::v1::PackageCeased& fact,
                           int64_t time_us) {
  return absl::StrCat(care, " ended", DateWords(fact.date(), time_us),
                      WhyWords(fact.end_reason(), fact.cause()), ".");
}

std::string NoticeWords(absl::string_view care, const journal::v1::NoticeRow& notice) {
  return absl::StrCat("Notice: ", care, " ends with ", FormatDate(notice.last_day()), " (",
                      EndingWords(notice.reason(), notice.cause()),
                      notice.short_notice() ? "; short notice" : "", ").");
}

std::string NoticeMovedWords(absl::string_view care, const journal::v1::NoticeMoved& fact) {
  return absl::StrCat("The notice moved: ", care, " ends with ", FormatDate(fact.last_day()),
                      fact.short_notice() ? " (short notice)" : "", ".");
}

std::string PauseWords(absl::string_view care, const journal::v1::PauseRow& pause) {
  return absl::StrCat("Pause: ", care, " rests from ", FormatDate(pause.from_date()), " (",
                      PlainWords(v1::PauseReason_Name(pause.reason()), "PAUSE_REASON_"),
                      pause.expected_return_date() != 0 ? "; back on " : "",
                      FormatDate(pause.expected_return_date()), ").");
}

std::string AskedWords(absl::string_view branch, const journal::v1::OfferRow& offer) {
  return absl::StrCat(branch, " is asked to ",
                      offer.purpose() == v1::OFFER_PURPOSE_RESTART ? "take the person back"
                                                                   : "agree to other terms",
                      " from ", FormatDate(offer.from_date()), ", ",
                      offer.asked_terms().weekly_minutes(), " minutes a week, until ",
                      MomentWords(offer.deadline_us()), ".");
}

std::string TermsChangedWords(absl::string_view care, const journal::v1::TermsChanged& fact) {
  const int32_t difference = fact.change().minutes_difference();
  std::string text =
      absl::StrCat("The terms changed: ", care, " is ", fact.terms().weekly_minutes(),
                   " minutes a week from ", FormatDate(fact.change().from_date()));
  if (difference != 0) {
    absl::StrAppend(&text, ", ", std::abs(difference), difference < 0 ? " less" : " more");
  }
  return text + ".";
}

std::string DateWords(DateNumber date, int64_t time_us) {
  const DateNumber recorded = LocalDate(absl::FromUnixMicros(time_us), absl::UTCTimeZone());
  return date == 0 || date == recorded ? "" : absl::StrCat(" on ", FormatDate(date));
}

std::string ParallelRoundWords(const v1::RoundBeside& beside) {
  std::vector<std::string> fills;
  for (const v1::TierFill& fill : beside.tier_fills()) {
    fills.push_back(
        absl::StrCat(fill.tier_id(), " filled ", fill.filled(), " of ", fill.packages()));
  }
  return absl::StrCat("beside round ", beside.round_number(),
                      " (adaptive release: ", absl::StrJoin(fills, ", "),
                      " packages; it begins below ", beside.lower_percent(), "% and ends at ",
                      beside.upper_percent(), "%)");
}

}  // namespace brokerage::engine
