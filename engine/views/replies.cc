// Replies, made from state as it is after a command. Texts that could identify a person are left
// out: replies are kept with the outcome of the request, and what is erased must be gone there,
// too.

#include "engine/base/ids.h"
#include "engine/decide/decide.h"
#include "engine/engine.h"
#include "engine/model/package.h"
#include "engine/views/offer_view.h"
#include "engine/views/package_view.h"

namespace brokerage::engine {

namespace {

using google::protobuf::Message;
using journal::v1::DirectoryFact;

class Responding {
 public:
  Responding(const State& state, const Command& command, const Decision& decision)
      : state_(state), caller_(command.caller), record_(decision.record) {}

  template <typename Request>
  std::unique_ptr<Message> operator()(const Request& request) const {
    return On(request);
  }

 private:
  v1::Package PackageOf(uint64_t number, Detail detail = Detail::kFull) const {
    v1::Package package = ToPackage(*state_.Package(number), detail, state_.directory);
    for (std::string* text : {package.mutable_summary(), package.mutable_details(),
                              package.mutable_person_reference(), package.mutable_postcode()}) {
      text->clear();
    }
    for (v1::Offer& offer : *package.mutable_offers()) StripTexts(&offer);
    return package;
  }

  static void StripTexts(v1::Offer* offer) {
    offer->clear_summary();
    offer->clear_details();
    offer->clear_person_reference();
    offer->clear_postcode();
    for (v1::AnswerRecord& answer : *offer->mutable_answers()) answer.clear_note();
    if (offer->has_error_claim()) {
      offer->mutable_error_claim()->clear_reason();
      offer->mutable_error_claim()->clear_decision_reason();
    }
  }

  v1::Offer OfferOf(absl::string_view id) const {
    const auto parsed = ParseOfferId(id);
    const PackageAggregate& package = *state_.Package(parsed->package.number);
    v1::Offer offer =
        ToOffer(package, package.offers[static_cast<size_t>(parsed->ordinal - 1)], caller_);
    StripTexts(&offer);
    return offer;
  }

  uint64_t NumberOf(absl::string_view id) const { return ParsePackageId(id)->number; }
  const DirectoryFact& FirstFact() const { return record_.facts(0).directory_changed().facts(0); }
  v1::Contract ContractOf(absl::string_view id, DateNumber date) const {
    v1::Contract contract = *state_.directory.Contract(id);
    contract.set_provider_id(state_.directory.ProviderOfContract(id, date));
    contract.set_status(
        state_.directory.StatusOf(contract, date, absl::FromUnixMicros(record_.time_us())));
    return contract;
  }
  DateNumber RecordDate()
      const {  // contracts' answers name the date of the change; UTC is near enough for a status
    return LocalDate(absl::FromUnixMicros(record_.time_us()), absl::UTCTimeZone());
  }

  template <typename Response>
  std::unique_ptr<Message> WithPackage(absl::string_view id) const {
    auto response = std::make_unique<Response>();
    *response->mutable_package() = PackageOf(NumberOf(id));
    return response;
  }
  template <typename Response>
  std::unique_ptr<Message> WithOffer(absl::string_view id) const {
    auto response = std::make_unique<Response>();
    *response->mutable_offer() = OfferOf(id);
    return response;
  }
  template <typename Response>
  std::unique_ptr<Message> WithSuspension() const {
    auto response = std::make_unique<Response>();
    *response->mutable_suspension() = FirstFact().suspension();
    return response;
  }
  template <typename Response>
  std::unique_ptr<Message> WithAccount() const {
    auto response = std::make_unique<Response>();
    *response->mutable_account() = record_.facts(0).account_changed().account().account();
    return response;
  }

  std::unique_ptr<Message> On(const Tick&) const { return nullptr; }
  std::unique_ptr<Message> On(const ClockJump&) const { return nullptr; }
  std::unique_ptr<Message> On(const Bootstrap&) const {
    return WithAccount<v1::CreateAccountResponse>();
  }
  std::unique_ptr<Message> On(const v1::ApplyFrameworkRequest&) const { return nullptr; }
  std::unique_ptr<Message> On(const v1::PreviewPackageRequest&) const { return nullptr; }
  std::unique_ptr<Message> On(const v1::ChangeCoverageRequest&) const {
    auto response = std::make_unique<v1::ChangeCoverageResponse>();
    *response->mutable_coverage() = FirstFact().coverage();
    return response;
  }
  std::unique_ptr<Message> On(const v1::ProposeCoverageRequest&) const {
    auto response = std::make_unique<v1::ProposeCoverageResponse>();
    *response->mutable_proposal() = FirstFact().coverage_proposal();
    return response;
  }
  std::unique_ptr<Message> On(const v1::DecideCoverageRequest&) const {
    auto response = std::make_unique<v1::DecideCoverageResponse>();
    *response->mutable_proposal() = FirstFact().coverage_proposal();
    return response;
  }
  std::unique_ptr<Message> On(const v1::WithdrawCoverageProposalRequest&) const {
    auto response = std::make_unique<v1::WithdrawCoverageProposalResponse>();
    *response->mutable_proposal() = FirstFact().coverage_proposal();
    return response;
  }
  std::unique_ptr<Message> On(const v1::OpenOptOutWindowRequest&) const {
    auto response = std::make_unique<v1::OpenOptOutWindowResponse>();
    *response->mutable_window() = FirstFact().opt_out_window();
    return response;
  }
  std::unique_ptr<Message> On(const v1::CloseOptOutWindowRequest&) const {
    auto response = std::make_unique<v1::CloseOptOutWindowResponse>();
    *response->mutable_window() = FirstFact().opt_out_window();
    return response;
  }
  std::unique_ptr<Message> On(const v1::DecideOptOutWindowRequest&) const {
    auto response = std::make_unique<v1::DecideOptOutWindowResponse>();
    *response->mutable_window() = FirstFact().opt_out_window();
    return response;
  }
  std::unique_ptr<Message> On(const v1::DeclareCapacityRequest&) const {
    auto response = std::make_unique<v1::DeclareCapacityResponse>();
    *response->mutable_capacity() = FirstFact().capacity();
    return response;
  }
  std::unique_ptr<Message> On(const v1::SuspendContractRequest&) const {
    return WithSuspension<v1::SuspendContractResponse>();
  }
  std::unique_ptr<Message> On(const v1::SuspendProviderRequest&) const {
    return WithSuspension<v1::SuspendProviderResponse>();
  }
  std::unique_ptr<Message> On(const v1::ResumeProviderRequest&) const {
    return WithSuspension<v1::ResumeProviderResponse>();
  }
  std::unique_ptr<Message> On(const v1::ResumeContractRequest& request) const {
    auto response = std::make_unique<v1::ResumeContractResponse>();
    *response->mutable_contract() = ContractOf(request.contract_id(), RecordDate());
    return response;
  }
  std::unique_ptr<Message> On(const v1::EndContractRequest& request) const {
    auto response = std::make_unique<v1::EndContractResponse>();
    *response->mutable_contract() = ContractOf(request.contract_id(), RecordDate());
    return response;
  }
  std::unique_ptr<Message> On(const v1::NovateContractRequest& request) const {
    auto response = std::make_unique<v1::NovateContractResponse>();
    *response->mutable_contract() =
        ContractOf(request.novation().contract_id(), *ParseDate(request.novation().date()));
    return response;
  }
  std::unique_ptr<Message> On(const v1::SubmitPackageRequest&) const {
    auto response = std::make_unique<v1::SubmitPackageResponse>();
    *response->mutable_package() =
        PackageOf(record_.facts(0).package_submitted().package().number());
    return response;
  }
  std::unique_ptr<Message> On(const v1::ReleasePackagesRequest& request) const {
    auto response = std::make_unique<v1::ReleasePackagesResponse>();
    for (const std::string& id : request.package_ids()) {
      *response->add_packages() = PackageOf(NumberOf(id), Detail::kList);
    }
    return response;
  }
  std::unique_ptr<Message> On(const v1::CancelPackageRequest& request) const {
    return WithPackage<v1::CancelPackageResponse>(request.package_id());
  }
  std::unique_ptr<Message> On(const v1::AwardPackageRequest& request) const {
    return WithPackage<v1::AwardPackageResponse>(request.package_id());
  }
  std::unique_ptr<Message> On(const v1::ReissuePackageRequest& request) const {
    return WithPackage<v1::ReissuePackageResponse>(request.package_id());
  }
  std::unique_ptr<Message> On(const v1::StartPackageRequest& request) const {
    return WithPackage<v1::StartPackageResponse>(request.package_id());
  }
  std::unique_ptr<Message> On(const v1::ReturnPackageRequest& request) const {
    return WithPackage<v1::ReturnPackageResponse>(request.package_id());
  }
  std::unique_ptr<Message> On(const v1::HandBackPackageRequest& request) const {
    auto response = std::make_unique<v1::HandBackPackageResponse>();
    const uint64_t number = NumberOf(request.package_id());
    *response->mutable_package() = PackageOf(number);
    *response->mutable_successor() = PackageOf(state_.Package(number)->row.successor_number());
    return response;
  }
  std::unique_ptr<Message> On(const v1::CeasePackageRequest& request) const {
    return WithPackage<v1::CeasePackageResponse>(request.package_id());
  }
  std::unique_ptr<Message> On(const v1::TransferPackagesRequest&) const {
    auto response = std::make_unique<v1::TransferPackagesResponse>();
    *response->mutable_transfer() = FirstFact().transfer();
    return response;
  }
  std::unique_ptr<Message> On(const v1::ErasePackageTextsRequest& request) const {
    return WithPackage<v1::ErasePackageTextsResponse>(request.package_id());
  }
  std::unique_ptr<Message> On(const v1::AcceptOfferRequest& request) const {
    return WithOffer<v1::AcceptOfferResponse>(request.offer_id());
  }
  std::unique_ptr<Message> On(const v1::DeclineOfferRequest& request) const {
    return WithOffer<v1::DeclineOfferResponse>(request.offer_id());
  }
  std::unique_ptr<Message> On(const v1::ClaimIssuedInErrorRequest& request) const {
    return WithOffer<v1::ClaimIssuedInErrorResponse>(request.offer_id());
  }
  std::unique_ptr<Message> On(const v1::DecideIssuedInErrorRequest& request) const {
    return WithOffer<v1::DecideIssuedInErrorResponse>(request.offer_id());
  }
  std::unique_ptr<Message> On(const v1::MoveOfferRequest& request) const {
    return WithOffer<v1::MoveOfferResponse>(request.offer_id());
  }
  std::unique_ptr<Message> On(const v1::CreateAccountRequest&) const {
    return WithAccount<v1::CreateAccountResponse>();
  }
  std::unique_ptr<Message> On(const v1::DisableAccountRequest&) const {
    return WithAccount<v1::DisableAccountResponse>();
  }
  std::unique_ptr<Message> On(const v1::ReplaceTokenRequest&) const {
    return WithAccount<v1::ReplaceTokenResponse>();
  }
  std::unique_ptr<Message> On(const v1::ExtendDeadlinesRequest&) const {
    auto response = std::make_unique<v1::ExtendDeadlinesResponse>();
    for (const journal::v1::Fact& fact : record_.facts()) {
      const journal::v1::DeadlineExtended& extended = fact.deadline_extended();
      if (extended.deadline_us() != 0) response->set_rounds(response->rounds() + 1);
      if (!extended.reopened_ordinals().empty()) {
        response->set_reopened_rounds(response->reopened_rounds() + 1);
      }
      response->set_answers_in_time(response->answers_in_time() + extended.in_time_ordinals_size());
      response->set_closed_offers(response->closed_offers() + extended.closed_ordinals_size());
    }
    return response;
  }
  std::unique_ptr<Message> On(const v1::ConfirmClockRequest&) const {
    auto response = std::make_unique<v1::ConfirmClockResponse>();
    response->mutable_current_time()->set_seconds(record_.time_us() / 1000000);
    return response;
  }

  const State& state_;
  const Caller& caller_;
  const journal::v1::Record& record_;
};

}  // namespace

std::unique_ptr<Message> Engine::Respond(const Command& command, const Decision& decision) const {
  return std::visit(Responding(state_, command, decision), command.request);
}

}  // namespace brokerage::engine
