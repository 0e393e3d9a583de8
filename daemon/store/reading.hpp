// SPDX-License-Identifier: Apache-2.0
// The reading half of the seam, the same for the writer and for readers: names bound to the tables.
#pragma once

#include "daemon/store/tables.hpp"

namespace forewarn::sqlite {

template <class Seam> class reading : public Seam {
public:
  explicit reading(connection db) : db_{std::move(db)} {}

  void each_revision(const std::function<void(const observation&)>& take) const override {
    sqlite::each_revision(db_, take);
  }
  std::int64_t each_revision_after(std::int64_t after,
                                   const std::function<void(const observation&)>& take) const override {
    return sqlite::each_revision_after(db_, after, take);
  }
  std::int64_t last_revision() const override { return sqlite::last_revision(db_); }
  std::vector<feed_turn> feed_turns(instant after) const override { return sqlite::feed_turns(db_, after); }
  void at_one_moment(const std::function<void()>& look) const override {
    db_.run("SAVEPOINT moment");
    try {
      look();
    } catch (...) {
      db_.leave("RELEASE moment");
      throw;
    }
    db_.run("RELEASE moment");
  }
  std::optional<observation> latest(const observation_key& key) const override { return sqlite::latest(db_, key); }
  bool has_form_before(const observation_key& key, instant taken) const override {
    return sqlite::has_form_before(db_, key, taken);
  }
  std::vector<record_id> standing_records(const feed_id& feed, instant from, instant to) const override {
    return sqlite::standing_records(db_, feed, from, to);
  }
  std::optional<std::string> partner_reference(const observation_key& record) const override {
    return sqlite::partner_reference(db_, record);
  }
  std::optional<instant> last_received_at() const override { return sqlite::last_received_at(db_); }

  std::optional<file_checkpoint> file_by_hash(const feed_id& feed, const std::string& content_hash) const override {
    return sqlite::file_by_hash(db_, feed, content_hash);
  }
  bool file_finished(const feed_id& feed, const std::string& name, std::int64_t size,
                     instant modified_at) const override {
    return sqlite::file_finished(db_, feed, name, size, modified_at);
  }
  std::vector<feed_totals> totals() const override { return sqlite::totals(db_); }
  std::vector<feed_watch> feed_watches() const override { return sqlite::feed_watches(db_); }
  std::vector<quarantined_row> quarantined(const std::optional<feed_id>& feed, page which) const override {
    return sqlite::quarantined(db_, feed, which);
  }
  std::optional<quarantined_row> quarantined_by_id(std::int64_t id) const override {
    return sqlite::quarantined_by_id(db_, id);
  }
  std::vector<quarantined_row> quarantined_due(instant now, std::size_t most) const override {
    return sqlite::quarantined_due(db_, now, most);
  }
  std::vector<begun_incident> incidents_near(const feed_id& feed, const std::string& place, instant from,
                                             instant to) const override {
    return sqlite::incidents_near(db_, feed, place, from, to);
  }
  std::vector<review_item> review_items() const override { return sqlite::review_items(db_); }

  std::optional<signal> signal_by_id(const signal_id& id) const override { return sqlite::signal_by_id(db_, id); }
  std::vector<signal> signals(bool open_only, page which) const override {
    return sqlite::signals(db_, open_only, which);
  }
  std::vector<signal> signals_opened(instant from, instant to) const override {
    return sqlite::signals_opened(db_, from, to);
  }
  std::vector<signal> open_signals_of(const rule_id& rule) const override { return sqlite::open_signals_of(db_, rule); }
  std::vector<waiting_notice> waiting_notices(instant look_at_by) const override {
    return sqlite::waiting_notices(db_, look_at_by);
  }
  std::vector<waiting_notice> waiting_notices_of(const signal_id& id) const override {
    return sqlite::waiting_notices_of(db_, id);
  }
  std::optional<told_signal> told(const signal_id& id) const override { return sqlite::told(db_, id); }
  std::vector<told_signal> told_due(instant now) const override { return sqlite::told_due(db_, now); }
  std::int64_t told_at_once(const rule_id& rule, instant after) const override {
    return sqlite::told_at_once(db_, rule, after);
  }
  std::vector<mute> mutes(bool standing_only) const override { return sqlite::mutes(db_, standing_only); }
  std::optional<instant> next_after_signal() const override { return sqlite::next_after_signal(db_); }
  std::vector<observation_key> evidence(const signal_id& id) const override { return sqlite::evidence(db_, id); }

  std::optional<assessment> assessment_by_ref(const assessment_ref& ref) const override {
    return sqlite::assessment_by_ref(db_, ref);
  }
  std::optional<assessment> assessment_of(const signal_id& id) const override { return sqlite::assessment_of(db_, id); }
  std::vector<assessment> assessments(bool open_only, page which) const override {
    return sqlite::assessments(db_, open_only, which);
  }

  std::optional<alert> alert_by_ref(const alert_ref& ref) const override { return sqlite::alert_by_ref(db_, ref); }
  std::optional<alert> alert_of(const signal_id& id) const override { return sqlite::alert_of(db_, id); }
  std::vector<alert> alerts(bool open_only, page which) const override { return sqlite::alerts(db_, open_only, which); }
  std::vector<alert> alerts_held() const override { return sqlite::alerts_held(db_); }

  std::optional<due_delivery> delivery_by_id(const message_id& id) const override {
    return sqlite::delivery_by_id(db_, id);
  }
  std::vector<due_delivery> deliveries(const std::optional<service_id>& to, page which) const override {
    return sqlite::deliveries(db_, to, which);
  }
  std::vector<due_delivery> undelivered(const service_id& to, const std::string& channel) const override {
    return sqlite::undelivered(db_, to, channel);
  }
  std::optional<message> newest_message(const std::string& about) const override {
    return sqlite::newest_message(db_, about);
  }
  std::int64_t deliveries_pending() const override { return sqlite::deliveries_pending(db_); }
  std::optional<instant> oldest_pending() const override { return sqlite::oldest_pending(db_); }
  std::vector<operator_notice> operator_notices() const override { return sqlite::operator_notices(db_); }
  std::vector<rule_version> rule_versions(const std::optional<rule_id>& of) const override {
    return sqlite::rule_versions(db_, of);
  }

  figures_since figures(instant since) const override { return sqlite::figures(db_, since); }
  std::vector<record_id> expired_records(const feed_id& feed, instant before, std::size_t most) const override {
    return sqlite::expired_records(db_, feed, before, most);
  }
  expired_counts expired(const feed_id& feed, instant before) const override {
    return sqlite::expired(db_, feed, before);
  }
  std::vector<remembered> remembered_all() const override { return sqlite::remembered_all(db_); }
  std::vector<daily_count> daily_counts() const override { return sqlite::daily_counts(db_); }
  std::optional<std::string> mark(const std::string& name) const override { return sqlite::mark(db_, name); }

protected:
  mutable connection db_; // reading steps prepared statements, which are the connection's memory
};

} // namespace forewarn::sqlite
