// What readers see of the engine's memory, as of a commit.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "absl/time/time.h"
#include "brokerage/journal/v1/record.pb.h"
#include "engine/model/directory.h"

namespace brokerage::services {

// The directory and the accounts. Never changed: another is made when a commit changes either.
struct DirectorySnapshot {
  // When it was so: never after the clock that stamps commands, which may be ahead of a
  // simulation's.
  absl::Time time = absl::InfinitePast();
  engine::Directory directory;
  std::map<std::string, journal::v1::AccountRow, std::less<>> accounts;  // by id
  // SHA-256 of the token -> account id.
  std::map<std::string, std::string, std::less<>> account_by_token;
};

}  // namespace brokerage::services
