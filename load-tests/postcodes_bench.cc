// Measures how long a whole postcode directory takes: a file of 1.7 million rows such as Code-Point
// Open has, read alone by `broker postcodes import --dry-run`, which is the baseline, and then
// imported into a brokerd on loopback until it is durable. It starts the server itself and ends it.
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/command_line/command_line.h"

namespace brokerage::load {
namespace {

struct Settings {
  std::string programs;  // the folder of brokerd and broker
  std::string scratch;
  int64_t rows = 1700000;
  int port = 17453;
};

// The n-th of all postcodes of the form AA99 9AA, spread over the areas as in a real file.
std::string Postcode(int64_t n) {
  const auto take = [&n](int64_t of) {
    const int64_t digit = n % of;
    n /= of;
    return digit;
  };
  constexpr char kInward[] = "ABDEFGHJLNPQRSTUWXYZ";
  const char last = kInward[take(20)];
  const char middle = kInward[take(20)];
  const int64_t sector = take(10);
  const int64_t district = take(90) + 10;
  constexpr char kAreas[][3] = {"AB", "BS", "CB", "DE", "EX", "GU", "LE", "NG", "PR", "SA"};
  return absl::StrCat(kAreas[take(10)], district, sector, std::string(1, middle),
                      std::string(1, last));
}

void WriteFile(const std::string& path, int64_t rows) {
  std::ofstream file(path, std::ios::binary);
  for (int64_t n = 0; n < rows; ++n) {
    // Neighbouring postcodes lie in one ward.
    file << absl::StrFormat(
        "\"%s\",10,%d,%d,\"E92000001\",\"E19000001\",\"E18000002\",\"E10000024\",\"E07000170\","
        "\"E05%06d\"\n",
        Postcode(n), 300000 + n % 300000, 200000 + n / 10, n / 200);
  }
}

// A command's seconds; ends the process when it fails.
double SecondsOf(const std::string& command) {
  const auto begin = std::chrono::steady_clock::now();
  if (std::system((command + " >/dev/null").c_str()) != 0) {
    std::fprintf(stderr, "failed: %s\n", command.c_str());
    std::exit(1);
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void Print(const char* what, int64_t rows, double seconds) {
  std::printf("%-44s %10.0f rows/s   %6.2f s\n", what, static_cast<double>(rows) / seconds,
              seconds);
  std::fflush(stdout);
}

void Measure(const Settings& settings) {
  const std::string file = settings.scratch + "/codepo.csv";
  const std::string data = settings.scratch + "/data";
  const std::string token = settings.scratch + "/token";
  const std::string address = absl::StrCat("127.0.0.1:", settings.port);
  WriteFile(file, settings.rows);
  std::printf("%lld rows, %.0f MB\n", static_cast<long long>(settings.rows),
              static_cast<double>(std::filesystem::file_size(file)) / 1e6);
  SecondsOf(absl::StrCat(settings.programs, "/brokerd bootstrap --data ", data,
                         " --account admin --token-file ", token));
  const std::string broker =
      absl::StrCat(settings.programs, "/broker --address ", address, " --token-file ", token, " ");
  const pid_t server = fork();
  if (server == 0) {
    const std::string program = settings.programs + "/brokerd";
    const std::string admin = absl::StrCat("127.0.0.1:", settings.port + 1);
    execl(program.c_str(), "brokerd", "serve", "--data", data.c_str(), "--listen", address.c_str(),
          "--admin-listen", admin.c_str(), "--log-level", "warn", nullptr);
    _exit(127);
  }
  SecondsOf(absl::StrCat("for n in $(seq 100); do ", broker,
                         "admin get-status 2>/dev/null && exit 0; sleep 0.1; done; exit 1"));
  const double read = SecondsOf(broker + "postcodes import --dry-run " + file);
  Print("reading the file alone", settings.rows, read);
  const double first = SecondsOf(broker + "postcodes import " + file);
  Print("importing it, durable", settings.rows, first);
  std::printf("    %.2f of reading it\n", read / first);
  const double again = SecondsOf(broker + "postcodes import " + file);
  Print("importing it again", settings.rows, again);
  SecondsOf(
      absl::StrCat(broker, "directory get-postcode --postcode ", Postcode(settings.rows - 1)));
  kill(server, SIGTERM);
  int status = 0;
  waitpid(server, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    std::fprintf(stderr, "the server ended badly\n");
    std::exit(1);
  }
}

}  // namespace
}  // namespace brokerage::load

int main(int argc, char** argv) {
  brokerage::load::Settings settings;
  settings.scratch =
      (std::filesystem::temp_directory_path() / absl::StrCat("postcodes-bench-", getpid()))
          .string();
  settings.programs = (std::filesystem::path(argv[0]).parent_path() / "../services").string();
  brokerage::command_line::Program app("Measures the import of a postcode directory.");
  app.Add("--rows", &settings.rows, "rows of the file, at most 3,600,000");
  app.Add("--programs", &settings.programs, "the folder of brokerd and broker");
  app.Add("--port", &settings.port, "the first of two loopback ports");
  if (const auto status = app.Parse(argc, argv)) return *status;
  std::filesystem::create_directories(settings.scratch);
  brokerage::load::Measure(settings);
  std::filesystem::remove_all(settings.scratch);
  return 0;
}
