// SPDX-License-Identifier: Apache-2.0
#include "daemon/http/body.hpp"

#include "forewarn/text.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <memory>

namespace forewarn::http {
namespace {

constexpr int gzip_window = 15 + 16; // zlib's way of saying: gzip only

response broken() {
  return problem(400, "bad-gzip",
                 "the body is not whole gzip data, though Content-Encoding or its first bytes say so; send it again");
}

response packed_twice() {
  return problem(400, "bad-gzip", "the body is gzip within gzip; pack it once, or send it plain");
}

result<std::string, response> gunzip(const std::string& packed, std::size_t most) {
  z_stream stream{};
  if (inflateInit2(&stream, gzip_window) != Z_OK) throw std::bad_alloc{};
  const std::unique_ptr<z_stream, int (*)(z_stream*)> ending{&stream, &inflateEnd};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data())); // zlib's old signature; it only reads
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string out;
  std::string piece(64U << 10U, '\0');
  for (;;) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    const int said = inflate(&stream, Z_NO_FLUSH);
    if (said != Z_OK && said != Z_STREAM_END) return failure(broken());
    out.append(piece, 0, piece.size() - stream.avail_out);
    if (out.size() > most)
      return failure(
          problem(413, "too-large", fmt::format("the body unpacks to more than {} bytes; send it in parts", most)));
    if (said == Z_STREAM_END && stream.avail_in == 0) return out;
    if (said == Z_STREAM_END && inflateReset(&stream) != Z_OK)
      return failure(broken()); // gzip members may follow each other
    if (said == Z_OK && stream.avail_in == 0 && stream.avail_out != 0) return failure(broken());
  }
}

} // namespace

result<std::string, response> unpacked(std::string body, const std::string& encoding, std::size_t most) {
  const auto how = ascii_lower(trim(encoding));
  const bool plain = how.empty() || how == "identity";
  if (!plain && how != "gzip" && how != "x-gzip")
    return failure(problem(415, "unsupported-encoding",
                           fmt::format("Content-Encoding '{}' is not known; send gzip or plain", how)));
  if (plain && !is_gzip(body)) return body;
  auto out = gunzip(body, most);
  if (out && is_gzip(*out)) return failure(packed_twice());
  return out;
}

bool is_gzip(std::string_view body) noexcept {
  return body.starts_with("\x1f\x8b");
}

std::string media_type(std::string_view content_type) {
  return ascii_lower(trim(content_type.substr(0, content_type.find(';'))));
}

} // namespace forewarn::http
