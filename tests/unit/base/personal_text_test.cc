#include "engine/base/personal_text.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "engine/framework/csv.h"

namespace brokerage::engine {
namespace {

// "kind: the text found", or "" for a clean text.
std::string FoundIn(const std::string& text) {
  std::optional<PersonalTextFinding> finding = FindPersonalText(text);
  if (!finding) return "";
  return finding->kind + ": " + text.substr(finding->offset, finding->length);
}

TEST(PhoneNumbers, AreFoundInAllTheirForms) {
  EXPECT_EQ(FoundIn("Ring 0115 496 0123 first."), "a phone number: 0115 496 0123");
  EXPECT_EQ(FoundIn("Ring 01154960123 first."), "a phone number: 01154960123");
  EXPECT_EQ(FoundIn("Ring (0115) 496 0123 first."), "a phone number: 0115) 496 0123");
  EXPECT_EQ(FoundIn("Ring 07700 900123"), "a phone number: 07700 900123");
  EXPECT_EQ(FoundIn("Ring 07700-900-123"), "a phone number: 07700-900-123");
  EXPECT_EQ(FoundIn("Ring +44 7700 900123"), "a phone number: +44 7700 900123");
  EXPECT_EQ(FoundIn("Ring +44 (0)115 496 0123"), "a phone number: +44 (0)115 496 0123");
  EXPECT_EQ(FoundIn("Ring 0044 115 496 0123"), "a phone number: 0044 115 496 0123");
  EXPECT_EQ(FoundIn("Telephone: 496012"), "a phone number: 496012");
  EXPECT_EQ(FoundIn("mobile no. 960 123"), "a phone number: 960 123");
}

TEST(NhsNumbers, AreFoundByTheirCheckDigitOrTheirName) {
  EXPECT_EQ(FoundIn("Known as 943 476 5919."), "an NHS number: 943 476 5919");
  EXPECT_EQ(FoundIn("Known as 943-476-5919."), "an NHS number: 943-476-5919");
  EXPECT_EQ(FoundIn("Known as 9434765919."), "an NHS number: 9434765919");
  EXPECT_EQ(FoundIn("Known as 943 476 5918."), "");
  EXPECT_EQ(FoundIn("NHS number 943 476 5918"), "an NHS number: 943 476 5918");
  EXPECT_EQ(FoundIn("NHS no: 94 3476 5918"), "an NHS number: 94 3476 5918");
}

TEST(FullPostcodes, AreFoundAndSectorsAreNot) {
  EXPECT_EQ(FoundIn("Lives at NG18 1JY now"), "a full postcode: NG18 1JY");
  EXPECT_EQ(FoundIn("lives at ng181jy"), "a full postcode: ng181jy");
  EXPECT_EQ(FoundIn("W1A 1AA"), "a full postcode: W1A 1AA");
  EXPECT_EQ(FoundIn("Lives in NG18 1, near the park"), "");
  EXPECT_EQ(FoundIn("block b2 3rd floor, visit at e1 1pm, x2 4hr visits"), "");
}

TEST(EmailAddresses, AreFound) {
  EXPECT_EQ(FoundIn("Write to j.smith+care@example.co.uk."),
            "an e-mail address: j.smith+care@example.co.uk");
  EXPECT_EQ(FoundIn("2 carers @ 8am, 1@noon"), "");
}

TEST(DatesOfBirth, AreFound) {
  EXPECT_EQ(FoundIn("Since 01/02/1940"), "a date of birth: 01/02/1940");
  EXPECT_EQ(FoundIn("since 1.2.1940"), "a date of birth: 1.2.1940");
  EXPECT_EQ(FoundIn("since 1940-02-01"), "a date of birth: 1940-02-01");
  EXPECT_EQ(FoundIn("since 1st February 1940"), "a date of birth: 1st February 1940");
  EXPECT_EQ(FoundIn("DOB 1/2/40"), "a date of birth: 1");
  EXPECT_EQ(FoundIn("was born in 1940"), "a date of birth: 1940");
  EXPECT_EQ(FoundIn("was born in Poland"), "");
  EXPECT_EQ(FoundIn("3/4 of the visits, 99/99/1940, 1/2 of 10/12"), "");
}

TEST(Names, AreFoundByTheirTitle) {
  EXPECT_EQ(FoundIn("Mr Smith needs help"), "a name: Mr Smith");
  EXPECT_EQ(FoundIn("visits by mrs smith"), "a name: mrs smith");
  EXPECT_EQ(FoundIn("Seen by Dr. Jones"), "a name: Dr. Jones");
  EXPECT_EQ(FoundIn("the daughter, Ms O'Brien"), "a name: Ms O'Brien");
  EXPECT_EQ(FoundIn("Miss X is well"), "a name: Miss X");
  EXPECT_EQ(FoundIn("has MS and a frame; does not miss meals; the dr calls"), "");
}

TEST(Names, AreFoundByTwoCapitals) {
  EXPECT_EQ(FoundIn("Help for John Smith in the morning"), "a name: John Smith");
  EXPECT_EQ(FoundIn("John Smith needs help"), "a name: John Smith");
  EXPECT_EQ(FoundIn("Contact: Zoë O'Brien"), "a name: Zoë O'Brien");
  EXPECT_EQ(FoundIn("a friend of Ann Smith-Jones"), "a name: Ann Smith-Jones");
  EXPECT_EQ(FoundIn("a friend, J. Smith"), "a name: J. Smith");
}

TEST(CapitalsThatNameNobody, AreClean) {
  for (const char* text :
       {"", "Person needs help on Mondays and Tuesdays.", "Needs Macmillan nurses.",
        "Lives near Kings Mill Hospital.", "Speaks British Sign Language and Polish.",
        "Has Parkinson's Disease and Alzheimer’s.", "Known to Nottinghamshire County Council.",
        "Home Care after Short Term Care.", "Visits on Christmas Day, Boxing Day and New Year.",
        "GP and NHS Trust know. Older person. Needs help.", "Lives in West Bridgford.",
        "Visits at 0730 1230 1730, 30 min x 4 daily, 1,680 minutes.", "Live-In Carer wanted.",
        "Needs 2 carers 4 times a day 7 days a week from 1 July."}) {
    EXPECT_EQ(FoundIn(text), "") << text;
  }
}

TEST(TheFirstFinding, IsTold) {
  EXPECT_EQ(FoundIn("Call Ann Smith, NG18 1JY, 0115 496 0123"), "a name: Ann Smith");
  EXPECT_EQ(FoundIn("At NG18 1JY with Ann Smith"), "a full postcode: NG18 1JY");
}

TEST(AnyBytes, AreSurvived) {
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  FindPersonalText(all);
  FindPersonalText(std::string(2000, '\xff'));
  FindPersonalText(std::string(2000, '@'));
  FindPersonalText(std::string(2000, '1'));
  for (size_t length = 0; length < 40; ++length) {
    std::string text = "+44 (0)115 Mr. J. S@a.b NG18 1JY 1/2/1940 NHS 1";
    FindPersonalText(absl::string_view(text).substr(0, length));
  }
}

// The summaries of the demo's referrals must pass; their details may not be shown, but pass as
// well.
TEST(TheDemosReferrals, AreClean) {
  std::ostringstream content;
  content << std::ifstream(SOURCE_DIR "/demo/frameworks/nottinghamshire/referrals.csv").rdbuf();
  const std::vector<CsvColumn> columns = {{"week"},
                                          {"day"},
                                          {"time"},
                                          {"person_reference"},
                                          {"origin"},
                                          {"service_type"},
                                          {"urgency"},
                                          {"ward_code"},
                                          {"postcode"},
                                          {"weekly_minutes"},
                                          {"carers_per_visit"},
                                          {"visit_pattern"},
                                          {"start_by"},
                                          {"needs"},
                                          {"summary"},
                                          {"details"},
                                          {"previous_provider_id"},
                                          {"previous_branch_id"}};
  FrameworkErrors errors;
  const CsvTable table = ParseCsv("referrals.csv", content.str(), columns, 1000, &errors);
  ASSERT_TRUE(errors.empty());
  ASSERT_EQ(table.rows.size(), 244u);
  for (const CsvRow& row : table.rows) {
    EXPECT_EQ(FoundIn(row.cells[14]), "") << row.cells[14];
    EXPECT_EQ(FoundIn(row.cells[15]), "") << row.cells[15];
  }
}

}  // namespace
}  // namespace brokerage::engine
