/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a C program pays for the calls that the Java benchmarks make: the loops are here, so that
 * entering from Java costs nothing per call. Each returns the first status that is not success, or
 * 0.
 */
#include "convoy/cuda_abi.h"
#include "convoy/nccl_abi.h"

/* The stream is busy while the runtime's own thread looks at it, which is seldom. */
static cudaError_t drained(cudaStream_t stream) {
    cudaError_t status = cudaStreamQuery(stream);
    return status == cudaErrorNotReady ? cudaStreamSynchronize(stream) : status;
}

CONVOY_API int baselineAllReduce(const void *send, void *receive, size_t count, ncclComm_t comm,
                                 cudaStream_t stream, long calls) {
    for (long i = 0; i < calls; i++) {
        int status = (int)ncclAllReduce(send, receive, count, ncclFloat32, ncclSum, comm, stream);
        if (status == 0) {
            status = (int)drained(stream);
        }
        if (status != 0) {
            return status;
        }
    }
    return 0;
}

CONVOY_API int baselineCommCount(ncclComm_t comm, int *count, long calls) {
    for (long i = 0; i < calls; i++) {
        int status = ncclCommCount(comm, count);
        if (status != 0) {
            return status;
        }
    }
    return 0;
}

CONVOY_API int baselineAsyncError(ncclComm_t comm, ncclResult_t *error, long calls) {
    for (long i = 0; i < calls; i++) {
        int status = ncclCommGetAsyncError(comm, error);
        if (status != 0) {
            return status;
        }
    }
    return 0;
}
