// SPDX-License-Identifier: Apache-2.0
// The tables, as numbered steps: each is applied once, in order, in a transaction of its own. A step that has been
// released is never edited; a change is a new step.
#pragma once

#include "daemon/store/connection.hpp"

namespace forewarn::sqlite {

// "FWN1" in the file's header: `file` and we ourselves recognise the database by it.
inline constexpr std::int64_t application_id = 0x46574e31;

[[nodiscard]] std::int64_t newest_schema();

// Brings the database to the newest schema. Throws store_error for a file of another program or of a newer Forewarn.
void migrate(connection& db);

// For readers, which change nothing: throws store_error where the schema is not the one this program knows.
void require_current_schema(connection& db);

} // namespace forewarn::sqlite
