// SPDX-License-Identifier: Apache-2.0
#include "daemon/content_hash.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <memory>
#include <stdexcept>

namespace forewarn {
namespace {

class hashing {
public:
  hashing() { EVP_DigestInit_ex(state_.get(), EVP_sha256(), nullptr); }
  void add(std::string_view bytes) { EVP_DigestUpdate(state_.get(), bytes.data(), bytes.size()); }
  [[nodiscard]] std::string text() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned length = 0;
    EVP_DigestFinal_ex(state_.get(), bytes.data(), &length);
    std::string out = "sha256:";
    for (unsigned i = 0; i < length; ++i) out += fmt::format("{:02x}", bytes.at(i));
    return out;
  }

private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> state_{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

} // namespace

std::string content_hash(std::string_view bytes) {
  hashing out;
  out.add(bytes);
  return out.text();
}

std::string content_hash_of_file(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in) throw std::runtime_error{"it cannot be opened"};
  hashing out;
  std::string piece(256U << 10U, '\0');
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())) || in.gcount() > 0)
    out.add({piece.data(), static_cast<std::size_t>(in.gcount())});
  if (in.bad()) throw std::runtime_error{"the disk answered with an error half-way"};
  return out.text();
}

} // namespace forewarn
