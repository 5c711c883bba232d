#include "services/rpc/admin/operations.h"

#include <string>
#include <utility>

#include "engine/base/calendar.h"
#include "engine/base/rejection.h"
#include "services/rpc/commands.h"

namespace brokerage::services::rpc {

namespace {

google::protobuf::Timestamp At(absl::Time time) {
  return engine::ToTimestamp(absl::ToUnixMicros(time));
}

absl::Status NotSupported(absl::string_view expected) {
  return engine::Reject(v1::REJECTION_REASON_NOT_SUPPORTED, "", "", expected);
}

}  // namespace

absl::StatusOr<v1::GetStatusResponse> GetStatus(const Backend& backend, const CallContext& context,
                                                const v1::GetStatusRequest& request) {
  auto view = backend.store->Read();
  const Sequencer::Figures figures = backend.sequencer->figures();
  v1::GetStatusResponse response;
  *response.mutable_current_time() = At(backend.clock->Now());
  *response.mutable_shown_time() = At(backend.clock->Shown());
  response.set_simulation(backend.clock->simulated());
  response.set_clock_jumped(figures.clock_jumped);
  response.set_head(view->head().ToString());
  response.set_open_packages(static_cast<int64_t>(figures.open_packages));
  if (figures.next_due != absl::InfiniteFuture())
    *response.mutable_next_due_time() = At(figures.next_due);
  if (request.with_digest() && backend.options->digest != nullptr) {
    auto digest = backend.options->digest(*view);
    if (!digest.ok()) return digest.status();
    response.set_digest(*std::move(digest));
  }
  return response;
}

void AdvanceClock(const Backend& backend, const CallContext& context,
                  v1::AdvanceClockRequest& request, Done done) {
  if (absl::Status status = CheckRequestId(request.request_id()); !status.ok()) return done(status);
  if (!request.has_target_time()) {
    return done(engine::Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "target_time", "",
                               "a time later than now"));
  }
  const google::protobuf::Timestamp& target = request.target_time();
  // The range of a Timestamp: the years 1 to 9999.
  if (target.seconds() < -62135596800 || target.seconds() > 253402300799 || target.nanos() < 0 ||
      target.nanos() > 999999999) {
    return done(engine::Reject(v1::REJECTION_REASON_FIELD_INVALID, "target_time",
                               std::to_string(target.seconds()), "a time"));
  }
  backend.sequencer->Advance(
      context.caller, absl::FromUnixSeconds(target.seconds()) + absl::Nanoseconds(target.nanos()),
      request.request_id(), ContentHash(request), std::move(done));
}

// A repeat that comes while the first is at work makes a backup of its own, and is told of the
// first.
void CreateBackup(const Backend& backend, const CallContext& context,
                  v1::CreateBackupRequest& request, Done done) {
  if (absl::Status status = CheckRequestId(request.request_id()); !status.ok()) return done(status);
  if (backend.options->create_backup == nullptr)
    return done(NotSupported("a server with a backup directory"));
  const std::string content_hash = ContentHash(request);
  auto response = std::make_shared<v1::CreateBackupResponse>();
  auto known = backend.store->FindOutcome(context.caller.account_id, request.request_id());
  if (!known.ok()) return done(known.status());
  if (!known->has_value()) {
    auto backup = backend.options->create_backup();
    if (!backup.ok()) return done(backup.status());
    response->set_backup_number(backup->number);
    response->set_head(backup->head.ToString());
  }
  backend.sequencer->Remember(context.caller, v1::CreateBackupRequest::descriptor(),
                              request.request_id(), content_hash, std::move(response),
                              std::move(done));
}

absl::StatusOr<v1::VerifyJournalResponse> VerifyJournal(const Backend& backend,
                                                        const CallContext& context,
                                                        const v1::VerifyJournalRequest& request) {
  if (backend.options->verify_journal == nullptr)
    return NotSupported("a server that can make checkpoints");
  auto verification = backend.options->verify_journal();
  if (!verification.ok()) return verification.status();
  v1::VerifyJournalResponse response;
  response.set_verified(verification->problems.empty());
  response.set_records(verification->records);
  response.set_head(verification->head.ToString());
  for (std::string& problem : verification->problems) response.add_problems(std::move(problem));
  return response;
}

}  // namespace brokerage::services::rpc
