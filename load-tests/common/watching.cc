#include "load-tests/common/watching.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "load-tests/common/servers.h"

namespace brokerage::load {

namespace {
constexpr size_t kStreamsAConnection = 50;
}  // namespace

Watching::Watching(const std::string& address, const std::vector<std::string>& tokens, Seen seen)
    : seen_(std::move(seen)) {
  for (const std::string& token : tokens) {
    if (streams_.size() % kStreamsAConnection == 0) {
      stubs_.push_back(v1::OfferService::NewStub(Connect(address)));
    }
    auto stream = std::make_unique<Stream>();
    stream->context.AddMetadata("authorization", "Bearer " + token);
    stream->reader = stubs_.back()->AsyncWatchOffers(&stream->context, {}, &queue_, stream.get());
    streams_.push_back(std::move(stream));
  }
  thread_ = std::thread([this] { Run(); });
  std::this_thread::sleep_for(std::chrono::seconds(1));
}

Watching::~Watching() {
  for (const auto& stream : streams_) stream->context.TryCancel();
  thread_.join();
}

void Watching::Run() {
  void* tag = nullptr;
  bool ok = false;
  for (size_t open = streams_.size(); open > 0 && queue_.Next(&tag, &ok);) {
    auto* stream = static_cast<Stream*>(tag);
    if (stream->step == Stream::kEnds) {
      if (stream->status.error_code() != grpc::StatusCode::CANCELLED) {
        std::fprintf(stderr, "a stream ended: %s\n", stream->status.error_message().c_str());
        std::exit(1);
      }
      --open;
      continue;
    }
    if (!ok) {
      stream->step = Stream::kEnds;
      stream->reader->Finish(&stream->status, stream);
      continue;
    }
    if (stream->step == Stream::kReads) {
      for (const v1::Offer& offer : stream->response.offers()) seen_(offer);
    }
    stream->step = Stream::kReads;
    stream->reader->Read(&stream->response, stream);
  }
  queue_.Shutdown();
  while (queue_.Next(&tag, &ok)) {
  }
}

}  // namespace brokerage::load
