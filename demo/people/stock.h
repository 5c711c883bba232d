// Packages that ran before the contracts began.
#pragma once

#include <vector>

#include "demo/people/setting.h"
#include "services/client/files/referral_file.h"

namespace brokerage::demo {

// Moves in what ran before: each row's package runs from now on where the row says, and nobody is
// asked.
void MoveIn(const std::vector<client::ReferralRow>& rows, Setting* setting);

}  // namespace brokerage::demo
