#include "engine/decide/coverage.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/base/calendar.h"
#include "engine/base/postcode.h"
#include "engine/base/rejection.h"
#include "engine/decide/checks.h"
#include "engine/decide/directory_changes.h"
#include "engine/model/fact_keys.h"
#include "engine/model/reach.h"

namespace brokerage::engine {

using journal::v1::DirectoryFact;

namespace {

const char* StateWords(v1::ProposalState state) {
  switch (state) {
    case v1::PROPOSAL_STATE_ACCEPTED:
      return "accepted";
    case v1::PROPOSAL_STATE_REJECTED:
      return "rejected";
    case v1::PROPOSAL_STATE_WITHDRAWN:
      return "withdrawn";
    case v1::PROPOSAL_STATE_OPEN:
    case v1::PROPOSAL_STATE_UNSPECIFIED:
    case v1::ProposalState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::ProposalState_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return "open";
}

// ALREADY_DECIDED unless it waits for a decision.
absl::Status CheckOpen(const v1::CoverageProposal& proposal) {
  if (proposal.state() == v1::PROPOSAL_STATE_OPEN) return absl::OkStatus();
  return Reject(v1::REJECTION_REASON_ALREADY_DECIDED, "proposal_id", proposal.id(),
                absl::StrCat("a proposal that waits; this one was ", StateWords(proposal.state())));
}

absl::Status Invalid(absl::string_view field, absl::string_view value, absl::string_view expected) {
  return Reject(v1::REJECTION_REASON_FIELD_INVALID, field, value, expected);
}

// Where it is: a ward or a postcode area, one of the two.
absl::Status CheckPlace(const v1::Coverage& line) {
  if (line.ward_code().empty() && line.postcode_area().empty()) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "coverage.ward_code", "",
                  "a ward's ONS code, or a postcode_area in its place");
  }
  if (line.postcode_area().empty()) return absl::OkStatus();
  if (!line.ward_code().empty()) {
    return Invalid("coverage.postcode_area", line.postcode_area(),
                   "nothing beside a ward_code: a line covers the one or the other");
  }
  if (!IsPostcodeArea(line.postcode_area())) {
    return Invalid("coverage.postcode_area", line.postcode_area(),
                   "one or two capital letters such as NG");
  }
  return absl::OkStatus();
}

// What of a line is wrong by itself.
absl::Status CheckLine(const v1::Coverage& line) {
  if (absl::Status status = CheckPlace(line); !status.ok()) return status;
  if (line.service_type() == v1::SERVICE_TYPE_UNSPECIFIED) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "coverage.service_type", "",
                  "a service type such as HOME_CARE");
  }
  const auto from = ParseDate(line.from_date());
  const auto to = line.to_date().empty() ? std::optional<DateNumber>(0) : ParseDate(line.to_date());
  if (!from) return Invalid("coverage.from_date", line.from_date(), "a date, YYYY-MM-DD");
  if (!to || (*to != 0 && *to <= *from)) {
    return Invalid("coverage.to_date", line.to_date(),
                   "a date after from_date, YYYY-MM-DD, or nothing");
  }
  if (line.priority() < 0) {
    return Invalid("coverage.priority", absl::StrCat(line.priority()),
                   "1 for the first branch, or more");
  }
  return absl::OkStatus();
}

bool EndsBefore(const v1::Coverage& line, DateNumber date) {
  const auto to = ParseDate(line.to_date());
  return to.has_value() && *to < date;
}

// Whether the caller is of an authority that buys under the framework, or an administrator.
bool DecidesCoverage(const Context& in, absl::string_view framework_id) {
  if (in.caller.role == v1::ROLE_ADMINISTRATOR) return true;
  if (in.caller.role != v1::ROLE_CARE_NAVIGATOR && in.caller.role != v1::ROLE_COMMISSIONER) {
    return false;
  }
  const journal::v1::FrameworkRow* framework = in.state.directory.Framework(framework_id);
  if (framework == nullptr) return false;
  const v1::Authority* own = Directory::AuthorityOf(framework->rules(), in.caller.authority_id);
  return own != nullptr && !own->reads_only();
}

// Whether the framework's rule accepts what is proposed.
bool AcceptsCoverage(const Context& in, absl::string_view framework_id) {
  return in.state.directory.Framework(framework_id)->rules().coverage_decision() ==
         v1::COVERAGE_DECISION_AUTOMATIC;
}

absl::Status UnknownWard(const Context& in, const v1::Coverage& line,
                         const std::vector<std::string>& frameworks) {
  std::vector<std::string> nearest;
  for (const std::string& id : frameworks) {
    for (const v1::Ward* ward : in.state.directory.NearestWards(id, line.ward_code(), 3)) {
      nearest.push_back(absl::StrCat(ward->code(), " ", ward->name()));
    }
  }
  std::string expected = "a ward of a framework of yours";
  if (!nearest.empty()) {
    absl::StrAppend(&expected, "; the nearest: ", absl::StrJoin(nearest, ", "));
  }
  return Reject(v1::REJECTION_REASON_UNKNOWN_WARD, "coverage.ward_code", line.ward_code(),
                expected);
}

// The one of the frameworks `allowed` that the line is in.
absl::StatusOr<std::string> FrameworkOfLine(const Context& in, const v1::Coverage& line,
                                            const v1::Branch& branch,
                                            absl::FunctionRef<bool(const std::string&)> allowed) {
  std::vector<std::string> frameworks;
  for (const journal::v1::FrameworkRow* framework : in.state.directory.Frameworks()) {
    const std::string& id = framework->framework_id();
    if (allowed(id) && (line.framework_id().empty() || line.framework_id() == id)) {
      frameworks.push_back(id);
    }
  }
  if (!line.framework_id().empty() && frameworks.empty()) {
    return Reject(v1::REJECTION_REASON_NOT_FOUND, "coverage.framework_id", line.framework_id(),
                  "a framework of yours");
  }
  const std::vector<std::string> mine = frameworks;
  std::erase_if(frameworks, [&](const std::string& id) {
    return line.postcode_area().empty()
               ? !in.state.directory.WardInFramework(id, line.ward_code())
               : in.state.directory.HoldsContractsSince(branch.provider_id(), id) == 0;
  });
  if (frameworks.empty() && line.postcode_area().empty()) return UnknownWard(in, line, mine);
  if (frameworks.empty()) {
    return Invalid("coverage.postcode_area", line.postcode_area(),
                   "an area for a branch whose provider has a contract in a framework of yours");
  }
  if (frameworks.size() > 1 && !line.postcode_area().empty()) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "coverage.framework_id", "",
                  absl::StrCat("one of ", absl::StrJoin(frameworks, ", ")));
  }
  // A ward may lie in several: what one of them wants decided is not for another's rule to accept.
  for (const std::string& id : frameworks) {
    if (!AcceptsCoverage(in, id)) return id;
  }
  return frameworks.front();
}

// The line would hold in their rounds as well.
absl::Status OthersWardToo(const v1::Coverage& line, const std::vector<std::string>& others) {
  return Reject(v1::REJECTION_REASON_ROLE_MAY_NOT, "coverage.ward_code", line.ward_code(),
                absl::StrCat("a ward of your frameworks alone: this one and the branch's provider "
                             "are in ",
                             absl::StrJoin(others, ", "), " too; an administrator may change it"));
}

DirectoryFact CoverageFact(const Context& in, const v1::Coverage& line,
                           const std::string& framework_id) {
  DirectoryFact fact = NewFact(in, CoverageKey(line), framework_id);
  *fact.mutable_coverage() = line;
  return fact;
}

// The line with the same key, if it is in force today.
const v1::Coverage* RunningLine(const Context& in, const v1::Coverage& line, DateNumber today) {
  const DirectoryFact* fact = in.state.directory.Fact(CoverageKey(line));
  const bool runs =
      fact != nullptr && !fact->ended() && Directory::InForce(fact->coverage(), today);
  return runs ? &fact->coverage() : nullptr;
}

absl::Status CheckNotInThePast(const Context& in, const v1::Coverage& line, DateNumber today) {
  const DateNumber from = *ParseDate(line.from_date());
  if (const v1::Coverage* running = RunningLine(in, line, today)) {
    if (from != today && line.from_date() != running->from_date()) {
      return Reject(
          from < today ? v1::REJECTION_REASON_IN_THE_PAST : v1::REJECTION_REASON_FIELD_INVALID,
          "coverage.from_date", line.from_date(),
          absl::StrCat(running->from_date(), ", since when the line runs, or today, ",
                       FormatDate(today), "; to_date ends it"));
    }
  } else if (from < today) {
    return Reject(v1::REJECTION_REASON_IN_THE_PAST, "coverage.from_date", line.from_date(),
                  absl::StrCat("today, ", FormatDate(today), ", or later: the line does not run"));
  }
  if (EndsBefore(line, today)) {
    return Reject(v1::REJECTION_REASON_IN_THE_PAST, "coverage.to_date", line.to_date(),
                  absl::StrCat("today, ", FormatDate(today), ", or later, or nothing"));
  }
  return absl::OkStatus();
}

// Adds the line of an accepted proposal beside it: one that runs keeps its beginning, no other
// begins before today.
void PutLineFromToday(const Context& in, const DirectoryFact& proposal, DateNumber today,
                      Decision* out) {
  v1::Coverage line = proposal.coverage_proposal().coverage();
  if (const v1::Coverage* running = RunningLine(in, line, today)) {
    line.set_from_date(running->from_date());
  } else if (*ParseDate(line.from_date()) < today) {
    line.set_from_date(FormatDate(today));
  }
  journal::v1::DirectoryChanged& changed =
      *out->record.mutable_facts(0)->mutable_directory_changed();
  AddFact(in, CoverageFact(in, line, proposal.framework_id()), &changed);
}

}  // namespace

absl::Status Decide(const Context& in, const v1::ChangeCoverageRequest& request, Decision* out) {
  v1::Coverage line = request.coverage();
  const v1::Branch* branch = in.state.directory.Branch(line.branch_id());
  if (branch == nullptr) {
    return Reject(v1::REJECTION_REASON_NOT_FOUND, "coverage.branch_id", line.branch_id(),
                  "a branch's id");
  }
  if (absl::Status status = CheckLine(line); !status.ok()) return status;
  auto may_change = [&in](const std::string& id) { return MayChange(in, id); };
  const absl::StatusOr<std::string> framework_id = FrameworkOfLine(in, line, *branch, may_change);
  if (!framework_id.ok()) return framework_id.status();
  const auto others =
      OthersCovered(branch->provider_id(), line.ward_code(), in.state.directory, may_change);
  if (!others.empty()) return OthersWardToo(line, others);
  line.set_framework_id(line.postcode_area().empty() ? "" : *framework_id);
  AddFact(in, CoverageFact(in, line, *framework_id), "", out);
  return absl::OkStatus();
}

v1::ChangeCoverageResponse Reply(const After& after, const v1::ChangeCoverageRequest&) {
  v1::ChangeCoverageResponse response;
  *response.mutable_coverage() = FirstFact(after).coverage();
  return response;
}

absl::Status Decide(const Context& in, const v1::ProposeCoverageRequest& request, Decision* out) {
  v1::Coverage line = request.coverage();
  const v1::Branch* branch = OwnBranch(in, line.branch_id());
  if (branch == nullptr) {
    return Reject(v1::REJECTION_REASON_NOT_FOUND, "coverage.branch_id", line.branch_id(),
                  "the id of a branch of yours");
  }
  if (absl::Status status = CheckLine(line); !status.ok()) return status;
  const absl::StatusOr<std::string> framework_id =
      FrameworkOfLine(in, line, *branch, [&](const std::string& id) {
        return in.state.directory.HoldsContractsSince(branch->provider_id(), id) != 0;
      });
  if (!framework_id.ok()) return framework_id.status();
  line.set_framework_id(line.postcode_area().empty() ? "" : *framework_id);
  const DateNumber today = in.Today(in.state.directory.Framework(*framework_id)->rules());
  if (absl::Status status = CheckNotInThePast(in, line, today); !status.ok()) return status;
  if (const v1::CoverageProposal* waiting = in.state.directory.OpenProposalFor(line)) {
    return Reject(v1::REJECTION_REASON_ALREADY_EXISTS, "coverage", waiting->id(),
                  "a line for which no proposal waits for a decision");
  }

  v1::CoverageProposal proposal;
  proposal.set_id(absl::StrFormat("C-%06d", in.state.system.last_fact_number() + 1));
  *proposal.mutable_coverage() = line;
  proposal.set_state(v1::PROPOSAL_STATE_OPEN);
  proposal.set_proposed_by(in.caller.account_id);
  *proposal.mutable_propose_time() = ToTimestamp(in.now_us());
  const bool accepted = AcceptsCoverage(in, *framework_id);
  if (accepted) {
    proposal.set_state(v1::PROPOSAL_STATE_ACCEPTED);
    proposal.set_decision_reason("the framework's rule accepts what a branch proposes");
  }
  DirectoryFact fact = NewFact(in, ProposalKey(proposal.id()), *framework_id);
  *fact.mutable_coverage_proposal() = proposal;
  AddFact(in, fact, proposal.decision_reason(), out);
  if (accepted) PutLineFromToday(in, fact, today, out);
  return absl::OkStatus();
}

v1::ProposeCoverageResponse Reply(const After& after, const v1::ProposeCoverageRequest&) {
  v1::ProposeCoverageResponse response;
  *response.mutable_proposal() = FirstFact(after).coverage_proposal();
  return response;
}

absl::Status Decide(const Context& in, const v1::DecideCoverageRequest& request, Decision* out) {
  const DirectoryFact* found = in.state.directory.Fact(ProposalKey(request.proposal_id()));
  if (found == nullptr || !DecidesCoverage(in, found->framework_id())) {
    return Reject(v1::REJECTION_REASON_NOT_FOUND, "proposal_id", request.proposal_id(),
                  "the id of a proposal in a framework under which your authority buys");
  }
  const v1::CoverageProposal& before = found->coverage_proposal();
  if (absl::Status status = CheckOpen(before); !status.ok()) return status;
  if (!request.accept() || !request.reason().empty()) {
    if (absl::Status status = CheckReason(request.reason()); !status.ok()) return status;
  }
  const DateNumber today = in.Today(in.state.directory.Framework(found->framework_id())->rules());
  const v1::Coverage& line = before.coverage();
  // A new line would begin today and end before it.
  const bool over = EndsBefore(line, today) || (line.to_date() == FormatDate(today) &&
                                                RunningLine(in, line, today) == nullptr);
  if (request.accept() && over) {
    return Reject(v1::REJECTION_REASON_IN_THE_PAST, "proposal_id", request.proposal_id(),
                  absl::StrCat("a line whose end, ", line.to_date(),
                               ", has not passed; reject it, and let it be proposed again"));
  }
  const v1::Branch* branch = in.state.directory.Branch(line.branch_id());
  if (request.accept() && branch != nullptr) {
    const auto others =
        OthersCovered(branch->provider_id(), line.ward_code(), in.state.directory,
                      [&](const std::string& id) { return DecidesCoverage(in, id); });
    if (!others.empty()) return OthersWardToo(line, others);
  }
  DirectoryFact fact = NewFact(in, found->key(), found->framework_id());
  v1::CoverageProposal& proposal = *fact.mutable_coverage_proposal();
  proposal.set_state(request.accept() ? v1::PROPOSAL_STATE_ACCEPTED : v1::PROPOSAL_STATE_REJECTED);
  proposal.set_decided_by(in.caller.account_id);
  proposal.set_decision_reason(request.reason());
  AddFact(in, fact, request.reason(), out);
  if (request.accept()) PutLineFromToday(in, fact, today, out);
  return absl::OkStatus();
}

v1::DecideCoverageResponse Reply(const After& after, const v1::DecideCoverageRequest&) {
  v1::DecideCoverageResponse response;
  *response.mutable_proposal() = FirstFact(after).coverage_proposal();
  return response;
}

absl::Status Decide(const Context& in, const v1::WithdrawCoverageProposalRequest& request,
                    Decision* out) {
  const DirectoryFact* found = in.state.directory.Fact(ProposalKey(request.proposal_id()));
  if (found == nullptr ||
      OwnBranch(in, found->coverage_proposal().coverage().branch_id()) == nullptr) {
    return Reject(v1::REJECTION_REASON_NOT_FOUND, "proposal_id", request.proposal_id(),
                  "the id of a proposal for a branch of yours");
  }
  if (absl::Status status = CheckOpen(found->coverage_proposal()); !status.ok()) return status;
  if (!request.reason().empty()) {
    if (absl::Status status = CheckReason(request.reason()); !status.ok()) return status;
  }
  DirectoryFact fact = NewFact(in, found->key(), found->framework_id());
  v1::CoverageProposal& proposal = *fact.mutable_coverage_proposal();
  proposal.set_state(v1::PROPOSAL_STATE_WITHDRAWN);
  proposal.set_decided_by(in.caller.account_id);
  proposal.set_decision_reason(request.reason());
  AddFact(in, fact, request.reason(), out);
  return absl::OkStatus();
}

v1::WithdrawCoverageProposalResponse Reply(const After& after,
                                           const v1::WithdrawCoverageProposalRequest&) {
  v1::WithdrawCoverageProposalResponse response;
  *response.mutable_proposal() = FirstFact(after).coverage_proposal();
  return response;
}

}  // namespace brokerage::engine
