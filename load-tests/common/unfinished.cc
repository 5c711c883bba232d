#include "load-tests/common/unfinished.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"

namespace brokerage::load {

namespace {

// HTTP/2 as RFC 9113 has it: as much as is needed to send, and to know how much may be sent.
enum FrameType : uint8_t { kData = 0, kHeaders = 1, kReset = 3, kSettings = 4, kPing = 6 };
constexpr uint8_t kGoAway = 7, kWindowUpdate = 8, kAck = 1, kEndHeaders = 4;
constexpr uint32_t kFrameMax = 16384, kWindow = 65535;
constexpr size_t kFrameHead = 9;

std::string Number(uint32_t value) {
  const uint32_t wire = htonl(value);
  return {reinterpret_cast<const char*>(&wire), 4};
}

uint32_t NumberAt(const std::string& bytes, size_t at) {
  uint32_t value = 0;
  for (size_t i = at; i < at + 4; ++i) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return value;
}

std::string Frame(uint8_t type, uint8_t flags, uint32_t stream, const std::string& payload) {
  std::string frame = Number(static_cast<uint32_t>(payload.size()) << 8);  // 3 bytes of it
  frame[3] = static_cast<char>(type);
  frame += static_cast<char>(flags);
  return frame + Number(stream) + payload;
}

// A literal header that no table remembers; name and value below 127 bytes.
std::string Header(const std::string& name, const std::string& value) {
  return absl::StrCat(std::string(1, '\0'), std::string(1, static_cast<char>(name.size())), name,
                      std::string(1, static_cast<char>(value.size())), value);
}

// The server at the other end, and how much it takes.
class Peer {
 public:
  explicit Peer(int socket) : socket_(socket) {}

  bool Send(const std::string& bytes) const {
    for (size_t sent = 0; sent < bytes.size();) {
      const ssize_t n = send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) return false;
      sent += static_cast<size_t>(n);
    }
    return true;
  }
  // Waits for frames for a moment; false: the connection is gone.
  bool Receive() {
    pollfd wait = {socket_, POLLIN, 0};
    if (poll(&wait, 1, 20) == 0) return true;
    char buffer[65536];
    const ssize_t n = recv(socket_, buffer, sizeof(buffer), 0);
    if (n <= 0) return false;
    received_.append(buffer, static_cast<size_t>(n));
    while (received_.size() >= kFrameHead) {
      const size_t length = NumberAt(received_, 0) >> 8;
      if (received_.size() < kFrameHead + length) break;
      if (!Take(received_.substr(0, kFrameHead + length))) return false;
      received_.erase(0, kFrameHead + length);
    }
    return true;
  }

  int64_t window = kWindow;             // of the connection
  int64_t begins_with = kWindow;        // a stream's
  std::map<uint32_t, int64_t> streams;  // that are open: how much each may send
  int64_t ended = 0;

 private:
  bool Take(const std::string& frame) {
    const auto type = static_cast<uint8_t>(frame[3]);
    const auto flags = static_cast<uint8_t>(frame[4]);
    const uint32_t stream = NumberAt(frame, 5);
    if (type == kGoAway) return false;
    if (type == kPing && flags == 0) return Send(Frame(kPing, kAck, 0, frame.substr(kFrameHead)));
    if (type == kWindowUpdate) {
      const int64_t more = NumberAt(frame, kFrameHead);
      if (stream == 0) {
        window += more;
      } else if (auto it = streams.find(stream); it != streams.end()) {
        it->second += more;
      }
    }
    if (type == kSettings && flags == 0) {
      for (size_t at = kFrameHead; at + 6 <= frame.size(); at += 6) {
        if (frame[at] != 0 || frame[at + 1] != 4) continue;  // SETTINGS_INITIAL_WINDOW_SIZE
        const int64_t before = begins_with;
        begins_with = NumberAt(frame, at + 2);
        for (auto& [id, left] : streams) left += begins_with - before;
      }
      return Send(Frame(kSettings, kAck, 0, ""));
    }
    const bool last = (type == kHeaders && (flags & 1) != 0) || type == kReset;
    if (last) ended += static_cast<int64_t>(streams.erase(stream));
    return true;
  }

  const int socket_;
  std::string received_;
};

}  // namespace

UnfinishedRequests::UnfinishedRequests(int connections, int requests, int port,
                                       const std::string& path, const std::string& token,
                                       uint32_t message_bytes) {
  for (int i = 0; i < connections; ++i) {
    threads_.emplace_back([=, this] {
      while (!stop_) Connect(requests, port, path, token, message_bytes);
    });
  }
}

UnfinishedRequests::~UnfinishedRequests() {
  stop_ = true;
  for (std::thread& thread : threads_) thread.join();
}

void UnfinishedRequests::Connect(int requests, int port, const std::string& path,
                                 const std::string& token, uint32_t message_bytes) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  Peer peer(socket);
  if (connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 &&
      peer.Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + Frame(kSettings, 0, 0, ""))) {
    std::string headers = Header(":method", "POST") + Header(":scheme", "http") +
                          Header(":path", path) + Header(":authority", "localhost") +
                          Header("te", "trailers") + Header("content-type", "application/grpc");
    if (!token.empty()) headers += Header("authorization", "Bearer " + token);
    uint32_t next = 1;
    std::map<uint32_t, uint32_t> left;  // of each request
    bool open = true;
    while (open && !stop_) {
      while (open && peer.streams.size() < static_cast<size_t>(requests) && next < 1u << 30) {
        peer.streams[next] = peer.begins_with;
        left[next] = message_bytes + 4;  // with the message's head; one byte never comes
        open = peer.Send(Frame(kHeaders, kEndHeaders, next, headers));
        next += 2;
      }
      for (auto& [id, window] : peer.streams) {
        const int64_t most = std::min({window, peer.window, int64_t{left[id]}, int64_t{kFrameMax}});
        if (!open || most <= 0) continue;
        std::string data(static_cast<size_t>(most), 'x');
        if (left[id] == message_bytes + 4) {
          data.replace(0, 5, std::string(1, '\0') + Number(message_bytes));
        }
        open = peer.Send(Frame(kData, 0, id, data));
        window -= most;
        peer.window -= most;
        left[id] -= static_cast<uint32_t>(most);
        bytes_sent_ += most;
      }
      open = open && peer.Receive();
      ended_ += std::exchange(peer.ended, 0);
    }
    if (!stop_) ++closed_;
  }
  close(socket);
}

}  // namespace brokerage::load
