// SPDX-License-Identifier: Apache-2.0
// `forewarn manual`: forewarn(1) as a man page, made from the verbs and options as they are. Run by the build; not
// shown in the help.
#include "daemon/commands/command.hpp"

#include <iostream>

#include <fmt/format.h>

namespace forewarn::commands {
namespace {

// Text as roff: what would be read as a request or an escape is only text.
std::string plain(const std::string& text) {
  std::string out;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
    line_begins = c == '\n';
  }
  return out;
}

bool is_shown(const CLI::App& one) {
  return !one.get_group().empty();
}

std::string usage_of(const CLI::App& verb) {
  std::string out;
  for (const CLI::App* at = &verb; at != nullptr; at = at->get_parent())
    out = at->get_name() + (out.empty() ? "" : " ") + out;
  for (const auto* one : verb.get_options())
    if (one->get_positional())
      out += one->get_required() ? " " + one->get_name(true) : " [" + one->get_name(true) + "]";
  return out;
}

void write_options(const CLI::App& of) {
  for (const auto* one : of.get_options()) {
    if (one->check_name("--help") && of.get_parent() != nullptr) continue;
    if (one->get_group().empty()) continue;
    std::cout << ".TP\n.B " << plain(one->get_positional() ? one->get_name(true) : one->get_name(false, true));
    if (!one->get_positional() && one->get_items_expected_min() > 0)
      std::cout << " \" \" " << plain(one->get_type_name());
    std::cout << '\n' << plain(one->get_description());
    if (!one->get_default_str().empty()) std::cout << plain(" (default " + one->get_default_str() + ")");
    std::cout << '\n';
  }
}

void write_verb(const CLI::App& verb) {
  std::cout << ".SS " << plain(usage_of(verb)) << '\n' << plain(verb.get_description()) << ".\n";
  write_options(verb);
  if (!verb.get_footer().empty()) std::cout << ".PP\n.nf\n" << plain(verb.get_footer()) << "\n.fi\n";
  for (const auto* inner : verb.get_subcommands([](const CLI::App* one) { return is_shown(*one); })) write_verb(*inner);
}

void write_page(const CLI::App& root) {
  std::cout << ".TH FOREWARN 1 \"\" \"Forewarn " FOREWARN_VERSION "\" \"Forewarn\"\n"
               ".SH NAME\nforewarn \\- works with the Forewarn early\\-warning daemon\n"
               ".SH SYNOPSIS\n.B forewarn\n[\\fIOPTIONS\\fR] \\fIVERB\\fR ...\n.SH DESCRIPTION\n"
            << plain(root.get_description()) << "\n.SH OPTIONS\n";
  write_options(root);
  std::cout << ".SH VERBS\n";
  for (const auto* verb : root.get_subcommands([](const CLI::App* one) { return is_shown(*one); })) write_verb(*verb);
  std::cout
      << ".SH EXIT STATUS\n0 done; 1 it failed or found errors; 2 wrong usage; 3 advice only.\n"
         ".SH FILES\n.TP\n.I /etc/forewarn\nthe configuration folder\n.TP\n.I /var/lib/forewarn\nthe state folder\n"
         ".SH SEE ALSO\n.BR forewarnd (8),\n.BR forewarn\\-rules (5)\n";
}

} // namespace

void add_manual(CLI::App& root, context&) {
  auto* verb = root.add_subcommand("manual", "for the build: forewarn(1) as a man page");
  verb->group(""); // not in the help
  verb->footer("Example: forewarn manual | man -l -");
  verb->callback([&root] { write_page(root); });
}

} // namespace forewarn::commands
