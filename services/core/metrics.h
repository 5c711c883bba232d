// What the server counts, in Prometheus's text format.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/core/sequencer.h"

namespace brokerage::services {

// Any thread.
class Metrics {
 public:
  Metrics();
  ~Metrics();

  // One finished call. `method` as "OfferService/AcceptOffer": from the closed list of methods,
  // never from a client.
  void CountCall(absl::string_view method, absl::StatusCode code, absl::Duration took);
  // One append to the store.
  void CountCommit(size_t records, absl::Duration took);
  // Streams that are open now.
  void AddStreams(int change);

  // Everything, with the sequencer's figures as of now.
  std::string Text(const Sequencer& sequencer) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace brokerage::services
