// SPDX-License-Identifier: Apache-2.0
// Asio's and Beast's own code, compiled once instead of in every file that includes them.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
