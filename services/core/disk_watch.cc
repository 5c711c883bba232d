#include "services/core/disk_watch.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "engine/base/rejection.h"

namespace brokerage::services {

namespace {

constexpr absl::Duration kLook = absl::Seconds(1);

}  // namespace

DiskWatch::DiskWatch(std::function<std::optional<uint64_t>()> free_bytes, uint64_t reserve_bytes)
    : ask_(std::move(free_bytes)), reserve_bytes_(reserve_bytes) {}

void DiskWatch::Look(absl::Time now) {
  if (!ask_ || now - last_look_ < kLook) return;
  last_look_ = now;
  const std::optional<uint64_t> free = ask_();
  if (!free.has_value()) return;  // as before
  free_bytes_ = *free;
  const Room room = *free < reserve_bytes_       ? Room::kTooLittle
                    : *free / 2 < reserve_bytes_ ? Room::kNearlyFull
                                                 : Room::kEnough;
  if (room_.exchange(room) == room) return;
  switch (room) {
    case Room::kEnough:
      spdlog::info("event=disk_has_room free_bytes={}", *free);
      break;
    case Room::kNearlyFull:
      spdlog::warn("event=disk_nearly_full free_bytes={} commands_stop_below={}", *free,
                   reserve_bytes_);
      break;
    case Room::kTooLittle:
      spdlog::error("event=disk_nearly_full free_bytes={} note=\"commands are refused\"", *free);
      break;
  }
}

absl::Status DiskWatch::Check() const {
  if (room_ != Room::kTooLittle) return absl::OkStatus();
  return engine::Reject(v1::REJECTION_REASON_OVERLOADED, "", "",
                        "the server's disk is nearly full: try again when it has room");
}

}  // namespace brokerage::services
