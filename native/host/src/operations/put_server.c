/* SPDX-License-Identifier: Apache-2.0 */
#include "operations/put_server.h"

#include "base/thread.h"
#include "operations/one_sided.h"
#include "operations/put_bell.h"
#include "peers/peers.h"
#include "progress/futex.h"

#include <pthread.h>

/* A publisher may die between its store and its wake. */
#define SLEEP_NANOS 5000000u
#define IDLE_NANOS 1000000000u
/* Another thread holds the communicator for a slice. */
#define BUSY_NANOS 50000u

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool started;
static atomic_bool disabled;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct ncclComm *served; /* each with a reference */

/* With a reference; NULL behind the last. */
static struct ncclComm *served_at(unsigned index) {
    pthread_mutex_lock(&lock);
    struct ncclComm *comm = served;
    while (comm != NULL && index > 0) {
        comm = comm->next_served;
        index--;
    }
    if (comm != NULL) {
        comm_retain(comm);
    }
    pthread_mutex_unlock(&lock);
    return comm;
}

static void forget(struct ncclComm *comm) {
    pthread_mutex_lock(&lock);
    struct ncclComm **link = &served;
    while (*link != comm) {
        link = &(*link)->next_served;
    }
    *link = comm->next_served;
    pthread_mutex_unlock(&lock);
    comm_release(comm);
}

enum served { SERVED_NOTHING, SERVED_BUSY, SERVED_SOME, SERVED_ENDED };

static enum served serve(struct ncclComm *comm) {
    if (pthread_mutex_trylock(&comm->lock) != 0) {
        return SERVED_BUSY;
    }
    enum served result = SERVED_ENDED;
    if (comm->page != NULL && !comm->destroyed && !atomic_load(&comm->aborted)) {
        result = one_sided_serve(comm) ? SERVED_SOME : SERVED_NOTHING;
    }
    pthread_mutex_unlock(&comm->lock);
    return result;
}

static enum served serve_all(void) {
    enum served most = SERVED_NOTHING;
    struct ncclComm *comm;
    for (unsigned i = 0; (comm = served_at(i)) != NULL;) {
        enum served result = serve(comm);
        if (result == SERVED_ENDED) {
            forget(comm);
        } else {
            most = result > most ? result : most;
            i++;
        }
        comm_release(comm);
    }
    return most;
}

static bool serves_any(void) {
    pthread_mutex_lock(&lock);
    bool any = served != NULL;
    pthread_mutex_unlock(&lock);
    return any;
}

/* As with bells: count the sleeper, look once more, sleep. */
static void sleep_once(void) {
    struct arena_header *header = arena_get()->header;
    struct futex_word words[FUTEX_WORDS_MAX];
    atomic_fetch_add(&header->put_sleepers, 1);
    words[0] = (struct futex_word){.address = &header->put_bell,
                                   .expected = atomic_load(&header->put_bell)};
    unsigned count = 1 + peers_put_bells(words + 1, FUTEX_WORDS_MAX - 1);
    enum served result = serve_all();
    if (result == SERVED_NOTHING) {
        futex_wait(words, count, serves_any() ? SLEEP_NANOS : IDLE_NANOS);
    } else if (result == SERVED_BUSY) {
        futex_wait(words, 1, BUSY_NANOS);
    }
    atomic_fetch_sub(&header->put_sleepers, 1);
}

static void *run(void *unused) {
    (void)unused;
    for (;;) {
        if (serve_all() != SERVED_SOME) {
            sleep_once();
        }
    }
    return NULL;
}

static void start_once(void) {
    started = thread_start_detached("convoy-puts", run, NULL);
}

bool put_server_add(struct ncclComm *comm) {
    if (atomic_load(&disabled)) {
        return true;
    }
    pthread_once(&once, start_once);
    if (started && !atomic_exchange(&comm->is_served, true)) {
        comm_retain(comm);
        pthread_mutex_lock(&lock);
        comm->next_served = served;
        served = comm;
        pthread_mutex_unlock(&lock);
    }
    return started;
}

void put_server_look(void) {
    if (started) {
        put_bell_ring();
    }
}

void put_server_disable(void) {
    atomic_store(&disabled, true);
}
