#include "services/rpc/health.h"

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "google/protobuf/wrappers.pb.h"
#include "services/rpc/access.h"
#include "services/rpc/queries.h"

namespace brokerage::services::rpc {

namespace {

// HealthCheckRequest and HealthCheckResponse on the wire: each has one field, with the number 1.
using Question = google::protobuf::StringValue;  // service
using Health = google::protobuf::Int32Value;     // status
enum : int32_t { kServing = 1, kServiceUnknown = 3 };

constexpr Access kCheck = {"Health/Check", kAnybody, Scope::kNothing, "", Audit::kNone};
constexpr Access kWatch = {"Health/Watch", kAnybody, Scope::kNothing, "", Audit::kNone};

absl::StatusOr<Health> Check(const Backend& backend, const CallContext& context,
                             const Question& request) {
  if (!request.value().empty()) return absl::NotFoundError("unknown service");
  Health health;
  health.set_value(kServing);
  return health;
}

// Says it once: what is told at the stop is the stream's end.
class HealthStream final : public Stream {
 public:
  explicit HealthStream(int32_t health) : health_(health) {}

  absl::StatusOr<Next> Read(google::protobuf::Message* message) override {
    if (std::exchange(told_, true)) return Next::kWait;
    static_cast<Health*>(message)->set_value(health_);
    return Next::kSend;
  }
  absl::Time Due(const storage::View& view) const override { return absl::InfiniteFuture(); }
  uint64_t seen() const override { return 0; }

 private:
  const int32_t health_;
  bool told_ = false;
};

absl::StatusOr<std::unique_ptr<Stream>> Watch(const Backend& backend, const CallContext& context,
                                              const Question& request) {
  return std::make_unique<HealthStream>(request.value().empty() ? kServing : kServiceUnknown);
}

}  // namespace

void RegisterHealth(Adapter* adapter) {
  adapter->Unary(kCheck, "/grpc.health.v1.Health/Check", Health::descriptor(), Cheap(Check));
  adapter->Streaming(kWatch, "/grpc.health.v1.Health/Watch", Health::descriptor(),
                     StreamHandlerOf(Watch));
}

}  // namespace brokerage::services::rpc
