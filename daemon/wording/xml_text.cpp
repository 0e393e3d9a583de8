// SPDX-License-Identifier: Apache-2.0
#include "daemon/wording/xml_text.hpp"

#include "forewarn/text.hpp"

#include <sstream>

namespace forewarn::wording {

std::string xml_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == '\n' || byte == '\r' || byte == '\t')
      out += ' ';
    else if (byte >= 0x20 && byte != 0x7f)
      out += c;
  }
  return std::string{trim(out)};
}

void add(pugi::xml_node& to, const char* name, std::string_view text) {
  const auto clean = xml_text(text);
  if (!clean.empty()) to.append_child(name).text().set(clean.c_str());
}

std::string xml_time(instant at, const zone& local) {
  return local.format_offset(at);
}

std::string serialized(const pugi::xml_document& document) {
  std::ostringstream out;
  document.save(out, "  ", pugi::format_indent, pugi::encoding_utf8);
  return out.str();
}

} // namespace forewarn::wording
