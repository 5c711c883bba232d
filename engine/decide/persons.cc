#include "engine/decide/persons.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/ids.h"
#include "engine/base/rejection.h"
#include "engine/decide/checks.h"
#include "engine/decide/rounds.h"
#include "engine/model/lifecycle.h"
#include "engine/model/tables.h"
#include "engine/views/replies.h"

namespace brokerage::engine {

using journal::v1::PackageRow;

namespace {

// The person's packages in memory, by number.
std::vector<const PackageAggregate*> PackagesOf(const Context& in, const std::string& authority_id,
                                                const std::string& person_reference) {
  std::vector<const PackageAggregate*> packages;
  const std::set<uint64_t>* numbers =
      in.state.by_person.Find(PersonPrefix(authority_id, person_reference));
  if (person_reference.empty() || numbers == nullptr) return packages;
  for (uint64_t number : *numbers) packages.push_back(in.state.Package(number));
  return packages;
}

}  // namespace

uint64_t PersonNumberFor(const Context& in, const std::string& authority_id,
                         const std::string& person_reference, uint64_t new_package) {
  const auto packages = PackagesOf(in, authority_id, person_reference);
  if (!packages.empty()) return PersonNumberOf(packages.front()->row);
  const uint64_t* known = in.state.known_persons.Find(PersonPrefix(authority_id, person_reference));
  return known != nullptr ? *known : new_package;
}

void StopOthers(const Context& in, const PackageAggregate& package, v1::EndReason reason,
                Decision* out) {
  if (reason != v1::END_REASON_DIED) return;
  const PackageRow& row = package.row;
  for (const PackageAggregate* other :
       PackagesOf(in, row.authority_id(), package.Text("person_reference"))) {
    if (other->row.number() == row.number() || !HasNotEnded(other->row.state())) continue;
    journal::v1::PackageStopped& stopped = *out->Add().mutable_package_stopped();
    stopped.set_package_number(other->row.number());
    stopped.set_by_number(row.number());
    stopped.set_by_year(row.year());
  }
}

void ContinueOthers(const Context& in, const PackageAggregate& package, Decision* out) {
  const PackageRow& row = package.row;
  const bool died =
      row.ending().reason() == v1::END_REASON_DIED || row.notice().reason() == v1::END_REASON_DIED;
  if (!died) return;
  for (const PackageAggregate* other :
       PackagesOf(in, row.authority_id(), package.Text("person_reference"))) {
    if (other->row.stopped_by_number() != row.number() || !HasNotEnded(other->row.state()))
      continue;
    out->Add().mutable_package_continued()->set_package_number(other->row.number());
  }
}

std::vector<std::string> NamedWith(const After& after, absl::string_view package_id,
                                   v1::EndReason reason) {
  std::vector<std::string> ids;
  if (reason != v1::END_REASON_DIED) return ids;
  const auto name = [&](const PackageRow& row) {
    std::string id = PackageIdOf(row);
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(std::move(id));
  };
  for (const journal::v1::Fact& fact : after.record.facts()) {
    if (!fact.has_package_stopped()) continue;
    name(after.state.Package(fact.package_stopped().package_number())->row);
  }
  const PackageRow& row = after.state.Package(ParsePackageId(package_id)->number)->row;
  for (const PackageAggregate* linked : LinkedTo(after.state, row)) name(linked->row);
  return ids;
}

absl::Status Decide(const Context& in, const v1::ContinuePackageRequest& request, Decision* out) {
  absl::StatusOr<const PackageAggregate*> found = FindPackage(in, request.package_id());
  if (!found.ok()) return found.status();
  const PackageRow& row = (*found)->row;
  if (absl::Status status = CheckState(in, row, PackageVerb::kContinue); !status.ok()) {
    return status;
  }
  if (!IsStopped(row)) {
    return Reject(v1::REJECTION_REASON_PACKAGE_STATE, "package_id", request.package_id(),
                  "a package that is stopped");
  }
  out->Add().mutable_package_continued()->set_package_number(row.number());
  return absl::OkStatus();
}

v1::ContinuePackageResponse Reply(const After& after, const v1::ContinuePackageRequest& request) {
  v1::ContinuePackageResponse response;
  *response.mutable_package() =
      PackageWithoutTexts(after.state, ParsePackageId(request.package_id())->number);
  return response;
}

absl::Status Decide(const Context& in, const v1::ErasePersonRequest& request, Decision* out) {
  const std::string& reference = request.person_reference();
  if (reference.empty()) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "person_reference", "",
                  "what means the person to your authority");
  }
  const auto packages = PackagesOf(in, in.caller.authority_id, reference);
  if (packages.empty()) {
    return Reject(v1::REJECTION_REASON_NOT_FOUND, "person_reference", "",
                  "a reference that a package of yours names");
  }
  for (const PackageAggregate* package : packages) {
    const PackageRow& row = package->row;
    if (absl::Status status = CheckState(in, row, PackageVerb::kErase); !status.ok()) return status;
    out->Add().mutable_texts_erased()->set_package_number(row.number());
  }
  return absl::OkStatus();
}

absl::Status Decide(const Context& in, const EraseTexts& request, Decision* out) {
  for (uint64_t number : request.package_numbers) {
    const PackageAggregate* package = in.state.Package(number);
    if (package == nullptr || package->texts.empty()) continue;
    if (!Legal(package->row.state(), PackageVerb::kErase)) continue;
    out->Add().mutable_texts_erased()->set_package_number(number);
  }
  return absl::OkStatus();
}

v1::ErasePersonResponse Reply(const After& after, const v1::ErasePersonRequest&) {
  v1::ErasePersonResponse response;
  for (const journal::v1::Fact& fact : after.record.facts()) {
    response.add_package_ids(
        PackageIdOf(after.state.Package(fact.texts_erased().package_number())->row));
  }
  return response;
}

}  // namespace brokerage::engine
