#include "engine/decide/links.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "engine/base/bounds.h"
#include "engine/base/ids.h"
#include "engine/base/rejection.h"
#include "engine/decide/checks.h"
#include "engine/model/lifecycle.h"
#include "engine/views/replies.h"

namespace brokerage::engine {

using journal::v1::PackageRow;

namespace {

constexpr char kField[] = "package_ids";

bool AreLinked(const PackageRow& a, const PackageRow& b) {
  return std::any_of(a.links().begin(), a.links().end(),
                     [&b](const auto& link) { return link.number() == b.number(); });
}

// The packages, each once. Errors: FIELD_REQUIRED, FIELD_INVALID, NOT_FOUND, PACKAGE_STATE.
absl::StatusOr<std::vector<const PackageRow*>> FindLinked(const Context& in,
                                                          const v1::LinkPackagesRequest& request) {
  if (request.package_ids().empty()) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, kField, "", "at least two packages");
  }
  const int size = request.package_ids_size();
  if (size < 2 || size > limits::kLinkedPackagesMax) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, kField, absl::StrCat(size),
                  absl::StrCat("2 to ", limits::kLinkedPackagesMax, " packages"));
  }
  std::vector<const PackageRow*> rows;
  std::set<uint64_t> seen;
  for (const std::string& id : request.package_ids()) {
    absl::StatusOr<const PackageAggregate*> package = FindPackage(in, id, kField);
    if (!package.ok()) return package.status();
    const PackageRow& row = (*package)->row;
    if (absl::Status status = CheckState(in, row, PackageVerb::kLink); !status.ok()) return status;
    if (!seen.insert(row.number()).second) {
      return Reject(v1::REJECTION_REASON_FIELD_INVALID, kField, id, "each package once");
    }
    rows.push_back(&row);
  }
  return rows;
}

}  // namespace

void AddLink(const PackageRow& a, const PackageRow& b, bool unlink, Decision* out) {
  for (const auto& [of, other] : {std::pair{&a, &b}, std::pair{&b, &a}}) {
    journal::v1::PackagesLinked& linked = *out->Add().mutable_packages_linked();
    linked.set_package_number(of->number());
    linked.mutable_other()->set_number(other->number());
    linked.mutable_other()->set_year(other->year());
    linked.set_unlinked(unlink);
  }
}

absl::Status Decide(const Context& in, const v1::LinkPackagesRequest& request, Decision* out) {
  absl::StatusOr<std::vector<const PackageRow*>> rows = FindLinked(in, request);
  if (!rows.ok()) return rows.status();
  std::map<const PackageRow*, int> links;
  bool any = false;
  for (size_t i = 0; i < rows->size(); ++i) {
    for (size_t j = i + 1; j < rows->size(); ++j) {
      const PackageRow& a = *(*rows)[i];
      const PackageRow& b = *(*rows)[j];
      if (AreLinked(a, b) != request.unlink()) continue;
      AddLink(a, b, request.unlink(), out);
      any = true;
      ++links[&a];
      ++links[&b];
    }
  }
  if (!any && request.unlink()) {
    return Reject(v1::REJECTION_REASON_PACKAGE_STATE, kField, request.package_ids(0),
                  "packages of which two are linked to each other");
  }
  if (!any) {
    return Reject(v1::REJECTION_REASON_ALREADY_EXISTS, kField, request.package_ids(0),
                  "packages of which two are not linked to each other yet");
  }
  if (request.unlink()) return absl::OkStatus();
  for (const PackageRow* row : *rows) {
    if (row->links_size() + links[row] <= limits::kLinksPerPackageMax) continue;
    return Reject(v1::REJECTION_REASON_LIMIT_REACHED, kField, PackageIdOf(*row),
                  absl::StrCat("at most ", limits::kLinksPerPackageMax, " links of one package"));
  }
  return absl::OkStatus();
}

v1::LinkPackagesResponse Reply(const After& after, const v1::LinkPackagesRequest& request) {
  v1::LinkPackagesResponse response;
  for (const std::string& id : request.package_ids()) {
    *response.add_packages() =
        PackageWithoutTexts(after.state, ParsePackageId(id)->number, Detail::kList);
  }
  return response;
}

}  // namespace brokerage::engine
