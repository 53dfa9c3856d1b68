#pragma once
#include <stddef.h>
#include <stdint.h>

/// Asks for the cache line of an address, without waiting.
static inline void beckon_prefetch(const void *_Nullable address) { __builtin_prefetch(address); }

/// Memory of at least 2 MiB at a multiple of it, in huge pages where the kernel gives them: a person's record is then a
/// cache miss and no miss of the page table besides. Contents undefined. Ends the process where there is no memory.
void *_Nonnull beckon_huge_allocate(size_t bytes);
/// The same alignment in ordinary pages, which take memory only where they are touched.
void *_Nonnull beckon_aligned_allocate(size_t bytes);
void beckon_aligned_free(void *_Nonnull);

/// The record that a thread is applying, in memory that outlives the process.
struct beckon_mark {
  volatile int64_t offset;
  /// The place of its input; −1 while no record is being applied.
  volatile int32_t input;
  /// The record in which the process crashed last, and how often in a row.
  int32_t crashed_input;
  int64_t crashed_offset;
  int64_t crash_count;
};

/// Volatile: the compiler may not take a mark for superfluous because the next thing is a crash.
static inline void beckon_mark_set(struct beckon_mark *_Nonnull mark, int32_t input, int64_t offset) {
  mark->offset = offset;
  mark->input = input;
}
