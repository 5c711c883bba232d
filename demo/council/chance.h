// Seeded chance.
#pragma once

#include <cstdint>
#include <string>

namespace brokerage::demo {

// Seeded chance: the same names give the same number, on every machine.
class Chance {
 public:
  explicit Chance(uint64_t seed) : seed_(seed) {}
  uint64_t Number(const std::string& name) const;
  // 0 to bound - 1. REQUIRES: bound > 0.
  int Below(const std::string& name, int bound) const {
    return static_cast<int>(Number(name) % bound);
  }
  bool Percent(const std::string& name, int percent) const { return Below(name, 100) < percent; }

 private:
  uint64_t seed_;
};

}  // namespace brokerage::demo
