// What a store must stand: a power cut and a failing disk at any operation, a byte that changed, a
// log that was cut anywhere. The short forms are tests, the long ones ./dev prove.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace brokerage::damage {

// One kind of damage, tried over and over. Consecutive numbers go through every place that can be
// damaged, one after the other; the number alone decides what is done.
class Trials {
 public:
  virtual ~Trials() = default;
  // What is wrong after this damage; empty when that is nothing.
  virtual std::vector<std::string> Try(uint64_t number) = 0;
  // How many places there are: after so many consecutive numbers each was tried.
  virtual uint64_t places() const = 0;
};

struct Proof {
  std::string name;
  // Prepares its stores in the folder, which is empty and outlives it.
  std::function<std::unique_ptr<Trials>(const std::string& folder)> begin;
};

// By the names under which a person asks for them: power_cuts, failing_disk, flips, truncation.
const std::vector<Proof>& Proofs();

}  // namespace brokerage::damage
