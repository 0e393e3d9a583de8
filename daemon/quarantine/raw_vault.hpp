// SPDX-License-Identifier: Apache-2.0
// Refused rows as they came, encrypted, in a file of their own: quarantine.db beside the main store, never in it. With
// a retention of its own; a key that is lost makes its rows unreadable and nothing else.
//
// Used by one thread at a time. What was kept is durable after `commit`, which comes before the main store's commit: a
// raw row that nothing names is harmless. What was discarded is gone after `settle`, which comes behind it: a row that
// is still in quarantine has never lost its raw form.
#pragma once

#include "forewarn/identifier.hpp"
#include "forewarn/instant.hpp"
#include "forewarn/result.hpp"
#include "forewarn/sensitive.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace forewarn {

class raw_vault {
public:
  // So that a partner who sends nothing but rubbish cannot fill the disk.
  static constexpr std::int64_t most_bytes = std::int64_t{1} << 30;

  // Makes the file where there is none. The key may be any secret text; the cipher's key is derived from it.
  [[nodiscard]] static result<std::unique_ptr<raw_vault>, std::string>
  open(const std::filesystem::path& state_dir, const sensitive<std::string>& key, std::int64_t most = most_bytes);
  raw_vault(const raw_vault&) = delete;
  raw_vault& operator=(const raw_vault&) = delete;
  ~raw_vault();

  // Answers the name under which it is found again; "" where the file holds `most` bytes already, and the row is not
  // kept. Throws store_error where the disk fails.
  [[nodiscard]] std::string keep(const feed_id& feed, const sensitive<std::string>& raw, instant now);
  void discard(const std::string& name);
  // A job that fails is undone alone: what it discarded stays.
  [[nodiscard]] std::size_t discarded() const;
  void take_back_discarded(std::size_t all_but);
  void commit();
  void settle();
  void rollback() noexcept;

  // Nothing where it is gone; an error where it is there and another key sealed it.
  [[nodiscard]] result<std::optional<sensitive<std::string>>, std::string> find(const std::string& name);
  // Rows kept before that instant are gone for good; answers how many. Its own transaction.
  std::int64_t forget_before(instant when);

private:
  struct state;
  explicit raw_vault(std::unique_ptr<state> held);
  std::unique_ptr<state> state_;
};

[[nodiscard]] std::filesystem::path quarantine_file(const std::filesystem::path& state_dir);

} // namespace forewarn
