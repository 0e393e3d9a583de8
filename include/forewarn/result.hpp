// SPDX-License-Identifier: Apache-2.0
// How functions that input can make fail answer: with a value or with what is wrong and where.
#pragma once

#include <tl/expected.hpp>

namespace forewarn {

// Error policy of the whole project. What input, a file or the network can cause comes back as `result`.
// What only a bug or a dead disk can cause throws. An error always says where it happened and what to do.
template <class Value, class Error> using result = tl::expected<Value, Error>;

template <class Error> auto failure(Error error) {
  return tl::unexpected<Error>{std::move(error)};
}

} // namespace forewarn
