#include "demo/report/changes.h"

#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "brokerage/v1/package_service.pb.h"
#include "demo/council/changes.h"
#include "engine/base/calendar.h"
#include "services/client/text/table.h"
#include "services/client/text/words.h"

namespace brokerage::demo {

using client::London;
using client::SayTime;
using client::ShortName;
using client::Spaced;
using client::Table;
using client::TimeOf;

namespace {

// What the change did to one package that was out: its offers by what became of them.
struct Fate {
  int offers = 0;    // that would still have been open at the change without answer or award
  int before = 0;    // of them, first answered before it
  int answered = 0;  // of them, first answered after it
  int closed = 0;    // of them, closed by it
  std::string anew;  // who was asked because of it
};

Fate FateOf(const Council& council, const v1::Package& package, absl::Time change) {
  Fate fate;
  std::vector<std::string> anew;
  for (const v1::Offer& offer : package.offers()) {
    const absl::Time issued = TimeOf(offer.issue_time());
    if (issued >= change && issued < change + absl::Hours(1)) {
      anew.push_back(council.names().Branch(offer.branch_id()));
    }
    if (issued >= change) continue;
    if (TimeOf(offer.deadline_time()) < change) continue;
    ++fate.offers;
    fate.closed += offer.close_cause() == v1::CLOSE_CAUSE_CONTRACT_ENDED ||
                   offer.close_cause() == v1::CLOSE_CAUSE_CONTRACT_NOVATED;
    if (offer.answers().empty()) continue;
    ++(TimeOf(offer.answers(0).answer_time()) < change ? fate.before : fate.answered);
  }
  fate.anew = absl::StrJoin(anew, ", ");
  return fate;
}

absl::Status PrintOut(const Council& council, const DayOfChange& day) {
  Table table({"package", "out since", "offers", "answered before", "closed by the change",
               "answered after it", "asked anew", "first asked", "now", "with"});
  const absl::Time change = engine::StartOfDay(day.date, London());
  for (const OwnedPackage& one : day.out) {
    v1::GetPackageRequest request;
    request.set_package_id(one.id);
    auto response = council.navigator(one.authority_id)
                        .Call<v1::GetPackageResponse>("PackageService/GetPackage", request);
    if (!response.ok()) return response.status();
    const v1::Package& package = response->package();
    const Fate fate = FateOf(council, package, change);
    const bool waited = package.rounds().empty() || TimeOf(package.rounds(0).open_time()) >= change;
    table.Add({package.id(), waited ? "nobody could be asked" : SayTime(package.release_time()),
               absl::StrCat(fate.offers), absl::StrCat(fate.before), absl::StrCat(fate.closed),
               absl::StrCat(fate.answered), fate.anew,
               waited && !package.rounds().empty() ? SayTime(package.rounds(0).open_time()) : "",
               Spaced(ShortName(package.state())),
               package.has_award() ? council.names().Branch(package.award().branch_id()) : ""});
  }
  table.DropEmptyColumns();
  fputs(table.empty() ? "    no package of those lots was out or waited for it\n"
                      : table.Text(4).c_str(),
        stdout);
  return absl::OkStatus();
}

}  // namespace

absl::Status PrintChanges(const Council& council, const std::vector<DayOfChange>& days) {
  if (days.empty()) return absl::OkStatus();
  printf("\nContracts that changed, and the packages that were out across the change\n");
  for (const DayOfChange& day : days) {
    printf(
        "\n  %s\n",
        absl::FormatTime("%a %-d %b %Y", engine::StartOfDay(day.date, London()), London()).c_str());
    for (const std::string& words : ChangesInWords(council, day.changes))
      printf("    %s\n", words.c_str());
    if (absl::Status status = PrintOut(council, day); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace brokerage::demo
