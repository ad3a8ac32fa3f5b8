/* SPDX-License-Identifier: Apache-2.0 */
/* The registry of communicators, and how a communicator's life ends: finalised, destroyed, aborted,
 * or a peer died. */
#include "base/errors.h"
#include "comm/comm.h"
#include "peers/peers.h"
#include "progress/engine.h"
#include "progress/helper.h"

#include <stdio.h>

static pthread_mutex_t registry_lock = PTHREAD_MUTEX_INITIALIZER;
static struct ncclComm *registry;

/* --- death of peers --- */

static void describe_dead(const struct ncclComm *comm, char *text, size_t capacity) {
    size_t used = 0;
    for (int rank = 0; rank < comm->nranks && used + 8 < capacity; rank++) {
        if (comm->peers[rank].is_dead) {
            used += (size_t)snprintf(text + used, capacity - used, used > 0 ? ", %d" : "%d", rank);
        }
    }
}

static void note_dead_locked(struct ncclComm *comm) {
    if (comm_mark_dead(comm)) {
        char ranks[128] = "";
        describe_dead(comm, ranks, sizeof ranks);
        comm_fail(comm, ncclRemoteError, "rank %s of %d died", ranks, comm->nranks);
    }
}

static void note_dead(struct ncclComm *comm) {
    pthread_mutex_lock(&comm->lock);
    if (comm->page != NULL && !comm->destroyed && !atomic_load(&comm->aborted)) {
        note_dead_locked(comm);
    }
    pthread_mutex_unlock(&comm->lock);
}

void comm_register(struct ncclComm *comm) {
    comm_retain(comm);
    pthread_mutex_lock(&registry_lock);
    comm->next = registry;
    registry = comm;
    pthread_mutex_unlock(&registry_lock);
    note_dead(comm); /* a peer may have died just before */
}

static void unregister(struct ncclComm *comm) {
    bool found = false;
    pthread_mutex_lock(&registry_lock);
    for (struct ncclComm **link = &registry; *link != NULL; link = &(*link)->next) {
        if (*link == comm) {
            *link = comm->next;
            found = true;
            break;
        }
    }
    pthread_mutex_unlock(&registry_lock);
    if (found) {
        comm_release(comm);
    }
}

/* The registered communicator at this place, with a reference; NULL behind the last. */
static struct ncclComm *registered_at(unsigned index) {
    pthread_mutex_lock(&registry_lock);
    struct ncclComm *comm = registry;
    while (comm != NULL && index > 0) {
        comm = comm->next;
        index--;
    }
    if (comm != NULL) {
        comm_retain(comm);
    }
    pthread_mutex_unlock(&registry_lock);
    return comm;
}

void comm_peers_died(void) {
    /* What the dead left behind may finish operations: those succeed, before the error is set. */
    engine_step_all();
    struct ncclComm *comm;
    for (unsigned i = 0; (comm = registered_at(i)) != NULL; i++) {
        note_dead(comm);
        comm_release(comm);
    }
    bell_notify_local();
}

/* --- the orderly end --- */

static bool has_jobs(const struct ncclComm *comm) {
    return atomic_load(&comm->makings) > 0 || atomic_load(&comm->growths) > 0 ||
           atomic_load(&comm->endings) > 0;
}

static bool is_flushed(void *argument) {
    struct ncclComm *comm = argument;
    return atomic_load(&comm->completed) == atomic_load(&comm->enqueued) || comm_has_failed(comm) ||
           atomic_load(&comm->aborted);
}

ncclResult_t comm_finalize(struct ncclComm *comm) {
    int expected = ncclSuccess;
    if (atomic_exchange(&comm->finalizing, true)) {
        return error_nccl(ncclInvalidArgument, "ncclCommFinalize: called before");
    }
    if (!comm->blocking) {
        atomic_compare_exchange_strong(&comm->async, &expected, ncclInProgress);
        ncclResult_t status = comm_status(comm);
        return status;
    }
    comm_retain(comm); /* an abort by another thread ends the wait, and frees it otherwise */
    engine_wait(is_flushed, comm, ENGINE_FOREVER);
    ncclResult_t status = comm_status(comm);
    comm_release(comm);
    return status;
}

/* A peer may still have to read what this rank posted in its mailboxes. */
static bool peers_are_finished(const struct ncclComm *comm) {
    for (int rank = 0; rank < comm->nranks; rank++) {
        if (!comm_peer_is_gone(comm, rank) && rank != comm->rank) {
            return false;
        }
    }
    return true;
}

static bool try_to_bury(struct ncclComm *comm) {
    pthread_mutex_lock(&comm->lock);
    bool buried = comm->destroyed && comm->page != NULL && peers_are_finished(comm);
    if (buried) {
        comm_drop_resources(comm, PAGE_FINALIZED);
    }
    pthread_mutex_unlock(&comm->lock);
    return buried;
}

void comm_reap(void) {
    struct ncclComm *comm;
    unsigned i = 0;
    while ((comm = registered_at(i)) != NULL) {
        if (try_to_bury(comm)) {
            unregister(comm);
        } else {
            i++;
        }
        comm_release(comm);
    }
}

ncclResult_t comm_destroy(struct ncclComm *comm) {
    bool is_being_made = comm_status(comm) == ncclInProgress && !atomic_load(&comm->finalizing);
    if (is_being_made || has_jobs(comm)) {
        return comm_abort(comm); /* its making, or a child's, may never end */
    }
    comm_join_thread(comm);
    engine_wait(is_flushed, comm, ENGINE_FOREVER);
    if (comm_has_failed(comm) || atomic_load(&comm->aborted)) {
        return comm_abort(comm);
    }
    atomic_store(&comm->closing, true); /* a job that waits for its group's end must not begin */
    if (has_jobs(comm)) {
        return comm_abort(comm);
    }
    pthread_mutex_lock(&comm->lock);
    comm->destroyed = true;
    atomic_store(&comm->page->state, PAGE_FINALIZED);
    pthread_mutex_unlock(&comm->lock);
    bell_ring();
    comm_release(comm);
    comm_reap();
    return ncclSuccess;
}

/* --- revocation --- */

void comm_end_operations(struct ncclComm *comm) {
    atomic_fetch_add(&comm->endings, 1);
    if (!atomic_load(&comm->closing)) { /* else an abort has ended them, and taken the page away */
        /* First the peers: once `aborted` is set the operations end, and the user may overwrite
         * what peers still read. */
        atomic_store(&comm->page->state, PAGE_ABORTED);
        atomic_store(&comm->aborted, true);
    }
    atomic_fetch_sub(&comm->endings, 1);
    bell_ring();
    engine_step_all(); /* they end here, wherever nothing else holds their streams up */
    if (engine_has_work()) {
        helper_poke();
    }
}

static bool is_quiet(void *argument) {
    struct ncclComm *comm = argument;
    return atomic_load(&comm->completed) == atomic_load(&comm->enqueued) ||
           atomic_load(&comm->closing);
}

ncclResult_t comm_revoke(struct ncclComm *comm) {
    comm_retain(comm);
    atomic_store(&comm->revoked, true);
    bell_notify_local();
    comm_join_jobs(comm); /* they look at the flag */
    comm->shrinks_begun = COMM_NUMBERS_AFTER_REVOKE;
    comm->splits_begun = COMM_NUMBERS_AFTER_REVOKE;
    atomic_store(&comm->finalizing, true);
    comm_end_operations(comm);
    pthread_mutex_lock(&comm->lock);
    atomic_store(&comm->async, comm->blocking ? ncclSuccess : ncclInProgress);
    pthread_mutex_unlock(&comm->lock);
    bell_notify_local();
    if (comm->blocking) {
        engine_wait(is_quiet, comm, ENGINE_FOREVER);
    }
    ncclResult_t status = comm_status(comm);
    comm_release(comm);
    return status;
}

/* --- the other end --- */

static bool has_no_jobs(void *comm) {
    return !has_jobs(comm);
}

void comm_join_thread(struct ncclComm *comm) {
    pthread_mutex_lock(&comm->lock);
    pthread_t worker = comm->worker;
    bool is_mine = comm->has_worker; /* of two threads that end the communicator one joins it */
    comm->has_worker = false;
    pthread_mutex_unlock(&comm->lock);
    if (is_mine) {
        pthread_join(worker, NULL);
    }
}

void comm_join_jobs(struct ncclComm *comm) {
    engine_wait(has_no_jobs, comm, ENGINE_FOREVER);
    comm_join_thread(comm);
}

ncclResult_t comm_abort(struct ncclComm *comm) {
    atomic_store(&comm->closing, true);
    /* First the peers: once `aborted` is set the operations end, and the user may overwrite what
     * peers still read. */
    if (comm->page != NULL) {
        atomic_store(&comm->page->state, PAGE_ABORTED);
    }
    /* Stepping threads look at the flag before each slice, so that the lock is soon free. */
    atomic_store(&comm->aborted, true);
    bell_notify_local();
    comm_join_jobs(comm);
    pthread_mutex_lock(&comm->lock);
    comm_drop_resources(comm, PAGE_ABORTED);
    pthread_mutex_unlock(&comm->lock);
    unregister(comm);
    comm_release(comm);
    engine_step_all(); /* its operations end here, wherever nothing else holds their streams up */
    if (engine_has_work()) {
        helper_poke();
    }
    bell_notify_local();
    comm_reap();
    return ncclSuccess;
}
