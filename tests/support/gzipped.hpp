// SPDX-License-Identifier: Apache-2.0
// A text as gzip, for tests of what unpacks it.
#pragma once

#include <zlib.h>

#include <stdexcept>
#include <string>

namespace forewarn::test {

inline std::string gzipped(std::string text) {
  z_stream out{};
  if (deflateInit2(&out, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error{"zlib"};
  std::string packed(deflateBound(&out, static_cast<uLong>(text.size())) + 64, '\0');
  out.next_in = reinterpret_cast<Bytef*>(text.data());
  out.avail_in = static_cast<uInt>(text.size());
  out.next_out = reinterpret_cast<Bytef*>(packed.data());
  out.avail_out = static_cast<uInt>(packed.size());
  (void)deflate(&out, Z_FINISH);
  packed.resize(out.total_out);
  deflateEnd(&out);
  return packed;
}

} // namespace forewarn::test
