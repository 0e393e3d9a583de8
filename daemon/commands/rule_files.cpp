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

// Rules that lie in a configuration folder are read with the vocabulary and areas beside them, unless --config names
// another.
fs::path reference_folder(const context& shared, const std::vector<std::string>& named) {
  if (named.empty() || has_reference(shared.config_dir)) return shared.config_dir;
  for (auto folder = fs::absolute(named.front()).lexically_normal(); folder.has_relative_path();
       folder = folder.parent_path())
    if (has_reference(folder)) return folder;
  return shared.config_dir;
}

problem plain_error(const fs::path& path, std::string message) {
  return {path.string(), {}, severity::error, "cannot-read", std::move(message)};
}

} // namespace

rules_at_hand read_rule_files(const context& shared, const std::vector<std::string>& named) {
  rules_at_hand out;
  const auto config = reference_folder(shared, named);
  if (!has_reference(config))
    out.found.push_back(plain_error(config, "holds no vocabulary and no areas to check rules against; name the "
                                            "configuration folder with --config DIR"));
  const auto reference = load_reference(config, out.found, out.sources);

  std::vector<fs::path> paths{named.begin(), named.end()};
  if (paths.empty()) paths.push_back(config / "rules.d");
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
  auto loaded = rules::load_rules(files, reference);
  out.rules = std::move(loaded.rules);
  out.found.insert(out.found.end(), loaded.found.begin(), loaded.found.end());
  out.sources.insert(out.sources.end(), files.begin(), files.end());
  return out;
}

} // namespace forewarn::commands
