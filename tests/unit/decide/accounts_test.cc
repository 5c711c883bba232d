#include "engine/decide/accounts.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/bounds.h"
#include "engine/base/hash.h"
#include "engine/base/rejection.h"
#include "tests/fixtures/engine_driver.h"

namespace brokerage::engine {
namespace {

const Caller kAdmin = {.account_id = "admin", .role = v1::ROLE_ADMINISTRATOR};

class AccountsTest : public ::testing::Test {
 protected:
  AccountsTest() : driver_(absl::FromUnixSeconds(1700000000)) {
    EXPECT_TRUE(driver_.Run({}, Bootstrap{"admin", HashOf("the administrator's first")}).ok());
  }

  absl::Status Replace(const std::string& hash) {
    v1::ReplaceTokenRequest request;
    request.set_request_id(absl::StrCat("replace-", ++requests_));
    request.set_account_id("admin");
    request.set_token_sha256(hash);
    return driver_.Run(kAdmin, request).status();
  }
  absl::Status Create(const std::string& id, const std::string& hash) {
    v1::CreateAccountRequest request;
    request.set_request_id(absl::StrCat("create-", ++requests_));
    request.mutable_account()->set_id(id);
    request.mutable_account()->set_role(v1::ROLE_ADMINISTRATOR);
    request.set_token_sha256(hash);
    return driver_.Run(kAdmin, request).status();
  }
  static void ExpectRejected(const absl::Status& status, v1::RejectionReason reason) {
    const v1::Rejection rejection = RejectionOf(status);
    EXPECT_EQ(rejection.reason(), reason) << status;
    EXPECT_EQ(rejection.field(), "token_sha256") << status;
  }

  EngineDriver driver_;
  int requests_ = 0;
};

TEST_F(AccountsTest, ATokenThatWasReplacedIsNeverTakenAgainByAnyAccount) {
  ASSERT_TRUE(Replace(HashOf("the administrator's second")).ok());
  ASSERT_TRUE(Replace(HashOf("the administrator's third")).ok());
  driver_.Restart();
  for (const char* token :
       {"the administrator's first", "the administrator's second", "the administrator's third"}) {
    ExpectRejected(Replace(HashOf(token)), v1::REJECTION_REASON_ALREADY_EXISTS);
    ExpectRejected(Create("another", HashOf(token)), v1::REJECTION_REASON_ALREADY_EXISTS);
  }
  EXPECT_TRUE(Replace(HashOf("the administrator's fourth")).ok());
}

TEST_F(AccountsTest, ATokenThatIsGuessedIsNotTaken) {
  for (const std::string& token :
       {std::string(), std::string("\n"), std::string("a"), std::string("7"),
        std::string("password"), std::string("admin"), std::string("password\n")}) {
    ExpectRejected(Create("somebody-new", HashOf(token)), v1::REJECTION_REASON_FIELD_INVALID);
  }
  ExpectRejected(Replace(HashOf("secret")), v1::REJECTION_REASON_FIELD_INVALID);
  ExpectRejected(Replace(std::string(kHashBytes, '\0')), v1::REJECTION_REASON_FIELD_INVALID);
  ExpectRejected(Create("somebody-new", HashOf("x") + "y"), v1::REJECTION_REASON_FIELD_INVALID);
  EXPECT_TRUE(Create("somebody-new", HashOf("a token of a random generator")).ok());
}

TEST_F(AccountsTest, NoHashIsForgottenToMakeRoom) {
  for (int i = 0; i < limits::kReplacedTokensMax; ++i) {
    ASSERT_TRUE(Replace(HashOf(absl::StrCat("token number ", i))).ok());
  }
  const absl::Status refused = Replace(HashOf("one more"));
  EXPECT_EQ(RejectionOf(refused).field(), "account_id") << refused;
  ExpectRejected(Create("another", HashOf("the administrator's first")),
                 v1::REJECTION_REASON_ALREADY_EXISTS);
}

}  // namespace
}  // namespace brokerage::engine
