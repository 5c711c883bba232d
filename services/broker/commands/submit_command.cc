// `broker submit FILE`: many packages from one file, a hundred a call. Running it again repeats
// nothing, nor does a file in which only some rows were changed: a row's request id is made of what
// the row says.
#include "services/broker/commands/submit_command.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "brokerage/v1/package_service.pb.h"
#include "engine/base/calendar.h"
#include "engine/base/hash.h"
#include "engine/base/rejection.h"
#include "services/client/files/files.h"
#include "services/client/files/referral_file.h"
#include "services/client/files/row_files.h"
#include "services/client/text/message_text.h"
#include "services/client/text/progress.h"
#include "services/client/text/words.h"

namespace brokerage::broker {

using client::Connection;
using client::ErrorFile;
using client::ErrorPath;
using client::kExitRefused;
using client::London;
using client::MessageJson;
using client::ParseReferrals;
using client::ReadFile;
using client::ReferralColumns;
using client::ReferralOn;
using client::ReferralRow;
using client::ShowProgress;

namespace {

constexpr size_t kBatch = 100;
constexpr size_t kRequestIdDigits = 32;

struct Submit {
  std::string file;
  std::string framework_id;
  std::string authority_id;
  std::string date;  // of the referral; empty: today
};

class Run {
 public:
  Run(const Options& options, const Submit& submit)
      : options_(options), submit_(submit), errors_(ErrorPath(submit.file), {"person_reference"}) {}

  absl::Status Go() {
    auto content = ReadFile(submit_.file);
    if (!content.ok()) return content.status();
    auto rows = ParseReferrals(submit_.file, *content);
    if (!rows.ok()) return rows.status();
    auto connection = options_.Connect();
    if (!connection.ok()) return connection.status();
    absl::CivilDay day = absl::ToCivilDay(absl::Now(), London());
    if (!submit_.date.empty()) {
      const auto date = engine::ParseDate(submit_.date);
      if (!date)
        return absl::InvalidArgumentError(
            absl::StrCat("--date: \"", submit_.date, "\" is not a date"));
      day = engine::FromDateNumber(*date);
    }
    for (size_t from = 0; from < rows->size(); from += kBatch) {
      const size_t to = std::min(rows->size(), from + kBatch);
      absl::Status status = SendBatch(*connection, day, *rows, from, to);
      if (!status.ok()) return status;
      ShowProgress(to, rows->size());
    }
    if (!errors_.Finish())
      return absl::DataLossError(absl::StrCat(errors_.path(), " could not be written"));
    return absl::OkStatus();
  }

  int taken() const { return taken_; }
  const ErrorFile& errors() const { return errors_; }

 private:
  void Refuse(const ReferralRow& row, const v1::Rejection& rejection) {
    errors_.Add(row.line, {row.referral.person_reference()}, rejection);
  }

  // Of the whole referral, with framework, authority and dates, so that the same row in a file that
  // was corrected elsewhere has the same; and of how many such rows stood before it, so that one
  // that is there twice is asked for twice.
  std::string RequestIdOf(const v1::PackageReferral& referral) {
    const std::string content = engine::HashOf(referral.SerializeAsString());
    const int nth = ++times_[content];
    return engine::Hex(engine::HashOf(absl::StrCat(content, nth))).substr(0, kRequestIdDigits);
  }

  absl::Status SendBatch(const Connection& connection, absl::CivilDay day,
                         const std::vector<ReferralRow>& rows, size_t from, size_t to) {
    v1::SubmitPackagesRequest request;
    std::vector<const ReferralRow*> sent;
    for (size_t i = from; i < to; ++i) {
      if (!rows[i].status.ok()) {
        Refuse(rows[i], engine::RejectionOf(rows[i].status));
        continue;
      }
      v1::SubmitPackageRequest* one = request.add_requests();
      *one->mutable_referral() = ReferralOn(rows[i], day);
      one->mutable_referral()->set_framework_id(submit_.framework_id);
      one->mutable_referral()->set_authority_id(submit_.authority_id);
      one->set_request_id(RequestIdOf(one->referral()));
      sent.push_back(&rows[i]);
    }
    if (sent.empty()) return absl::OkStatus();
    auto response =
        connection.Call<v1::SubmitPackagesResponse>("PackageService/SubmitPackages", request);
    if (!response.ok()) return response.status();
    for (int i = 0; i < response->results_size() && i < request.requests_size(); ++i) {
      if (response->results(i).has_rejection()) {
        Refuse(*sent[i], response->results(i).rejection());
      } else {
        ++taken_;
        if (options_.json) fputs(MessageJson(response->results(i).package(), true).c_str(), stdout);
      }
    }
    return absl::OkStatus();
  }

  const Options& options_;
  const Submit& submit_;
  ErrorFile errors_;
  std::map<std::string, int> times_;  // that a row was there, by its content's hash
  int taken_ = 0;
};

int RunSubmit(const Options& options, const Submit& submit) {
  Run run(options, submit);
  if (absl::Status status = run.Go(); !status.ok()) return Refused(status);
  if (!options.json) {
    printf("%d %s taken in, %d refused\n", run.taken(), run.taken() == 1 ? "package" : "packages",
           run.errors().rows());
  }
  if (run.errors().rows() == 0) return 0;
  fprintf(stderr, "broker: what was refused, and why, is in %s\n", run.errors().path().c_str());
  return kExitRefused;
}

}  // namespace

void AddSubmitCommand(command_line::Command app, const Options* options, Chosen* chosen) {
  command_line::Command command = app.AddCommand(
      "submit", "Submit a file of packages; safe to repeat, also with rows corrected");
  auto submit = std::make_shared<Submit>();
  command
      .Add("file", &submit->file,
           absl::StrCat("CSV, a package a row; its columns: ", ReferralColumns()))
      .Required();
  command.Add("--framework", &submit->framework_id, "The framework").Required();
  command.Add("--authority", &submit->authority_id, "The authority that buys").Required();
  command.Add("--date", &submit->date,
              "The date of the referrals, from which start_by counts; today unless given");
  command.AfterParse([options, chosen, submit] {
    *chosen = [options, submit] { return RunSubmit(*options, *submit); };
  });
}

}  // namespace brokerage::broker
