#include "engine/model/package.h"

#include "engine/base/ids.h"

namespace brokerage::engine {

using journal::v1::AnswerRow;

std::string PackageIdOf(const journal::v1::PackageRow& row) {
  return FormatPackageId({row.year(), row.number()});
}

std::string OfferIdOf(const journal::v1::PackageRow& row, int32_t ordinal) {
  return FormatOfferId({{row.year(), row.number()}, ordinal});
}

bool StillWaits(const journal::v1::PackageRow& row) {
  return row.state() == v1::PACKAGE_STATE_OFFERED || row.state() == v1::PACKAGE_STATE_UNFILLED;
}

const std::string& ContractOf(const PackageAggregate& package) {
  if (package.row.imported()) return package.row.running_contract_id();
  return package.offers[static_cast<size_t>(package.row.award().offer_ordinal() - 1)].contract_id();
}

const AnswerRow* LastAnswer(const journal::v1::OfferRow& offer, Remarks remarks) {
  for (int i = offer.answers_size() - 1; i >= 0; --i) {
    const AnswerRow& answer = offer.answers(i);
    if (remarks == Remarks::kCount || !answer.remark()) return &answer;
  }
  return nullptr;
}

}  // namespace brokerage::engine
