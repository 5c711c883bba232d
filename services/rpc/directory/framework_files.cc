#include "services/rpc/directory/framework_files.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/bounds.h"
#include "engine/base/rejection.h"
#include "engine/decide/framework.h"
#include "services/core/zones.h"
#include "services/rpc/commands.h"

namespace brokerage::services::rpc {

namespace {

namespace limits = engine::limits;

// A dry run is a question: it changes nothing, and may be asked again with other files. It is
// answered from what is published.
Sequencer::Reply DryRun(const Backend& backend, const CallContext& context,
                        const engine::ApplyParsedFramework& apply) {
  const auto published = backend.sequencer->published();
  const absl::Time now = std::max(backend.clock->Now(), published->time + absl::Microseconds(1));
  auto response =
      engine::WouldChange(published->directory, HostZones(), context.caller, now, apply);
  if (!response.ok()) return response.status();
  return std::shared_ptr<const google::protobuf::Message>(
      std::make_shared<v1::ApplyFrameworkResponse>(*std::move(response)));
}

// A refusal as the caller asked to have it.
Sequencer::Reply Refused(const v1::ApplyFrameworkRequest& request, const absl::Status& status) {
  if (!request.validate_only() || !request.refusal_in_response()) return status;
  auto refusal = RefusalOfFiles(status);
  if (!refusal) return status;
  auto response = std::make_shared<v1::ApplyFrameworkResponse>();
  *response->mutable_refusal() = *std::move(refusal);
  return std::shared_ptr<const google::protobuf::Message>(std::move(response));
}

// Parses, and answers or has it decided.
void Check(const Backend& backend, const CallContext& context, v1::ApplyFrameworkRequest& request,
           Done done) {
  const bool changes = !request.validate_only();
  std::string content_hash;
  if (changes) {
    content_hash = ContentHash(request);
    auto known = backend.store->FindOutcome(context.caller.account_id, request.request_id());
    if (!known.ok()) return done(known.status());
    if (known->has_value()) {  // a repeat gets its first outcome, whatever the files are
      return SubmitFilledIn(backend, context, std::move(request), std::move(content_hash),
                            std::move(done));
    }
  }
  auto parsed = ParseFiles(backend, context, request.files());
  if (!parsed.ok()) return done(Refused(request, parsed.status()));
  request.clear_files();
  engine::ApplyParsedFramework apply;
  apply.framework = std::make_shared<const engine::ParsedFramework>(*std::move(parsed));
  apply.request = request;
  if (!changes) {
    const Sequencer::Reply reply = DryRun(backend, context, apply);
    return done(reply.ok() ? reply : Refused(request, reply.status()));
  }
  backend.sequencer->Submit(context.caller, std::move(apply), request.request_id(),
                            std::move(content_hash), context.deadline, std::move(done));
}

}  // namespace

void ApplyFramework(const Backend& backend, const CallContext& context,
                    v1::ApplyFrameworkRequest& request, Done done) {
  if (!request.validate_only()) {
    if (absl::Status status = CheckRequestId(request.request_id()); !status.ok()) {
      return done(status);
    }
  }
  backend.file_workers->Post(context.caller.account_id,
                             [&backend, &context, &request, done = std::move(done)]() mutable {
                               Check(backend, context, request, std::move(done));
                             });
}

absl::StatusOr<engine::ParsedFramework> ParseFiles(
    const Backend& backend, const CallContext& context,
    const google::protobuf::RepeatedPtrField<v1::FrameworkFile>& files) {
  const engine::ZoneFinder zones = HostZones();
  auto parsed = engine::ParseFramework(
      files, [&zones](const std::string& zone) { return zones(zone) != nullptr; },
      [&backend, &context] { return IsAbandoned(backend, context); });
  if (absl::IsAborted(parsed.status())) {
    return absl::CancelledError(
        "the caller left, or the deadline passed, while files were checked");
  }
  return parsed;
}

std::optional<v1::Rejection> RefusalOfFiles(const absl::Status& status) {
  v1::Rejection refusal = engine::RejectionOf(status);
  if (refusal.file_errors().empty()) return std::nullopt;
  auto& errors = *refusal.mutable_file_errors();
  const int more = errors.size() - limits::kFrameworkErrorsMax;
  if (more > 0) {
    errors.DeleteSubrange(limits::kFrameworkErrorsMax, more);
    errors.Add()->set_message(absl::StrCat("and ", more, " more"));
  }
  return refusal;
}

}  // namespace brokerage::services::rpc
