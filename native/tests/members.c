/* SPDX-License-Identifier: Apache-2.0 */
#include "members.h"

#define MILLIS 1000000ll

void test_check_members(ncclComm_t comm, const int *members, int n, int own) {
    cudaStream_t stream;
    int32_t *buffer;
    int rank;
    int size;
    NCCL(ncclCommUserRank(comm, &rank));
    NCCL(ncclCommCount(comm, &size));
    CHECK(size == n);
    CHECK(members[rank] == own);
    CUDA(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
    CUDA(cudaMalloc((void **)&buffer, (size_t)(n + 1) * 5000 * sizeof *buffer));
    for (size_t count = 1; count <= 5000; count *= 5000) {
        for (size_t i = 0; i < count; i++) {
            buffer[i] = own * 7 + (int32_t)i;
        }
        NCCL(ncclAllGather(buffer, buffer + count, count, ncclInt32, comm, stream));
        CUDA(cudaStreamSynchronize(stream));
        for (size_t i = 0; i < count * (size_t)n; i++) {
            CHECK(buffer[count + i] == members[i / count] * 7 + (int32_t)(i % count));
        }
    }
    CUDA(cudaFree(buffer));
    CUDA(cudaStreamDestroy(stream));
}

ncclResult_t test_await(ncclComm_t comm, ncclResult_t result) {
    int64_t deadline = test_nanos() + 10000 * MILLIS;
    while (result == ncclInProgress) {
        CHECK(test_nanos() < deadline);
        result = convoyCommWaitReady(comm, 10 * MILLIS);
    }
    return result;
}

ncclComm_t test_comm_of(struct test_rank *rank, int index, bool blocking) {
    return blocking ? test_comm(rank, index)
                    : test_comm_nonblocking(rank->nranks, test_id(rank, index, 0), rank->rank);
}
