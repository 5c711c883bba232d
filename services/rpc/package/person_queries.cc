#include "services/rpc/package/person_queries.h"

#include <algorithm>
#include <optional>

#include "engine/base/rejection.h"
#include "engine/model/package.h"
#include "engine/model/tables.h"
#include "engine/model/visibility.h"
#include "engine/views/package_view.h"
#include "storage/loading.h"

namespace brokerage::services::rpc {

absl::StatusOr<v1::DescribePersonResponse> DescribePerson(
    const Backend& backend, const CallContext& context, const v1::DescribePersonRequest& request) {
  if (request.person_reference().empty()) {
    return engine::Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "person_reference", "",
                          "what means the person to your authority");
  }
  const auto view = backend.store->Read();
  const std::string prefix =
      engine::PersonPrefix(context.caller.authority_id, request.person_reference());
  v1::DescribePersonResponse response;
  for (uint64_t number : storage::PackagesOfPerson(*view, prefix)) {
    absl::StatusOr<std::optional<engine::PackageAggregate>> package =
        storage::ReadPackage(*view, number);
    if (!package.ok()) return package.status();
    if (!package->has_value() || !engine::MaySeePackage(context.caller, (*package)->row)) continue;
    v1::Package& told = *response.add_packages();
    told = engine::ToPackage(**package, engine::Detail::kFull, context.published->directory);
    for (v1::Round& round : *told.mutable_rounds()) round.clear_verdicts();
    response.set_person_number(std::max(response.person_number(), told.person_number()));
    for (const journal::v1::TextRow& text : (*package)->texts) {
      v1::KeptText& kept = *response.add_texts();
      kept.set_package_id(told.id());
      kept.set_name(text.name());
      kept.set_text(text.text());
    }
  }
  if (absl::Status status = view->status(); !status.ok()) return status;
  if (!response.packages().empty()) return response;
  return engine::Reject(v1::REJECTION_REASON_NOT_FOUND, "person_reference", "",
                        "a reference that a package of yours names");
}

}  // namespace brokerage::services::rpc
