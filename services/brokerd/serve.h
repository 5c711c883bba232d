// `brokerd serve`: the server over one directory.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "engine/base/bounds.h"

namespace brokerage::services::brokerd {

struct ServeOptions {
  std::string data;
  std::string listen = "127.0.0.1:7443";
  std::string admin_listen = "127.0.0.1:9464";
  std::string backup_dir;  // empty: CreateBackup is not supported
  std::optional<absl::Time> simulation_start;
  // Not set: kDiskReserveMebibytes, or a twentieth of a smaller disk.
  std::optional<uint64_t> disk_reserve_mebibytes;
  // "SEQUENCE:HASH", or empty: where the journal ends, where what came after it is lost for good.
  std::string accept_loss;
};

// Serves until SIGTERM or SIGINT, then answers what was accepted.
absl::Status Serve(const ServeOptions& options);

}  // namespace brokerage::services::brokerd
