// prove: plays random frameworks against the second implementation, and damages stores, for as long
// as it is given, and says what it tried and what failed.
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/command_line/command_line.h"
#include "tests/damage/proofs.h"
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

  // "1,234 frameworks"
  void Show(const std::string& so_far) {
    const absl::Time now = absl::Now();
    if (now - last_ < (on_terminal_ ? absl::Milliseconds(100) : absl::Seconds(10))) return;
    last_ = now;
    const double part = std::min(1.0, absl::FDivDuration(now - begin_, limit_));
    const std::string tried = absl::StrCat(so_far, ", ", absl::ToInt64Seconds(now - begin_), " of ",
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

// How to play the framework that is played now again, told where a broken invariant ends the
// process.
std::string& Again() {
  static auto& text = *new std::string;
  return text;
}

void TellAgain(int) {
  const ssize_t written = ::write(STDOUT_FILENO, Again().data(), Again().size());
  static_cast<void>(written);
}

// Whether it held.
bool Run(const Proof& proof, uint64_t seed, absl::Duration limit) {
  std::optional<Progress> progress(std::in_place, proof.name, limit);
  const auto again = [&](uint64_t one) {
    return absl::StrCat("again: --proof ", proof.name, " --seed ", one, "\n");
  };
  Again() = again(seed);
  std::signal(SIGABRT, TellAgain);
  const ProofResult result = Prove(proof, seed, limit, [&](const ProofResult& so_far) {
    Again() = again(seed + static_cast<uint64_t>(so_far.frameworks));
    progress->Show(WithCommas(so_far.frameworks) + " frameworks");
  });
  progress.reset();
  std::signal(SIGABRT, SIG_DFL);
  for (const std::string& difference : result.differences) std::cout << difference << "\n";
  if (result.failed > 0) std::cout << again(result.failed_seed);
  std::cout << SummaryOf(proof, result) << std::endl;
  return result.failed == 0;
}

// A folder for stores, gone with it.
class Folder {
 public:
  Folder() {
    std::string path = (std::filesystem::temp_directory_path() / "prove-XXXXXX").string();
    if (mkdtemp(path.data()) == nullptr) throw std::runtime_error("cannot make " + path);
    path_ = path;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Whether it held: damages a store in one place after the other, from the seed on, until `count`
// were tried (0: no end to them) or the time is over.
bool Run(const damage::Proof& proof, uint64_t seed, uint64_t count, absl::Duration limit) {
  const Folder folder;
  const std::unique_ptr<damage::Trials> trials = proof.begin(folder.path());
  std::optional<Progress> progress(std::in_place, proof.name, limit);
  const absl::Time end = absl::Now() + limit;
  uint64_t tried = 0;
  std::vector<std::string> wrong;
  do {
    wrong = trials->Try(seed + tried);
    progress->Show(WithCommas(static_cast<int64_t>(++tried)) + " damages");
  } while (wrong.empty() && tried != count && absl::Now() < end);
  progress.reset();
  for (const std::string& text : wrong) std::cout << text << "\n";
  if (!wrong.empty()) {
    std::cout << "again: --proof " << proof.name << " --count 1 --seed " << seed + tried - 1
              << "\n";
  }
  std::cout << proof.name << ": " << WithCommas(static_cast<int64_t>(tried))
            << " damages tried from seed " << seed << ", of "
            << WithCommas(static_cast<int64_t>(trials->places())) << " places; "
            << (wrong.empty() ? 0 : 1) << " failed" << std::endl;
  return wrong.empty();
}

}  // namespace

}  // namespace brokerage::engine::reference

int main(int argc, char** argv) {
  using namespace brokerage::engine::reference;
  namespace damage = brokerage::damage;
  brokerage::command_line::Program app{
      "Plays random frameworks against the second implementation, and damages stores."};
  int seconds = 60;
  uint64_t seed = std::random_device()();
  uint64_t count = 0;
  std::string name;
  std::vector<std::string> names;
  for (const Proof& proof : Proofs()) names.push_back(proof.name);
  for (const damage::Proof& proof : damage::Proofs()) names.push_back(proof.name);
  app.Add("--seconds", &seconds, "Time for each proof").Positive().ShowDefault();
  app.Add("--seed", &seed, "Of the first framework or damage; a random one unless given");
  app.Add("--count", &count, "Of damages, where the time allows them; 0: no end to them");
  app.Add("--proof", &name, "One of them; all unless given").OneOf(names);
  if (const auto status = app.Parse(argc, argv)) return *status;
  std::cout << "seed " << seed << std::endl;
  bool held = true;
  for (const Proof& proof : Proofs()) {
    if (name.empty() || name == proof.name) held &= Run(proof, seed, absl::Seconds(seconds));
  }
  for (const damage::Proof& proof : damage::Proofs()) {
    if (name.empty() || name == proof.name) held &= Run(proof, seed, count, absl::Seconds(seconds));
  }
  return held ? 0 : 1;
}
