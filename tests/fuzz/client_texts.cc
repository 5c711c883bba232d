#include "tests/fuzz/client_texts.h"

#include <memory>
#include <string>

#include "engine/base/check.h"
#include "services/client/text/message_text.h"
#include "tests/fuzz/bytes.h"
#include "tests/fuzz/methods.h"

namespace brokerage::fuzz {

int FuzzClientTexts(const uint8_t* data, size_t size) {
  Bytes input(data, size);
  const auto& type = *MethodOf(input.Byte()).output_type();
  const int width = input.Byte();
  std::unique_ptr<google::protobuf::Message> response = NewMessage(type);
  if (!response->ParseFromArray(input.Rest().data(), static_cast<int>(input.Rest().size()))) {
    return 0;
  }
  BROKERAGE_CHECK(!client::MessageText(*response, width).empty());
  BROKERAGE_CHECK(!client::MessageJson(*response, true).empty());
  return 0;
}

}  // namespace brokerage::fuzz
