#include "load-tests/common/setting.h"

#include <unistd.h>

#include <filesystem>

#include "absl/strings/str_cat.h"

namespace brokerage::load {

Setting::Setting(const std::string& name, const char* program)
    : scratch(std::filesystem::temp_directory_path()), own_(absl::StrCat(name, "-", getpid())) {
  const std::string here = std::filesystem::path(program).parent_path().string();
  echo = here + "/echo_server";
  brokerd = here + "/../services/brokerd";
}

Setting::~Setting() {
  std::error_code error;
  std::filesystem::remove_all(scratch + "/" + own_, error);
}

void Setting::AddOptions(command_line::Command app) {
  app.Add("--figures", &figures, "a file to which the figures are added, a line each");
  app.Add("--repeats", &repeats, "of everything, after a warm-up").ShowDefault();
  app.Add("--in-flight", &in_flight, "calls under way at once").ShowDefault();
  app.Add("--framework", &framework, "the framework's folder").ShowDefault();
  app.Add("--brokerd", &brokerd, "the server's program");
  app.Add("--scratch", &scratch, "where data is kept meanwhile: on the disk that is measured")
      .ShowDefault();
}

std::string Setting::Scratch(const std::string& name) const {
  const std::string own = scratch + "/" + own_;
  std::filesystem::create_directories(own);
  return own + "/" + name;
}

}  // namespace brokerage::load
