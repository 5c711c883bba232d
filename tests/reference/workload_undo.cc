#include "tests/reference/workload_undo.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/reference/auditor_undo.h"
#include "tests/reference/workload_ids.h"

namespace brokerage::engine::reference {

namespace {

// Mostly the last step of some package, and mostly one of the last hours.
void Undo(Workload& work) {
  const auto& steps = work.course().steps;
  if (steps.empty()) return;
  // Of their own, so that what else happens does not hang on them.
  Dice dice(static_cast<uint64_t>(absl::ToUnixMicros(work.now())));
  const bool recent = dice.Percent(85);
  std::vector<uint64_t> numbers;
  for (const auto& [number, step] : steps) {
    if (!recent || work.now() - step.time < absl::Hours(12)) numbers.push_back(number);
  }
  if (numbers.empty()) return;
  const uint64_t number = dice.Of(numbers);
  const PackageAggregate& package = work.course().Package(number);
  v1::UndoPackageRequest request;
  request.set_package_id(IdOf(package));
  request.set_step(dice.Percent(90) ? steps.at(number).kind
                                    : static_cast<v1::StepKind>(dice.Between(1, v1::StepKind_MAX)));
  Caller caller = NavigatorOf(package.row.authority_id());
  if (dice.Percent(30)) caller.role = v1::ROLE_COMMISSIONER;
  const bool may = MayUndo(work.course(), caller, number, request.step());
  if (work.Ask(caller, request) != may) {
    work.Problem(absl::StrCat("undone otherwise: ", request.ShortDebugString()));
  }
  if (!may) work.Tally("undo refused");
}

}  // namespace

const std::vector<WorkloadAct>& UndoActs() {
  static const auto& kActs = *new std::vector<WorkloadAct>{{2, Undo}};
  return kActs;
}

}  // namespace brokerage::engine::reference
