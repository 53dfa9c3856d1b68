#define _GNU_SOURCE
#include "CCrash.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT, SIGSYS};
enum { crash_count = sizeof crashes / sizeof crashes[0], stack_bytes = 64 << 10 };

static __thread struct beckon_mark *current;
static struct sigaction before[NSIG];
static pthread_once_t once = PTHREAD_ONCE_INIT;

struct beckon_mark *beckon_mark_open(const char *path) {
  int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return NULL;
  // Allocated, not only as long: a write to a page that a full disk has no block for would end the process.
  int failure = posix_fallocate(file, 0, sizeof(struct beckon_mark));
  void *page = MAP_FAILED;
  if (!failure) {
    page = mmap(NULL, sizeof(struct beckon_mark), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    failure = errno;
  }
  close(file);
  if (page == MAP_FAILED) {
    errno = failure;
    return NULL;
  }
  return page;
}

void beckon_mark_close(struct beckon_mark *mark) { munmap(mark, sizeof *mark); }

void beckon_crash_enter(struct beckon_mark *mark) { current = mark; }

static void note(int number, siginfo_t *info, void *context) {
  (void)context;
  struct beckon_mark *mark = current;
  if (mark && mark->input >= 0) {
    if (mark->crashed_input != mark->input || mark->crashed_offset != mark->offset) mark->crash_count = 0;
    mark->crashed_input = mark->input;
    mark->crashed_offset = mark->offset;
    mark->crash_count++;
  }
  current = NULL;
  sigaction(number, &before[number], NULL);
  // What the thread did itself it does again. What was sent has to be sent again.
  if (info->si_code <= 0) raise(number);
}

static void install(void) {
  struct sigaction action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  sigemptyset(&action.sa_mask);
  for (int index = 0; index < crash_count; index++) sigaction(crashes[index], &action, &before[crashes[index]]);
}

void beckon_crash_watch(void) { pthread_once(&once, install); }

void beckon_crash_watch_thread(void) {
  static __thread char stack[stack_bytes] __attribute__((aligned(16)));
  stack_t alternate = {.ss_sp = stack, .ss_size = stack_bytes};
  sigaltstack(&alternate, NULL);
}
