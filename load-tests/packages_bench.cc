// Measures packages: submitted, routed and put out at once, where 30 and where 100 branches are
// considered; and the life of a brokerage as a whole, a mix of submitting, watching, answering,
// awarding and asking for figures, at its peak and, by a given rate, at half and at nine tenths of
// it.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "brokerage/v1/offer_service.grpc.pb.h"
#include "brokerage/v1/package_service.grpc.pb.h"
#include "brokerage/v1/performance_service.grpc.pb.h"
#include "load-tests/common/answers.h"
#include "load-tests/common/history.h"
#include "load-tests/common/invented.h"
#include "load-tests/common/load.h"
#include "load-tests/common/servers.h"
#include "load-tests/common/setting.h"
#include "load-tests/common/watching.h"
#include "services/command_line/command_line.h"

namespace brokerage::load {
namespace {

const std::string kNavigator = "token-navigator";

struct Sizes {
  int64_t packages = 2000;  // in each repeat
  int64_t mixed = 12000;    // operations, likewise
  double mix_seconds = 4;   // of each repeat at a given rate, which has three times as many at most
  int64_t stock = 20000;    // offers that are open when the mix begins
};

// Urgent, so that the server puts it out at once.
std::vector<v1::SubmitPackageRequest> UrgentReferrals(History* history, int64_t count) {
  std::vector<v1::SubmitPackageRequest> requests(static_cast<size_t>(count));
  for (v1::SubmitPackageRequest& request : requests) {
    *request.mutable_referral() = history->Referral();
    request.mutable_referral()->set_urgency(v1::URGENCY_URGENT);
    request.set_request_id(request.referral().person_reference());
  }
  return requests;
}

// How a package went out: what is measured is what is meant.
void TellRounds(const std::shared_ptr<grpc::Channel>& channel, const std::string& package_id) {
  v1::GetPackageRequest request;
  request.set_package_id(package_id);
  v1::GetPackageResponse response;
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer " + kNavigator);
  const grpc::Status status =
      v1::PackageService::NewStub(channel)->GetPackage(&context, request, &response);
  if (!status.ok() || response.package().offers().empty()) {
    std::fprintf(stderr, "packages_bench: the package was not put out: %s\n",
                 status.error_message().c_str());
    std::exit(1);
  }
  std::printf("  a package: %d branches considered, %d offers\n",
              response.package().rounds(0).verdicts_size(), response.package().offers_size());
}

void MeasureSubmitting(const Setting& setting, const Sizes& sizes, int branches) {
  const std::string directory = setting.Scratch(absl::StrCat("submit-", branches));
  History history(directory, InventedFramework({.branches = branches}),
                  absl::Now() - absl::Hours(1));
  const std::vector<v1::SubmitPackageRequest> requests =
      UrgentReferrals(&history, sizes.packages * (setting.repeats + 1));
  history.AdvanceTo(absl::Now());
  history.Finish();
  const std::string address = FreeAddress();
  const Child server(ServeOn(setting.brokerd, directory, address));
  const auto channel = Connect(address);
  const auto stub = v1::PackageService::NewStub(channel);
  // What is due goes before the next command: but for the last few, each package is out before
  // another is taken in.
  size_t next = 0;
  std::string last;
  const auto submit = [&](int64_t count) {
    return RunLoad(
        [&](int64_t, grpc::CompletionQueue* queue) {
          return Start<v1::PackageService::Stub, v1::SubmitPackageRequest,
                       v1::SubmitPackageResponse>(
              stub.get(), &v1::PackageService::Stub::AsyncSubmitPackage, requests[next++],
              kNavigator, queue,
              [&](const grpc::Status&, const v1::SubmitPackageResponse& response) {
                if (last.empty()) last = response.package().id();
              });
        },
        count, Pace::Closed(setting.in_flight));
  };
  submit(sizes.packages / 3);
  std::vector<LoadResult> repeats;
  for (int i = 0; i < setting.repeats; ++i) repeats.push_back(submit(sizes.packages));
  const Figures figures(setting.figures);
  figures.Add(FigureOf(absl::StrCat("brokerd.submit.", branches), "packages/s", repeats));
  TellRounds(channel, last);
}

// The mix: its operations in turn, and what they have to work on.
class Mix {
 public:
  enum Operation { kSubmit, kAnswer, kAward, kFigures };
  static constexpr const char* kNames[] = {"submit", "answer", "award", "figures"};

  Mix(const std::shared_ptr<grpc::Channel>& channel, std::vector<OpenOffer> stock,
      std::vector<v1::SubmitPackageRequest> referrals, std::vector<std::string> organisations)
      : packages_(v1::PackageService::NewStub(channel)),
        offers_(v1::OfferService::NewStub(channel)),
        performance_(v1::PerformanceService::NewStub(channel)),
        referrals_(std::move(referrals)),
        organisations_(std::move(organisations)),
        open_(stock.begin(), stock.end()) {
    v1::PerformanceQuery& query = *figures_.mutable_query();
    query.set_framework_id(referrals_.front().referral().framework_id());
    query.set_from_date(absl::FormatTime("%Y-%m-01", absl::Now(), absl::UTCTimeZone()));
    query.add_group_by(v1::DIMENSION_PROVIDER);
  }

  // An offer that came on a stream. From the streams' thread.
  void See(const v1::Offer& offer) {
    if (offer.state() != v1::OFFER_STATE_OPEN) return;
    std::lock_guard lock(mutex_);
    ++seen_;
    open_.push_back({offer.id(), offer.provider_id(), offer.branch_id()});
  }
  int64_t seen() const {
    std::lock_guard lock(mutex_);
    return seen_;
  }

  // Of thirteen: two packages, as many answers as these get offers on average, two awards, a
  // question; where there is nothing to answer or to award, a question instead.
  std::unique_ptr<Call> StartOne(grpc::CompletionQueue* queue) {
    static constexpr Operation kTurn[] = {kSubmit, kAnswer, kAnswer, kAnswer, kAnswer,
                                          kAward,  kSubmit, kAnswer, kAnswer, kAnswer,
                                          kAnswer, kAward,  kFigures};
    switch (kTurn[turn_++ % std::size(kTurn)]) {
      case kSubmit:
        return Submit(queue);
      case kAnswer:
        if (std::unique_ptr<Call> call = Answer(queue)) return call;
        break;
      case kAward:
        if (std::unique_ptr<Call> call = Award(queue)) return call;
        break;
      case kFigures:
        break;
    }
    return Of(kFigures,
              Start(performance_.get(), &v1::PerformanceService::Stub::AsyncQueryPerformance,
                    figures_, "token-commissioner", queue));
  }

 private:
  // Acceptances that wait to be awarded meanwhile: so that all of a package's offers are answered
  // before, which the award closes.
  static constexpr size_t kAwardsBehind = 2000;

  static std::unique_ptr<Call> Of(Operation operation, std::unique_ptr<Call> call) {
    call->kind = operation;
    return call;
  }

  std::unique_ptr<Call> Submit(grpc::CompletionQueue* queue) {
    if (next_referral_ == referrals_.size()) {
      std::fprintf(stderr, "packages_bench: too few referrals were prepared\n");
      std::exit(1);
    }
    return Of(kSubmit, Start(packages_.get(), &v1::PackageService::Stub::AsyncSubmitPackage,
                             referrals_[next_referral_++], kNavigator, queue));
  }

  // The providers in turn, each for its own figures of the month, and now and then the council for
  // the whole market's. An account has one question answered at a time.
  std::unique_ptr<Call> Ask(grpc::CompletionQueue* queue) {
    const auto turn = static_cast<size_t>(questions_++);
    return Of(
        kFigures,
        Start(performance_.get(), &v1::PerformanceService::Stub::AsyncQueryPerformance, figures_,
              turn % 8 == 0 ? "token-commissioner" : organisations_[turn % organisations_.size()],
              queue));
  }

  // As many accept as decline.
  std::unique_ptr<Call> Answer(grpc::CompletionQueue* queue) {
    OpenOffer offer;
    {
      std::lock_guard lock(mutex_);
      if (open_.empty()) return nullptr;
      offer = std::move(open_.front());
      open_.pop_front();
    }
    const std::string token = OrganisationToken(offer);
    if (answers_++ % 2 == 0) {
      v1::AcceptOfferRequest accept;
      accept.set_request_id("answer-" + offer.offer_id);
      accept.set_offer_id(offer.offer_id);
      return Of(kAnswer,
                Start<v1::OfferService::Stub, v1::AcceptOfferRequest, v1::AcceptOfferResponse>(
                    offers_.get(), &v1::OfferService::Stub::AsyncAcceptOffer, accept, token, queue,
                    [this](const grpc::Status& status, const v1::AcceptOfferResponse& response) {
                      if (!status.ok() || !accepted_.insert(response.offer().package_id()).second) {
                        return;
                      }
                      to_award_.emplace_back(response.offer().package_id(), response.offer().id());
                    }));
    }
    v1::DeclineOfferRequest decline;
    decline.set_request_id("answer-" + offer.offer_id);
    decline.set_offer_id(offer.offer_id);
    decline.set_reason(v1::DECLINE_REASON_NO_CAPACITY);
    return Of(kAnswer, Start(offers_.get(), &v1::OfferService::Stub::AsyncDeclineOffer, decline,
                             token, queue));
  }

  std::unique_ptr<Call> Award(grpc::CompletionQueue* queue) {
    if (to_award_.size() < kAwardsBehind) return nullptr;
    const auto [package_id, offer_id] = to_award_.front();
    to_award_.pop_front();
    v1::AwardPackageRequest award;
    award.set_request_id("award-" + package_id);
    award.set_package_id(package_id);
    award.set_offer_id(offer_id);
    award.set_override_reason("the person must leave hospital today");
    award.set_price_exception_reason("no other provider");
    return Of(kAward, Start(packages_.get(), &v1::PackageService::Stub::AsyncAwardPackage, award,
                            kNavigator, queue));
  }

  const std::unique_ptr<v1::PackageService::Stub> packages_;
  const std::unique_ptr<v1::OfferService::Stub> offers_;
  const std::unique_ptr<v1::PerformanceService::Stub> performance_;
  const std::vector<v1::SubmitPackageRequest> referrals_;
  const std::vector<std::string> organisations_;  // their tokens
  v1::QueryPerformanceRequest figures_;
  size_t next_referral_ = 0;
  int64_t turn_ = 0, answers_ = 0, questions_ = 0;
  std::set<std::string> accepted_;                            // packages
  std::deque<std::pair<std::string, std::string>> to_award_;  // package and offer
  mutable std::mutex mutex_;
  std::deque<OpenOffer> open_;
  int64_t seen_ = 0;
};

void TellMix(const Figures& figures, const std::string& name,
             const std::vector<LoadResult>& repeats) {
  figures.Add(FigureOf(name, "operations/s", repeats));
  for (size_t kind = 0; kind < std::size(Mix::kNames); ++kind) {
    std::vector<Latencies> latencies;
    for (const LoadResult& repeat : repeats) {
      if (kind < repeat.of_kind.size()) latencies.push_back(repeat.of_kind[kind]);
    }
    if (!latencies.empty()) {
      figures.Add(LatencyOf(absl::StrCat(name, ".", Mix::kNames[kind]), latencies));
    }
  }
}

void MeasureMix(const Setting& setting, const Sizes& sizes) {
  const std::string directory = setting.Scratch("mix");
  History history(directory, setting.framework, absl::Now() - absl::Hours(1));
  std::vector<std::string> tokens;
  for (const std::string& provider : history.AddOrganisations()) {
    tokens.push_back("token-org-" + provider);
  }
  std::vector<OpenOffer> stock;
  while (static_cast<int64_t>(stock.size()) < sizes.stock) {
    for (OpenOffer& offer : history.Issue()) stock.push_back(std::move(offer));
  }
  const int64_t operations = sizes.mixed * (7 * setting.repeats + 1);
  std::vector<v1::SubmitPackageRequest> referrals = UrgentReferrals(&history, operations / 6);
  history.AdvanceTo(absl::Now());
  history.Finish();
  const std::string address = FreeAddress();
  const Child server(ServeOn(setting.brokerd, directory, address));
  Mix mix(Connect(address), std::move(stock), std::move(referrals), tokens);
  const Watching watching(address, tokens, [&](const v1::Offer& offer) { mix.See(offer); });

  const Figures figures(setting.figures);
  const Starter start = [&](int64_t, grpc::CompletionQueue* queue) { return mix.StartOne(queue); };
  RunLoad(start, sizes.mixed, Pace::Closed(setting.in_flight));  // the warm-up
  const auto repeat = [&](int64_t operations, Pace pace) {
    std::vector<LoadResult> repeats;
    for (int i = 0; i < setting.repeats; ++i) repeats.push_back(RunLoad(start, operations, pace));
    return repeats;
  };
  const std::vector<LoadResult> peak = repeat(sizes.mixed, Pace::Closed(setting.in_flight));
  TellMix(figures, "brokerd.mix.peak", peak);
  const double rate = *FigureOf("", "", peak).rate;
  const auto at = [&](double share) {
    const auto operations = static_cast<int64_t>(share * rate * sizes.mix_seconds);
    return repeat(std::min(operations, 3 * sizes.mixed), Pace::Open(share * rate));
  };
  TellMix(figures, "brokerd.mix.half", at(0.5));
  TellMix(figures, "brokerd.mix.most", at(0.9));
  std::printf("  %lld offers seen on %zu streams\n", static_cast<long long>(mix.seen()),
              tokens.size());
}

}  // namespace
}  // namespace brokerage::load

int main(int argc, char** argv) {
  brokerage::load::Setting setting("packages-bench", argv[0]);
  brokerage::load::Sizes sizes;
  bool long_run = false;
  brokerage::command_line::Program app(
      "Measures packages that are submitted and put out, and a live mix of all there is.");
  setting.AddOptions(app);
  app.Add("--packages", &sizes.packages, "in each repeat").ShowDefault();
  app.Add("--mixed", &sizes.mixed, "operations in each repeat").ShowDefault();
  app.AddFlag("--long", &long_run, "five times as many");
  if (const auto status = app.Parse(argc, argv)) return *status;
  if (long_run) {
    for (int64_t* size : {&sizes.packages, &sizes.mixed, &sizes.stock}) *size *= 5;
  }
  for (const int branches : {30, 100}) {
    brokerage::load::MeasureSubmitting(setting, sizes, branches);
  }
  brokerage::load::MeasureMix(setting, sizes);
  return 0;
}
