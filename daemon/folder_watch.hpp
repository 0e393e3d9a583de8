// SPDX-License-Identifier: Apache-2.0
// The folder transport: watches each feed's folder, claims a file once it is whole, has it taken, and moves it to
// done/ or failed/. A claimed file lies in .processing/ until its last row is on disk, so that a crash or a stop
// leaves it where the next start finds it.
//
// Every member is called on the I/O thread.
#pragma once

#include "daemon/folder/take_file.hpp"
#include "daemon/in_force.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <memory>

namespace forewarn {

class folder_watch {
public:
  // `kept` may be null: then raw files are not kept.
  folder_watch(boost::asio::io_context& io, configuration_in_force& current, desk& state, reader_pool& readers,
               metrics& numbers, const clock& time, const raw_files* kept, arrival::header_watch* headers);
  folder_watch(const folder_watch&) = delete;
  folder_watch& operator=(const folder_watch&) = delete;
  ~folder_watch();

  // Watches the feeds that have a folder; again after a reload, for those that are new.
  void start();
  // Claims nothing more; files under way stop between two batches and go on after the next start.
  [[nodiscard]] boost::asio::awaitable<void> stop();

  struct state;

private:
  std::shared_ptr<state> state_;
};

// Where a feed's files are dropped; nothing where it has no folder.
[[nodiscard]] std::optional<std::filesystem::path> drop_folder(const settings& how, const connectors::feed& of);

} // namespace forewarn
