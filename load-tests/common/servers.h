// Servers that a load test starts, and ends.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace brokerage::load {

// A program that runs until this goes.
class Child {
 public:
  explicit Child(std::vector<std::string> arguments);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t process() const { return pid_; }

 private:
  pid_t pid_;
};

// The arguments of a brokerd on a data directory and an address of loopback.
std::vector<std::string> ServeOn(const std::string& brokerd, const std::string& directory,
                                 const std::string& address);

}  // namespace brokerage::load
