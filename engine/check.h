// Invariants, checked in every build: a broken one ends the process, so that nothing wrong becomes
// durable.
#pragma once

#include <assert.h>

// glibc's assert that no build option switches off.
#define BROKERAGE_CHECK(condition) \
  ((condition) ? void(0) : __assert_fail(#condition, __FILE__, __LINE__, __func__))
