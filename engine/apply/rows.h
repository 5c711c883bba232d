// What records have changed as rows: each row once, as it is when rows are taken, however many
// records changed it since.
#pragma once

#include <vector>

#include "engine/model/state.h"
#include "engine/model/tables.h"

namespace brokerage::engine {

// Appends what differs from what was last taken: whole rows by table and key; where one key comes
// twice, the later counts. Nothing is left to be taken.
void TakeRows(State* state, std::vector<RowWrite>* writes);
// Nobody keeps them.
void ForgetRows(State* state);

}  // namespace brokerage::engine
