#include "engine/model/package.h"

#include <algorithm>

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

int32_t AwardedMinutes(const journal::v1::PackageRow& row) {
  if (row.award().weekly_minutes() != 0) return row.award().weekly_minutes();
  int32_t minutes = row.terms().weekly_minutes();
  for (const journal::v1::TermsChangeRow& change : row.terms_changes()) {
    minutes -= change.minutes_difference();
  }
  return minutes;
}

const journal::v1::OfferRow* AskedOf(const PackageAggregate& package) {
  const int32_t ordinal = package.row.asked_ordinal();
  return ordinal == 0 ? nullptr : &package.offers[static_cast<size_t>(ordinal - 1)];
}

uint64_t PersonNumberOf(const journal::v1::PackageRow& row) {
  return row.person_number() != 0 ? row.person_number() : row.number();
}

bool Lists(const Ids& ids, absl::string_view id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

namespace {

void AddOnce(const std::string& id, Ids* ids) {
  if (!Lists(*ids, id)) *ids->Add() = id;
}

void Remove(const std::string& id, Ids* ids) {
  ids->erase(std::remove(ids->begin(), ids->end(), id), ids->end());
}

}  // namespace

void NoteGivenUp(const std::string& branch_id, journal::v1::PackageRow* row) {
  if (branch_id.empty()) return;
  AddOnce(branch_id, row->mutable_gave_up_branch_ids());
  Remove(branch_id, row->mutable_asked_again_branch_ids());
}

void NoteGivenUp(const std::string& provider_id, const Ids& branches_asked_no_more,
                 journal::v1::PackageRow* row) {
  Ids* providers = row->mutable_gave_up_provider_ids();
  Remove(provider_id, providers);  // the last of them is the last that did
  AddOnce(provider_id, providers);
  for (const std::string& id : branches_asked_no_more) {
    Remove(id, row->mutable_asked_again_branch_ids());
  }
}

void AskAgain(const Ids& branch_ids, journal::v1::PackageRow* row) {
  for (const std::string& id : branch_ids) AddOnce(id, row->mutable_asked_again_branch_ids());
}

const AnswerRow* LastAnswer(const journal::v1::OfferRow& offer, Remarks remarks) {
  for (int i = offer.answers_size() - 1; i >= 0; --i) {
    const AnswerRow& answer = offer.answers(i);
    if (remarks == Remarks::kCount || !answer.remark()) return &answer;
  }
  return nullptr;
}

}  // namespace brokerage::engine
