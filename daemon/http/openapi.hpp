// SPDX-License-Identifier: Apache-2.0
// The interface in words that programs read: /openapi.yaml. A test holds its paths against the routes.
#pragma once

#include <string_view>

namespace forewarn::http {

extern const std::string_view openapi_document;

} // namespace forewarn::http
