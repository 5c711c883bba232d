// A file of postcodes as its publisher has it: OS Code-Point Open, or the ONS postcode directory.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "brokerage/v1/directory_service.pb.h"

namespace brokerage::client {

// What was left out of a file, and why.
struct PostcodesLeftOut {
  int64_t without_ward = 0;
  int64_t terminated = 0;  // no longer in use, as the ONS directory says
};

// Reads the file a block at a time and hands on each row that has a ward. A file whose first line
// names a column pcds or pcd is an ONS directory: its ward is in osward, ward or a column such as
// wd25cd, its place in oseast1m or east1m and osnrth1m or north1m, and rows with a date in doterm
// are no longer in use. A file without header is Code-Point Open: postcode, positional quality,
// easting, northing, country, two health codes, county, district, ward. `on_read` is told now and
// then how many bytes were read since it was last told.
//
// Errors name the file, and the line where a row is wrong; rows before it were handed on. An error
// of `on_row` ends the reading.
absl::Status ReadPostcodeFile(const std::string& path,
                              const std::function<absl::Status(v1::PostcodeRow)>& on_row,
                              const std::function<void(size_t bytes)>& on_read,
                              PostcodesLeftOut* left_out);

}  // namespace brokerage::client
