/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a C program pays for the all-reduces that the trial "java-against-c" makes by Java: one rank,
 * enqueued one after the other and awaited together. The libraries are opened by name, so that this
 * runs against whichever Java found: c_loop NCCL CUDART COUNT CALLS prints microseconds a call.
 */
#include "convoy/cuda_abi.h"
#include "convoy/nccl_abi.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void *symbol(void *library, const char *name) {
    void *found = dlsym(library, name);
    if (found == NULL) {
        fprintf(stderr, "c_loop: %s\n", dlerror());
        exit(1);
    }
    return found;
}

static void *opened(const char *file) {
    void *library = dlopen(file, RTLD_NOW);
    if (library == NULL) {
        fprintf(stderr, "c_loop: %s\n", dlerror());
        exit(1);
    }
    return library;
}

static void check(int status, const char *what) {
    if (status != 0) {
        fprintf(stderr, "c_loop: %s returned %d\n", what, status);
        exit(1);
    }
}

static double micros(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

int main(int argc, char **argv) {
    if (argc != 5) {
        fprintf(stderr, "usage: c_loop NCCL CUDART COUNT CALLS\n");
        return 2;
    }
    void *nccl = opened(argv[1]);
    void *cuda = opened(argv[2]);
    size_t count = strtoul(argv[3], NULL, 10);
    long calls = strtol(argv[4], NULL, 10);

    __typeof__(&ncclGetUniqueId) get_id = symbol(nccl, "ncclGetUniqueId");
    __typeof__(&ncclCommInitRank) init = symbol(nccl, "ncclCommInitRank");
    __typeof__(&ncclAllReduce) all_reduce = symbol(nccl, "ncclAllReduce");
    __typeof__(&ncclCommDestroy) destroy = symbol(nccl, "ncclCommDestroy");
    __typeof__(&cudaMalloc) allocate = symbol(cuda, "cudaMalloc");
    __typeof__(&cudaStreamCreateWithFlags) new_stream = symbol(cuda, "cudaStreamCreateWithFlags");
    __typeof__(&cudaStreamSynchronize) synchronize = symbol(cuda, "cudaStreamSynchronize");

    void *send;
    void *receive;
    cudaStream_t stream;
    ncclUniqueId id;
    ncclComm_t comm;
    check((int)allocate(&send, count * sizeof(float)), "cudaMalloc");
    check((int)allocate(&receive, count * sizeof(float)), "cudaMalloc");
    check((int)new_stream(&stream, 1), "cudaStreamCreateWithFlags");
    check((int)get_id(&id), "ncclGetUniqueId");
    check((int)init(&comm, 1, id, 0), "ncclCommInitRank");

    double began = 0;
    for (long i = -calls; i < calls; i++) {
        if (i == 0) {
            check((int)synchronize(stream), "cudaStreamSynchronize");
            began = micros();
        }
        check((int)all_reduce(send, receive, count, ncclFloat32, ncclSum, comm, stream),
              "ncclAllReduce");
    }
    check((int)synchronize(stream), "cudaStreamSynchronize");
    double each = (micros() - began) / (double)calls;
    check((int)destroy(comm), "ncclCommDestroy");
    printf("%.6f\n", each);
    return 0;
}
