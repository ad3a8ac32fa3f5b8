/* SPDX-License-Identifier: Apache-2.0 */
/* More elements and bytes than 32 bits count: operations in place on one buffer of over 2 GiB for
 * each of two ranks. */
#include "harness.h"

#include <string.h>

#define SECONDS 1000000000ull
#define COUNT (((size_t)1 << 31) + 12345) /* odd, and not divisible by the ranks */

struct large {
    struct test_rank *rank;
    ncclComm_t comm;
    cudaStream_t stream;
    uint8_t *bytes;
};

/* Differs from page to page, too, so that what lands 4 GiB or a page away is noticed. */
static uint8_t value(int rank, size_t i) {
    return (uint8_t)(i * 13 + (i >> 12) * 7 + (i >> 31) * 5 + (size_t)rank * 101);
}

static void fill(struct large *large, size_t from, size_t to) {
    for (size_t i = from; i < to; i++) {
        large->bytes[i] = value(large->rank->rank, i);
    }
}

static void fail(const char *what, size_t i) {
    test_fail(__FILE__, __LINE__, "%s: byte %zu is wrong", what, i);
}

static void drain(struct large *large) {
    CHECK(convoyStreamWait(large->stream, 120 * SECONDS) == cudaSuccess);
}

static void all_reduce(struct large *large) {
    fill(large, 0, COUNT);
    NCCL(ncclAllReduce(large->bytes, large->bytes, COUNT, ncclUint8, ncclSum, large->comm,
                       large->stream));
    drain(large);
    for (size_t i = 0; i < COUNT; i++) {
        if (large->bytes[i] != (uint8_t)(value(0, i) + value(1, i))) {
            fail("all-reduce", i);
        }
    }
}

static void broadcast(struct large *large) {
    fill(large, 0, COUNT);
    NCCL(ncclBcast(large->bytes, COUNT, ncclInt8, 1, large->comm, large->stream));
    drain(large);
    for (size_t i = 0; i < COUNT; i++) {
        if (large->bytes[i] != value(1, i)) {
            fail("broadcast", i);
        }
    }
}

/* Each rank's part lies beyond what a signed 32-bit number of bytes reaches, for the second one. */
static void all_gather(struct large *large) {
    size_t part = COUNT / 2;
    size_t mine = (size_t)large->rank->rank * part;
    memset(large->bytes, 0, COUNT);
    fill(large, mine, mine + part);
    NCCL(ncclAllGather(large->bytes + mine, large->bytes, part, ncclInt8, large->comm,
                       large->stream));
    drain(large);
    for (size_t i = 0; i < 2 * part; i++) {
        if (large->bytes[i] != value((int)(i / part), i)) {
            fail("all-gather", i);
        }
    }
}

static void send(struct large *large) {
    fill(large, 0, COUNT);
    if (large->rank->rank == 0) {
        NCCL(ncclSend(large->bytes, COUNT, ncclInt8, 1, large->comm, large->stream));
    } else {
        NCCL(ncclRecv(large->bytes, COUNT, ncclInt8, 0, large->comm, large->stream));
    }
    drain(large);
    for (size_t i = 0; i < COUNT; i++) {
        if (large->bytes[i] != value(0, i)) {
            fail("send", i);
        }
    }
}

static void large(struct test_rank *rank) {
    struct large large = {.rank = rank, .comm = test_comm(rank, 0)};
    CUDA(cudaStreamCreateWithFlags(&large.stream, cudaStreamNonBlocking));
    CUDA(cudaMalloc((void **)&large.bytes, COUNT));
    all_reduce(&large);
    broadcast(&large);
    all_gather(&large);
    send(&large);
    NCCL(ncclCommDestroy(large.comm));
    CUDA(cudaFree(large.bytes));
}

static const struct test_scenario scenarios[] = {
    {.name = "large", .nranks = 2, .seconds = 400, .run = large},
};

int main(int argc, char **argv) {
    return test_main(argc, argv, scenarios, (int)(sizeof scenarios / sizeof *scenarios));
}
