// SPDX-License-Identifier: Apache-2.0
// `forewarn schema`: a JSON Schema of each YAML file, for editors.
#include "daemon/commands/command.hpp"
#include "daemon/configuration/schemas.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

struct asked {
  std::string name, out;
};

// One key a line: people look into it, and it lies beside their files.
void write(const boost::json::value& one, std::ostream& out, std::size_t depth) {
  const std::string pad(2 * (depth + 1), ' ');
  if (one.is_object() && !one.get_object().empty()) {
    out << "{";
    bool first = true;
    for (const auto& entry : one.get_object()) {
      out << (first ? "\n" : ",\n") << pad << boost::json::serialize(boost::json::string{entry.key()}) << ": ";
      write(entry.value(), out, depth + 1);
      first = false;
    }
    out << '\n' << std::string(2 * depth, ' ') << '}';
  } else {
    out << boost::json::serialize(one);
  }
}

outcome write_all(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error); // where it cannot be, the first file says so
  for (const auto& name : schemas::names()) {
    std::ofstream file{folder / (name + ".schema.json")};
    write(schemas::schema_of(name), file, 0);
    file << '\n';
    if (!file.flush()) {
      std::cerr << fmt::format("forewarn schema: cannot write into {}\n", folder.string());
      return outcome::failed;
    }
  }
  return outcome::done;
}

outcome run(const asked& what) {
  if (!what.out.empty()) return write_all(what.out);
  if (what.name.empty()) {
    std::cerr
        << "forewarn schema: name one of rules, feeds, services, settings, grading, tests; or --out DIR for all\n";
    return outcome::usage;
  }
  write(schemas::schema_of(what.name), std::cout, 0);
  std::cout << '\n';
  return outcome::done;
}

} // namespace

void add_schema(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("schema", "a JSON Schema of the YAML files, so that an editor completes and checks");
  const auto what = std::make_shared<asked>();
  verb->add_option("FILES", what->name, "rules, feeds, services, settings, grading or tests")
      ->check(CLI::IsMember(schemas::names()));
  verb->add_option("--out", what->out, "write all of them into this folder")->type_name("DIR");
  verb->footer("An editor with the YAML language server takes it from the first line of a file:\n"
               "  # yaml-language-server: $schema=../schemas/rules.schema.json\n"
               "Examples:\n"
               "  forewarn schema rules > rules.schema.json\n"
               "  forewarn schema --out etc/schemas");
  verb->fallthrough();
  verb->callback([&shared, what] { shared.result = run(*what); });
}

} // namespace forewarn::commands
