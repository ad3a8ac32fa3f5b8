/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "peers/unmapper.h"

#include "base/thread.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define KEPT_NANOS 1000000000u
/* The memory of a dead peer is wanted back, but not by taking a CPU from those who recover. */
#define KEPT_OF_DEAD_NANOS 150000000u
/* Others of the process map and unmap in between. Memory is used from the front. */
#define FIRST_PIECE ((size_t)256 << 20)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool running;
static struct peer_process *waiting;

void unmapper_unmap(struct peer_process *peer) {
    unsigned char *base = (unsigned char *)(uintptr_t)peer->base;
    size_t piece = FIRST_PIECE;
    for (size_t done = 0; base != NULL && done < peer->bytes; piece = done) {
        size_t bytes = size_min(piece, peer->bytes - done);
        munmap(base + done, bytes);
        done += bytes;
    }
    if (peer->pidfd >= 0) {
        close(peer->pidfd);
    }
    free(peer);
}

static struct peer_process *unlink_at(struct peer_process **link) {
    struct peer_process *peer = *link;
    *link = peer->next;
    peer->next = NULL;
    return peer;
}

/* One whose time has come; else NULL, and in `next` when that will be. */
static struct peer_process *take_due(uint64_t *next) {
    uint64_t now = clock_nanos();
    *next = UINT64_MAX;
    for (struct peer_process **link = &waiting; *link != NULL; link = &(*link)->next) {
        if ((*link)->unmap_at <= now) {
            return unlink_at(link);
        }
        *next = (*link)->unmap_at < *next ? (*link)->unmap_at : *next;
    }
    return NULL;
}

static void wait_until(uint64_t nanos) {
    if (nanos == UINT64_MAX) {
        pthread_cond_wait(&changed, &lock);
    } else {
        struct timespec when = {.tv_sec = (time_t)(nanos / 1000000000u),
                                .tv_nsec = (long)(nanos % 1000000000u)};
        pthread_cond_timedwait(&changed, &lock, &when);
    }
}

static void *run(void *unused) {
    (void)unused;
    pthread_mutex_lock(&lock);
    for (;;) {
        uint64_t next;
        struct peer_process *peer = take_due(&next);
        if (peer == NULL) {
            wait_until(next);
        } else {
            pthread_mutex_unlock(&lock);
            unmapper_unmap(peer);
            pthread_mutex_lock(&lock);
        }
    }
    return NULL;
}

static void start_once(void) {
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    running = thread_start_detached("convoy-unmapper", run, NULL);
}

void unmapper_put(struct peer_process *peer) {
    pthread_once(&once, start_once);
    if (!running) {
        unmapper_unmap(peer);
        return;
    }
    peer->unmap_at = clock_nanos() + (atomic_load(&peer->dead) ? KEPT_OF_DEAD_NANOS : KEPT_NANOS);
    pthread_mutex_lock(&lock);
    peer->next = waiting;
    waiting = peer;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
}

struct peer_process *unmapper_take(struct arena_nonce nonce) {
    struct peer_process *found = NULL;
    pthread_mutex_lock(&lock);
    for (struct peer_process **link = &waiting; *link != NULL; link = &(*link)->next) {
        if (nonce_equal((*link)->nonce, nonce)) {
            found = unlink_at(link);
            break;
        }
    }
    pthread_mutex_unlock(&lock);
    return found;
}
