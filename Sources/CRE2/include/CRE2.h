#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A compiled regular expression of RE2. Never changes once compiled: many threads may match with it.
typedef struct beckon_pattern beckon_pattern;

/// Compiles UTF-8 in RE2's syntax, its program and automata within `bytes_max`. NULL when it is none or too large; the
/// reason is then in `error`, cut to `error_bytes` with its closing zero.
beckon_pattern *_Nullable beckon_pattern_compile(const char *_Nonnull text, size_t length, int64_t bytes_max,
                                                 char *_Nonnull error, size_t error_bytes);
void beckon_pattern_destroy(beckon_pattern *_Nonnull);

/// Whether any part of the text matches. Linear in its length.
bool beckon_pattern_matches(const beckon_pattern *_Nonnull, const char *_Nonnull text, size_t length);

/// How many instructions the pattern has; matching takes at most so many steps a byte.
int beckon_pattern_size(const beckon_pattern *_Nonnull);

#ifdef __cplusplus
}
#endif
