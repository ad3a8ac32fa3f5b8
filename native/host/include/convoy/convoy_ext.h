/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the host runtime offers beyond NCCL and CUDA: bounded waits, and who failed. Every function
 * may be called from any thread; a communicator or stream must not be destroyed during the call.
 */
#ifndef CONVOY_EXT_H
#define CONVOY_EXT_H

#include "convoy/cuda_abi.h"
#include "convoy/nccl_abi.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The library's version, for people. Never NULL. */
CONVOY_API const char *convoyHostVersion(void);

/*
 * Waits until the stream has drained, for at most maxNanos. cudaSuccess when it has;
 * cudaErrorNotReady at the bound, or early when a communicator with work on the stream has an
 * asynchronous error (its work stays until it is aborted).
 */
CONVOY_API cudaError_t convoyStreamWait(cudaStream_t stream, uint64_t maxNanos);

/* The same for the work that an event's last record captured. */
CONVOY_API cudaError_t convoyEventWait(cudaEvent_t event, uint64_t maxNanos);

/*
 * How many tasks a stream has been given, and how many of them are done: it is drained where
 * `completed` is at least what `enqueued` was before. Both only grow, are written by atomic
 * read-modify-writes with release order, and are to be read with acquire order. They stay readable
 * for the life of the process, but are about this stream only until it is destroyed.
 */
struct convoyStreamCounters {
    uint64_t enqueued;
    uint64_t completed;
};

/* Where a stream's counters lie, for callers to whom a call to ask is dear. */
CONVOY_API cudaError_t convoyStreamCounters(cudaStream_t stream,
                                            const struct convoyStreamCounters **counters);

/*
 * The ranks of the communicator whose process was seen to have died. Stores at most `capacity` of
 * them in `ranks`, in ascending order, and their full number in `count`.
 */
CONVOY_API ncclResult_t convoyCommFailedRanks(ncclComm_t comm, int *ranks, int capacity,
                                              int *count);

/*
 * Waits for what a non-blocking communicator has in progress (it or a child of it being made, its
 * finalisation, its revocation), for at most maxNanos.
 * ncclSuccess, ncclInProgress at the bound, or the error that ended it.
 */
CONVOY_API ncclResult_t convoyCommWaitReady(ncclComm_t comm, uint64_t maxNanos);

/* How many operations the communicator has been given, and how many of them it has completed. */
CONVOY_API ncclResult_t convoyCommProgress(ncclComm_t comm, uint64_t *enqueued,
                                           uint64_t *completed);

/*
 * Copies memory of this process, at once and by the calling thread, past the caches, and stores the
 * CRC32C (Castagnoli) of what was copied: it is read once for both. The two do not overlap. With
 * `to` NULL it only checksums. cudaErrorInvalidValue if `from` or `checksum` is NULL,
 * cudaErrorNotSupported on a CPU without instructions for it, as is ncclInvalidUsage below.
 */
CONVOY_API cudaError_t convoyCopyChecksum(void *to, const void *from, size_t bytes,
                                          uint32_t *checksum);

/*
 * ncclRecv, which also stores the CRC32C of what was received, before it completes. `checksum` is 4
 * bytes of a live device or pinned allocation.
 */
CONVOY_API ncclResult_t convoyRecvChecksum(void *recvbuff, size_t count, ncclDataType_t datatype,
                                           int peer, uint32_t *checksum, ncclComm_t comm,
                                           cudaStream_t stream);

#ifdef __cplusplus
}
#endif
#endif
