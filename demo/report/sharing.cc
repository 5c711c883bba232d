// Everything is asked with everybody's own account.
#include "demo/report/sharing.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "brokerage/v1/package_service.pb.h"
#include "brokerage/v1/performance_service.pb.h"
#include "demo/report/figures.h"
#include "demo/report/periods.h"
#include "engine/figures/rates.h"
#include "services/client/text/table.h"
#include "services/client/text/words.h"

namespace brokerage::demo {

using client::Connection;
using client::SayError;
using client::Table;

namespace {

std::string AuthorityName(const Council& council, const std::string& id) {
  for (const v1::Authority& authority : council.framework().rules().authorities()) {
    if (authority.id() == id) return absl::StrReplaceAll(authority.name(), {{" (invented)", ""}});
  }
  return id;
}

struct Listed {
  int own = 0;
  int others = 0;
  std::string first_id;
};

absl::StatusOr<Listed> ListAs(const Council& council, const std::string& authority_id) {
  v1::ListPackagesRequest request;
  request.set_framework_id(council.framework().id());
  request.set_page_size(1000);
  Listed listed;
  do {
    auto page = council.navigator(authority_id)
                    .Call<v1::ListPackagesResponse>("PackageService/ListPackages", request);
    if (!page.ok()) return page.status();
    for (const v1::Package& package : page->packages()) {
      if (listed.first_id.empty()) listed.first_id = package.id();
      ++(package.authority_id() == authority_id ? listed.own : listed.others);
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return listed;
}

// "no such package" where it is refused, or what it was given.
std::string AskFor(const Council& council, const std::string& authority_id, const std::string& id) {
  v1::GetPackageRequest request;
  request.set_package_id(id);
  auto package = council.navigator(authority_id)
                     .Call<v1::GetPackageResponse>("PackageService/GetPackage", request);
  if (package.ok()) return absl::StrCat(id, " is given");
  return absl::StrCat(
      id, ": ", absl::IsNotFound(package.status()) ? "not found" : SayError(package.status()));
}

absl::StatusOr<v1::QueryPerformanceResponse> ByProvider(const Council& council,
                                                        const Connection& who) {
  v1::QueryPerformanceRequest request;
  request.mutable_query()->set_framework_id(council.framework().id());
  request.mutable_query()->add_group_by(v1::DIMENSION_PROVIDER);
  request.mutable_query()->add_group_by(v1::DIMENSION_AUTHORITY);
  return who.Call<v1::QueryPerformanceResponse>("PerformanceService/QueryPerformance", request);
}

bool SameRows(const v1::QueryPerformanceResponse& a, const v1::QueryPerformanceResponse& b) {
  return std::equal(a.rows().begin(), a.rows().end(), b.rows().begin(), b.rows().end(),
                    [](const v1::PerformanceRow& x, const v1::PerformanceRow& y) {
                      return x.SerializeAsString() == y.SerializeAsString();
                    });
}

void PrintMatrix(const Council& council, const v1::QueryPerformanceResponse& response) {
  std::map<std::string, std::map<std::string, v1::Rate>> rates;
  for (const v1::PerformanceRow& row : response.rows()) {
    rates[row.group(0).value()][row.group(1).value()] = row.settled_rates().response();
  }
  std::vector<std::string> headings = {"provider"};
  for (const std::string& id : council.authority_ids())
    headings.push_back(AuthorityName(council, id));
  headings.push_back("all");
  Table table(headings);
  for (auto& [provider_id, by_authority] : rates) {
    std::vector<std::string> cells = {council.names().Provider(provider_id)};
    v1::Rate all;
    for (const std::string& id : council.authority_ids()) {
      const v1::Rate& rate = by_authority[id];
      cells.push_back(engine::PrintRate(rate));
      all.set_numerator(all.numerator() + rate.numerator());
      all.set_denominator(all.denominator() + rate.denominator());
    }
    cells.push_back(engine::PrintRate(all));
    table.Add(std::move(cells));
  }
  fputs(table.Text(2).c_str(), stdout);
}

// What a provider is shown: its own figures, and the others' rates without their names.
absl::Status PrintAsProvider(const Council& council) {
  const auto& [branch_id, branch] = council.AnyBranch();
  auto rows = ByProvider(council, branch);
  if (!rows.ok()) return rows.status();
  std::map<std::string, v1::Rate> named;
  for (const v1::PerformanceRow& row : rows->rows()) {
    v1::Rate& rate = named[council.names().Provider(row.group(0).value())];
    rate.set_numerator(rate.numerator() + row.settled_rates().response().numerator());
    rate.set_denominator(rate.denominator() + row.settled_rates().response().denominator());
  }
  printf("\n  %s asks the same: it is given %s\n", council.names().Branch(branch_id).c_str(),
         absl::StrJoin(named, ", ", [](std::string* out, const auto& one) {
           absl::StrAppend(out, one.first, " ", engine::PrintRate(one.second));
         }).c_str());
  if (!council.framework().rules().anonymous_comparison()) return absl::OkStatus();
  v1::QueryDistributionRequest request;
  request.set_framework_id(council.framework().id());
  request.set_from_date(council.framework().rules().commencement_date());
  request.set_to_date(DateOf(council.now() + absl::Hours(24)));
  auto response =
      branch.Call<v1::QueryDistributionResponse>("PerformanceService/QueryDistribution", request);
  if (!response.ok()) return response.status();
  printf("  and all providers' response rates, nobody named:");
  for (int tenths : response->response_tenths_percent())
    printf(" %d.%d%%", tenths / 10, tenths % 10);
  printf("\n  its own %s, the market's %s\n", engine::PrintRate(response->own()).c_str(),
         engine::PrintRate(response->market()).c_str());
  return absl::OkStatus();
}

}  // namespace

absl::Status PrintSharing(const Council& council) {
  const std::vector<std::string>& ids = council.authority_ids();
  std::map<std::string, Listed> listed;
  for (const std::string& id : ids) {
    auto one = ListAs(council, id);
    if (!one.ok()) return one.status();
    listed[id] = *std::move(one);
  }
  auto figures = ByProvider(council, council.commissioner());
  if (!figures.ok()) return figures.status();
  printf("\nWho sees what: each authority its own packages, all of them all figures\n\n");
  Table table(
      {"authority", "own packages", "others'", "asks for another's", "figures by provider"});
  for (size_t i = 0; i < ids.size(); ++i) {
    auto theirs = ByProvider(council, council.commissioner(ids[i]));
    if (!theirs.ok()) return theirs.status();
    const std::string& other = ids[(i + 1) % ids.size()];
    table.Add({AuthorityName(council, ids[i]), absl::StrCat(listed[ids[i]].own),
               absl::StrCat(listed[ids[i]].others), AskFor(council, ids[i], listed[other].first_id),
               absl::StrCat(theirs->rows_size(), " rows, ",
                            SameRows(*figures, *theirs) ? "the same for all" : "its own")});
  }
  fputs(table.Text(2).c_str(), stdout);
  return PrintFigures(council, v1::DIMENSION_AUTHORITY, "Authorities");
}

absl::Status PrintAsTheHub(const Council& council) {
  const std::string& reader = council.reader_ids().front();
  auto hub = ByProvider(council, council.commissioner(reader));
  if (!hub.ok()) return hub.status();
  printf("\nResponse rates by provider and authority, as %s sees them\n\n",
         AuthorityName(council, reader).c_str());
  PrintMatrix(council, *hub);
  std::vector<std::string> same;
  for (const std::string& id : council.authority_ids()) {
    auto theirs = ByProvider(council, council.commissioner(id));
    if (!theirs.ok()) return theirs.status();
    if (SameRows(*hub, *theirs)) same.push_back(AuthorityName(council, id));
  }
  printf("\n  shown the same, figure for figure: %s\n",
         same.empty() ? "nobody" : absl::StrJoin(same, ", ").c_str());
  return PrintAsProvider(council);
}

}  // namespace brokerage::demo
