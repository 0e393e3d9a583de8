// SPDX-License-Identifier: Apache-2.0
// A program started by a test, its standard output read line by line, ended with the test.
#pragma once

#include <csignal>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace forewarn::test {

class child_process {
public:
  explicit child_process(std::vector<std::string> words) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error{"no pipe"};
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::close(ends[0]);
      ::close(ends[1]);
      std::vector<char*> arguments;
      for (auto& word : words) arguments.push_back(word.data());
      arguments.push_back(nullptr);
      ::execvp(arguments.front(), arguments.data());
      ::_exit(127);
    }
    ::close(ends[1]);
    out_ = ends[0];
  }
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;
  ~child_process() {
    ::close(out_);
    if (child_ > 0) {
      ::kill(child_, SIGTERM);
      ::waitpid(child_, nullptr, 0);
    }
  }

  // Without its end; empty at the end of the output.
  [[nodiscard]] std::string line() const {
    std::string text;
    for (char c = 0; ::read(out_, &c, 1) == 1 && c != '\n';) text += c;
    return text;
  }
  // All that is left, and waits for the program to end by itself.
  [[nodiscard]] std::string rest() const {
    std::string text;
    for (char c = 0; ::read(out_, &c, 1) == 1;) text += c;
    return text;
  }

private:
  pid_t child_ = -1;
  int out_ = -1;
};

} // namespace forewarn::test
