#include "tests/reference/auditor_words.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace brokerage::engine::reference {

namespace {

std::string RuleNames(const std::set<int>& rules) {
  return absl::StrCat("[",
                      absl::StrJoin(rules, " ",
                                    [](std::string* out, int rule) {
                                      absl::StrAppend(out, v1::HardRule_Name(rule).substr(10));
                                    }),
                      "]");
}

}  // namespace

std::string Told(const ReferenceVerdict& one) {
  return absl::StrCat(one.contract_id, " ", one.branch_id, one.offered ? " offered " : " ",
                      RuleNames(one.failed), RuleNames(one.failed_at_start), " ",
                      one.chosen_branch_id, one.covering_area,
                      absl::StrJoin(one.suspension_ids, " "));
}

std::string Told(const journal::v1::Verdict& one) {
  std::set<int> failed, at_start;
  for (int rule = 1; rule < 32; ++rule) {
    if (one.failed_rules() >> rule & 1) failed.insert(rule);
    if (one.rules_failed_at_start() >> rule & 1) at_start.insert(rule);
  }
  return absl::StrCat(one.contract_id(), " ", one.branch_id(), one.offered() ? " offered " : " ",
                      RuleNames(failed), RuleNames(at_start), " ", one.chosen_branch_id(),
                      one.covering_area(), absl::StrJoin(one.suspension_ids(), " "));
}

std::string Told(const ReferenceRanking& ranking) {
  std::string text = "reference ranking:";
  for (const auto* list : {&ranking.valid, &ranking.voided}) {
    for (const ReferenceAcceptance& one : *list) {
      absl::StrAppend(&text, " ", one.ordinal, RuleNames(one.failed));
      for (const ReferenceCriterionValue& value : one.values) {
        absl::StrAppend(&text, " ", v1::AwardCriterion_Name(value.criterion).substr(16), "=",
                        static_cast<int64_t>(value.numerator), "/",
                        static_cast<int64_t>(value.denominator));
      }
    }
  }
  return text;
}

}  // namespace brokerage::engine::reference
