#include "engine/views/history.h"

#include <algorithm>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/calendar.h"
#include "engine/base/ids.h"
#include "engine/model/fact_keys.h"
#include "engine/model/facts.h"
#include "engine/model/lifecycle.h"
#include "engine/model/package.h"
#include "engine/model/parts.h"
#include "engine/model/reach.h"
#include "engine/model/suspensions.h"
#include "engine/model/visibility.h"
#include "engine/routing/hard_rules.h"
#include "engine/views/fact_words.h"
#include "engine/views/offer_event_words.h"
#include "engine/views/offer_events.h"
#include "engine/views/words.h"

namespace brokerage::engine {

namespace {

using journal::v1::DirectoryFact;
using journal::v1::Fact;
using journal::v1::PackageRow;
using PackageFinder = std::function<std::shared_ptr<const PackageAggregate>(uint64_t)>;

// A command that changes more facts than this (the files of a framework) is told in one sentence.
constexpr int kFactsToldSingly = 20;

std::string OfferWords(const PackageAggregate& package, int32_t ordinal,
                       const Directory& directory) {
  size_t place = static_cast<size_t>(ordinal) - 1;
  if (place >= package.offers.size()) return OfferIdOf(package.row, ordinal);
  return BranchWords(package.offers[place], directory);
}

bool AcceptsPart(const PackageAggregate& package, int32_t ordinal) {
  const size_t place = static_cast<size_t>(ordinal) - 1;
  return place < package.offers.size() && AcceptedVisits(package.offers[place]) != nullptr;
}

// What a fact is told in: the package as it is at any time after it.
struct PackageContext {
  const PackageAggregate& package;
  int64_t time_us;        // of the fact
  bool has_offer_events;  // of the fact, which tell the rest of it
  const Directory& directory;
};

// What a fact of each kind says of the package as a whole; empty where its offers say all of it.

std::string PackageWords(const journal::v1::PackageSubmitted& fact, const PackageContext& in) {
  const PackageRow& row = fact.package();
  std::string text =
      absl::StrCat(PlainWords(v1::ServiceType_Name(row.terms().service_type()), "SERVICE_TYPE_"),
                   ", ", PlainWords(v1::Urgency_Name(row.urgency()), "URGENCY_"), ", in ",
                   WardWords(row.framework_id(), row.ward_code(), in.directory), ", ",
                   row.terms().weekly_minutes(), " minutes a week, care needed from ",
                   row.terms().start_by_date());
  if (row.predecessor_number() != 0) {
    absl::StrAppend(&text, ", follows ",
                    FormatPackageId({row.predecessor_year(), row.predecessor_number()}));
  }
  if (row.has_part_of()) {
    absl::StrAppend(&text, ", what is left of ",
                    FormatPackageId({row.part_of().year(), row.part_of().number()}),
                    " of which a part was awarded");
  }
  if (!row.imported()) return absl::StrCat("Taken in: ", text, ".");
  return absl::StrCat("Imported as running at ", in.directory.BranchName(row.running_branch_id()),
                      ": ", text, ".");
}

std::string PackageWords(const journal::v1::PackageCorrected& fact, const PackageContext& in) {
  return absl::StrCat("Corrected before it went out: ", absl::StrJoin(fact.fields(), ", "), ".");
}

std::string PackageWords(const journal::v1::PackageReleased& fact, const PackageContext& in) {
  return absl::StrCat("Released under revision ", fact.framework_revision(), " of the framework.");
}

std::string PackageWords(const journal::v1::PackageHeld& fact, const PackageContext& in) {
  if (fact.held()) return "Held: no distribution releases it.";
  if (fact.release_due_us() == 0) return "No longer held.";
  return absl::StrCat("No longer held; due for release at ", MomentWords(fact.release_due_us()),
                      ".");
}

std::string PackageWords(const journal::v1::RoundOpened& fact, const PackageContext& in) {
  const journal::v1::RoundRow& round = fact.round();
  std::string name = fact.restart() ? absl::StrCat("Round ", round.number(), " (restart)")
                                    : absl::StrCat("Round ", round.number(), " (",
                                                   absl::StrJoin(round.tier_ids(), ", "), ")");
  const std::string parallel =
      round.has_beside() ? absl::StrCat(" ", ParallelRoundWords(round.beside())) : "";
  return absl::StrCat(name, " opened", parallel, ": ", fact.offers_size(), " offered of ",
                      round.verdicts_size(), " considered, until ",
                      MomentWords(round.deadline_us()), ".");
}

// "Passed over the framework's round 1, in which nobody could be asked: S-000001 kept Lead North
// from its offer, Add One is in an opt-out window, 2 contracts do not cover the ward."
std::string PackageWords(const journal::v1::RoundsPassedOver& fact, const PackageContext& in) {
  std::vector<std::string> sentences;
  for (const journal::v1::PassedOverRound& round : fact.rounds()) {
    std::vector<std::string> kept;
    int uncovered = 0;
    for (const journal::v1::Verdict& verdict : round.verdicts()) {
      const std::string branch = in.directory.BranchName(verdict.branch_id());
      if (!verdict.suspension_ids().empty()) {
        kept.push_back(absl::StrCat(absl::StrJoin(verdict.suspension_ids(), " and "), " kept ",
                                    branch, " from its offer"));
      } else if (branch.empty()) {
        ++uncovered;
      } else {
        kept.push_back(branch + " is in an opt-out window");
      }
    }
    if (uncovered > 0) {
      kept.push_back(absl::StrCat(uncovered, uncovered == 1 ? " contract does" : " contracts do",
                                  " not cover the ward"));
    }
    sentences.push_back(
        absl::StrCat("Passed over the framework's round ", round.rule_number(),
                     ", in which nobody could be asked: ", absl::StrJoin(kept, ", "), "."));
  }
  return absl::StrJoin(sentences, " ");
}

std::string PackageWords(const journal::v1::RoundDue& fact, const PackageContext& in) {
  return absl::StrCat("The deadline of round ", fact.round_number(), " passed.");
}

std::string PackageWords(const journal::v1::RoundClosed& fact, const PackageContext& in) {
  return absl::StrCat("Round ", fact.round_number(), " closed.");
}

std::string PackageWords(const journal::v1::DeadlineExtended& fact, const PackageContext& in) {
  std::string text = absl::StrCat("Round ", fact.round_number());
  if (fact.deadline_us() == 0) {
    absl::StrAppend(&text, " lost time that nobody can use any more");
  } else {
    absl::StrAppend(
        &text,
        fact.reopened_ordinals().empty() ? " has its deadline moved to " : " is open again, until ",
        MomentWords(fact.deadline_us()));
  }
  if (fact.in_time_ordinals_size() > 0) {
    absl::StrAppend(&text, "; late answers that count as in time: ", fact.in_time_ordinals_size());
  }
  if (fact.closed_ordinals_size() > 0) {
    absl::StrAppend(&text, "; silences that count for nobody: ", fact.closed_ordinals_size());
  }
  if (!fact.reason().empty()) absl::StrAppend(&text, "; after an outage: ", fact.reason());
  return absl::StrCat(text, ".");
}

std::string PackageWords(const journal::v1::AwardProposed& fact, const PackageContext& in) {
  return absl::StrCat(
      "Awaits care navigation: ", OfferWords(in.package, fact.ordinal(), in.directory),
      " is proposed for the award", AcceptsPart(in.package, fact.ordinal()) ? " of a part" : "",
      ".");
}

std::string PackageWords(const journal::v1::PackageAwarded& fact, const PackageContext& in) {
  const journal::v1::AwardRow& award = fact.award();
  std::string text =
      absl::StrCat("Awarded to ", OfferWords(in.package, award.offer_ordinal(), in.directory));
  if (award.part()) {
    absl::StrAppend(&text, " in part, ", award.weekly_minutes(), " minutes a week");
  }
  if (award.decided_by() != v1::AWARD_CRITERION_UNSPECIFIED) {
    absl::StrAppend(&text, ", decided by ", CriterionWords(award.decided_by()));
  }
  absl::StrAppend(&text, ".");
  if (award.overridden()) {
    absl::StrAppend(&text, " Care navigation decided otherwise than the ranking, or early: ",
                    award.override_reason(), ".");
  }
  if (!award.price_exception_reason().empty()) {
    absl::StrAppend(&text, " Price outside floor and ceiling: ", award.price_exception_reason(),
                    ".");
  }
  return text;
}

// "Placed with Add One (Addition) under add-1: why. It breaks branch_covers_ward."
std::string PackageWords(const journal::v1::PackagePlaced& fact, const PackageContext& in) {
  std::vector<std::string> broken;
  for (const int rule : fact.award().broken_rules()) {
    broken.push_back(RuleName(static_cast<v1::HardRule>(rule)));
  }
  return absl::StrCat(
      "Placed with ", OfferWords(in.package, fact.award().offer_ordinal(), in.directory), " under ",
      fact.offer().contract_id(), ": ", fact.award().override_reason(), ".",
      broken.empty() ? " It breaks no rule."
                     : absl::StrCat(" It breaks ", absl::StrJoin(broken, ", "), "."));
}

std::string PackageWords(const journal::v1::PackageStopped& fact, const PackageContext& in) {
  return absl::StrCat("Stopped: with ", FormatPackageId({fact.by_year(), fact.by_number()}),
                      " its person was said to have died. Nothing of it goes out or is awarded.");
}

std::string PackageWords(const journal::v1::PackageContinued& fact, const PackageContext& in) {
  return "It goes on.";
}

std::string PackageWords(const journal::v1::QuestionAsked& fact, const PackageContext& in) {
  return absl::StrCat(OfferWords(in.package, fact.ordinal(), in.directory),
                      " asked a question, which its round sees without a name.");
}

std::string PackageWords(const journal::v1::QuestionAnswered& fact, const PackageContext& in) {
  return absl::StrCat("Question ", fact.question_number(), " was answered.");
}

std::string PackageWords(const journal::v1::StartMoved& fact, const PackageContext& in) {
  std::string words = absl::StrCat("Care is to start by ", FormatDate(fact.start_by_date()));
  if (fact.care_until_date() != 0) {
    absl::StrAppend(&words, "; who has the person gives it until ",
                    FormatDate(fact.care_until_date()));
  }
  return words + ".";
}

std::string PackageWords(const journal::v1::PackageUnfilled& fact, const PackageContext& in) {
  switch (fact.cause()) {
    case v1::UNFILLED_CAUSE_NOBODY_ASKED:
      return "Nobody may be offered it: it is on the waiting list.";
    case v1::UNFILLED_CAUSE_ACCEPTANCES_FELL:
      return "No acceptance holds any more: it is on the waiting list.";
    case v1::UNFILLED_CAUSE_UNSPECIFIED:
    case v1::UNFILLED_CAUSE_NOBODY_ACCEPTED:
    case v1::UNFILLED_CAUSE_GIVEN_UP:
    case v1::UnfilledCause_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::UnfilledCause_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return "Nobody took it: it is on the waiting list.";
}

std::string PackageWords(const journal::v1::PackageReissued& fact, const PackageContext& in) {
  std::string text = absl::StrCat("Put out again with terms version ", fact.terms_version(), ".");
  if (fact.ask_again_branch_ids().empty()) return text;
  std::vector<std::string> branches;
  for (const std::string& id : fact.ask_again_branch_ids()) {
    branches.push_back(in.directory.BranchName(id));
  }
  return absl::StrCat(text, " Asked all the same: ", absl::StrJoin(branches, ", "), ", because ",
                      fact.ask_again_reason(), ".");
}

std::string PackageWords(const journal::v1::PackageCancelled& fact, const PackageContext& in) {
  return absl::StrCat("Cancelled", WhyWords(fact.end_reason(), fact.cause()), ".");
}

std::string PackageWords(const journal::v1::PackageStarted& fact, const PackageContext& in) {
  if (fact.limit_due_us() != 0) {
    return absl::StrCat("Care started", DateWords(fact.date(), in.time_us),
                        "; the limit of the interim service is at ",
                        MomentWords(fact.limit_due_us()), ".");
  }
  return in.has_offer_events ? "" : "Care started.";
}

std::string PackageWords(const journal::v1::LimitPassed& fact, const PackageContext& in) {
  return "The limit of the interim service has passed, and the person is still there.";
}

std::string PackageWords(const journal::v1::PackageReturned& fact, const PackageContext& in) {
  return in.has_offer_events ? "" : "The award was given up before the start.";
}

std::string PackageWords(const journal::v1::PackageHandedBack& fact, const PackageContext& in) {
  return absl::StrCat(
      "Handed back", DateWords(fact.date(), in.time_us), ": ",
      EndingWords(fact.end_reason(), fact.cause()), ".",
      fact.has_successor() ? absl::StrCat(" ", PackageIdOf(fact.successor()), " follows.") : "");
}

// Of one that was imported; of any other its offer tells.
std::string PackageWords(const journal::v1::NoticeGiven& fact, const PackageContext& in) {
  return in.has_offer_events ? "" : NoticeWords("care", fact.notice());
}

std::string PackageWords(const journal::v1::NoticeMoved& fact, const PackageContext& in) {
  return in.has_offer_events ? "" : NoticeMovedWords("care", fact);
}

std::string PackageWords(const journal::v1::NoticeWithdrawn& fact, const PackageContext& in) {
  return in.has_offer_events ? "" : "The notice was taken back: care goes on.";
}

std::string PackageWords(const journal::v1::PackagePaused& fact, const PackageContext& in) {
  return in.has_offer_events ? "" : PauseWords("care", fact.pause());
}

std::string PackageWords(const journal::v1::PackageResumed& fact, const PackageContext& in) {
  if (in.has_offer_events) return "";
  return absl::StrCat("Care goes on from ", FormatDate(fact.date()), ".");
}

std::string PackageWords(const journal::v1::BranchAsked& fact, const PackageContext& in) {
  return "";
}

std::string PackageWords(const journal::v1::AskedDecided& fact, const PackageContext& in) {
  return "";
}

std::string PackageWords(const journal::v1::TermsChanged& fact, const PackageContext& in) {
  return in.has_offer_events ? "" : TermsChangedWords("care", fact);
}

std::string PackageWords(const journal::v1::StepUndone& fact, const PackageContext& in) {
  return absl::StrCat(StepWords(fact.kind()), " was undone: the package is ",
                      StateName(fact.state()), " again",
                      fact.care_until_date() != 0 ? ", under notice until " : "",
                      FormatDate(fact.care_until_date()), ".");
}

std::string PackageWords(const journal::v1::PackagesLinked& fact, const PackageContext& in) {
  return absl::StrCat(fact.unlinked() ? "No longer linked to " : "Linked to ",
                      FormatPackageId({fact.other().year(), fact.other().number()}), ".");
}

std::string PackageWords(const journal::v1::PackageCeased& fact, const PackageContext& in) {
  if (fact.leaving_outcome() != v1::LEAVING_OUTCOME_UNSPECIFIED) {
    return absl::StrCat(
        CareEndedWords("Care", fact, in.time_us), " On leaving the interim service: ",
        PlainWords(v1::LeavingOutcome_Name(fact.leaving_outcome()), "LEAVING_OUTCOME_"), ".");
  }
  return in.has_offer_events ? "" : CareEndedWords("Care", fact, in.time_us);
}

std::string PackageWords(const journal::v1::TextsErased& fact, const PackageContext& in) {
  return "Every text that could identify the person was erased.";
}

// Their offers say all of it.
std::string PackageWords(
    const OneOf<journal::v1::OfferAnswered, journal::v1::OffersClosed, journal::v1::OfferMoved,
                journal::v1::ErrorClaimed, journal::v1::ErrorDecided> auto& fact,
    const PackageContext& in) {
  return "";
}

// That nothing came of looking is told to nobody.
std::string PackageWords(const journal::v1::RoundEvaluated& fact, const PackageContext& in) {
  return "";
}

// Are of no package: AddSystemEvents has them.
std::string PackageWords(
    const OneOf<journal::v1::FrameworkApplied, journal::v1::DirectoryChanged,
                journal::v1::AccountChanged, journal::v1::ClockJudged> auto& fact,
    const PackageContext& in) {
  return "";
}

// The fact's own name, such as "PackageSubmitted".
std::string KindOf(const Fact& fact) {
  const auto* field = Fact::descriptor()->FindFieldByNumber(fact.fact_case());
  return field ? std::string(field->message_type()->name()) : "";
}

class HistoryBuilder {
 public:
  HistoryBuilder(const journal::v1::Record& record, uint64_t sequence, const Caller& caller,
                 const PackageFinder& package, const Directory& directory)
      : record_(record),
        sequence_(sequence),
        caller_(caller),
        package_(package),
        directory_(directory) {}

  std::vector<v1::HistoryEvent> Build() {
    for (const Fact& fact : record_.facts()) {
      if (PackageNumberOf(fact) == 0) {
        AddSystemEvents(fact);
      } else if (auto package = package_(PackageNumberOf(fact))) {
        AddPackageEvents(fact, *package);
      }
    }
    return std::move(events_);
  }

 private:
  v1::HistoryEvent* AddEvent(std::string kind, std::string text, bool with_account) {
    v1::HistoryEvent& event = events_.emplace_back();
    event.set_sequence(static_cast<int64_t>(sequence_));
    *event.mutable_event_time() = ToTimestamp(record_.time_us());
    if (with_account) event.set_account_id(record_.account_id());
    event.set_kind(std::move(kind));
    event.set_text(std::move(text));
    return &event;
  }

  void AddPackageEvents(const Fact& fact, const PackageAggregate& package) {
    bool navigator = MaySeePackage(caller_, package.row);
    const std::vector<OfferEvent> offer_events = OfferEventsOf(fact, record_.time_us(), package);
    if (navigator || (caller_.role == v1::ROLE_ADMINISTRATOR && fact.has_deadline_extended())) {
      const PackageContext in = {package, record_.time_us(), !offer_events.empty(), directory_};
      std::string text =
          VisitFact(fact, [&in](const auto& kind) { return PackageWords(kind, in); });
      if (!text.empty()) {
        AddEvent(KindOf(fact), text, true)->set_package_id(PackageIdOf(package.row));
      }
    }
    for (const OfferEvent& of_offer : offer_events) {
      if (!MaySeeOfferEvent(caller_, package.row, of_offer)) continue;
      const OfferEventKind kind = of_offer.kind;
      const bool own_deed = kind == OfferEventKind::kAnswered || kind == OfferEventKind::kClaimed ||
                            kind == OfferEventKind::kMoved || kind == OfferEventKind::kMovedAway;
      v1::HistoryEvent* event = AddEvent(
          OfferEventName(kind), OfferEventWords(of_offer, fact, directory_), navigator || own_deed);
      event->set_package_id(PackageIdOf(package.row));
      event->set_offer_id(OfferIdOf(package.row, of_offer.offer->ordinal()));
      event->set_branch_id(std::string(of_offer.branch_id));
    }
    const PackageRow& begun = fact.package_submitted().package();
    if (navigator && begun.predecessor_number() != 0) {
      AddEvent(KindOf(fact), absl::StrCat(PackageIdOf(begun), " follows."), true)
          ->set_package_id(FormatPackageId({begun.predecessor_year(), begun.predecessor_number()}));
    }
    if (navigator && fact.package_handed_back().has_successor()) {
      AddEvent(KindOf(fact),
               absl::StrCat("Follows ", PackageIdOf(package.row), ", which was handed back."), true)
          ->set_package_id(PackageIdOf(fact.package_handed_back().successor()));
    }
  }

  void AddSystemEvents(const Fact& fact) {
    bool administrator = caller_.role == v1::ROLE_ADMINISTRATOR;
    bool reads_clock = administrator || caller_.role == v1::ROLE_COMMISSIONER;
    bool reads_directory = reads_clock || caller_.role == v1::ROLE_CARE_NAVIGATOR;
    if (fact.has_framework_applied() && reads_directory) {
      const journal::v1::FrameworkRow& row = fact.framework_applied().framework();
      AddEvent(
          KindOf(fact),
          absl::StrCat("Framework ", row.framework_id(), " got revision ", row.revision(), "."),
          administrator);
    } else if (fact.has_directory_changed() && reads_directory) {
      AddDirectoryEvents(fact, administrator);
    } else if (fact.has_directory_changed()) {
      AddCoverageEvents(fact);
    } else if (fact.has_account_changed() && administrator) {
      const v1::Account& account = fact.account_changed().account().account();
      AddEvent(KindOf(fact),
               absl::StrCat("Account ", account.id(), " (",
                            PlainWords(v1::Role_Name(account.role()), "ROLE_"), ") was ",
                            account.disabled() ? "disabled." : "created or changed."),
               true);
    } else if (fact.has_clock_judged() && reads_clock) {
      AddEvent(KindOf(fact),
               fact.clock_judged().jumped()
                   ? "The clock jumped: no deadline lapses until it is confirmed."
                   : "The clock was confirmed: deadlines lapse again.",
               administrator);
    }
  }

  void AddDirectoryEvents(const Fact& fact, bool administrator) {
    const journal::v1::DirectoryChanged& changed = fact.directory_changed();
    if (changed.facts_size() > kFactsToldSingly) {
      std::map<std::string, int> counts;
      for (const DirectoryFact& one : changed.facts()) ++counts[DirectoryFactKind(one)];
      AddEvent(KindOf(fact),
               absl::StrCat(changed.facts_size(), " facts of the directory changed: ",
                            absl::StrJoin(counts, ", ", absl::PairFormatter(": ")), "."),
               administrator);
      return;
    }
    bool tell_reason =
        !changed.reason().empty() &&
        std::none_of(changed.facts().begin(), changed.facts().end(),
                     [](const DirectoryFact& one) { return one.has_opt_out_window(); });
    for (const DirectoryFact& one : changed.facts()) {
      if (one.has_transfer() && !administrator && !OfOwnAuthority(one.transfer())) continue;
      if (one.has_suspension() && !OfOwnFramework(caller_, one, directory_)) {
        tell_reason = false;
        continue;
      }
      const bool concealed =
          (one.has_contract() || one.has_novation())
              ? !ReadsFramework(caller_, one.framework_id(), directory_)
              : one.has_opt_out_window() && !ReadsOptOut(caller_, one.opt_out_window(), directory_);
      if (concealed) {
        tell_reason = false;
        continue;
      }
      if (one.has_coverage_proposal() && !administrator && !InOwnFramework(one)) {
        tell_reason = false;  // nor why it was decided, with the line that came of it
        continue;
      }
      std::string text = DirectoryFactWords(one, directory_);
      if (tell_reason) absl::StrAppend(&text, " Reason: ", changed.reason());
      AddEvent(KindOf(fact), text, administrator)->set_branch_id(BranchOfFact(one));
    }
  }

  // A provider is told what of its branches' coverage was proposed, decided and changed.
  void AddCoverageEvents(const Fact& fact) {
    const journal::v1::DirectoryChanged& changed = fact.directory_changed();
    if (changed.facts_size() > kFactsToldSingly) return;
    for (const DirectoryFact& one : changed.facts()) {
      if (!one.has_coverage() && !one.has_coverage_proposal()) continue;
      // One that has gone since, too.
      const DirectoryFact* branch = directory_.Fact(BranchKey(BranchOfFact(one)));
      const bool own = branch != nullptr && branch->branch().provider_id() == caller_.provider_id &&
                       (caller_.role == v1::ROLE_PROVIDER_ORGANISATION ||
                        (caller_.role == v1::ROLE_PROVIDER_BRANCH &&
                         branch->branch().id() == caller_.branch_id));
      if (!own) continue;
      std::string text = DirectoryFactWords(one, directory_);
      const std::string& reason = one.coverage_proposal().decision_reason();
      if (!reason.empty()) absl::StrAppend(&text, " Reason: ", reason);
      AddEvent(KindOf(fact), text, false)->set_branch_id(branch->branch().id());
    }
  }

  // What a branch proposes is for those who buy under the framework.
  bool InOwnFramework(const DirectoryFact& fact) const {
    const journal::v1::FrameworkRow* framework = directory_.Framework(fact.framework_id());
    return framework != nullptr &&
           Directory::AuthorityOf(framework->rules(), caller_.authority_id) != nullptr;
  }

  // A transfer is its authority's affair, also where others buy under the same contract.
  bool OfOwnAuthority(const v1::Transfer& transfer) const {
    const auto id =
        transfer.package_ids().empty() ? std::nullopt : ParsePackageId(transfer.package_ids(0));
    const auto package = id ? package_(id->number) : nullptr;
    return package != nullptr && package->row.authority_id() == caller_.authority_id;
  }

  const journal::v1::Record& record_;
  uint64_t sequence_;
  const Caller& caller_;
  const PackageFinder& package_;
  const Directory& directory_;
  std::vector<v1::HistoryEvent> events_;
};

}  // namespace

std::vector<v1::HistoryEvent> ToHistory(const journal::v1::Record& record, uint64_t sequence,
                                        const Caller& caller, const PackageFinder& package,
                                        const Directory& directory) {
  return HistoryBuilder(record, sequence, caller, package, directory).Build();
}

}  // namespace brokerage::engine
