/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process's arena: one sparse, sealed memory file that holds its "device" and pinned memory,
 * its communicator pages and, in front, a header that its peers read. Peers map it read-only: each
 * process writes only its own.
 */
#ifndef CONVOY_ARENA_H
#define CONVOY_ARENA_H

#include "base/base.h"

#include <sys/types.h>

#define ARENA_MAGIC 0x31594f564e4f4321u
#define ARENA_LAYOUT 2u
#define ARENA_HEADER_BYTES 65536u
#define ARENA_LIFE_WORDS 256u

struct arena_nonce {
    uint64_t word[2];
};

struct arena_header {
    uint64_t magic;
    uint32_t layout;
    int32_t pid;
    struct arena_nonce nonce;
    uint64_t bytes;
    /* Rung when something was published that a sleeper may wait for: sleepers wait until it
     * changes. */
    alignas(CACHE_LINE) _Atomic uint32_t bell;
    /* How many threads of this process sleep on bells, its own and its peers'. */
    alignas(CACHE_LINE) _Atomic uint32_t sleepers;
    /* The same for puts: rung when this process has posted one; whether its put server sleeps. */
    alignas(CACHE_LINE) _Atomic uint32_t put_bell;
    alignas(CACHE_LINE) _Atomic uint32_t put_sleepers;
    /* Robust futexes held by the monitor thread: the kernel marks and wakes them when the process
     * dies. */
    alignas(CACHE_LINE) struct {
        _Atomic uint32_t word;
        uint32_t unused;
    } life[ARENA_LIFE_WORDS];
};

_Static_assert(sizeof(struct arena_header) <= ARENA_HEADER_BYTES, "header");

struct arena {
    unsigned char *base;
    size_t bytes;
    int fd;
    struct arena_header *header;
};

/* The process's arena, made at the first call; NULL where it could not be made, or in a forked
 * child. */
struct arena *arena_get(void);

/* Why arena_get returned NULL. */
const char *arena_failure(void);

/* A new descriptor of the arena that allows only reading, to be passed to a peer; -1 and errno on
 * failure. */
int arena_open_reader(void);

/* Checks that a descriptor is a memory file that can neither shrink nor grow, of exactly `bytes`.
 */
bool arena_fd_is_sound(int fd, uint64_t bytes);

bool nonce_equal(struct arena_nonce a, struct arena_nonce b);

/* Fills memory from the kernel's random source; false only where that is broken. */
bool random_fill(void *bytes, size_t count);

#endif
