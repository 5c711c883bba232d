// `broker SERVICE METHOD`: every method of the API, made from its descriptor.
#include "services/broker/commands/api_commands.h"

#include <cstdio>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "brokerage/v1/account_service.pb.h"
#include "brokerage/v1/admin_service.pb.h"
#include "brokerage/v1/directory_service.pb.h"
#include "brokerage/v1/history_service.pb.h"
#include "brokerage/v1/offer_service.pb.h"
#include "brokerage/v1/package_service.pb.h"
#include "brokerage/v1/performance_service.pb.h"
#include "google/protobuf/util/json_util.h"
#include "services/client/files/files.h"
#include "services/client/text/fields.h"
#include "services/client/text/message_text.h"
#include "services/client/text/table.h"
#include "services/client/text/words.h"

namespace brokerage::broker {

using client::FlagField;
using client::FlagFields;
using client::FreshRequestId;
using client::Kebab;
using client::kExitUsage;
using client::MessageJson;
using client::MessageText;
using client::MintToken;
using client::SetField;
using client::TerminalWidth;
using client::TokenHash;

namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

// What was said to one method.
struct Invocation {
  const MethodDescriptor* method = nullptr;
  std::vector<FlagField> fields;
  std::vector<std::vector<std::string>> values;  // for each field
  std::string request_json;
  std::string new_token_file;
  int count = 0;
};

const std::vector<std::pair<const char*, const ServiceDescriptor*>>& Services() {
  static const auto* services = new std::vector<std::pair<const char*, const ServiceDescriptor*>>{
      {"Packages, for care navigation", v1::SubmitPackageRequest::descriptor()->file()->service(0)},
      {"Offers, for branches and their organisations",
       v1::AcceptOfferRequest::descriptor()->file()->service(0)},
      {"Response and pick-up rates, and compliance with contracts",
       v1::QueryComplianceRequest::descriptor()->file()->service(0)},
      {"Frameworks, providers, branches, contracts",
       v1::ApplyFrameworkRequest::descriptor()->file()->service(0)},
      {"What happened", v1::ListHistoryRequest::descriptor()->file()->service(0)},
      {"Who may use the system", v1::CreateAccountRequest::descriptor()->file()->service(0)},
      {"Running the system", v1::GetStatusRequest::descriptor()->file()->service(0)},
  };
  return *services;
}

// "accept" of "accept-offer" for the service "offer".
std::string WithoutNoun(const std::string& method, const std::string& noun) {
  std::vector<std::string> kept;
  for (absl::string_view word : absl::StrSplit(method, '-')) {
    if (word != noun && word != absl::StrCat(noun, "s")) kept.push_back(std::string(word));
  }
  return absl::StrJoin(kept, "-");
}

// "GetPackage" as "get", unless two methods of the service would be called so: the one of a single
// thing has the name then.
std::map<std::string, std::string> ShortMethodNames(const ServiceDescriptor& service,
                                                    const std::string& noun) {
  std::map<std::string, std::string> owner;  // short name -> method
  for (int i = 0; i < service.method_count(); ++i) {
    const std::string name = Kebab(service.method(i)->name());
    const std::string brief = WithoutNoun(name, noun);
    if (brief == name || brief.empty()) continue;
    auto [found, inserted] = owner.emplace(brief, name);
    if (!inserted && !absl::EndsWith(name, "s")) found->second = name;
  }
  std::map<std::string, std::string> short_names;
  for (const auto& [brief, name] : owner) short_names[name] = brief;
  return short_names;
}

// The names of each field's flag: its path, and its last step alone where no other field ends so.
std::vector<std::string> FlagNames(const std::vector<FlagField>& fields) {
  std::map<std::string, int> ends;
  for (const FlagField& field : fields) ++ends[field.leaf().name()];
  std::vector<std::string> names;
  for (const FlagField& field : fields) {
    std::string name = absl::StrCat("--", field.DottedName());
    if (field.path.size() > 1 && ends[field.leaf().name()] == 1) {
      absl::StrAppend(&name, ",--", Kebab(field.leaf().name()));
    }
    // The ids that a request is about may be given without their flag's name.
    if (field.path.size() == 1 && !field.leaf().is_repeated() &&
        field.leaf().name() != "request_id" && absl::EndsWith(field.leaf().name(), "_id")) {
      absl::StrAppend(&name, ",", Kebab(field.leaf().name()));
    }
    names.push_back(name);
  }
  return names;
}

// The request, or why what was said makes none.
absl::StatusOr<std::unique_ptr<Message>> RequestOf(const Invocation& said) {
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  std::unique_ptr<Message> request(factory->GetPrototype(said.method->input_type())->New());
  if (!said.request_json.empty()) {
    auto status = google::protobuf::util::JsonStringToMessage(said.request_json, request.get());
    if (!status.ok())
      return absl::InvalidArgumentError(absl::StrCat("--request: ", std::string(status.message())));
  }
  for (size_t i = 0; i < said.fields.size(); ++i) {
    for (const std::string& value : said.values[i]) {
      absl::Status status = SetField(said.fields[i], value, request.get());
      if (!status.ok()) {
        return absl::InvalidArgumentError(
            absl::StrCat("--", said.fields[i].DottedName(), ": ", std::string(status.message())));
      }
    }
  }
  const auto* id = request->GetDescriptor()->FindFieldByName("request_id");
  if (id != nullptr && request->GetReflection()->GetString(*request, id).empty()) {
    request->GetReflection()->SetString(request.get(), id, FreshRequestId());
  }
  return request;
}

// Each request of a batch needs an id of its own.
void FillBatchIds(Message* request) {
  if (auto* batch = dynamic_cast<v1::SubmitPackagesRequest*>(request)) {
    for (auto& one : *batch->mutable_requests()) {
      if (one.request_id().empty()) one.set_request_id(FreshRequestId());
    }
  }
  if (auto* batch = dynamic_cast<v1::AnswerOffersRequest*>(request)) {
    for (auto& one : *batch->mutable_answers()) {
      std::string* id = one.has_accept()    ? one.mutable_accept()->mutable_request_id()
                        : one.has_decline() ? one.mutable_decline()->mutable_request_id()
                                            : nullptr;
      if (id != nullptr && id->empty()) *id = FreshRequestId();
    }
  }
}

absl::Status MintInto(const Invocation& said, Message* request) {
  if (said.new_token_file.empty()) return absl::OkStatus();
  auto token = MintToken(said.new_token_file);
  if (!token.ok()) return token.status();
  const auto* hash = request->GetDescriptor()->FindFieldByName("token_sha256");
  request->GetReflection()->SetString(request, hash, TokenHash(*token));
  return absl::OkStatus();
}

void Print(const Options& options, const Message& message, bool of_stream) {
  const std::string text =
      options.json ? MessageJson(message, of_stream) : MessageText(message, TerminalWidth());
  fwrite(text.data(), 1, text.size(), stdout);
  fflush(stdout);
}

int Run(const Options& options, const Invocation& said) {
  auto request = RequestOf(said);
  if (!request.ok()) {
    fprintf(stderr, "broker: %s\n", std::string(request.status().message()).c_str());
    return kExitUsage;
  }
  FillBatchIds(request->get());
  auto connection = options.Connect();
  if (!connection.ok()) return Refused(connection.status());
  if (absl::Status status = MintInto(said, request->get()); !status.ok()) return Refused(status);
  if (said.method->server_streaming()) {
    int left = said.count;
    absl::Status status = connection->Watch(*said.method, **request, [&](const Message& message) {
      Print(options, message, true);
      return said.count == 0 || --left > 0;
    });
    return status.ok() ? 0 : Refused(status);
  }
  std::unique_ptr<Message> response(google::protobuf::MessageFactory::generated_factory()
                                        ->GetPrototype(said.method->output_type())
                                        ->New());
  absl::Status status = connection->Call(*said.method, **request, response.get());
  if (!status.ok()) {
    if (!said.new_token_file.empty()) remove(said.new_token_file.c_str());  // a token of no account
    return Refused(status);
  }
  Print(options, *response, false);
  return 0;
}

void AddFlag(command_line::Command command, const std::string& names, const FlagField& field,
             std::vector<std::string>* values) {
  if (field.leaf().cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_BOOL) {
    // "--urgent" alone says true.
    command.AddSwitch(
        names,
        [values](const std::string& value) { values->assign(1, value.empty() ? "true" : value); },
        field.Hint());
    return;
  }
  const command_line::Option option = command.Add(names, values, field.Hint()).TypeName("");
  if (field.leaf().is_repeated()) {
    option.OneEachTime();
  } else {
    option.Once();
  }
}

void AddFlags(command_line::Command command, Invocation* said) {
  const MethodDescriptor& method = *said->method;
  said->fields = FlagFields(*method.input_type());
  said->values.resize(said->fields.size());
  const std::vector<std::string> names = FlagNames(said->fields);
  for (size_t i = 0; i < said->fields.size(); ++i) {
    AddFlag(command, names[i], said->fields[i], &said->values[i]);
  }
  command.Add("--request", &said->request_json, "The request in JSON; flags add to it")
      .TypeName("JSON");
  if (method.server_streaming()) {
    command.Add("--count", &said->count, "Stop after so many messages").TypeName("N");
  }
  if (method.input_type()->FindFieldByName("token_sha256") != nullptr) {
    command.Add("--token-file", &said->new_token_file, "Mint a token into this new file")
        .TypeName("FILE");
  }
}

void AddMethod(command_line::Command service, const MethodDescriptor& method,
               const std::string& short_name, const Options* options, Chosen* chosen) {
  const std::string name = Kebab(method.name());
  command_line::Command command = service.AddCommand(
      short_name.empty() ? name : short_name,
      absl::StrCat(method.name(), method.server_streaming() ? " (until interrupted)" : ""));
  if (!short_name.empty()) command.Alias(name);
  auto said = std::make_shared<Invocation>();
  said->method = &method;
  // The flags of one command, not of eighty.
  command.BeforeParse([command, said] { AddFlags(command, said.get()); });
  command.AfterParse(
      [options, chosen, said] { *chosen = [options, said] { return Run(*options, *said); }; });
}

}  // namespace

void AddApiCommands(command_line::Command app, const Options* options, Chosen* chosen) {
  for (const auto& [description, service] : Services()) {
    const std::string noun = Kebab(absl::StripSuffix(service->name(), "Service"));
    command_line::Command command = app.AddCommand(noun, description);
    command.RequireCommand();
    const auto short_names = ShortMethodNames(*service, noun);
    for (int i = 0; i < service->method_count(); ++i) {
      const MethodDescriptor& method = *service->method(i);
      auto found = short_names.find(Kebab(method.name()));
      AddMethod(command, method, found == short_names.end() ? "" : found->second, options, chosen);
    }
  }
}

}  // namespace brokerage::broker
