#include "services/rpc/queries.h"

#include "engine/base/rejection.h"

namespace brokerage::services::rpc {

void RunOnWorker(const Backend& backend, const CallContext& context, const Done& done,
                 std::function<void(const Done&)> work) {
  const bool posted =
      backend.workers->PostQuery([&backend, &context, done, work = std::move(work)] {
        if (context.deadline <= backend.clock->MachineNow()) {
          return done(engine::Reject(v1::REJECTION_REASON_DEADLINE_PASSED_IN_QUEUE, "", "",
                                     "a longer deadline"));
        }
        work(done);
      });
  if (!posted) done(engine::Reject(v1::REJECTION_REASON_OVERLOADED, "", "", "a later try"));
}

Handler OnWorker(Handler handler) {
  return {handler.takes, [answer = std::move(handler.answer)](
                             const Backend& backend, const CallContext& context,
                             google::protobuf::Message& request, const Done& done) {
            RunOnWorker(backend, context, done,
                        [&, answer](const Done& done) { answer(backend, context, request, done); });
          }};
}

}  // namespace brokerage::services::rpc
