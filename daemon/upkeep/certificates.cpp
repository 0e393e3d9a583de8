// SPDX-License-Identifier: Apache-2.0
#include "daemon/upkeep/certificates.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>
#include <memory>

namespace forewarn {
namespace {

std::optional<instant> end_of(const X509* certificate) {
  std::tm wall{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &wall) != 1) return {};
  return instant{std::chrono::seconds{::timegm(&wall)}};
}

std::optional<instant> first_end(const std::filesystem::path& file) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> in{BIO_new_file(file.c_str(), "r"), &BIO_free};
  std::optional<instant> out;
  while (in) {
    const std::unique_ptr<X509, decltype(&X509_free)> one{PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr),
                                                          &X509_free};
    if (!one) break;
    if (const auto end = end_of(one.get()); end && (!out || *end < *out)) out = end;
  }
  ERR_clear_error();
  return out;
}

} // namespace

std::vector<certificate_end> certificate_ends(const configuration& all) {
  std::vector<std::filesystem::path> files;
  const auto note = [&](const std::string& named) {
    if (named.empty()) return;
    auto file = resolve(all.settings, named);
    if (std::find(files.begin(), files.end(), file) == files.end()) files.push_back(std::move(file));
  };
  note(all.settings.tls_certificate_file);
  note(all.settings.smtp.ca_file);
  if (all.services)
    for (const auto& service : all.services->services)
      for (const auto& by : service.channels) note(by.ca_file);
  std::vector<certificate_end> out;
  for (auto& file : files)
    if (const auto end = first_end(file)) out.push_back({std::move(file), *end});
  return out;
}

std::vector<certificate_end> certificates_that_end(const in_force& now, instant before) {
  auto out = certificate_ends(now.all);
  std::erase_if(out, [&](const certificate_end& one) { return one.until >= before; });
  return out;
}

} // namespace forewarn
