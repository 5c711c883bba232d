// Keeps the library from being empty.
namespace brokerage {}
