// SPDX-License-Identifier: Apache-2.0
#include "daemon/folder/notify_watch.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <cstring>

#include <sys/inotify.h>

namespace forewarn::folder {

namespace net = boost::asio;

struct notify_watch::state {
  std::filesystem::path folder;
  net::posix::stream_descriptor events;
  std::function<void(const std::string&, file_event)> tell;

  state(net::io_context& io, std::filesystem::path of) : folder{std::move(of)}, events{io} {
    if (const int made = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC); made >= 0) events.assign(made);
  }
};

namespace {

file_event event_of(std::uint32_t mask) {
  if ((mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) != 0) return file_event::whole;
  return (mask & IN_MODIFY) != 0 ? file_event::written : file_event::appeared;
}

void read_events(const char* at, std::size_t size, const std::function<void(const std::string&, file_event)>& tell) {
  while (size >= sizeof(inotify_event)) {
    inotify_event one{};
    std::memcpy(&one, at, sizeof one);
    const auto whole = sizeof one + one.len;
    if (whole > size) return;
    if (one.len > 0 && tell) tell(at + sizeof one, event_of(one.mask));
    at += whole;
    size -= whole;
  }
}

net::awaitable<void> listen(std::shared_ptr<notify_watch::state> all) {
  std::array<char, 16'384> buffer{};
  for (;;) {
    const auto [error, size] =
        co_await all->events.async_read_some(net::buffer(buffer), net::as_tuple(net::use_awaitable));
    if (error) co_return;
    read_events(buffer.data(), size, all->tell);
  }
}

} // namespace

notify_watch::notify_watch(net::io_context& io, std::filesystem::path folder)
    : state_{std::make_shared<state>(io, std::move(folder))} {
  if (state_->events.is_open()) net::co_spawn(io, listen(state_), net::detached);
}

notify_watch::~notify_watch() {
  state_->tell = nullptr;
  boost::system::error_code ignored;
  state_->events.close(ignored);
}

void notify_watch::on_event(std::function<void(const std::string&, file_event)> tell) {
  state_->tell = std::move(tell);
}

void notify_watch::watch() {
  if (state_->events.is_open())
    (void)::inotify_add_watch(state_->events.native_handle(), state_->folder.c_str(),
                              IN_CLOSE_WRITE | IN_MOVED_TO | IN_MODIFY | IN_CREATE | IN_ONLYDIR);
}

} // namespace forewarn::folder
