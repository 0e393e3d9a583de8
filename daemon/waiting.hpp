// SPDX-License-Identifier: Apache-2.0
// How a coroutine on the I/O thread waits for other threads: for a commit of the desk, for work on a pool.
#pragma once

#include "daemon/desk.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <memory>
#include <utility>

namespace forewarn {

struct commit_answer {
  bool full = false;        // the queue had no room: nothing was taken
  std::exception_ptr error; // null and not full: committed
  batch_outcome outcome;
};

namespace waiting {

// The desk answers on its own thread; the coroutine goes on where it was.
template <class Submit> boost::asio::awaitable<commit_answer> for_desk(Submit submit) {
  co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void(commit_answer)>(
      [&submit](auto handler) {
        const auto resume = std::make_shared<decltype(handler)>(std::move(handler));
        const auto there = boost::asio::get_associated_executor(*resume);
        const auto answer = [resume, there, work = boost::asio::make_work_guard(there)](commit_answer said) {
          boost::asio::post(there,
                            [resume, said = std::move(said)]() mutable { std::move (*resume)(std::move(said)); });
        };
        if (!submit(answer)) {
          commit_answer refused;
          refused.full = true;
          answer(std::move(refused));
        }
      },
      boost::asio::use_awaitable);
}

template <class Function> boost::asio::awaitable<std::invoke_result_t<Function>> call(Function what) {
  co_return what();
}

} // namespace waiting

// Waits until the rows are on disk, or were refused.
inline boost::asio::awaitable<commit_answer> committed(desk& at, row_batch rows) {
  return waiting::for_desk([&at, rows = std::move(rows)](const auto& answer) mutable {
    return at.submit(std::move(rows), [answer](std::exception_ptr error, batch_outcome outcome) {
      answer({false, std::move(error), std::move(outcome)});
    });
  });
}

inline boost::asio::awaitable<commit_answer> committed(desk& at, desk::job work) {
  return waiting::for_desk([&at, work = std::move(work)](const auto& answer) mutable {
    return at.submit(std::move(work), [answer](std::exception_ptr error) { answer({false, std::move(error), {}}); });
  });
}

// Runs `what` on the pool; its exception comes back here.
template <class Function> auto on_pool(boost::asio::thread_pool& pool, Function what) {
  return boost::asio::co_spawn(pool.get_executor(), waiting::call(std::move(what)), boost::asio::use_awaitable);
}

} // namespace forewarn
