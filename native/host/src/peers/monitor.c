/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "peers/monitor.h"

#include "base/thread.h"
#include "comm/comm.h"
#include "memory/arena.h"
#include "peers/peers.h"
#include "progress/futex.h"

#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A sleeper that the kernel did not wake (two on one word) finds out this much later. */
#define TICK_NANOS 5000000u
#define IDLE_NANOS 1000000000u

/* The same stride as the words in the arena: the kernel finds word i at node i plus one constant
 * offset. */
struct robust_node {
    struct robust_list entry;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Atomic uint32_t control; /* bumped to make the thread look at the registry again */
static _Atomic uint32_t armed;   /* 0 not yet, 1 armed, 2 failed */
static struct robust_node nodes[ARENA_LIFE_WORDS];
static struct robust_list_head head;

_Static_assert(sizeof(struct robust_node) == sizeof(((struct arena_header *)0)->life[0]),
               "nodes and words must have one stride");

static bool arm(struct arena_header *header) {
    uint32_t value = ((uint32_t)gettid() & FUTEX_TID_MASK) | FUTEX_WAITERS;
    for (unsigned i = 0; i < ARENA_LIFE_WORDS; i++) {
        nodes[i].entry.next = i + 1 < ARENA_LIFE_WORDS ? &nodes[i + 1].entry : &head.list;
        atomic_store(&header->life[i].word, value);
    }
    head.list.next = &nodes[0].entry;
    head.futex_offset = (long)((uintptr_t)&header->life[0].word - (uintptr_t)&nodes[0].entry);
    head.list_op_pending = NULL;
    return syscall(SYS_set_robust_list, &head, sizeof head) == 0;
}

static void wait_for_death(void) {
    struct futex_word words[FUTEX_WORDS_MAX];
    words[0].address = &control;
    words[0].expected = atomic_load(&control);
    unsigned count = 1 + peers_life_words(words + 1, FUTEX_WORDS_MAX - 1);
    futex_wait(words, count, peers_count() > 0 ? TICK_NANOS : IDLE_NANOS);
}

static void *run(void *unused) {
    (void)unused;
    bool good = arm(arena_get()->header);
    atomic_store(&armed, good ? 1 : 2);
    futex_wake_all(&armed);
    for (;;) {
        if (peers_mark_dead()) {
            comm_peers_died();
        }
        comm_reap();
        wait_for_death();
    }
    return NULL;
}

static void start_once(void) {
    if (!thread_start_detached("convoy-monitor", run, NULL)) {
        atomic_store(&armed, 2);
    }
}

bool monitor_start(void) {
    pthread_once(&once, start_once);
    struct futex_word word = {.address = &armed, .expected = 0};
    while (atomic_load(&armed) == 0) {
        futex_wait(&word, 1, TICK_NANOS);
    }
    return atomic_load(&armed) == 1;
}

void monitor_watch(void) {
    atomic_fetch_add(&control, 1);
    futex_wake_all(&control);
}
