#include "CRE2.h"

#include <algorithm>
#include <cstring>
#include <re2/re2.h>

struct beckon_pattern {
  RE2 compiled;
  beckon_pattern(re2::StringPiece text, const RE2::Options &options) : compiled(text, options) {}
};

extern "C" {

beckon_pattern *beckon_pattern_compile(const char *text, size_t length, int64_t bytes_max, char *error,
                                       size_t error_bytes) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(bytes_max);
  // Nobody asks for the groups; without them RE2 never leaves its automata for a slower engine.
  options.set_never_capture(true);
  auto *pattern = new beckon_pattern(re2::StringPiece(text, length), options);
  if (pattern->compiled.ok()) return pattern;
  if (error_bytes > 0) {
    auto count = std::min(error_bytes - 1, pattern->compiled.error().size());
    std::memcpy(error, pattern->compiled.error().data(), count);
    error[count] = 0;
  }
  delete pattern;
  return nullptr;
}

void beckon_pattern_destroy(beckon_pattern *pattern) { delete pattern; }

bool beckon_pattern_matches(const beckon_pattern *pattern, const char *text, size_t length) {
  return RE2::PartialMatch(re2::StringPiece(text, length), pattern->compiled);
}

int beckon_pattern_size(const beckon_pattern *pattern) { return pattern->compiled.ProgramSize(); }
}
