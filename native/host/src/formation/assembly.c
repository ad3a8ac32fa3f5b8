/* SPDX-License-Identifier: Apache-2.0 */
#include "formation/assembly.h"

#include "base/errors.h"
#include "peers/peers.h"
#include "progress/engine.h"

#define GAVE_UP "it gave up while the communicator was made"

/* --- the peers' pages --- */

static bool has_our_layout(const struct comm_page *page, int rank, int nranks) {
    return atomic_load(&page->magic) == PAGE_MAGIC && atomic_load(&page->layout) == PAGE_LAYOUT &&
           atomic_load(&page->rank) == rank && atomic_load(&page->nranks) == nranks;
}

bool assembly_add_peer(struct ncclComm *comm, int rank, struct peer_process *process,
                       uint64_t page_offset, uint64_t page_incarnation, const char **why) {
    struct peer *peer = &comm->peers[rank];
    peer->process = process;
    peer->base = process != NULL ? process->base : arena_get()->base;
    peer->arena_bytes = process != NULL ? process->bytes : arena_get()->bytes;
    const unsigned char *page =
        comm_peer_address(comm, rank, page_offset, page_bytes(comm->nranks));
    if (page == NULL || page_offset % CACHE_LINE != 0) {
        *why = "its page lies outside its arena";
        return false;
    }
    peer->page = (const struct comm_page *)(const void *)page;
    peer->incarnation = page_incarnation;
    bool is_near = process == NULL && rank != comm->rank;
    peer->holds_page = is_near && page_hold(peer->page, page_incarnation);
    if (is_near && !peer->holds_page) {
        *why = GAVE_UP;
        return false;
    }
    /* Read first: it means something only where the page is still the rank's. */
    bool is_alike = has_our_layout(peer->page, rank, comm->nranks);
    if (atomic_load(&peer->page->incarnation) != page_incarnation) {
        *why = GAVE_UP;
        return false;
    }
    if (!is_alike) {
        *why = "its page has another layout (ranks must load the same library version)";
        return false;
    }
    return true;
}

void assembly_keep_process(struct ncclComm *comm, struct peer_process *process) {
    for (int i = 0; i < comm->nprocesses; i++) {
        if (comm->processes[i] == process) {
            peers_release(process);
            return;
        }
    }
    comm->processes[comm->nprocesses++] = process;
}

/* --- the barrier --- */

struct barrier {
    const struct job *job;
    int next; /* ranks below are ready */
    int gone; /* a rank that will never be; -1 */
};

static bool is_ready(const struct ncclComm *comm, int rank) {
    const struct comm_page *page = comm->peers[rank].page;
    return page_belongs(page, comm->nonce) && atomic_load(&page->state) != PAGE_INITIALIZING &&
           atomic_load(&page->state) != PAGE_ABORTED;
}

/* The rank died, or failed to initialise, or has been through the barrier and has aborted since. */
static bool is_lost(const struct ncclComm *comm, int rank) {
    const struct peer *peer = &comm->peers[rank];
    return (peer->process != NULL && atomic_load(&peer->process->dead)) ||
           atomic_load(&peer->page->incarnation) != peer->incarnation ||
           atomic_load(&peer->page->state) == PAGE_ABORTED;
}

/* The first rank from the next one on that never will be ready; −1. */
static int find_lost(const struct barrier *barrier) {
    const struct ncclComm *comm = barrier->job->comm;
    for (int rank = barrier->next; rank < comm->nranks; rank++) {
        if (is_lost(comm, rank) && !is_ready(comm, rank)) {
            return rank;
        }
    }
    return -1;
}

/* Ranks are looked at in order; but who is lost may come behind one that waits for this rank. */
static bool barrier_is_over(void *argument) {
    struct barrier *barrier = argument;
    const struct ncclComm *comm = barrier->job->comm;
    if (job_is_cancelled(barrier->job)) {
        return true;
    }
    while (barrier->next < comm->nranks && is_ready(comm, barrier->next)) {
        barrier->next++;
    }
    barrier->gone = find_lost(barrier);
    return barrier->gone >= 0 || barrier->next == comm->nranks;
}

ncclResult_t assembly_ready_barrier(const struct job *job) {
    struct ncclComm *comm = job->comm;
    struct comm_page *page = comm->page;
    atomic_store(&page->nonce[0], comm->nonce.word[0]);
    atomic_store(&page->nonce[1], comm->nonce.word[1]);
    atomic_store(&page->done.value, comm_counter_base(comm));
    for (int rank = 0; rank < comm->nranks; rank++) {
        atomic_store(&page->lanes[rank].consumed.value, comm_counter_base(comm));
    }
    atomic_store(&page->state, PAGE_READY);
    bell_ring();
    struct barrier barrier = {.job = job, .next = 0, .gone = -1};
    engine_wait(barrier_is_over, &barrier, ENGINE_FOREVER);
    if (barrier.gone >= 0) {
        struct peer *peer = &comm->peers[barrier.gone];
        pthread_mutex_lock(&comm->lock);
        peer->is_dead = peer->process != NULL && atomic_load(&peer->process->dead);
        pthread_mutex_unlock(&comm->lock);
        return error_nccl(ncclRemoteError,
                          "rank %d died or gave up while the communicator was made", barrier.gone);
    }
    return barrier.next < comm->nranks ? job_cancellation(job) : ncclSuccess;
}
