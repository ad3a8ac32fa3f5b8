/* SPDX-License-Identifier: Apache-2.0 */
#include "shrink.h"

#include "engine.h"
#include "errors.h"
#include "group.h"
#include "init.h"
#include "peers.h"
#include "thread.h"

#include <stdlib.h>
#include <string.h>

/* No member can have begun more shrinks than that without this one. */
#define SHRINKS_AHEAD_MAX ((uint64_t)1 << 20)

struct shrink {
    struct ncclComm *parent;
    struct ncclComm *child;
    struct ncclComm **handle;
    uint64_t number; /* of the parent's shrinks */
    uint64_t members_hash;
    int *members; /* the parent's ranks of the child's ranks */
    int next;     /* members before this one have been met */
    int gone;     /* a member that cannot be met any more; −1 */
    bool differs; /* a member shrinks to another set */
};

static void free_shrink(struct shrink *shrink) {
    free(shrink->members);
    free(shrink);
}

/* --- who stays --- */

static ncclResult_t check_excluded(const struct ncclComm *parent, const int *excluded,
                                   int nexcluded) {
    if (nexcluded < 1 || nexcluded >= parent->nranks || excluded == NULL) {
        return error_nccl(ncclInvalidArgument, "ncclCommShrink: %d of %d ranks to exclude",
                          nexcluded, parent->nranks);
    }
    for (int i = 0; i < nexcluded; i++) {
        if (excluded[i] < 0 || excluded[i] >= parent->nranks || excluded[i] == parent->rank) {
            return error_nccl(ncclInvalidArgument,
                              "ncclCommShrink: rank %d cannot be excluded by rank %d of %d",
                              excluded[i], parent->rank, parent->nranks);
        }
    }
    return ncclSuccess;
}

static bool contains(const int *ranks, int count, int rank) {
    for (int i = 0; i < count; i++) {
        if (ranks[i] == rank) {
            return true;
        }
    }
    return false;
}

/* FNV-1a over the members. */
static uint64_t hash_members(const int *members, int count) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (int i = 0; i < count; i++) {
        hash = (hash ^ (uint64_t)members[i]) * 0x100000001b3u;
    }
    return hash;
}

static struct shrink *plan(struct ncclComm *parent, const int *excluded, int nexcluded,
                           const struct init_config *config) {
    struct shrink *shrink = calloc(1, sizeof *shrink);
    int *members = calloc((size_t)parent->nranks, sizeof *members);
    if (shrink == NULL || members == NULL) {
        free(shrink);
        free(members);
        return NULL;
    }
    int count = 0;
    int rank = 0;
    for (int i = 0; i < parent->nranks; i++) {
        if (!contains(excluded, nexcluded, i)) {
            rank = i == parent->rank ? count : rank;
            members[count++] = i;
        }
    }
    *shrink = (struct shrink){.parent = parent,
                              .members = members,
                              .members_hash = hash_members(members, count),
                              .gone = -1};
    shrink->child = comm_create(rank, count, parent->device, config->blocking, config->name);
    if (shrink->child == NULL) {
        free_shrink(shrink);
        return NULL;
    }
    shrink->child->parent = parent;
    return shrink;
}

/* --- the exchange over the parent's pages --- */

static bool show_child(struct shrink *shrink) {
    struct ncclComm *parent = shrink->parent;
    pthread_mutex_lock(&parent->lock);
    struct child_slot *slot = &parent->page->child;
    shrink->number = parent->children++;
    atomic_store(&slot->stamp, 0); /* nobody takes new fields under an old stamp */
    slot->page_offset = (uint64_t)((unsigned char *)shrink->child->page - arena_get()->base);
    slot->page_incarnation = atomic_load(&shrink->child->page->incarnation);
    slot->members_hash = shrink->members_hash;
    bool good = random_fill(&slot->nonce, sizeof slot->nonce);
    comm_publish(parent, &slot->stamp, comm_stamp(parent, shrink->number));
    pthread_mutex_unlock(&parent->lock);
    return good;
}

static const struct child_slot *slot_of(const struct shrink *shrink, int member) {
    return &shrink->parent->peers[member].page->child;
}

static bool has_shown(const struct shrink *shrink, int member) {
    return page_belongs(shrink->parent->peers[member].page, shrink->parent->nonce) &&
           atomic_load(&slot_of(shrink, member)->stamp) ==
               comm_stamp(shrink->parent, shrink->number);
}

/* It gave this shrink up and has begun a later one. */
static bool is_ahead(const struct shrink *shrink, int member) {
    uint64_t by =
        atomic_load(&slot_of(shrink, member)->stamp) - comm_stamp(shrink->parent, shrink->number);
    return by > 0 && by <= SHRINKS_AHEAD_MAX;
}

/* That it has aborted the parent's operations is no reason: that is how a shrink after a failure
 * begins. */
static bool is_lost(const struct shrink *shrink, int member) {
    const struct peer *peer = &shrink->parent->peers[member];
    return (peer->process != NULL && atomic_load(&peer->process->dead)) ||
           !page_belongs(peer->page, shrink->parent->nonce) ||
           atomic_load(&peer->page->state) == PAGE_FINALIZED || is_ahead(shrink, member);
}

/* Members are met in order. Once the worker waits here, nothing but an abort takes the parent's
 * page away, and that joins the worker first. */
static bool all_have_met(void *argument) {
    struct shrink *shrink = argument;
    if (comm_is_closing(shrink->child)) {
        return true;
    }
    for (; shrink->next < shrink->child->nranks; shrink->next++) {
        int member = shrink->members[shrink->next];
        if (!has_shown(shrink, member)) {
            shrink->gone = is_lost(shrink, member) && !has_shown(shrink, member) ? member : -1;
            return shrink->gone >= 0;
        }
        if (slot_of(shrink, member)->members_hash != shrink->members_hash) {
            shrink->differs = true;
            return true;
        }
    }
    return true;
}

static ncclResult_t adopt(struct shrink *shrink) {
    struct ncclComm *child = shrink->child;
    child->nonce = slot_of(shrink, shrink->members[0])->nonce;
    for (int rank = 0; rank < child->nranks; rank++) {
        int member = shrink->members[rank];
        const struct child_slot *slot = slot_of(shrink, member);
        struct peer_process *process = shrink->parent->peers[member].process;
        const char *why;
        if (process != NULL) {
            init_keep_process(child, peers_find(process->nonce));
        }
        if (!init_add_peer(child, rank, process, slot->page_offset, slot->page_incarnation, &why)) {
            return error_nccl(ncclRemoteError, "ncclCommShrink: rank %d: %s", member, why);
        }
        order_loads();
        if (!has_shown(shrink, member)) { /* what was just read may be of another shrink */
            return error_nccl(ncclRemoteError, "ncclCommShrink: rank %d gave up", member);
        }
    }
    return ncclSuccess;
}

static ncclResult_t build(struct shrink *shrink) {
    if (!show_child(shrink)) {
        return error_nccl(ncclSystemError, "ncclCommShrink: no random numbers");
    }
    engine_wait(all_have_met, shrink, ENGINE_FOREVER);
    if (comm_is_closing(shrink->child)) {
        return error_nccl(ncclInternalError, "ncclCommShrink: the parent was aborted");
    }
    if (shrink->gone >= 0) {
        return error_nccl(ncclRemoteError,
                          "ncclCommShrink: rank %d died, gave up or has left the parent",
                          shrink->gone);
    }
    if (shrink->differs) {
        return error_nccl(ncclInvalidUsage, "ncclCommShrink: rank %d excludes other ranks",
                          shrink->members[shrink->next]);
    }
    ncclResult_t result = adopt(shrink);
    return result == ncclSuccess ? init_ready_barrier(shrink->child) : result;
}

/* --- running --- */

static ncclResult_t run(struct shrink *shrink) {
    struct ncclComm *parent = shrink->parent;
    struct ncclComm *child = shrink->child;
    ncclResult_t result = build(shrink);
    child->parent = NULL;
    if (result == ncclSuccess) {
        atomic_store(&child->was_ready, true);
        atomic_store(&child->async, ncclSuccess);
        comm_register(child);
        *shrink->handle = child;
    } else {
        comm_release(child);
    }
    pthread_mutex_lock(&parent->lock);
    int expected = ncclInProgress;
    if (result == ncclSuccess) {
        atomic_compare_exchange_strong(&parent->async, &expected, ncclSuccess);
    } else {
        comm_fail(parent, result, "%s", error_last_text());
    }
    pthread_mutex_unlock(&parent->lock);
    free_shrink(shrink);
    bell_notify_local();
    return result;
}

static void *run_worker(void *argument) {
    run(argument);
    return NULL;
}

/* The parent's operations end here, and the parent can only shrink or be aborted from now on. */
static void abort_operations(struct ncclComm *parent) {
    atomic_store(&parent->page->state, PAGE_ABORTED); /* before their buffers are let go */
    atomic_store(&parent->aborted, true);
    pthread_mutex_lock(&parent->lock);
    atomic_store(&parent->async, ncclSuccess);
    pthread_mutex_unlock(&parent->lock);
    bell_ring();
    engine_step_all();
}

static ncclResult_t check_parent(struct ncclComm *parent, struct ncclComm **handle, int flags) {
    if (handle == NULL || (flags != NCCL_SHRINK_DEFAULT && flags != NCCL_SHRINK_ABORT)) {
        return error_nccl(ncclInvalidArgument, "ncclCommShrink: flags %d, result at %p", flags,
                          (void *)handle);
    }
    if (group_is_open()) {
        return error_nccl(ncclInvalidUsage, "ncclCommShrink: call it outside of groups");
    }
    ncclResult_t status = comm_status(parent);
    if (status == ncclInProgress) {
        return error_nccl(ncclInvalidArgument, "ncclCommShrink: the parent is still in progress");
    }
    if (status != ncclSuccess && flags != NCCL_SHRINK_ABORT) {
        return comm_report_failure("ncclCommShrink", parent, status);
    }
    if (!atomic_load(&parent->was_ready) || atomic_load(&parent->finalizing)) {
        return error_nccl(ncclInvalidUsage,
                          "ncclCommShrink: the parent never became ready, or was finalized");
    }
    return ncclSuccess;
}

static ncclResult_t start(struct shrink *shrink) {
    struct ncclComm *parent = shrink->parent;
    if (shrink->child->blocking) {
        atomic_store(&parent->shrinking, true);
        ncclResult_t result = run(shrink);
        atomic_store(&parent->shrinking, false); /* from here on an abort may free it */
        return result;
    }
    comm_join_worker(parent);
    int expected = ncclSuccess;
    atomic_compare_exchange_strong(&parent->async, &expected, ncclInProgress);
    parent->has_worker = true;
    if (!thread_start(&parent->worker, "convoy-shrink", run_worker, shrink)) {
        parent->has_worker = false;
        atomic_store(&parent->async, ncclSuccess);
        shrink->child->parent = NULL;
        comm_release(shrink->child);
        free_shrink(shrink);
        return error_nccl(ncclSystemError, "ncclCommShrink: no thread could be started");
    }
    return ncclInProgress;
}

ncclResult_t shrink_comm(struct ncclComm *parent, const int *excluded, int nexcluded,
                         struct ncclComm **handle, const ncclConfig_t *config, int flags) {
    struct init_config parsed;
    ncclResult_t result = check_parent(parent, handle, flags);
    if (result != ncclSuccess ||
        (result = check_excluded(parent, excluded, nexcluded)) != ncclSuccess ||
        (result = init_parse_config(config, parent->blocking, &parsed)) != ncclSuccess) {
        return result;
    }
    *handle = NULL;
    struct shrink *shrink = plan(parent, excluded, nexcluded, &parsed);
    if (shrink == NULL) {
        return error_nccl(ncclSystemError, "ncclCommShrink: out of memory");
    }
    shrink->handle = handle;
    if (flags == NCCL_SHRINK_ABORT) {
        abort_operations(parent);
    }
    return start(shrink);
}
