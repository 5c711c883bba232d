#include "services/client/text/message_text.h"

#include <map>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "brokerage/v1/package_service.pb.h"
#include "brokerage/v1/performance_service.pb.h"
#include "engine/figures/rates.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/json_util.h"
#include "services/client/text/package_text.h"
#include "services/client/text/table.h"
#include "services/client/text/words.h"

namespace brokerage::client {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The columns of the tables that people look at most; other messages show every field that has a
// value.
const std::vector<std::string>* ColumnsOf(const std::string& type) {
  static const auto* columns = new std::map<std::string, std::vector<std::string>>{
      {"Package",
       {"id", "state", "urgency", "terms.service_type", "lot_id", "ward_code",
        "terms.weekly_minutes", "submit_time", "release_time", "award.branch_id", "awaits_award",
        "held"}},
      {"Offer",
       {"id", "state", "branch_id", "tier_id", "urgency", "ward_code", "terms.service_type",
        "terms.weekly_minutes", "terms.start_by_date", "issue_time", "deadline_time", "lost_by"}},
      {"Framework", {"id", "revision", "rules.name", "rules.time_zone", "applied_time"}},
      {"Contract",
       {"id", "provider_id", "lot_id", "tier_id", "status", "minimum_pickup_percent", "from_date",
        "to_date"}},
      {"Lot", {"id", "name", "framework_id"}},
      {"HistoryEvent", {"sequence", "event_time", "kind", "account_id", "text"}},
      {"PerformanceRow",
       {"group", "live.issued", "live.accepted", "live.in_part", "live.declined", "live.late",
        "live.silent", "live.pending", "live.closed_unanswered", "live.won", "live_rates.response",
        "live_rates.acceptance", "live_rates.pick_up", "live_rates.award"}},
      {"ComplianceRow",
       {"contract_id", "settled.issued", "settled.accepted", "pick_up", "minimum_pickup_percent",
        "short_by", "to_recover", "below_minimum", "sanction_proposed", "missed_in_opt_out",
        "wards_not_covered", "stopped_by_suspension"}},
      {"Suspension",
       {"id", "contract_id", "provider_id", "framework_id", "postcode_area", "from_time", "to_time",
        "stopped_packages", "reason", "suspended_by", "lifted_by", "lift_reason"}},
  };
  auto found = columns->find(type);
  return found == columns->end() ? nullptr : &found->second;
}

std::string ValueText(const Message& message, const FieldDescriptor& field, int index);

std::string InlineText(const Message& message) {
  if (const auto* time = dynamic_cast<const google::protobuf::Timestamp*>(&message))
    return SayTime(*time);
  if (const auto* span = dynamic_cast<const google::protobuf::Duration*>(&message)) {
    return SayDuration(absl::Seconds(span->seconds()));
  }
  if (const auto* rate = dynamic_cast<const v1::Rate*>(&message)) {
    return rate->denominator() == 0
               ? "n/a"
               : absl::StrCat(engine::PrintRate(*rate), " (", rate->numerator(), "/",
                              rate->denominator(), ")");
  }
  if (const auto* average = dynamic_cast<const v1::Average*>(&message)) {
    return average->count() == 0 ? "n/a"
                                 : absl::StrCat(SayAverage(*average), " (", average->total(), "/",
                                                average->count(), ")");
  }
  if (const auto* value = dynamic_cast<const v1::DimensionValue*>(&message)) return value->value();
  std::vector<std::string> parts;
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    std::vector<std::string> values;
    const int count = field->is_repeated() ? message.GetReflection()->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i)
      values.push_back(ValueText(message, *field, field->is_repeated() ? i : -1));
    parts.push_back(absl::StrCat(Spaced(field->name()), " ", absl::StrJoin(values, "+")));
  }
  return absl::StrJoin(parts, ", ");
}

// A value; index -1 of a field that is not repeated.
std::string ValueText(const Message& message, const FieldDescriptor& field, int index) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const bool repeated = index >= 0;
  std::string scratch;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string& text =
          repeated ? reflection.GetRepeatedStringReference(message, &field, index, &scratch)
                   : reflection.GetStringReference(message, &field, &scratch);
      return field.type() == FieldDescriptor::TYPE_BYTES ? absl::BytesToHexString(text) : text;
    }
    case FieldDescriptor::CPPTYPE_ENUM:
      return ShortName(*(repeated ? reflection.GetRepeatedEnum(message, &field, index)
                                  : reflection.GetEnum(message, &field)));
    case FieldDescriptor::CPPTYPE_BOOL:
      return (repeated ? reflection.GetRepeatedBool(message, &field, index)
                       : reflection.GetBool(message, &field))
                 ? "yes"
                 : "";
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(repeated ? reflection.GetRepeatedInt32(message, &field, index)
                                   : reflection.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(repeated ? reflection.GetRepeatedInt64(message, &field, index)
                                   : reflection.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (!repeated && !reflection.HasField(message, &field)) return "";
      return InlineText(repeated ? reflection.GetRepeatedMessage(message, &field, index)
                                 : reflection.GetMessage(message, &field));
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      break;
  }
  return "";
}

std::string CellText(const Message& message, const FieldDescriptor& field) {
  if (!field.is_repeated()) return ValueText(message, field, -1);
  std::vector<std::string> values;
  for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i) {
    values.push_back(ValueText(message, field, i));
  }
  return absl::StrJoin(values, ", ");
}

// The value at a path such as "terms.service_type".
std::string CellAt(const Message& message, const std::string& path) {
  const Message* holder = &message;
  const std::vector<std::string> steps = absl::StrSplit(path, '.');
  for (size_t i = 0; i < steps.size(); ++i) {
    const FieldDescriptor* field = holder->GetDescriptor()->FindFieldByName(steps[i]);
    if (field == nullptr) return "";
    if (i + 1 == steps.size()) return CellText(*holder, *field);
    if (!holder->GetReflection()->HasField(*holder, field)) return "";
    holder = &holder->GetReflection()->GetMessage(*holder, field);
  }
  return "";
}

bool IsInline(const FieldDescriptor& field) {
  return field.message_type() == nullptr ||
         field.message_type()->file()->package() == "google.protobuf" ||
         field.message_type()->name() == "Rate" || field.message_type()->name() == "Need";
}

std::string Heading(const std::string& path) {
  const size_t dot = path.rfind('.');
  return Spaced(dot == std::string::npos ? path : path.substr(dot + 1));
}

std::string RowsText(const Message& message, const FieldDescriptor& field, int indent, int width) {
  std::vector<std::string> paths;
  if (const auto* columns = ColumnsOf(field.message_type()->name())) {
    paths = *columns;
  } else {
    for (int i = 0; i < field.message_type()->field_count(); ++i) {
      paths.push_back(field.message_type()->field(i)->name());
    }
  }
  std::vector<std::string> headings;
  for (const std::string& path : paths) headings.push_back(Heading(path));
  Table table(headings);
  for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i) {
    const Message& row = message.GetReflection()->GetRepeatedMessage(message, &field, i);
    std::vector<std::string> cells;
    for (const std::string& path : paths) cells.push_back(CellAt(row, path));
    table.Add(std::move(cells));
  }
  table.DropEmptyColumns();
  return table.Text(indent, width);
}

void Flatten(const Message& message, const std::string& prefix, Table* values,
             std::vector<std::pair<const Message*, const FieldDescriptor*>>* tables) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->name() == "next_page_token") continue;  // told at the end
    const std::string name = absl::StrCat(prefix, Spaced(field->name()));
    if (IsInline(*field)) {
      values->Add({name, CellText(message, *field)});
    } else if (field->is_repeated()) {
      tables->emplace_back(&message, field);
    } else {
      Flatten(message.GetReflection()->GetMessage(message, field), absl::StrCat(name, ": "), values,
              tables);
    }
  }
}

}  // namespace

std::string MessageText(const Message& message, int width) {
  if (const auto* package = dynamic_cast<const v1::GetPackageResponse*>(&message)) {
    return PackageText(package->package(), Names());
  }
  if (const auto* preview = dynamic_cast<const v1::PreviewPackageResponse*>(&message)) {
    return PreviewText(*preview, Names());
  }
  // A response that only wraps one message is that message.
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  if (fields.size() == 1 && !fields[0]->is_repeated() && !IsInline(*fields[0])) {
    return MessageText(message.GetReflection()->GetMessage(message, fields[0]), width);
  }
  Table values({"", ""});
  std::vector<std::pair<const Message*, const FieldDescriptor*>> tables;
  Flatten(message, "", &values, &tables);
  const FieldDescriptor* token = message.GetDescriptor()->FindFieldByName("next_page_token");
  const std::string next =
      token == nullptr ? "" : message.GetReflection()->GetString(message, token);
  std::string text;
  if (!values.empty()) {
    text = values.Text();
    text.erase(0, text.find('\n') + 1);  // the headings, which are empty
  }
  for (const auto& [holder, field] : tables) {
    const bool alone = tables.size() == 1 && values.empty();
    if (!text.empty()) text.push_back('\n');
    if (!alone) absl::StrAppend(&text, Spaced(field->name()), "\n");
    absl::StrAppend(&text, RowsText(*holder, *field, alone ? 0 : 2, width));
  }
  if (!next.empty()) absl::StrAppend(&text, "There are more: --page-token ", next, "\n");
  return text.empty() ? "nothing\n" : text;
}

std::string MessageJson(const Message& message, bool on_one_line) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.add_whitespace = !on_one_line;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) return "{}\n";
  if (json.empty() || json.back() != '\n') json.push_back('\n');
  return json;
}

}  // namespace brokerage::client
