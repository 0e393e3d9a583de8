// SPDX-License-Identifier: Apache-2.0
// `occurred_at` and `sent_at`.
#include "connectors/mapping/feed_compiler.hpp"
#include "connectors/mapping/time_plan.hpp"

#include <fmt/format.h>

namespace forewarn::connectors {

void feed_compiler::map_time(const yaml::entry& written, const yaml::node& source) {
  time_plan plan;
  plan.local = zone_;
  if (source.is_mapping()) {
    yaml::mapping_reader keys{source, path_, subject_, found_};
    plan.source = source_of(source, &keys, nullptr);
    plan.formats = read_formats(&keys);
    if (const auto name = keys.optional_text("zone")) {
      if (const auto named = zone::named(*name))
        plan.local = *named;
      else
        keys.complain(source.find("zone")->value.at, "bad-value",
                      fmt::format("no time zone '{}'; write it like Europe/London", *name));
    }
    keys.finish();
  } else {
    plan.source = source_of(source, nullptr, nullptr);
    plan.formats = read_formats(nullptr);
  }
  for (const auto& f : plan.formats) noted().formats.push_back(f.pattern());
  noted().zone = plan.local.name();
  if (written.key == "sent_at") {
    plan_->steps.push_back([plan](mapping_pass& pass) {
      if (const auto at = time_of(plan, pass)) pass.out.sent_at = at;
    });
    return;
  }
  time_steps_.push_back([plan](mapping_pass& pass) {
    if (pass.out.occurred_at != instant{}) return; // an earlier column gave it
    if (const auto at = time_of(plan, pass)) pass.out.occurred_at = *at;
  });
}

} // namespace forewarn::connectors
