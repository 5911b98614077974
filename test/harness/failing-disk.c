/*
 * Loaded before libc (LD_PRELOAD): every write to a file whose path contains $FAILING_DISK_PATH fails with the error number in the
 * file $FAILING_DISK_SWITCH, as long as that exists.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int failure_at(const char *path) {
  const char *wanted = getenv("FAILING_DISK_PATH"), *name = getenv("FAILING_DISK_SWITCH");
  if (wanted == NULL || name == NULL || strstr(path, wanted) == NULL) return 0;
  FILE *file = fopen(name, "r");
  int number = 0;
  if (file != NULL) {
    if (fscanf(file, "%d", &number) != 1) number = 0;
    fclose(file);
  }
  return number;
}

static int failure(int descriptor) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return failure_at(path);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define FAIL(descriptor)                   \
  do {                                     \
    int number = failure(descriptor);      \
    if (number != 0) {                     \
      errno = number;                      \
      return -1;                           \
    }                                      \
  } while (0)

ssize_t write(int descriptor, const void *bytes, size_t count) {
  FAIL(descriptor);
  return NEXT(write)(descriptor, bytes, count);
}
ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t at) {
  FAIL(descriptor);
  return NEXT(pwrite)(descriptor, bytes, count, at);
}
ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t at) {
  FAIL(descriptor);
  return NEXT(pwrite64)(descriptor, bytes, count, at);
}
int fsync(int descriptor) {
  FAIL(descriptor);
  return NEXT(fsync)(descriptor);
}
int fdatasync(int descriptor) {
  FAIL(descriptor);
  return NEXT(fdatasync)(descriptor);
}
int ftruncate(int descriptor, off_t size) {
  FAIL(descriptor);
  return NEXT(ftruncate)(descriptor, size);
}
int ftruncate64(int descriptor, off64_t size) {
  FAIL(descriptor);
  return NEXT(ftruncate64)(descriptor, size);
}

/* A read-only file system is reported before anything is written. */
int access(const char *path, int mode) {
  if ((mode & W_OK) != 0 && failure_at(path) == EROFS) {
    errno = EROFS;
    return -1;
  }
  return NEXT(access)(path, mode);
}
