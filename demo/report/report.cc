#include "demo/report/report.h"

#include "demo/report/areas.h"
#include "demo/report/changes.h"
#include "demo/report/compliance.h"
#include "demo/report/figures.h"
#include "demo/report/given_up.h"
#include "demo/report/interim_stays.h"
#include "demo/report/one_package.h"
#include "demo/report/prices.h"
#include "demo/report/responses.h"
#include "demo/report/sharing.h"
#include "demo/report/stock.h"
#include "demo/report/waiting_list.h"

namespace brokerage::demo {

absl::Status PrintReport(const Council& council, const std::vector<OwnedPackage>& packages,
                         const Notes& notes, int unserved_due_min) {
  const v1::FrameworkRules& rules = council.framework().rules();
  absl::Status status = PrintOnePackage(council, packages);
  if (status.ok()) status = PrintWaitingList(council);
  if (status.ok()) status = PrintGivenUp(council, notes.given_up);
  if (status.ok() && !notes.stock.empty()) status = PrintStock(council, notes.stock);
  if (status.ok() && !rules.interim().service_types().empty()) status = PrintInterim(council);
  if (status.ok()) status = PrintChanges(council, notes.changes);
  if (status.ok()) status = PrintTransfers(council, notes.transfers);
  if (status.ok() && rules.price_ceiling_pence() > 0) status = PrintPrices(council);
  if (status.ok() && (rules.response_target_percent() > 0 || !rules.bands().empty()))
    status = PrintResponses(council, unserved_due_min);
  if (status.ok() && council.CoversByArea()) status = PrintAreas(council, notes.areas);
  if (status.ok() && !council.reader_ids().empty()) status = PrintAsTheHub(council);
  if (status.ok() && council.authority_ids().size() > 1) status = PrintSharing(council);
  if (status.ok()) status = PrintFigures(council, v1::DIMENSION_SERVICE_TYPE, "Services");
  if (!status.ok()) return status;
  return HasMinimum(rules) ? PrintCompliance(council)
                           : PrintFigures(council, v1::DIMENSION_LOT, "Lots");
}

}  // namespace brokerage::demo
