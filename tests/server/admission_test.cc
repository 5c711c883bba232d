// Who may call is asked before the request is read, and again when it is there.
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/bounds.h"
#include "engine/base/hash.h"
#include "tests/fixtures/server/server_fixture.h"

namespace brokerage::services::testing {
namespace {

// A call whose headers are sent, and whose request waits until it is told to go.
class SlowCall {
 public:
  SlowCall(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
           std::unique_ptr<grpc::ClientContext> context)
      : context_(std::move(context)), stub_(channel) {
    call_ = stub_.PrepareCall(context_.get(), absl::StrCat("/brokerage.v1.", method), &queue_);
    call_->StartCall(nullptr);
    Await();
  }

  bool Send(const std::string& request) {
    grpc::Slice slice(request);
    call_->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), nullptr);
    return Await();
  }

  Outcome Finish() {
    Outcome outcome;
    call_->Finish(&outcome.status, nullptr);
    Await();
    outcome.rejection.ParseFromString(outcome.status.error_details());
    return outcome;
  }

 private:
  bool Await() {
    void* tag = nullptr;
    bool ok = false;
    return queue_.Next(&tag, &ok) && ok;
  }

  std::unique_ptr<grpc::ClientContext> context_;
  grpc::GenericStub stub_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
};

std::unique_ptr<grpc::ClientContext> Nobody() {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  return context;
}

using AdmissionTest = ServerFixture;

// Nothing of a request that may be 20 MiB is taken in for somebody who may not send it.
TEST_F(AdmissionTest, WhoMayNotCallIsToldSoBeforeTheRequestIsRead) {
  for (const char* method : {"DirectoryService/ApplyFramework", "DirectoryService/PreviewFramework",
                             "PackageService/SubmitPackages", "OfferService/WatchOffers"}) {
    SlowCall nobodys(channel(), method, Nobody());
    EXPECT_EQ(nobodys.Finish().rejection.reason(), v1::REJECTION_REASON_NOT_SIGNED_IN) << method;
  }
  SlowCall branchs(channel(), "DirectoryService/ApplyFramework", As(kBranch));
  EXPECT_EQ(branchs.Finish().rejection.reason(), v1::REJECTION_REASON_ROLE_MAY_NOT);
}

// Calls whose requests do not come: what the first that ends is told. The others are taken back.
v1::Rejection FirstRefused(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                           std::vector<std::unique_ptr<grpc::ClientContext>> contexts) {
  grpc::GenericStub stub(channel);
  grpc::CompletionQueue queue;
  std::vector<std::unique_ptr<grpc::GenericClientAsyncReaderWriter>> calls;
  std::vector<grpc::Status> ends(contexts.size());
  void* tag = nullptr;
  bool ok = false;
  for (size_t i = 0; i < contexts.size(); ++i) {
    calls.push_back(stub.PrepareCall(contexts[i].get(), "/brokerage.v1." + method, &queue));
    calls.back()->StartCall(nullptr);
    queue.Next(&tag, &ok);
  }
  for (size_t i = 0; i < calls.size(); ++i) calls[i]->Finish(&ends[i], &ends[i]);
  queue.Next(&tag, &ok);
  v1::Rejection rejection;
  rejection.ParseFromString(static_cast<grpc::Status*>(tag)->error_details());
  for (const auto& context : contexts) context->TryCancel();
  for (size_t i = 1; i < calls.size(); ++i) queue.Next(&tag, &ok);
  return rejection;
}

// Nor is anything of more than an account may send at once, or all may.
TEST_F(AdmissionTest, FilesHaveAPlaceBeforeTheyAreRead) {
  const char* apply = "DirectoryService/ApplyFramework";
  for (const char* id : {"third", "fourth", "fifth"}) {
    v1::CreateAccountRequest request;
    request.set_request_id(NewRequestId());
    request.mutable_account()->set_id(id);
    request.mutable_account()->set_role(v1::ROLE_COMMISSIONER);
    request.mutable_account()->set_authority_id("council");
    request.set_token_sha256(engine::HashOf(absl::StrCat("token-", id)));
    Ask<v1::CreateAccountResponse>("AccountService/CreateAccount", kAdmin, request);
  }
  std::vector<std::unique_ptr<grpc::ClientContext>> own, all;
  for (int i = 0; i < 3; ++i) own.push_back(As(kCommissioner));
  for (const char* account : {kCommissioner, kOtherCommissioner, "third", "fourth"}) {
    all.push_back(As(account));
    all.push_back(As(account));
  }
  all.push_back(As("fifth"));
  v1::Rejection refused = FirstRefused(channel(), apply, std::move(all));
  EXPECT_EQ(refused.reason(), v1::REJECTION_REASON_OVERLOADED);
  EXPECT_EQ(refused.expected(), "a later try: 8 checks of framework files are under way");
  Restart();
  refused = FirstRefused(channel(), apply, std::move(own));
  EXPECT_EQ(refused.reason(), v1::REJECTION_REASON_LIMIT_REACHED);
  EXPECT_EQ(refused.expected(),
            "at most 2 checks of framework files of an account at once: wait for an answer");
}

TEST_F(AdmissionTest, OnePreviewOfAnAccountRunsAtATimeAndTwoInAll) {
  const char* preview = "DirectoryService/PreviewFramework";
  std::vector<std::unique_ptr<grpc::ClientContext>> own, all;
  for (const char* account : {kCommissioner, kOtherCommissioner, kAdmin}) {
    all.push_back(As(account));
  }
  own.push_back(As(kNavigator));  // no role of it, and so no place
  EXPECT_EQ(FirstRefused(channel(), preview, std::move(own)).reason(),
            v1::REJECTION_REASON_ROLE_MAY_NOT);
  EXPECT_EQ(FirstRefused(channel(), preview, std::move(all)).reason(),
            v1::REJECTION_REASON_OVERLOADED);
  Restart();
  own.clear();
  for (int i = 0; i < 2; ++i) own.push_back(As(kCommissioner));
  EXPECT_EQ(FirstRefused(channel(), preview, std::move(own)).reason(),
            v1::REJECTION_REASON_LIMIT_REACHED);
}

// Whoever is answered may ask again at once.
TEST_F(AdmissionTest, AnAnswerLeavesThePlace) {
  const char* apply = "DirectoryService/ApplyFramework";
  v1::ApplyFrameworkRequest files = ShireFiles();
  files.set_validate_only(true);
  SlowCall has_the_other(channel(), apply, As(kCommissioner));
  for (int i = 0; i < 10; ++i) Ask<v1::ApplyFrameworkResponse>(apply, kCommissioner, files);
}

class ImpatientTest : public AdmissionTest {
  void Adjust(ServerOptions* options) const override {
    options->request_patience = absl::ZeroDuration();
  }
};

TEST_F(ImpatientTest, ARequestThatDoesNotComeIsCancelled) {
  const char* apply = "DirectoryService/ApplyFramework";
  SlowCall first(channel(), apply, As(kCommissioner)), second(channel(), apply, As(kCommissioner));
  v1::ApplyFrameworkRequest files = ShireFiles();
  files.set_validate_only(true);
  // Whoever calls next finds it overdue.
  while (Call(apply, kCommissioner, files).rejection.reason() ==
         v1::REJECTION_REASON_LIMIT_REACHED) {
    Call("AccountService/GetOwnAccount", kNavigator, v1::GetOwnAccountRequest());
  }
  EXPECT_EQ(first.Finish().status.error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(AdmissionTest, WhoLostTheAccountWhileTheRequestCameIsRefused) {
  SlowCall call(channel(), "PackageService/SubmitPackage", As(kNavigator));
  v1::DisableAccountRequest request;
  request.set_request_id(NewRequestId());
  request.set_account_id(kNavigator);
  const std::string submission = Submission("person-1").SerializeAsString();
  Ask<v1::DisableAccountResponse>("AccountService/DisableAccount", kAdmin, request);
  call.Send(submission);
  EXPECT_EQ(call.Finish().rejection.reason(), v1::REJECTION_REASON_NOT_SIGNED_IN);
}

TEST_F(AdmissionTest, OnlyAFrameworksFilesMayHaveTwentyMebibytes) {
  v1::CancelPackageRequest cancel;
  cancel.set_request_id(NewRequestId());
  cancel.set_package_id("P-2018-000001");
  cancel.set_reason(std::string(engine::limits::kRequestBytesMax, 'x'));
  const Outcome refused = Call("PackageService/CancelPackage", kNavigator, cancel);
  EXPECT_EQ(refused.rejection.reason(), v1::REJECTION_REASON_FIELD_INVALID);
  EXPECT_EQ(refused.rejection.expected(), "a request of at most 8388608 bytes");
  v1::ApplyFrameworkRequest files;
  files.set_request_id(NewRequestId());
  v1::FrameworkFile& file = *files.add_files();
  file.set_name("wards.csv");
  file.set_content(std::string(engine::limits::kRequestBytesMax, 'x'));
  const Outcome read = Call("DirectoryService/ApplyFramework", kCommissioner, files);
  EXPECT_NE(read.rejection.expected(), "a request of at most 8388608 bytes");
  EXPECT_NE(read.rejection.reason(), v1::REJECTION_REASON_UNSPECIFIED) << "it is no framework";
}

TEST_F(AdmissionTest, BytesThatAreNoRequestAreRefused) {
  SlowCall call(channel(), "PackageService/GetPackage", As(kNavigator));
  call.Send("\xff\xff");
  const Outcome outcome = call.Finish();
  EXPECT_EQ(outcome.rejection.reason(), v1::REJECTION_REASON_FIELD_INVALID);
  EXPECT_EQ(outcome.rejection.expected(), "a brokerage.v1.GetPackageRequest as bytes");
}

// A client takes 8 KiB of metadata: a refusal is never too long to be told.
TEST_F(AdmissionTest, ARefusalWithManyErrorsArrivesAndSaysHowManyMoreThereAre) {
  v1::ApplyFrameworkRequest files = ShireFiles();
  files.set_request_id(NewRequestId());
  for (v1::FrameworkFile& file : *files.mutable_files()) {
    if (!file.name().ends_with(".csv")) continue;
    for (int i = 0; i < 100; ++i) absl::StrAppend(file.mutable_content(), "Nörth éast ", i, ",x\n");
  }
  const Outcome outcome = Call("DirectoryService/ApplyFramework", kAdmin, files);
  EXPECT_EQ(outcome.rejection.reason(), v1::REJECTION_REASON_FRAMEWORK_INVALID)
      << outcome.status.error_message();
  EXPECT_LE(outcome.status.error_message().size() + outcome.status.error_details().size(),
            6u << 10);
  ASSERT_GT(outcome.rejection.file_errors_size(), 10);
  const std::string& last =
      outcome.rejection.file_errors(outcome.rejection.file_errors_size() - 1).message();
  EXPECT_TRUE(last.starts_with("and ") && last.ends_with(" more")) << last;
}

// Neither a request that never comes nor one that comes too late holds the stop up, and nobody is
// left without an answer.
TEST_F(AdmissionTest, CallsThatComeWhileTheServerStopsAreAnswered) {
  SlowCall never(channel(), "PackageService/GetPackage", As(kNavigator));
  std::atomic<int> left_alone = 0, answered = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&] {
      for (grpc::Status status; status.ok(); ++answered) {
        status =
            Call("AccountService/GetOwnAccount", kNavigator, v1::GetOwnAccountRequest()).status;
        left_alone += status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED;
      }
    });
  }
  while (answered < 100) std::this_thread::yield();
  constexpr absl::Duration kGrace = absl::Seconds(20);
  const absl::Time began = absl::Now();
  server()->Shutdown(kGrace);
  EXPECT_LT(absl::Now() - began, kGrace / 2);
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(left_alone, 0);
  EXPECT_EQ(never.Finish().status.error_code(), grpc::StatusCode::CANCELLED);
}

// ... and whole where it comes as the answer.
TEST_F(AdmissionTest, FiveHundredErrorsComeWholeInTheAnswer) {
  v1::ApplyFrameworkRequest files = ShireFiles();
  for (v1::FrameworkFile& file : *files.mutable_files()) {
    if (file.name() != "providers.csv") continue;
    for (int i = 0; i < 500; ++i) absl::StrAppend(file.mutable_content(), "Nörth ", i, ",x,\n");
  }
  files.set_validate_only(true);
  const Outcome refused = Call("DirectoryService/ApplyFramework", kCommissioner, files);
  EXPECT_EQ(refused.rejection.reason(), v1::REJECTION_REASON_FRAMEWORK_INVALID);
  files.set_refusal_in_response(true);
  const auto answer =
      Ask<v1::ApplyFrameworkResponse>("DirectoryService/ApplyFramework", kCommissioner, files);
  EXPECT_EQ(answer.refusal().reason(), v1::REJECTION_REASON_FRAMEWORK_INVALID);
  ASSERT_EQ(answer.refusal().file_errors_size(), 500);
  EXPECT_EQ(answer.refusal().file_errors(499).line(), 503);
  EXPECT_LT(refused.rejection.file_errors_size(), 100);
}

// 20 MiB of empty rows would be gigabytes once parsed.
TEST_F(AdmissionTest, ARequestOfMillionsOfFieldsIsRefusedBeforeItIsParsed) {
  const std::string empty_file("\x12\0", 2), empty_row("\x0a\0", 2);
  std::string files, postcodes;
  for (int i = 0; i < 1'000'000; ++i) {
    files += empty_file;
    postcodes += empty_row;
  }
  SlowCall apply(channel(), "DirectoryService/ApplyFramework", As(kCommissioner));
  apply.Send(files);
  const Outcome refused = apply.Finish();
  EXPECT_EQ(refused.rejection.reason(), v1::REJECTION_REASON_FIELD_INVALID);
  EXPECT_EQ(refused.rejection.expected(),
            "a request of at most 200000 fields, those of what it lists counted, too");
  SlowCall import(channel(), "DirectoryService/ImportPostcodes", As(kAdmin));
  import.Send(postcodes);
  EXPECT_EQ(import.Finish().rejection.expected(), refused.rejection.expected());
  // Within a message of the request, too: the needs of one package.
  std::string needs;
  for (int i = 0; i < 1'000'000; ++i) needs += std::string("\x42\0", 2);
  const std::string referral = Submission("person-1").referral().SerializeAsString() + needs;
  SlowCall submit(channel(), "PackageService/SubmitPackage", As(kNavigator));
  std::string bytes("\x12");
  for (size_t length = referral.size(); length > 0; length >>= 7) {
    bytes.push_back(static_cast<char>((length & 0x7f) | (length >= 0x80 ? 0x80 : 0)));
  }
  submit.Send(bytes + referral);
  EXPECT_EQ(submit.Finish().rejection.expected(), refused.rejection.expected());
}

// A client that leaves takes its check with it: nobody waits for the answer.
TEST_F(AdmissionTest, ACallersLeavingEndsTheCheckOfItsFiles) {
  const std::string method = "DirectoryService/ApplyFramework";
  v1::ApplyFrameworkRequest files = ShireFiles(), none;
  files.set_validate_only(true);
  none.set_validate_only(true);
  for (v1::FrameworkFile& file : *files.mutable_files()) {
    for (int i = 0; i < 50'000; ++i) {
      const std::string code = absl::StrCat("E1", i);
      if (file.name() == "wards.csv") absl::StrAppend(file.mutable_content(), code, ",x,,,,,\n");
      if (file.name() == "lot_wards.csv")
        absl::StrAppend(file.mutable_content(), "north,", code, "\n");
    }
  }
  const std::string bytes = files.SerializeAsString();
  for (int tries = 0; tries < 20 && Calls(method, "CANCELLED") == 0; ++tries) {
    const int answered = Calls(method, "OK");
    auto context = As(kCommissioner), another = As(kCommissioner);
    grpc::ClientContext *leaves = context.get(), *too = another.get();
    SlowCall one(channel(), method, std::move(context)), two(channel(), method, std::move(another));
    one.Send(bytes);
    two.Send(bytes);
    // Until both are checked, so that the account may have no third; or were.
    while (Call(method, kCommissioner, none).rejection.reason() !=
               v1::REJECTION_REASON_LIMIT_REACHED &&
           Calls(method, "OK") == answered) {
    }
    leaves->TryCancel();
    too->TryCancel();
    one.Finish();
    two.Finish();
    // Until both are over.
    while (Call(method, kCommissioner, none).rejection.reason() ==
           v1::REJECTION_REASON_LIMIT_REACHED) {
    }
  }
  EXPECT_GT(Calls(method, "CANCELLED"), 0);
}

}  // namespace
}  // namespace brokerage::services::testing
