// Backups and verification of a server that runs.
#pragma once

#include "services/brokerd/commands.h"
#include "services/rpc/server.h"
#include "storage/rocksdb_store.h"

namespace brokerage::services::brokerd {

// Gives the server's AdminService its backups (when there is a backup directory), its verification
// and its digest. The store outlives the server.
void SetMaintenance(const ServeOptions& serve, storage::RocksDbStore* store,
                    RpcServer::Options* options);

}  // namespace brokerage::services::brokerd
