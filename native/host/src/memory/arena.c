/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "memory/arena.h"

#include "base/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define SMALLEST_ARENA ((size_t)1 << 28)
#define NEEDED_SEALS (F_SEAL_SHRINK | F_SEAL_GROW)

static struct arena arena;
static pthread_once_t arena_once = PTHREAD_ONCE_INIT;
static atomic_bool arena_usable;
static atomic_bool in_forked_child;
static char failure[160] = "the arena was not made";

bool nonce_equal(struct arena_nonce a, struct arena_nonce b) {
    return a.word[0] == b.word[0] && a.word[1] == b.word[1];
}

bool random_fill(void *bytes, size_t count) {
    unsigned char *next = bytes;
    while (count > 0) {
        ssize_t got = getrandom(next, count, 0);
        if (got < 0 && errno != EINTR) {
            return false;
        }
        if (got > 0) {
            next += got;
            count -= (size_t)got;
        }
    }
    return true;
}

/* A child has neither the mapping (MADV_DONTFORK) nor the threads: every call there must fail, not
 * crash. */
static void mark_child(void) {
    atomic_store(&in_forked_child, true);
    atomic_store(&arena_usable, false);
}

static bool fail(const char *what) {
    snprintf(failure, sizeof failure, "%s failed: %s", what, strerror(errno));
    if (arena.base != NULL) {
        munmap(arena.base, arena.bytes);
        arena.base = NULL;
    }
    if (arena.fd >= 0) {
        close(arena.fd);
        arena.fd = -1;
    }
    return false;
}

/* A file beyond RLIMIT_FSIZE would raise SIGXFSZ, not an error. */
static size_t largest_file(size_t wanted) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
        limit.rlim_cur < wanted) {
        return (size_t)limit.rlim_cur / 4096 * 4096;
    }
    return wanted;
}

static bool map_file(size_t bytes) {
    if (ftruncate(arena.fd, (off_t)bytes) != 0) {
        return false;
    }
    void *base = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, arena.fd, 0);
    if (base == MAP_FAILED) {
        return false;
    }
    arena.base = base;
    arena.bytes = bytes;
    return true;
}

static bool make_header(void) {
    if (fallocate(arena.fd, 0, 0, ARENA_HEADER_BYTES) != 0) {
        return fail("fallocate of the arena's header");
    }
    struct arena_header *header = (struct arena_header *)(void *)arena.base;
    if (!random_fill(&header->nonce, sizeof header->nonce)) {
        return fail("getrandom");
    }
    header->layout = ARENA_LAYOUT;
    header->pid = getpid();
    header->bytes = arena.bytes;
    header->magic = ARENA_MAGIC;
    arena.header = header;
    return true;
}

static bool make(void) {
    arena.fd = memfd_create("convoy", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (arena.fd < 0) {
        return fail("memfd_create");
    }
    size_t bytes = largest_file(settings_get()->arena_bytes);
    while (!map_file(bytes)) {
        bytes /= 2;
        if (bytes < SMALLEST_ARENA) {
            return fail("mapping an arena of 256 MiB or more");
        }
    }
    if (fcntl(arena.fd, F_ADD_SEALS, NEEDED_SEALS | F_SEAL_SEAL) != 0) {
        return fail("sealing the arena");
    }
    madvise(arena.base, arena.bytes, MADV_DONTDUMP);
    if (madvise(arena.base, arena.bytes, MADV_DONTFORK) != 0) {
        return fail("madvise(MADV_DONTFORK)");
    }
    return make_header();
}

static void make_once(void) {
    arena.fd = -1;
    if (make() && pthread_atfork(NULL, NULL, mark_child) == 0) {
        atomic_store(&arena_usable, true);
    }
}

struct arena *arena_get(void) {
    if (atomic_load_explicit(&arena_usable, memory_order_acquire)) {
        return &arena;
    }
    if (atomic_load(&in_forked_child)) {
        return NULL;
    }
    pthread_once(&arena_once, make_once);
    return atomic_load(&arena_usable) ? &arena : NULL;
}

const char *arena_failure(void) {
    return atomic_load(&in_forked_child)
               ? "a process forked after its first runtime call cannot use the runtime: start "
                 "ranks with fork and exec"
               : failure;
}

int arena_open_reader(void) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", arena.fd);
    return open(path, O_RDONLY | O_CLOEXEC);
}

bool arena_fd_is_sound(int fd, uint64_t bytes) {
    struct stat info;
    int seals = fcntl(fd, F_GET_SEALS);
    return seals >= 0 && (seals & NEEDED_SEALS) == NEEDED_SEALS && fstat(fd, &info) == 0 &&
           info.st_size >= (off_t)ARENA_HEADER_BYTES && (uint64_t)info.st_size == bytes;
}
