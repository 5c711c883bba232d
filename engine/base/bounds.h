// Every bound of the system, in one place.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace brokerage::engine::limits {

// Texts, in bytes.
inline constexpr size_t kIdBytesMax = 64;  // framework, provider, branch, lot, tier, account ids
inline constexpr size_t kContractIdBytesMax = 200;
inline constexpr size_t kRequestIdBytesMax = 64;
inline constexpr size_t kNameBytesMax = 200;
inline constexpr size_t kSummaryBytesMax = 2000;
inline constexpr size_t kDetailsBytesMax = 10000;
inline constexpr size_t kPersonReferenceBytesMax = 64;
inline constexpr size_t kReasonBytesMax = 1000;
inline constexpr size_t kVisitPatternBytesMax = 500;
inline constexpr size_t kRejectionValueBytesMax = 80;

// Accounts.
inline constexpr int kReplacedTokensMax = 1000;  // of one account: its row holds their hashes

// Packages and offers.
inline constexpr int32_t kWeeklyMinutesMin = 15;
inline constexpr int32_t kWeeklyMinutesMax = 7 * 24 * 60 * 2;
inline constexpr int32_t kCarersMax = 4;
inline constexpr int kNeedsMax = 16;
inline constexpr int kNamedProvidersMax = 32;
inline constexpr int kVisitsMax = 50;
inline constexpr int kLinkedPackagesMax = 10;   // in one request
inline constexpr int kLinksPerPackageMax = 10;  // of one package
inline constexpr int32_t kVisitMinutesMax = 24 * 60;
inline constexpr int kQuestionsMax = 50;  // about one package
inline constexpr int kQuestionsOfOfferMax = 10;
inline constexpr int kOffersPerPackageMax = 5000;
inline constexpr int kRoundsPerPackageMax = 200;
inline constexpr int kAnswersPerOfferMax = 100;
inline constexpr int kMovesPerOfferMax = 20;
inline constexpr size_t kAcceptanceLimitNameBytesMax = 64;
inline constexpr absl::Duration kOptOutMax = absl::Hours(24 * 731);
inline constexpr int32_t kCapacityMinutesMax = 10'000'000;
inline constexpr int kBatchItemsMax = 500;
inline constexpr int kTransferPackagesMax = 500;   // routed and kept by one record
inline constexpr int kOutagePackagesMax = 10'000;  // closed ones, loaded for one record

// Frameworks.
inline constexpr size_t kFrameworkBytesMax = 16u << 20;
inline constexpr int kFrameworkFilesMax = 1000;
inline constexpr size_t kRulesBytesMax = 128u << 10;  // framework.textproto
inline constexpr int kRulesListMax = 500;             // of any list in it
inline constexpr int kRoundsPerFrameworkMax = 20;
inline constexpr int kTiersPerFrameworkMax = 20;
inline constexpr int kFrameworkErrorsMax = 5000;
inline constexpr int kFrameworkErrorsPerFileMax = 1000;  // one file does not hide the others
inline constexpr size_t kFrameworkRowsMax = 200000;      // of all tables together
inline constexpr int kWindowHoursMax = 24 * 60;
inline constexpr int kWindowDaysMax = 60;
inline constexpr int kAdaptivePackagesMin = 20;  // a fill over fewer is none
inline constexpr int kAdaptivePackagesMax = 200;

// Tables in CSV.
inline constexpr size_t kCsvRowBytesMax = 64u << 10;    // with its line ends
inline constexpr size_t kCsvFieldBytesMax = 16u << 10;  // of one field of a row
inline constexpr size_t kCsvFieldsMax = 64;             // of a row

// Postcode directories.
inline constexpr int kPostcodesPerRequestMax = 20000;

// How far the machine's clock may be from what passed since it was right: what its steps may add up
// to before a person is asked.
inline constexpr absl::Duration kClockJumpMax = absl::Minutes(15);

// The disk. Below this much that is free commands are refused: what is under way, a full set of
// RocksDB's memtables and their merging still have room.
inline constexpr uint64_t kDiskReserveMebibytes = 1024;

// Reads.
inline constexpr int kPageSizeMax = 1000;
inline constexpr int kPageSizeDefault = 100;
inline constexpr int kGroupByMax = 4;

// Requests on their way.
inline constexpr size_t kQueueLengthMax = 8192;
inline constexpr size_t kGroupCommitMax = 1024;
inline constexpr size_t kMessageBytesMax = 20u << 20;  // of a request with a framework's files
inline constexpr size_t kRequestBytesMax = 8u << 20;   // of any other
inline constexpr int kRequestFieldsMax = 200'000;      // of a request, those within it too
inline constexpr int kFrameworkChecksMax = 8;          // files that are checked, or wait for it
inline constexpr int kFrameworkChecksPerAccountMax = 2;
inline constexpr int kPreviewsMax = 2;  // replays of a period that run
inline constexpr int kPreviewsPerAccountMax = 1;
inline constexpr int kStreamsMax = 1000;
inline constexpr int kOutcomeDays = 30;

}  // namespace brokerage::engine::limits
