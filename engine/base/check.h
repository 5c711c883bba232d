// Invariants, checked in every build: a broken one ends the process, so that nothing wrong becomes
// durable.
#pragma once

#include <assert.h>

#ifdef NDEBUG  // which makes <assert.h> leave it out
extern "C" [[noreturn]] void __assert_fail(const char* condition, const char* file, unsigned line,
                                           const char* function) noexcept;
#endif

// glibc's assert that no build option switches off.
#define BROKERAGE_CHECK(condition) \
  ((condition) ? void(0) : __assert_fail(#condition, __FILE__, __LINE__, __func__))
