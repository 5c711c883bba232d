// `broker postcodes import FILES...`: a postcode directory taken in, several requests under way at
// once. Running it again changes nothing.
#include "services/broker/commands/postcodes_command.h"

#include <condition_variable>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "brokerage/v1/directory_service.pb.h"
#include "engine/base/bounds.h"
#include "google/protobuf/struct.pb.h"
#include "services/client/files/postcode_file.h"
#include "services/client/text/message_text.h"
#include "services/client/text/progress.h"

namespace brokerage::broker {

using client::Connection;
using client::MessageJson;
using client::PostcodesLeftOut;
using client::ReadPostcodeFile;
using client::ShowProgress;

namespace {

constexpr int kSenders = 3;
constexpr size_t kWaitingMax = 4;  // requests that are made and not yet sent

struct Import {
  std::vector<std::string> files;
  bool dry_run = false;
};

// Sends requests from threads of its own, so that the server works while the next ones are made.
class Senders {
 public:
  explicit Senders(const Connection& connection) {
    for (int i = 0; i < kSenders; ++i) {
      threads_.emplace_back([this, connection] { Run(connection); });
    }
  }
  ~Senders() { Finish().IgnoreError(); }

  // Waits while too many are not yet sent. The first error of any request so far.
  absl::Status Send(v1::ImportPostcodesRequest request) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_.size() < kWaitingMax || !status_.ok(); });
    if (!status_.ok()) return status_;
    waiting_.push_back(std::move(request));
    changed_.notify_all();
    return absl::OkStatus();
  }

  // Waits for all that were sent.
  absl::Status Finish() {
    {
      std::lock_guard lock(mutex_);
      finished_ = true;
      changed_.notify_all();
    }
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    return status_;
  }

 private:
  void Run(const Connection& connection) {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return !waiting_.empty() || finished_ || !status_.ok(); });
      if (waiting_.empty() || !status_.ok()) return;
      v1::ImportPostcodesRequest request = std::move(waiting_.front());
      waiting_.pop_front();
      changed_.notify_all();
      lock.unlock();
      auto response =
          connection.Call<v1::ImportPostcodesResponse>("DirectoryService/ImportPostcodes", request);
      lock.lock();
      if (response.ok() || !status_.ok()) continue;
      status_ = response.status();
      changed_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<v1::ImportPostcodesRequest> waiting_;
  bool finished_ = false;
  absl::Status status_;
  std::vector<std::thread> threads_;
};

class Run {
 public:
  Run(const Options& options, const Import& import) : options_(options), import_(import) {}

  absl::Status Go() {
    for (const std::string& file : import_.files) {
      std::error_code error;
      bytes_ += std::filesystem::file_size(file, error);
      if (error) return absl::NotFoundError(absl::StrCat(file, ": ", error.message()));
    }
    if (import_.dry_run) {
      return ReadAll([this](const v1::ImportPostcodesRequest& request) {
        imported_ += request.rows_size();
        return absl::OkStatus();
      });
    }
    auto connection = options_.Connect();
    if (!connection.ok()) return connection.status();
    Senders senders(*connection);
    absl::Status status = ReadAll([&](v1::ImportPostcodesRequest request) {
      imported_ += request.rows_size();
      return senders.Send(std::move(request));
    });
    if (absl::Status sent = senders.Finish(); status.ok()) status = sent;
    if (!status.ok()) return status;
    v1::ImportPostcodesRequest last;
    last.set_last(true);
    return connection->Call<v1::ImportPostcodesResponse>("DirectoryService/ImportPostcodes", last)
        .status();
  }

  int64_t imported() const { return imported_; }
  const PostcodesLeftOut& left_out() const { return left_out_; }

 private:
  template <typename Send>
  absl::Status ReadAll(Send send) {
    v1::ImportPostcodesRequest request;
    auto hand_over = [&] {
      v1::ImportPostcodesRequest full = std::move(request);
      request = v1::ImportPostcodesRequest();
      request.mutable_rows()->Reserve(engine::limits::kPostcodesPerRequestMax);
      return send(std::move(full));
    };
    auto on_row = [&](v1::PostcodeRow row) {
      *request.add_rows() = std::move(row);
      if (request.rows_size() < engine::limits::kPostcodesPerRequestMax) return absl::OkStatus();
      return absl::Status(hand_over());
    };
    auto on_read = [this](size_t bytes) {
      bytes_read_ += bytes;
      ShowProgress(bytes_read_, bytes_);
    };
    for (const std::string& file : import_.files) {
      absl::Status status = ReadPostcodeFile(file, on_row, on_read, &left_out_);
      if (!status.ok()) return status;
    }
    return hand_over();
  }

  const Options& options_;
  const Import& import_;
  size_t bytes_ = 0;  // of all files
  size_t bytes_read_ = 0;
  int64_t imported_ = 0;
  PostcodesLeftOut left_out_;
};

void Tell(const Options& options, const Import& import, const Run& run) {
  if (options.json) {
    google::protobuf::Struct document;
    auto set = [&document](const char* name, int64_t count) {
      (*document.mutable_fields())[name].set_number_value(static_cast<double>(count));
    };
    set("postcodes", run.imported());
    set("without_ward", run.left_out().without_ward);
    set("terminated", run.left_out().terminated);
    fputs(MessageJson(document, false).c_str(), stdout);
    return;
  }
  printf("%lld postcodes %s", static_cast<long long>(run.imported()),
         import.dry_run ? "could be taken in" : "taken in");
  if (run.left_out().without_ward > 0) {
    printf("; %lld have no ward", static_cast<long long>(run.left_out().without_ward));
  }
  if (run.left_out().terminated > 0) {
    printf("; %lld are no longer in use", static_cast<long long>(run.left_out().terminated));
  }
  printf("\n");
}

int RunImport(const Options& options, const Import& import) {
  Run run(options, import);
  if (absl::Status status = run.Go(); !status.ok()) return Refused(status);
  Tell(options, import, run);
  return 0;
}

}  // namespace

void AddPostcodesCommand(command_line::Command app, const Options* options, Chosen* chosen) {
  command_line::Command postcodes = app.AddCommand("postcodes", "The postcode directory");
  postcodes.RequireCommand();
  command_line::Command command = postcodes.AddCommand(
      "import", "Take in postcodes with their wards; safe to repeat, newer rows replace older");
  auto import = std::make_shared<Import>();
  command
      .Add("files", &import->files,
           "CSV files of OS Code-Point Open or of the ONS postcode directory")
      .Required();
  command.AddFlag("--dry-run", &import->dry_run, "Only read the files, without a server");
  command.AfterParse([options, chosen, import] {
    *chosen = [options, import] { return RunImport(*options, *import); };
  });
}

}  // namespace brokerage::broker
