#include "engine/base/personal_text.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/postcode.h"

namespace brokerage::engine {

namespace {

using Finding = std::optional<PersonalTextFinding>;

// How far behind "NHS", "born" or "telephone" a number still belongs to it, in bytes.
constexpr size_t kReach = 25;

bool IsUpper(char c) { return absl::ascii_isupper(static_cast<unsigned char>(c)); }
bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }
bool IsAlnum(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }
// A letter of any script, or what joins the parts of a name: O'Brien, Smith-Jones, Zoë.
bool IsWordByte(char c) {
  return absl::ascii_isalpha(static_cast<unsigned char>(c)) || c == '\'' || c == '-' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// A run of bytes of one kind.
struct Run {
  size_t offset = 0;
  absl::string_view text;
  size_t end() const { return offset + text.size(); }
};

template <typename IsPart>
std::vector<Run> RunsOf(absl::string_view text, IsPart is_part) {
  std::vector<Run> runs;
  for (size_t i = 0; i < text.size();) {
    size_t begin = i;
    while (i < text.size() && is_part(text[i])) ++i;
    if (i > begin) runs.push_back({begin, text.substr(begin, i - begin)});
    if (i == begin) ++i;
  }
  return runs;
}

absl::string_view Between(absl::string_view text, const Run& a, const Run& b) {
  return text.substr(a.end(), b.offset - a.end());
}

template <size_t N>
bool IsOneOf(absl::string_view word, const absl::string_view (&sorted)[N]) {
  return std::binary_search(std::begin(sorted), std::end(sorted), word);
}

PersonalTextFinding Found(absl::string_view kind, size_t begin, size_t end) {
  return {std::string(kind), begin, end - begin};
}

// Numbers.

// Whether one of the words stands shortly before the place, in the same line.
bool Follows(absl::string_view text, size_t place, std::initializer_list<absl::string_view> words) {
  size_t begin = place < kReach ? 0 : place - kReach;
  std::string before = absl::AsciiStrToLower(text.substr(begin, place - begin));
  if (size_t line = before.rfind('\n'); line != std::string::npos) before.erase(0, line);
  for (absl::string_view word : words) {
    size_t at = before.rfind(std::string(word));
    if (at == std::string::npos) continue;
    bool begins = at == 0 ? begin == 0 || !IsAlnum(text[begin - 1]) : !IsAlnum(before[at - 1]);
    size_t after = at + word.size();
    bool ends = after == before.size() || !IsAlnum(before[after]);
    if (begins && ends) return true;
  }
  return false;
}

bool IsPhoneNumber(absl::string_view digits, bool plus) {
  if (plus) return digits.size() >= 10 && digits.size() <= 15;
  if (absl::StartsWith(digits, "00")) return digits.size() >= 12 && digits.size() <= 16;
  if (digits.size() < 10 || digits[0] != '0' || digits[1] == '0') return false;
  bool short_form = digits[1] == '1' || digits[1] == '8';  // a few codes have ten digits
  return digits.size() == 11 || (digits.size() == 10 && short_form);
}

bool HasNhsCheckDigit(absl::string_view digits) {
  int sum = 0;
  for (int i = 0; i < 9; ++i) sum += (10 - i) * (digits[i] - '0');
  return (11 - sum % 11) % 11 == digits[9] - '0';
}

// An NHS number: 943 476 5919 with its check digit, or any ten digits after "NHS".
bool IsNhsNumber(absl::string_view digits, const std::vector<size_t>& groups, bool after_nhs) {
  if (digits.size() != 10) return false;
  if (after_nhs) return true;
  bool usual = groups == std::vector<size_t>{10} || groups == std::vector<size_t>{3, 3, 4};
  return usual && HasNhsCheckDigit(digits);
}

// What a number beginning with group `first` is, taking on further groups as long as they join it.
Finding FindNumberAt(absl::string_view text, const std::vector<Run>& groups, size_t first) {
  constexpr absl::string_view kJoining = " -.()";
  constexpr size_t kJoiningMax = 3;
  constexpr size_t kDigitsMax = 16;
  size_t begin = groups[first].offset;
  bool plus = begin > 0 && text[begin - 1] == '+';
  bool after_nhs = Follows(text, begin, {"nhs"});
  bool after_phone = Follows(text, begin, {"tel", "telephone", "phone", "mobile", "mob"});
  std::string digits;
  std::vector<size_t> sizes;
  for (size_t i = first; i < groups.size() && digits.size() <= kDigitsMax; ++i) {
    if (i > first) {
      absl::string_view gap = Between(text, groups[i - 1], groups[i]);
      bool joins =
          gap.size() <= kJoiningMax && gap.find_first_not_of(kJoining) == absl::string_view::npos;
      if (!joins) break;
    }
    absl::StrAppend(&digits, groups[i].text);
    sizes.push_back(groups[i].text.size());
    if (IsNhsNumber(digits, sizes, after_nhs)) {
      return Found("an NHS number", begin, groups[i].end());
    }
    if (IsPhoneNumber(digits, plus) || (after_phone && digits.size() >= 6)) {
      return Found("a phone number", plus ? begin - 1 : begin, groups[i].end());
    }
  }
  return std::nullopt;
}

Finding FindNumber(absl::string_view text) {
  std::vector<Run> groups = RunsOf(text, IsDigit);
  for (size_t i = 0; i < groups.size(); ++i) {
    if (Finding finding = FindNumberAt(text, groups, i)) return finding;
  }
  return std::nullopt;
}

// Dates.

bool IsNumberFromTo(absl::string_view digits, int least, int most) {
  int value = 0;
  return digits.size() <= 4 && absl::SimpleAtoi(digits, &value) && value >= least && value <= most;
}

bool IsDay(absl::string_view digits) { return digits.size() <= 2 && IsNumberFromTo(digits, 1, 31); }
bool IsMonth(absl::string_view digits) {
  return digits.size() <= 2 && IsNumberFromTo(digits, 1, 12);
}
bool IsYear(absl::string_view digits) {
  return digits.size() == 4 && IsNumberFromTo(digits, 1900, 2099);
}

// " March " or "th Mar " between day and year.
bool IsMonthName(absl::string_view between) {
  static constexpr absl::string_view kMonths[] = {"apr", "aug", "dec", "feb", "jan", "jul",
                                                  "jun", "mar", "may", "nov", "oct", "sep"};
  std::string text = absl::AsciiStrToLower(between);
  absl::string_view rest = text;
  for (absl::string_view ending : {"st", "nd", "rd", "th"}) {
    if (absl::ConsumePrefix(&rest, ending)) break;
  }
  rest = absl::StripAsciiWhitespace(rest);
  absl::ConsumePrefix(&rest, "of ");
  bool letters = std::all_of(rest.begin(), rest.end(), [](char c) { return IsWordByte(c); });
  return letters && rest.size() >= 3 && rest.size() <= 9 && IsOneOf(rest.substr(0, 3), kMonths);
}

// Every full date may be one of birth; with a word for it a part of a date is enough.
Finding FindDateOfBirth(absl::string_view text) {
  constexpr absl::string_view kKind = "a date of birth";
  std::vector<Run> groups = RunsOf(text, IsDigit);
  for (size_t i = 0; i < groups.size(); ++i) {
    const Run& first = groups[i];
    if (Follows(text, first.offset, {"born", "dob", "d.o.b", "date of birth"})) {
      return Found(kKind, first.offset, first.end());
    }
    if (i + 1 < groups.size() && IsDay(first.text) && IsYear(groups[i + 1].text) &&
        IsMonthName(Between(text, first, groups[i + 1]))) {
      return Found(kKind, first.offset, groups[i + 1].end());
    }
    if (i + 2 >= groups.size()) continue;
    const Run& second = groups[i + 1];
    const Run& third = groups[i + 2];
    absl::string_view mark = Between(text, first, second);
    bool marked =
        (mark == "/" || mark == "-" || mark == ".") && mark == Between(text, second, third);
    bool day_first = IsDay(first.text) && IsMonth(second.text) && IsYear(third.text);
    bool year_first = IsYear(first.text) && IsMonth(second.text) && IsDay(third.text);
    if (marked && (day_first || year_first)) return Found(kKind, first.offset, third.end());
  }
  return std::nullopt;
}

// Postcodes and e-mail addresses.

bool IsPostcodeArea(absl::string_view area) {
  static constexpr absl::string_view kAreas[] = {
      "AB", "AL", "B",  "BA", "BB", "BD", "BH", "BL", "BN", "BR", "BS", "BT", "CA", "CB",
      "CF", "CH", "CM", "CO", "CR", "CT", "CV", "CW", "DA", "DD", "DE", "DG", "DH", "DL",
      "DN", "DT", "DY", "E",  "EC", "EH", "EN", "EX", "FK", "FY", "G",  "GL", "GU", "GY",
      "HA", "HD", "HG", "HP", "HR", "HS", "HU", "HX", "IG", "IM", "IP", "IV", "JE", "KA",
      "KT", "KW", "KY", "L",  "LA", "LD", "LE", "LL", "LN", "LS", "LU", "M",  "ME", "MK",
      "ML", "N",  "NE", "NG", "NN", "NP", "NR", "NW", "OL", "OX", "PA", "PE", "PH", "PL",
      "PO", "PR", "RG", "RH", "RM", "S",  "SA", "SE", "SG", "SK", "SL", "SM", "SN", "SO",
      "SP", "SR", "SS", "ST", "SW", "SY", "TA", "TD", "TF", "TN", "TQ", "TR", "TS", "TW",
      "UB", "W",  "WA", "WC", "WD", "WF", "WN", "WR", "WS", "WV", "YO", "ZE"};
  return IsOneOf(area, kAreas);
}

bool IsPostcode(absl::string_view text) {
  if (!IsPostcodeArea(PostcodeArea(text)) || PostcodeSector(text).empty()) return false;
  // The last two letters are none of these, which sets "2pm" apart; and "b2 3rd" is a floor.
  std::string last = absl::AsciiStrToUpper(text.substr(text.size() - 2));
  if (last.find_first_of("CIKMOV") != std::string::npos) return false;
  static constexpr absl::string_view kOrdinals[] = {"nd", "rd", "st", "th"};
  return !IsOneOf(text.substr(text.size() - 2), kOrdinals);
}

Finding FindPostcode(absl::string_view text) {
  std::vector<Run> words = RunsOf(text, IsAlnum);
  for (size_t i = 0; i < words.size(); ++i) {
    if (IsPostcode(words[i].text)) {
      return Found("a full postcode", words[i].offset, words[i].end());
    }
    if (i + 1 == words.size() || words[i + 1].text.size() != 3) continue;
    absl::string_view gap = Between(text, words[i], words[i + 1]);
    bool spaces = gap.size() <= 2 && gap.find_first_not_of(' ') == absl::string_view::npos;
    if (spaces && IsPostcode(absl::StrCat(words[i].text, " ", words[i + 1].text))) {
      return Found("a full postcode", words[i].offset, words[i + 1].end());
    }
  }
  return std::nullopt;
}

Finding FindEmail(absl::string_view text) {
  auto is_part = [](char c) {
    return IsAlnum(c) || c == '.' || c == '-' || c == '_' || c == '+' || c == '%' ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  for (size_t at = text.find('@'); at != absl::string_view::npos; at = text.find('@', at + 1)) {
    size_t begin = at;
    size_t end = at + 1;
    while (begin > 0 && is_part(text[begin - 1])) --begin;
    while (end < text.size() && is_part(text[end])) ++end;
    while (end > at + 1 && !IsAlnum(text[end - 1])) --end;  // the sentence's own full stop
    absl::string_view host = text.substr(at + 1, end - at - 1);
    if (begin < at && host.find('.') != absl::string_view::npos) {
      return Found("an e-mail address", begin, end);
    }
  }
  return std::nullopt;
}

// Names.

// "Smith", "O'Brien", "McDonald"; not "NHS", "GPs" or "a".
bool IsCapitalised(absl::string_view word) {
  return word.size() >= 2 && IsUpper(word[0]) && !IsUpper(word[1]) && word[1] != '-';
}

bool IsTitleOf(absl::string_view title, absl::string_view next) {
  static constexpr absl::string_view kAlways[] = {"mr", "mrs", "mx"};
  // "MS" is an illness, "dr" may be a drive, "miss" a verb.
  static constexpr absl::string_view kCapitalised[] = {"Dr",   "Lady", "Miss", "Ms",
                                                       "Prof", "Rev",  "Sir"};
  if (IsOneOf(absl::AsciiStrToLower(title), kAlways)) return true;
  return IsOneOf(title, kCapitalised) && !next.empty() && IsUpper(next[0]);
}

// Words that are written with a capital and name no person: places, services, languages, days.
bool NamesNoPerson(absl::string_view lower) {
  static constexpr absl::string_view kWords[] = {"additional",   "alzheimer",  "and",
                                                 "april",        "arabic",     "ashfield",
                                                 "asian",        "august",     "avenue",
                                                 "bank",         "bassetlaw",  "beeston",
                                                 "bengali",      "boxing",     "breakfast",
                                                 "british",      "broxtowe",   "cantonese",
                                                 "care",         "carer",      "carers",
                                                 "catholic",     "centre",     "chinese",
                                                 "christian",    "christmas",  "church",
                                                 "city",         "close",      "commissioning",
                                                 "community",    "continuing", "council",
                                                 "county",       "court",      "crohn",
                                                 "czech",        "day",        "december",
                                                 "dementia",     "derbyshire", "disease",
                                                 "district",     "down",       "dynamic",
                                                 "early",        "east",       "easter",
                                                 "eid",          "england",    "english",
                                                 "extra",        "farsi",      "february",
                                                 "french",       "friday",     "fridays",
                                                 "gedling",      "general",    "german",
                                                 "good",         "greek",      "gujarati",
                                                 "health",       "healthcare", "hill",
                                                 "hindi",        "hindu",      "holiday",
                                                 "home",         "homecare",   "hospital",
                                                 "house",        "huntington", "interim",
                                                 "irish",        "italian",    "january",
                                                 "jewish",       "july",       "june",
                                                 "kurdish",      "lancashire", "lane",
                                                 "language",     "lead",       "leicestershire",
                                                 "lincolnshire", "lithuanian", "live-in",
                                                 "lunch",        "mandarin",   "mansfield",
                                                 "march",        "may",        "medical",
                                                 "mill",         "monday",     "mondays",
                                                 "morning",      "muslim",     "navigation",
                                                 "new",          "newark",     "night",
                                                 "north",        "nottingham", "nottinghamshire",
                                                 "november",     "nurse",      "nursing",
                                                 "october",      "park",       "parkinson",
                                                 "persian",      "polish",     "portuguese",
                                                 "primary",      "prime",      "punjabi",
                                                 "reablement",   "respite",    "response",
                                                 "road",         "romanian",   "royal",
                                                 "rushcliffe",   "russian",    "saturday",
                                                 "saturdays",    "september",  "service",
                                                 "services",     "sherwood",   "short",
                                                 "short-term",   "sign",       "sikh",
                                                 "slovak",       "social",     "somali",
                                                 "south",        "spanish",    "street",
                                                 "sunday",       "sundays",    "supplementary",
                                                 "surgery",      "surrey",     "syndrome",
                                                 "tamil",        "tea",        "team",
                                                 "term",         "the",        "thursday",
                                                 "thursdays",    "trust",      "tuesday",
                                                 "tuesdays",     "turkish",    "ukrainian",
                                                 "university",   "urdu",       "victoria",
                                                 "view",         "village",    "ward",
                                                 "way",          "wednesday",  "wednesdays",
                                                 "welsh",        "west",       "western",
                                                 "worksop",      "year"};
  return IsOneOf(lower, kWords);
}

// Words that begin a sentence with a capital which says nothing.
bool BeginsSentences(absl::string_view lower) {
  static constexpr absl::string_view kWords[] = {
      "a",       "adult",     "after",      "all",       "also",      "an",         "any",
      "ask",     "asks",      "assists",    "at",        "before",    "between",    "both",
      "but",     "call",      "calls",      "can",       "cannot",    "changes",    "contact",
      "current", "currently", "daily",      "does",      "double",    "due",        "each",
      "eats",    "enjoys",    "every",      "family",    "female",    "for",        "four",
      "frail",   "from",      "full",       "gentleman", "has",       "have",       "he",
      "help",    "her",       "high",       "his",       "husband",   "if",         "in",
      "is",      "it",        "just",       "key",       "lady",      "likes",      "lives",
      "male",    "man",       "medication", "more",      "most",      "must",       "needs",
      "no",      "not",       "now",        "offer",     "older",     "on",         "once",
      "one",     "only",      "our",        "own",       "partner",   "person",     "phone",
      "please",  "prefers",   "previous",   "requires",  "returning", "returns",    "ring",
      "see",     "sees",      "service",    "she",       "should",    "single",     "so",
      "some",    "son",       "speaks",     "starts",    "support",   "takes",      "tell",
      "that",    "their",     "then",       "there",     "these",     "they",       "this",
      "three",   "to",        "twice",      "two",       "under",     "until",      "uses",
      "visits",  "wants",     "was",        "we",        "wears",     "wheelchair", "when",
      "while",   "who",       "wife",       "will",      "wishes",    "with",       "woman",
      "would",   "young",     "younger"};
  return IsOneOf(lower, kWords);
}

// "parkinson" for "Parkinson's".
std::string Stem(absl::string_view word) {
  for (absl::string_view ending : {"'s", "’s", "'", "’"}) {
    if (absl::ConsumeSuffix(&word, ending)) break;
  }
  return absl::AsciiStrToLower(word);
}

bool CanBeName(absl::string_view word) {
  if (!IsCapitalised(word)) return false;
  std::string stem = Stem(word);
  if (NamesNoPerson(stem)) return false;
  size_t hyphen = stem.find('-');
  return hyphen == std::string::npos || !NamesNoPerson(stem.substr(0, hyphen));
}

bool IsAtSentenceStart(absl::string_view text, size_t offset) {
  while (offset > 0 && (text[offset - 1] == ' ' || text[offset - 1] == '"')) --offset;
  return offset == 0 ||
         absl::string_view(".!?:\r\n").find(text[offset - 1]) != absl::string_view::npos;
}

Finding FindName(absl::string_view text) {
  std::vector<Run> words = RunsOf(text, IsWordByte);
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    const Run& word = words[i];
    const Run& next = words[i + 1];
    absl::string_view gap = Between(text, word, next);
    bool dotted = absl::ConsumePrefix(&gap, ".");
    if (gap.empty() || gap.find_first_not_of(' ') != absl::string_view::npos) continue;
    if (IsTitleOf(word.text, next.text)) return Found("a name", word.offset, next.end());
    bool initial = dotted && word.text.size() == 1 && IsUpper(word.text[0]);  // "J. Smith"
    if (initial && CanBeName(next.text)) return Found("a name", word.offset, next.end());
    if (dotted || !CanBeName(word.text) || !CanBeName(next.text)) continue;
    bool ordinary = IsAtSentenceStart(text, word.offset) && BeginsSentences(Stem(word.text));
    if (!ordinary) return Found("a name", word.offset, next.end());
  }
  return std::nullopt;
}

}  // namespace

std::optional<PersonalTextFinding> FindPersonalText(absl::string_view text) {
  Finding first;
  for (auto find : {FindEmail, FindNumber, FindDateOfBirth, FindPostcode, FindName}) {
    Finding finding = find(text);
    if (finding && (!first || finding->offset < first->offset)) first = finding;
  }
  return first;
}

}  // namespace brokerage::engine
