#include "tests/scenarios/runner/transfers.h"

#include <functional>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/ids.h"
#include "engine/model/lifecycle.h"
#include "tests/scenarios/runner/runner.h"
#include "tests/scenarios/runner/values.h"

namespace brokerage::engine {

namespace {

std::vector<std::string> HeldUnder(ScenarioRunner& run,
                                   const std::function<bool(const std::string&)>& meant) {
  std::vector<std::string> ids;
  const uint64_t last = run.driver().engine().state().system.last_package_number();
  for (uint64_t number = 1; number <= last; ++number) {
    const PackageAggregate package = run.driver().Package(number);
    const int32_t winner = package.row.award().offer_ordinal();
    const std::string under = winner == 0
                                  ? package.row.running_contract_id()
                                  : package.offers[static_cast<size_t>(winner - 1)].contract_id();
    const bool held = Runs(package.row.state()) || package.row.state() == v1::PACKAGE_STATE_AWARDED;
    if (held && meant(under) && package.row.authority_id() == run.caller().authority_id) {
      ids.push_back(FormatPackageId({package.row.year(), number}));
    }
  }
  return ids;
}

const v1::Transfer* LastTransfer(ScenarioRunner& run) {
  const v1::Transfer* last = nullptr;
  for (const auto& [key, fact] : run.directory().Facts()) {
    if (fact->has_transfer()) last = &fact->transfer();
  }
  if (last == nullptr) run.Problem("there was no transfer");
  return last;
}

void AskTransfer(ScenarioRunner& run, v1::TransferPackagesRequest request) {
  const bool of_authority = absl::EndsWith(run.does(), " by the authority");
  request.set_cause(of_authority ? v1::CAUSE_AUTHORITY : v1::CAUSE_PROVIDER);
  run.Ask(std::move(request));
  const v1::Transfer* transfer = !run.refused() ? LastTransfer(run) : nullptr;
  if (transfer == nullptr) return;
  std::map<std::string, uint64_t> successors;
  for (int i = 0; i < transfer->package_ids_size(); ++i) {
    const uint64_t number = ParsePackageId(transfer->package_ids(i))->number;
    for (const auto& [label, labelled] : run.labels()) {
      if (labelled != number || absl::StartsWith(label, "Next")) continue;
      successors["Next" + label] = ParsePackageId(transfer->successor_ids(i))->number;
    }
  }
  for (const auto& [label, number] : successors) {
    if (run.NumberOf(label) == 0) run.SetLabel(label, number);
  }
}

void Transfer(ScenarioRunner& run, const Words& words) {
  v1::TransferPackagesRequest request;
  request.set_contract_id(words[0]);
  const bool with_reason = absl::StrContains(run.does(), " because ");
  request.set_reason(with_reason ? words[1] : kReason);
  if (words.size() < 2 || words[1].empty() || with_reason) {
    const auto meant = [&](const std::string& contract) { return contract == words[0]; };
    for (const std::string& id : HeldUnder(run, meant)) request.add_package_ids(id);
  } else {
    for (const std::string& label : LabelsOf(words[1])) request.add_package_ids(run.IdOf(label));
  }
  AskTransfer(run, std::move(request));
}

void TransferPlacing(ScenarioRunner& run, const Words& words) {
  v1::TransferPackagesRequest request;
  request.set_contract_id(words[0]);
  request.set_reason(kReason);
  const auto meant = [&](const std::string& contract) { return contract == words[0]; };
  for (const std::string& id : HeldUnder(run, meant)) request.add_package_ids(id);
  for (const std::string& label : LabelsOf(words[1])) {
    v1::Placing& placing = *request.add_placings();
    placing.set_package_id(run.IdOf(label));
    placing.set_branch_id(words[2]);
  }
  AskTransfer(run, std::move(request));
}

void TransferClosing(ScenarioRunner& run, const Words& words) {
  v1::TransferPackagesRequest request;
  request.set_contract_id(words[0]);
  request.set_reason(kReason);
  request.set_close_open_offers(true);
  const auto meant = [&](const std::string& contract) { return contract == words[0]; };
  for (const std::string& id : HeldUnder(run, meant)) request.add_package_ids(id);
  AskTransfer(run, std::move(request));
}

void CheckOpenOffers(ScenarioRunner& run, const Words& words) {
  const v1::Transfer* transfer = LastTransfer(run);
  if (transfer == nullptr) return;
  run.Expect(words[0], absl::StrCat(transfer->open_offer_ids_size()));
  run.Expect(words[1], transfer->offers_closed() ? "closed" : "standing");
}

void TransferProvider(ScenarioRunner& run, const Words& words) {
  v1::TransferPackagesRequest request;
  request.set_provider_id(words[0]);
  request.set_reason(kReason);
  const Directory& directory = run.directory();
  const DateNumber today = LocalDate(run.driver().now(), run.zone());
  const auto meant = [&](const std::string& contract) {
    return directory.ProviderOfContract(contract, today) == words[0];
  };
  for (const std::string& id : HeldUnder(run, meant)) request.add_package_ids(id);
  AskTransfer(run, std::move(request));
}

void CheckTransferOrder(ScenarioRunner& run, const Words& words) {
  const v1::Transfer* transfer = LastTransfer(run);
  if (transfer == nullptr) return;
  std::vector<std::string> expected, successors;
  for (const std::string& label : LabelsOf(words[0])) {
    expected.push_back(run.IdOf(label));
    successors.push_back(run.IdOf("Next" + label));
  }
  run.Expect(absl::StrJoin(expected, ", "), absl::StrJoin(transfer->package_ids(), ", "));
  run.Expect(absl::StrJoin(successors, ", "), absl::StrJoin(transfer->successor_ids(), ", "));
}

// What ran before is handed back, and what follows it is cared for or looked after; so is what had
// not started, itself.
void CheckNoneLost(ScenarioRunner& run, const Words&) {
  const v1::Transfer* transfer = LastTransfer(run);
  if (transfer == nullptr) return;
  for (int i = 0; i < transfer->package_ids_size(); ++i) {
    const std::string& id = transfer->package_ids(i);
    const std::string& next_id = transfer->successor_ids(i);
    if (next_id != id) {
      const PackageAggregate before = run.driver().Package(ParsePackageId(id)->number);
      run.Expect(id + " HANDED_BACK", id + " " + StateName(before.row.state()));
      run.Expect(absl::StrCat(ParsePackageId(next_id)->number),
                 absl::StrCat(before.row.successor_number()));
    }
    const PackageAggregate next = run.driver().Package(ParsePackageId(next_id)->number);
    switch (next.row.state()) {
      case v1::PACKAGE_STATE_OFFERED:
      case v1::PACKAGE_STATE_UNFILLED:
      case v1::PACKAGE_STATE_AWARDED:
      case v1::PACKAGE_STATE_STARTED:
        break;
      case v1::PACKAGE_STATE_UNSPECIFIED:
      case v1::PACKAGE_STATE_SUBMITTED:
      case v1::PACKAGE_STATE_PAUSED:
      case v1::PACKAGE_STATE_CEASED:
      case v1::PACKAGE_STATE_HANDED_BACK:
      case v1::PACKAGE_STATE_CANCELLED:
      case v1::PackageState_INT_MIN_SENTINEL_DO_NOT_USE_:
      case v1::PackageState_INT_MAX_SENTINEL_DO_NOT_USE_:
        run.Problem(id + " is lost: what follows is " + StateName(next.row.state()));
    }
    run.Expect(transfer->id(), next.row.transfer_id());
  }
}

}  // namespace

const PhraseTable& TransferPhrases() {
  static const auto& kPhrases = *new PhraseTable{
      {
          {Phrase("transfers contract NAME[: PACKAGES]"), Transfer},
          {Phrase("transfers contract NAME placing PACKAGES with NAME"), TransferPlacing},
          {Phrase("transfers contract NAME closing its offers"), TransferClosing},
          {Phrase("transfers contract NAME because TEXT"), Transfer},
          {Phrase("transfers contract NAME by the authority"), Transfer},
          {Phrase("transfers provider NAME"), TransferProvider},
      },
      {
          {Phrase("the transfer found N open offer[s], WORD"), CheckOpenOffers},
          {Phrase("the transfer took PACKAGES in this order"), CheckTransferOrder},
          {Phrase("no package of the transfer is lost"), CheckNoneLost},
      }};
  return kPhrases;
}

}  // namespace brokerage::engine
