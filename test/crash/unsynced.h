/* What a power cut takes: of the files in the job's folder, the writes that nobody has synced. Each write's place is remembered with what
   stood there before, until a sync of its file that began later has ended well. When the power goes, each file loses the last of its
   unsynced writes, from one that the seed chooses on; of that first one a beginning may be left. A file that is new goes altogether
   unless its folder was synced since. */

#define UNSYNCED_MAX 65536

typedef struct {
  dev_t device;
  ino_t inode;
  uint64_t number;
  off64_t at, old_size;
  size_t length, old_length;
  char *old;
  char *created; /* the path of a new file, whose folder is what `inode` means; else null */
  int file;      /* a descriptor of our own */
} unsynced;

/* Never closed: closing one would give up the locks that SQLite has on that file. */
#define FILES_MAX 256
static struct {
  dev_t device;
  ino_t inode;
  int file;
} files[FILES_MAX];
static size_t file_count;

static unsynced list[UNSYNCED_MAX];
static size_t list_length;
static uint64_t list_number, list_seed;
static char list_folder[PATH_MAX];
static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static __thread int is_writing;

static void path_of(int file, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
  path[length < 0 ? 0 : length] = 0;
}

static void unsynced_begin(const char *job, const char *seed) {
  snprintf(list_folder, sizeof list_folder, "%s/", job);
  list_seed = seed == NULL ? 1 : strtoull(seed, NULL, 10);
}

/* The index of SQLite's log is shared memory: nobody reads it after a power cut. */
static int is_kept(const char *path) {
  if (list_folder[0] == 0 || strncmp(path, list_folder, strlen(list_folder)) != 0) return 0;
  size_t length = strlen(path);
  return length < 4 || strcmp(path + length - 4, "-shm") != 0;
}

static unsynced *unsynced_add(const struct stat *about) {
  if (list_length == UNSYNCED_MAX) abort();
  unsynced *next = &list[list_length];
  memset(next, 0, sizeof *next);
  next->device = about->st_dev;
  next->inode = about->st_ino;
  next->number = list_number += 1;
  next->file = -1;
  list_length += 1;
  return next;
}

static int own_descriptor(int file, const struct stat *about) {
  for (size_t i = 0; i < file_count; i += 1) {
    if (files[i].device == about->st_dev && files[i].inode == about->st_ino) return files[i].file;
  }
  if (file_count == FILES_MAX) abort();
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  files[file_count].device = about->st_dev;
  files[file_count].inode = about->st_ino;
  files[file_count].file = (int)syscall(SYS_openat, AT_FDCWD, link, O_RDWR | O_CLOEXEC);
  file_count += 1;
  return files[file_count - 1].file;
}

/* Before a write of `length` bytes (at -1: where the file stands), or before a file is cut at `at`, with a length of 0. */
static void unsynced_write(int file, off64_t at, size_t length) {
  char path[PATH_MAX];
  struct stat about;
  is_writing = 0;
  if (list_folder[0] == 0) return;
  path_of(file, path);
  if (!is_kept(path) || fstat(file, &about) != 0) return;
  pthread_mutex_lock(&list_lock);
  is_writing = 1;
  if (at < 0) at = fcntl(file, F_GETFL) & O_APPEND ? about.st_size : lseek64(file, 0, SEEK_CUR);
  unsynced *next = unsynced_add(&about);
  next->at = at;
  next->length = length;
  next->old_size = about.st_size;
  off64_t end = length == 0 ? about.st_size : at + (off64_t)length;
  if (end > about.st_size) end = about.st_size;
  next->old_length = end > at ? (size_t)(end - at) : 0;
  next->file = own_descriptor(file, &about);
  if (next->old_length == 0) return;
  next->old = malloc(next->old_length);
  if (pread64(next->file, next->old, next->old_length, at) != (ssize_t)next->old_length) abort();
}

static void unsynced_written(void) {
  if (is_writing) pthread_mutex_unlock(&list_lock);
  is_writing = 0;
}

static int unsynced_is_new(const char *path) { return is_kept(path) && access(path, F_OK) != 0; }

static void unsynced_created(const char *path) {
  struct stat about;
  char parent[PATH_MAX];
  snprintf(parent, sizeof parent, "%s", path);
  *strrchr(parent, '/') = 0;
  if (stat(parent, &about) != 0) return;
  pthread_mutex_lock(&list_lock);
  unsynced_add(&about)->created = strdup(path);
  pthread_mutex_unlock(&list_lock);
}

static uint64_t unsynced_mark(void) {
  pthread_mutex_lock(&list_lock);
  uint64_t number = list_number;
  pthread_mutex_unlock(&list_lock);
  return number;
}

/* A sync that began when `until` was the last write has ended well. */
static void unsynced_synced(int file, uint64_t until) {
  struct stat about;
  if (list_folder[0] == 0 || fstat(file, &about) != 0) return;
  pthread_mutex_lock(&list_lock);
  size_t left = 0;
  for (size_t i = 0; i < list_length; i += 1) {
    unsynced *each = &list[i];
    if (each->device == about.st_dev && each->inode == about.st_ino && each->number <= until) {
      free(each->old);
      free(each->created);
    } else {
      list[left] = *each;
      left += 1;
    }
  }
  list_length = left;
  pthread_mutex_unlock(&list_lock);
}

static uint64_t chosen(uint64_t number) {
  uint64_t mixed = (number + list_seed) * 0x9e3779b97f4a7c15u;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
  return mixed ^ (mixed >> 31);
}

/* The number of the file's first write that is lost. */
static uint64_t first_lost(const unsynced *of) {
  uint64_t count = 0, lost = 0;
  for (size_t i = 0; i < list_length; i += 1) count += list[i].created == NULL && list[i].inode == of->inode;
  uint64_t which = chosen(of->inode) % (count + 1);
  for (size_t i = 0; i < list_length; i += 1) {
    if (list[i].created != NULL || list[i].inode != of->inode) continue;
    if (lost == which) return list[i].number;
    lost += 1;
  }
  return UINT64_MAX;
}

/* Nobody writes any more: the lock is not given back. */
static void unsynced_lose(void) {
  pthread_mutex_lock(&list_lock);
  for (size_t i = list_length; i > 0; i -= 1) {
    unsynced *each = &list[i - 1];
    if (each->created != NULL) {
      if (chosen(each->number) % 2 == 0) syscall(SYS_unlinkat, AT_FDCWD, each->created, 0);
      continue;
    }
    uint64_t first = first_lost(each);
    if (each->number < first || each->file < 0) continue;
    /* Disks write sectors. */
    size_t left = each->number == first ? (size_t)(chosen(each->number) % (each->length / 512 + 1)) * 512 : 0;
    if (left < each->old_length && syscall(SYS_pwrite64, each->file, each->old + left, each->old_length - left, each->at + left) < 0) abort();
    off64_t end = left == 0 ? 0 : each->at + (off64_t)left;
    syscall(SYS_ftruncate, each->file, end > each->old_size ? end : each->old_size);
  }
}
