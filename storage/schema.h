// The schema on disk: every column family, with its keys and values. The families of the engine's
// rows are named and keyed in engine/model/tables.h; these are the others. Numbers are big endian.
// docs/journal-format.md explains the whole.
#pragma once

#include <array>
#include <cstdint>

namespace brokerage::storage::schema {

// Grows with every change that an older program would misread. A store of an older one is brought
// up by replaying its journal (upgrade.h): the families and keys below stay as they are.
inline constexpr uint64_t kVersion = 4;

// sequence (8 bytes) -> JournalEntry. From 1, without a gap.
inline constexpr char kJournal[] = "journal";

// account id, zero byte, request id -> time in microseconds (8 bytes), length of the content's hash
// (4 bytes), the hash, the serialised reply.
inline constexpr char kOutcomes[] = "outcomes";

// time in microseconds (8 bytes), key in outcomes -> nothing. Oldest first, for purging.
inline constexpr char kOutcomesByTime[] = "outcomes_by_time";

// The postcode, upper case without space -> easting (4 bytes), northing (4 bytes), the ward's code.
// Reference data: beside the journal, in no digest, never verified, made anew by another import.
inline constexpr char kPostcodes[] = "postcodes";

// The keys below. Created last, so that a database without it was never used.
inline constexpr char kMeta[] = "meta";

inline constexpr char kMetaVersion[] = "schema_version";  // -> kVersion (8 bytes)
inline constexpr char kMetaEpoch[] = "epoch";  // -> openings for writing so far (8 bytes)
inline constexpr char kMetaHead[] = "head";    // -> sequence (8 bytes), hash (32 bytes)
// -> nothing. Since the head is noted beside the database, too (head_note.h): the note must be
// there.
inline constexpr char kMetaHeadNoted[] = "head_noted";
// -> time in microseconds (8 bytes), and since newer programs the machine's uptime then in
// microseconds (8 bytes) and which start of the machine it is of
inline constexpr char kMetaLastAlive[] = "last_alive";
// -> nothing. What is in this store was played: a simulation's.
inline constexpr char kMetaSimulation[] = "simulation";

inline constexpr std::array<const char*, 5> kOwnFamilies = {kJournal, kOutcomes, kOutcomesByTime,
                                                            kPostcodes, kMeta};

}  // namespace brokerage::storage::schema
