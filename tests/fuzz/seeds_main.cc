// Writes what the corpora began with: `fuzz_seeds FOLDER` makes a folder in it for each target.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "brokerage/v1/package_service.pb.h"
#include "engine/base/check.h"
#include "engine/base/hash.h"
#include "services/client/files/files.h"
#include "services/client/text/fields.h"
#include "services/client/text/words.h"
#include "services/rpc/page_token.h"
#include "storage/encoding.h"
#include "tests/fixtures/framework_fixture.h"
#include "tests/fuzz/bytes.h"
#include "tests/fuzz/county.h"
#include "tests/fuzz/methods.h"

namespace brokerage::fuzz {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kMethods = 256;  // a byte; they repeat
constexpr int kRowsOfTable = 10;  // of a real framework's tables

std::string ByteOf(size_t value) { return {static_cast<char>(value)}; }

class Folder {
 public:
  explicit Folder(const std::string& path) : path_(path) {}

  void Add(const std::string& target, const std::string& bytes) {
    const std::string folder = absl::StrCat(path_, "/", target);
    std::filesystem::create_directories(folder);
    const std::string name = engine::Hex(engine::HashOf(bytes)).substr(0, 40);
    std::ofstream(absl::StrCat(folder, "/", name), std::ios::binary) << bytes;
    ++count_;
  }
  int count() const { return count_; }

 private:
  const std::string path_;
  int count_ = 0;
};

void AddFrameworks(Folder* seeds) {
  for (const char* name : {"east-of-england", "lancashire", "leicestershire", "nottinghamshire",
                           "surrey", "../tests/scenarios/framework"}) {
    std::string all, rules;
    for (const v1::FrameworkFile& file : engine::ReadFrameworkFolder(name)) {
      if (absl::EndsWith(file.name(), ".md")) continue;
      std::vector<std::string> lines = absl::StrSplit(file.content(), '\n');
      const bool is_table = absl::EndsWith(file.name(), ".csv");
      if (is_table && *name != '.' && lines.size() > kRowsOfTable) {
        lines.resize(kRowsOfTable);
        lines.emplace_back();
      }
      const std::string text = absl::StrCat("== ", file.name(), "\n", absl::StrJoin(lines, "\n"));
      if (!is_table) rules = text;
      absl::StrAppend(&all, text);
    }
    seeds->Add("csv", rules);
    seeds->Add("csv", all);
  }
}

void AddPageTokens(Folder* seeds) {
  const engine::Caller caller = {.account_id = "anna"};
  v1::ListPackagesRequest request;
  request.set_framework_id("county");
  const std::string of_packages = PartOf(request.SerializeAsString());
  for (size_t query = 0; query < 16; ++query) {
    seeds->Add("page_tokens", absl::StrCat(ByteOf(query), PartOf(""), "100"));
    seeds->Add("page_tokens", absl::StrCat(ByteOf(query), of_packages,
                                           services::rpc::MakePageToken(request, caller, "17.2")));
  }
}

std::string LogRecord(char type, const std::string& content) {
  return absl::StrCat("sums", ByteOf(content.size() & 0xff), ByteOf(content.size() >> 8),
                      std::string(1, type), content);
}

void AddStored(Folder* seeds) {
  const storage::Head head = CountyStore()->Read()->head();
  const std::string line = head.ToString() + "\n";
  const std::vector<std::string> decoded[] = {
      {storage::EncodeHead(head)},
      {storage::EncodeSign({CountyTime(), "boot", absl::Hours(3)}), std::string(8, '\x01')},
      {storage::EncodeOutcome({"anna", "r", engine::HashOf("content"), "reply", 1'530'000'000})},
      {storage::EncodePostcode({"NG11AA", "E05900001", 450'000, 350'000})},
      {engine::PackageKey(7), engine::OfferKey(7, 2), engine::TextKey(7, "summary"), "\xff\xff"},
      {absl::StrCat(line, engine::Hex(engine::HashOf(line)), "\n"), line},
      {LogRecord(1, "a batch"), LogRecord(2, "its first part") + LogRecord(4, "and its last"),
       LogRecord(1, "a batch") + LogRecord(2, "cut").substr(0, 8)},
      {absl::StrCat(std::string("\x01\x00s\x01\x00u\x01\x00m\x01\x00s\xf9\x7f\x01", 15))}};
  for (size_t kind = 0; kind < std::size(decoded); ++kind) {
    for (const std::string& bytes : decoded[kind]) seeds->Add("decoders", ByteOf(kind) + bytes);
  }
}

void AddRecords(Folder* seeds) {
  const auto view = CountyStore()->Read();
  size_t place = 0;
  const auto add = [&](const journal::v1::JournalEntry& entry) {
    seeds->Add("records",
               absl::StrCat(ByteOf(0), ByteOf(place += 7), ByteOf(1), entry.SerializeAsString()));
    return true;
  };
  BROKERAGE_CHECK(view->Tail(1, add).ok());
  constexpr engine::Table kTables[] = {engine::Table::kPackages, engine::Table::kOffers,
                                       engine::Table::kTexts, engine::Table::kVerdicts};
  for (size_t table = 0; table < std::size(kTables); ++table) {
    view->Scan(kTables[table], "", "", [&](absl::string_view key, absl::string_view value) {
      const size_t number =
          key.empty() ? 0 : static_cast<size_t>(engine::TrailingNumber(key.substr(0, 8)));
      seeds->Add("records", absl::StrCat(ByteOf(1), ByteOf(table), ByteOf(number - 1), value));
      return true;
    });
  }
}

constexpr absl::string_view kNotSpoilt("\0\0", 2);

std::string RequestBytes(const Step& step) {
  std::string bytes;
  if (step.minutes > 0) {
    bytes = absl::StrCat(ByteOf(Callers().size()), ByteOf(static_cast<size_t>(step.minutes) / 60),
                         kNotSpoilt, PartOf(""));
  }
  return absl::StrCat(bytes, ByteOf(static_cast<size_t>(step.caller)),
                      ByteOf(NumberOf(step.method)), PartOf(RequestOf(step)->SerializeAsString()));
}

// What the county has come to can be asked; the first account of each role.
const std::vector<Step>& FurtherSteps() {
  static const auto* steps = new std::vector<Step>{
      {1, "PackageService/AwardPackage",
       R"(request_id: "e1" package_id: "P-2018-000001" offer_id: "O-2018-000001-1"
          override_reason: "Known to them." price_exception_reason: "Agreed.")"},
      {6, "OfferService/AcceptOffer",
       R"(request_id: "e2" offer_id: "O-2018-000001-1" possible_start_date: "2018-07-05"
          valid_until_time { seconds: 1540000000 } limit { name: "north" weekly_minutes_max: 3000 })"},
      {1, "PackageService/ReissuePackage",
       R"(request_id: "e3" package_id: "P-2018-000001" terms { service_type:
          SERVICE_TYPE_HOME_CARE weekly_minutes: 500 carers_per_visit: 2 start_by_date: "2018-08-01"
          })"},
      {1, "PackageService/ReissuePackage", R"(request_id: "e4" package_id: "P-2018-000006")"},
      {1, "PackageService/ReleasePackages", R"(request_id: "e5" package_ids: "P-2018-000007")"},
      {1, "PackageService/CeasePackage",
       R"(request_id: "e6" package_id: "P-2018-000002" reason: "Well again.")"},
      {1, "PackageService/CeasePackage",
       R"(request_id: "e7" package_id: "P-2018-000010" reason: "Well again."
          leaving_outcome: LEAVING_OUTCOME_LESS_CARE)"},
      {1, "PackageService/ErasePackageTexts", R"(request_id: "e8" package_id: "P-2018-000008")"},
      {1, "PackageService/TransferPackages",
       R"(request_id: "e9" contract_id: "c-lead-north" reason: "They end."
          package_ids: "P-2018-000002" cause: CAUSE_PROVIDER)"},
      {1, "PackageService/TransferPackages",
       R"(request_id: "f1" provider_id: "lead-north" package_ids: "P-2018-000002"
          reason: "They end." cause: CAUSE_PROVIDER)"},
      {1, "PackageService/PreviewPackage",
       R"(referral { framework_id: "county" authority_id: "shire" origin: ORIGIN_REVIEW
          urgency: URGENCY_URGENT ward_code: "E05900002" needs { kind: NEED_KIND_LANGUAGE
          value: "Polish" } terms { service_type: SERVICE_TYPE_HOME_CARE weekly_minutes: 60
          carers_per_visit: 1 start_by_date: "2018-07-09" } summary: "One visit a day."
          person_reference: "q1" })"},
      {1, "PackageService/PreviewPackage", R"(package_id: "P-2018-000006")"},
      {0, "AdminService/ExtendDeadlines",
       R"(request_id: "f2" from_time { seconds: 1530519000 } to_time { seconds: 1530525000 }
          reason: "The network was down.")"},
      {0, "AdminService/ConfirmClock", R"(request_id: "f3" current_time { seconds: 1530530000 })"},
      {1, "DirectoryService/DecideCoverage",
       R"(request_id: "f4" proposal_id: "C-000001" accept: true reason: "Good.")"},
      {7, "DirectoryService/WithdrawCoverageProposal",
       R"(request_id: "f5" proposal_id: "C-000001" reason: "Not yet.")"},
      {4, "DirectoryService/DecideOptOutWindow",
       R"(request_id: "f6" window_id: "W-000002" approve: true reason: "Good.")"},
      {8, "DirectoryService/CloseOptOutWindow", R"(request_id: "f7" window_id: "W-000002")"},
      {4, "DirectoryService/ResumeContract",
       R"(request_id: "f8" contract_id: "c-dps-a" reason: "All is well.")"},
      {4, "DirectoryService/ResumeProvider",
       R"(request_id: "f9" suspension_id: "S-000004" reason: "All is well.")"},
      {4, "DirectoryService/SuspendProvider",
       R"(request_id: "g1" provider_id: "lead-north" postcode_area: "NG" framework_id: "county"
          from_time { seconds: 1530700000 } to_time { seconds: 1540000000 } reason: "Review.")"},
      {0, "DirectoryService/ApplyFramework",
       R"(request_id: "g2" files { name: "wards.csv" content: "ward_code,name\nE1,A\n" }
          validate_only: true from_date: "2018-08-01" refusal_in_response: true)"}};
  return *steps;
}

void AddRequests(Folder* seeds) {
  std::string all;
  for (const auto* steps : {&CountySteps(), &FurtherSteps()}) {
    for (const Step& step : *steps) {
      const std::string bytes = RequestBytes(step);
      seeds->Add("requests", bytes);
      if (all.size() > 1000) all.clear();
      absl::StrAppend(&all, bytes, ByteOf(Callers().size()), ByteOf(12), kNotSpoilt, PartOf(""));
      seeds->Add("requests", all);
    }
  }
  County county(CountyStore(), CountyTime(), /*kept=*/false);
  for (const Step& step : FurtherSteps()) {
    const auto request = EngineRequest(*RequestOf(step));
    BROKERAGE_CHECK(request.ok());
    const auto outcome = county.Run(Callers()[static_cast<size_t>(step.caller)], *request);
    printf("%s: %s\n", step.method, outcome.status().ToString().c_str());
  }
}

// Every field, as deep as it goes.
void Fill(Message* message, int depth) {
  const auto* reflection = message->GetReflection();
  for (int f = 0; f < message->GetDescriptor()->field_count(); ++f) {
    const FieldDescriptor* field = message->GetDescriptor()->field(f);
    const bool repeated = field->is_repeated();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        repeated ? reflection->AddString(message, field, "words, \"more\"")
                 : reflection->SetString(message, field, "2018-07-02");
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        repeated ? reflection->AddEnumValue(message, field, 1)
                 : reflection->SetEnumValue(message, field, 2);
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        if (!repeated) reflection->SetBool(message, field, true);
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        repeated ? reflection->AddInt32(message, field, 3)
                 : reflection->SetInt32(message, field, 60);
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        repeated ? reflection->AddInt64(message, field, 3)
                 : reflection->SetInt64(message, field, 1'530'526'000);
        break;
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (depth == 0) break;
        Fill(repeated ? reflection->AddMessage(message, field)
                      : reflection->MutableMessage(message, field),
             depth - 1);
        break;
      case FieldDescriptor::CPPTYPE_UINT32:
      case FieldDescriptor::CPPTYPE_UINT64:
      case FieldDescriptor::CPPTYPE_FLOAT:
      case FieldDescriptor::CPPTYPE_DOUBLE:
        break;
    }
  }
}

void AddTexts(Folder* seeds) {
  for (size_t method = 0; method < kMethods; ++method) {
    if (method > 0 && &MethodOf(method) == &MethodOf(0)) break;
    std::unique_ptr<Message> response = NewMessage(*MethodOf(method).output_type());
    Fill(response.get(), 4);
    seeds->Add("client_texts",
               absl::StrCat(ByteOf(method), ByteOf(80), response->SerializeAsString()));
  }
  County county(CountyStore(), CountyTime(), /*kept=*/false);
  for (uint64_t number = 1; number <= 10; ++number) {
    v1::PreviewPackageRequest request;
    request.set_package_id(absl::StrCat("P-2018-00000", number));
    const auto outcome = county.Run(Callers()[1], request);
    if (!outcome.ok()) continue;
    seeds->Add("client_texts", absl::StrCat(ByteOf(NumberOf("PackageService/PreviewPackage")),
                                            ByteOf(80), outcome->reply->SerializeAsString()));
  }
  for (const char* text : {"P-2018-000001", "O-2018-000001-12", "2018-07-02", "23:59", "NG18 1JY",
                           "ng181jy", "Mr Smith, born 3.4.1936, 943 476 5919",
                           "call 0115 496 0123 or anna@example.org", "county/lead-north",
                           "7:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}) {
    seeds->Add("texts", text);
  }
}

std::string SampleOf(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_ENUM:
      return client::ShortNames(*field.enum_type())[0];
    case FieldDescriptor::CPPTYPE_BOOL:
      return "true";
    case FieldDescriptor::CPPTYPE_STRING:
      return field.type() == FieldDescriptor::TYPE_BYTES ? "0aff" : "words";
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (field.message_type()->name() == "Timestamp") return "2018-07-02 09:05";
      if (field.message_type()->name() == "Duration") return "36h";
      return field.message_type()->name() == "Need" ? "language:Polish" : R"({"name":"x"})";
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      break;
  }
  return "12";
}

void AddFlags(Folder* seeds) {
  for (size_t method = 0; method < kMethods; ++method) {
    if (method > 0 && &MethodOf(method) == &MethodOf(0)) break;
    std::string lines;
    for (const client::FlagField& field : client::FlagFields(*MethodOf(method).input_type())) {
      absl::StrAppend(&lines, field.DottedName(), "=", SampleOf(field.leaf()), "\n");
    }
    seeds->Add("client_flags", ByteOf(method) + lines);
  }
}

void AddFiles(Folder* seeds) {
  const std::vector<std::string> contents[] = {
      {"week,day,time,start_by,person_reference,origin,service_type,urgency,ward_code,"
       "weekly_minutes,carers_per_visit,needs,summary\n"
       "1,mon,09:30,7,p1,community,home_care,urgent,E05900001,420,1,language:Polish;double_handed,"
       "\"Two visits, daily\"\n"
       "2,sun,,2018-07-20,p2,review,home_care,standard,E05900002,60,1,,One visit\n",
       "start_by,person_reference,origin,service_type,urgency,weekly_minutes,carers_per_visit,"
       "summary,preferred_provider_ids,running_branch_id\n"
       "5,p,community,home_care,urgent,60,1,x,a;b,c\nx,p\n"},
      {"branch_id,ward_code,ward_name,district,service_type,from,to,priority,postcode_area\n"
       "add-one,E05900001,Abbey,\"North, Shire\",home_care,2018-07-01,2019-01-01,2,\n"
       "add-one,,,,live_in,2018-07-01,,,NG\n",
       "branch_id,ward_code,service_type,from,to\nb,E1,home_care,2018-07-01,\n"},
      {"\"NG1 1AA\",10,457000,340000,\"E92000001\",\"\",\"\",\"\",\"E06000018\",\"E05012275\"\n"
       "\"NG1 1AB\",90,0,0,\"E92000001\",\"\",\"\",\"\",\"E06000018\",\"\"\n",
       "pcds,oseast1m,osnrth1m,wd25cd,doterm\r\nNG1 1AA,457000,340000,E05012275,\r\n"
       "NG1 1AB,,,E05012275,201801\r\n"}};
  for (size_t kind = 0; kind < std::size(contents); ++kind) {
    for (const std::string& content : contents[kind]) {
      seeds->Add("client_files", ByteOf(kind) + content);
    }
  }
}

void WriteSeeds(const std::string& path) {
  Folder seeds(path);
  AddFrameworks(&seeds);
  AddPageTokens(&seeds);
  AddStored(&seeds);
  AddRecords(&seeds);
  AddRequests(&seeds);
  AddTexts(&seeds);
  AddFlags(&seeds);
  AddFiles(&seeds);
  printf("%d seeds\n", seeds.count());
}

}  // namespace

}  // namespace brokerage::fuzz

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  brokerage::fuzz::WriteSeeds(argv[1]);
  return 0;
}
