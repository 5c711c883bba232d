#include "services/client/text/words.h"

#include <algorithm>
#include <cstdlib>

#include "absl/random/random.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "engine/base/rejection.h"

namespace brokerage::client {

std::string Kebab(absl::string_view name) {
  std::string kebab;
  for (size_t i = 0; i < name.size(); ++i) {
    if (absl::ascii_isupper(name[i]) && i > 0 && name[i - 1] != '_') kebab.push_back('-');
    kebab.push_back(name[i] == '_' ? '-' : absl::ascii_tolower(name[i]));
  }
  return kebab;
}

std::string Spaced(absl::string_view name) { return absl::StrReplaceAll(name, {{"_", " "}}); }

std::string ShortName(const google::protobuf::EnumValueDescriptor& value) {
  if (value.number() == 0) return "";
  std::string prefix = absl::StrReplaceAll(Kebab(value.type()->name()), {{"-", "_"}});
  std::string name = absl::AsciiStrToLower(value.name());
  // RESPONSE_24H belongs to ServiceType: only the type's own name is left out.
  if (absl::StartsWith(name, absl::StrCat(prefix, "_"))) name.erase(0, prefix.size() + 1);
  return name;
}

std::vector<std::string> ShortNames(const google::protobuf::EnumDescriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() != 0) names.push_back(ShortName(*type.value(i)));
  }
  return names;
}

absl::StatusOr<int> EnumNumber(const google::protobuf::EnumDescriptor& type,
                               absl::string_view name) {
  std::string wanted = absl::StrReplaceAll(absl::AsciiStrToLower(name), {{"-", "_"}});
  for (int i = 0; i < type.value_count(); ++i) {
    const auto& value = *type.value(i);
    if (absl::AsciiStrToLower(value.name()) == wanted) return value.number();
    if (value.number() != 0 && ShortName(value) == wanted) return value.number();
  }
  return absl::InvalidArgumentError(absl::StrCat("\"", std::string(name), "\" is none of ",
                                                 absl::StrJoin(ShortNames(type), ", ")));
}

absl::TimeZone London() {
  static const absl::TimeZone zone = [] {
    absl::TimeZone loaded;
    absl::LoadTimeZone("Europe/London", &loaded);
    return loaded;
  }();
  return zone;
}

absl::Time TimeOf(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

google::protobuf::Timestamp TimestampOf(absl::Time time) {
  google::protobuf::Timestamp timestamp;
  const int64_t micros = absl::ToUnixMicros(time);
  const int64_t seconds = absl::ToUnixSeconds(time);
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<int32_t>((micros - seconds * 1'000'000) * 1'000));
  return timestamp;
}

std::string SayTime(absl::Time time) {
  return absl::FormatTime("%a %-d %b %Y %H:%M", time, London());
}

std::string SayTime(const google::protobuf::Timestamp& timestamp) {
  return SayTime(TimeOf(timestamp));
}

std::string SayDuration(absl::Duration duration) {
  const int64_t minutes = absl::ToInt64Minutes(duration);
  const int64_t days = minutes / (int64_t{24} * 60);
  const int64_t hours = minutes / 60 % 24;
  if (days > 0)
    return hours > 0 ? absl::StrCat(days, " d ", hours, " h") : absl::StrCat(days, " d");
  if (hours > 0) {
    return minutes % 60 > 0 ? absl::StrCat(hours, " h ", minutes % 60, " min")
                            : absl::StrCat(hours, " h");
  }
  return absl::StrCat(minutes, " min");
}

absl::StatusOr<absl::Time> ParseTime(absl::string_view text) {
  // What a Timestamp can hold: the years 1 to 9999.
  const absl::Time first = absl::FromUnixSeconds(-62'135'596'800);
  const absl::Time end = absl::FromUnixSeconds(253'402'300'800);
  absl::Time time;
  std::string error;
  for (const char* form :
       {absl::RFC3339_full, "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"}) {
    if (!absl::ParseTime(form, text, London(), &time, &error)) continue;
    if (time >= first && time < end) return time;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("\"", std::string(text),
                   "\" is no time: say 2018-07-02T08:05:00Z, or 2018-07-02 09:05 for local time"));
}

std::string SayAverage(const v1::Average& average) {
  if (average.count() == 0) return "n/a";
  const int64_t tenths = (average.total() * 20 + average.count()) / (2 * average.count());
  return absl::StrFormat("%d.%d", tenths / 10, tenths % 10);
}

namespace {

const char* ReasonInWords(v1::RejectionReason reason) {
  switch (reason) {
    case v1::REJECTION_REASON_NOT_SIGNED_IN:
      return "not signed in";
    case v1::REJECTION_REASON_ROLE_MAY_NOT:
      return "this account's role may not do that";
    case v1::REJECTION_REASON_OVERLOADED:
      return "the server is busy or stopping; try again";
    case v1::REJECTION_REASON_DEADLINE_PASSED_IN_QUEUE:
      return "the server was too busy to decide in time; try again";
    case v1::REJECTION_REASON_FIELD_REQUIRED:
      return "missing";
    case v1::REJECTION_REASON_FIELD_INVALID:
      return "not valid";
    case v1::REJECTION_REASON_REQUEST_ID_REUSED:
      return "the request id was used before for something else";
    case v1::REJECTION_REASON_NOT_FOUND:
      return "not found";
    case v1::REJECTION_REASON_FRAMEWORK_INVALID:
      return "the framework's files have errors; nothing was changed";
    case v1::REJECTION_REASON_UNKNOWN_WARD:
      return "the ward is not in the framework";
    case v1::REJECTION_REASON_TEXT_IDENTIFIES_PERSON:
      return "the text looks as if it identified a person";
    case v1::REJECTION_REASON_DUPLICATE_PERSON:
      return "the person has an open package already";
    case v1::REJECTION_REASON_ALREADY_EXISTS:
      return "exists already";
    case v1::REJECTION_REASON_PACKAGE_STATE:
      return "the package's state does not allow it";
    case v1::REJECTION_REASON_OFFER_STATE:
      return "the offer's state does not allow it";
    case v1::REJECTION_REASON_ANSWER_TOO_LATE:
      return "the answer comes too late";
    case v1::REJECTION_REASON_CLAIM_TOO_LATE:
      return "the claim comes too late";
    case v1::REJECTION_REASON_OWN_ISSUE:
      return "whoever issued the offer may not decide on its claim";
    case v1::REJECTION_REASON_CONTRACT_STATUS:
      return "the contract's status does not allow it";
    case v1::REJECTION_REASON_RULE_FAILS_AT_AWARD:
      return "the acceptance fails a rule now";
    case v1::REJECTION_REASON_IN_THE_PAST:
      return "it would change the past";
    case v1::REJECTION_REASON_CLOCK_IS_REAL:
      return "the server's clock is real and cannot be moved";
    case v1::REJECTION_REASON_DIRECTORY_CLASH:
      return "the files and a live change disagree";
    case v1::REJECTION_REASON_LIMIT_REACHED:
      return "a limit of the system is reached";
    case v1::REJECTION_REASON_NOT_SUPPORTED:
      return "the server does not support that";
    case v1::REJECTION_REASON_ALREADY_DECIDED:
      return "it was decided already";
    case v1::REJECTION_REASON_UNSPECIFIED:
    case v1::RejectionReason_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::RejectionReason_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return nullptr;
}

}  // namespace

std::string SayError(const absl::Status& status) {
  const v1::Rejection rejection = engine::RejectionOf(status);
  const char* reason = ReasonInWords(rejection.reason());
  if (rejection.reason() == v1::REJECTION_REASON_UNSPECIFIED) return std::string(status.message());
  std::string text = reason != nullptr ? reason : engine::ReasonName(rejection.reason());
  if (!rejection.field().empty()) {
    absl::StrAppend(&text, ": ", rejection.field());
    if (!rejection.value().empty()) absl::StrAppend(&text, " is \"", rejection.value(), "\"");
  } else if (!rejection.value().empty()) {
    absl::StrAppend(&text, ": \"", rejection.value(), "\"");
  }
  if (!rejection.expected().empty()) absl::StrAppend(&text, "; ", rejection.expected());
  for (const v1::FileError& error : rejection.file_errors()) {
    absl::StrAppend(&text, "\n", SayFileError(error));
  }
  return text;
}

std::string SayFileError(const v1::FileError& error) {
  std::string text = error.file();
  if (error.line() > 0) absl::StrAppend(&text, ":", error.line());
  if (!error.field().empty()) absl::StrAppend(&text, ": ", error.field());
  absl::StrAppend(&text, ": ", error.message());
  return text;
}

std::string FreshRequestId() {
  absl::BitGen random;
  const uint64_t high = (absl::Uniform<uint64_t>(random) & ~0xf000ull) | 0x4000ull;
  const uint64_t low = (absl::Uniform<uint64_t>(random) & ~(3ull << 62)) | (1ull << 63);
  return absl::StrFormat("%08x-%04x-%04x-%04x-%012x", high >> 32, (high >> 16) & 0xffff,
                         high & 0xffff, low >> 48, low & 0xffffffffffffull);
}

}  // namespace brokerage::client
