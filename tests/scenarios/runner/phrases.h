// What the phrases of scenarios do. A phrase is registered in the file that implements it: that
// file's table, at its end, names the phrase and the function.
#pragma once

#include <vector>

#include "tests/scenarios/runner/words.h"

// In a file that registers phrases, a function that its table forgets is an error.
#pragma GCC diagnostic error "-Wunused-function"

namespace brokerage::engine {

class ScenarioRunner;

struct ScenarioPhrase {
  Phrase phrase;
  // `words` are what stands for the phrase's words in capitals, in order.
  void (*play)(ScenarioRunner& run, const Words& words);
};

struct PhraseTable {
  std::vector<ScenarioPhrase> does;  // what somebody does
  std::vector<ScenarioPhrase> then;  // what must follow
};

// Of every file that registers phrases.
const std::vector<const PhraseTable*>& AllPhrases();

}  // namespace brokerage::engine
