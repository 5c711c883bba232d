// Measures brokerd against a bare gRPC echo server in the same run, on this machine: durable
// AcceptOffer calls a second, batch answers a second, and QueryPerformance over a long history. It
// starts both servers itself, on loopback, and ends them.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "brokerage/v1/offer_service.grpc.pb.h"
#include "brokerage/v1/performance_service.grpc.pb.h"
#include "load-tests/common/history.h"
#include "load-tests/common/servers.h"
#include "load-tests/common/load.h"

namespace brokerage::load {
namespace {

struct Settings {
  std::string brokerd;
  std::string echo;
  std::string framework;
  std::string scratch;
  int64_t answers = 60000;
  int in_flight = 64;
  std::vector<int64_t> histories = {100000, 1000000};
  int port = 17443;
};

std::shared_ptr<grpc::Channel> Connect(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(64 << 20);
  auto channel = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
  if (!channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(60))) {
    std::fprintf(stderr, "no server at %s\n", address.c_str());
    std::exit(1);
  }
  return channel;
}

// Accepts of distinct offers, one a call.
LoadResult Accepts(const std::shared_ptr<grpc::Channel>& channel,
                   const std::vector<OpenOffer>& offers, size_t from, int64_t total, int in_flight,
                   double rate) {
  auto stub = v1::OfferService::NewStub(channel);
  v1::AcceptOfferRequest request;
  std::string token;
  CallKind<v1::AcceptOfferRequest, v1::AcceptOfferResponse> kind;
  kind.request = [&](int64_t n) -> const v1::AcceptOfferRequest& {
    request.set_request_id(absl::StrCat("accept-", from + static_cast<size_t>(n)));
    request.set_offer_id(offers[from + static_cast<size_t>(n)].offer_id);
    return request;
  };
  kind.token = [&](int64_t n) -> const std::string& {
    token = "token-org-" + offers[from + static_cast<size_t>(n)].provider_id;
    return token;
  };
  kind.start = [&](grpc::ClientContext* context, const v1::AcceptOfferRequest& one,
                   grpc::CompletionQueue* queue) {
    return stub->AsyncAcceptOffer(context, one, queue);
  };
  return RunLoad(kind, total, in_flight, rate);
}

// Accepts in batches of 100, each of one provider's offers.
LoadResult Batches(const std::shared_ptr<grpc::Channel>& channel,
                   const std::vector<OpenOffer>& offers, size_t from, size_t to) {
  constexpr int kBatch = 100;
  std::map<std::string, std::vector<std::string>> by_provider;
  for (size_t i = from; i < to; ++i)
    by_provider[offers[i].provider_id].push_back(offers[i].offer_id);
  std::vector<std::pair<std::string, v1::AnswerOffersRequest>> requests;
  for (const auto& [provider, ids] : by_provider) {
    for (size_t i = 0; i + kBatch <= ids.size(); i += kBatch) {
      v1::AnswerOffersRequest request;
      for (size_t j = i; j < i + kBatch; ++j) {
        v1::AcceptOfferRequest& accept = *request.add_answers()->mutable_accept();
        accept.set_request_id(absl::StrCat("batch-", ids[j]));
        accept.set_offer_id(ids[j]);
      }
      requests.emplace_back("token-org-" + provider, std::move(request));
    }
  }
  auto stub = v1::OfferService::NewStub(channel);
  CallKind<v1::AnswerOffersRequest, v1::AnswerOffersResponse> kind;
  kind.request = [&](int64_t n) -> const v1::AnswerOffersRequest& {
    return requests[static_cast<size_t>(n)].second;
  };
  kind.token = [&](int64_t n) -> const std::string& {
    return requests[static_cast<size_t>(n)].first;
  };
  kind.start = [&](grpc::ClientContext* context, const v1::AnswerOffersRequest& one,
                   grpc::CompletionQueue* queue) {
    return stub->AsyncAnswerOffers(context, one, queue);
  };
  return RunLoad(kind, static_cast<int64_t>(requests.size()), 8, 0);
}

LoadResult Queries(const std::shared_ptr<grpc::Channel>& channel,
                   const v1::QueryPerformanceRequest& query, int64_t total) {
  auto stub = v1::PerformanceService::NewStub(channel);
  const std::string token = "token-commissioner";
  CallKind<v1::QueryPerformanceRequest, v1::QueryPerformanceResponse> kind;
  kind.request = [&](int64_t) -> const v1::QueryPerformanceRequest& { return query; };
  kind.token = [&](int64_t) -> const std::string& { return token; };
  kind.start = [&](grpc::ClientContext* context, const v1::QueryPerformanceRequest& one,
                   grpc::CompletionQueue* queue) {
    return stub->AsyncQueryPerformance(context, one, queue);
  };
  return RunLoad(kind, total, 1, 0);
}

void MeasureAnswers(const Settings& settings) {
  const std::string directory = settings.scratch + "/answers";
  std::vector<OpenOffer> offers;
  {
    History history(directory, settings.framework, absl::Now() - absl::Hours(1));
    history.AddOrganisations();
    while (static_cast<int64_t>(offers.size()) < 4 * settings.answers) {
      for (OpenOffer& offer : history.Issue()) offers.push_back(std::move(offer));
    }
    history.AdvanceTo(absl::Now());
    history.Finish();
  }
  std::printf("%zu open offers prepared\n", offers.size());
  const std::string echo_address = absl::StrCat("127.0.0.1:", settings.port + 1);
  const std::string address = absl::StrCat("127.0.0.1:", settings.port);
  const size_t n = static_cast<size_t>(settings.answers);
  double echo_rate = 0;
  double echo_batch_rate = 0;
  {
    Child echo({settings.echo, echo_address});
    auto channel = Connect(echo_address);
    Accepts(channel, offers, 0, settings.answers / 10, settings.in_flight, 0);
    LoadResult result = Accepts(channel, offers, 0, settings.answers, settings.in_flight, 0);
    Print(absl::StrCat("echo AcceptOffer, ", settings.in_flight, " in flight").c_str(), result);
    echo_rate = result.rate();
    LoadResult batches = Batches(channel, offers, 0, n);
    Print("echo AnswerOffers x 100, 8 in flight", batches, 100);
    echo_batch_rate = batches.rate() * 100;
  }
  {
    Child server(ServeOn(settings.brokerd, directory, address));
    auto channel = Connect(address);
    Accepts(channel, offers, 0, settings.answers / 10, settings.in_flight, 0);
    LoadResult result = Accepts(channel, offers, n / 10, settings.answers, settings.in_flight, 0);
    Print(absl::StrCat("durable AcceptOffer, ", settings.in_flight, " in flight").c_str(), result);
    std::printf("    %.2f of the echo\n", result.rate() / echo_rate);
    LoadResult one = Accepts(channel, offers, n / 10 + n, settings.answers / 20, 1, 0);
    Print("durable AcceptOffer, 1 in flight", one);
    LoadResult open = Accepts(channel, offers, 2 * n, settings.answers / 2, 0, result.rate() / 2);
    Print("durable AcceptOffer, open loop at half that", open);
    LoadResult batches = Batches(channel, offers, 3 * n, 4 * n);
    Print("durable AnswerOffers x 100, 8 in flight", batches, 100);
    std::printf("    %.2f of the echo\n", batches.rate() * 100 / echo_batch_rate);
  }
}

void MeasureQueries(const Settings& settings, int64_t history_offers) {
  const std::string directory = absl::StrCat(settings.scratch, "/history-", history_offers);
  absl::Time now;
  {
    const absl::Time start =
        absl::FromCivil(absl::CivilSecond(2018, 7, 2, 9, 0, 0), absl::UTCTimeZone());
    History history(directory, settings.framework, start);
    history.AddOrganisations();
    // Spread over eight years, so that the length of history is what differs and not the number of
    // slices.
    const absl::Duration step = absl::Hours(24 * 365 * 8) * 120 / history_offers;
    absl::Time at = start;
    while (history.offers() < history_offers) {
      std::vector<OpenOffer> issued;
      while (issued.size() < 120) {
        for (OpenOffer& offer : history.Issue()) issued.push_back(std::move(offer));
      }
      history.Answer(issued);
      at += step;
      history.AdvanceTo(std::max(at, history.now()));
    }
    history.AdvanceTo(history.now() + absl::Hours(24 * 14));
    now = history.now();
    history.Finish();
  }
  const std::string address = absl::StrCat("127.0.0.1:", settings.port);
  Child server(ServeOn(settings.brokerd, directory, address));
  auto channel = Connect(address);
  v1::QueryPerformanceRequest request;
  request.mutable_query()->set_framework_id(std::filesystem::path(settings.framework).filename());
  request.mutable_query()->add_group_by(v1::DIMENSION_CONTRACT);
  request.mutable_query()->set_unit(v1::COUNT_UNIT_PICK_UP);
  const int year = absl::ToCivilYear(now, absl::UTCTimeZone()).year() - 1;
  request.mutable_query()->set_from_date(absl::StrCat(year, "-01-01"));
  request.mutable_query()->set_to_date(absl::StrCat(year + 1, "-01-01"));
  std::printf("%lld offers of history\n", static_cast<long long>(history_offers));
  Print("  pick-up by contract, one year, roll-ups", Queries(channel, request, 200));
  request.mutable_query()->clear_from_date();
  request.mutable_query()->clear_to_date();
  Print("  pick-up by contract, all years, roll-ups", Queries(channel, request, 50));
  request.mutable_query()->set_from_date(absl::StrCat(year, "-03-05"));
  request.mutable_query()->set_to_date(absl::StrCat(year, "-03-19"));
  request.mutable_query()->set_unit(v1::COUNT_UNIT_OFFER);
  request.mutable_query()->add_group_by(v1::DIMENSION_DAY);
  Print("  offers by contract and day, two weeks, scan", Queries(channel, request, 50));
}

}  // namespace
}  // namespace brokerage::load

int main(int argc, char** argv) {
  brokerage::load::Settings settings;
  settings.scratch =
      (std::filesystem::temp_directory_path() / absl::StrCat("answers-bench-", getpid())).string();
  const std::string here = std::filesystem::path(argv[0]).parent_path().string();
  settings.echo = here + "/echo_server";
  settings.brokerd = here + "/../services/brokerd";
  settings.framework = "frameworks/nottinghamshire";
  CLI::App app("Measures brokerd against a bare gRPC echo server.");
  app.add_option("--answers", settings.answers, "calls in each measurement");
  app.add_option("--in-flight", settings.in_flight, "calls under way at once");
  app.add_option("--history", settings.histories, "offers of history for the queries; 0 for none");
  app.add_option("--framework", settings.framework, "the framework's folder");
  app.add_option("--brokerd", settings.brokerd, "the server's program");
  app.add_option("--port", settings.port, "the first of three loopback ports");
  CLI11_PARSE(app, argc, argv);
  std::filesystem::create_directories(settings.scratch);
  brokerage::load::MeasureAnswers(settings);
  for (int64_t offers : settings.histories) {
    if (offers > 0) brokerage::load::MeasureQueries(settings, offers);
  }
  std::filesystem::remove_all(settings.scratch);
  return 0;
}
