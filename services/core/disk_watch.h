// How much room the store's disk has, so that commands stop while all that is under way can still
// be written.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace brokerage::services {

class DiskWatch {
 public:
  enum class Room {
    kEnough,
    kNearlyFull,  // under twice the reserve
    kTooLittle,   // under the reserve: no new commands
  };

  // `free_bytes` says how much is free, or nothing where that cannot be found out; null: the disk
  // is not watched. A reserve of 0 is always enough.
  DiskWatch(std::function<std::optional<uint64_t>()> free_bytes, uint64_t reserve_bytes);

  // Asks again, at most once a second; `now` is the machine's time. Says in the log when the room
  // comes to be another. One thread.
  void Look(absl::Time now);

  // As of the last look. Any thread.
  absl::Status Check() const;  // OVERLOADED while there is too little room to write
  Room room() const { return room_; }
  uint64_t free_bytes() const { return free_bytes_; }  // 0 where it is not known

 private:
  const std::function<std::optional<uint64_t>()> ask_;
  const uint64_t reserve_bytes_;
  absl::Time last_look_ = absl::InfinitePast();
  std::atomic<Room> room_ = Room::kEnough;
  std::atomic<uint64_t> free_bytes_ = 0;
};

}  // namespace brokerage::services
