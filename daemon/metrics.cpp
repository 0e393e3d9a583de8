// SPDX-License-Identifier: Apache-2.0
#include "daemon/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <fstream>
#include <map>
#include <mutex>
#include <unistd.h>

namespace forewarn {
namespace {

constexpr std::size_t most_open = 100'000; // of one list: more than any deployment has open

double seconds(instant at) {
  return std::chrono::duration<double>(at.time_since_epoch()).count();
}

// A family whose values are read now.
class reading {
public:
  reading(std::string name, std::string help, prometheus::MetricType type = prometheus::MetricType::Gauge)
      : family_{std::move(name), std::move(help), type, {}} {}

  void add(std::vector<prometheus::ClientMetric::Label> labels, double value) {
    prometheus::ClientMetric one;
    one.label = std::move(labels);
    if (family_.type == prometheus::MetricType::Counter)
      one.counter.value = value;
    else
      one.gauge.value = value;
    family_.metric.push_back(std::move(one));
  }
  [[nodiscard]] prometheus::MetricFamily take() { return std::move(family_); }

private:
  prometheus::MetricFamily family_;
};

using families = std::vector<prometheus::MetricFamily>;

template <class Items, class Key> std::map<std::string, double> tally(const Items& items, Key key) {
  std::map<std::string, double> out;
  for (const auto& one : items) out[std::string{key(one)}] += 1;
  return out;
}

page everything() {
  page out;
  out.limit = most_open;
  return out;
}

void read_work(const store_reader& stored, families& out) {
  reading signals{"forewarn_signals_open", "Open signals."};
  std::map<std::pair<std::string, std::string>, double> by;
  for (const auto& one : stored.signals(true, everything())) by[{one.rule.str(), std::string{to_text(one.level)}}] += 1;
  for (const auto& [key, count] : by) signals.add({{"rule", key.first}, {"level", key.second}}, count);
  out.push_back(signals.take());

  reading assessments{"forewarn_assessments_open", "Assessments that nobody has decided yet."};
  for (const auto& [state, count] :
       tally(stored.assessments(true, everything()), [](const auto& a) { return to_text(a.state); }))
    assessments.add({{"state", state}}, count);
  out.push_back(assessments.take());

  reading alerts{"forewarn_alerts_open", "Alerts held or in force."};
  for (const auto& [level, count] :
       tally(stored.alerts(true, everything()), [](const auto& a) { return to_text(a.level); }))
    alerts.add({{"level", level}}, count);
  out.push_back(alerts.take());
}

void read_outbox(const store_reader& stored, instant now, families& out) {
  reading pending{"forewarn_outbox_pending", "Deliveries that have not arrived yet."};
  pending.add({}, static_cast<double>(stored.deliveries_pending()));
  out.push_back(pending.take());
  reading age{"forewarn_outbox_oldest_age_seconds", "Age of the oldest delivery that has not arrived yet; 0 for none."};
  const auto oldest = stored.oldest_pending();
  age.add({}, oldest ? std::chrono::duration<double>(now - *oldest).count() : 0.0);
  out.push_back(age.take());
}

void read_feeds(const store_reader& stored, families& out) {
  reading last{"forewarn_feed_last_success_timestamp_seconds", "When rows of the feed were last taken."};
  reading bad{"forewarn_quarantine_records", "Rows that could not be used, since the store began."};
  for (const auto& one : stored.totals()) {
    if (one.last_arrival) last.add({{"feed", one.feed.str()}}, seconds(*one.last_arrival));
    bad.add({{"feed", one.feed.str()}}, static_cast<double>(one.quarantined));
  }
  out.push_back(last.take());
  out.push_back(bad.take());
}

void read_desk(const desk& at, families& out) {
  reading taken{"forewarn_rule_evaluations_total", "Observations that a rule's observe and where let in.",
                prometheus::MetricType::Counter};
  reading ungrouped{"forewarn_rule_observations_ungrouped_total", "Of those, lacked a field the rule groups by.",
                    prometheus::MetricType::Counter};
  reading signals{"forewarn_signals_total", "Signals opened, retrospective ones apart.",
                  prometheus::MetricType::Counter};
  for (const auto& one : at.counters()) {
    const std::vector<prometheus::ClientMetric::Label> rule{{"rule", one.rule.str()}};
    taken.add(rule, static_cast<double>(one.observations));
    ungrouped.add(rule, static_cast<double>(one.ungrouped));
    signals.add(rule, static_cast<double>(one.signals));
  }
  out.push_back(taken.take());
  out.push_back(ungrouped.take());
  out.push_back(signals.take());
  reading queue{"forewarn_desk_queue", "Jobs that wait for the desk."};
  queue.add({}, static_cast<double>(at.queued()));
  out.push_back(queue.take());
  reading healthy{"forewarn_desk_healthy", "1 while commits succeed."};
  healthy.add({}, at.healthy() ? 1 : 0);
  out.push_back(healthy.take());
}

void read_process(families& out) {
  std::ifstream statm{"/proc/self/statm"};
  double pages = 0;
  double resident = 0;
  if (statm >> pages >> resident) {
    reading memory{"process_resident_memory_bytes", "Resident memory."};
    memory.add({}, resident * static_cast<double>(::sysconf(_SC_PAGESIZE)));
    out.push_back(memory.take());
  }
  timespec used{};
  if (::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0) {
    reading cpu{"process_cpu_seconds_total", "Processor time used.", prometheus::MetricType::Counter};
    cpu.add({}, static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9);
    out.push_back(cpu.take());
  }
}

} // namespace

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

std::string metrics::text(const store_reader& stored, const desk& at, instant now) const {
  auto out = state_->registry.Collect();
  read_work(stored, out);
  read_outbox(stored, now, out);
  read_feeds(stored, out);
  read_desk(at, out);
  read_process(out);
  return prometheus::TextSerializer{}.Serialize(out);
}

} // namespace forewarn
