/* SPDX-License-Identifier: Apache-2.0 */
#include "formation/init.h"

#include "base/errors.h"
#include "formation/meet.h"
#include "formation/rendezvous.h"
#include "operations/group.h"
#include "peers/monitor.h"
#include "peers/peers.h"
#include "progress/engine.h"

#include <stdlib.h>
#include <string.h>

/* --- the peers' pages --- */

bool init_add_peer(struct ncclComm *comm, int rank, struct peer_process *process,
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
    if (atomic_load(&peer->page->incarnation) != page_incarnation) {
        *why = "it gave up while the communicator was made";
        return false;
    }
    if (peer->page->magic != PAGE_MAGIC || peer->page->layout != PAGE_LAYOUT ||
        peer->page->rank != rank || peer->page->nranks != comm->nranks) {
        *why = "its page has another layout (ranks must load the same library version)";
        return false;
    }
    return true;
}

void init_keep_process(struct ncclComm *comm, struct peer_process *process) {
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

static bool barrier_is_over(void *argument) {
    struct barrier *barrier = argument;
    const struct ncclComm *comm = barrier->job->comm;
    if (job_is_cancelled(barrier->job)) {
        return true;
    }
    for (; barrier->next < comm->nranks; barrier->next++) {
        if (!is_ready(comm, barrier->next)) {
            if (is_lost(comm, barrier->next) && !is_ready(comm, barrier->next)) {
                barrier->gone = barrier->next;
                return true;
            }
            return false;
        }
    }
    return true;
}

ncclResult_t init_ready_barrier(const struct job *job) {
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

/* --- on an id --- */

static ncclResult_t make_alone(struct ncclComm *comm, const struct wire_id *id) {
    const char *why;
    rendezvous_forget(id);
    if (!random_fill(&comm->nonce, sizeof comm->nonce)) {
        return error_nccl(ncclSystemError, "no random numbers");
    }
    uint64_t offset = (uint64_t)((unsigned char *)comm->page - arena_get()->base);
    if (!init_add_peer(comm, 0, NULL, offset, atomic_load(&comm->page->incarnation), &why)) {
        return error_nccl(ncclInternalError, "%s", why);
    }
    return ncclSuccess;
}

ncclResult_t init_meet(struct job *job, const struct wire_id *id) {
    ncclResult_t result = job->comm->nranks == 1 ? make_alone(job->comm, id) : meet_ranks(job, id);
    if (result != ncclSuccess) {
        return result;
    }
    monitor_watch();
    return init_ready_barrier(job);
}

ncclResult_t init_check_id(const struct wire_id *id) {
    return id->magic == WIRE_MAGIC && id->version == WIRE_VERSION
               ? ncclSuccess
               : error_nccl(ncclInvalidArgument,
                            "the unique id was not made by this library's ncclGetUniqueId");
}

ncclResult_t init_runtime(void) {
    if (arena_get() == NULL || !monitor_start()) {
        return error_nccl(ncclSystemError, "the runtime cannot start: %s",
                          arena_get() == NULL ? arena_failure() : "no monitor thread");
    }
    return ncclSuccess;
}

/* --- a rank of a new communicator --- */

struct init {
    struct job job;
    struct wire_id id;
};

static ncclResult_t make(struct job *job) {
    return init_meet(job, &CONTAINER_OF(job, struct init, job)->id);
}

static void drop(struct job *job) {
    free(CONTAINER_OF(job, struct init, job));
}

static const struct job_class init_class = {.make = make, .drop = drop};

static ncclResult_t check(struct ncclComm *const *handle, int nranks, int nids, int rank,
                          const char *name) {
    if (handle == NULL || nranks < 1 || nranks > COMM_RANKS_MAX || rank < 0 || rank >= nranks) {
        return error_nccl(ncclInvalidArgument, "%s: rank %d of %d ranks (at most %d) into %p", name,
                          rank, nranks, COMM_RANKS_MAX, (const void *)handle);
    }
    if (nids < 1 || nids > nranks) {
        return error_nccl(ncclInvalidArgument, "%s: %d unique ids for %d ranks", name, nids,
                          nranks);
    }
    return ncclSuccess;
}

/*
 * All meet on the first id: the ranks of one machine are few enough for one process to answer. The
 * others are not needed, and whoever made one forgets it.
 */
static ncclResult_t take_ids(const ncclUniqueId *ids, int nids, struct wire_id *first) {
    for (int i = nids - 1; i >= 0; i--) {
        memcpy(first, ids[i].internal, sizeof *first);
        ncclResult_t result = init_check_id(first);
        if (result != ncclSuccess) {
            return result;
        }
    }
    for (int i = 1; i < nids; i++) {
        struct wire_id other;
        memcpy(&other, ids[i].internal, sizeof other);
        if (memcmp(other.key, first->key, sizeof other.key) != 0) {
            rendezvous_forget(&other);
        }
    }
    return ncclSuccess;
}

ncclResult_t init_rank(struct ncclComm **handle, int nranks, const ncclUniqueId *ids, int nids,
                       int rank, int device, const struct comm_config *config, const char *name) {
    struct wire_id id;
    ncclResult_t result = check(handle, nranks, nids, rank, name);
    if (result != ncclSuccess || (result = take_ids(ids, nids, &id)) != ncclSuccess ||
        (result = init_runtime()) != ncclSuccess) {
        return result;
    }
    comm_reap();
    struct init *init = calloc(1, sizeof *init);
    struct ncclComm *comm =
        init != NULL ? comm_create(rank, nranks, device, config->blocking, config->name) : NULL;
    if (comm == NULL) {
        free(init);
        return error_nccl(ncclSystemError, "%s: out of memory for a communicator of %d ranks", name,
                          nranks);
    }
    init->id = id;
    job_init(&init->job, &init_class, comm, NULL, handle);
    return group_add_job(&init->job);
}
