#include "tests/fuzz/county.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "google/protobuf/text_format.h"
#include "storage/loading.h"
#include "tests/fixtures/framework_fixture.h"
#include "tests/fixtures/memory_store.h"
#include "tests/fuzz/methods.h"

namespace brokerage::fuzz {

namespace {

using google::protobuf::Message;

enum {
  kAdministrator,
  kNavigator,
  kSecondNavigator,
  kOtherNavigator,
  kCommissioner,
  kAddTwo,
  kLeadNorth,
  kAddOne,
  kDpsB
};

// Ticks of the county's own course never come near it.
constexpr int kTicksMax = 1000;

engine::ZoneFinder Zones() {
  return [](const std::string& name) -> const absl::TimeZone* {
    static const absl::TimeZone kLondon = engine::London();
    return name == "Europe/London" ? &kLondon : nullptr;
  };
}

template <size_t i = 0>
absl::StatusOr<engine::Request> FindRequest(const Message& message) {
  if constexpr (i == std::variant_size_v<engine::Request>) {
    return absl::NotFoundError("not the engine's");
  } else {
    using Alternative = std::variant_alternative_t<i, engine::Request>;
    if constexpr (std::is_base_of_v<Message, Alternative>) {
      if (message.GetDescriptor() == Alternative::descriptor()) {
        return engine::Request(static_cast<const Alternative&>(message));
      }
    }
    return FindRequest<i + 1>(message);
  }
}

struct Made {
  storage::MemoryStore store;
  absl::Time end;
};

void ApplyFramework(County* county) {
  v1::ApplyFrameworkRequest request;
  request.set_request_id("framework");
  *request.mutable_files() = engine::ReadFrameworkFolder("../tests/scenarios/framework");
  BROKERAGE_CHECK(county->Run(Callers()[kAdministrator], request).ok());
}

const Made& TheCounty() {
  static const Made* county = [] {
    auto* made = new Made;
    County course(&made->store,
                  absl::FromCivil(absl::CivilSecond(2018, 7, 2, 9, 0, 0), engine::London()), true);
    ApplyFramework(&course);
    for (const Step& step : CountySteps()) {
      course.Wait(absl::Minutes(step.minutes), kTicksMax);
      if (*step.method == '\0') continue;
      auto request = EngineRequest(*RequestOf(step));
      BROKERAGE_CHECK(request.ok());
      const auto outcome =
          course.Run(Callers()[static_cast<size_t>(step.caller)], *std::move(request));
      BROKERAGE_CHECK(outcome.ok());
    }
    made->end = course.now();
    return made;
  }();
  return *county;
}

}  // namespace

const std::vector<engine::Caller>& Callers() {
  static const auto* callers = new std::vector<engine::Caller>{
      {.account_id = "admin", .role = v1::ROLE_ADMINISTRATOR},
      {.account_id = "anna", .role = v1::ROLE_CARE_NAVIGATOR, .authority_id = "shire"},
      {.account_id = "ben", .role = v1::ROLE_CARE_NAVIGATOR, .authority_id = "shire"},
      {.account_id = "cara", .role = v1::ROLE_CARE_NAVIGATOR, .authority_id = "icb"},
      {.account_id = "dora", .role = v1::ROLE_COMMISSIONER, .authority_id = "shire"},
      {.account_id = "add-two", .role = v1::ROLE_PROVIDER_ORGANISATION, .provider_id = "add-two"},
      {.account_id = "lead-north",
       .role = v1::ROLE_PROVIDER_BRANCH,
       .provider_id = "lead-north",
       .branch_id = "lead-north"},
      {.account_id = "add-one",
       .role = v1::ROLE_PROVIDER_BRANCH,
       .provider_id = "add-one",
       .branch_id = "add-one"},
      {.account_id = "dps-b",
       .role = v1::ROLE_PROVIDER_BRANCH,
       .provider_id = "dps-b",
       .branch_id = "dps-b"}};
  return *callers;
}

#define REFERRAL(person, ward, service, urgency, more)                        \
  "request_id: \"" person                                                     \
  "\" referral { framework_id: \"county\" authority_id: \"shire\" "           \
  "origin: ORIGIN_COMMUNITY urgency: URGENCY_" urgency " ward_code: \"" ward  \
  "\" terms { service_type: SERVICE_TYPE_" service                            \
  " weekly_minutes: 420 carers_per_visit: 1 start_by_date: \"2018-07-20\" } " \
  "summary: \"Two visits a day, and help with meals.\" person_reference: \"" person "\" " more "}"

const std::vector<Step>& CountySteps() {
  static const auto* steps = new std::vector<Step>{
      {kAdministrator, "AccountService/CreateAccount",
       R"(request_id: "a1" account { id: "anna" role: ROLE_CARE_NAVIGATOR authority_id: "shire" }
          token_sha256: "0123456789abcdef0123456789abcdef")"},
      {kAdministrator, "AccountService/CreateAccount",
       R"(request_id: "a2" account { id: "add-one" role: ROLE_PROVIDER_BRANCH provider_id: "add-one"
          branch_id: "add-one" } token_sha256: "1123456789abcdef0123456789abcdef")"},
      {kAdministrator, "AccountService/ReplaceToken",
       R"(request_id: "a3" account_id: "anna" token_sha256: "2123456789abcdef0123456789abcdef")"},
      {kAdministrator, "AccountService/DisableAccount",
       R"(request_id: "a4" account_id: "add-one")"},
      // 1: in its round, with an answer of each kind.
      {kNavigator, "PackageService/SubmitPackage",
       REFERRAL("p1", "E05900001", "HOME_CARE", "STANDARD",
                "postcode: \"NG1 1AA\" details: \"The key is with a neighbour.\"")},
      // 2: goes out at 11:00, is awarded, and runs.
      {kNavigator, "PackageService/SubmitPackage",
       REFERRAL("p2", "E05900001", "HOME_CARE", "URGENT", "")},
      {kLeadNorth, "OfferService/AcceptOffer",
       R"(request_id: "b1" offer_id: "O-2018-000002-1" possible_start_date: "2018-07-05")"},
      {kNavigator, "PackageService/StartPackage",
       R"(request_id: "c1" package_id: "P-2018-000002")"},
      // 3: awarded, and returned: it is out again.
      {kNavigator, "PackageService/SubmitPackage",
       REFERRAL("p3", "E05900002", "HOME_CARE", "URGENT", "")},
      {kLeadNorth, "OfferService/AcceptOffer", R"(request_id: "b2" offer_id: "O-2018-000003-1")"},
      {kNavigator, "PackageService/ReturnPackage",
       R"(request_id: "c2" package_id: "P-2018-000003" cause: CAUSE_PROVIDER reason: "No carers.")"},
      // 4: runs, and is handed back: 5 follows.
      {kNavigator, "PackageService/SubmitPackage",
       REFERRAL("p4", "E05900001", "HOME_CARE", "URGENT", "")},
      {kLeadNorth, "OfferService/AcceptOffer", R"(request_id: "b3" offer_id: "O-2018-000004-1")"},
      {kNavigator, "PackageService/StartPackage",
       R"(request_id: "c3" package_id: "P-2018-000004")"},
      {kNavigator, "PackageService/HandBackPackage",
       R"(request_id: "c4" package_id: "P-2018-000004" cause: CAUSE_PROVIDER reason: "No carers.")"},
      // 6: nobody covers it.
      {kNavigator, "PackageService/SubmitPackage",
       REFERRAL("p6", "E05900003", "LIVE_IN", "URGENT", "")},
      // 7: held. 8: cancelled. 9: imported as running.
      {kNavigator, "PackageService/SubmitPackage",
       REFERRAL("p7", "E05900001", "HOME_CARE", "STANDARD", "hold: true")},
      {kNavigator, "PackageService/SubmitPackage",
       REFERRAL("p8", "E05900004", "HOME_CARE", "URGENT", "")},
      {kNavigator, "PackageService/CancelPackage",
       R"(request_id: "c5" package_id: "P-2018-000008" reason: "Went to family.")"},
      {kNavigator, "PackageService/SubmitPackage",
       REFERRAL("p9", "E05900001", "HOME_CARE", "STANDARD",
                "already_running: true running_branch_id: \"add-one\" running_contract_id: "
                "\"c-add-one\"")},
      // 10: an interim service that runs.
      {kNavigator, "PackageService/SubmitPackage",
       REFERRAL("p10", "E05900001", "INTERIM_RESPONSE", "URGENT", "")},
      {kAddOne, "OfferService/AcceptOffer", R"(request_id: "b4" offer_id: "O-2018-000010-1")"},
      {kNavigator, "PackageService/StartPackage",
       R"(request_id: "c6" package_id: "P-2018-000010")"},
      // 1 goes out.
      {kAddOne, "OfferService/DeclineOffer",
       R"(request_id: "b5" offer_id: "O-2018-000001-2" reason: DECLINE_REASON_OTHER
          note: "The lane is flooded.")",
       125},
      {kAddTwo, "OfferService/MoveOffer",
       R"(request_id: "b6" offer_id: "O-2018-000001-3" branch_id: "add-two-west")"},
      {kAddOne, "OfferService/ClaimIssuedInError",
       R"(request_id: "b7" offer_id: "O-2018-000001-2" reason: "Not one of our wards.")"},
      {kSecondNavigator, "OfferService/DecideIssuedInError",
       R"(request_id: "c7" offer_id: "O-2018-000001-2" uphold: true reason: "So it is.")"},
      // What branches and the council change.
      {kAddOne, "DirectoryService/DeclareCapacity",
       R"(request_id: "d1" capacity { branch_id: "add-one" weekly_minutes: 3000 })"},
      {kAddOne, "DirectoryService/ProposeCoverage",
       R"(request_id: "d2" coverage { branch_id: "add-one" ward_code: "E05900003"
          service_type: SERVICE_TYPE_HOME_CARE from_date: "2018-08-01" priority: 1 })"},
      {kCommissioner, "DirectoryService/ChangeCoverage",
       R"(request_id: "d3" coverage { branch_id: "dps-b" ward_code: "E05900003"
          service_type: SERVICE_TYPE_HOME_CARE from_date: "2018-07-10" priority: 1 })"},
      {kDpsB, "DirectoryService/OpenOptOutWindow",
       R"(request_id: "d4" window { branch_id: "dps-b" from_time { seconds: 1531000000 }
          to_time { seconds: 1532000000 } reason: "Illness." })"},
      {kCommissioner, "DirectoryService/SuspendContract",
       R"(request_id: "d5" contract_id: "c-dps-a" reason: "Under review.")"},
      {kCommissioner, "DirectoryService/SuspendProvider",
       R"(request_id: "d6" provider_id: "add-three" reason: "Under review.")"},
      {kCommissioner, "DirectoryService/EndContract",
       R"(request_id: "d7" contract_id: "c-add-three" to_date: "2018-12-31" reason: "Notice.")"},
      {kCommissioner, "DirectoryService/NovateContract",
       R"(request_id: "d8" novation { contract_id: "c-add-two" new_provider_id: "heir"
          date: "2018-09-01" } reason: "Sold.")"},
      {kNavigator, "PackageService/PreviewPackage", R"(package_id: "P-2018-000001")"}};
  return *steps;
}

std::unique_ptr<Message> RequestOf(const Step& step) {
  std::unique_ptr<Message> request = NewMessage(*MethodOf(NumberOf(step.method)).input_type());
  BROKERAGE_CHECK(google::protobuf::TextFormat::ParseFromString(step.request, request.get()));
  return request;
}

absl::StatusOr<engine::Request> EngineRequest(const Message& request) {
  return FindRequest(request);
}

County::County(storage::Store* store, absl::Time now, bool kept)
    : store_(store), kept_(kept), now_(now), engine_(Zones()) {
  BROKERAGE_CHECK(storage::LoadEngine(*store_->Read(), now_, &engine_).ok());
}

absl::StatusOr<Outcome> County::Run(const engine::Caller& caller, engine::Request request) {
  BROKERAGE_CHECK(storage::LoadNeeded(*store_, caller, request, &engine_).ok());
  now_ += absl::Seconds(1);
  std::string salt = absl::StrCat("salt of ", ++commands_);
  salt.resize(16, ' ');
  const engine::Command command{caller, std::move(request), salt};
  absl::StatusOr<engine::Decision> decision = engine_.Decide(command, now_);
  if (!decision.ok()) return decision.status();
  Outcome outcome;
  if (decision->record.facts_size() > 0) {
    Apply(*decision);
    outcome.reply = engine_.Reply(command, *decision);
  }
  if (outcome.reply == nullptr) outcome.reply = std::move(decision->reply);
  outcome.record = decision->record;
  RunDue(kTicksMax);
  return outcome;
}

void County::Wait(absl::Duration time, int ticks_max) {
  const absl::Time until = now_ + time;
  for (int ticks = 0; engine_.NextDue() <= until && ticks < ticks_max; ++ticks) {
    now_ = std::max(now_, engine_.NextDue());
    RunDue(ticks_max);
  }
  now_ = std::max(now_, until);
}

void County::RunDue(int ticks_max) {
  for (int ticks = 0; engine_.NextDue() <= now_; ++ticks) {
    BROKERAGE_CHECK(ticks < kTicksMax);  // it makes progress
    now_ += absl::Microseconds(1);
    const auto decision = engine_.Decide({{}, engine::Tick{}, ""}, now_);
    BROKERAGE_CHECK(decision.ok() && decision->record.facts_size() > 0);
    Apply(*decision);
  }
}

void County::Apply(const engine::Decision& decision) {
  const storage::Head head = store_->Read()->head();
  storage::Batch batch;
  const uint64_t sequence = kept_ ? head.sequence + 1 : engine_.state().last_sequence + 1;
  engine_.Apply(decision.record, sequence, decision.texts);
  engine_.TakeRows(&batch.writes);
  if (!kept_) return;
  batch.records.push_back(decision.record.SerializeAsString());
  BROKERAGE_CHECK(store_->Append(store_->epoch(), head, batch).ok());
}

storage::Store* CountyStore() { return const_cast<storage::MemoryStore*>(&TheCounty().store); }

absl::Time CountyTime() { return TheCounty().end; }

}  // namespace brokerage::fuzz
