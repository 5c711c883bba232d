#include "tests/reference/course.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace brokerage::engine::reference {

using journal::v1::Fact;
using journal::v1::Record;

namespace {

const absl::TimeZone* FindZone(const std::string& name) {
  static const absl::TimeZone london = [] {
    absl::TimeZone zone;
    absl::LoadTimeZone("Europe/London", &zone);
    return zone;
  }();
  return name == "Europe/London" ? &london : nullptr;
}

}  // namespace

Course::Course(uint64_t seed, bool adaptive, WorkloadTally* tally)
    : seed(seed),
      tally(*tally),
      framework(MakeRandomFramework(seed, adaptive)),
      dice(seed + 1000003),
      engine(FindZone),
      now(framework.start) {
  directory.zone = framework.zone;
  engine.FinishLoading(0, 0);
}

absl::Time Course::Stamp() const { return std::max(now, absl::FromUnixMicros(last_time_us + 1)); }

ReferenceHistory Course::History() const {
  ReferenceHistory history;
  history.directory = &directory;
  for (uint64_t number = 1; number <= LastPackage(); ++number) {
    history.packages.push_back(&Package(number));
  }
  history.awards = awards;
  history.passed_over = &passed_over;
  return history;
}

void Course::Problem(const std::string& text) {
  if (problems.size() < 5) {
    problems.push_back(absl::StrCat("seed ", seed, ", record ", sequence + 1, ", ",
                                    absl::FormatTime(now, framework.zone), ": ", text));
  }
}

absl::Time TimeOf(const Record& record) { return absl::FromUnixMicros(record.time_us()); }

uint64_t PackageOf(const Fact& fact) {
  const auto* reflection = fact.GetReflection();
  const auto* field = Fact::descriptor()->FindFieldByNumber(fact.fact_case());
  const google::protobuf::Message& inner = reflection->GetMessage(fact, field);
  const auto* number = inner.GetDescriptor()->FindFieldByName("package_number");
  return number == nullptr ? 0 : inner.GetReflection()->GetUInt64(inner, number);
}

}  // namespace brokerage::engine::reference
