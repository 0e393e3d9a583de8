// SPDX-License-Identifier: Apache-2.0
// The rule files of a deployment as one text: what a file names by `let:` or changes by `change:` stands for all of
// them. Lines are numbered through all files while they are read, so that a rule put together from several still points
// at the file where each of its words stands.
#pragma once

#include "rules/syntax/reading.hpp"

#include <map>
#include <vector>

namespace forewarn::rules {

class all_files {
public:
  // Takes a file in; its first line follows the last one of the file before. Nothing where it cannot be read: then its
  // problems are in `found`, with the lines of the file.
  [[nodiscard]] std::optional<yaml::node> take(const source_text& file, problems& found);
  // From the numbering through all files to that of the file itself, which it names.
  void give_back(problem& one) const;
  [[nodiscard]] std::pair<std::string, location> place_of(const location& at) const;

private:
  struct begun {
    int first_line;
    std::string path;
  };
  std::vector<begun> files_;
  int next_line_ = 1;
};

// What `let:` names: pieces of a `where`, lists of values. A rule writes `$NAME` in their place.
class fragments {
public:
  void take(const reading& from, const yaml::node& let);
  // Puts each `$NAME` in the node's place; a list within a list becomes part of it. `unknown-name` where there is none.
  void expand(const reading& from, yaml::node& in) const;

private:
  void expand(const reading& from, yaml::node& in, int depth) const;
  std::map<std::string, yaml::node> named_;
};

// What `change:` says of rules that stand elsewhere: `- {rule: ID, status: off}`. Keys are put over the rule's own;
// mappings are merged, but another detector takes the place of the one there was.
class changes {
public:
  void take(const reading& from, const yaml::node& change);
  void apply_to(yaml::node& rule);
  void complain_of_unused(const reading& from, const std::vector<std::string>& ids) const;

private:
  struct one {
    std::string rule;
    location at;
    yaml::node keys;
    bool used = false;
  };
  std::vector<one> all_;
};

} // namespace forewarn::rules
