// SPDX-License-Identifier: Apache-2.0
// Runs one fuzzer over the files it is given, or over those of a folder, without libFuzzer: what once broke it must not
// break it again, in every test run and under every sanitizer.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int count, char** words) {
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < count; ++i) {
    if (!std::filesystem::is_directory(words[i]))
      files.emplace_back(words[i]);
    else
      for (const auto& entry : std::filesystem::directory_iterator{words[i]}) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    std::ifstream in{file, std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
    std::printf("%s\n", file.filename().c_str());
    std::fflush(stdout); // the last line names the file that breaks
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  }
  if (files.empty()) std::fprintf(stderr, "no seeds: give files, or a folder of them\n");
  return files.empty() ? 1 : 0;
}
