#include "tests/scenarios/runner/phrases.h"

#include "tests/scenarios/runner/awards.h"
#include "tests/scenarios/runner/closures.h"
#include "tests/scenarios/runner/coverage.h"
#include "tests/scenarios/runner/figures.h"
#include "tests/scenarios/runner/framework.h"
#include "tests/scenarios/runner/lives.h"
#include "tests/scenarios/runner/offers.h"
#include "tests/scenarios/runner/packages.h"
#include "tests/scenarios/runner/parts.h"
#include "tests/scenarios/runner/rounds.h"
#include "tests/scenarios/runner/running.h"
#include "tests/scenarios/runner/scorecard.h"
#include "tests/scenarios/runner/system.h"
#include "tests/scenarios/runner/transfers.h"
#include "tests/scenarios/runner/undo.h"

namespace brokerage::engine {

const std::vector<const PhraseTable*>& AllPhrases() {
  static const auto& kAll = *new std::vector<const PhraseTable*>{
      &PackagePhrases(),   &RoundPhrases(),    &OfferPhrases(),   &AwardPhrases(),
      &TransferPhrases(),  &CoveragePhrases(), &ClosurePhrases(), &FrameworkPhrases(),
      &ScorecardPhrases(), &FigurePhrases(),   &SystemPhrases(),  &LifePhrases(),
      &RunningPhrases(),   &UndoPhrases(),     &PartPhrases(),
  };
  return kAll;
}

}  // namespace brokerage::engine
