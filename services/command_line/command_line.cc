#include "services/command_line/command_line.h"

#include <CLI/CLI.hpp>
#include <utility>

namespace brokerage::command_line {

Option Option::Required() const { return Option(option_->required()); }

Option Option::OneOf(const std::vector<std::string>& words) const {
  return Option(option_->check(CLI::IsMember(words)));
}

Option Option::Between(uint64_t least, uint64_t most) const {
  return Option(option_->check(CLI::Range(least, most)));
}

Option Option::Positive() const { return Option(option_->check(CLI::PositiveNumber)); }

Option Option::TypeName(const std::string& name) const { return Option(option_->type_name(name)); }

Option Option::ShowDefault() const { return Option(option_->capture_default_str()); }

Option Option::Once() const { return Option(option_->expected(1)); }

Option Option::OneEachTime() const { return Option(option_->allow_extra_args(false)); }

Option Option::TakeAll() const { return Option(option_->take_all()); }

Option Option::Hidden() const { return Option(option_->group("")); }

Command Command::AddCommand(const std::string& name, const std::string& help) const {
  return Command(app_->add_subcommand(name, help));
}

void Command::Alias(const std::string& name) const { app_->alias(name); }

void Command::RequireCommand() const { app_->require_subcommand(1); }

template <typename Value>
Option Command::Add(const std::string& names, Value* value, const std::string& help) const {
  return Option(app_->add_option(names, *value, help));
}

template Option Command::Add(const std::string&, std::string*, const std::string&) const;
template Option Command::Add(const std::string&, int*, const std::string&) const;
template Option Command::Add(const std::string&, int64_t*, const std::string&) const;
template Option Command::Add(const std::string&, uint64_t*, const std::string&) const;
template Option Command::Add(const std::string&, double*, const std::string&) const;
template Option Command::Add(const std::string&, std::optional<uint64_t>*,
                             const std::string&) const;
template Option Command::Add(const std::string&, std::vector<std::string>*,
                             const std::string&) const;
template Option Command::Add(const std::string&, std::vector<std::pair<std::string, std::string>>*,
                             const std::string&) const;

Option Command::AddFlag(const std::string& names, bool* value, const std::string& help) const {
  return Option(app_->add_flag(names, *value, help));
}

Option Command::AddSwitch(const std::string& names, std::function<void(const std::string&)> take,
                          const std::string& help) const {
  const auto given = [take = std::move(take)](const std::string& value) {
    take(value == "{}" ? "" : value);
  };
  return Option(
      app_->add_option_function<std::string>(names, given, help)->type_name("")->expected(0, 1));
}

Option Command::AddRead(const std::string& names,
                        std::function<std::string(const std::string&)> take,
                        const std::string& help) const {
  const auto given = [names, take = std::move(take)](const std::string& value) {
    const std::string wrong = take(value);
    if (!wrong.empty()) throw CLI::ValidationError(names, wrong);
  };
  return Option(app_->add_option_function<std::string>(names, given, help));
}

void Command::BeforeParse(std::function<void()> add) const {
  app_->preparse_callback([add = std::move(add)](size_t) { add(); });
}

void Command::AfterParse(std::function<void()> run) const { app_->callback(std::move(run)); }

bool Command::asked() const { return app_->parsed(); }

void Missing(const std::string& what) { throw CLI::RequiredError(what); }

Program::Program(const std::string& description, const std::string& name)
    : Command(new CLI::App(description, name)), owned_(app_) {}

Program::~Program() = default;

void Program::OptionsMayFollow() { app_->fallthrough(); }

void Program::HelpColumn(int characters) {
  app_->get_formatter()->column_width(static_cast<size_t>(characters));
}

std::string Program::Help() const { return app_->help(); }

std::optional<int> Program::Parse(int argc, char** argv) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app_->exit(error);
  }
  return std::nullopt;
}

}  // namespace brokerage::command_line
