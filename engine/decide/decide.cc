#include "engine/decide/decide.h"

#include <type_traits>
#include <variant>

#include "engine/decide/accounts.h"
#include "engine/decide/claims.h"
#include "engine/decide/context.h"
#include "engine/decide/contracts.h"
#include "engine/decide/corrections.h"
#include "engine/decide/coverage.h"
#include "engine/decide/framework.h"
#include "engine/decide/links.h"
#include "engine/decide/notices.h"
#include "engine/decide/offers.h"
#include "engine/decide/opt_outs.h"
#include "engine/decide/outage.h"
#include "engine/decide/packages.h"
#include "engine/decide/pauses.h"
#include "engine/decide/persons.h"
#include "engine/decide/placings.h"
#include "engine/decide/questions.h"
#include "engine/decide/referral.h"
#include "engine/decide/suspensions.h"
#include "engine/decide/terms.h"
#include "engine/decide/tick.h"
#include "engine/decide/transfers.h"
#include "engine/decide/undo.h"
#include "engine/model/steps.h"

namespace brokerage::engine {

absl::StatusOr<Decision> Decide(const State& state, const ZoneFinder& zones, const Command& command,
                                absl::Time now) {
  const Context in{state, zones, command.caller, now, command.salt};
  Decision out;
  out.record.set_time_us(in.now_us());
  out.record.set_account_id(in.caller.account_id);
  out.record.set_format(kRecordFormat);
  absl::Status status =
      std::visit([&](const auto& request) { return Decide(in, request, &out); }, command.request);
  if (!status.ok()) return status;
  return out;
}

std::unique_ptr<google::protobuf::Message> Reply(const State& state, const ZoneFinder& zones,
                                                 const Command& command, const Decision& decision) {
  const After after{state, zones, command.caller, decision.record};
  return std::visit(
      [&](const auto& request) -> std::unique_ptr<google::protobuf::Message> {
        using Response = decltype(Reply(after, request));
        if constexpr (std::is_same_v<Response, NoReply>) {
          return nullptr;
        } else {
          return std::make_unique<Response>(Reply(after, request));
        }
      },
      command.request);
}

}  // namespace brokerage::engine
