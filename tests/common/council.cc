#include "tests/common/council.h"

#include "absl/strings/str_cat.h"
#include "engine/ids.h"
#include "storage/loading.h"
#include "tests/common/framework_fixture.h"

namespace brokerage::testing_support {

namespace {

constexpr char kWards[][16] = {"E05009692", "E05010677", "E05010686", "E05010079", "E05009707",
                               "E05006397", "E05008874", "E05010526", "E05009723"};

engine::Caller Navigator() {
  engine::Caller caller;
  caller.account_id = "navigator";
  caller.role = v1::ROLE_CARE_NAVIGATOR;
  caller.authority_id = "ncc";
  return caller;
}

engine::Caller Administrator() {
  engine::Caller caller;
  caller.account_id = "administrator";
  caller.role = v1::ROLE_ADMINISTRATOR;
  return caller;
}

engine::Caller BranchOf(const journal::v1::OfferRow& offer) {
  engine::Caller caller;
  caller.account_id = "branch-" + offer.branch_id();
  caller.role = v1::ROLE_PROVIDER_BRANCH;
  caller.provider_id = offer.provider_id();
  caller.branch_id = offer.branch_id();
  return caller;
}

std::string IdOf(const journal::v1::PackageRow& row) {
  return engine::FormatPackageId({row.year(), row.number()});
}

}  // namespace

engine::ZoneFinder Zones() {
  return [](const std::string& name) -> const absl::TimeZone* {
    static const absl::TimeZone kLondon = engine::London();
    return name == "Europe/London" ? &kLondon : nullptr;
  };
}

Council::Council(storage::Store* store, uint64_t seed)
    : store_(store), engine_(std::make_unique<engine::Engine>(Zones())), random_(seed) {
  now_ = absl::FromCivil(absl::CivilSecond(2018, 7, 2, 9, 0, 0), engine::London());
  if (store_->Read()->head().sequence > 0) now_ = store_->LastAlive();
  absl::Status status = storage::LoadEngine(*store_->Read(), now_, engine_.get());
  EXPECT_TRUE(status.ok()) << status;
}

absl::Status Council::Run(engine::Caller caller, engine::Request request) {
  absl::Status loaded = storage::LoadTouched(*store_->Read(), request, engine_.get());
  EXPECT_TRUE(loaded.ok()) << loaded;
  now_ += absl::Seconds(1);
  std::string salt;
  for (int i = 0; i < 16; ++i) salt.push_back(static_cast<char>(Random(256)));
  engine::Command command{std::move(caller), std::move(request), std::move(salt)};
  absl::StatusOr<engine::Decision> decision = engine_->Decide(command, now_);
  if (!decision.ok()) return decision.status();
  if (decision->record.facts_size() == 0) return absl::OkStatus();
  decision->record.set_time_us(absl::ToUnixMicros(now_));
  decision->record.set_account_id(command.caller.account_id);
  storage::Batch batch;
  batch.records.push_back(decision->record.SerializeAsString());
  const storage::Head head = store_->Read()->head();
  engine_->Apply(decision->record, head.sequence + 1, decision->texts, &batch.writes);
  absl::Status status = store_->Append(store_->epoch(), head, batch);
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_TRUE(store_->SetLastAlive(now_).ok());
  ++accepted_commands_;
  if (Random(4) == 0) engine_->EvictClosed();
  return status;
}

void Council::RunDue() {
  for (int i = 0; engine_->NextDue() <= now_; ++i) {
    ASSERT_LT(i, 10000) << "ticks make no progress";
    absl::Status status = Run({}, engine::Tick{});
    ASSERT_TRUE(status.ok()) << status;
  }
}

absl::Status Council::Do(engine::Caller caller, engine::Request request) {
  RunDue();
  return Run(std::move(caller), std::move(request));
}

void Council::Wait(absl::Duration time) {
  const absl::Time until = now_ + time;
  while (engine_->NextDue() <= until && !::testing::Test::HasFatalFailure()) {
    now_ = std::max(now_, engine_->NextDue());
    RunDue();
  }
  now_ = std::max(now_, until);
}

void Council::ApplyFramework() {
  v1::ApplyFrameworkRequest request;
  *request.mutable_files() = engine::ReadFrameworkFolder("nottinghamshire");
  absl::Status status = Do(Administrator(), request);
  ASSERT_TRUE(status.ok()) << status;
}

void Council::EndAContract() {
  v1::EndContractRequest request;
  request.set_contract_id("bassetlaw/lead/london-care");
  request.set_to_date("2030-01-01");
  request.set_reason("notice was given");
  absl::Status status = Do(Administrator(), request);
  ASSERT_TRUE(status.ok()) << status;
}

void Council::Refer() {
  v1::SubmitPackageRequest request;
  v1::PackageReferral& referral = *request.mutable_referral();
  referral.set_framework_id("nottinghamshire");
  referral.set_authority_id("ncc");
  referral.set_origin(v1::ORIGIN_COMMUNITY);
  referral.set_urgency(Random(3) == 0 ? v1::URGENCY_URGENT : v1::URGENCY_STANDARD);
  referral.set_ward_code(kWards[Random(std::size(kWards))]);
  referral.set_postcode("NG4 1PE");
  v1::PackageTerms& terms = *referral.mutable_terms();
  terms.set_service_type(v1::SERVICE_TYPE_HOME_CARE);
  terms.set_weekly_minutes(static_cast<int32_t>(60 * (1 + Random(20))));
  terms.set_carers_per_visit(1);
  const absl::CivilDay start = absl::ToCivilDay(now_, engine::London()) + 5;
  terms.set_start_by_date(absl::FormatCivilTime(start));
  referral.set_summary("Needs help with washing and dressing, and with meals.");
  referral.set_details("The key is with a neighbour.");
  referral.set_person_reference(absl::StrCat("person-", random_()));
  absl::Status status = Do(Navigator(), request);
  EXPECT_TRUE(status.ok()) << status;
}

void Council::AnswerSome() {
  std::vector<journal::v1::OfferRow> open;
  for (uint64_t number : engine_->state().open_packages) {
    for (const journal::v1::OfferRow& offer : engine_->state().Package(number)->offers) {
      if (offer.state() == v1::OFFER_STATE_OPEN && Random(3) == 0) open.push_back(offer);
    }
  }
  for (const journal::v1::OfferRow& offer : open) {
    const engine::PackageAggregate* package = engine_->state().Package(offer.package_number());
    if (package == nullptr) continue;  // closed and forgotten since
    const std::string id =
        engine::FormatOfferId({{package->row.year(), offer.package_number()}, offer.ordinal()});
    const uint64_t what = Random(8);
    // Another answer may have moved the package on: refusals are part of the work.
    if (what < 3) {
      v1::AcceptOfferRequest request;
      request.set_offer_id(id);
      Do(BranchOf(offer), request).IgnoreError();
    } else if (what < 7) {
      v1::DeclineOfferRequest request;
      request.set_offer_id(id);
      request.set_reason(what == 3 ? v1::DECLINE_REASON_OTHER : v1::DECLINE_REASON_NO_CAPACITY);
      if (what == 3) request.set_note("The lane is flooded.");
      Do(BranchOf(offer), request).IgnoreError();
    } else {
      v1::ClaimIssuedInErrorRequest request;
      request.set_offer_id(id);
      request.set_reason("Not one of our wards.");
      Do(BranchOf(offer), request).IgnoreError();
    }
  }
}

void Council::HandleSome() {
  for (uint64_t number = 1; number <= engine_->state().system.last_package_number(); ++number) {
    if (Random(6) != 0) continue;
    absl::StatusOr<std::optional<engine::PackageAggregate>> package =
        storage::ReadPackage(*store_->Read(), number);
    ASSERT_TRUE(package.ok() && package->has_value()) << package.status();
    const std::string id = IdOf((*package)->row);
    auto request = [&id](auto request) {
      request.set_package_id(id);
      if constexpr (requires { request.set_reason(std::string()); }) {
        request.set_reason("It was so.");
      }
      if constexpr (requires { request.set_cause(v1::CAUSE_PROVIDER); }) {
        request.set_cause(v1::CAUSE_PROVIDER);
      }
      return request;
    };
    switch ((*package)->row.state()) {
      case v1::PACKAGE_STATE_AWARDED:
        if (Random(4) == 0) {
          Do(Navigator(), request(v1::ReturnPackageRequest())).IgnoreError();
        } else {
          Do(Navigator(), request(v1::StartPackageRequest())).IgnoreError();
        }
        break;
      case v1::PACKAGE_STATE_STARTED:
        if (Random(3) == 0) {
          Do(Navigator(), request(v1::HandBackPackageRequest())).IgnoreError();
        } else {
          Do(Navigator(), request(v1::CeasePackageRequest())).IgnoreError();
        }
        break;
      case v1::PACKAGE_STATE_CEASED:
      case v1::PACKAGE_STATE_CANCELLED:
        Do(Navigator(), request(v1::ErasePackageTextsRequest())).IgnoreError();
        break;
      default:
        if (Random(8) == 0) Do(Navigator(), request(v1::CancelPackageRequest())).IgnoreError();
    }
  }
}

void Council::Work(int days) {
  for (int day = 0; day < days && !::testing::Test::HasFatalFailure(); ++day) {
    for (int i = 0; i < 3; ++i) Refer();
    for (int hour = 0; hour < 8; ++hour) {
      AnswerSome();
      Wait(absl::Hours(1));
    }
    HandleSome();
    Wait(absl::Hours(16));
  }
}

}  // namespace brokerage::testing_support
