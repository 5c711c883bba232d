#include "engine/model/lifecycle.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace brokerage::engine {
namespace {

std::vector<std::string> LinesOf(const std::string& name) {
  std::ifstream file(std::string(SOURCE_DIR) + "/" + name);
  EXPECT_TRUE(file.good()) << name;
  std::stringstream text;
  text << file.rdbuf();
  return absl::StrSplit(text.str(), '\n');
}

template <typename State>
std::string NameOrNone(State state) {
  return state == 0 ? "-" : StateName(state);
}

template <typename Transitions>
std::vector<std::string> RowsOf(const Transitions& transitions) {
  std::vector<std::string> rows;
  for (const auto& one : transitions) {
    std::string rpc = RpcOf(one.verb);
    rows.push_back(absl::StrCat("| `", VerbName(one.verb), "` | ", NameOrNone(one.from), " | ",
                                NameOrNone(one.to), " | ", rpc, rpc.empty() ? "|" : " |"));
  }
  return rows;
}

// The rows of the table under "## `heading`".
std::vector<std::string> DocumentedRows(const std::string& heading) {
  std::vector<std::string> rows;
  bool inside = false;
  for (const std::string& line : LinesOf("docs/lifecycles.md")) {
    if (absl::StartsWith(line, "## ")) inside = line == "## " + heading;
    if (inside && absl::StartsWith(line, "| `")) rows.push_back(line);
  }
  return rows;
}

// Of each RPC of a service whose comment says "Legal from ...", the states that it names.
std::map<std::string, std::set<std::string>> LegalFrom(const std::string& proto) {
  std::map<std::string, std::set<std::string>> legal;
  std::string comment;
  std::smatch match;
  for (const std::string& line : LinesOf(proto)) {
    if (std::regex_match(line, match, std::regex(R"(\s*// ?(.*))"))) {
      absl::StrAppend(&comment, match[1].str(), " ");
      continue;
    }
    std::smatch states;
    if (std::regex_search(line, match, std::regex(R"(\s*rpc (\w+)\()")) &&
        std::regex_search(comment, states,
                          std::regex(R"(Legal from ((?:[A-Z_]{2,}|and|, |,| )+))"))) {
      std::string list = states[1].str();
      std::regex word("[A-Z_]{2,}");
      for (std::sregex_iterator it(list.begin(), list.end(), word), end; it != end; ++it) {
        legal[match[1].str()].insert(it->str());
      }
    }
    comment.clear();
  }
  return legal;
}

// Of each RPC, the states in which one of its verbs is legal. Those that begin a life, or that the
// RPC's comment describes by its claim, are left out.
template <typename Verb>
std::map<std::string, std::set<std::string>> SourcesByRpc(int verbs,
                                                          const std::set<std::string>& left_out) {
  std::map<std::string, std::set<std::string>> sources;
  for (int i = 0; i < verbs; ++i) {
    Verb verb = static_cast<Verb>(i);
    std::string rpc = RpcOf(verb);
    if (rpc.empty() || left_out.count(rpc)) continue;
    for (auto state : SourcesOf(verb)) sources[rpc].insert(StateName(state));
  }
  return sources;
}

TEST(Lifecycles, AreDocumentedAsTheyAre) {
  EXPECT_EQ(DocumentedRows("Packages"), RowsOf(PackageTransitions()));
  EXPECT_EQ(DocumentedRows("Offers"), RowsOf(OfferTransitions()));
}

TEST(Lifecycles, AgreeWithTheCommentsOfPackageRpcs) {
  EXPECT_EQ(LegalFrom("proto/brokerage/v1/package_service.proto"),
            SourcesByRpc<PackageVerb>(kPackageVerbs, {"SubmitPackage"}));
}

TEST(Lifecycles, AgreeWithTheCommentsOfOfferRpcs) {
  EXPECT_EQ(LegalFrom("proto/brokerage/v1/offer_service.proto"),
            SourcesByRpc<OfferVerb>(kOfferVerbs, {"DecideIssuedInError"}));
}

template <typename Transitions>
void ExpectOneTargetEach(const Transitions& transitions) {
  std::set<std::pair<int, int>> seen;
  std::pair<int, int> last = {-1, -1};
  for (const auto& one : transitions) {
    EXPECT_TRUE(seen.insert({one.from, static_cast<int>(one.verb)}).second)
        << VerbName(one.verb) << " from " << StateName(one.from);
    std::pair<int, int> place = {static_cast<int>(one.verb), one.from};
    EXPECT_LT(last, place) << "the table is in order";
    last = place;
  }
}

TEST(Lifecycles, LeadFromAStateByAVerbToOneState) {
  ExpectOneTargetEach(PackageTransitions());
  ExpectOneTargetEach(OfferTransitions());
}

TEST(Lifecycles, HaveAUseForEveryVerbAndReachEveryState) {
  std::set<PackageVerb> package_verbs;
  std::set<int> package_states = {0};
  for (const PackageTransition& one : PackageTransitions()) {
    package_verbs.insert(one.verb);
    EXPECT_TRUE(package_states.count(one.to) || v1::PackageState_IsValid(one.to));
    package_states.insert(one.to);
  }
  EXPECT_EQ(package_verbs.size(), kPackageVerbs);
  EXPECT_EQ(package_states.size(), v1::PackageState_ARRAYSIZE);
  std::set<OfferVerb> offer_verbs;
  std::set<int> offer_states = {0};
  for (const OfferTransition& one : OfferTransitions()) {
    offer_verbs.insert(one.verb);
    offer_states.insert(one.to);
  }
  EXPECT_EQ(offer_verbs.size(), kOfferVerbs);
  EXPECT_EQ(offer_states.size(), v1::OfferState_ARRAYSIZE);
}

TEST(PackageLife, EndsForGoodUnlessThatWasAMistake) {
  for (v1::PackageState end :
       {v1::PACKAGE_STATE_CEASED, v1::PACKAGE_STATE_CANCELLED, v1::PACKAGE_STATE_HANDED_BACK}) {
    for (int i = 0; i < kPackageVerbs; ++i) {
      PackageVerb verb = static_cast<PackageVerb>(i);
      const bool undoes = RpcOf(verb) == std::string("UndoPackage");
      if (undoes) continue;
      EXPECT_EQ(Legal(end, verb), verb == PackageVerb::kErase)
          << StateName(end) << " " << VerbName(verb);
    }
  }
}

TEST(PackageLife, AReturnedPackageWaitsAgain) {
  EXPECT_EQ(Next(v1::PACKAGE_STATE_AWARDED, PackageVerb::kReturn), v1::PACKAGE_STATE_UNFILLED);
  EXPECT_FALSE(Legal(v1::PACKAGE_STATE_STARTED, PackageVerb::kReturn));
}

TEST(OfferLife, ALateAnswerComesOnlyAfterALapse) {
  EXPECT_EQ(Next(v1::OFFER_STATE_LAPSED, OfferVerb::kLateAccept), v1::OFFER_STATE_ACCEPTED);
  EXPECT_EQ(Next(v1::OFFER_STATE_LAPSED, OfferVerb::kLateDecline), v1::OFFER_STATE_DECLINED);
  EXPECT_FALSE(Legal(v1::OFFER_STATE_OPEN, OfferVerb::kLateAccept));
  EXPECT_FALSE(Legal(v1::OFFER_STATE_CLOSED, OfferVerb::kLateAccept));
}

TEST(OfferLife, AnAnswerMayBeChangedBothWays) {
  EXPECT_EQ(Next(v1::OFFER_STATE_DECLINED, OfferVerb::kAccept), v1::OFFER_STATE_ACCEPTED);
  EXPECT_EQ(Next(v1::OFFER_STATE_ACCEPTED, OfferVerb::kDecline), v1::OFFER_STATE_DECLINED);
}

TEST(OfferLife, OnlyAnAcceptanceWinsLosesOrIsVoid) {
  for (OfferVerb verb : {OfferVerb::kAward, OfferVerb::kLose, OfferVerb::kVoid}) {
    EXPECT_EQ(SourcesOf(verb), std::vector<v1::OfferState>{v1::OFFER_STATE_ACCEPTED});
  }
}

TEST(OfferLife, UpholdingAClaimClosesAnOpenOfferAndMovesNoOther) {
  for (const OfferTransition& one : OfferTransitions()) {
    if (one.verb != OfferVerb::kUpholdError) continue;
    EXPECT_EQ(one.to, one.from == v1::OFFER_STATE_OPEN ? v1::OFFER_STATE_CLOSED : one.from);
  }
}

TEST(StateWords, NameTheStatesThatWouldHaveBeenRight) {
  EXPECT_EQ(SourcesInWords(PackageVerb::kAward), "OFFERED or UNFILLED");
  EXPECT_EQ(SourcesInWords(PackageVerb::kErase), "CEASED, CANCELLED or HANDED_BACK");
  EXPECT_EQ(SourcesInWords(OfferVerb::kLapse), "OPEN");
}

}  // namespace
}  // namespace brokerage::engine
