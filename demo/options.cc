#include "demo/options.h"

namespace brokerage::demo {

void Options::AddTo(command_line::Command app) {
  client::Options::AddTo(app, "admin.token of --data");
  app.Add("framework", &framework, "The framework's folder, such as frameworks/nottinghamshire")
      .Required();
  app.Add("folder", &folder, "The folder of its weeks, such as demo/frameworks/nottinghamshire")
      .Required();
  app.Add("--data", &data, "Where admin.token is and the other accounts' tokens go").ShowDefault();
  app.Add("--seed", &seed, "Another seed, other answers").ShowDefault();
  app.Add("--weeks", &weeks, "So many weeks; as the plan says unless given");
  app.AddFlag("--story", &story, "All weeks of the plan's story that have not run yet");
  app.AddFlag("--once", &once, "End after them");
}

}  // namespace brokerage::demo
