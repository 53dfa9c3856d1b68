#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A reusable structural indexer over simdjson's first stage. Not thread-safe: one an owner.
typedef struct beckon_json_indexer beckon_json_indexer;

beckon_json_indexer *_Nonnull beckon_json_indexer_create(size_t bytes_max);
void beckon_json_indexer_destroy(beckon_json_indexer *_Nonnull);

/// Validates UTF-8 and quotes, and finds where each structural character, string and scalar of `json` begins.
/// Returns 0 and sets `indexes` and `count`, or simdjson's error code. `indexes` lives until the next call and has
/// at least one readable element behind the last one, equal to `length`.
int beckon_json_index(beckon_json_indexer *_Nonnull, const uint8_t *_Nonnull json, size_t length,
                      const uint32_t *_Nullable *_Nonnull indexes, uint32_t *_Nonnull count);


#ifdef __cplusplus
}
#endif
