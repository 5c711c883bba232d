// Work in turns: nobody waits behind somebody else's.
#include "services/rpc/workers.h"

#include <gmock/gmock.h>

#include <future>
#include <string>
#include <vector>

namespace brokerage::services::rpc {
namespace {

using ::testing::ElementsAre;

TEST(WorkersTest, WhatOneAccountHasGoingOnDoesNotHoldAnotherUp) {
  Workers workers(2, 1);
  std::promise<void> go_on;
  std::shared_future<void> told = go_on.get_future().share();
  for (int i = 0; i < 20; ++i) workers.Post("flood", [told] { told.wait(); });
  std::promise<void> done;
  workers.Post("other", [&] { done.set_value(); });
  done.get_future().wait();  // for ever, if the flood had both threads
  go_on.set_value();
}

TEST(WorkersTest, AccountsTakeTurns) {
  std::vector<std::string> order;
  {
    Workers workers(1, 1);
    std::promise<void> begun, go_on;
    workers.Post("a", [&] {
      begun.set_value();
      go_on.get_future().wait();
    });
    begun.get_future().wait();
    for (const char* account : {"a", "a", "a", "b", "c", "b"})
      workers.Post(account, [&order, account] { order.push_back(account); });
    go_on.set_value();
  }
  EXPECT_THAT(order, ElementsAre("a", "b", "c", "a", "b", "a"));
}

TEST(WorkersTest, AnAccountsQueriesAreRefusedWhenManyOfThemWaitAndAnothersAreNot) {
  int ran = 0, taken = 0;
  {
    Workers workers(1, 1);
    std::promise<void> go_on;
    workers.Post("flood", [&] { go_on.get_future().wait(); });
    while (workers.PostQuery("flood", [&] { ++ran; })) ++taken;
    EXPECT_TRUE(workers.PostQuery("other", [&] { ++ran; }));
    workers.Post("flood", [&] { ++ran; });  // a stream's read is no query
    go_on.set_value();
  }
  EXPECT_EQ(ran, taken + 2);
}

TEST(WorkersTest, PlacesThatWereTakenAreFreeAgain) {
  Workers workers(1, 1);
  for (int i = 0; i < 1000; ++i) {
    std::promise<void> done;
    EXPECT_TRUE(workers.PostQuery("account", [&] { done.set_value(); }));
    done.get_future().wait();
  }
}

}  // namespace
}  // namespace brokerage::services::rpc
