// Who asks.
#pragma once

#include <string>

#include "brokerage/v1/vocabulary.pb.h"

namespace brokerage::engine {

// An account as it was when the call was admitted.
struct Caller {
  std::string account_id = {};
  v1::Role role = v1::ROLE_UNSPECIFIED;
  std::string authority_id = {};
  std::string provider_id = {};  // of an organisation or a branch
  std::string branch_id = {};
};

}  // namespace brokerage::engine
