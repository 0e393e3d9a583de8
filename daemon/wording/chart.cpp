// SPDX-License-Identifier: Apache-2.0
// Drawn on white with a frame, so that it reads the same in a light and in a dark mail. Colours differ in lightness as
// well as in hue; the numbers stand above the days that count.
#include "daemon/wording/chart.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <stdexcept>

#include <cairo.h>
#include <fmt/format.h>
#include <openssl/evp.h>

namespace forewarn::wording {
namespace {

struct colour {
  double red, green, blue;
};
constexpr colour paper{1, 1, 1}, ink{0.13, 0.13, 0.13}, quiet{0.55, 0.60, 0.65}, line{0.75, 0.75, 0.75};
constexpr double left = 56, right = 20, top = 46, bottom = 52;
constexpr double text_size = 26;

colour colour_of(level how) {
  if (how == level::red) return {0.72, 0.11, 0.11};
  if (how == level::amber) return {0.70, 0.42, 0.0};
  return {0.10, 0.34, 0.60};
}

struct surface_end {
  void operator()(cairo_surface_t* one) const { cairo_surface_destroy(one); }
};
struct pen_end {
  void operator()(cairo_t* one) const { cairo_destroy(one); }
};
using surface = std::unique_ptr<cairo_surface_t, surface_end>;
using pen = std::unique_ptr<cairo_t, pen_end>;

void use(cairo_t* with, const colour& one) {
  cairo_set_source_rgb(with, one.red, one.green, one.blue);
}

enum class align {
  left,
  centre,
  right
};

void write(cairo_t* with, const std::string& text, double x, double y, align how) {
  cairo_text_extents_t size;
  cairo_text_extents(with, text.c_str(), &size);
  const double shift = how == align::left ? 0 : how == align::centre ? size.x_advance / 2 : size.x_advance;
  cairo_move_to(with, x - shift, y);
  cairo_show_text(with, text.c_str());
}

double highest(const std::vector<counted_day>& days) {
  double out = 1;
  for (const auto& one : days) out = std::max(out, one.count);
  return out;
}

void draw_frame(cairo_t* with, double most) {
  use(with, paper);
  cairo_paint(with);
  use(with, line);
  cairo_set_line_width(with, 2);
  cairo_rectangle(with, 1, 1, chart_width - 2, chart_height - 2);
  cairo_stroke(with);
  cairo_move_to(with, left, top);
  cairo_line_to(with, chart_width - right, top);
  cairo_stroke(with);
  use(with, ink);
  cairo_move_to(with, left, chart_height - bottom);
  cairo_line_to(with, chart_width - right, chart_height - bottom);
  cairo_stroke(with);
  write(with, fmt::format("{:g}", most), left - 10, top + text_size / 3, align::right);
  write(with, "0", left - 10, chart_height - bottom + text_size / 3, align::right);
}

void draw_days(cairo_t* with, const std::vector<counted_day>& days, double most, level how) {
  const double step = (chart_width - left - right) / static_cast<double>(days.size());
  const double tall = chart_height - top - bottom;
  double at = left;
  for (const auto& one : days) {
    const double height = tall * one.count / most;
    use(with, one.of_signal ? colour_of(how) : quiet);
    cairo_rectangle(with, at + step * 0.1, chart_height - bottom - height, step * 0.8, height);
    cairo_fill(with);
    if (one.of_signal && one.count > 0) {
      use(with, ink);
      write(with, fmt::format("{:g}", one.count), at + step / 2, chart_height - bottom - height - 8, align::centre);
    }
    at += step;
  }
  use(with, ink);
  write(with, days.front().day, left, chart_height - 18, align::left);
  write(with, days.back().day, chart_width - right, chart_height - 18, align::right);
}

cairo_status_t append(void* to, const unsigned char* bytes, unsigned int size) {
  auto* out = static_cast<std::string*>(to);
  out->append(reinterpret_cast<const char*>(bytes), size); // NOLINT: the library's idea of bytes
  return CAIRO_STATUS_SUCCESS;
}

std::string base64(const std::string& bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),         // NOLINT
                                     reinterpret_cast<const unsigned char*>(bytes.data()), // NOLINT
                                     static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

std::string range_words(const std::vector<const counted_day*>& days) {
  const auto [least, most] =
      std::minmax_element(days.begin(), days.end(), [](const auto* a, const auto* b) { return a->count < b->count; });
  if ((*least)->count == (*most)->count) return fmt::format("{:g}", (*most)->count);
  return fmt::format("{:g} to {:g}", (*least)->count, (*most)->count);
}

} // namespace

std::string chart_words(const std::vector<counted_day>& days) {
  std::vector<const counted_day*> before, now;
  for (const auto& one : days) (one.of_signal ? now : before).push_back(&one);
  std::string out = "Records that fit, a day: ";
  if (!before.empty())
    out += fmt::format("{} from {} to {}", range_words(before), before.front()->day, before.back()->day);
  std::string marked;
  for (const auto* one : now)
    if (one->count > 0) marked += fmt::format("{}{:g} on {}", marked.empty() ? "" : ", ", one->count, one->day);
  if (!marked.empty()) out += (before.empty() ? "" : "; then ") + marked;
  return out + ".";
}

std::string chart_png(const std::vector<counted_day>& days, level how) {
  const surface sheet{cairo_image_surface_create(CAIRO_FORMAT_RGB24, chart_width, chart_height)};
  const pen with{cairo_create(sheet.get())};
  cairo_select_font_face(with.get(), "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(with.get(), text_size);
  const auto most = highest(days);
  draw_frame(with.get(), most);
  draw_days(with.get(), days, most, how);
  std::string out;
  const auto status = cairo_surface_write_to_png_stream(sheet.get(), append, &out);
  if (status != CAIRO_STATUS_SUCCESS)
    throw std::runtime_error(fmt::format("the chart could not be drawn: {}", cairo_status_to_string(status)));
  return out;
}

std::optional<chart> draw_chart(const std::vector<counted_day>& days, level how) {
  if (days.empty()) return {};
  return chart{"data:image/png;base64," + base64(chart_png(days, how)), chart_words(days)};
}

} // namespace forewarn::wording
