// Backups and verification of a server that runs.
#pragma once

#include "services/brokerd/commands.h"
#include "services/rpc/server.h"
#include "storage/rocksdb_store.h"

namespace brokerage::services::brokerd {

// Gives the server its backups (when there is a backup directory), its verification, its digest,
// and what was known earlier. The store outlives the server.
void SetMaintenance(const ServeOptions& serve, storage::RocksDbStore* store,
                    RpcServer::Options* options);

}  // namespace brokerage::services::brokerd
