// brokerd and broker as programs, for tests of what people type and read.
#pragma once

#include <sys/types.h>

#include <string>

namespace brokerage {

struct Ran {
  int exit_code = 0;
  std::string output;  // both streams
};

Ran Shell(const std::string& command);

// A brokerd over a fresh store in `folder`, with a simulation's clock and an administrator whose
// token is in `folder`/admin.token. Started by the constructor, stopped by Stop.
class BrokerdProgram {
 public:
  // `begin` is the clock's first moment, such as "2018-07-02T08:00:00Z".
  BrokerdProgram(const std::string& folder, const std::string& begin);
  ~BrokerdProgram() { Stop(); }
  BrokerdProgram(const BrokerdProgram&) = delete;
  BrokerdProgram& operator=(const BrokerdProgram&) = delete;

  const std::string& address() const { return address_; }
  const std::string& admin_address() const { return admin_address_; }
  // Whether it exited with 0, now or when it was stopped before.
  bool Stop();

 private:
  std::string address_;
  std::string admin_address_;
  pid_t process_ = 0;
  bool clean_ = false;
};

}  // namespace brokerage
