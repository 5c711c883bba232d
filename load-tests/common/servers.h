// Servers that a load test starts, and ends.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <grpcpp/grpcpp.h>

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

// An address of loopback that nobody listens on.
std::string FreeAddress();

// A connection of its own, once the server answers. Ends the process with a message where none
// comes within a minute.
std::shared_ptr<grpc::Channel> Connect(const std::string& address);

// Of a process's memory so many MiB are in use: "VmRSS" now, "VmHWM" at the most since its peak was
// last forgotten.
int64_t Mebibytes(pid_t process, const std::string& of);

}  // namespace brokerage::load
