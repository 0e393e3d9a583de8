// SPDX-License-Identifier: Apache-2.0
// Files and bodies as partners sent them, encrypted, for some days: STATE/raw/FEED/. Kept only where a key is given;
// what `feeds reread` reads. Any thread may use it: every file is written whole or not at all.
#pragma once

#include "connectors/feed.hpp"
#include "daemon/quarantine/seal.hpp"
#include "forewarn/identifier.hpp"
#include "forewarn/instant.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace forewarn {

struct raw_file {
  std::filesystem::path sealed;
  std::string name;         // of the dropped file, or "push"
  std::string content_type; // of a push; empty: the feed's own format
  instant taken_at;
};

class raw_files {
public:
  raw_files(const std::filesystem::path& state_dir, const sensitive<std::string>& key)
      : folder_{state_dir / "raw"}, key_{key} {}

  // The same content once only, however often it is sent.
  [[nodiscard]] result<void, std::string> keep_file(const feed_id& feed, const std::filesystem::path& file,
                                                    const std::string& content_hash, instant now) const;
  [[nodiscard]] result<void, std::string> keep_body(const feed_id& feed, std::string_view body,
                                                    const std::string& content_type, const std::string& content_hash,
                                                    instant now) const;
  // In the order in which they were taken.
  [[nodiscard]] std::vector<raw_file> kept(const feed_id& feed) const;
  // Throws std::runtime_error where the file was changed, or another key sealed it.
  [[nodiscard]] connectors::byte_source open(const raw_file& one) const;
  std::size_t forget_before(instant when) const;

private:
  [[nodiscard]] result<void, std::string> keep(const feed_id& feed, const raw_file& what, const byte_pull& bytes,
                                               const std::string& content_hash) const;
  std::filesystem::path folder_;
  sealing_key key_;
};

} // namespace forewarn
