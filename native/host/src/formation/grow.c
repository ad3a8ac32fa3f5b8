/* SPDX-License-Identifier: Apache-2.0 */
#include "formation/grow.h"

#include "base/errors.h"
#include "formation/family.h"
#include "formation/init.h"
#include "formation/rendezvous.h"
#include "operations/group.h"
#include "progress/engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(struct wire_id) == GROW_ID_WORDS * sizeof(uint64_t), "the id must fit");

/* --- the id, among the parent's ranks --- */

static bool is_shown(const struct ncclComm *parent, int rank, uint64_t number) {
    const struct comm_page *page = parent->peers[rank].page;
    return page_belongs(page, parent->nonce) &&
           atomic_load(&page->growth.stamp) == comm_stamp(parent, number);
}

static void show_id(struct ncclComm *parent, const struct wire_id *id) {
    struct grow_slot *slot = &parent->page->growth;
    uint64_t words[GROW_ID_WORDS];
    memcpy(words, id, sizeof words);
    slot->stamp = 0;
    for (unsigned i = 0; i < GROW_ID_WORDS; i++) {
        slot->id[i] = words[i];
    }
    comm_publish(parent, &slot->stamp, comm_stamp(parent, parent->growths_begun));
}

static ncclResult_t check_parent(const char *name, struct ncclComm *parent) {
    ncclResult_t result = job_check_parent(name, parent, false);
    if (result == ncclSuccess && atomic_load(&parent->aborted)) {
        result = error_nccl(ncclInvalidUsage, "%s: the parent was revoked or aborted", name);
    }
    return result;
}

ncclResult_t grow_make_id(struct ncclComm *parent, ncclUniqueId *id) {
    struct wire_id wire;
    ncclResult_t result = check_parent("ncclCommGetUniqueId", parent);
    if (result != ncclSuccess) {
        return result;
    }
    if (is_shown(parent, parent->rank, parent->growths_begun) ||
        atomic_load(&parent->growths) > 0) {
        return error_nccl(ncclInvalidUsage,
                          "ncclCommGetUniqueId: the last id's ncclCommGrow comes first");
    }
    if (!rendezvous_make_id(&wire)) {
        return error_nccl(ncclSystemError, "ncclCommGetUniqueId: cannot listen: %s",
                          strerror(errno));
    }
    pthread_mutex_lock(&parent->lock);
    show_id(parent, &wire);
    pthread_mutex_unlock(&parent->lock);
    memset(id->internal, 0, sizeof id->internal);
    memcpy(id->internal, &wire, sizeof wire);
    return ncclSuccess;
}

/* --- an old rank's part; a new one's is init_rank --- */

struct growth {
    struct job job;
    struct wire_id id;
    bool has_id;
    uint64_t number; /* of the parent's growths */
    int gone;        /* a rank without which the parent cannot grow; −1 */
};

static bool take_id(struct growth *growth, int rank) {
    const struct ncclComm *parent = growth->job.parent;
    if (!is_shown(parent, rank, growth->number)) {
        return false;
    }
    uint64_t words[GROW_ID_WORDS];
    for (unsigned i = 0; i < GROW_ID_WORDS; i++) {
        words[i] = parent->peers[rank].page->growth.id[i];
    }
    memcpy(&growth->id, words, sizeof growth->id);
    return is_shown(parent, rank, growth->number);
}

/* The maker may be any rank; but all of them take part, so that one which has left ends it. */
static bool id_is_known(void *argument) {
    struct growth *growth = argument;
    const struct ncclComm *parent = growth->job.parent;
    for (int rank = 0; rank < parent->nranks && !growth->has_id; rank++) {
        growth->has_id = take_id(growth, rank);
    }
    if (growth->has_id || job_is_cancelled(&growth->job)) {
        return true;
    }
    for (int rank = 0; rank < parent->nranks; rank++) {
        if (family_has_lost(parent, rank)) {
            growth->gone = rank;
            return true;
        }
    }
    return false;
}

static ncclResult_t find_id(struct growth *growth) {
    engine_wait(id_is_known, growth, ENGINE_FOREVER);
    if (growth->has_id) {
        return init_check_id(&growth->id);
    }
    if (job_is_cancelled(&growth->job)) {
        return job_cancellation(&growth->job);
    }
    return error_nccl(ncclRemoteError, "ncclCommGrow: rank %d died or has left the parent",
                      growth->gone);
}

static ncclResult_t make(struct job *job) {
    struct growth *growth = CONTAINER_OF(job, struct growth, job);
    ncclResult_t result = growth->has_id ? ncclSuccess : find_id(growth);
    return result == ncclSuccess ? init_meet(job, &growth->id) : result;
}

static void drop(struct job *job) {
    free(CONTAINER_OF(job, struct growth, job));
}

static const struct job_class growth_class = {.make = make, .drop = drop};

static ncclResult_t check_size(const struct ncclComm *parent, int nranks, const ncclUniqueId *id) {
    if (nranks <= parent->nranks || nranks > COMM_RANKS_MAX) {
        return error_nccl(ncclInvalidArgument, "ncclCommGrow: to %d ranks from %d (at most %d)",
                          nranks, parent->nranks, COMM_RANKS_MAX);
    }
    if (parent->nranks == 1 && id == NULL) {
        return error_nccl(ncclInvalidArgument,
                          "ncclCommGrow: the only rank of the parent must pass the unique id");
    }
    return ncclSuccess;
}

static struct growth *create(const struct ncclComm *parent, int nranks,
                             const struct comm_config *config, struct ncclComm **comm) {
    struct growth *growth = calloc(1, sizeof *growth);
    *comm = growth != NULL
                ? comm_create(parent->rank, nranks, parent->device, config->blocking, config->name)
                : NULL;
    if (*comm == NULL) {
        free(growth);
        error_nccl(ncclSystemError, "ncclCommGrow: out of memory");
        return NULL;
    }
    return growth;
}

ncclResult_t grow_parent(struct ncclComm *parent, int nranks, const ncclUniqueId *id,
                         struct ncclComm **handle, const ncclConfig_t *config) {
    struct comm_config parsed = config_inherited(parent);
    struct wire_id wire = {.magic = 0};
    ncclResult_t result = check_parent("ncclCommGrow", parent);
    if (result != ncclSuccess || (result = check_size(parent, nranks, id)) != ncclSuccess ||
        (result = config_parse(config, &parsed)) != ncclSuccess) {
        return result;
    }
    if (id != NULL) {
        memcpy(&wire, id->internal, sizeof wire);
        if ((result = init_check_id(&wire)) != ncclSuccess) {
            return result;
        }
    }
    struct ncclComm *comm;
    struct growth *growth = create(parent, nranks, &parsed, &comm);
    if (growth == NULL) {
        return ncclSystemError;
    }
    growth->id = wire;
    growth->has_id = id != NULL;
    growth->number = parent->growths_begun++;
    job_init(&growth->job, &growth_class, comm, parent, handle);
    return group_add_job(&growth->job);
}
