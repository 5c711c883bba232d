// The tables of a play's report: each asks the server and prints what it answers.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "brokerage/v1/performance_service.pb.h"
#include "demo/council.h"
#include "demo/notes.h"
#include "services/client/connection.h"

namespace brokerage::demo {

// tables.cc: figures.

// The local date of a moment, as requests have it.
std::string DateOf(absl::Time time);
bool HasMinimum(const v1::FrameworkRules& rules);
// What was referred and what became of it, and how branches answered, by one dimension.
absl::Status PrintFigures(const World& world, v1::Dimension dimension, const char* heading);
// Every contract since the framework began, with its minimum if it has one.
absl::Status PrintCompliance(const World& world);
// Where a quarter ends in this Monday's week: every contract with a minimum, and the sanctions that
// are proposed. Nothing otherwise.
absl::Status PrintQuarterOf(const World& world, absl::CivilDay monday);
// Who responds, at what risk and in which band, by quarter and by provider; who never does.
absl::Status PrintResponses(const World& world, int unserved_due_min);

// areas.cc: silences by postcode area.

// What the provider was offered and answered so far, in the area and elsewhere.
absl::StatusOr<AreaCounts> CountArea(const client::Connection& commissioner,
                                     const std::string& framework_id,
                                     const std::string& provider_id, const std::string& area);
// Where providers are silent that answer elsewhere, for review; and the areas that were ended.
absl::Status PrintAreas(const World& world, const std::vector<EndedArea>& areas);

// packages.cc: what became of packages.

// As the care navigation of its authority sees it.
absl::StatusOr<v1::Package> GetPackage(const World& world, const PlayedPackage& played);
absl::Status PrintStock(const World& world, const std::vector<MovedPackage>& stock);
absl::Status PrintTransfers(const World& world, const std::vector<PlayedPackage>& transfers);
// Which awarded packages were returned or handed back, by whom, whose cause it was, and what became
// of each or of the package that follows it; the latest first.
absl::Status PrintGivenUp(const World& world, const std::vector<GivenUp>& given_up);
// Who was in an interim service, how long, and what followed.
absl::Status PrintInterim(const World& world);
// Awards by price level, those outside floor and ceiling with their reasons, and whom a need for
// high dependency kept out.
absl::Status PrintPrices(const World& world);

// sharing.cc: who sees what.

// What each authority sees of the others: packages never, figures always.
absl::Status PrintSharing(const World& world);
// Every provider's response by authority, as those who only read see it, and a provider.
absl::Status PrintAsTheHub(const World& world);

}  // namespace brokerage::demo
