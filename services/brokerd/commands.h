// What `brokerd` can be asked on the command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace brokerage::services::brokerd {

struct ServeOptions {
  std::string data;
  std::string listen = "127.0.0.1:7443";
  std::string admin_listen = "127.0.0.1:9464";
  std::string backup_dir;  // empty: CreateBackup is not supported
  std::optional<absl::Time> simulation_start;
};
// Serves until SIGTERM or SIGINT, then answers what was accepted.
absl::Status Serve(const ServeOptions& options);

struct BootstrapOptions {
  std::string data;
  std::string account;
  std::string token_file;
  std::optional<absl::Time> simulation_start;
};
// Makes the first administrator. Errors: ALREADY_EXISTS when there are accounts.
absl::Status MakeFirstAdministrator(const BootstrapOptions& options);

// Replays the journal of a directory that no server has open, and compares every row. `expect_head`
// as "SEQUENCE:HASH", or empty. Errors: DATA_LOSS with the first problems.
absl::Status Verify(const std::string& data, const std::string& expect_head);
// Backs up a directory that no server has open.
absl::Status BackUp(const std::string& data, const std::string& backup_dir);
// Restores a backup into a directory that is new or empty.
absl::Status Restore(const std::string& backup_dir, int64_t number, const std::string& data);

}  // namespace brokerage::services::brokerd
