// SPDX-License-Identifier: Apache-2.0
#include "daemon/commands/observation_file.hpp"

#include "forewarn/text.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string_view>

#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

namespace forewarn::commands {
namespace {

constexpr std::size_t longest_line = 1U << 20U; // bytes: an observation is under 2 kB

struct gzip_closer {
  void operator()(gzFile_s* file) const { gzclose(file); }
};
using gzip_file = std::unique_ptr<gzFile_s, gzip_closer>;

// zlib reads plain bytes as they are and gunzips what is gzipped.
gzip_file open_bytes(const std::string& path) {
  if (path == "-") return gzip_file{gzdopen(dup(STDIN_FILENO), "rb")};
  return gzip_file{gzopen(path.c_str(), "rb")};
}

class line_reader {
public:
  line_reader(std::string shown, const std::function<void(const std::string&)>& complain, observations_read& into)
      : shown_{std::move(shown)}, complain_{complain}, into_{into} {}

  void take(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto end = bytes.find('\n');
      if (line_.size() <= longest_line) line_.append(bytes.substr(0, end));
      if (end == std::string_view::npos) return;
      finish_line();
      bytes.remove_prefix(end + 1);
    }
  }

  void finish() {
    if (!line_.empty()) finish_line();
  }

private:
  void finish_line() {
    ++number_;
    auto text = trim(line_);
    if (number_ == 1 && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (line_.size() > longest_line)
      refuse("the line is longer than 1 MB");
    else if (!text.empty())
      read(text);
    line_.clear();
  }

  void read(std::string_view text) {
    if (is_feed_turn(text)) return read_turn(text);
    auto one = parse_observation(text);
    if (one)
      into_.taken.push_back(std::move(*one));
    else
      refuse(one.error());
  }

  void read_turn(std::string_view text) {
    auto one = parse_feed_turn(text);
    if (one)
      into_.turns.push_back(std::move(*one));
    else
      refuse(one.error());
  }

  void refuse(const std::string& why) {
    ++into_.refused;
    complain_(fmt::format("{}:{}: {}", shown_, number_, why));
  }

  std::string shown_;
  const std::function<void(const std::string&)>& complain_;
  observations_read& into_;
  std::string line_;
  std::size_t number_ = 0;
};

} // namespace

result<observations_read, std::string> read_observations(const std::string& path,
                                                         const std::function<void(const std::string&)>& complain) {
  const auto shown = path == "-" ? std::string{"standard input"} : path;
  if (path != "-" && std::filesystem::is_directory(path))
    return failure(fmt::format("{} is a folder; --observations takes a file of NDJSON, or '-'", path));
  errno = 0;
  const auto file = open_bytes(path);
  if (!file)
    return failure(fmt::format("cannot open {}: {}", shown, std::strerror(errno))); // NOLINT(concurrency-mt-unsafe)
  observations_read out;
  line_reader lines{shown, complain, out};
  std::array<char, 1U << 16U> buffer{};
  for (;;) {
    const auto count = gzread(file.get(), buffer.data(), static_cast<unsigned>(buffer.size()));
    if (count > 0) lines.take({buffer.data(), static_cast<std::size_t>(count)});
    if (count == static_cast<int>(buffer.size())) continue;
    int code = Z_OK;
    const std::string why = gzerror(file.get(), &code);
    if (code != Z_OK && code != Z_STREAM_END)
      return failure(
          fmt::format("cannot read {} to its end: {}", shown, code == Z_BUF_ERROR ? "it is cut short" : why));
    if (count <= 0) break;
  }
  lines.finish();
  return out;
}

result<void, std::string> write_lines(const std::filesystem::path& file,
                                      const std::function<void(const line_writer&)>& all) {
  auto part = file;
  part += ".part";
  std::error_code error;
  std::ofstream out{part, std::ios::binary | std::ios::trunc};
  try {
    all([&](const std::string& line) { out << line << '\n'; });
  } catch (...) {
    out.close();
    std::filesystem::remove(part, error);
    throw;
  }
  out.close();
  if (out) std::filesystem::rename(part, file, error);
  if (out && !error) return {};
  std::filesystem::remove(part, error);
  return failure(fmt::format("{}: cannot write: is the folder there, and is the disk full?", file.string()));
}

result<std::size_t, std::string> write_observations(const std::filesystem::path& file,
                                                    const std::function<void(const observation_writer&)>& all) {
  std::size_t count = 0;
  const auto written = write_lines(file, [&](const line_writer& write) {
    all([&](const observation& one) {
      write(to_json(one));
      ++count;
    });
  });
  if (!written) return failure(written.error());
  return count;
}

} // namespace forewarn::commands
