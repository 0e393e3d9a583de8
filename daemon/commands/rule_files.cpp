// SPDX-License-Identifier: Apache-2.0
#include "daemon/commands/rule_files.hpp"

#include "daemon/settings.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::commands {
namespace {

namespace fs = std::filesystem;

bool has_reference(const fs::path& folder) {
  std::error_code error;
  return fs::exists(folder / "vocabulary", error) || fs::exists(folder / "areas", error);
}

// The nearest of the folder and those around it that holds reference data, or whose etc/ does.
std::optional<fs::path> around(const fs::path& start) {
  for (auto folder = fs::absolute(start).lexically_normal(); folder.has_relative_path(); folder = folder.parent_path())
    for (const auto& candidate : {folder, folder / "etc"})
      if (has_reference(candidate)) return candidate;
  return {};
}

fs::path reference_folder(const context& shared, const std::vector<std::string>& named) {
  if (has_reference(shared.config_dir)) return shared.config_dir;
  if (!named.empty())
    if (const auto beside = around(named.front())) return *beside;
  if (!named.empty() || !fs::exists(shared.config_dir))
    if (const auto here = around(fs::current_path())) return *here;
  return shared.config_dir;
}

bool lies_in(const fs::path& inner, const fs::path& outer) {
  std::error_code error;
  const auto whole = fs::weakly_canonical(inner, error);
  const auto start = fs::weakly_canonical(outer, error);
  return std::mismatch(start.begin(), start.end(), whole.begin(), whole.end()).first == start.end();
}

problem plain_error(const fs::path& path, std::string message) {
  return {path.string(), {}, severity::error, "cannot-read", std::move(message)};
}

} // namespace

reference_at_hand find_reference(const context& shared, const std::vector<std::string>& named, reading_for what) {
  reference_at_hand out;
  out.config = reference_folder(shared, named);
  if (!has_reference(out.config)) {
    out.found.push_back(plain_error(out.config, "holds no vocabulary and no areas to read rules with; name the "
                                                "configuration folder with --config DIR"));
    return out;
  }
  out.data = load_rule_reference(out.config, out.found, out.sources);
  const bool own = std::all_of(named.begin(), named.end(), [&](const auto& path) { return lies_in(path, out.config); });
  if (what == reading_for::force || own) return out;
  auto open = std::make_shared<reference_data>(*out.data);
  open->feeds.reset();
  open->attributes.clear();
  open->attributes_known = false;
  open->advice.clear();
  open->sites.clear();
  out.data = open;
  return out;
}

rules_at_hand read_rule_files(const context& shared, const std::vector<std::string>& named) {
  return read_rule_files(find_reference(shared, named), named);
}

rules_at_hand read_rule_files(reference_at_hand known, const std::vector<std::string>& named) {
  rules_at_hand out{{}, std::move(known.found), std::move(known.sources)};
  if (!known.data) return out; // every word of every rule would be unknown
  std::vector<fs::path> paths{named.begin(), named.end()};
  if (paths.empty()) paths.push_back(known.config / "rules.d");
  std::vector<source_text> files;
  for (const auto& path : paths) {
    const auto before = out.found.size();
    auto read = read_files(path, {".yaml", ".yml"}, out.found);
    if (read.empty() && out.found.size() == before)
      out.found.push_back(plain_error(path, "holds no rule files; their names end in .yaml"));
    for (auto& file : read) {
      const bool again = std::any_of(files.begin(), files.end(), [&](const auto& f) { return f.path == file.path; });
      if (!again) files.push_back(std::move(file));
    }
  }
  auto loaded = rules::load_rules(files, known.data);
  out.rules = std::move(loaded.rules);
  out.found.insert(out.found.end(), loaded.found.begin(), loaded.found.end());
  out.sources.insert(out.sources.end(), files.begin(), files.end());
  return out;
}

} // namespace forewarn::commands
