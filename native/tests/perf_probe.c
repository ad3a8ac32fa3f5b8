/* SPDX-License-Identifier: Apache-2.0 */
/* First light: float32 collectives between processes. */
#include "harness.h"

#include <string.h>
#include <unistd.h>

#define COUNT ((size_t)1 << 20)

static void basic(struct test_rank *rank) {
    ncclComm_t comm = test_comm_nonblocking(rank->nranks, test_id(rank, 0, 0), rank->rank);
    int n = rank->nranks;
    cudaStream_t stream;
    float *send, *receive;
    CUDA(cudaStreamCreate(&stream));
    CUDA(cudaMalloc((void **)&send, COUNT * sizeof(float)));
    CUDA(cudaMalloc((void **)&receive, COUNT * sizeof(float)));
    size_t sizes[] = {1, 2, 6, 7, 1000, 1024, 1025, 5000, 65536, COUNT};
    for (int round = 0; round < 20; round++) {
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            size_t count = sizes[s];
            for (size_t i = 0; i < count; i++) {
                send[i] = (float)(rank->rank + 1) * (float)(i % 100 + (size_t)round);
            }
            NCCL(ncclAllReduce(send, receive, count, ncclFloat32, ncclSum, comm, stream));
            CUDA(cudaStreamSynchronize(stream));
            for (size_t i = 0; i < count; i++) {
                send[i] = -1;
                CHECK(receive[i] == (float)(n * (n + 1) / 2) * (float)(i % 100 + (size_t)round));
            }
            for (size_t i = 0; i < count; i++) {
                send[i] = (float)(rank->rank + 1) * (float)(i % 100 + (size_t)round);
            }
            NCCL(ncclAllReduce(send, send, count, ncclFloat32, ncclSum, comm, stream));
            CUDA(cudaStreamSynchronize(stream));
            for (size_t i = 0; i < count; i++) {
                CHECK(send[i] == (float)(n * (n + 1) / 2) * (float)(i % 100 + (size_t)round));
            }
            int root = round % n;
            for (size_t i = 0; i < count; i++) {
                send[i] = (float)(rank->rank * 1000) + (float)(i % 100);
            }
            NCCL(ncclBroadcast(send, receive, count, ncclFloat32, root, comm, stream));
            CUDA(cudaStreamSynchronize(stream));
            for (size_t i = 0; i < count; i++) {
                CHECK(receive[i] == (float)(root * 1000) + (float)(i % 100));
            }
            int next = (rank->rank + 1) % n;
            int previous = (rank->rank + n - 1) % n;
            memset(receive, 0, count * sizeof(float));
            NCCL(ncclGroupStart());
            NCCL(ncclSend(send, count, ncclFloat32, next, comm, stream));
            NCCL(ncclRecv(receive, count, ncclFloat32, previous, comm, stream));
            NCCL(ncclGroupEnd());
            CUDA(cudaStreamSynchronize(stream));
            for (size_t i = 0; i < count; i++) {
                CHECK(receive[i] == (float)(previous * 1000) + (float)(i % 100));
            }
        }
    }
    CUDA(cudaFree(send));
    CUDA(cudaFree(receive));
    CUDA(cudaStreamDestroy(stream));
    NCCL(ncclCommDestroy(comm));
}

static void latency(struct test_rank *rank) {
    ncclComm_t comm = test_comm(rank, 0);
    cudaStream_t stream;
    float *buffer;
    CUDA(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
    size_t most = (size_t)16 << 20;
    CUDA(cudaMalloc((void **)&buffer, most));
    memset(buffer, 0, most);
    for (size_t bytes = 8; bytes <= most; bytes *= 8) {
        int rounds = bytes < 100000 ? 20000 : 100;
        for (int i = 0; i < rounds / 10; i++) {
            NCCL(ncclAllReduce(buffer, buffer, bytes / 4, ncclFloat32, ncclSum, comm, stream));
            CUDA(cudaStreamSynchronize(stream));
        }
        int64_t begin = test_nanos();
        for (int i = 0; i < rounds; i++) {
            NCCL(ncclAllReduce(buffer, buffer, bytes / 4, ncclFloat32, ncclSum, comm, stream));
            CUDA(cudaStreamSynchronize(stream));
        }
        double nanos = (double)(test_nanos() - begin) / rounds;
        if (rank->rank == 0) {
            fprintf(stderr, "%zu B: %.2f us, %.1f GB/s\n", bytes, nanos * 1e-3,
                    (double)bytes / nanos * 2 * (rank->nranks - 1) / rank->nranks);
        }
    }
    NCCL(ncclCommDestroy(comm));
}

static const struct test_scenario scenarios[] = {
    {.name = "basic1", .nranks = 1, .seconds = 20, .run = basic},
    {.name = "basic2", .nranks = 2, .seconds = 20, .run = basic},
    {.name = "basic3", .nranks = 3, .seconds = 20, .run = basic},
    {.name = "basic4", .nranks = 4, .seconds = 60, .run = basic},
    {.name = "latency2", .nranks = 2, .seconds = 20, .run = latency},
    {.name = "latency4", .nranks = 4, .seconds = 60, .run = latency},
};

int main(int argc, char **argv) {
    return test_main(argc, argv, scenarios, (int)(sizeof scenarios / sizeof *scenarios));
}
