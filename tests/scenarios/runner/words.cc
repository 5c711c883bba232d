#include "tests/scenarios/runner/words.h"

#include <algorithm>
#include <cstdlib>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace brokerage::engine {

namespace {

const std::map<std::string, std::string>& Placeholders() {
  static const auto& kPlaceholders = *new std::map<std::string, std::string>{
      {"PACKAGE", "([A-Z][A-Za-z0-9]*)"},
      {"PACKAGES", "([A-Z][A-Za-z0-9]*(?:(?:, | to | and )[A-Z][A-Za-z0-9]*)*)"},
      {"NAME", "([a-z0-9][a-z0-9._/-]*)"},
      {"NAMES", "([a-z0-9][a-z0-9./-]*(?:, [a-z0-9][a-z0-9./-]*)*)"},
      {"VALUE", "([A-Za-z0-9][A-Za-z0-9._/-]*)"},
      {"VALUES", "([A-Za-z0-9][A-Za-z0-9./-]*(?:, [A-Za-z0-9][A-Za-z0-9./-]*)*)"},
      {"N", "(\\d+)"},
      {"WORD", "([A-Za-z_]+)"},
      {"TIME",
       "((?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \\d{1,2} [A-Z][a-z]{2}(?: \\d{4})? )?\\d{2}:\\d{2}"
       "(?: (?:BST|GMT))?)"},
      {"DATE", "(\\d{1,2} [A-Z][a-z]{2}(?: \\d{4})?)"},
      {"TEXT", "\"([^\"]*)\""},
      {"REST", "(.+)"}};
  return kPlaceholders;
}

const char* const kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
const char* const kDays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

std::regex RegexOf(const std::string& pattern) {
  std::string regex, capitals;
  auto end_capitals = [&] {
    if (capitals.empty()) return;
    auto found = Placeholders().find(capitals);
    absl::StrAppend(&regex, found == Placeholders().end() ? capitals : found->second);
    capitals.clear();
  };
  for (char c : pattern) {
    if (absl::ascii_isupper(c)) {
      capitals += c;
      continue;
    }
    end_capitals();
    if (c == '[') {
      regex += "(?:";
    } else if (c == ']') {
      regex += ")?";
    } else {
      regex += c;
    }
  }
  end_capitals();
  return std::regex(regex);
}

}  // namespace

Phrase::Phrase(const char* pattern) : pattern_(pattern), regex_(RegexOf(pattern_)) {}

std::optional<Words> Phrase::Match(const std::string& text) const {
  std::smatch match;
  if (!std::regex_match(text, match, regex_)) return std::nullopt;
  Words words;
  for (size_t i = 1; i < match.size(); ++i) words.push_back(match[i].str());
  return words;
}

Words SplitList(absl::string_view text) {
  Words parts;
  std::string part;
  bool quoted = false;
  for (char c : text) {
    if (c == '"') quoted = !quoted;
    if (c == ',' && !quoted) {
      parts.emplace_back(absl::StripAsciiWhitespace(part));
      part.clear();
    } else {
      part += c;
    }
  }
  parts.emplace_back(absl::StripAsciiWhitespace(part));
  return parts;
}

Words LabelsOf(absl::string_view text) {
  Words labels;
  for (absl::string_view piece : absl::StrSplit(text, absl::ByString(", "))) {
    for (absl::string_view one : absl::StrSplit(piece, absl::ByString(" and "))) {
      const std::vector<absl::string_view> ends = absl::StrSplit(one, absl::ByString(" to "));
      int first = 0, last = 0;
      if (ends.size() != 2 || !absl::SimpleAtoi(ends[0].substr(1), &first) ||
          !absl::SimpleAtoi(ends[1].substr(1), &last)) {
        labels.emplace_back(one);
        continue;
      }
      for (int n = first; n <= last; ++n) labels.push_back(absl::StrCat(ends[0].substr(0, 1), n));
    }
  }
  return labels;
}

std::optional<absl::CivilDay> DayOf(absl::string_view text, absl::CivilDay today) {
  std::vector<std::string> words = absl::StrSplit(text, ' ');
  std::string weekday;
  if (std::find(std::begin(kDays), std::end(kDays), words[0]) != std::end(kDays)) {
    weekday = words[0];
    words.erase(words.begin());
  }
  int day = 0;
  int64_t year = today.year();
  if (words.size() < 2 || !absl::SimpleAtoi(words[0], &day)) return std::nullopt;
  const auto* month = std::find(std::begin(kMonths), std::end(kMonths), words[1]);
  if (month == std::end(kMonths)) return std::nullopt;
  const int month_number = static_cast<int>(month - std::begin(kMonths)) + 1;
  if (words.size() > 2) {
    if (!absl::SimpleAtoi(words[2], &year)) return std::nullopt;
  } else {
    const absl::CivilDay this_year(year, month_number, day);
    if (today - this_year > 182) ++year;
    if (this_year - today > 182) --year;
  }
  const absl::CivilDay found(year, month_number, day);
  if (!weekday.empty() && weekday != kDays[static_cast<int>(absl::GetWeekday(found))]) {
    return std::nullopt;
  }
  return found;
}

std::optional<absl::Time> MomentOf(const std::string& text, absl::CivilDay today,
                                   absl::TimeZone zone) {
  absl::string_view rest = text;
  const bool later = absl::ConsumeSuffix(&rest, " GMT");
  if (!later) absl::ConsumeSuffix(&rest, " BST");
  int hour = 0, minute = 0;
  if (rest.size() < 5) return std::nullopt;
  const absl::string_view clock = rest.substr(rest.size() - 5);
  if (!absl::SimpleAtoi(clock.substr(0, 2), &hour) || !absl::SimpleAtoi(clock.substr(3), &minute)) {
    return std::nullopt;
  }
  std::optional<absl::CivilDay> day = today;
  if (rest.size() > 5) day = DayOf(rest.substr(0, rest.size() - 6), today);
  if (!day) return std::nullopt;
  const absl::CivilMinute local(day->year(), day->month(), day->day(), hour, minute);
  const absl::TimeZone::TimeInfo info = zone.At(absl::CivilSecond(local));
  if (info.kind == absl::TimeZone::TimeInfo::SKIPPED) return std::nullopt;
  return later ? info.post : info.pre;
}

}  // namespace brokerage::engine
