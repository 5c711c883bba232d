#include "services/core/zones.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace brokerage::services {

namespace {

// A name becomes a path below the zone data: nothing in it may lead elsewhere.
bool IsZoneName(const std::string& name) {
  if (name.empty() || name.size() > 64 || name == "localtime" || absl::StartsWith(name, "Fixed/"))
    return false;
  if (!absl::ascii_isupper(name[0])) return false;
  for (char c : name) {
    if (!absl::ascii_isalnum(c) && c != '/' && c != '_' && c != '-' && c != '+') return false;
  }
  return true;
}

class LoadedZones {
 public:
  const absl::TimeZone* Find(const std::string& name) {
    if (!IsZoneName(name)) return nullptr;
    std::lock_guard lock(mutex_);
    auto found = zones_.find(name);
    if (found != zones_.end()) return found->second.get();
    auto zone = std::make_unique<absl::TimeZone>();
    if (!absl::LoadTimeZone(name, zone.get())) return nullptr;
    return (zones_[name] = std::move(zone)).get();
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<absl::TimeZone>> zones_;
};

}  // namespace

engine::ZoneFinder HostZones() {
  static LoadedZones* const zones = new LoadedZones;  // outlives every thread
  return [](const std::string& name) { return zones->Find(name); };
}

}  // namespace brokerage::services
