#pragma once
#include "CMemory.h"

/// A mark on a page of the file, which is made if it is not there; NULL (and errno) where that is not possible.
struct beckon_mark *_Nullable beckon_mark_open(const char *_Nonnull path);
void beckon_mark_close(struct beckon_mark *_Nonnull mark);

/// From now on a signal that ends the process because of what a thread does (a trap, a bad address, an abort) first notes
/// the record that this thread's mark names. Handlers that were there before come next.
void beckon_crash_watch(void);
/// Gives the calling thread a stack for that, so that a stack that has overflowed is noted too. Once a thread.
void beckon_crash_watch_thread(void);
/// The mark of what the calling thread does; NULL: nothing that would be noted.
void beckon_crash_enter(struct beckon_mark *_Nullable mark);
