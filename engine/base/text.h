// Texts from outside, as bytes: whether they are fit to keep, how to show them in a message, and
// how near they are to what was meant.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace brokerage::engine {

bool IsUtf8(absl::string_view text);

// Whether the text holds a control character (a line end or tab counts).
bool HasControlCharacter(absl::string_view text);

// The text as a message may show it: quoted, cut to limits::kRejectionValueBytesMax at a
// character's border, with every byte escaped that is not fit to be printed.
std::string Quoted(absl::string_view text);

// How many bytes must be put in, taken out or exchanged to make one text of the other; ASCII
// letters of either case are the same. At most `most` + 1, which stands for "more than most".
size_t EditDistance(absl::string_view a, absl::string_view b, size_t most);

}  // namespace brokerage::engine
