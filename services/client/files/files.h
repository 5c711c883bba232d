// Files that clients read and write: tokens, and the folder of a framework.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "brokerage/v1/directory_service.pb.h"

namespace brokerage::client {

// Errors name the file.
absl::StatusOr<std::string> ReadFile(const std::string& path);

// The token in a file, without white space around it. FAILED_PRECONDITION when others than its
// owner can read it.
absl::StatusOr<std::string> ReadToken(const std::string& path);
// Mints a token of 32 random bytes into a new file that only its owner may read. ALREADY_EXISTS
// when there is such a file.
absl::StatusOr<std::string> MintToken(const std::string& path);
// What the server keeps of a token: its SHA-256.
std::string TokenHash(const std::string& token);

// Every regular file of the folder, by name; hidden ones left out.
absl::StatusOr<v1::ApplyFrameworkRequest> ReadFrameworkFolder(const std::string& folder);

// Makes the folder with these files. ALREADY_EXISTS when it holds anything.
absl::Status WriteNewFolder(const std::string& folder,
                            const google::protobuf::RepeatedPtrField<v1::FrameworkFile>& files);

}  // namespace brokerage::client
