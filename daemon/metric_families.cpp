// SPDX-License-Identifier: Apache-2.0
#include "daemon/metric_families.hpp"

#include "daemon/canary.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <system_error>

#include <sys/resource.h>
#include <unistd.h>

namespace forewarn::metric {
namespace {

// As good as the process's own start: it is set before `main`.
const instant began = std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());

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
  void add(std::vector<prometheus::ClientMetric::Label> labels, const histogram& times) {
    prometheus::ClientMetric one;
    one.label = std::move(labels);
    one.histogram.sample_count = times.count();
    one.histogram.sample_sum = times.sum();
    for (std::size_t i = 0; i < times.bounds().size(); ++i)
      one.histogram.bucket.push_back({times.at_most(i), times.bounds()[i]});
    one.histogram.bucket.push_back({times.count(), std::numeric_limits<double>::infinity()});
    family_.metric.push_back(std::move(one));
  }
  [[nodiscard]] prometheus::MetricFamily take() { return std::move(family_); }

private:
  prometheus::MetricFamily family_;
};

page everything() {
  page out;
  out.limit = most_open;
  return out;
}

} // namespace

void read_work(const store_reader& stored, families& out) {
  reading signals{"forewarn_signals_open", "Open signals."};
  std::map<std::pair<std::string, std::string>, double> by;
  for (const auto& one : stored.signals(true, everything())) by[{one.rule.str(), std::string{to_text(one.level)}}] += 1;
  for (const auto& [key, count] : by) signals.add({{"rule", key.first}, {"level", key.second}}, count);
  out.push_back(signals.take());

  reading assessments{"forewarn_assessments_open", "Assessments that nobody has decided yet."};
  double seen = 0;
  const auto waiting = stored.assessments(true, everything());
  for (const auto& one : waiting) seen += one.acknowledged_at ? 1 : 0;
  assessments.add({{"state", "received"}}, static_cast<double>(waiting.size()) - seen);
  assessments.add({{"state", "acknowledged"}}, seen);
  out.push_back(assessments.take());

  reading alerts{"forewarn_alerts_open", "Alerts held or in force."};
  std::map<std::string, double> by_level;
  for (const auto& level : all_spellings<level>()) by_level[level] = 0;
  for (const auto& one : stored.alerts(true, everything())) by_level[std::string{to_text(one.level)}] += 1;
  for (const auto& [level, count] : by_level) alerts.add({{"level", level}}, count);
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

void read_canaries(const std::vector<std::string>& ways, const store_reader& stored, families& out) {
  reading last{"forewarn_canary_last_success_timestamp_seconds",
               "When the daily canary last came through, by way; ways that it never came through have none."};
  for (const auto& [way, at] : canary::last(ways, stored)) last.add({{"path", way}}, seconds(at));
  out.push_back(last.take());
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
  reading overdue{"forewarn_feed_overdue", "1 while the feed has not kept its arrival contract, else 0."};
  for (const auto& one : stored.feed_watches()) overdue.add({{"feed", one.feed.str()}}, one.overdue_since ? 1 : 0);
  out.push_back(overdue.take());
}

void read_desk(const desk& at, families& out) {
  reading taken{"forewarn_rule_evaluations_total", "Observations that a rule's observe and where let in.",
                prometheus::MetricType::Counter};
  reading ungrouped{"forewarn_rule_observations_ungrouped_total", "Of those, lacked a field the rule groups by.",
                    prometheus::MetricType::Counter};
  for (const auto& one : at.counters()) {
    const std::vector<prometheus::ClientMetric::Label> rule{{"rule", one.rule.str()}};
    taken.add(rule, static_cast<double>(one.observations));
    ungrouped.add(rule, static_cast<double>(one.ungrouped));
  }
  out.push_back(taken.take());
  out.push_back(ungrouped.take());

  const auto done = at.figures();
  reading signals{"forewarn_signals_total", "Signals that opened at a level or rose to it, since the start.",
                  prometheus::MetricType::Counter};
  for (const auto& [key, count] : done.signals)
    signals.add({{"rule", key.first}, {"level", key.second}}, static_cast<double>(count));
  out.push_back(signals.take());
  reading kinds{"forewarn_observations_total", "Observations taken, new and revised, since the start.",
                prometheus::MetricType::Counter};
  for (const auto& [kind, count] : done.observations) kinds.add({{"kind", kind}}, static_cast<double>(count));
  out.push_back(kinds.take());
  reading evaluation{"forewarn_rule_evaluation_seconds", "One observation looked at by all rules.",
                     prometheus::MetricType::Histogram};
  evaluation.add({}, done.evaluation);
  out.push_back(evaluation.take());
  reading queue{"forewarn_desk_queue", "Jobs that wait for the desk."};
  queue.add({}, static_cast<double>(at.queued()));
  out.push_back(queue.take());
  reading healthy{"forewarn_desk_healthy", "1 while commits succeed."};
  healthy.add({}, at.healthy() ? 1 : 0);
  out.push_back(healthy.take());
}

void read_deliveries(const outbox::figures& sent, families& out) {
  reading attempts{"forewarn_deliveries_total", "Attempts at deliveries by what came of them, since the start.",
                   prometheus::MetricType::Counter};
  for (const auto& [what, count] : sent.attempts)
    attempts.add({{"channel", what.channel}, {"result", what.result}, {"reason", what.reason}},
                 static_cast<double>(count));
  out.push_back(attempts.take());
  reading delivery{"forewarn_delivery_seconds", "From a message's decision to its arrival.",
                   prometheus::MetricType::Histogram};
  delivery.add({}, sent.delivery);
  out.push_back(delivery.take());
  reading notice{"forewarn_record_to_notice_seconds",
                 "From the record that opened or changed a signal to the arrival of a notice about it.",
                 prometheus::MetricType::Histogram};
  notice.add({}, sent.record_to_notice);
  out.push_back(notice.take());
}

void read_process(families& out) {
  const auto gauge = [&out](const char* name, const char* help, double value) {
    reading one{name, help};
    one.add({}, value);
    out.push_back(one.take());
  };
  std::ifstream statm{"/proc/self/statm"};
  double pages = 0;
  double resident = 0;
  if (statm >> pages >> resident) {
    const auto page_size = static_cast<double>(::sysconf(_SC_PAGESIZE));
    gauge("process_virtual_memory_bytes", "Virtual memory.", pages * page_size);
    gauge("process_resident_memory_bytes", "Resident memory.", resident * page_size);
  }
  std::error_code unreadable;
  const std::filesystem::directory_iterator files{"/proc/self/fd", unreadable};
  if (!unreadable)
    gauge("process_open_fds", "Open files and sockets.", static_cast<double>(std::distance(begin(files), end(files))));
  rlimit most{};
  if (::getrlimit(RLIMIT_NOFILE, &most) == 0)
    gauge("process_max_fds", "How many may be open.", static_cast<double>(most.rlim_cur));
  gauge("process_start_time_seconds", "When the process began.", seconds(began));
  timespec used{};
  if (::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0) {
    reading cpu{"process_cpu_seconds_total", "Processor time used.", prometheus::MetricType::Counter};
    cpu.add({}, static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9);
    out.push_back(cpu.take());
  }
}

} // namespace forewarn::metric
