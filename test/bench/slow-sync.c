/* Adds 5 ms to each fsync and fdatasync, and counts them in a file named by SLOW_SYNC_COUNT. For LD_PRELOAD on Linux. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void slow(void) {
  struct timespec pause = {0, 5 * 1000 * 1000};
  nanosleep(&pause, NULL);
  const char *file = getenv("SLOW_SYNC_COUNT");
  if (!file) return;
  int count = open(file, O_WRONLY | O_APPEND | O_CREAT, 0600);
  if (count < 0) return;
  if (write(count, ".", 1) < 0) abort();
  close(count);
}

int fsync(int file) {
  slow();
  return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(file);
}

int fdatasync(int file) {
  slow();
  return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(file);
}
