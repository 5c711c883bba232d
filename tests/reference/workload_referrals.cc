#include "tests/reference/workload_referrals.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/reference/workload.h"

namespace brokerage::engine::reference {

namespace {

// Sometimes the referral is of a person who has had a package.
void NameKnownPerson(Workload& work, v1::PackageReferral* referral) {
  const uint64_t last = work.course().LastPackage();
  Dice dice(last * 104729 + 17);  // of their own, so that what else happens does not hang on them
  if (last == 0 || !dice.Percent(20)) return;
  const uint64_t number = last - static_cast<uint64_t>(dice.Below(static_cast<int64_t>(last)));
  const PackageAggregate& package = work.course().Package(number);
  const std::string& person = package.Text("person_reference");
  if (person.empty() || package.row.authority_id() != referral->authority_id()) return;
  referral->set_person_reference(person);
  referral->set_allow_second_package(true);
}

void SubmitOne(Workload& work) {
  if (!work.WantsMore()) return;
  v1::SubmitPackageRequest request;
  v1::PackageReferral& referral = *request.mutable_referral();
  referral.set_framework_id(work.framework().rules.framework_id());
  referral.set_authority_id(work.dice().Of(work.framework().authorities));
  referral.set_origin(v1::ORIGIN_HOSPITAL_DISCHARGE);
  referral.set_urgency(work.dice().Percent(35) ? v1::URGENCY_URGENT : v1::URGENCY_STANDARD);
  referral.set_ward_code(work.dice().Of(work.framework().wards));
  if (work.framework().by_area || work.dice().Percent(70)) {
    referral.set_postcode(work.dice().Percent(60) ? "NG18 1AB" : "DN22 6ZZ");
  }
  *referral.mutable_terms() = RandomTerms(work);
  if (work.dice().Percent(30)) referral.add_needs()->set_kind(v1::NEED_KIND_DOUBLE_HANDED);
  if (work.dice().Percent(20)) {
    v1::Need* need = referral.add_needs();
    need->set_kind(v1::NEED_KIND_LANGUAGE);
    need->set_value(work.dice().Percent(50) ? "polish" : "Urdu");
  }
  if (work.dice().Percent(20) && !work.framework().branches.empty()) {
    referral.set_previous_branch_id(work.dice().Of(work.framework().branches));
    referral.set_previous_provider_id(
        work.directory().Branch(referral.previous_branch_id())->provider_id());
  }
  std::vector<std::string> providers = work.framework().providers;
  work.dice().Shuffle(&providers);
  if (work.dice().Percent(15)) referral.add_refused_provider_ids(providers[0]);
  for (size_t i = 1; i < 3; ++i) {
    if (work.dice().Percent(25)) referral.add_preferred_provider_ids(providers[i]);
  }
  referral.set_summary("care at home");
  referral.set_person_reference(work.NextPerson());
  NameKnownPerson(work, &referral);
  referral.set_hold(work.dice().Percent(5));
  if (work.dice().Percent(4) && !work.framework().contracts.empty() &&
      !work.framework().branches.empty()) {
    referral.set_already_running(true);
    referral.set_running_branch_id(work.dice().Of(work.framework().branches));
    referral.set_running_contract_id(work.dice().Of(work.framework().contracts));
  }
  const std::string authority = referral.authority_id();
  if (!work.Ask(NavigatorOf(authority), std::move(request)))
    work.Problem("a good referral is refused");
}

}  // namespace

void ListVisits(Dice* dice, v1::PackageTerms* terms) {
  terms->clear_visits();
  if (!dice->Percent(70)) return;
  int left = terms->weekly_minutes();
  const int many = dice->Between(2, 4);
  for (int i = 0; i < many; ++i) {
    v1::Visit& visit = *terms->add_visits();
    const int share = i + 1 == many ? left : left / (many - i);
    visit.add_days_of_week(i + 1);
    if (share % 2 == 0 && dice->Percent(50)) visit.add_days_of_week(i + 2);
    visit.set_minutes(share / visit.days_of_week_size());
    left -= share;
  }
}

v1::PackageTerms RandomTerms(Workload& work) {
  v1::PackageTerms terms;
  terms.set_service_type(work.dice().Percent(70)   ? v1::SERVICE_TYPE_HOME_CARE
                         : work.dice().Percent(50) ? v1::SERVICE_TYPE_LIVE_IN
                                                   : v1::SERVICE_TYPE_SHORT_TERM_CARE);
  terms.set_weekly_minutes(work.dice().Between(1, 10) * 105);
  terms.set_carers_per_visit(1);
  terms.set_start_by_date(FormatDate(ToDateNumber(
      FromDateNumber(work.directory().Today(work.now())) + work.dice().Between(0, 14))));
  Dice dice(static_cast<uint64_t>(absl::ToUnixSeconds(work.now())) * 31 + 7);  // of their own
  ListVisits(&dice, &terms);
  return terms;
}

const std::vector<WorkloadAct>& ReferralActs() {
  static const auto& kActs = *new std::vector<WorkloadAct>{{4, SubmitOne}};
  return kActs;
}

}  // namespace brokerage::engine::reference
