#include "engine/framework/rules_text.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "engine/base/bounds.h"
#include "engine/base/suggestions.h"
#include "engine/base/text.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/tokenizer.h"

namespace brokerage::engine {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::TextFormat;

constexpr int kNestingMax = 32;
constexpr int kPassesMax = 20;   // a file with more wrong in it is told in two goes
constexpr size_t kSaidMax = 50;  // in one pass
constexpr int kTabColumns = 8;   // as the parser counts them

// One thing that the parser says; line and column from 0.
struct Said {
  int line = 0;
  int column = 0;
  std::string message;
  bool operator<(const Said& other) const {
    return std::tie(line, column, message) < std::tie(other.line, other.column, other.message);
  }
};

class Listener : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& message) override {
    if (said_.size() < kSaidMax) said_.push_back({line, column, message});
  }
  const std::vector<Said>& said() const { return said_; }

 private:
  std::vector<Said> said_;
};

size_t OffsetOf(absl::string_view text, int line, int column) {
  size_t at = 0;
  for (; line > 0 && at < text.size(); --line) at = std::min(text.find('\n', at), text.size()) + 1;
  for (int c = 0; c < column && at < text.size(); ++at) {
    c = text[at] == '\t' ? (c / kTabColumns + 1) * kTabColumns : c + 1;
  }
  return std::min(at, text.size());
}

int LineAt(absl::string_view text, size_t offset) {
  return 1 + static_cast<int>(std::count(text.begin(),
                                         text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

bool IsWordByte(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.' ||
         c == '+';
}

// What stands in quotes in what the parser says: the n-th of them.
std::string QuotedPart(const std::string& message, size_t n) {
  const std::vector<std::string> parts = absl::StrSplit(message, '"');
  return 2 * n + 1 < parts.size() ? parts[2 * n + 1] : "";
}

// The name, where it stands by itself last before the offset.
std::optional<size_t> LastWord(absl::string_view text, const std::string& name, size_t offset) {
  if (name.empty()) return std::nullopt;
  for (size_t end = offset;;) {
    const size_t at = text.substr(0, end).rfind(name);
    if (at == absl::string_view::npos) return std::nullopt;
    const size_t after = at + name.size();
    const bool alone = (at == 0 || !IsWordByte(text[at - 1])) &&
                       (after == text.size() || !IsWordByte(text[after]));
    if (alone) return at;
    end = after - 1;
  }
}

// `name: value` around an offset: from the name up to the end of a value that is one word, one
// number, one text, or a block in braces.
struct Setting {
  size_t begin = 0;
  size_t end = 0;
  std::string name;
};

size_t SkipSpace(absl::string_view text, size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  return at;
}

// The end of the value that begins there; `at` itself where none does.
size_t EndOfValue(absl::string_view text, size_t at) {
  if (at >= text.size()) return at;
  if (text[at] != '"' && text[at] != '\'') {
    while (at < text.size() && IsWordByte(text[at])) ++at;
    return at;
  }
  const char quote = text[at];
  for (size_t i = at + 1; i < text.size() && text[i] != '\n'; ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      return i + 1;
    }
  }
  return at;
}

// Behind the brace that closes the one there; `at` itself where none does.
size_t EndOfBlock(absl::string_view text, size_t at) {
  int depth = 0;
  for (size_t i = at; i < text.size();) {
    if (text[i] == '#') {
      i = std::min(text.find('\n', i), text.size());
    } else if (text[i] == '"' || text[i] == '\'') {
      i = std::max(i + 1, EndOfValue(text, i));
    } else {
      depth += text[i] == '{' ? 1 : text[i] == '}' ? -1 : 0;
      ++i;
      if (depth == 0) return i;
    }
  }
  return at;
}

std::optional<Setting> SettingOfName(absl::string_view text, size_t begin, size_t end) {
  const size_t colon = SkipSpace(text, end);
  if (begin >= end || colon >= text.size()) return std::nullopt;
  const size_t value = text[colon] == ':' ? SkipSpace(text, colon + 1) : colon;
  if (value >= text.size()) return std::nullopt;
  const bool block = text[value] == '{';
  if (!block && value == colon) return std::nullopt;
  const size_t value_end = block ? EndOfBlock(text, value) : EndOfValue(text, value);
  if (value_end == value) return std::nullopt;
  return Setting{begin, value_end, std::string(text.substr(begin, end - begin))};
}

// The parser stands at a value, or behind a name.
std::optional<Setting> SettingAt(absl::string_view text, size_t offset) {
  size_t end = offset;
  auto back_over = [&](auto fits) {
    while (end > 0 && fits(text[end - 1])) --end;
  };
  auto is_space = [](char c) { return c == ' ' || c == '\t'; };
  back_over(is_space);
  if (end > 0 && text[end - 1] == ':') --end;
  back_over(is_space);
  const size_t name_end = end;
  back_over(IsWordByte);
  return SettingOfName(text, end, name_end);
}

// Lines stay where they are.
void Blank(std::string* text, size_t begin, size_t end) {
  for (size_t i = begin; i < end; ++i) {
    if ((*text)[i] != '\n') (*text)[i] = ' ';
  }
}

class Reader {
 public:
  Reader(absl::string_view file, std::string content, FrameworkErrors* errors)
      : file_(file), text_(std::move(content)), errors_(errors) {}

  RulesText Read() {
    RulesText read;
    for (int pass = 0; pass < kPassesMax; ++pass) {
      Listener listener;
      TextFormat::Parser parser;
      read.rules.Clear();
      read.locations = std::make_unique<TextFormat::ParseInfoTree>();
      parser.RecordErrorsTo(&listener);
      parser.WriteLocationsTo(read.locations.get());
      parser.SetRecursionLimit(kNestingMax);
      read.parsed = parser.ParseFromString(text_, &read.rules);
      if (read.parsed) {
        read.parsed = !TellLongList(read.rules, *read.locations);
        break;
      }
      if (errors_->full()) break;
      bool more = false;
      for (const Said& said : listener.said()) {
        if (told_.insert(said).second) more = Tell(said);
      }
      if (told_.empty()) errors_->Add({file_, 1}, "", "the file cannot be parsed");
      if (!more) break;  // the last that it said is where it stopped
    }
    read.passed_over = std::move(passed_over_);
    return read;
  }

 private:
  // Adds an error for the first list that is too long to be gone through; false if none is.
  bool TellLongList(const google::protobuf::Message& message,
                    const TextFormat::ParseInfoTree& locations) {
    std::vector<const FieldDescriptor*> fields;
    const auto* reflection = message.GetReflection();
    reflection->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      const bool is_message = field->message_type() != nullptr;
      if (!field->is_repeated()) {
        if (is_message && TellLongList(reflection->GetMessage(message, field),
                                       *locations.GetTreeForNested(field, -1))) {
          return true;
        }
        continue;
      }
      const int length = reflection->FieldSize(message, field);
      if (length > limits::kRulesListMax) {
        errors_->Add(
            {file_, locations.GetLocation(field, limits::kRulesListMax).line + 1}, field->name(),
            absl::StrCat("there are ", length, "; at most ", limits::kRulesListMax, " are taken"));
        return true;
      }
      for (int i = 0; is_message && i < length; ++i) {
        if (TellLongList(reflection->GetRepeatedMessage(message, field, i),
                         *locations.GetTreeForNested(field, i))) {
          return true;
        }
      }
    }
    return false;
  }

  // Adds the error, and mends the text for the next pass; false if it cannot be mended.
  bool Tell(const Said& said) {
    const size_t offset = OffsetOf(text_, said.line, said.column);
    if (absl::StartsWith(said.message, "Unknown enumeration value of")) {
      if (std::optional<bool> told = TellValue(said, offset)) return *told;
    } else if (absl::StrContains(said.message, "\" has no field named \"")) {
      if (std::optional<bool> told = TellName(said, offset)) return *told;
    }
    absl::string_view message = absl::StripSuffix(said.message, ".");
    const bool plain = IsUtf8(message) && !HasControlCharacter(message);
    const absl::string_view right =
        absl::EndsWith(message, "is specified multiple times") ? "; take one of the two out"
        : absl::EndsWith(message, "got: ") ? "the end of the file; every brace that opens is closed"
                                           : "";
    errors_->Add({file_, said.line + 1}, "",
                 absl::StrCat("column ", said.column + 1, ": ",
                              plain ? std::string(message) : Quoted(message), right));
    return PassOver(SettingAt(text_, offset));
  }

  // A word that is none of a closed list.
  std::optional<bool> TellValue(const Said& said, size_t offset) {
    const std::string value = QuotedPart(said.message, 0), name = QuotedPart(said.message, 1);
    const std::optional<size_t> at = LastWord(text_, value, offset);
    const google::protobuf::EnumDescriptor* list = ListOf(name);
    if (!at || list == nullptr) return std::nullopt;
    std::vector<absl::string_view> words;
    std::vector<Suggestion> named;
    for (int i = 0; i < list->value_count(); ++i) {
      if (list->value(i)->number() == 0) continue;
      words.push_back(list->value(i)->name());
      named.emplace_back(list->value(i)->name(), "");
    }
    errors_->Add({file_, LineAt(text_, *at)}, name,
                 absl::StrCat(Quoted(value), " is not one of: ", absl::StrJoin(words, ", "),
                              DidYouMean(value, named, EditsMeant(value))));
    return PassOver(SettingAt(text_, *at));
  }

  // A field that the message does not have.
  std::optional<bool> TellName(const Said& said, size_t offset) {
    const std::string type = QuotedPart(said.message, 0), name = QuotedPart(said.message, 1);
    const std::optional<size_t> at = LastWord(text_, name, offset);
    const auto* message =
        google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(type);
    if (!at || message == nullptr) return std::nullopt;
    std::vector<absl::string_view> names;
    for (int i = 0; i < message->field_count(); ++i) names.push_back(message->field(i)->name());
    const int nearest = IndexOfNearest(name, names);
    const absl::string_view meant = nearest < 0 ? "" : names[static_cast<size_t>(nearest)];
    errors_->Add({file_, LineAt(text_, *at)}, "",
                 absl::StrCat(message->name(), " has no field ", Quoted(name),
                              nearest < 0 ? "; the fields are " : "; nearest: ",
                              nearest < 0 ? absl::StrJoin(names, ", ") : std::string(meant)));
    if (nearest < 0) return PassOver(SettingOfName(text_, *at, *at + name.size()));
    text_.replace(*at, name.size(), meant.data(), meant.size());
    return true;
  }

  // The list that a field of this name has its values from; null if there is none.
  static const google::protobuf::EnumDescriptor* ListOf(const std::string& name) {
    const auto* file = v1::FrameworkRules::descriptor()->file();
    for (int i = 0; i < file->message_type_count(); ++i) {
      const FieldDescriptor* field = file->message_type(i)->FindFieldByName(name);
      if (field != nullptr && field->enum_type() != nullptr) return field->enum_type();
    }
    return nullptr;
  }

  bool PassOver(const std::optional<Setting>& setting) {
    if (!setting) return false;
    Blank(&text_, setting->begin, setting->end);
    passed_over_.insert(setting->name);
    return true;
  }

  absl::string_view file_;
  std::string text_;
  FrameworkErrors* errors_;
  std::set<Said> told_;
  std::set<std::string> passed_over_;
};

}  // namespace

RulesText ParseRulesText(absl::string_view file, const std::string& content,
                         FrameworkErrors* errors) {
  if (content.size() > limits::kRulesBytesMax) {
    errors->Add({file, 1}, "",
                absl::StrCat("the file has ", content.size(), " bytes; at most ",
                             limits::kRulesBytesMax, " are taken: lists belong into tables"));
    return RulesText();
  }
  return Reader(file, content, errors).Read();
}

}  // namespace brokerage::engine
