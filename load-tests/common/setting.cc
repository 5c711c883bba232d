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

void Setting::AddOptions(CLI::App* app) {
  app->add_option("--figures", figures, "a file to which the figures are added, a line each");
  app->add_option("--repeats", repeats, "of everything, after a warm-up")->capture_default_str();
  app->add_option("--in-flight", in_flight, "calls under way at once")->capture_default_str();
  app->add_option("--framework", framework, "the framework's folder")->capture_default_str();
  app->add_option("--brokerd", brokerd, "the server's program");
  app->add_option("--scratch", scratch,
                  "where data is kept meanwhile: on the disk that is measured")
      ->capture_default_str();
}

std::string Setting::Scratch(const std::string& name) const {
  const std::string own = scratch + "/" + own_;
  std::filesystem::create_directories(own);
  return own + "/" + name;
}

}  // namespace brokerage::load
