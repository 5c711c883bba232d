#include "load-tests/common/history.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/base/hash.h"
#include "engine/base/ids.h"
#include "services/core/zones.h"
#include "storage/loading.h"

namespace brokerage::load {

namespace {

constexpr size_t kRecordsPerBatch = 2000;

[[noreturn]] void Die(const std::string& what) {
  std::fprintf(stderr, "load test: %s\n", what.c_str());
  std::exit(1);
}

}  // namespace

v1::ApplyFrameworkRequest ReadFolder(const std::string& folder, bool at_close) {
  v1::ApplyFrameworkRequest request;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const std::string name = std::filesystem::relative(entry.path(), folder).string();
    std::ostringstream content;
    content << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    v1::FrameworkFile& file = *request.add_files();
    file.set_name(name);
    file.set_content(
        at_close && name == "framework.textproto"
            ? absl::StrReplaceAll(content.str(),
                                  {{"AWARD_TIMING_AS_SOON_AS_CERTAIN", "AWARD_TIMING_AT_CLOSE"},
                                   {"AWARD_MODE_AUTOMATIC", "AWARD_MODE_CONFIRMED"}})
            : content.str());
  }
  return request;
}

History::History(const std::string& directory, const v1::ApplyFrameworkRequest& files,
                 absl::Time start)
    : engine_(services::HostZones()), now_(start) {
  auto store = storage::RocksDbStore::Open(directory, storage::OpenMode::kWrite);
  if (!store.ok()) Die(std::string(store.status().message()));
  store_ = *std::move(store);
  absl::Status loaded = storage::LoadEngine(*store_->Read(), start, &engine_);
  if (!loaded.ok()) Die(std::string(loaded.message()));
  Run({}, engine::Bootstrap{"admin", engine::HashOf("token-admin")});
  Run({.account_id = "admin", .role = v1::ROLE_ADMINISTRATOR}, files);
  const journal::v1::FrameworkRow& framework = *engine_.directory().Frameworks()[0];
  framework_id_ = framework.framework_id();
  for (const v1::Authority& authority : framework.rules().authorities()) {
    if (authority_id_.empty() && !authority.reads_only()) authority_id_ = authority.id();
  }
  for (const auto& [key, fact] : engine_.directory().Facts()) {
    if (fact->has_lot_ward()) wards_.push_back(fact->lot_ward().ward_code());
  }
  AddAccount("navigator", v1::ROLE_CARE_NAVIGATOR, authority_id_);
  AddAccount("flood", v1::ROLE_CARE_NAVIGATOR, authority_id_);
  AddAccount("commissioner", v1::ROLE_COMMISSIONER, authority_id_);
}

History::~History() { Flush(); }

void History::AddAccount(const std::string& id, v1::Role role, const std::string& acts_for) {
  v1::CreateAccountRequest request;
  request.mutable_account()->set_id(id);
  request.mutable_account()->set_role(role);
  if (role == v1::ROLE_PROVIDER_ORGANISATION) {
    request.mutable_account()->set_provider_id(acts_for);
  } else if (role == v1::ROLE_PROVIDER_BRANCH) {
    request.mutable_account()->set_branch_id(acts_for);
  } else {
    request.mutable_account()->set_authority_id(acts_for);
  }
  request.set_token_sha256(engine::HashOf("token-" + id));
  Run({.account_id = "admin", .role = v1::ROLE_ADMINISTRATOR}, request);
}

std::vector<std::string> History::AddOrganisations() {
  std::vector<std::string> providers;
  for (const auto& [key, fact] : engine_.directory().Facts()) {
    if (fact->has_provider()) providers.push_back(fact->provider().id());
  }
  for (const std::string& id : providers) {
    AddAccount("org-" + id, v1::ROLE_PROVIDER_ORGANISATION, id);
  }
  return providers;
}

std::vector<std::string> History::AddBranches() {
  std::vector<std::string> branches;
  for (const auto& [key, fact] : engine_.directory().Facts()) {
    if (fact->has_branch()) branches.push_back(fact->branch().id());
  }
  for (const std::string& id : branches) AddAccount("branch-" + id, v1::ROLE_PROVIDER_BRANCH, id);
  return branches;
}

v1::PackageReferral History::Referral() {
  v1::PackageReferral referral;
  referral.set_framework_id(framework_id_);
  referral.set_authority_id(authority_id_);
  referral.set_origin(v1::ORIGIN_COMMUNITY);
  referral.set_urgency(random_() % 5 == 0 ? v1::URGENCY_URGENT : v1::URGENCY_STANDARD);
  referral.set_ward_code(wards_[random_() % wards_.size()]);
  v1::PackageTerms& terms = *referral.mutable_terms();
  terms.set_service_type(v1::SERVICE_TYPE_HOME_CARE);
  terms.set_weekly_minutes(static_cast<int32_t>(105 + 105 * (random_() % 8)));
  terms.set_carers_per_visit(1);
  terms.set_start_by_date(
      engine::FormatDate(engine::LocalDate(now_ + absl::Hours(24 * 7), absl::UTCTimeZone())));
  referral.set_summary("home care, several short visits a day");
  referral.set_person_reference(absl::StrCat("load-", ++packages_));
  return referral;
}

std::vector<OpenOffer> History::Issue() {
  v1::SubmitPackageRequest request;
  *request.mutable_referral() = Referral();
  request.mutable_referral()->set_hold(true);
  const engine::Caller navigator{
      .account_id = "navigator", .role = v1::ROLE_CARE_NAVIGATOR, .authority_id = authority_id_};
  engine::Decision submitted = Run(navigator, request);
  const journal::v1::PackageRow row = submitted.record.facts(0).package_submitted().package();
  v1::ReleasePackagesRequest release;
  release.add_package_ids(engine::FormatPackageId({row.year(), row.number()}));
  Run(navigator, release);
  std::vector<OpenOffer> open;
  for (const journal::v1::OfferRow& offer : engine_.state().Package(row.number())->offers) {
    open.push_back({engine::FormatOfferId({{row.year(), row.number()}, offer.ordinal()}),
                    offer.provider_id(), offer.branch_id()});
  }
  offers_ += static_cast<int64_t>(open.size());
  return open;
}

void History::Answer(const std::vector<OpenOffer>& offers, absl::Duration apart) {
  for (const OpenOffer& offer : offers) {
    now_ += apart * static_cast<int64_t>(random_() % 3);
    const engine::Caller organisation{.account_id = "org-" + offer.provider_id,
                                      .role = v1::ROLE_PROVIDER_ORGANISATION,
                                      .provider_id = offer.provider_id};
    const uint64_t dice = random_() % 10;
    if (dice < 4) {
      v1::AcceptOfferRequest request;
      request.set_offer_id(offer.offer_id);
      Run(organisation, request);
    } else if (dice < 8) {
      v1::DeclineOfferRequest request;
      request.set_offer_id(offer.offer_id);
      request.set_reason(v1::DECLINE_REASON_NO_CAPACITY);
      Run(organisation, request);
    }
  }
}

void History::AdvanceTo(absl::Time time) {
  while (engine_.NextDue() <= time) {
    now_ = std::max(now_, engine_.NextDue());
    Run({}, engine::Tick{});
  }
  now_ = std::max(now_, time);
  // Care navigation confirms what waits, starts it, and ends it, so that history closes.
  const engine::Caller navigator{
      .account_id = "navigator", .role = v1::ROLE_CARE_NAVIGATOR, .authority_id = authority_id_};
  const std::set<uint64_t> open = engine_.state().open_packages;
  for (uint64_t number : open) {
    const journal::v1::PackageRow row = engine_.state().Package(number)->row;
    const std::string id = engine::FormatPackageId({row.year(), number});
    if (row.awaits_award()) {
      v1::AwardPackageRequest award;
      award.set_package_id(id);
      award.set_offer_id(engine::FormatOfferId({{row.year(), number}, row.proposed_ordinal()}));
      award.set_price_exception_reason("no other provider");
      Run(navigator, award);
      v1::StartPackageRequest start;
      start.set_package_id(id);
      Run(navigator, start);
      v1::CeasePackageRequest cease;
      cease.set_package_id(id);
      cease.set_reason("no longer needed");
      Run(navigator, cease);
    } else if (row.state() == v1::PACKAGE_STATE_UNFILLED) {
      v1::CancelPackageRequest cancel;
      cancel.set_package_id(id);
      cancel.set_reason("care found elsewhere");
      Run(navigator, cancel);
    }
  }
}

engine::Decision History::Run(engine::Caller caller, engine::Request request) {
  now_ = std::max(now_, absl::FromUnixMicros(engine_.state().last_time_us + 1));
  // What is not in memory was evicted: everything was flushed then.
  absl::Status loaded = storage::LoadNeeded(*store_, caller, request, &engine_);
  if (!loaded.ok()) Die(std::string(loaded.message()));
  engine::Command command{std::move(caller), std::move(request), "0123456789abcdef"};
  absl::StatusOr<engine::Decision> decision = engine_.Decide(command, now_);
  if (!decision.ok()) Die(std::string(decision.status().message()));
  if (decision->record.facts_size() > 0) Keep(*decision);
  return *std::move(decision);
}

void History::Keep(const engine::Decision& decision) {
  batch_.records.push_back(decision.record.SerializeAsString());
  engine_.Apply(decision.record, head_.sequence + batch_.records.size(), decision.texts);
  if (batch_.records.size() >= kRecordsPerBatch) Flush();
}

void History::Flush() {
  if (batch_.records.empty()) return;
  engine_.TakeRows(&batch_.writes);
  absl::Status appended = store_->Append(store_->epoch(), head_, batch_);
  if (!appended.ok()) Die(std::string(appended.message()));
  head_ = store_->Read()->head();
  batch_ = {};
  engine_.EvictClosed();
}

void History::Finish(bool simulation) {
  Flush();
  absl::Status marked = store_->SetLastAlive({now_});
  if (marked.ok() && simulation) marked = store_->MarkSimulation();
  if (!marked.ok()) Die(std::string(marked.message()));
  store_.reset();
}

}  // namespace brokerage::load
