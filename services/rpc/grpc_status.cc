#include "services/rpc/grpc_status.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "engine/base/rejection.h"

namespace brokerage::services::rpc {

namespace {

// What fits: clients take 8 KiB of metadata in all, gRPC's own among it. A text is counted as it
// goes over the wire, where a byte that is not plain ASCII takes three.
constexpr size_t kTextBytesMax = 2 << 10;
constexpr size_t kDetailBytesMax = 4 << 10;
constexpr size_t kExpectedBytesMax = 1 << 10;

// The text's beginning, of whole characters, as far as it fits.
std::string Shortened(absl::string_view text, size_t wire_bytes_max) {
  constexpr absl::string_view kMore = "...";
  size_t wire = kMore.size(), whole = 0, all = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const unsigned char c = text[i];
    if ((c & 0xc0) != 0x80 && wire <= wire_bytes_max) whole = i;
    const size_t bytes = c >= 0x20 && c < 0x7f && c != '%' ? 1 : 3;
    wire += bytes;
    all += bytes;
  }
  if (all <= wire_bytes_max) return std::string(text);
  return absl::StrCat(text.substr(0, whole), kMore);
}

// The rejection as details that fit: of a framework's errors as many as do, and how many more there
// are.
std::string DetailsOf(v1::Rejection rejection) {
  constexpr size_t kFramingBytes = 4;  // of an error in the list
  constexpr size_t kMoreBytes = 32;
  rejection.set_expected(Shortened(rejection.expected(), kExpectedBytesMax));
  auto errors = std::move(*rejection.mutable_file_errors());
  rejection.clear_file_errors();
  size_t bytes = rejection.ByteSizeLong();
  for (v1::FileError& error : errors) {
    const int left = errors.size() - rejection.file_errors_size();
    bytes += error.ByteSizeLong() + kFramingBytes;
    if (bytes + (left > 1 ? kMoreBytes : 0) > kDetailBytesMax) {
      rejection.add_file_errors()->set_message(absl::StrCat("and ", left, " more"));
      break;
    }
    *rejection.add_file_errors() = std::move(error);
  }
  return rejection.SerializeAsString();
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  std::string details;
  const v1::Rejection rejection = engine::RejectionOf(status);
  if (rejection.reason() != v1::REJECTION_REASON_UNSPECIFIED) details = DetailsOf(rejection);
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()),
                      Shortened(status.message(), kTextBytesMax), details);
}

}  // namespace brokerage::services::rpc
