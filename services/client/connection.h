// A client's way to the server: any method of the API, by name or by descriptor.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "grpcpp/channel.h"

namespace brokerage::client {

// One caller of one server. Copies share the channel. Any thread.
class Connection {
 public:
  // `token` may be empty: every call is then refused as NOT_SIGNED_IN.
  Connection(const std::string& address, std::string token);

  // The same server as another caller.
  Connection As(std::string token) const;

  // Whether the server answers within `patience`. UNAVAILABLE if it does not.
  absl::Status WaitUntilReady(absl::Duration patience) const;

  // A refusal is a status that engine::RejectionOf reads.
  absl::Status Call(const google::protobuf::MethodDescriptor& method,
                    const google::protobuf::Message& request,
                    google::protobuf::Message* response) const;

  // Hands on every message of a stream until `on_message` returns false or the stream ends.
  absl::Status Watch(const google::protobuf::MethodDescriptor& method,
                     const google::protobuf::Message& request,
                     const std::function<bool(const google::protobuf::Message&)>& on_message) const;

  // Call("PackageService/GetPackage", request). REQUIRES: such a method, of these types.
  template <class Response, class Request>
  absl::StatusOr<Response> Call(absl::string_view method, const Request& request) const {
    Response response;
    absl::Status status = Call(MethodNamed(method), request, &response);
    if (!status.ok()) return status;
    return response;
  }

 private:
  Connection() = default;
  static const google::protobuf::MethodDescriptor& MethodNamed(absl::string_view name);

  std::string address_;
  std::shared_ptr<grpc::Channel> channel_;
  std::string token_;
};

}  // namespace brokerage::client
