// SPDX-License-Identifier: Apache-2.0
#include "daemon/quarantine/raw_files.hpp"

#include "connectors/formats/bytes.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <memory>
#include <stdexcept>

namespace forewarn {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::string_view ending = ".sealed";
constexpr std::size_t most_head = 4096; // bytes of a file's first line

// "1772359200000000-3f9a...sealed": when, and of which content.
std::string file_name(instant at, const std::string& content_hash) {
  const auto hash = content_hash.substr(content_hash.rfind(':') + 1);
  return fmt::format("{:020}-{}{}", at.time_since_epoch().count(), hash.substr(0, 32), ending);
}

std::optional<instant> taken_at(const std::string& name) {
  std::int64_t micros = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + std::min<std::size_t>(name.size(), 20), micros);
  if (error != std::errc{} || end != name.data() + 20 || !name.ends_with(ending)) return {};
  return instant{duration{micros}};
}

template <class Function> void each_sealed(const fs::path& folder, Function&& take) {
  std::error_code error;
  for (fs::directory_iterator it{folder, error}; !error && it != fs::directory_iterator{}; it.increment(error))
    if (const auto at = taken_at(it->path().filename().string())) take(it->path(), *at);
}

// The first line says what the rest is.
json::object read_head(const byte_pull& from) {
  std::string line;
  char c = 0;
  while (line.size() < most_head && from(&c, 1) == 1 && c != '\n') line += c;
  return json::parse(line).as_object();
}

std::string text_of(const json::object& head, std::string_view key) {
  const auto* value = head.if_contains(key);
  return value != nullptr && value->is_string() ? std::string{value->get_string()} : std::string{};
}

byte_pull with_head(std::string head, byte_pull bytes) {
  return [head = std::make_shared<std::string>(std::move(head)), bytes = std::move(bytes)](char* buffer,
                                                                                           std::size_t size) {
    if (head->empty()) return bytes(buffer, size);
    const auto count = std::min(size, head->size());
    std::copy_n(head->data(), count, buffer);
    head->erase(0, count);
    return count;
  };
}

} // namespace

result<void, std::string> raw_files::keep(const feed_id& feed, const raw_file& what, const byte_pull& bytes,
                                          const std::string& content_hash) const {
  const auto name = file_name(what.taken_at, content_hash);
  bool known = false;
  each_sealed(folder_ / feed.str(), [&](const fs::path& path, instant) {
    known = known || path.filename().string().substr(20) == name.substr(20);
  });
  if (known) return {};
  const json::object head{{"name", what.name}, {"type", what.content_type}};
  return key_.seal_bytes(with_head(json::serialize(head) + '\n', bytes), folder_ / feed.str() / name);
}

result<void, std::string> raw_files::keep_file(const feed_id& feed, const fs::path& file,
                                               const std::string& content_hash, instant now) const {
  const auto in = std::make_shared<std::ifstream>(file, std::ios::binary);
  if (!*in) return failure(fmt::format("{}: cannot be read", file.string()));
  auto kept = keep(
      feed, {{}, file.filename().string(), "", now},
      [in](char* buffer, std::size_t size) {
        in->read(buffer, static_cast<std::streamsize>(size));
        return static_cast<std::size_t>(in->gcount());
      },
      content_hash);
  if (kept && in->bad()) return failure(fmt::format("{}: the disk answered with an error half-way", file.string()));
  return kept;
}

result<void, std::string> raw_files::keep_body(const feed_id& feed, std::string_view body,
                                               const std::string& content_type, const std::string& content_hash,
                                               instant now) const {
  return keep(
      feed, {{}, "push", content_type, now},
      [body](char* buffer, std::size_t size) mutable {
        const auto count = std::min(size, body.size());
        std::copy_n(body.data(), count, buffer);
        body.remove_prefix(count);
        return count;
      },
      content_hash);
}

std::vector<raw_file> raw_files::kept(const feed_id& feed) const {
  std::vector<raw_file> out;
  each_sealed(folder_ / feed.str(), [&](const fs::path& path, instant at) { out.push_back({path, "", "", at}); });
  std::sort(out.begin(), out.end(), [](const raw_file& a, const raw_file& b) { return a.sealed < b.sealed; });
  for (auto& one : out) {
    const auto head = read_head(key_.open_file(one.sealed));
    one.name = text_of(head, "name");
    one.content_type = text_of(head, "type");
  }
  return out;
}

connectors::byte_source raw_files::open(const raw_file& one) const {
  auto bytes = key_.open_file(one.sealed);
  (void)read_head(bytes);
  return connectors::gunzip_where_needed(std::move(bytes));
}

std::size_t raw_files::forget_before(instant when) const {
  std::size_t count = 0;
  std::error_code error;
  for (fs::directory_iterator feed{folder_, error}; !error && feed != fs::directory_iterator{}; feed.increment(error))
    each_sealed(feed->path(), [&](const fs::path& path, instant at) {
      std::error_code failed;
      if (at < when && fs::remove(path, failed)) ++count;
    });
  return count;
}

} // namespace forewarn
