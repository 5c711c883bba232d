#include "services/rpc/queries.h"

#include "engine/base/rejection.h"

namespace brokerage::services::rpc {

void RunOnWorker(const Backend& backend, const CallContext& context, Work kind, const Done& done,
                 std::function<void(const Done&)> work) {
  Workers* workers = kind == Work::kLong ? backend.long_workers : backend.workers;
  const bool posted = workers->PostQuery(
      context.caller.account_id, [&backend, &context, done, work = std::move(work)] {
        if (context.deadline <= backend.clock->MachineNow()) {
          return done(engine::Reject(v1::REJECTION_REASON_DEADLINE_PASSED_IN_QUEUE, "", "",
                                     "a longer deadline"));
        }
        work(done);
      });
  if (!posted)
    done(engine::Reject(v1::REJECTION_REASON_OVERLOADED, "", "",
                        "a later try, when fewer of the account's calls wait"));
}

Handler OnWorker(Handler handler,
                 std::function<Work(const google::protobuf::Message& request)> kind_of) {
  return {handler.takes, [answer = std::move(handler.answer), kind_of = std::move(kind_of)](
                             const Backend& backend, const CallContext& context,
                             google::protobuf::Message& request, const Done& done) {
            RunOnWorker(backend, context, kind_of(request), done,
                        [&, answer](const Done& done) { answer(backend, context, request, done); });
          }};
}

}  // namespace brokerage::services::rpc
