// The language of scenarios: phrases, moments and dates as a person writes them.
#pragma once

#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace brokerage::engine {

using Words = std::vector<std::string>;

// A phrase such as "accepts PACKAGES[ from DATE]". What is in brackets may be left out; words in
// capitals stand for
//
// - PACKAGE: a label such as A or A12
// - PACKAGES: labels, as "A", "A, B", "A1 to A9" or "A and B"
// - NAME: an id, of a branch, provider, contract
// - NAMES: ids, as "lead-north, add-one"
// - VALUE, VALUES: the same, with capitals: values of a dimension
// - N: a number
// - WORD: one word
// - TIME: "Mon 2 Jul 2018 11:00", "Mon 2 Jul 11:00" or "11:00"; with BST or GMT where it is needed
// - DATE: "10 Jul" or "10 Jul 2018"
// - TEXT: anything in double quotes
// - REST: anything
class Phrase {
 public:
  explicit Phrase(const char* pattern);
  const std::string& pattern() const { return pattern_; }
  // What stands for the words in capitals, in order; "" for what was left out. Nothing if the text
  // is another phrase.
  std::optional<Words> Match(const std::string& text) const;

 private:
  std::string pattern_;
  std::regex regex_;
};

// Splits at commas that are not within double quotes, and trims.
Words SplitList(absl::string_view text);
// "A1 to A3" -> A1, A2, A3.
Words LabelsOf(absl::string_view text);

// The day that DATE or the first part of TIME names; without a year the one that is nearest to
// `now`'s day. Nothing if the weekday is wrong.
std::optional<absl::CivilDay> DayOf(absl::string_view text, absl::CivilDay today);
// Nothing if the weekday is wrong or there is no such time.
std::optional<absl::Time> MomentOf(const std::string& text, absl::CivilDay today,
                                   absl::TimeZone zone);

}  // namespace brokerage::engine
