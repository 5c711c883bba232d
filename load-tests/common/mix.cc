#include "load-tests/common/mix.h"

#include <iterator>
#include <utility>

#include "absl/time/clock.h"
#include "load-tests/common/answers.h"

namespace brokerage::load {

namespace {

// Acceptances that wait to be awarded meanwhile: so that all of a package's offers are answered
// before, which the award closes.
constexpr size_t kAwardsBehind = 2000;

std::unique_ptr<Call> Of(Mix::Operation operation, std::unique_ptr<Call> call) {
  call->kind = operation;
  return call;
}

}  // namespace

v1::SubmitPackageRequest UrgentReferral(History* history) {
  v1::SubmitPackageRequest request;
  *request.mutable_referral() = history->Referral();
  request.mutable_referral()->set_urgency(v1::URGENCY_URGENT);
  request.set_request_id(request.referral().person_reference());
  return request;
}

std::vector<OpenOffer> StockOf(History* history, int64_t offers) {
  std::vector<OpenOffer> stock;
  while (static_cast<int64_t>(stock.size()) < offers) {
    for (OpenOffer& offer : history->Issue()) stock.push_back(std::move(offer));
  }
  return stock;
}

std::vector<std::string> OrganisationTokens(History* history) {
  std::vector<std::string> tokens;
  for (const std::string& provider : history->AddOrganisations()) {
    tokens.push_back("token-org-" + provider);
  }
  return tokens;
}

Mix::Mix(const std::shared_ptr<grpc::Channel>& channel, History* history,
         std::vector<OpenOffer> stock, std::vector<std::string> organisations)
    : packages_(v1::PackageService::NewStub(channel)),
      offers_(v1::OfferService::NewStub(channel)),
      performance_(v1::PerformanceService::NewStub(channel)),
      history_(history),
      organisations_(std::move(organisations)),
      stock_(stock.size()),
      open_(stock.begin(), stock.end()) {
  v1::PerformanceQuery& query = *figures_.mutable_query();
  query.set_framework_id(history->framework_id());
  query.set_from_date(absl::FormatTime("%Y-%m-01", absl::Now(), absl::UTCTimeZone()));
  query.add_group_by(v1::DIMENSION_PROVIDER);
}

void Mix::See(const v1::Offer& offer) {
  if (offer.state() != v1::OFFER_STATE_OPEN) return;
  std::lock_guard lock(mutex_);
  ++seen_;
  open_.push_back({offer.id(), offer.provider_id(), offer.branch_id()});
}

size_t Mix::Waiting() const {
  std::lock_guard lock(mutex_);
  return open_.size();
}

int64_t Mix::seen() const {
  std::lock_guard lock(mutex_);
  return seen_;
}

std::unique_ptr<Call> Mix::StartOne(grpc::CompletionQueue* queue) {
  using Step = std::unique_ptr<Call> (Mix::*)(grpc::CompletionQueue*);
  static constexpr Step kTurn[] = {
      &Mix::Submit, &Mix::Answer, &Mix::Answer, &Mix::Answer, &Mix::Answer, &Mix::Award,
      &Mix::Begin,  &Mix::End,    &Mix::Submit, &Mix::Answer, &Mix::Answer, &Mix::Answer,
      &Mix::Answer, &Mix::Award,  &Mix::Begin,  &Mix::End,    &Mix::Ask};
  std::unique_ptr<Call> call = (this->*kTurn[turn_++ % std::size(kTurn)])(queue);
  return call != nullptr ? std::move(call) : Ask(queue);
}

// Where offers wait longer than the answers to them take, they are answered first: what is open
// stays as much as it was.
std::unique_ptr<Call> Mix::Submit(grpc::CompletionQueue* queue) {
  if (Waiting() > stock_) return Answer(queue);
  return Of(kSubmit, Start(packages_.get(), &v1::PackageService::Stub::AsyncSubmitPackage,
                           UrgentReferral(history_), kNavigatorToken, queue));
}

// The first of a package accepts, so that every package ends; of the others every second one.
std::unique_ptr<Call> Mix::Answer(grpc::CompletionQueue* queue) {
  OpenOffer offer;
  {
    std::lock_guard lock(mutex_);
    if (open_.empty()) return nullptr;
    offer = std::move(open_.front());
    open_.pop_front();
  }
  const std::string token = OrganisationToken(offer);
  const std::string package = offer.offer_id.substr(0, offer.offer_id.rfind('-'));
  if (accepted_.insert(package).second || answers_++ % 2 == 0) {
    v1::AcceptOfferRequest accept;
    accept.set_request_id("answer-" + offer.offer_id);
    accept.set_offer_id(offer.offer_id);
    return Of(
        kAnswer,
        Start<v1::OfferService::Stub, v1::AcceptOfferRequest, v1::AcceptOfferResponse>(
            offers_.get(), &v1::OfferService::Stub::AsyncAcceptOffer, accept, token, queue,
            [this, package](const grpc::Status& status, const v1::AcceptOfferResponse& response) {
              if (!status.ok() || !to_award_of_.insert(package).second) return;
              to_award_.push_back({response.offer().package_id(), response.offer().id()});
            }));
  }
  v1::DeclineOfferRequest decline;
  decline.set_request_id("answer-" + offer.offer_id);
  decline.set_offer_id(offer.offer_id);
  decline.set_reason(v1::DECLINE_REASON_NO_CAPACITY);
  return Of(kAnswer, Start(offers_.get(), &v1::OfferService::Stub::AsyncDeclineOffer, decline,
                           token, queue));
}

std::unique_ptr<Call> Mix::Award(grpc::CompletionQueue* queue) {
  if (to_award_.size() < kAwardsBehind) return nullptr;
  const Accepted next = std::move(to_award_.front());
  to_award_.pop_front();
  v1::AwardPackageRequest award;
  award.set_request_id("award-" + next.package_id);
  award.set_package_id(next.package_id);
  award.set_offer_id(next.offer_id);
  award.set_override_reason("the person must leave hospital today");
  award.set_price_exception_reason("no other provider");
  return Of(kAward,
            Start<v1::PackageService::Stub, v1::AwardPackageRequest, v1::AwardPackageResponse>(
                packages_.get(), &v1::PackageService::Stub::AsyncAwardPackage, award,
                kNavigatorToken, queue,
                [this, id = next.package_id](const grpc::Status& status,
                                             const v1::AwardPackageResponse&) {
                  if (status.ok()) to_start_.push_back(id);
                }));
}

std::unique_ptr<Call> Mix::Begin(grpc::CompletionQueue* queue) {
  if (to_start_.empty()) return nullptr;
  v1::StartPackageRequest start;
  start.set_request_id("start-" + to_start_.front());
  start.set_package_id(to_start_.front());
  to_start_.pop_front();
  return Of(kStart,
            Start<v1::PackageService::Stub, v1::StartPackageRequest, v1::StartPackageResponse>(
                packages_.get(), &v1::PackageService::Stub::AsyncStartPackage, start,
                kNavigatorToken, queue,
                [this, id = start.package_id()](const grpc::Status& status,
                                                const v1::StartPackageResponse&) {
                  if (status.ok()) to_end_.push_back(id);
                }));
}

std::unique_ptr<Call> Mix::End(grpc::CompletionQueue* queue) {
  if (to_end_.empty()) return nullptr;
  v1::CeasePackageRequest cease;
  cease.set_request_id("end-" + to_end_.front());
  cease.set_package_id(to_end_.front());
  cease.set_reason("no longer needed");
  to_end_.pop_front();
  return Of(kEnd, Start(packages_.get(), &v1::PackageService::Stub::AsyncCeasePackage, cease,
                        kNavigatorToken, queue));
}

// The providers in turn, each for its own figures of the month, and now and then the council for
// the whole market's. An account has one question answered at a time.
std::unique_ptr<Call> Mix::Ask(grpc::CompletionQueue* queue) {
  const auto turn = static_cast<size_t>(questions_++);
  return Of(
      kFigures,
      Start(performance_.get(), &v1::PerformanceService::Stub::AsyncQueryPerformance, figures_,
            turn % 8 == 0 ? "token-commissioner" : organisations_[turn % organisations_.size()],
            queue));
}

}  // namespace brokerage::load
