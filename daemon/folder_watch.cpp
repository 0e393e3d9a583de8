// SPDX-License-Identifier: Apache-2.0
#include "daemon/folder_watch.hpp"

#include "daemon/folder/look.hpp"
#include "daemon/folder/notify_watch.hpp"
#include "daemon/folder/settle.hpp"
#include "daemon/log.hpp"
#include "daemon/waiting.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <spdlog/spdlog.h>

#include <map>
#include <set>

namespace forewarn {
namespace {

namespace net = boost::asio;
namespace fs = std::filesystem;
using steady = std::chrono::steady_clock;

constexpr auto by_tuple = net::as_tuple(net::use_awaitable);
// A writer that closed its file may open it again to append; one that only stopped may be slow.
constexpr auto quiet_after_close = std::chrono::milliseconds{100};
// Where a writer on this machine is known to hold the file open: a pause of its program does not make half a file
// whole.
constexpr auto quiet_while_open = std::chrono::minutes{10};
constexpr std::size_t file_threads = 3;

} // namespace

struct folder_watch::state {
  net::io_context& io;
  configuration_in_force& current;
  desk& at;
  reader_pool& readers;
  metrics& numbers;
  const clock& time;
  const raw_files* kept;
  arrival::header_watch* headers;
  net::thread_pool workers{file_threads};
  net::thread_pool looks{1}; // of its own: big files do not keep other feeds from being looked at
  std::atomic<bool> stopping{false};
  std::map<feed_id, net::steady_timer*> watched; // each feed's coroutine and what wakes it
  net::steady_timer all_gone;

  state(net::io_context& on, configuration_in_force& now, desk& desk_in, reader_pool& from, metrics& to,
        const clock& time_in, const raw_files* kept_in, arrival::header_watch* headers_in)
      : io{on}, current{now}, at{desk_in}, readers{from}, numbers{to}, time{time_in}, kept{kept_in},
        headers{headers_in}, all_gone{on, steady::time_point::max()} {}
};

namespace {

using shared_state = std::shared_ptr<folder_watch::state>;

// What a feed's coroutine remembers from look to look.
struct memory {
  std::map<std::string, std::pair<folder::seen_file, steady::time_point>> before; // since when unchanged
  std::set<std::string> closed;        // closed by their writer or moved in, and not written to since
  std::set<std::string> made, written; // by somebody who has not closed them yet
  std::set<std::string> told_open;     // said so of them
  std::set<std::string> heard_of;      // since the last look
  std::set<std::string> told;          // notices given

  void hear(const std::string& name, folder::file_event what, net::steady_timer& wake) {
    heard_of.insert(name);
    if (what == folder::file_event::whole) {
      forget(name);
      closed.insert(name);
      wake.cancel();
      return;
    }
    closed.erase(name);
    before.erase(name);
    (what == folder::file_event::written ? written : made).insert(name);
  }
  void forget(const std::string& name) {
    for (auto* names : {&closed, &made, &written, &told_open}) names->erase(name);
    before.erase(name);
  }
  // What is not there any more, under that name.
  void forget_others(const std::map<std::string, std::pair<folder::seen_file, steady::time_point>>& there) {
    for (auto* names : {&closed, &made, &written, &told_open})
      std::erase_if(*names, [&](const auto& name) { return there.count(name) == 0 && heard_of.count(name) == 0; });
    heard_of.clear();
  }
  // A hard link is made and never closed: only what is empty, or was written to, waits to be closed.
  [[nodiscard]] bool held_open(const folder::seen_file& file) const {
    return written.count(file.name) > 0 || (file.size == 0 && made.count(file.name) > 0);
  }
};

steady::duration quiet_time(const folder::seen_file& file, const memory& known, duration scan) {
  if (known.closed.count(file.name) > 0) return quiet_after_close;
  return known.held_open(file) ? std::max<steady::duration>(quiet_while_open, scan) : steady::duration{scan};
}

void tell_held_open(const feed_id& feed, const folder::seen_file& file, memory& known) {
  if (known.told_open.insert(file.name).second)
    spdlog::info(
        "event=file_waits feed={} file={} why=\"its writer has stopped and not closed it\" do=\"nothing: it is read "
        "when it is closed, marked by NAME.done, or after {} minutes without a change\"",
        feed.str(), log_value(file.name), quiet_while_open.count());
}

// Whole: marked, or unchanged over two looks.
std::vector<folder::seen_file> whole_ones(const feed_id& feed, const folder::look& now, memory& known, duration scan) {
  std::vector<folder::seen_file> out;
  std::map<std::string, std::pair<folder::seen_file, steady::time_point>> seen;
  const auto time = steady::now();
  for (const auto& file : now.files) {
    const auto old = known.before.find(file.name);
    const bool same = old != known.before.end() && old->second.first.same_as(file);
    const auto since = same ? old->second.second : time;
    if (file.marked || (same && time - since >= quiet_time(file, known, scan)))
      out.push_back(file);
    else if (same && time - since >= scan && known.held_open(file))
      tell_held_open(feed, file, known);
    seen.emplace(file.name, std::pair{file, since});
  }
  known.forget_others(seen);
  known.before = std::move(seen);
  return out;
}

// Each notice once, so that a forgotten folder does not fill the log.
void tell_notices(const feed_id& feed, const folder::look& now, memory& known) {
  std::set<std::string> still;
  for (const auto& one : now.notices) {
    const auto key = one.name + '\n' + one.why;
    still.insert(key);
    if (known.told.count(key) == 0)
      spdlog::warn("event=file_left_alone feed={} file={} why={} do=\"move it away or mend it\"", feed.str(),
                   log_value(one.name), log_value(one.why));
  }
  if (!now.error.empty()) {
    still.insert(now.error);
    if (known.told.count(now.error) == 0)
      spdlog::warn("event=folder_unreadable feed={} error={} do=\"check the folder and its rights\"", feed.str(),
                   log_value(now.error));
  }
  known.told = std::move(still);
}

net::awaitable<void> take_one(shared_state all, const connectors::feed& of, fs::path folder, std::string name) {
  const folder::file_desk with{all->at, all->readers, all->numbers, all->time, all->stopping, all->kept, all->headers};
  const auto what = co_await on_pool(all->workers, [&] { return folder::take_and_settle(of, folder, name, with); });
  all->numbers.file_done(of.id, what);
}

// Files that a stop or a crash left claimed come first.
net::awaitable<void> go_on(shared_state all, const connectors::feed& of, const fs::path& folder) {
  const auto left = co_await on_pool(all->looks, [&] { return folder::claimed_files(folder, of.folder->pattern); });
  for (const auto& name : left)
    if (!all->stopping) co_await take_one(all, of, folder, name);
}

// One look and what comes of it; answers how long to wait before the next.
net::awaitable<duration> one_round(shared_state all, const connectors::feed& of, const fs::path& folder, memory& known,
                                   duration scan) {
  const auto now = co_await on_pool(all->looks, [&] { return folder::look_at(folder, of.folder->pattern); });
  tell_notices(of.id, now, known);
  for (const auto& file : whole_ones(of.id, now, known, scan)) {
    if (all->stopping) break;
    const bool ours = co_await on_pool(all->looks, [&] { return folder::claim(of.id, folder, file); });
    known.forget(file.name);
    if (ours) co_await take_one(all, of, folder, file.name);
  }
  for (const auto& [name, file] : known.before)
    if (known.closed.count(name) > 0) co_return quiet_after_close;
  co_return scan;
}

net::awaitable<void> watch_feed(shared_state all, feed_id id, fs::path folder) {
  memory known;
  net::steady_timer wake{all->io};
  folder::notify_watch events{all->io, folder};
  all->watched[id] = &wake;
  events.on_event([&](const std::string& name, folder::file_event what) { known.hear(name, what, wake); });
  bool first = true;
  while (!all->stopping) {
    const auto now = all->current.load(); // a reload takes hold between two files
    const auto* of = now->feed(id);
    if (of == nullptr || drop_folder(now->all.settings, *of) != folder) break;
    duration pause = now->all.settings.folder_scan;
    std::string broken;
    try {
      co_await on_pool(all->looks, [&] { return folder::make_folders(folder); });
      events.watch();
      if (std::exchange(first, false)) co_await go_on(all, *of, folder);
      pause = co_await one_round(all, *of, folder, known, pause);
    } catch (const std::exception& error) {
      broken = error.what();
    }
    if (!broken.empty() && known.told.insert(broken).second)
      spdlog::warn(
          "event=folder_failed feed={} folder={} error={} do=\"check the folder and its rights; it is tried again\"",
          id.str(), log_value(folder.string()), log_value(broken));
    if (all->stopping) break;
    wake.expires_after(pause);
    (void)co_await wake.async_wait(by_tuple);
  }
  all->watched.erase(id);
}

void start_missing(const shared_state& all) {
  const auto now = all->current.load();
  for (const auto& feed : now->all.feeds) {
    const auto folder = drop_folder(now->all.settings, feed);
    if (!folder || all->stopping || all->watched.count(feed.id) > 0) continue;
    all->watched[feed.id] = nullptr;
    net::co_spawn(all->io, watch_feed(all, feed.id, *folder), [all](const std::exception_ptr&) {
      if (all->watched.empty()) all->all_gone.cancel();
      start_missing(all); // its folder may have changed with a reload
    });
  }
}

} // namespace

std::optional<fs::path> drop_folder(const settings& how, const connectors::feed& of) {
  if (!of.folder) return {};
  const fs::path written{of.folder->path};
  return written.is_absolute() ? written : how.inbox_dir / written;
}

folder_watch::folder_watch(net::io_context& io, configuration_in_force& current, desk& at, reader_pool& readers,
                           metrics& numbers, const clock& time, const raw_files* kept, arrival::header_watch* headers)
    : state_{std::make_shared<state>(io, current, at, readers, numbers, time, kept, headers)} {}

folder_watch::~folder_watch() {
  state_->stopping = true;
  state_->looks.join();
  state_->workers.join();
}

void folder_watch::start() {
  start_missing(state_);
}

net::awaitable<void> folder_watch::stop() {
  const auto all = state_;
  all->stopping = true;
  for (const auto& [id, wake] : all->watched)
    if (wake != nullptr) wake->cancel();
  while (!all->watched.empty()) (void)co_await all->all_gone.async_wait(by_tuple);
}

} // namespace forewarn
