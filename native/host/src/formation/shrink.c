/* SPDX-License-Identifier: Apache-2.0 */
#include "formation/shrink.h"

#include "base/errors.h"
#include "formation/family.h"
#include "formation/job.h"
#include "operations/group.h"

#include <stdlib.h>

struct shrink {
    struct job job;
    struct comm_config config;
    int nmembers;
    int members[]; /* the parent's ranks of the child's ranks */
};

static ncclResult_t make(struct job *job) {
    struct shrink *shrink = CONTAINER_OF(job, struct shrink, job);
    return family_make(&(struct family){.job = job,
                                        .name = "ncclCommShrink",
                                        .kind = CHILD_SHRUNK,
                                        .number = job->parent->shrinks_begun++,
                                        .members = shrink->members,
                                        .nmembers = shrink->nmembers,
                                        .config = &shrink->config});
}

static void drop(struct job *job) {
    free(CONTAINER_OF(job, struct shrink, job));
}

static const struct job_class shrink_class = {.make = make, .drop = drop};

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

static struct shrink *plan(const struct ncclComm *parent, const int *excluded, int nexcluded) {
    struct shrink *shrink = calloc(1, sizeof *shrink + (size_t)parent->nranks * sizeof(int));
    for (int rank = 0; shrink != NULL && rank < parent->nranks; rank++) {
        if (!contains(excluded, nexcluded, rank)) {
            shrink->members[shrink->nmembers++] = rank;
        }
    }
    return shrink;
}

/* --- the call --- */

static ncclResult_t check_parent(struct ncclComm *parent, struct ncclComm **handle, int flags) {
    if (handle == NULL || (flags != NCCL_SHRINK_DEFAULT && flags != NCCL_SHRINK_ABORT)) {
        return error_nccl(ncclInvalidArgument, "ncclCommShrink: flags %d, result at %p", flags,
                          (void *)handle);
    }
    return job_check_parent("ncclCommShrink", parent, flags == NCCL_SHRINK_ABORT);
}

/* From now on the parent can only have children or be aborted. */
static void end_operations(struct ncclComm *parent) {
    comm_end_operations(parent);
    comm_join_thread(
        parent); /* what the last child's making still has to say is not about this one */
    pthread_mutex_lock(&parent->lock);
    atomic_store(&parent->async, ncclSuccess);
    pthread_mutex_unlock(&parent->lock);
}

ncclResult_t shrink_comm(struct ncclComm *parent, const int *excluded, int nexcluded,
                         struct ncclComm **handle, const ncclConfig_t *config, int flags) {
    struct comm_config parsed = config_inherited(parent);
    ncclResult_t result = check_parent(parent, handle, flags);
    if (result != ncclSuccess ||
        (result = check_excluded(parent, excluded, nexcluded)) != ncclSuccess ||
        (result = config_parse(config, &parsed)) != ncclSuccess) {
        return result;
    }
    struct shrink *shrink = plan(parent, excluded, nexcluded);
    if (shrink == NULL) {
        return error_nccl(ncclSystemError, "ncclCommShrink: out of memory");
    }
    shrink->config = parsed;
    job_init_by_parent(&shrink->job, &shrink_class, parent, handle);
    if (flags == NCCL_SHRINK_ABORT) {
        end_operations(parent);
    }
    return group_add_job(&shrink->job);
}
