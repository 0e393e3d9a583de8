// SPDX-License-Identifier: Apache-2.0
#include "connectors/mapping/sealing.hpp"

#include "forewarn/text.hpp"

#include <sodium.h>

#include <fmt/format.h>

#include <optional>
#include <stdexcept>

namespace forewarn::connectors {
namespace {

static_assert(crypto_box_PUBLICKEYBYTES == 32 && crypto_box_SECRETKEYBYTES == 32);

constexpr int variant = sodium_base64_VARIANT_ORIGINAL;

void require_sodium() {
  if (::sodium_init() < 0) throw std::runtime_error{"libsodium cannot be used on this machine"};
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data()); // NOLINT: libsodium's bytes
}

std::string to_base64(const unsigned char* from, std::size_t size) {
  std::string out(sodium_base64_encoded_len(size, variant), '\0');
  ::sodium_bin2base64(out.data(), out.size(), from, size, variant);
  out.pop_back(); // the closing zero
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string out(text.size(), '\0');
  std::size_t size = 0;
  auto* to = reinterpret_cast<unsigned char*>(out.data()); // NOLINT: libsodium's bytes
  if (::sodium_base642bin(to, out.size(), text.data(), text.size(), " \t\r\n", &size, nullptr, variant) != 0) return {};
  out.resize(size);
  return out;
}

} // namespace

result<sealing_key, std::string> parse_sealing_key(std::string_view base64) {
  require_sodium();
  const auto plain = from_base64(base64);
  sealing_key out;
  if (!plain || plain->size() != out.bytes.size())
    return failure(std::string{"a key for sealing is 44 characters of base64, as `forewarn feeds new-key` prints it"});
  std::copy(plain->begin(), plain->end(), out.bytes.begin());
  return out;
}

std::string sealed_for(const sealing_key& partner, std::string_view reference) {
  require_sodium();
  std::basic_string<unsigned char> box(reference.size() + crypto_box_SEALBYTES, 0);
  if (::crypto_box_seal(box.data(), bytes_of(reference), reference.size(), partner.bytes.data()) != 0)
    throw std::runtime_error{"a reference could not be sealed"};
  return to_base64(box.data(), box.size());
}

sealing_pair new_sealing_pair() {
  require_sodium();
  std::array<unsigned char, crypto_box_PUBLICKEYBYTES> seals{};
  std::array<unsigned char, crypto_box_SECRETKEYBYTES> unseals{};
  ::crypto_box_keypair(seals.data(), unseals.data());
  sealing_pair out{to_base64(seals.data(), seals.size()),
                   sensitive<std::string>{to_base64(unseals.data(), unseals.size())}};
  ::sodium_memzero(unseals.data(), unseals.size());
  return out;
}

result<sensitive<std::string>, std::string> unsealed(const sensitive<std::string>& unseals, std::string_view box) {
  require_sodium();
  const auto secret = from_base64(trim(unseals.reveal()));
  if (!secret || secret->size() != crypto_box_SECRETKEYBYTES)
    return failure(std::string{"the key is not one that `forewarn feeds new-key` wrote"});
  const auto sealed = from_base64(trim(box));
  if (!sealed || sealed->size() < crypto_box_SEALBYTES) return failure(std::string{"this is no sealed reference"});
  std::array<unsigned char, crypto_box_PUBLICKEYBYTES> seals{};
  std::string out(sealed->size() - crypto_box_SEALBYTES, '\0');
  if (::crypto_scalarmult_base(seals.data(), bytes_of(*secret)) != 0 ||
      ::crypto_box_seal_open(reinterpret_cast<unsigned char*>(out.data()), bytes_of(*sealed), // NOLINT: as above
                             sealed->size(), seals.data(), bytes_of(*secret)) != 0)
    return failure(std::string{"it was sealed for another key, or changed since"});
  return sensitive<std::string>{std::move(out)};
}

} // namespace forewarn::connectors
