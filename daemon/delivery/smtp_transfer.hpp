// SPDX-License-Identifier: Apache-2.0
// One mail on its way to one server: sets up libcurl for it, listens to the dialogue, and says what came of it for
// each recipient.
#pragma once

#include "daemon/delivery/mailer.hpp"

#include <curl/curl.h>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace forewarn::outbox {

// What the server said, command by command. Pure: fed with the lines of the dialogue.
class smtp_dialogue {
public:
  void sent(std::string_view command); // "RCPT TO:<a@b>"
  void content_sent();
  void heard(std::string_view line); // "250-SIZE" or "550 no such user"

  struct reply {
    int code = 0;
    std::string text; // with the code: "550 5.1.1 no such user"
  };
  [[nodiscard]] const std::map<std::string, reply>& recipients() const { return recipients_; }
  [[nodiscard]] const reply& last() const { return last_; }
  // The last reply is about the mail itself, not about us, our login or TLS.
  [[nodiscard]] bool about_the_mail() const { return about_the_mail_; }
  // The content went out, and the server has said nothing since: nobody knows whether it has the mail.
  [[nodiscard]] bool unanswered() const { return unanswered_; }

private:
  std::string recipient_; // whose reply comes next
  bool about_the_mail_ = false;
  bool unanswered_ = false;
  reply last_;
  std::map<std::string, reply> recipients_;
};

// `failed` empty: the server took the content. `asked`: the recipients of this attempt.
struct smtp_outcome {
  attempt came;
  std::vector<std::string> taken_by; // addresses that have the mail now
};
[[nodiscard]] smtp_outcome conclude(const smtp_dialogue& said, const std::vector<std::string>& asked,
                                    std::string_view failed, bool login_denied);

class smtp_transfer {
public:
  // `handle` keeps its connection from one transfer to the next; `stopping` ends this one soon after it is set.
  smtp_transfer(CURL* handle, const mail_server& by, const mail& what, std::vector<std::string> addresses,
                const std::atomic<bool>& stopping);
  smtp_transfer(const smtp_transfer&) = delete;
  smtp_transfer& operator=(const smtp_transfer&) = delete;
  ~smtp_transfer();

  [[nodiscard]] smtp_outcome perform();

private:
  struct free_list {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };
  static std::size_t read(char* buffer, std::size_t size, std::size_t count, void* self);
  static int listen(CURL* handle, curl_infotype kind, char* data, std::size_t size, void* self);
  static int go_on(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

  CURL* handle_;
  const std::atomic<bool>& stopping_;
  std::vector<std::string> addresses_;
  std::string text_;
  std::size_t read_ = 0;
  smtp_dialogue dialogue_;
  std::string error_;
  std::unique_ptr<curl_slist, free_list> recipients_;
};

} // namespace forewarn::outbox
