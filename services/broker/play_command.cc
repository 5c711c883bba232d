#include "services/broker/options.h"
namespace brokerage::broker {
void AddPlayCommand(CLI::App* app, const Options* options, Chosen* chosen) {}
}  // namespace brokerage::broker
