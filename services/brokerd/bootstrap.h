// `brokerd bootstrap`: the first account.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace brokerage::services::brokerd {

struct BootstrapOptions {
  std::string data;
  std::string account;
  std::string token_file;  // read if it is there, else written, for its owner only
  std::optional<absl::Time> simulation_start;
};

// Makes the first administrator. Errors: ALREADY_EXISTS when there are accounts.
absl::Status MakeFirstAdministrator(const BootstrapOptions& options);

}  // namespace brokerage::services::brokerd
