#include "services/client/text/life_text.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/client/text/words.h"

namespace brokerage::client {

namespace {

std::string InBrackets(const std::string& words) {
  return words.empty() ? "" : absl::StrCat(" (", words, ")");
}

std::string PauseLine(const v1::Pause& pause) {
  std::string text = absl::StrCat("Care rests from ", pause.from_date(), ": ",
                                  Spaced(ShortName(pause.reason())), InBrackets(pause.words()));
  if (!pause.expected_return_date().empty()) {
    absl::StrAppend(&text, ", back on ", pause.expected_return_date());
  }
  absl::StrAppend(&text, "; until ", pause.retained_until_date(),
                  " the branch takes the person back without being asked");
  return pause.too_long() ? absl::StrCat(text, "; too long since ", pause.longest_until_date())
                          : text;
}

std::string AskedLine(const v1::Package& package, const Names& names) {
  const auto asked =
      std::find_if(package.offers().begin(), package.offers().end(),
                   [&](const v1::Offer& offer) { return offer.id() == package.asked_offer_id(); });
  if (asked == package.offers().end()) {
    return absl::StrCat("Its branch is asked by ", package.asked_offer_id());
  }
  return absl::StrCat(names.Branch(asked->branch_id()), " is asked for a ",
                      Spaced(ShortName(asked->purpose())), " from ", asked->from_date(), ", ",
                      asked->terms().weekly_minutes(), " min a week, until ",
                      SayTime(asked->deadline_time()));
}

std::string ChangeLine(const v1::TermsChange& change) {
  const int32_t minutes = change.minutes_difference();
  const std::string by =
      minutes == 0 ? "other terms"
                   : absl::StrCat(std::abs(minutes), " min a week ", minutes < 0 ? "less" : "more");
  return absl::StrCat("Terms ", change.terms_version(), " from ", change.from_date(), ": ", by,
                      change.offer_id().empty() ? "" : ", agreed by ", change.offer_id());
}

}  // namespace

std::string LifeLines(const v1::Package& package, const Names& names) {
  std::string text;
  const auto add = [&text](const std::string& line) { absl::StrAppend(&text, "  ", line, "\n"); };
  for (const v1::TermsChange& change : package.terms_changes()) add(ChangeLine(change));
  if (package.has_pause()) add(PauseLine(package.pause()));
  if (!package.asked_offer_id().empty()) add(AskedLine(package, names));
  if (package.has_notice()) {
    const v1::Notice& notice = package.notice();
    add(absl::StrCat("Under notice of the ", notice.of_provider() ? "provider" : "authority",
                     ", last day ", notice.last_day(), ": ", Spaced(ShortName(notice.reason())),
                     notice.short_notice() ? ", short notice" : "", InBrackets(notice.words())));
  }
  if (package.has_ending()) {
    const v1::Ending& ending = package.ending();
    add(absl::StrCat("Why: ", Spaced(ShortName(ending.reason())),
                     ending.date().empty() ? "" : ", on ", ending.date(),
                     InBrackets(ending.words())));
  }
  if (!package.stopped_by_package_id().empty()) {
    add(absl::StrCat("Stopped: with ", package.stopped_by_package_id(),
                     " the person was said to have died"));
  }
  if (package.has_care_gap()) add(absl::StrCat("Now: ", package.care_gap().words()));
  if (!package.part_of_package_id().empty()) {
    add(absl::StrCat("The rest of ", package.part_of_package_id()));
  }
  if (!package.linked_package_ids().empty()) {
    add(absl::StrCat("Linked to ", absl::StrJoin(package.linked_package_ids(), ", ")));
  }
  return text;
}

}  // namespace brokerage::client
