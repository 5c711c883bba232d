#include "services/client/text/package_text.h"

#include <algorithm>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/award/criteria.h"
#include "services/client/text/life_text.h"
#include "services/client/text/table.h"
#include "services/client/text/words.h"

namespace brokerage::client {

namespace {

constexpr int kWidth = 110;

// "the contracts' fixed rank": by what an award was decided.
std::string CriterionInWords(v1::AwardCriterion criterion) {
  const engine::Criterion* known = engine::FindCriterion(criterion);
  return known == nullptr ? "a criterion that this version does not know" : known->sentence;
}

std::string ShortTime(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%a %-d %b %H:%M", TimeOf(time), London());
}

// "2018-07-05" as "5 Jul".
std::string ShortDate(const std::string& date) {
  absl::CivilDay day;
  if (!absl::ParseCivilTime(date, &day)) return date;
  return absl::FormatTime("%-d %b", absl::FromCivil(day, London()), London());
}

std::string TiersInWords(const google::protobuf::RepeatedPtrField<std::string>& tiers,
                         const Names& names) {
  std::vector<std::string> called;
  for (const std::string& tier : tiers) called.push_back(names.Tier(tier));
  return absl::StrJoin(called, ", ");
}

// The last answer that counts, else the last remark; null if there is none.
const v1::AnswerRecord* LastAnswer(const v1::Offer& offer) {
  const v1::AnswerRecord* last = nullptr;
  for (const v1::AnswerRecord& answer : offer.answers()) {
    if (!answer.remark() || last == nullptr) last = &answer;
  }
  return last;
}

std::string OutcomeInWords(const v1::Offer& offer) {
  switch (offer.state()) {
    case v1::OFFER_STATE_WON:
      return "won";
    case v1::OFFER_STATE_LOST:
      return absl::StrCat("lost by ", Spaced(ShortName(offer.lost_by())));
    case v1::OFFER_STATE_VOID:
      return offer.void_rule() == v1::HARD_RULE_UNSPECIFIED
                 ? "void"
                 : absl::StrCat("void: ", Spaced(ShortName(offer.void_rule())));
    case v1::OFFER_STATE_CLOSED:
      return absl::StrCat("closed: ", Spaced(ShortName(offer.close_cause())));
    case v1::OFFER_STATE_LAPSED:
      return "silent";
    case v1::OFFER_STATE_OPEN:
      return "open";
    case v1::OFFER_STATE_UNSPECIFIED:
    case v1::OFFER_STATE_ACCEPTED:
    case v1::OFFER_STATE_DECLINED:
    case v1::OfferState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::OfferState_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return "";
}

std::string AnswersOf(const v1::Offer& offer) {
  if (LastAnswer(offer) == nullptr) return "no answer";
  std::vector<std::string> said;
  for (const v1::AnswerRecord& answer : offer.answers()) {
    said.push_back(
        absl::StrCat(absl::FormatTime("%a %H:%M", TimeOf(answer.answer_time()), London()), " ",
                     AnswerInWords(answer)));
  }
  return absl::StrJoin(said, "; then ");
}

std::string OfferLines(const v1::Package& package, const v1::Round& round, const Names& names) {
  Table table({"offered to", "tier", "answer", "outcome"});
  for (const v1::Offer& offer : package.offers()) {
    if (offer.round_number() != round.number()) continue;
    table.Add({names.Branch(offer.branch_id()), names.Tier(offer.tier_id()), AnswersOf(offer),
               OutcomeInWords(offer)});
  }
  return table.empty() ? "" : table.Text(4);
}

// The branches kept out, by the first rule that each failed: one sentence for a rule, then who else
// failed it.
std::string KeptOutLines(const v1::Round& round, const Names& names) {
  struct Rule {
    std::string sentence;
    std::vector<std::string> others;
  };
  std::map<v1::HardRule, Rule> rules;
  for (const v1::BranchVerdict& verdict : round.verdicts()) {
    if (verdict.offered()) continue;
    auto failed = std::find_if(verdict.rules().begin(), verdict.rules().end(),
                               [](const v1::RuleVerdict& rule) { return !rule.passed(); });
    if (failed == verdict.rules().end()) continue;
    Rule& rule = rules[failed->rule()];
    if (rule.sentence.empty()) {
      rule.sentence = failed->explanation();
    } else {
      rule.others.push_back(names.Branch(verdict.branch_id()));
    }
  }
  if (rules.empty()) return "";
  std::string text = "    kept out, and by which rule\n";
  for (const auto& [name, rule] : rules) {
    std::string line = absl::StrCat(Spaced(ShortName(name)), ": ", rule.sentence);
    if (!rule.others.empty())
      absl::StrAppend(&line, " Likewise ", absl::StrJoin(rule.others, "; "), ".");
    absl::StrAppend(&text, Wrapped(line, 6, kWidth));
  }
  return text;
}

std::string CriterionValueText(const v1::CriterionValue& value) {
  const engine::Criterion* criterion = engine::FindCriterion(value.criterion());
  return criterion == nullptr ? absl::StrCat(value.rank_value())
                              : criterion->show(value.rank_value());
}

std::string RankingLines(const v1::Award& award, const Names& names) {
  if (award.ranking().empty()) return "";
  std::vector<std::string> headings = {"place", "acceptance"};
  for (const v1::CriterionValue& value : award.ranking(0).values()) {
    headings.push_back(Spaced(ShortName(value.criterion())));
  }
  Table table(headings);
  for (const v1::RankedAcceptance& ranked : award.ranking()) {
    std::vector<std::string> cells = {ranked.place() == 0 ? "void" : absl::StrCat(ranked.place()),
                                      names.Branch(ranked.branch_id())};
    for (const v1::CriterionValue& value : ranked.values())
      cells.push_back(CriterionValueText(value));
    cells.resize(headings.size());
    table.Add(std::move(cells));
  }
  return table.Text(4);
}

std::string PlacingLines(const v1::Award& award, const Names& names) {
  std::vector<std::string> broken;
  for (const int rule : award.broken_rules()) {
    broken.push_back(Spaced(ShortName(static_cast<v1::HardRule>(rule))));
  }
  return absl::StrCat(
      "  Placed ", ShortTime(award.award_time()), " with ", names.Branch(award.branch_id()),
      " by care navigation: ", award.override_reason(), "\n    ",
      broken.empty() ? "breaks no rule" : absl::StrCat("breaks ", absl::StrJoin(broken, ", ")),
      "\n");
}

// The package that this one follows, and what becomes of the person meanwhile.
std::string BeforeLines(const v1::Package& package, const Names& names) {
  std::string text;
  if (!package.predecessor_package_id().empty()) {
    absl::StrAppend(&text, "  Follows ", package.predecessor_package_id());
    if (!package.previous_branch_id().empty()) {
      absl::StrAppend(&text, ", which ", names.Branch(package.previous_branch_id()), " had");
    }
    if (package.has_care_gap()) {
      absl::StrAppend(&text, "; ", package.care_gap().words());
    } else if (!package.care_until_date().empty()) {
      absl::StrAppend(&text, "; care there ends with ", package.care_until_date());
    }
    absl::StrAppend(&text, "\n");
  } else if (!package.previous_branch_id().empty()) {
    absl::StrAppend(&text, "  A restart: ", names.Branch(package.previous_branch_id()),
                    " had the person\n");
  }
  for (const std::string& branch : package.gave_up_branch_ids()) {
    absl::StrAppend(&text, "  Not asked: ", names.Branch(branch),
                    ", which gave this person's care up by its own cause\n");
  }
  if (!package.stopped_by_package_id().empty()) {
    absl::StrAppend(&text, "  Stopped: with ", package.stopped_by_package_id(),
                    " the person was said to have died; nothing of it goes out until somebody ",
                    "says that it goes on\n");
  }
  return text;
}

std::string AwardLines(const v1::Package& package, const Names& names) {
  if (!package.has_award()) return "";
  const v1::Award& award = package.award();
  std::string why = award.decided_by() == v1::AWARD_CRITERION_UNSPECIFIED
                        ? "the only acceptance that counted"
                        : absl::StrCat("decided by ", CriterionInWords(award.decided_by()));
  if (award.placed()) return PlacingLines(award, names);
  if (award.overridden()) {
    why = absl::StrCat("care navigation chose it: ", award.override_reason());
  }
  return absl::StrCat("  Awarded ", ShortTime(award.award_time()), " to ",
                      names.Branch(award.branch_id()), ", ", why, "\n", RankingLines(award, names));
}

std::string Header(const v1::Package& package, const Names& names) {
  std::string text =
      absl::StrCat(package.id(), ": ", Spaced(ShortName(package.state())), ". ",
                   TermsInShort(package.terms(), package.urgency()), ", ward ",
                   names.Ward(package.ward_code()), ", lot ", names.Lot(package.lot_id()),
                   ", to start by ", package.terms().start_by_date(), "\n");
  absl::StrAppend(&text, "  Submitted ", SayTime(package.submit_time()));
  if (package.has_release_time()) {
    absl::StrAppend(&text, ", released ", SayTime(package.release_time()));
  } else if (package.held()) {
    absl::StrAppend(&text, ", held");
  } else if (package.has_release_due_time()) {
    absl::StrAppend(&text, ", goes out ", SayTime(package.release_due_time()));
  }
  absl::StrAppend(&text, "\n");
  if (!package.summary().empty()) absl::StrAppend(&text, Wrapped(package.summary(), 2, kWidth));
  absl::StrAppend(&text, BeforeLines(package, names));
  if (!package.running_branch_id().empty()) {
    absl::StrAppend(&text, "  Taken in as running already: at ",
                    names.Branch(package.running_branch_id()), ", under contract ",
                    package.running_contract_id(), "\n");
  }
  return text;
}

std::string End(const v1::Package& package, const Names& names) {
  std::string text;
  if (package.awaits_award()) {
    absl::StrAppend(&text, "  Awaits care navigation: ", package.proposed_offer_id(),
                    " is proposed\n");
  }
  if (package.has_start_time())
    absl::StrAppend(&text, "  Care started ", SayTime(package.start_time()), "\n");
  if (package.has_end_time()) {
    absl::StrAppend(&text, "  Ended ", SayTime(package.end_time()), " (",
                    Spaced(ShortName(package.state())), ")\n");
  }
  absl::StrAppend(&text, LifeLines(package, names));
  if (!package.successor_package_id().empty()) {
    absl::StrAppend(&text, "  Followed by ", package.successor_package_id(), "\n");
  }
  return text;
}

std::string BesideLines(const v1::RoundBeside& beside, const Names& names) {
  std::vector<std::string> fills;
  for (const v1::TierFill& fill : beside.tier_fills()) {
    fills.push_back(absl::StrCat(names.Tier(fill.tier_id()), " filled ", fill.filled(), " of ",
                                 fill.packages(), " packages"));
  }
  return Wrapped(
      absl::StrCat("beside round ", beside.round_number(),
                   " by adaptive release: ", absl::StrJoin(fills, ", "), "; it begins below ",
                   beside.lower_percent(), "% and ends at ", beside.upper_percent(), "%. Round ",
                   beside.round_number(), " comes first until its window ends."),
      4, kWidth);
}

std::string RoundHeading(const v1::Round& round, const Names& names) {
  std::string text =
      round.rule_number() == 0
          ? absl::StrCat("  Round ", round.number(), ", to the previous branch alone")
          : absl::StrCat("  Round ", round.number(), " (", TiersInWords(round.tier_ids(), names),
                         ")");
  if (round.has_open_time()) absl::StrAppend(&text, ": opened ", ShortTime(round.open_time()));
  if (round.has_deadline_time()) {
    absl::StrAppend(&text, ", answers by ", ShortTime(round.deadline_time()));
  }
  if (round.has_close_time()) absl::StrAppend(&text, ", closed ", ShortTime(round.close_time()));
  text += "\n";
  if (round.has_beside()) absl::StrAppend(&text, BesideLines(round.beside(), names));
  return text;
}

}  // namespace

void Names::Add(const v1::Provider& provider) {
  providers_[provider.id()] =
      provider.trading_name().empty() ? provider.legal_name() : provider.trading_name();
}

std::string TermsInShort(const v1::PackageTerms& terms, v1::Urgency urgency) {
  return absl::StrCat(Spaced(ShortName(terms.service_type())), ", ", terms.weekly_minutes(),
                      " min a week, ", Spaced(ShortName(urgency)));
}

std::string AnswerInWords(const v1::AnswerRecord& answer) {
  std::string text;
  if (answer.answer() == v1::ANSWER_ACCEPT) {
    text = "accepted";
    if (!answer.possible_start_date().empty()) {
      absl::StrAppend(&text, ", could start ", ShortDate(answer.possible_start_date()));
    }
  } else {
    text = absl::StrCat("declined: ", answer.note().empty()
                                          ? Spaced(ShortName(answer.decline_reason()))
                                          : answer.note());
  }
  if (answer.answer() == v1::ANSWER_ACCEPT && !answer.note().empty()) {
    absl::StrAppend(&text, ": ", answer.note());
  }
  if (answer.remark()) return absl::StrCat(text, " (a remark, after the award)");
  if (answer.late()) return absl::StrCat(text, " (late)");
  return text;
}

std::string PackageText(const v1::Package& package, const Names& names) {
  std::string text = Header(package, names);
  for (const v1::Round& round : package.rounds()) {
    absl::StrAppend(&text, "\n", RoundHeading(round, names), OfferLines(package, round, names),
                    KeptOutLines(round, names));
  }
  const std::string award = AwardLines(package, names);
  const std::string end = End(package, names);
  if (!award.empty() || !end.empty()) absl::StrAppend(&text, "\n", award, end);
  return text;
}

std::string PreviewText(const v1::PreviewPackageResponse& preview, const Names& names) {
  std::string text = absl::StrCat("Lot ", names.Lot(preview.lot_id()));
  if (preview.has_release_due_time()) {
    absl::StrAppend(&text, ", would go out ", SayTime(preview.release_due_time()));
  }
  absl::StrAppend(&text, "\n");
  for (const std::string& remark : preview.remarks()) {
    absl::StrAppend(&text, Wrapped(remark, 2, kWidth));
  }
  if (preview.rounds().empty()) absl::StrAppend(&text, "  Nobody could be offered it.\n");
  for (const v1::Round& round : preview.rounds()) {
    Table table({"would be offered to", "tier", "contract"});
    for (const v1::BranchVerdict& verdict : round.verdicts()) {
      if (!verdict.offered()) continue;
      table.Add({names.Branch(verdict.branch_id()), names.Tier(verdict.tier_id()),
                 verdict.contract_id()});
    }
    absl::StrAppend(&text, "\n", RoundHeading(round, names), table.empty() ? "" : table.Text(4),
                    KeptOutLines(round, names));
  }
  return text;
}

}  // namespace brokerage::client
