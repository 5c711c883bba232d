#include "demo/council/packages.h"

#include <string>
#include <utility>

#include "brokerage/v1/package_service.pb.h"

namespace brokerage::demo {

absl::StatusOr<v1::Package> GetPackage(const Council& council, const OwnedPackage& one) {
  v1::GetPackageRequest request;
  request.set_package_id(one.id);
  auto response = council.navigator(one.authority_id)
                      .Call<v1::GetPackageResponse>("PackageService/GetPackage", request);
  if (!response.ok()) return response.status();
  return std::move(*response->mutable_package());
}

absl::StatusOr<std::vector<v1::Package>> AllPackages(const Council& council,
                                                     const std::vector<v1::PackageState>& states) {
  std::vector<v1::Package> packages;
  v1::ListPackagesRequest request;
  for (v1::PackageState state : states) request.add_states(state);
  request.set_framework_id(council.framework().id());
  request.set_page_size(1000);
  for (const std::string& authority_id : council.authority_ids()) {
    request.clear_page_token();
    do {
      auto page = council.navigator(authority_id)
                      .Call<v1::ListPackagesResponse>("PackageService/ListPackages", request);
      if (!page.ok()) return page.status();
      for (v1::Package& package : *page->mutable_packages()) {
        packages.push_back(std::move(package));
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
  }
  return packages;
}

}  // namespace brokerage::demo
