// `broker coverage export` and `broker coverage import`: what branches cover, as a file that goes
// round between councils and providers. Importing again repeats nothing: only lines that differ
// from what is there are sent. `proposals` lists what waits for a decision, `withdraw` takes one
// back.
#include "services/broker/commands/coverage_command.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "brokerage/v1/account_service.pb.h"
#include "brokerage/v1/directory_service.pb.h"
#include "engine/base/bounds.h"
#include "engine/base/rejection.h"
#include "engine/model/directory.h"
#include "engine/model/fact_keys.h"
#include "services/broker/options.h"
#include "services/client/files/coverage_file.h"
#include "services/client/files/files.h"
#include "services/client/files/row_files.h"
#include "services/client/text/message_text.h"
#include "services/client/text/progress.h"
#include "services/client/text/table.h"
#include "services/client/text/words.h"

namespace brokerage::broker {

using client::Connection;
using client::CoverageRow;
using client::CoverageText;
using client::EnumNumber;
using client::ErrorFile;
using client::ErrorPath;
using client::FreshRequestId;
using client::kExitRefused;
using client::MessageJson;
using client::ParseCoverage;
using client::ReadFile;
using client::SayError;
using client::ShortName;
using client::ShowProgress;
using client::Table;

namespace {

struct Export {
  std::string framework_id;
  std::string branch_id;  // empty: all
  std::string as_of_date;
  std::string file;
};

struct Import {
  std::string file;
  bool dry_run = false;
};

struct Proposals {
  std::string branch_id;  // empty: all
  std::string state;      // empty: any
};

// What a server knows of coverage, asked for once and kept.
class Known {
 public:
  explicit Known(const Connection& connection) : connection_(connection) {}

  // Every line in force on the date (empty: today), of one branch or of all.
  absl::StatusOr<std::vector<v1::Coverage>> Lines(const std::string& framework_id,
                                                  const std::string& branch_id,
                                                  const std::string& as_of_date) {
    v1::ListCoverageRequest request;
    request.set_framework_id(framework_id);
    request.set_branch_id(branch_id);
    request.set_as_of_date(as_of_date);
    request.set_page_size(engine::limits::kPageSizeMax);
    std::vector<v1::Coverage> lines;
    do {
      auto page =
          connection_.Call<v1::ListCoverageResponse>("DirectoryService/ListCoverage", request);
      if (!page.ok()) return page.status();
      lines.insert(lines.end(), page->coverage().begin(), page->coverage().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return lines;
  }

  // Null if no framework has it.
  absl::StatusOr<const v1::Ward*> Ward(const std::string& code) {
    auto known = wards_.find(code);
    if (known == wards_.end()) {
      v1::GetWardRequest request;
      request.set_ward_code(code);
      auto response = connection_.Call<v1::GetWardResponse>("DirectoryService/GetWard", request);
      const bool unknown =
          engine::RejectionOf(response.status()).reason() == v1::REJECTION_REASON_NOT_FOUND;
      if (!response.ok() && !unknown) return response.status();
      known = wards_.emplace(code, response.ok() ? response->ward() : v1::Ward()).first;
    }
    return known->second.code().empty() ? nullptr : &known->second;
  }

  absl::StatusOr<std::vector<std::string>> Frameworks() {
    v1::ListFrameworksRequest request;
    request.set_page_size(engine::limits::kPageSizeMax);
    std::vector<std::string> ids;
    do {
      auto page =
          connection_.Call<v1::ListFrameworksResponse>("DirectoryService/ListFrameworks", request);
      if (!page.ok()) return page.status();
      for (const v1::Framework& framework : page->frameworks()) ids.push_back(framework.id());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return ids;
  }

 private:
  const Connection& connection_;
  std::map<std::string, v1::Ward> wards_;
};

absl::StatusOr<size_t> WriteExport(const Options& options, const Export& what) {
  auto connection = options.Connect();
  if (!connection.ok()) return connection.status();
  Known known(*connection);
  auto lines = known.Lines(what.framework_id, what.branch_id, what.as_of_date);
  if (!lines.ok()) return lines.status();
  std::vector<CoverageRow> rows;
  for (v1::Coverage& line : *lines) {
    CoverageRow& row = rows.emplace_back();
    row.coverage = std::move(line);
    if (row.coverage.ward_code().empty()) continue;
    auto ward = known.Ward(row.coverage.ward_code());
    if (!ward.ok()) return ward.status();
    if (*ward == nullptr) continue;
    row.ward_name = (*ward)->name();
    row.district = (*ward)->district();
  }
  std::ofstream file(what.file, std::ios::trunc | std::ios::binary);
  file << CoverageText(rows);
  file.close();
  if (!file.good()) return absl::DataLossError(absl::StrCat(what.file, " could not be written"));
  return rows.size();
}

int RunExport(const Options& options, const Export& what) {
  auto lines = WriteExport(options, what);
  if (!lines.ok()) return Refused(lines.status());
  printf("%zu %s of coverage in %s\n", *lines, *lines == 1 ? "line" : "lines", what.file.c_str());
  return 0;
}

std::string PlaceWords(const CoverageRow& row) {
  const v1::Coverage& line = row.coverage;
  if (!line.postcode_area().empty()) return absl::StrCat("postcode area ", line.postcode_area());
  return row.ward_name.empty() ? line.ward_code()
                               : absl::StrCat(line.ward_code(), " ", row.ward_name);
}

std::string TermsWords(const v1::Coverage& line) {
  return absl::StrCat("from ", line.from_date(),
                      line.to_date().empty() ? "" : absl::StrCat(" to before ", line.to_date()),
                      ", priority ", line.priority());
}

// A line without its framework: a file does not say it.
std::string KeyOf(v1::Coverage line) {
  line.clear_framework_id();
  return engine::CoverageKey(line);
}

class ImportRun {
 public:
  ImportRun(const Options& options, const Import& import)
      : options_(options),
        import_(import),
        errors_(ErrorPath(import.file), {"branch_id", "ward_code", "postcode_area"}) {}

  absl::Status Go() {
    auto content = ReadFile(import_.file);
    if (!content.ok()) return content.status();
    auto rows = ParseCoverage(import_.file, *content);
    if (!rows.ok()) return rows.status();
    auto connection = options_.Connect();
    if (!connection.ok()) return connection.status();
    connection_ = &*connection;
    Known known(*connection);
    for (absl::Status status : {FindRole(), FindLines(&known, *rows)}) {
      if (!status.ok()) return status;
    }
    for (size_t i = 0; i < rows->size(); ++i) {
      absl::Status status = Take(&known, &(*rows)[i]);
      if (!status.ok()) return status;
      ShowProgress(i + 1, rows->size());
    }
    if (!errors_.Finish())
      return absl::DataLossError(absl::StrCat(errors_.path(), " could not be written"));
    return absl::OkStatus();
  }

  int Report() const {
    if (!options_.json) {
      printf("%d %s, %d waiting for a decision, %d refused, %d as it is\n", accepted_,
             import_.dry_run ? "would change" : "accepted", waiting_, errors_.rows(), unchanged_);
      const auto elsewhere = std::count_if(there_.begin(), there_.end(), [this](const auto& line) {
        return !in_file_.contains(line.first);
      });
      if (elsewhere > 0) {
        printf("%ld %s there and not in the file; to end one, give it a row with a \"to\"\n",
               static_cast<long>(elsewhere), elsewhere == 1 ? "line is" : "lines are");
      }
    }
    if (errors_.rows() == 0) return 0;
    fprintf(stderr, "broker: what was refused, and why, is in %s\n", errors_.path().c_str());
    return kExitRefused;
  }

 private:
  absl::Status FindRole() {
    auto own = connection_->Call<v1::GetOwnAccountResponse>("AccountService/GetOwnAccount",
                                                            v1::GetOwnAccountRequest());
    if (!own.ok()) return own.status();
    proposes_ = own->account().role() == v1::ROLE_PROVIDER_BRANCH ||
                own->account().role() == v1::ROLE_PROVIDER_ORGANISATION;
    return absl::OkStatus();
  }

  absl::Status AddLines(Known* known, const std::set<std::string>& branches,
                        const std::string& as_of_date) {
    auto frameworks = known->Frameworks();
    if (!frameworks.ok()) return frameworks.status();
    for (const std::string& framework : *frameworks) {
      auto lines =
          known->Lines(framework, branches.size() == 1 ? *branches.begin() : "", as_of_date);
      if (!lines.ok()) return lines.status();
      for (const v1::Coverage& line : *lines) {
        if (!branches.contains(line.branch_id())) continue;
        const auto [there, is_new] = there_.emplace(KeyOf(line), line);
        if (!is_new && there->second.framework_id() != line.framework_id())
          ambiguous_.insert(there->first);
      }
    }
    return absl::OkStatus();
  }

  // What is there of the file's branches: today, and for lines that have not begun or have ended,
  // on the days from which the file has them.
  absl::Status FindLines(Known* known, const std::vector<CoverageRow>& rows) {
    std::set<std::string> branches;
    for (const CoverageRow& row : rows) {
      if (row.status.ok()) branches.insert(row.coverage.branch_id());
    }
    if (branches.empty()) return absl::OkStatus();
    if (absl::Status status = AddLines(known, branches, ""); !status.ok()) return status;
    std::set<std::string> dates;
    for (const CoverageRow& row : rows) {
      if (row.status.ok() && !there_.contains(KeyOf(row.coverage)))
        dates.insert(row.coverage.from_date());
    }
    for (const std::string& date : dates) {
      if (absl::Status status = AddLines(known, branches, date); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  void Refuse(const CoverageRow& row, const absl::Status& status) {
    const v1::Coverage& line = row.coverage;
    Tell(row, "refused", SayError(status));
    errors_.Add(row.line, {line.branch_id(), line.ward_code(), line.postcode_area()},
                engine::RejectionOf(status));
  }

  void Tell(const CoverageRow& row, const char* outcome, const std::string& what) const {
    if (options_.json) return;
    printf("line %d: %s: %s, %s, %s: %s\n", row.line, outcome, row.coverage.branch_id().c_str(),
           PlaceWords(row).c_str(), ShortName(row.coverage.service_type()).c_str(), what.c_str());
  }

  // A ward's name and district are for people: that they are another ward's shows a slip.
  absl::Status CheckNames(Known* known, const CoverageRow& row) {
    if (row.coverage.ward_code().empty()) return absl::OkStatus();
    auto ward = known->Ward(row.coverage.ward_code());
    if (!ward.ok()) return ward.status();
    if (*ward == nullptr) {
      return engine::Reject(v1::REJECTION_REASON_UNKNOWN_WARD, "ward_code",
                            row.coverage.ward_code(), "the code of a ward of a framework");
    }
    for (const auto& [column, said, name] :
         {std::tuple{"ward_name", &row.ward_name, &(*ward)->name()},
          std::tuple{"district", &row.district, &(*ward)->district()}}) {
      if (said->empty() || absl::EqualsIgnoreCase(*said, *name)) continue;
      return engine::Reject(v1::REJECTION_REASON_FIELD_INVALID, column, *said,
                            absl::StrCat(*name, ", as ", row.coverage.ward_code(),
                                         " is called; or another ward_code"));
    }
    return absl::OkStatus();
  }

  // A refusal is the row's own; any other error ends the run.
  absl::Status Take(Known* known, CoverageRow* row) {
    absl::Status status = row->status;
    if (status.ok() && !in_file_.insert(KeyOf(row->coverage)).second) {
      status = engine::Reject(v1::REJECTION_REASON_FIELD_INVALID, "branch_id",
                              row->coverage.branch_id(), "each line once in the file");
    }
    if (status.ok()) status = CheckNames(known, *row);
    if (status.ok()) status = Compare(row);
    if (status.ok()) return status;
    if (engine::RejectionOf(status).reason() == v1::REJECTION_REASON_UNSPECIFIED) return status;
    Refuse(*row, status);
    return absl::OkStatus();
  }

  absl::Status Compare(CoverageRow* row) {
    v1::Coverage& line = row->coverage;
    const std::string key = KeyOf(line);
    auto before = there_.find(key);
    std::string change = TermsWords(line);
    if (ambiguous_.contains(key)) {
      return engine::Reject(v1::REJECTION_REASON_FIELD_INVALID, "postcode_area",
                            line.postcode_area(),
                            "an area that the branch covers under one framework; it does under "
                            "several, and a file does not say which");
    }
    if (before != there_.end()) {
      line.set_framework_id(before->second.framework_id());
      if (line.SerializeAsString() == before->second.SerializeAsString()) {
        ++unchanged_;
        return absl::OkStatus();
      }
      absl::StrAppend(&change, "; was ", TermsWords(before->second));
    }
    if (import_.dry_run) {
      ++accepted_;
      Tell(*row, before == there_.end() ? "would be new" : "would change", change);
      return absl::OkStatus();
    }
    return proposes_ ? Propose(*row, change) : Change(*row, change);
  }

  absl::Status Change(const CoverageRow& row, const std::string& change) {
    v1::ChangeCoverageRequest request;
    request.set_request_id(FreshRequestId());
    *request.mutable_coverage() = row.coverage;
    auto response =
        connection_->Call<v1::ChangeCoverageResponse>("DirectoryService/ChangeCoverage", request);
    if (!response.ok()) return response.status();
    ++accepted_;
    Tell(row, "accepted", change);
    if (options_.json) fputs(MessageJson(*response, true).c_str(), stdout);
    return absl::OkStatus();
  }

  absl::Status Propose(const CoverageRow& row, const std::string& change) {
    v1::ProposeCoverageRequest request;
    request.set_request_id(FreshRequestId());
    *request.mutable_coverage() = row.coverage;
    auto response =
        connection_->Call<v1::ProposeCoverageResponse>("DirectoryService/ProposeCoverage", request);
    if (!response.ok()) return response.status();
    const bool waits = response->proposal().state() == v1::PROPOSAL_STATE_OPEN;
    ++(waits ? waiting_ : accepted_);
    Tell(row, waits ? "waiting" : "accepted", change);
    if (options_.json) fputs(MessageJson(*response, true).c_str(), stdout);
    return absl::OkStatus();
  }

  const Options& options_;
  const Import& import_;
  ErrorFile errors_;
  const Connection* connection_ = nullptr;
  bool proposes_ = false;
  std::map<std::string, v1::Coverage> there_;  // by key
  std::set<std::string> ambiguous_;            // keys of these that two frameworks have
  std::set<std::string> in_file_;              // keys
  int accepted_ = 0;
  int waiting_ = 0;
  int unchanged_ = 0;
};

int RunImport(const Options& options, const Import& import) {
  ImportRun run(options, import);
  if (absl::Status status = run.Go(); !status.ok()) return Refused(status);
  return run.Report();
}

std::string LineWords(const v1::Coverage& line) {
  return absl::StrCat(
      line.postcode_area().empty() ? line.ward_code() : absl::StrCat("area ", line.postcode_area()),
      ", ", ShortName(line.service_type()), ", ", TermsWords(line));
}

int RunProposals(const Options& options, const Proposals& what) {
  v1::ListCoverageProposalsRequest request;
  request.set_branch_id(what.branch_id);
  request.set_page_size(engine::limits::kPageSizeMax);
  if (!what.state.empty()) {
    auto state = EnumNumber(*v1::ProposalState_descriptor(), what.state);
    if (!state.ok()) return Refused(state.status());
    request.set_state(static_cast<v1::ProposalState>(*state));
  }
  auto connection = options.Connect();
  if (!connection.ok()) return Refused(connection.status());
  Table table({"proposal", "branch", "line", "state", "proposed by", "decided by", "reason"});
  do {
    auto page = connection->Call<v1::ListCoverageProposalsResponse>(
        "DirectoryService/ListCoverageProposals", request);
    if (!page.ok()) return Refused(page.status());
    if (options.json) fputs(MessageJson(*page, true).c_str(), stdout);
    for (const v1::CoverageProposal& one : page->proposals()) {
      table.Add({one.id(), one.coverage().branch_id(), LineWords(one.coverage()),
                 ShortName(one.state()), one.proposed_by(), one.decided_by(),
                 one.decision_reason()});
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  if (options.json) return 0;
  table.DropEmptyColumns();
  fputs(table.empty() ? "no proposals\n" : table.Text().c_str(), stdout);
  return 0;
}

int RunWithdraw(const Options& options, v1::WithdrawCoverageProposalRequest request) {
  auto connection = options.Connect();
  if (!connection.ok()) return Refused(connection.status());
  request.set_request_id(FreshRequestId());
  auto response = connection->Call<v1::WithdrawCoverageProposalResponse>(
      "DirectoryService/WithdrawCoverageProposal", request);
  if (!response.ok()) return Refused(response.status());
  const v1::CoverageProposal& proposal = response->proposal();
  if (options.json) {
    fputs(MessageJson(*response, false).c_str(), stdout);
  } else {
    printf("withdrawn: %s, %s: %s\n", proposal.id().c_str(),
           proposal.coverage().branch_id().c_str(), LineWords(proposal.coverage()).c_str());
  }
  return 0;
}

}  // namespace

void AddCoverageCommands(command_line::Command app, const Options* options, Chosen* chosen) {
  command_line::Command coverage = app.AddCommand("coverage", "What branches cover, as a file");
  coverage.RequireCommand();

  command_line::Command command =
      coverage.AddCommand("export", "Write a framework's coverage to a file");
  auto what = std::make_shared<Export>();
  command.Add("--framework", &what->framework_id, "The framework").Required();
  command.Add("--branch", &what->branch_id, "Only this branch's");
  command.Add("--as-of", &what->as_of_date, "On this date; today unless given");
  command.Add("file", &what->file, "The file to write").Required();
  command.AfterParse([options, chosen, what] {
    *chosen = [options, what] { return RunExport(*options, *what); };
  });

  command = coverage.AddCommand(
      "import",
      "Send what differs in a file: as proposals of a provider, as changes of a commissioner");
  auto import = std::make_shared<Import>();
  command
      .Add("file", &import->file,
           "CSV as export writes it; ward_name and district are only checked")
      .Required();
  command.AddFlag("--dry-run", &import->dry_run, "Only show what would change");
  command.AfterParse([options, chosen, import] {
    *chosen = [options, import] { return RunImport(*options, *import); };
  });

  command = coverage.AddCommand("proposals", "What branches proposed, and how it stands");
  auto proposals = std::make_shared<Proposals>();
  command.Add("--branch", &proposals->branch_id, "Only this branch's");
  command.Add("--state", &proposals->state, "Only those that stand so, such as open");
  command.AfterParse([options, chosen, proposals] {
    *chosen = [options, proposals] { return RunProposals(*options, *proposals); };
  });

  command = coverage.AddCommand("withdraw", "Take back a proposal of one's own that waits");
  auto withdraw = std::make_shared<v1::WithdrawCoverageProposalRequest>();
  command.Add("proposal", withdraw->mutable_proposal_id(), "The proposal").Required();
  command.Add("--reason", withdraw->mutable_reason(), "Why");
  command.AfterParse([options, chosen, withdraw] {
    *chosen = [options, withdraw] { return RunWithdraw(*options, *withdraw); };
  });
}

}  // namespace brokerage::broker
