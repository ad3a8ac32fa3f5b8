/* SPDX-License-Identifier: Apache-2.0 */
#include "init.h"

#include "engine.h"
#include "errors.h"
#include "group.h"
#include "meet.h"
#include "monitor.h"
#include "peers.h"
#include "rendezvous.h"
#include "thread.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- configuration --- */

#define OLDEST_CONFIG_BYTES 24 /* up to and with minCTAs' neighbour: NCCL 2.14 */

ncclResult_t init_parse_config(const ncclConfig_t *config, bool blocking_otherwise,
                               struct init_config *parsed) {
    *parsed = (struct init_config){.blocking = blocking_otherwise};
    if (config == NULL) {
        return ncclSuccess;
    }
    if (config->magic != NCCL_CONFIG_MAGIC || config->size < OLDEST_CONFIG_BYTES) {
        return error_nccl(ncclInvalidArgument,
                          "ncclConfig_t was not initialised with NCCL_CONFIG_INITIALIZER");
    }
    if (config->blocking != NCCL_CONFIG_UNDEF_INT) {
        if (config->blocking != 0 && config->blocking != 1) {
            return error_nccl(ncclInvalidArgument, "ncclConfig_t.blocking is %d, must be 0 or 1",
                              config->blocking);
        }
        parsed->blocking = config->blocking == 1;
    }
    if (config->size >= offsetof(ncclConfig_t, commName) + sizeof config->commName) {
        parsed->name = config->commName;
    }
    return ncclSuccess;
}

/* --- preparation --- */

struct init_job *init_prepare(struct ncclComm **handle, int nranks, const ncclUniqueId *id,
                              int rank, int device, const struct init_config *config,
                              ncclResult_t *result) {
    struct wire_id wire;
    memcpy(&wire, id->internal, sizeof wire);
    *result = ncclInvalidArgument;
    if (handle == NULL || nranks < 1 || nranks > COMM_RANKS_MAX || rank < 0 || rank >= nranks) {
        error_nccl(*result, "ncclCommInitRank: rank %d of %d ranks (at most %d) into %p", rank,
                   nranks, COMM_RANKS_MAX, (void *)handle);
        return NULL;
    }
    if (wire.magic != WIRE_MAGIC || wire.version != WIRE_VERSION) {
        error_nccl(*result, "the unique id was not made by this library's ncclGetUniqueId");
        return NULL;
    }
    *result = ncclSystemError;
    if (arena_get() == NULL || !monitor_start()) {
        error_nccl(*result, "the runtime cannot start: %s",
                   arena_get() == NULL ? arena_failure() : "no monitor thread");
        return NULL;
    }
    struct init_job *job = calloc(1, sizeof *job);
    struct ncclComm *comm =
        job != NULL ? comm_create(rank, nranks, device, config->blocking, config->name) : NULL;
    if (comm == NULL) {
        free(job);
        error_nccl(*result, "out of memory for a communicator of %d ranks", nranks);
        return NULL;
    }
    job->comm = comm;
    job->handle = handle;
    job->id = wire;
    /* While this call blocks, no other thread may abort the communicator; in a group the caller
     * gets the handle at once, as from NCCL. */
    *handle = config->blocking && !group_is_open() ? NULL : comm;
    *result = ncclSuccess;
    return job;
}

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
    struct ncclComm *comm;
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
    const struct ncclComm *comm = barrier->comm;
    if (comm_is_closing(comm)) {
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

ncclResult_t init_ready_barrier(struct ncclComm *comm) {
    struct comm_page *page = comm->page;
    atomic_store(&page->nonce[0], comm->nonce.word[0]);
    atomic_store(&page->nonce[1], comm->nonce.word[1]);
    atomic_store(&page->done.value, comm_counter_base(comm));
    for (int rank = 0; rank < comm->nranks; rank++) {
        atomic_store(&page->lanes[rank].consumed.value, comm_counter_base(comm));
    }
    atomic_store(&page->state, PAGE_READY);
    bell_ring();
    struct barrier barrier = {.comm = comm, .next = 0, .gone = -1};
    engine_wait(barrier_is_over, &barrier, ENGINE_FOREVER);
    if (comm_is_closing(comm)) {
        return error_nccl(ncclInternalError, "the communicator was aborted");
    }
    if (barrier.gone >= 0) {
        struct peer *peer = &comm->peers[barrier.gone];
        pthread_mutex_lock(&comm->lock);
        peer->is_dead = peer->process != NULL && atomic_load(&peer->process->dead);
        pthread_mutex_unlock(&comm->lock);
        return error_nccl(ncclRemoteError,
                          "rank %d died or gave up while the communicator was made", barrier.gone);
    }
    return ncclSuccess;
}

/* --- running --- */

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

static ncclResult_t make(struct init_job *job) {
    struct ncclComm *comm = job->comm;
    ncclResult_t result =
        comm->nranks == 1 ? make_alone(comm, &job->id) : meet_ranks(comm, &job->id);
    if (result != ncclSuccess) {
        return result;
    }
    monitor_watch();
    return init_ready_barrier(comm);
}

static void run_job(struct init_job *job) {
    struct ncclComm *comm = job->comm;
    job->result = make(job);
    pthread_mutex_lock(&comm->lock);
    if (job->result == ncclSuccess) {
        int expected = ncclInProgress;
        atomic_store(&comm->was_ready, true);
        atomic_compare_exchange_strong(&comm->async, &expected, ncclSuccess);
    } else {
        snprintf(job->text, sizeof job->text, "%s", error_last_text());
        comm_fail(comm, job->result, "%s", job->text);
        atomic_store(&comm->page->state, PAGE_ABORTED); /* nobody need wait for this rank */
        bell_ring();
    }
    pthread_mutex_unlock(&comm->lock);
    if (job->result == ncclSuccess) {
        comm_register(comm);
    }
    bell_notify_local();
}

static void *job_thread(void *argument) {
    run_job(argument);
    return NULL;
}

static void *job_thread_alone(void *argument) {
    run_job(argument);
    free(argument);
    return NULL;
}

/* Ends a blocking job; a failed communicator was never the user's. */
static void settle(struct init_job *job) {
    if (job->result == ncclSuccess) {
        *job->handle = job->comm;
    } else {
        *job->handle = NULL;
        comm_release(job->comm);
    }
    free(job);
}

/* Settles a job and folds its result into the group's: a cause comes before the remote errors that
 * follow from it. */
static void settle_into(struct init_job *job, ncclResult_t *result) {
    ncclResult_t own = job->result;
    bool matters = own != ncclSuccess && (*result == ncclSuccess || *result == ncclInProgress ||
                                          (*result == ncclRemoteError && own != ncclRemoteError));
    if (matters) {
        *result = error_nccl(own, "%s", job->text);
    }
    settle(job);
}

static void note_no_thread(struct init_job *job) {
    job->result = ncclSystemError;
    snprintf(job->text, sizeof job->text, "no thread for the initialisation could be started");
}

static void run_in_background(struct init_job *job, ncclResult_t *result) {
    struct ncclComm *comm = job->comm;
    comm->has_worker = true;
    if (!thread_start(&comm->worker, "convoy-init", job_thread_alone, job)) {
        comm->has_worker = false;
        note_no_thread(job);
        settle_into(job, result);
    } else if (*result == ncclSuccess) {
        *result = ncclInProgress;
    }
}

ncclResult_t init_run(struct init_job *job) {
    ncclResult_t result = ncclSuccess;
    if (job->comm->blocking) {
        run_job(job);
        settle_into(job, &result);
    } else {
        run_in_background(job, &result);
    }
    return result;
}

ncclResult_t init_run_all(struct init_job *jobs) {
    ncclResult_t result = ncclSuccess;
    struct init_job *waiting = NULL;
    while (jobs != NULL) {
        struct init_job *job = jobs;
        jobs = job->next;
        if (!job->comm->blocking) {
            run_in_background(job, &result);
        } else if (thread_start(&job->comm->worker, "convoy-init", job_thread, job)) {
            job->next = waiting;
            waiting = job;
        } else {
            note_no_thread(job);
            settle_into(job, &result);
        }
    }
    while (waiting != NULL) {
        struct init_job *job = waiting;
        waiting = job->next;
        pthread_join(job->comm->worker, NULL);
        settle_into(job, &result);
    }
    return result;
}

void init_cancel_all(struct init_job *jobs) {
    while (jobs != NULL) {
        struct init_job *next = jobs->next;
        *jobs->handle = NULL;
        comm_release(jobs->comm);
        free(jobs);
        jobs = next;
    }
}
