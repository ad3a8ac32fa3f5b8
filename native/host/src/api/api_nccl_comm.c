/* SPDX-License-Identifier: Apache-2.0 */
/* NCCL's communicators, as exported; and what convoy_ext.h adds about them. */
#include "convoy/convoy_ext.h"

#include "base/errors.h"
#include "memory/memory.h"
#include "operations/validate.h"
#include "progress/engine.h"

ncclResult_t ncclGetVersion(int *version) {
    if (version == NULL) {
        return error_nccl(ncclInvalidArgument, "ncclGetVersion: version is NULL");
    }
    *version = NCCL_VERSION_CODE;
    return ncclSuccess;
}

const char *ncclGetLastError(ncclComm_t comm) {
    if (arena_get() == NULL || comm == NULL || comm->magic != COMM_MAGIC ||
        atomic_load(&comm->released) || !comm_has_failed(comm)) {
        return error_last_text();
    }
    pthread_mutex_lock(&comm->lock);
    const char *text = error_keep_text(comm->text);
    pthread_mutex_unlock(&comm->lock);
    return text;
}

/* --- ending --- */

ncclResult_t ncclCommFinalize(ncclComm_t comm) {
    ncclResult_t result = validate_comm("ncclCommFinalize", comm);
    if (result != ncclSuccess) {
        return result;
    }
    ncclResult_t status = comm_status(comm);
    if (status == ncclInProgress) {
        return error_nccl(ncclInvalidArgument, "ncclCommFinalize: still in progress");
    }
    return status == ncclSuccess ? comm_finalize(comm) : status;
}

ncclResult_t ncclCommRevoke(ncclComm_t comm, int revokeFlags) {
    if (comm == NULL) {
        return ncclSuccess;
    }
    ncclResult_t result = validate_comm("ncclCommRevoke", comm);
    if (result != ncclSuccess) {
        return result;
    }
    if (revokeFlags != NCCL_REVOKE_DEFAULT) {
        return error_nccl(ncclInvalidArgument, "ncclCommRevoke: flags %d, must be 0", revokeFlags);
    }
    if (!atomic_load(&comm->was_ready) || atomic_load(&comm->finalizing)) {
        return error_nccl(ncclInvalidArgument,
                          "ncclCommRevoke: the communicator never became ready, or was finalized "
                          "or revoked before");
    }
    return comm_revoke(comm);
}

/* A handle is given back once, also while its memory lives on for peers that still read. */
static ncclResult_t give_back(const char *name, ncclComm_t comm) {
    ncclResult_t result = validate_comm(name, comm);
    if (result == ncclSuccess && atomic_exchange(&comm->released, true)) {
        result =
            error_nccl(ncclInvalidArgument, "%s: the communicator was given back before", name);
    }
    return result;
}

ncclResult_t ncclCommDestroy(ncclComm_t comm) {
    if (comm == NULL) {
        return ncclSuccess;
    }
    ncclResult_t result = give_back("ncclCommDestroy", comm);
    return result == ncclSuccess ? comm_destroy(comm) : result;
}

ncclResult_t ncclCommAbort(ncclComm_t comm) {
    if (comm == NULL) {
        return ncclSuccess;
    }
    ncclResult_t result = give_back("ncclCommAbort", comm);
    return result == ncclSuccess ? comm_abort(comm) : result;
}

/* --- asking --- */

ncclResult_t ncclCommGetAsyncError(ncclComm_t comm, ncclResult_t *asyncError) {
    ncclResult_t result = validate_comm("ncclCommGetAsyncError", comm);
    if (result == ncclSuccess && asyncError == NULL) {
        result = error_nccl(ncclInvalidArgument, "ncclCommGetAsyncError: asyncError is NULL");
    }
    if (result == ncclSuccess) {
        *asyncError = comm_status(comm);
    }
    return result;
}

static ncclResult_t answer(const char *name, ncclComm_t comm, int *target, int value) {
    if (target == NULL) {
        return error_nccl(ncclInvalidArgument, "%s: the result pointer is NULL", name);
    }
    if (comm_status(comm) == ncclInProgress && !atomic_load(&comm->finalizing)) {
        return error_nccl(ncclInvalidArgument, "%s: the communicator is still in progress", name);
    }
    *target = value;
    return ncclSuccess;
}

ncclResult_t ncclCommCount(const ncclComm_t comm, int *count) {
    ncclResult_t result = validate_comm("ncclCommCount", comm);
    return result == ncclSuccess ? answer("ncclCommCount", comm, count, comm->nranks) : result;
}

ncclResult_t ncclCommCuDevice(const ncclComm_t comm, int *device) {
    ncclResult_t result = validate_comm("ncclCommCuDevice", comm);
    return result == ncclSuccess ? answer("ncclCommCuDevice", comm, device, comm->device) : result;
}

ncclResult_t ncclCommUserRank(const ncclComm_t comm, int *rank) {
    ncclResult_t result = validate_comm("ncclCommUserRank", comm);
    return result == ncclSuccess ? answer("ncclCommUserRank", comm, rank, comm->rank) : result;
}

/* --- convoy_ext.h --- */

ncclResult_t convoyCommFailedRanks(ncclComm_t comm, int *ranks, int capacity, int *count) {
    ncclResult_t result = validate_comm("convoyCommFailedRanks", comm);
    if (result != ncclSuccess) {
        return result;
    }
    if (count == NULL || capacity < 0 || (ranks == NULL && capacity > 0)) {
        return error_nccl(ncclInvalidArgument, "convoyCommFailedRanks: no room for the result");
    }
    *count = 0;
    pthread_mutex_lock(&comm->lock);
    if (atomic_load(&comm->was_ready) && comm->page != NULL) {
        comm_mark_dead(comm); /* the monitor may have seen a death that it has not noted yet */
    }
    for (int rank = 0; rank < comm->nranks; rank++) {
        if (comm->peers[rank].is_dead) {
            if (*count < capacity) {
                ranks[*count] = rank;
            }
            (*count)++;
        }
    }
    pthread_mutex_unlock(&comm->lock);
    return ncclSuccess;
}

static bool is_ready(void *comm) {
    return comm_status(comm) != ncclInProgress;
}

ncclResult_t convoyCommWaitReady(ncclComm_t comm, uint64_t maxNanos) {
    ncclResult_t result = validate_comm("convoyCommWaitReady", comm);
    if (result != ncclSuccess) {
        return result;
    }
    engine_wait(is_ready, comm, engine_deadline(maxNanos));
    return comm_status(comm);
}

ncclResult_t convoyCommProgress(ncclComm_t comm, uint64_t *enqueued, uint64_t *completed) {
    ncclResult_t result = validate_comm("convoyCommProgress", comm);
    if (result != ncclSuccess) {
        return result;
    }
    if (enqueued == NULL || completed == NULL) {
        return error_nccl(ncclInvalidArgument, "convoyCommProgress: a result pointer is NULL");
    }
    *completed = atomic_load(&comm->completed);
    *enqueued = atomic_load(&comm->enqueued);
    return ncclSuccess;
}
