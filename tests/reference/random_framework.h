// A framework made up from a seed: its rules, and a directory in which everything that may
// bar a branch happens to some.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "brokerage/journal/v1/rows.pb.h"

namespace brokerage::engine::reference {

class Dice {
 public:
  explicit Dice(uint64_t seed) : random_(seed) {}

  int64_t Below(int64_t bound) {
    return static_cast<int64_t>(random_() % static_cast<uint64_t>(bound));
  }
  int Between(int low, int high) { return low + static_cast<int>(Below(high - low + 1)); }
  bool Percent(int chance) { return Below(100) < chance; }
  template <typename List>
  const auto& Of(const List& list) {
    return *(list.begin() + Below(static_cast<int64_t>(list.size())));
  }
  template <typename T>
  void Shuffle(std::vector<T>* list) {
    for (size_t i = list->size(); i > 1; --i) {
      std::swap((*list)[i - 1], (*list)[static_cast<size_t>(Below(static_cast<int64_t>(i)))]);
    }
  }

 private:
  std::mt19937_64 random_;
};

struct RandomFramework {
  absl::TimeZone zone;
  absl::Time start;  // a morning
  v1::FrameworkRules rules;
  std::vector<journal::v1::DirectoryFact> facts;
  std::vector<std::string> wards;
  std::vector<std::string> providers;
  std::vector<std::string> branches;
  std::vector<std::string> contracts;
  std::vector<std::string> authorities;
  bool by_area = false;  // some branches cover postcode areas: every package has a postcode
};

// The postcode areas of every framework.
inline constexpr std::array<const char*, 2> kAreas = {"NG", "DN"};

// With `adaptive`: with adaptive release, one lot and short windows, so that fills are soon known.
RandomFramework MakeRandomFramework(uint64_t seed, bool adaptive);

}  // namespace brokerage::engine::reference
