// SPDX-License-Identifier: Apache-2.0
// The store's records, read and parsed on a thread of their own while the caller works on those before: a long past
// takes as long as the slower of the two.
#pragma once

#include "forewarn/store.hpp"

#include <functional>

namespace forewarn::commands {

// As `store_reader::each_revision`; `take` is called on the caller's thread. What either side throws comes out here.
void each_revision_ahead(const store_reader& from, const std::function<void(const observation&)>& take);

} // namespace forewarn::commands
