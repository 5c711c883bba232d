// The words in which history tells what happened: names, moments, and the closed lists in plain
// English.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "brokerage/journal/v1/record.pb.h"
#include "brokerage/journal/v1/rows.pb.h"
#include "brokerage/v1/life.pb.h"
#include "brokerage/v1/vocabulary.pb.h"
#include "engine/base/calendar.h"
#include "engine/model/directory.h"
#include "google/protobuf/timestamp.pb.h"

namespace brokerage::engine {

std::string MomentWords(int64_t time_us);  // "2018-07-03T10:00Z", whole minutes
std::string MomentWords(const google::protobuf::Timestamp& time);

// "London Care Mansfield (Comfort Call)"; ids where the directory knows no names. Without a
// provider the branch alone.
std::string BranchWords(absl::string_view branch_id, absl::string_view provider_id,
                        const Directory& directory);
std::string BranchWords(const journal::v1::OfferRow& offer, const Directory& directory);
std::string WardWords(absl::string_view framework_id, absl::string_view ward_code,
                      const Directory& directory);

// An enum value's name without its prefix, in small letters: "NO_CAPACITY" is "no capacity".
std::string PlainWords(absl::string_view name, absl::string_view prefix);
std::string CriterionWords(v1::AwardCriterion criterion);
std::string CloseWords(v1::CloseCause cause);
// "capacity, the provider's cause": the reason, and the cause where the reason leaves it open.
// Empty where neither is known.
std::string EndingWords(v1::EndReason reason, v1::Cause cause);
// The same after a colon: ": capacity"; or empty.
std::string WhyWords(v1::EndReason reason, v1::Cause cause);
// "Care by Lead North ended on 2018-07-02: died."
std::string CareEndedWords(absl::string_view care, const journal::v1::PackageCeased& fact,
                           int64_t time_us);
// "Notice: care by Lead North ends with 2018-09-30 (capacity, the provider's cause; short notice)."
std::string NoticeWords(absl::string_view care, const journal::v1::NoticeRow& notice);
// "The notice moved: care by Lead North ends with 2018-10-15 (short notice)."
std::string NoticeMovedWords(absl::string_view care, const journal::v1::NoticeMoved& fact);
// "Pause: care by X rests from 2018-07-02 (hospital; back on 2018-07-09)."
std::string PauseWords(absl::string_view care, const journal::v1::PauseRow& pause);
// "X is asked to take the person back from 2018-07-30, 420 minutes a week, until ...".
std::string AskedWords(absl::string_view branch, const journal::v1::OfferRow& offer);
// "The terms changed: care by X is 300 minutes a week from 2018-07-09, 120 less."
std::string TermsChangedWords(absl::string_view care, const journal::v1::TermsChanged& fact);
// "The award", "The hand-back": a step that was undone.
std::string StepWords(v1::StepKind kind);
// " on 2018-07-02" where it happened on another day than it was recorded; else empty.
std::string DateWords(DateNumber date, int64_t time_us);
// "beside round 1 (adaptive release: lead filled 7 of 20 packages; it begins below 40% and ends at
// 60%)"
std::string ParallelRoundWords(const v1::RoundBeside& beside);

}  // namespace brokerage::engine
