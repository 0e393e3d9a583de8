// SPDX-License-Identifier: Apache-2.0
// The two requests over HTTP that are no message to a service: a document from elsewhere, and the daemon's to itself.
// Both block; never on the I/O thread.
#pragma once

#include "forewarn/result.hpp"

#include <filesystem>
#include <string>

namespace forewarn::outbox {

// What lies at an https address, two megabytes and half a minute at most; redirects are followed to https alone.
[[nodiscard]] result<std::string, std::string> fetch_document(const std::string& url, const std::string& ca_file);

// Over the local socket, the way that `forewarn` comes; ten seconds at most. The answer's status; 0 where there was
// none.
[[nodiscard]] unsigned ask_local(const std::filesystem::path& socket, const std::string& method,
                                 const std::string& target, const std::string& body = {});

} // namespace forewarn::outbox
