#include "tests/reference/workload_acts.h"

#include "tests/reference/workload_answers.h"
#include "tests/reference/workload_awards.h"
#include "tests/reference/workload_directory.h"
#include "tests/reference/workload_lives.h"
#include "tests/reference/workload_offers.h"
#include "tests/reference/workload_packages.h"
#include "tests/reference/workload_parts.h"
#include "tests/reference/workload_referrals.h"
#include "tests/reference/workload_running.h"
#include "tests/reference/workload_undo.h"

namespace brokerage::engine::reference {

const std::vector<WorkloadAct>& AllActs() {
  static const auto& kAll = *[] {
    auto* all = new std::vector<WorkloadAct>;
    for (const auto* table :
         {&ReferralActs(), &AwardActs(), &PackageActs(), &OfferActs(), &DirectoryActs(),
          &AnswerActs(), &LifeActs(), &RunningActs(), &UndoActs(), &PartActs()}) {
      all->insert(all->end(), table->begin(), table->end());
    }
    return all;
  }();
  return kAll;
}

int ActLots() {
  static const int kLots = [] {
    int lots = 0;
    for (const WorkloadAct& act : AllActs()) lots += act.lots;
    return lots;
  }();
  return kLots;
}

}  // namespace brokerage::engine::reference
