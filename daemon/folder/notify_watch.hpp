// SPDX-License-Identifier: Apache-2.0
// Hears from the kernel what happens in one folder, so that a dropped file is seen at once. A hint only: the periodic
// look finds what was missed, and file systems that tell nothing work as well.
#pragma once

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace forewarn::folder {

enum class file_event : std::uint8_t {
  appeared, // made here; its writer may not have written yet
  written,  // and not closed yet
  whole,    // closed by its writer, or moved in
};

class notify_watch {
public:
  notify_watch(boost::asio::io_context& io, std::filesystem::path folder);
  notify_watch(const notify_watch&) = delete;
  notify_watch& operator=(const notify_watch&) = delete;
  ~notify_watch();

  void on_event(std::function<void(const std::string& name, file_event what)> tell);
  void watch(); // (again) where the folder was made or replaced

  struct state;

private:
  std::shared_ptr<state> state_;
};

} // namespace forewarn::folder
