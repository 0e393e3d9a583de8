// SPDX-License-Identifier: Apache-2.0
#include "daemon/metrics.hpp"

#include "daemon/metric_families.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <mutex>

namespace forewarn {

struct metrics::state {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& rows =
      prometheus::BuildCounter().Name("forewarn_feed_records_total").Help("Rows by result.").Register(registry);
  prometheus::Family<prometheus::Counter>& files =
      prometheus::BuildCounter().Name("forewarn_feed_files_total").Help("Dropped files by result.").Register(registry);
  prometheus::Family<prometheus::Counter>& requests =
      prometheus::BuildCounter().Name("forewarn_http_requests_total").Help("Requests by status.").Register(registry);
  prometheus::Family<prometheus::Gauge>& reload = prometheus::BuildGauge()
                                                      .Name("forewarn_config_last_reload_successful")
                                                      .Help("1 where the last reading of the configuration was good.")
                                                      .Register(registry);
  prometheus::Family<prometheus::Gauge>& hash =
      prometheus::BuildGauge().Name("forewarn_config_hash").Help("The rules in force, as a label.").Register(registry);
  prometheus::Family<prometheus::Gauge>& build =
      prometheus::BuildGauge().Name("forewarn_build_info").Help("Version, as a label.").Register(registry);
  std::mutex guard;
  prometheus::Gauge* current_hash = nullptr;
  std::function<outbox::figures()> deliveries; // set before anyone asks
  std::function<std::vector<std::string>()> canary_ways;
};

metrics::metrics() : state_{std::make_unique<state>()} {
  state_->build.Add({{"version", FOREWARN_VERSION}}).Set(1);
}

metrics::~metrics() = default;

void metrics::rows_taken(const feed_id& feed, const batch_outcome& outcome) {
  const auto add = [&](row_result result, std::int64_t count) {
    if (count > 0)
      state_->rows.Add({{"feed", feed.str()}, {"result", std::string{to_text(result)}}})
          .Increment(static_cast<double>(count));
  };
  add(row_result::accepted, outcome.accepted);
  add(row_result::duplicate, outcome.duplicate);
  add(row_result::stale, outcome.stale);
  add(row_result::unselected, outcome.unselected);
  add(row_result::quarantined, outcome.quarantined);
}

void metrics::file_done(const feed_id& feed, std::string_view result) {
  state_->files.Add({{"feed", feed.str()}, {"result", std::string{result}}}).Increment();
}

void metrics::request_answered(unsigned status) {
  state_->requests.Add({{"status", std::to_string(status)}}).Increment();
}

void metrics::reloaded(bool good, const std::string& configuration_hash) {
  state_->reload.Add({}).Set(good ? 1 : 0);
  if (!good) return;
  const std::lock_guard hold{state_->guard};
  if (state_->current_hash != nullptr) state_->hash.Remove(state_->current_hash);
  state_->current_hash = &state_->hash.Add({{"hash", configuration_hash}});
  state_->current_hash->Set(1);
}

void metrics::deliveries_from(std::function<outbox::figures()> counted) {
  state_->deliveries = std::move(counted);
}

void metrics::canaries_by(std::function<std::vector<std::string>()> ways) {
  state_->canary_ways = std::move(ways);
}

std::string metrics::text(const store_reader& stored, const desk& at, instant now) const {
  auto out = state_->registry.Collect();
  metric::read_work(stored, out);
  metric::read_outbox(stored, now, out);
  if (state_->canary_ways) metric::read_canaries(state_->canary_ways(), stored, out);
  metric::read_feeds(stored, out);
  metric::read_desk(at, out);
  if (state_->deliveries) metric::read_deliveries(state_->deliveries(), out);
  metric::read_process(out);
  return prometheus::TextSerializer{}.Serialize(out);
}

} // namespace forewarn
