#define _GNU_SOURCE
#include "CMemory.h"

#include <stdlib.h>
#include <sys/mman.h>

static const size_t huge_page = 2 << 20;

static size_t rounded(size_t bytes) { return (bytes + huge_page - 1) / huge_page * huge_page; }

void *beckon_aligned_allocate(size_t bytes) {
  void *memory = aligned_alloc(huge_page, rounded(bytes));
  if (!memory) abort();
  return memory;
}

void *beckon_huge_allocate(size_t bytes) {
  void *memory = beckon_aligned_allocate(bytes);
  // Advice: a kernel without huge pages says no, and the memory is as good.
  (void)madvise(memory, rounded(bytes), MADV_HUGEPAGE);
  return memory;
}

void beckon_aligned_free(void *memory) { free(memory); }
