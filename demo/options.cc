#include "demo/options.h"

namespace brokerage::demo {

void Options::AddTo(CLI::App* app) {
  client::Options::AddTo(app, "admin.token of --data");
  app->add_option("framework", framework,
                  "The framework's folder, such as frameworks/nottinghamshire")
      ->required();
  app->add_option("folder", folder,
                  "The folder of its weeks, such as demo/frameworks/nottinghamshire")
      ->required();
  app->add_option("--data", data, "Where admin.token is and the other accounts' tokens go")
      ->capture_default_str();
  app->add_option("--seed", seed, "Another seed, other answers")->capture_default_str();
  app->add_option("--weeks", weeks, "So many weeks; as the plan says unless given");
  app->add_flag("--story", story, "All weeks of the plan's story that have not run yet");
  app->add_flag("--once", once, "End after them");
}

}  // namespace brokerage::demo
