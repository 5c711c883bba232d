// A council that does not exist, as large as a measurement needs it.
#pragma once

#include "brokerage/v1/directory_service.pb.h"

namespace brokerage::load {

struct Invented {
  int lots = 1;
  int branches = 30;  // of each lot, each the only one of a provider with a contract for the lot
  // One branch of so many covers a ward: all are considered for a package, so many fewer are
  // offered it.
  int branches_of_one_that_covers = 3;
};

// A framework's files: packages go out at once to everyone on a list, and are awarded at the
// round's close by a person. Its id is "invented".
v1::ApplyFrameworkRequest InventedFramework(const Invented& invented);

}  // namespace brokerage::load
