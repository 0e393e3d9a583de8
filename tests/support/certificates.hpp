// SPDX-License-Identifier: Apache-2.0
// An authority of the test's own and certificates by it, made with the openssl command in a folder that goes away.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace forewarn::test {

class certificates {
public:
  certificates() {
    std::string name = (std::filesystem::temp_directory_path() / "forewarn-certificates-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error{"cannot make a temporary folder"};
    folder_ = name;
    openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 2 "
            "-subj '/CN=Test authority'");
  }
  certificates(const certificates&) = delete;
  certificates& operator=(const certificates&) = delete;
  ~certificates() { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string authority() const { return (folder_ / "ca.pem").string(); }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

  struct pair {
    std::string certificate, key;
  };
  // `subject`: "DNS:localhost" or "IP:127.0.0.1". `days` below zero: expired yesterday.
  [[nodiscard]] pair issue(const std::string& name, const std::string& subject, int days = 2) const {
    openssl("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout " + name + ".key -out " + name +
            ".csr -subj '/CN=" + name + "' -addext 'subjectAltName=" + subject + "'");
    openssl("x509 -req -in " + name + ".csr -CA ca.pem -CAkey ca.key -CAcreateserial -copy_extensions copy -out " +
            name + ".pem -days " + std::to_string(days));
    return {(folder_ / (name + ".pem")).string(), (folder_ / (name + ".key")).string()};
  }

private:
  void openssl(const std::string& arguments) const {
    const auto command = "cd '" + folder_.string() + "' && openssl " + arguments + " >>openssl.log 2>&1";
    if (std::system(command.c_str()) != 0) throw std::runtime_error{"failed: openssl " + arguments}; // NOLINT
  }

  std::filesystem::path folder_;
};

} // namespace forewarn::test
