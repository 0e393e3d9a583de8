// SPDX-License-Identifier: Apache-2.0
#include "daemon/commands/decide.hpp"

#include "daemon/commands/client.hpp"

#include <iostream>

namespace forewarn::commands {

void add_reason(CLI::App& verb, std::string& reason) {
  verb.add_option("--reason,--why", reason, "why, in a few words that still make sense next month")
      ->required()
      ->type_name("TEXT");
}

result<boost::json::object, outcome> decide(const context& shared, const std::string& target, const std::string& reason,
                                            boost::json::object more) {
  if (shared.who.empty()) {
    std::cerr << "forewarn: say who decides: --who NAME\n";
    return failure(outcome::usage);
  }
  more["who"] = shared.who;
  more["reason"] = reason;
  const auto body = ask_or_complain(
      shared,
      {.method = "POST", .target = target, .body = boost::json::serialize(more), .content_type = "application/json"});
  if (!body) return failure(outcome::failed);
  boost::system::error_code error;
  auto answer = boost::json::parse(*body, error);
  if (error || !answer.is_object()) {
    std::cerr << "forewarn: done, but the daemon's answer is not the JSON object expected: " << *body << '\n';
    return boost::json::object{};
  }
  if (shared.output == "json") std::cout << *body << '\n';
  return std::move(answer.get_object());
}

} // namespace forewarn::commands
