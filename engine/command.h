// What the engine is asked, and what it answers.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "brokerage/journal/v1/record.pb.h"
#include "brokerage/v1/account_service.pb.h"
#include "brokerage/v1/admin_service.pb.h"
#include "brokerage/v1/directory_service.pb.h"
#include "brokerage/v1/offer_service.pb.h"
#include "brokerage/v1/package_service.pb.h"
#include "engine/model/caller.h"

namespace brokerage::engine {

// Something is due: the most urgent entry of the agenda is handled. `clock_us` is what the clock
// says, where the record's time has to be later because it follows another: no deadline passes by
// that.
struct Tick {
  int64_t clock_us = std::numeric_limits<int64_t>::max();
};
// The clock is in doubt: lapsing pauses until ConfirmClock.
struct ClockJump {};
// The texts of these packages have been kept as long as their frameworks say: they go. Those that
// have not ended, or have none any more, are passed over.
struct EraseTexts {
  std::vector<uint64_t> package_numbers;
};
// Makes the first administrator; only on an empty system.
struct Bootstrap {
  std::string account_id;
  std::string token_sha256;
};

struct ParsedFramework;

// ApplyFramework with files that were parsed before: what differs is all that is left to decide.
struct ApplyParsedFramework {
  v1::ApplyFrameworkRequest request;  // its files are not looked at
  std::shared_ptr<const ParsedFramework> framework;
};

using Request =
    std::variant<Tick, ClockJump, EraseTexts, Bootstrap, v1::ApplyFrameworkRequest,
                 ApplyParsedFramework, v1::ChangeCoverageRequest, v1::ProposeCoverageRequest,
                 v1::DecideCoverageRequest, v1::WithdrawCoverageProposalRequest,
                 v1::OpenOptOutWindowRequest, v1::CloseOptOutWindowRequest,
                 v1::DecideOptOutWindowRequest, v1::DeclareCapacityRequest,
                 v1::SuspendContractRequest, v1::ResumeContractRequest, v1::EndContractRequest,
                 v1::NovateContractRequest, v1::SuspendProviderRequest, v1::ResumeProviderRequest,
                 v1::PreviewPackageRequest, v1::SubmitPackageRequest, v1::ReleasePackagesRequest,
                 v1::CancelPackageRequest, v1::AwardPackageRequest, v1::ReissuePackageRequest,
                 v1::StartPackageRequest, v1::ReturnPackageRequest, v1::HandBackPackageRequest,
                 v1::CeasePackageRequest, v1::TransferPackagesRequest, v1::ErasePackageTextsRequest,
                 v1::GiveNoticeRequest, v1::MoveNoticeRequest, v1::WithdrawNoticeRequest,
                 v1::PlacePackagesRequest, v1::RefusePlacingRequest, v1::ContinuePackageRequest,
                 v1::ErasePersonRequest, v1::AskQuestionRequest, v1::AnswerQuestionRequest,
                 v1::CorrectPackageRequest, v1::AcceptOfferRequest, v1::DeclineOfferRequest,
                 v1::ClaimIssuedInErrorRequest, v1::DecideIssuedInErrorRequest,
                 v1::PausePackageRequest, v1::ResumePackageRequest, v1::ChangeTermsRequest,
                 v1::WithdrawAskedOfferRequest, v1::UndoPackageRequest, v1::LinkPackagesRequest,
                 v1::MoveOfferRequest, v1::CreateAccountRequest, v1::DisableAccountRequest,
                 v1::ReplaceTokenRequest, v1::ExtendDeadlinesRequest, v1::ConfirmClockRequest>;

struct Command {
  Caller caller;
  Request request;
  // 16 random bytes: the salt of the texts that the command brings. The only randomness.
  std::string salt;
};

// What Decide found. Without facts nothing is written and `reply` is the answer (previews, dry
// runs); otherwise the answer is what Reply makes after Apply, or `reply` where it makes none.
struct Decision {
  journal::v1::Record record;
  std::vector<journal::v1::TextRow> texts;  // to be kept with the record
  std::unique_ptr<google::protobuf::Message> reply;

  // A new fact, after those that are there.
  journal::v1::Fact& Add() { return *record.add_facts(); }
};

}  // namespace brokerage::engine
