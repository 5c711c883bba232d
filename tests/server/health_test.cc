// The standard health service, which proxies and tools ask without a token.
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/fixtures/server/server_fixture.h"

namespace brokerage::services::testing {
namespace {

using HealthTest = ServerFixture;

grpc::ByteBuffer BytesOf(const std::string& text) {
  grpc::Slice slice(text);
  return grpc::ByteBuffer(&slice, 1);
}

std::string TextOf(const grpc::ByteBuffer& bytes) {
  std::vector<grpc::Slice> slices;
  std::string text;
  if (!bytes.Dump(&slices).ok()) return text;
  for (const grpc::Slice& slice : slices) {
    text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return text;
}

TEST_F(HealthTest, SaysServingAndKnowsNoOtherName) {
  const auto check = [this](const std::string& request, std::string* answer) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    grpc::GenericStub stub(channel());
    grpc::CompletionQueue queue;
    auto call =
        stub.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check", BytesOf(request), &queue);
    call->StartCall();
    grpc::ByteBuffer bytes;
    grpc::Status status;
    call->Finish(&bytes, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    EXPECT_TRUE(queue.Next(&tag, &ok));
    if (status.ok()) *answer = TextOf(bytes);
    return status;
  };
  std::string answer;
  const grpc::Status status = check("", &answer);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(answer, "\x08\x01") << "status: SERVING";
  EXPECT_EQ(check("\x0a\x04none", &answer).error_code(), grpc::StatusCode::NOT_FOUND);
}

// The stream ends with the server, and holds up no stop.
TEST_F(HealthTest, WhoeverWatchesTheHealthIsToldAtOnceAndAtTheStop) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  grpc::GenericStub stub(channel());
  grpc::CompletionQueue queue;
  auto call = stub.PrepareCall(&context, "/grpc.health.v1.Health/Watch", &queue);
  void* tag = nullptr;
  bool ok = false;
  call->StartCall(nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  call->WriteLast(BytesOf(""), grpc::WriteOptions(), nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  grpc::ByteBuffer answer;
  call->Read(&answer, nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  EXPECT_EQ(TextOf(answer), "\x08\x01") << "status: SERVING";
  constexpr absl::Duration kGrace = absl::Seconds(20);
  const absl::Time began = absl::Now();
  server()->Shutdown(kGrace);
  EXPECT_LT(absl::Now() - began, kGrace / 2);
  grpc::Status status;
  call->Finish(&status, nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok));
  EXPECT_FALSE(status.ok());
}

}  // namespace
}  // namespace brokerage::services::testing
