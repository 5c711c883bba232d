#include "tests/common/framework_fixture.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "engine/framework_files.h"
#include "engine/rejection.h"

namespace brokerage::engine {

namespace {
std::string ReadBytes(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::stringstream bytes;
  bytes << stream.rdbuf();
  return bytes.str();
}
}  // namespace

google::protobuf::RepeatedPtrField<v1::FrameworkFile> ReadFrameworkFolder(const std::string& name) {
  std::filesystem::path folder = std::filesystem::path(SOURCE_DIR) / "frameworks" / name;
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  google::protobuf::RepeatedPtrField<v1::FrameworkFile> files;
  for (const auto& path : paths) {
    v1::FrameworkFile* file = files.Add();
    file->set_name(path.lexically_relative(folder).generic_string());
    file->set_content(ReadBytes(path));
  }
  return files;
}

Directory LoadDirectory(const std::string& framework) {
  absl::StatusOr<ParsedFramework> parsed =
      ParseFramework(ReadFrameworkFolder(framework), HostKnowsZone);
  if (!parsed.ok()) {
    std::cerr << RejectionOf(parsed.status()).DebugString() << std::endl;
    std::abort();
  }
  Directory directory;
  journal::v1::FrameworkRow row;
  row.set_framework_id(parsed->rules.framework_id());
  row.set_revision(1);
  *row.mutable_rules() = parsed->rules;
  directory.PutFramework(row);
  for (const journal::v1::DirectoryFact& fact : parsed->facts) directory.Put(fact);
  return directory;
}

bool HostKnowsZone(const std::string& name) {
  absl::TimeZone zone;
  return absl::LoadTimeZone(name, &zone);
}

absl::TimeZone London() {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone("Europe/London", &zone)) std::abort();
  return zone;
}

}  // namespace brokerage::engine
