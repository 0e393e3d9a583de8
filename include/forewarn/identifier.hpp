// SPDX-License-Identifier: Apache-2.0
// Identifiers that cannot be mixed up: a feed's id is not a rule's id, though both are text.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace forewarn {

// `Tag` is an empty struct that names what is identified. Comparable, hashable, never converted silently.
template <class Tag> class identifier {
public:
  identifier() = default;
  explicit identifier(std::string text) : text_{std::move(text)} {}
  explicit identifier(std::string_view text) : text_{text} {}
  explicit identifier(const char* text) : text_{text} {}

  [[nodiscard]] const std::string& str() const noexcept { return text_; }
  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

  friend bool operator==(const identifier&, const identifier&) = default;
  friend auto operator<=>(const identifier&, const identifier&) = default;

private:
  std::string text_;
};

using feed_id = identifier<struct feed_tag>;              // one partner's stream of records
using record_id = identifier<struct record_tag>;          // a record's id within its feed
using rule_id = identifier<struct rule_tag>;              // [a-z0-9-], unique over all rule files
using kind_id = identifier<struct kind_tag>;              // a row of vocabulary/kinds.yaml
using substance_id = identifier<struct substance_tag>;    // a row of vocabulary/substances.yaml, class or member
using area_code = identifier<struct area_tag>;            // a GSS code, or a local code of areas/*.yaml
using site_id = identifier<struct site_tag>;              // a row of sites/*.yaml
using incident_id = identifier<struct incident_tag>;      // pseudonym: several calls may be one incident
using person_id = identifier<struct person_tag>;          // pseudonym: HMAC of a partner's identifier
using service_id = identifier<struct service_tag>;        // a service of services.d/
using signal_id = identifier<struct signal_tag>;          // "S-2026-000123"
using assessment_ref = identifier<struct assessment_tag>; // "A-2026-0042", quoted by people
using alert_ref = identifier<struct alert_tag>;           // "LEEDS-2026-0007", quoted by people
using message_id = identifier<struct message_tag>;        // `webhook-id`, and the left part of a Message-ID

} // namespace forewarn

template <class Tag> struct std::hash<forewarn::identifier<Tag>> {
  std::size_t operator()(const forewarn::identifier<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.str());
  }
};
