// SPDX-License-Identifier: Apache-2.0
#include "daemon/rule_versions.hpp"

#include <array>
#include <map>

#include <pwd.h>
#include <sys/stat.h>

namespace forewarn {
namespace {

std::string user_named(uid_t id) {
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> names{};
  if (::getpwuid_r(id, &entry, names.data(), names.size(), &found) == 0 && found != nullptr) return found->pw_name;
  return "user " + std::to_string(id);
}

rule_version version_of(const rules::rule& one, instant now) {
  rule_version out{one.id,   now, one.hash, std::string{to_words(one.status)}, one.sentence, one.title, one.owner,
                   one.path, {},  {}};
  struct stat file {};
  if (::stat(one.path.c_str(), &file) == 0) {
    out.saved_by = user_named(file.st_uid);
    out.saved_at = instant{std::chrono::seconds{file.st_mtim.tv_sec}};
  }
  return out;
}

// A file that was saved again with the same rule in it is no news.
bool says_the_same(const rule_version& a, const rule_version& b) {
  return a.hash == b.hash && a.status == b.status && a.sentence == b.sentence && a.title == b.title &&
         a.owner == b.owner;
}

} // namespace

std::string_view to_words(rules::rule_status status) {
  switch (status) {
  case rules::rule_status::live: return "live";
  case rules::rule_status::shadow: return "shadow";
  case rules::rule_status::off: return "off";
  }
  return "live";
}

std::size_t note_rule_versions(const rules::rule_set& in_force, store& ledger, instant now) {
  std::map<rule_id, rule_version> last;
  for (auto& one : ledger.rule_versions({})) last.insert_or_assign(one.rule, std::move(one));
  std::size_t fresh = 0;
  for (const auto& one : in_force.rules) {
    const auto known = last.find(one.id);
    const auto now_is = version_of(one, now);
    if (known == last.end() || !says_the_same(known->second, now_is)) {
      ledger.append(now_is);
      ++fresh;
    }
    if (known != last.end()) last.erase(known);
  }
  for (const auto& [id, was] : last) {
    if (was.status == "gone") continue;
    ledger.append(rule_version{id, now, {}, "gone", {}, was.title, was.owner, was.path, {}, {}});
    ++fresh;
  }
  return fresh;
}

} // namespace forewarn
