// `broker transfer CONTRACT` or `--provider PROVIDER`: what runs there, or waits to start, goes
// elsewhere; `broker transfer report`: where each package went.
#include "services/broker/commands/transfer_command.h"

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "brokerage/v1/package_service.pb.h"
#include "services/client/text/message_text.h"
#include "services/client/text/transfer_report.h"
#include "services/client/text/words.h"

namespace brokerage::broker {

using client::Connection;
using client::FreshRequestId;
using client::MessageJson;
using client::PrintTransfer;

namespace {

struct Transfer {
  std::string contract_id;
  std::string provider_id;
  std::string cause;
  std::string reason;
  std::vector<std::string> package_ids;
  std::string transfer_id;
};

int Report(const Options& options, const Connection& connection, const std::string& transfer_id) {
  v1::GetTransferRequest request;
  request.set_transfer_id(transfer_id);
  auto report = connection.Call<v1::GetTransferResponse>("PackageService/GetTransfer", request);
  if (!report.ok()) return Refused(report.status());
  if (options.json) {
    fputs(MessageJson(*report, false).c_str(), stdout);
  } else {
    PrintTransfer(*report);
  }
  return 0;
}

int Run(const Options& options, const Transfer& transfer) {
  auto connection = options.Connect();
  if (!connection.ok()) return Refused(connection.status());
  if (!transfer.transfer_id.empty()) return Report(options, *connection, transfer.transfer_id);
  v1::TransferPackagesRequest request;
  request.set_request_id(FreshRequestId());
  request.set_contract_id(transfer.contract_id);
  request.set_provider_id(transfer.provider_id);
  request.set_reason(transfer.reason);
  request.set_cause(transfer.cause == "authority" ? v1::CAUSE_AUTHORITY : v1::CAUSE_PROVIDER);
  for (const std::string& id : transfer.package_ids) request.add_package_ids(id);
  auto done =
      connection->Call<v1::TransferPackagesResponse>("PackageService/TransferPackages", request);
  if (!done.ok()) return Refused(done.status());
  return Report(options, *connection, done->transfer().id());
}

}  // namespace

void AddTransferCommand(command_line::Command app, const Options* options, Chosen* chosen) {
  command_line::Command command = app.AddCommand(
      "transfer",
      "Take all that runs or waits to start from a contract or a provider, and put it out again");
  auto transfer = std::make_shared<Transfer>();
  command.Add("contract", &transfer->contract_id, "The contract that cannot go on");
  command.Add("--provider", &transfer->provider_id,
              "Instead: the provider that cannot go on, with all of its contracts");
  command
      .Add("--cause", &transfer->cause,
           "provider, or authority where it ended the contract: nothing is held against "
           "the provider then")
      .OneOf({"provider", "authority"});
  command.Add("--reason", &transfer->reason, "Why; it stands in the report");
  command
      .Add("--package", &transfer->package_ids,
           "Only this package; may be given again. All unless given")
      .OneEachTime();
  command_line::Command report =
      command.AddCommand("report", "Where each package of a transfer went");
  report.Add("transfer", &transfer->transfer_id, "The transfer, such as T-000007").Required();
  // The parent's callback runs for `report`, too.
  command.AfterParse([options, chosen, transfer, report] {
    if (report.asked()) transfer->contract_id.clear();
    if (!report.asked() && transfer->cause.empty()) {
      command_line::Missing("--cause provider or --cause authority");
    }
    *chosen = [options, transfer] { return Run(*options, *transfer); };
  });
}

}  // namespace brokerage::broker
