// The command line of any program: its commands, their options, and the arguments that have no
// name. CLI11 does the work; it is headers of which each source that includes it compiles the
// whole, so that one source does.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace brokerage::command_line {

// What was added to a command. A handle: it is good while its program is.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}

  Option Required() const;
  Option OneOf(const std::vector<std::string>& words) const;
  Option Between(uint64_t least, uint64_t most) const;
  Option Positive() const;
  // What the help calls the value, such as YYYY-MM-DD.
  Option TypeName(const std::string& name) const;
  // The help says what the value is when the command line does not.
  Option ShowDefault() const;
  // May be given once, with one value.
  Option Once() const;
  // May be given again, with one value each time.
  Option OneEachTime() const;
  // May be given again, with as many values each time as follow.
  Option TakeAll() const;
  // Not in the help.
  Option Hidden() const;

 private:
  CLI::Option* option_;
};

// A program, or a command of it. A handle, as above.
class Command {
 public:
  explicit Command(CLI::App* app) : app_(app) {}

  Command AddCommand(const std::string& name, const std::string& help) const;
  // A second name of the command itself.
  void Alias(const std::string& name) const;
  // One of its commands has to be asked for.
  void RequireCommand() const;

  // An option, or with a name without dashes an argument. The value is written where it is given,
  // and outlives the parse. Value: std::string, int, int64_t, uint64_t, double,
  // std::optional<uint64_t>, and for what may be given again std::vector of std::string or of pairs
  // of it.
  template <typename Value>
  Option Add(const std::string& names, Value* value, const std::string& help) const;
  Option AddFlag(const std::string& names, bool* value, const std::string& help) const;
  // An option that stands alone or has one value; `take` is given that, "" for none.
  Option AddSwitch(const std::string& names, std::function<void(const std::string&)> take,
                   const std::string& help) const;
  // An option of a form of its own: `take` returns what is wrong with the value, "" where nothing
  // is.
  Option AddRead(const std::string& names, std::function<std::string(const std::string&)> take,
                 const std::string& help) const;

  // Called when the command is met, before what follows it is read: its options may be added then.
  void BeforeParse(std::function<void()> add) const;
  // Called when all is read and the command was asked for; so is that of the command above it.
  void AfterParse(std::function<void()> run) const;
  // Whether it was asked for; known once all is read.
  bool asked() const;

 protected:
  CLI::App* app_;
};

// What an AfterParse calls to refuse what was said: something that is required is missing.
[[noreturn]] void Missing(const std::string& what);

class Program : public Command {
 public:
  explicit Program(const std::string& description, const std::string& name = "");
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // Options of the program may follow a command of it.
  void OptionsMayFollow();
  void HelpColumn(int characters);
  std::string Help() const;

  // The status to end with, where help was asked for (0) or what was said cannot be understood
  // (which is printed); nothing where the program is to go on.
  std::optional<int> Parse(int argc, char** argv);

 private:
  const std::unique_ptr<CLI::App> owned_;
};

}  // namespace brokerage::command_line
