#include "services/client/files/row_files.h"

#include <cstdio>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/base/rejection.h"
#include "services/client/text/words.h"

namespace brokerage::client {

namespace {

std::string Quoted(const std::string& text) {
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

}  // namespace

std::string ErrorPath(const std::string& file) {
  return absl::StrCat(absl::EndsWith(file, ".csv") ? file.substr(0, file.size() - 4) : file,
                      ".errors.csv");
}

std::string CsvCell(const std::string& text) {
  return text.find_first_of(",\"\r\n") == std::string::npos ? text : Quoted(text);
}

void ErrorFile::Add(int line, const std::vector<std::string>& cells,
                    const v1::Rejection& rejection) {
  if (rows_++ == 0) {
    file_.open(path_, std::ios::trunc);
    file_ << "line,";
    for (const std::string& name : names_) file_ << name << ',';
    file_ << "reason,field,value,error\n";
  }
  file_ << line << ',';
  for (const std::string& cell : cells) file_ << Quoted(cell) << ',';
  file_ << engine::ReasonName(rejection.reason()) << ',' << Quoted(rejection.field()) << ','
        << Quoted(rejection.value()) << ',' << Quoted(SayError(engine::Reject(rejection))) << '\n';
}

bool ErrorFile::Finish() {
  if (rows_ == 0) {
    static_cast<void>(remove(path_.c_str()));  // mostly there is none
    return true;
  }
  file_.close();
  return file_.good();
}

}  // namespace brokerage::client
