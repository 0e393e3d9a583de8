// SPDX-License-Identifier: Apache-2.0
// Readers of the store for whoever asks from any thread: each reader serves one thread at a time and is used again.
#pragma once

#include "forewarn/store.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace forewarn {

class reader_pool {
public:
  // `open` throws store_error where the store cannot be read.
  explicit reader_pool(std::function<std::unique_ptr<store_reader>()> open) : open_{std::move(open)} {}

  template <class Function> auto with(Function&& use) {
    lease one{*this, take()};
    return use(static_cast<const store_reader&>(*one.reader));
  }

private:
  struct lease {
    reader_pool& pool;
    std::unique_ptr<store_reader> reader;
    lease(reader_pool& from, std::unique_ptr<store_reader> taken) : pool{from}, reader{std::move(taken)} {}
    lease(const lease&) = delete;
    lease& operator=(const lease&) = delete;
    ~lease() {
      const std::lock_guard hold{pool.guard_};
      pool.idle_.push_back(std::move(reader));
    }
  };

  std::unique_ptr<store_reader> take() {
    {
      const std::lock_guard hold{guard_};
      if (!idle_.empty()) {
        auto out = std::move(idle_.back());
        idle_.pop_back();
        return out;
      }
    }
    return open_();
  }

  std::function<std::unique_ptr<store_reader>()> open_;
  std::mutex guard_;
  std::vector<std::unique_ptr<store_reader>> idle_;
};

} // namespace forewarn
