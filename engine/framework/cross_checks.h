// What a framework's rules and tables say of each other: that everything named exists, once, and
// that the whole can be worked with.
#pragma once

#include "engine/framework/errors.h"
#include "engine/framework/rules.h"
#include "engine/framework/tables.h"

namespace brokerage::engine {

// Adds an error for everything that does not fit together, in what could be read: a broken row does
// not keep the others from being checked. That something does not exist is said only where no
// broken row can have meant it, so that one broken line does not bring a hundred errors with it.
void CheckTogether(const RulesFile& rules, const FrameworkTables& tables, FrameworkErrors* errors);

}  // namespace brokerage::engine
