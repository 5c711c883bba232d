// prove: plays random frameworks against the second implementation for as long as it is given, and
// says what it tried and what failed.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/reference/prove.h"

namespace brokerage::engine::reference {

namespace {

// On a terminal a bar that grows with the time, else a line every ten seconds.
class Progress {
 public:
  Progress(std::string name, absl::Duration limit)
      : name_(std::move(name)), limit_(limit), begin_(absl::Now()), last_(begin_) {}
  ~Progress() {
    if (on_terminal_) std::fprintf(stderr, "\r%*s\r", kWidth, "");
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Show(const ProofResult& result) {
    const absl::Time now = absl::Now();
    if (now - last_ < (on_terminal_ ? absl::Milliseconds(100) : absl::Seconds(10))) return;
    last_ = now;
    const double part = std::min(1.0, absl::FDivDuration(now - begin_, limit_));
    const std::string tried = absl::StrCat(WithCommas(result.frameworks), " frameworks, ",
                                           absl::ToInt64Seconds(now - begin_), " of ",
                                           absl::ToInt64Seconds(limit_), " s");
    if (on_terminal_) {
      std::string bar(kBar, '.');
      std::fill_n(bar.begin(), static_cast<int>(part * kBar), '#');
      std::fprintf(stderr, "\r%-*s", kWidth, absl::StrCat(name_, " [", bar, "] ", tried).c_str());
    } else {
      std::fprintf(stderr, "%s: %s\n", name_.c_str(), tried.c_str());
    }
    std::fflush(stderr);
  }

 private:
  static constexpr int kBar = 30;
  static constexpr int kWidth = 90;

  const std::string name_;
  const absl::Duration limit_;
  const absl::Time begin_;
  absl::Time last_;
  const bool on_terminal_ = ::isatty(STDERR_FILENO) == 1;
};

// Whether it held.
bool Run(const Proof& proof, uint64_t seed, absl::Duration limit) {
  std::optional<Progress> progress(std::in_place, proof.name, limit);
  const ProofResult result =
      Prove(proof, seed, limit, [&](const ProofResult& so_far) { progress->Show(so_far); });
  progress.reset();
  for (const std::string& difference : result.differences) std::cout << difference << "\n";
  if (result.failed > 0) {
    std::cout << "again: --proof " << proof.name << " --seed " << result.failed_seed << "\n";
  }
  std::cout << SummaryOf(proof, result) << std::endl;
  return result.failed == 0;
}

}  // namespace

}  // namespace brokerage::engine::reference

int main(int argc, char** argv) {
  using namespace brokerage::engine::reference;
  CLI::App app{"Plays random frameworks against the second implementation."};
  int seconds = 60;
  uint64_t seed = std::random_device()();
  std::string name;
  std::set<std::string> names;
  for (const Proof& proof : Proofs()) names.insert(proof.name);
  app.add_option("--seconds", seconds, "Time for each proof")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--seed", seed, "Of the first framework; a random one unless given");
  app.add_option("--proof", name, "One of them; all unless given")->check(CLI::IsMember(names));
  CLI11_PARSE(app, argc, argv);
  std::cout << "seed " << seed << std::endl;
  bool held = true;
  for (const Proof& proof : Proofs()) {
    if (name.empty() || name == proof.name) held &= Run(proof, seed, absl::Seconds(seconds));
  }
  return held ? 0 : 1;
}
