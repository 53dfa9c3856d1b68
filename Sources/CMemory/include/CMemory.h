#pragma once
#include <stddef.h>

/// Asks for the cache line of an address, without waiting.
static inline void beckon_prefetch(const void *_Nullable address) { __builtin_prefetch(address); }

/// Memory of at least 2 MiB at a multiple of it, in huge pages where the kernel gives them: a person's record is then a
/// cache miss and no miss of the page table besides. Contents undefined. Ends the process where there is no memory.
void *_Nonnull beckon_huge_allocate(size_t bytes);
/// The same alignment in ordinary pages, which take memory only where they are touched.
void *_Nonnull beckon_aligned_allocate(size_t bytes);
void beckon_aligned_free(void *_Nonnull);
