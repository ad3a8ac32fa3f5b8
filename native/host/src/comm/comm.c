/* SPDX-License-Identifier: Apache-2.0 */
#include "comm/comm.h"

#include "base/errors.h"
#include "base/thread.h"
#include "comm/registration.h"
#include "comm/user_operator.h"
#include "comm/window.h"
#include "memory/memory.h"
#include "peers/peers.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static atomic_uint failures;

struct ncclComm *comm_create(int rank, int nranks, int device, bool blocking, const char *name) {
    struct ncclComm *comm = calloc(1, sizeof *comm);
    if (comm == NULL) {
        return NULL;
    }
    comm->peers = calloc((size_t)nranks, sizeof *comm->peers);
    comm->processes = calloc((size_t)nranks, sizeof(struct peer_process *));
    comm->page = page_acquire(rank, nranks);
    if (comm->peers == NULL || comm->processes == NULL || comm->page == NULL) {
        if (comm->page != NULL) {
            page_release(comm->page);
        }
        free(comm->processes);
        free(comm->peers);
        free(comm);
        return NULL;
    }
    comm->magic = COMM_MAGIC;
    comm->active_ticket = 1;
    comm->rank = rank;
    comm->nranks = nranks;
    comm->device = device;
    comm->blocking = blocking;
    snprintf(comm->name, sizeof comm->name, "%s", name != NULL ? name : "");
    mutex_init_spinning(&comm->lock);
    atomic_store(&comm->references, 1);
    atomic_store(&comm->async, ncclInProgress);
    return comm;
}

void comm_retain(struct ncclComm *comm) {
    atomic_fetch_add(&comm->references, 1);
}

void comm_release(struct ncclComm *comm) {
    if (atomic_fetch_sub(&comm->references, 1) != 1) {
        return;
    }
    if (comm->has_worker) { /* begun while the communicator was aborted: nobody waits for it */
        pthread_detach(comm->worker);
    }
    comm_drop_resources(comm, PAGE_ABORTED);
    user_operators_free(comm);
    registrations_free(comm);
    windows_free(comm);
    comm->magic = 0;
    pthread_mutex_destroy(&comm->lock);
    free(comm->processes);
    free(comm->peers);
    free(comm);
}

void comm_drop_resources(struct ncclComm *comm, enum page_state last_words) {
    if (comm->page != NULL) {
        atomic_store(&comm->page->state, last_words);
        page_release(comm->page);
        comm->page = NULL;
        bell_ring(); /* a peer that waits for this rank finds it gone */
    }
    for (int rank = 0; rank < comm->nranks; rank++) {
        if (comm->peers[rank].holds_page) {
            page_let_go(comm->peers[rank].page);
            comm->peers[rank].holds_page = false;
        }
    }
    for (int i = 0; i < comm->nprocesses; i++) {
        peers_release(comm->processes[i]);
    }
    comm->nprocesses = 0;
}

void comm_fail(struct ncclComm *comm, ncclResult_t error, const char *format, ...) {
    int before = atomic_load(&comm->async);
    if (before != ncclSuccess && before != ncclInProgress) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(comm->text, sizeof comm->text, format, arguments);
    va_end(arguments);
    atomic_fetch_add(&failures, 1);
    atomic_store(&comm->async, error);
    bell_notify_local();
}

ncclResult_t comm_report_failure(const char *name, struct ncclComm *comm, ncclResult_t error) {
    pthread_mutex_lock(&comm->lock);
    error_nccl(error, "%s: the communicator has failed before: %s", name, comm->text);
    pthread_mutex_unlock(&comm->lock);
    return error;
}

unsigned comm_failures(void) {
    return atomic_load(&failures);
}

ncclResult_t comm_status(struct ncclComm *comm) {
    int status = atomic_load(&comm->async);
    if (status == ncclInProgress && atomic_load(&comm->finalizing) &&
        atomic_load(&comm->makings) == 0 &&
        atomic_load(&comm->completed) == atomic_load(&comm->enqueued)) {
        atomic_compare_exchange_strong(&comm->async, &status, ncclSuccess);
        status = atomic_load(&comm->async);
    }
    return (ncclResult_t)status;
}

static bool somebody_sleeps(const struct ncclComm *comm, const struct arena_header *own) {
    for (int i = 0; i < comm->nprocesses; i++) {
        const struct arena_header *header = comm->processes[i]->header;
        if (atomic_load(&header->sleepers) != 0) {
            return true;
        }
    }
    return bell_has_local_sleepers(own);
}

void comm_publish(struct ncclComm *comm, _Atomic uint64_t *word, uint64_t value) {
    atomic_store(word, value);
    if (somebody_sleeps(comm, arena_get()->header)) {
        bell_ring();
    }
}

bool comm_peer_is_gone(const struct ncclComm *comm, int rank) {
    const struct peer *peer = &comm->peers[rank];
    if (rank == comm->rank) {
        return false;
    }
    if (peer->process != NULL && atomic_load(&peer->process->dead)) {
        return true;
    }
    uint32_t state = atomic_load(&peer->page->state);
    return state == PAGE_FINALIZED || state == PAGE_ABORTED ||
           !page_belongs(peer->page, comm->nonce);
}

/*
 * A peer that has finalised needs nobody any more, and nobody needs it. One that has given up its
 * page had destroyed or aborted the communicator before it died.
 */
static bool has_left_before(const struct ncclComm *comm, int rank) {
    const struct comm_page *page = comm->peers[rank].page;
    return atomic_load(&page->state) == PAGE_FINALIZED || !page_belongs(page, comm->nonce);
}

bool comm_mark_dead(struct ncclComm *comm) {
    bool any = false;
    for (int rank = 0; rank < comm->nranks; rank++) {
        struct peer *peer = &comm->peers[rank];
        if (peer->process != NULL && !peer->is_dead && atomic_load(&peer->process->dead) &&
            !has_left_before(comm, rank)) {
            peer->is_dead = true;
            any = true;
        }
    }
    return any;
}

void comm_fail_gone(struct ncclComm *comm, int rank, const char *waiting_for) {
    const struct peer *peer = &comm->peers[rank];
    bool dead = peer->process != NULL && atomic_load(&peer->process->dead);
    comm_mark_dead(comm); /* whoever sees the error may ask at once for whom */
    comm_fail(comm, ncclRemoteError, "rank %d of %d %s while rank %d waited for %s", rank,
              comm->nranks, dead ? "died" : "aborted or destroyed the communicator", comm->rank,
              waiting_for);
}

const unsigned char *comm_peer_address(const struct ncclComm *comm, int rank, uint64_t offset,
                                       uint64_t bytes) {
    const struct peer *peer = &comm->peers[rank];
    return offset <= peer->arena_bytes && bytes <= peer->arena_bytes - offset ? peer->base + offset
                                                                              : NULL;
}
