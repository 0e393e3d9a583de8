// SPDX-License-Identifier: Apache-2.0
// The other end of a webhook, as a service would write it: verifies, recognises repeats, answers, and says in plain
// words what it saw. `forewarn listen` gives it a socket; it has none itself.
#pragma once

#include "daemon/delivery/signature.hpp"

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace forewarn::outbox {

// The parts of a request that matter; absent headers are empty.
struct webhook_request {
  std::string id, timestamp, signature, body;
};

struct reception {
  unsigned status = 200; // what to answer: 200, 401 not verified, 400 not a message, 500 failed on purpose
  std::string why;       // not verified, or not a message; empty otherwise
  bool verified = false;
  bool repeat = false;      // this webhook-id was verified before
  bool settled_now = false; // the first time that this message was verified and answered with 2xx
  std::string shown;        // a readable block for the person who watches
  std::string log_line;     // one JSON object, for programs
};

class receiver {
public:
  // `fail_rate` of the verified requests are answered with 500, to try out the sender's retries; same seed, same ones.
  receiver(std::vector<signing_key> keys, double fail_rate, std::uint64_t seed);

  [[nodiscard]] reception take(const webhook_request& got, instant now);

private:
  struct seen {
    int times = 0;
    bool answered = false;
  };
  std::vector<signing_key> keys_;
  double fail_rate_;
  std::mt19937_64 random_;
  std::map<std::string, seen> seen_; // by webhook-id
};

} // namespace forewarn::outbox
