/* SPDX-License-Identifier: Apache-2.0 */
#include "formation/init.h"

#include "base/errors.h"
#include "formation/assembly.h"
#include "formation/meet.h"
#include "formation/rendezvous.h"
#include "operations/group.h"
#include "peers/monitor.h"
#include "peers/peers.h"
#include "progress/engine.h"

#include <stdlib.h>
#include <string.h>

/* --- on an id --- */

static ncclResult_t make_alone(struct ncclComm *comm, const struct wire_id *id) {
    const char *why;
    rendezvous_forget(id);
    if (!random_fill(&comm->nonce, sizeof comm->nonce)) {
        return error_nccl(ncclSystemError, "no random numbers");
    }
    uint64_t offset = (uint64_t)((unsigned char *)comm->page - arena_get()->base);
    if (!assembly_add_peer(comm, 0, NULL, offset, atomic_load(&comm->page->incarnation), &why)) {
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
    return assembly_ready_barrier(job);
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
