// The course of one run: the engine and everything that it made, which the workload writes; and
// what the second implementation remembers of it, which the auditor writes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "brokerage/journal/v1/record.pb.h"
#include "engine/engine.h"
#include "tests/reference/random_framework.h"
#include "tests/reference/reference_directory.h"
#include "tests/reference/reference_figures.h"

namespace brokerage::engine::reference {

// What came to pass, so that a test can see that everything did.
struct WorkloadTally {
  std::map<std::string, int64_t> happened;
  void operator()(const std::string& what) { ++happened[what]; }
};

// The last step of a package that can be undone, and what was there before it.
struct ReferenceStep {
  v1::StepKind kind = v1::STEP_KIND_UNSPECIFIED;
  PackageAggregate before;
  absl::Time time;
  uint64_t sequence = 0;
  // Whether nothing else has befallen the package in the same record, or since, but deadlines.
  bool alone = true;
};

struct Course {
  Course(uint64_t seed, bool adaptive, WorkloadTally* tally);

  // Later than every record.
  absl::Time Stamp() const;
  // Everything up to now, as the figures of the reference look at it.
  ReferenceHistory History() const;
  const PackageAggregate& Package(uint64_t number) const { return *engine.state().Package(number); }
  uint64_t LastPackage() const { return engine.state().system.last_package_number(); }
  // Something differs, or went wrong: after the first nothing more is done.
  void Problem(const std::string& text);

  const uint64_t seed;
  WorkloadTally& tally;
  const RandomFramework framework;
  // Decides what people do and what the auditor asks: one seed, one course.
  Dice dice;

  // --- What was made.
  Engine engine;
  absl::Time now;
  int64_t last_time_us = 0;  // of the last record
  uint64_t sequence = 0;
  std::vector<journal::v1::Record> records;
  std::vector<std::vector<journal::v1::TextRow>> texts;  // of each record
  std::map<std::pair<Table, std::string>, std::string> rows;

  // --- What the second implementation remembers.
  ReferenceDirectory directory;
  std::vector<ReferenceAward> awards;
  std::vector<ReferencePassedOver> passed_over;
  std::map<uint64_t, ReferenceStep> steps;  // by package
  // Of the packages that the record at hand touches, as they were before it.
  std::map<uint64_t, journal::v1::PackageRow> before;

  std::vector<std::string> problems;  // soonest first
};

absl::Time TimeOf(const journal::v1::Record& record);
// The number of the package that the fact is about; 0 if it is about none.
uint64_t PackageOf(const journal::v1::Fact& fact);

}  // namespace brokerage::engine::reference
