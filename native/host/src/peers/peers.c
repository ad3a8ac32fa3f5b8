/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "peers/peers.h"

#include "peers/unmapper.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct peer_process *mapped;
static atomic_uint mapped_count;

static void list_locked(struct peer_process *peer) {
    peer->references = 1;
    peer->next = mapped;
    mapped = peer;
    atomic_fetch_add(&mapped_count, 1);
}

static struct peer_process *find_locked(struct arena_nonce nonce) {
    for (struct peer_process *peer = mapped; peer != NULL; peer = peer->next) {
        if (nonce_equal(peer->nonce, nonce)) {
            peer->references++;
            return peer;
        }
    }
    struct peer_process *kept = unmapper_take(nonce);
    if (kept != NULL) {
        list_locked(kept);
    }
    return kept;
}

struct peer_process *peers_find(struct arena_nonce nonce) {
    pthread_mutex_lock(&lock);
    struct peer_process *peer = find_locked(nonce);
    pthread_mutex_unlock(&lock);
    return peer;
}

static bool map_arena(struct peer_process *peer, int arena_fd, const char **why) {
    if (!arena_fd_is_sound(arena_fd, peer->bytes)) {
        *why = "a peer's arena is not a sealed memory file of the announced size";
        return false;
    }
    void *base = mmap(NULL, peer->bytes, PROT_READ, MAP_SHARED | MAP_NORESERVE, arena_fd, 0);
    if (base == MAP_FAILED) {
        *why = "a peer's arena could not be mapped (address space or memory limit?)";
        return false;
    }
    madvise(base, peer->bytes, MADV_DONTDUMP);
    madvise(base, peer->bytes, MADV_DONTFORK);
    peer->base = base;
    peer->header = base;
    if (peer->header->magic != ARENA_MAGIC || peer->header->layout != ARENA_LAYOUT ||
        !nonce_equal(peer->header->nonce, peer->nonce) || peer->header->pid != peer->pid) {
        *why = "a peer's arena has another layout (ranks must load the same library version)";
        return false;
    }
    return true;
}

struct peer_process *peers_map(struct arena_nonce nonce, int32_t pid, uint64_t bytes, int arena_fd,
                               int pidfd, unsigned life_index, const char **why) {
    struct peer_process *peer = calloc(1, sizeof *peer);
    if (peer == NULL) {
        *why = "out of memory";
        return NULL;
    }
    *peer = (struct peer_process){.nonce = nonce,
                                  .pid = pid,
                                  .bytes = bytes,
                                  .pidfd = fcntl(pidfd, F_DUPFD_CLOEXEC, 0),
                                  .life_index = life_index % ARENA_LIFE_WORDS};
    if (peer->pidfd < 0 || !map_arena(peer, arena_fd, why)) {
        if (peer->pidfd < 0) {
            *why = "a peer's pidfd could not be kept (descriptor limit?)";
        }
        unmapper_unmap(peer);
        return NULL;
    }
    peer->life_word = atomic_load(&peer->header->life[peer->life_index].word);
    if ((peer->life_word & FUTEX_OWNER_DIED) != 0) {
        peer->life_word = 0; /* died already: the pidfd tells */
    }
    pthread_mutex_lock(&lock);
    struct peer_process *other = find_locked(nonce);
    if (other == NULL) {
        list_locked(peer);
    }
    pthread_mutex_unlock(&lock);
    if (other != NULL) { /* another communicator's thread was faster */
        unmapper_unmap(peer);
        return other;
    }
    return peer;
}

void peers_release(struct peer_process *peer) {
    pthread_mutex_lock(&lock);
    bool last = --peer->references == 0;
    if (last) {
        struct peer_process **link = &mapped;
        while (*link != peer) {
            link = &(*link)->next;
        }
        *link = peer->next;
        atomic_fetch_sub(&mapped_count, 1);
    }
    pthread_mutex_unlock(&lock);
    if (last) {
        unmapper_put(peer);
    }
}

unsigned peers_bells(struct futex_word *words, unsigned capacity) {
    unsigned count = 0;
    pthread_mutex_lock(&lock);
    for (struct peer_process *peer = mapped; peer != NULL && count < capacity; peer = peer->next) {
        words[count].address = &peer->header->bell;
        words[count].expected = atomic_load(&peer->header->bell);
        count++;
    }
    pthread_mutex_unlock(&lock);
    return count;
}

unsigned peers_put_bells(struct futex_word *words, unsigned capacity) {
    unsigned count = 0;
    pthread_mutex_lock(&lock);
    for (struct peer_process *peer = mapped; peer != NULL && count < capacity; peer = peer->next) {
        words[count].address = &peer->header->put_bell;
        words[count].expected = atomic_load(&peer->header->put_bell);
        count++;
    }
    pthread_mutex_unlock(&lock);
    return count;
}

unsigned peers_count(void) {
    return atomic_load(&mapped_count);
}

unsigned peers_life_words(struct futex_word *words, unsigned capacity) {
    unsigned count = 0;
    pthread_mutex_lock(&lock);
    for (struct peer_process *peer = mapped; peer != NULL && count < capacity; peer = peer->next) {
        if (peer->life_word != 0 && !atomic_load(&peer->dead)) {
            words[count].address = &peer->header->life[peer->life_index].word;
            words[count].expected = peer->life_word;
            count++;
        }
    }
    pthread_mutex_unlock(&lock);
    return count;
}

static bool has_died(const struct peer_process *peer) {
    if (peer->life_word != 0 &&
        (atomic_load(&peer->header->life[peer->life_index].word) & FUTEX_OWNER_DIED) != 0) {
        return true;
    }
    struct pollfd end = {.fd = peer->pidfd, .events = POLLIN};
    return poll(&end, 1, 0) > 0 && (end.revents & POLLIN) != 0;
}

bool peers_mark_dead(void) {
    bool any = false;
    pthread_mutex_lock(&lock);
    for (struct peer_process *peer = mapped; peer != NULL; peer = peer->next) {
        if (!atomic_load(&peer->dead) && has_died(peer)) {
            atomic_store(&peer->dead, true);
            any = true;
        }
    }
    pthread_mutex_unlock(&lock);
    return any;
}
