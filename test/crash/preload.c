/* Loaded before libc (LD_PRELOAD) into a crawl, this library makes its files misbehave. It is told what to do by its environment:

   CRASH_RULES  a rule a line: ACTION CALL FIRST TIMES PATTERN. From the FIRST call of that kind on a path that matches the pattern (as
                fnmatch(3) reads it), TIMES calls (0: all of them) do ACTION:
                kill-before, kill-after     the process is killed (SIGKILL) beside that call
                power-before, power-after   the same, and writes that were never synced are lost
                short                       half of the bytes are written, and that is what the caller is told
                slow                        30 ms pass first
                a number                    the call fails with that errno
   CRASH_MARK   a file: each time a rule acts, a line is written there before it acts
   CRASH_FOLDER the job's folder: rules are about it and what is in it
   CRASH_SEED   for "power": chooses for each file how many of its last writes are lost
   CRASH_CLOCK  a file of one 64-bit number: milliseconds by which the wall clock is wrong, read at each look at the clock
   CRASH_WIRE   a file: when each HTTP request was written, on the monotonic clock, with its path and host */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "unsynced.h"

#define RULES_MAX 8
#define REAL(name) ((__typeof__(&name))real(#name))

typedef struct {
  char action[16], call[16], pattern[PATH_MAX];
  long first, times;
  long seen;
} rule;

static rule rules[RULES_MAX];
static int rule_count;
static const char *folder;
static int mark = -1, wire = -1;
static volatile const int64_t *shift_ms;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

static int open_log(const char *variable) {
  const char *path = getenv(variable);
  return path == NULL ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0644);
}

__attribute__((constructor)) static void begin(void) {
  folder = getenv("CRASH_FOLDER");
  const char *text = folder == NULL ? NULL : getenv("CRASH_RULES");
  while (text != NULL && *text != 0 && rule_count < RULES_MAX) {
    rule *next = &rules[rule_count];
    if (sscanf(text, "%15s %15s %ld %ld %4095[^\n]", next->action, next->call, &next->first, &next->times, next->pattern) == 5) {
      rule_count += 1;
      if (strncmp(next->action, "power", 5) == 0) unsynced_begin(folder, getenv("CRASH_SEED"));
    }
    text = strchr(text, '\n');
    if (text != NULL) text += 1;
  }
  mark = open_log("CRASH_MARK");
  wire = open_log("CRASH_WIRE");
  const char *path = getenv("CRASH_CLOCK");
  int file = path == NULL ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  void *map = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
  if (map != MAP_FAILED) shift_ms = map;
  syscall(SYS_close, file);
}

static int64_t monotonic_us(void) {
  struct timespec now;
  syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void note(int file, const char *what, const char *path) {
  char line[PATH_MAX + 64];
  int length = snprintf(line, sizeof line, "%lld %s %s\n", (long long)monotonic_us(), what, path);
  if (syscall(SYS_write, file, line, length) == length && file == mark) syscall(SYS_fdatasync, file);
}

static void die(const rule *found, const char *when) {
  const char *dash = strchr(found->action, '-');
  if (dash == NULL || strcmp(dash + 1, when) != 0) return;
  if (found->action[0] == 'p') unsynced_lose();
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

/* The rule that this call falls under; what must happen before it has happened by then. */
static const rule *ruled(const char *call, const char *path) {
  const rule *found = NULL;
  if (rule_count == 0 || strncmp(path, folder, strlen(folder)) != 0) return NULL;
  pthread_mutex_lock(&lock);
  for (int i = 0; i < rule_count && found == NULL; i += 1) {
    rule *each = &rules[i];
    if (strcmp(each->call, call) != 0 || fnmatch(each->pattern, path, 0) != 0) continue;
    each->seen += 1;
    if (each->seen < each->first || (each->times > 0 && each->seen >= each->first + each->times)) continue;
    found = each;
  }
  if (found != NULL) {
    char what[48];
    snprintf(what, sizeof what, "%s %s", found->action, call);
    note(mark, what, path);
    die(found, "before");
  }
  pthread_mutex_unlock(&lock);
  if (found != NULL && strcmp(found->action, "slow") == 0) usleep(30000);
  return found;
}

static const rule *ruled_file(const char *call, int file) {
  if (rule_count == 0) return NULL;
  char path[PATH_MAX];
  path_of(file, path);
  return ruled(call, path);
}

/* True where the call fails, with errno set. */
static int fails(const rule *found) {
  if (found == NULL || found->action[0] < '0' || found->action[0] > '9') return 0;
  errno = atoi(found->action);
  return 1;
}

static size_t length_of(const rule *found, size_t length) {
  return found != NULL && strcmp(found->action, "short") == 0 && length > 1 ? length / 2 : length;
}

static void after(const rule *found) {
  if (found != NULL) die(found, "after");
}

/* Does the call by the rules: `does` is the call itself. */
#define BY_THE_RULES(found, does)        \
  const rule *by = found;                \
  if (fails(by)) return -1;              \
  __typeof__(does) result = does;        \
  int kept = errno;                      \
  after(by);                             \
  errno = kept;                          \
  return result

static ssize_t written_at(int file, const void *bytes, size_t length, off64_t at) {
  unsynced_write(file, at, length);
  ssize_t result = at < 0 ? REAL(write)(file, bytes, length) : REAL(pwrite64)(file, bytes, length, at);
  unsynced_written();
  return result;
}

static int synced(int file, int (*sync)(int)) {
  uint64_t before = unsynced_mark();
  int result = sync(file);
  if (result == 0) unsynced_synced(file, before);
  return result;
}

static void note_request(const void *bytes, size_t length) {
  if (wire < 0 || length < 5 || memcmp(bytes, "GET /", 5) != 0) return;
  char path[PATH_MAX];
  size_t end = 0;
  for (const char *from = (const char *)bytes + 4; end < length - 4 && end < sizeof path - 1 && from[end] > ' '; end += 1) path[end] = from[end];
  const char *host = memmem(bytes, length, "\r\nHost: ", 8);
  if (host != NULL && end < sizeof path - 1) {
    path[end++] = ' ';
    const char *last = (const char *)bytes + length;
    for (const char *from = host + 8; from < last && end < sizeof path - 1 && *from > ' '; from += 1) path[end++] = *from;
  }
  path[end] = 0;
  note(wire, "GET", path);
}

ssize_t write(int file, const void *bytes, size_t length) {
  note_request(bytes, length);
  const rule *by_rule = ruled_file("write", file);
  BY_THE_RULES(by_rule, written_at(file, bytes, length_of(by_rule, length), -1));
}

ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t at) {
  const rule *by_rule = ruled_file("write", file);
  BY_THE_RULES(by_rule, written_at(file, bytes, length_of(by_rule, length), at));
}

ssize_t writev(int file, const struct iovec *pieces, int count) {
  if (count > 0) note_request(pieces[0].iov_base, pieces[0].iov_len);
  BY_THE_RULES(ruled_file("write", file), REAL(writev)(file, pieces, count));
}

int fsync(int file) { BY_THE_RULES(ruled_file("sync", file), synced(file, REAL(fsync))); }

int fdatasync(int file) { BY_THE_RULES(ruled_file("sync", file), synced(file, REAL(fdatasync))); }

int ftruncate64(int file, off64_t length) {
  const rule *by_rule = ruled_file("truncate", file);
  if (!fails(by_rule)) unsynced_write(file, length, 0);
  else return -1;
  int result = REAL(ftruncate64)(file, length);
  unsynced_written();
  int kept = errno;
  after(by_rule);
  errno = kept;
  return result;
}

static int opened(int parent, const char *path, int flags, mode_t mode) {
  const rule *by_rule = ruled(flags & O_CREAT ? "create" : "open", path);
  if (fails(by_rule)) return -1;
  int is_new = (flags & O_CREAT) != 0 && unsynced_is_new(path);
  int result = REAL(openat64)(parent, path, flags, mode);
  int kept = errno;
  if (result >= 0 && is_new) unsynced_created(path);
  after(by_rule);
  errno = kept;
  return result;
}

#define MODE(flags)                            \
  mode_t mode = 0;                             \
  if ((flags) & (O_CREAT | O_TMPFILE)) {       \
    va_list rest;                              \
    va_start(rest, flags);                     \
    mode = va_arg(rest, mode_t);               \
    va_end(rest);                              \
  }

int open(const char *path, int flags, ...) {
  MODE(flags)
  return opened(AT_FDCWD, path, flags, mode);
}
int open64(const char *path, int flags, ...) {
  MODE(flags)
  return opened(AT_FDCWD, path, flags, mode);
}
int openat(int parent, const char *path, int flags, ...) {
  MODE(flags)
  return opened(parent, path, flags, mode);
}
int openat64(int parent, const char *path, int flags, ...) {
  MODE(flags)
  return opened(parent, path, flags, mode);
}

int rename(const char *from, const char *to) { BY_THE_RULES(ruled("rename", to), REAL(rename)(from, to)); }
int unlink(const char *path) { BY_THE_RULES(ruled("unlink", path), REAL(unlink)(path)); }
/* What node's rmSync comes to. */
int remove(const char *path) { BY_THE_RULES(ruled("unlink", path), REAL(remove)(path)); }
int mkdir(const char *path, mode_t mode) { BY_THE_RULES(ruled("mkdir", path), REAL(mkdir)(path, mode)); }

/* --- the wall clock --- */

static int64_t shift(void) { return shift_ms == NULL ? 0 : *shift_ms; }

int clock_gettime(clockid_t clock, struct timespec *now) {
  int result = (int)syscall(SYS_clock_gettime, clock, now);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += shift() / 1000;
  return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  struct timespec exact;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &exact);
  now->tv_sec = exact.tv_sec;
  now->tv_usec = exact.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *into) {
  struct timespec exact;
  clock_gettime(CLOCK_REALTIME, &exact);
  if (into != NULL) *into = exact.tv_sec;
  return exact.tv_sec;
}
