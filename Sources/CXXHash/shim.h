#define XXH_INLINE_ALL
#include <xxhash.h>

// xxhash renames its functions with macros, which Swift does not see.
typedef struct {
  uint64_t high, low;
} beckon_hash128_t;

static inline uint64_t beckon_hash64(const void *bytes, size_t count, uint64_t seed) {
  return XXH3_64bits_withSeed(bytes, count, seed);
}

static inline beckon_hash128_t beckon_hash128(const void *bytes, size_t count, uint64_t seed) {
  XXH128_hash_t hash = XXH3_128bits_withSeed(bytes, count, seed);
  return (beckon_hash128_t){hash.high64, hash.low64};
}
