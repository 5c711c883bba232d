#include "tests/reference/workload_answers.h"

#include <string>

#include "tests/reference/workload.h"
#include "tests/reference/workload_ids.h"
#include "tests/reference/workload_parts.h"

namespace brokerage::engine::reference {

using journal::v1::OfferRow;

namespace {

void SetTime(google::protobuf::Timestamp* stamp, absl::Time time) {
  stamp->set_seconds(absl::ToUnixSeconds(time));
}

void Answer(Workload& work, const PackageAggregate& package, const OfferRow& offer) {
  const Caller caller = BranchOf(offer);
  const std::string id = IdOf(package, offer);
  if (work.dice().Percent(30)) {
    v1::DeclineOfferRequest request;
    request.set_offer_id(id);
    request.set_reason(v1::DECLINE_REASON_NO_CAPACITY);
    work.Ask(caller, std::move(request));
    return;
  }
  v1::AcceptOfferRequest request;
  request.set_offer_id(id);
  if (work.dice().Percent(50)) {
    request.set_possible_start_date(FormatDate(ToDateNumber(
        FromDateNumber(work.directory().Today(work.now())) + work.dice().Between(0, 20))));
  }
  if (work.dice().Percent(15)) {
    SetTime(request.mutable_valid_until_time(),
            work.dice().Percent(30) ? absl::FromUnixMicros(offer.deadline_us())
                                    : work.now() + absl::Hours(work.dice().Between(1, 96)));
  }
  if (work.dice().Percent(25)) {
    v1::AcceptanceLimit& limit = *request.mutable_limit();
    limit.set_name(work.dice().Percent(60) ? "this week" : "next week");
    if (work.dice().Percent(60)) limit.set_packages_max(work.dice().Between(1, 3));
    if (limit.packages_max() == 0 || work.dice().Percent(30)) {
      limit.set_weekly_minutes_max(work.dice().Between(1, 15) * 105);
    }
  }
  AcceptInPart(package, offer, &request);
  work.Ask(caller, std::move(request));
}

void AnswerSomething(Workload& work) {
  for (int tries = 0; tries < 6; ++tries) {
    const PackageAggregate* package = work.RandomPackage();
    if (package == nullptr || package->offers.empty()) continue;
    const OfferRow& offer = work.dice().Of(package->offers);
    const bool open = offer.state() == v1::OFFER_STATE_OPEN;
    const bool waits = package->row.state() == v1::PACKAGE_STATE_OFFERED ||
                       package->row.state() == v1::PACKAGE_STATE_UNFILLED;
    if (!open && !work.dice().Percent(waits ? 12 : 3)) continue;
    return Answer(work, *package, offer);
  }
}

void AnswerSome(Workload& work) {
  for (int i = 0, many = work.dice().Between(1, 3); i < many; ++i) AnswerSomething(work);
}

}  // namespace

const std::vector<WorkloadAct>& AnswerActs() {
  static const auto& kActs = *new std::vector<WorkloadAct>{{24, AnswerSome}};
  return kActs;
}

}  // namespace brokerage::engine::reference
