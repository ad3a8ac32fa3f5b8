/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ranks as threads of one process: the same machines over the same pages at one address, where
 * ThreadSanitizer sees every access of every rank.
 */
#include "harness.h"

#include <pthread.h>
#include <string.h>

#define RANKS 3
#define ELEMENTS 20000

struct worker {
    int rank;
    uint64_t seed;
    ncclUniqueId id;
    struct test_rank *owner;
};

struct buffers {
    int32_t *send;
    int32_t *receive;
    cudaStream_t stream;
    ncclComm_t comm;
    ncclWindow_t windows[2]; /* of `send` and `receive` */
    int rank;
};

static int32_t value(uint64_t round, int rank, size_t i) {
    return (int32_t)(round * 7919u + (uint64_t)rank * 131u + i);
}

static void all_reduce(struct buffers *b, uint64_t round, size_t count) {
    NCCL(ncclAllReduce(b->send, b->receive, count, ncclInt32, ncclSum, b->comm, b->stream));
    CUDA(cudaStreamSynchronize(b->stream));
    for (size_t i = 0; i < count; i++) {
        int32_t sum = 0;
        for (int rank = 0; rank < RANKS; rank++) {
            sum += value(round, rank, i);
        }
        CHECK(b->receive[i] == sum);
    }
}

static void all_gather(struct buffers *b, uint64_t round, size_t count) {
    cudaEvent_t event;
    count /= RANKS;
    CUDA(cudaEventCreateWithFlags(&event, cudaEventDisableTiming));
    NCCL(ncclAllGather(b->send, b->receive, count, ncclInt32, b->comm, b->stream));
    CUDA(cudaEventRecord(event, b->stream));
    CUDA(cudaEventSynchronize(event));
    CUDA(cudaEventDestroy(event));
    for (int rank = 0; rank < RANKS; rank++) {
        for (size_t i = 0; i < count; i++) {
            CHECK(b->receive[(size_t)rank * count + i] == value(round, rank, i));
        }
    }
}

static void broadcast(struct buffers *b, uint64_t round, size_t count) {
    int root = (int)(round % RANKS);
    NCCL(ncclBroadcast(b->send, b->receive, count, ncclInt32, root, b->comm, b->stream));
    while (cudaStreamQuery(b->stream) == cudaErrorNotReady) {
    }
    for (size_t i = 0; i < count; i++) {
        CHECK(b->receive[i] == value(round, root, i));
    }
}

static void exchange(struct buffers *b, uint64_t round, size_t count) {
    int next = (b->rank + 1) % RANKS;
    int previous = (b->rank + RANKS - 1) % RANKS;
    NCCL(ncclGroupStart());
    NCCL(ncclSend(b->send, count, ncclInt32, next, b->comm, b->stream));
    NCCL(ncclRecv(b->receive, count, ncclInt32, previous, b->comm, b->stream));
    NCCL(ncclGroupEnd());
    CHECK(convoyStreamWait(b->stream, 20000000000u) == cudaSuccess);
    for (size_t i = 0; i < count; i++) {
        CHECK(b->receive[i] == value(round, previous, i));
    }
}

/* Puts overtake those who still look at what came before: so all meet first. */
static void put(struct buffers *b, uint64_t round, size_t count) {
    int next = (b->rank + 1) % RANKS;
    int previous = (b->rank + RANKS - 1) % RANKS;
    ncclWaitSignalDesc_t wait = {.opCnt = 1, .peer = previous};
    NCCL(ncclAllReduce(b->send + ELEMENTS, b->send + ELEMENTS, 1, ncclInt32, ncclMax, b->comm,
                       b->stream));
    NCCL(ncclPutSignal(b->send, count, ncclInt32, next, b->windows[1], 0, 0, 0, 0, b->comm,
                       b->stream));
    NCCL(ncclWaitSignal(1, &wait, b->comm, b->stream));
    CUDA(cudaStreamSynchronize(b->stream));
    for (size_t i = 0; i < count; i++) {
        CHECK(b->receive[i] == value(round, previous, i));
    }
    NCCL(ncclAllReduce(b->send + ELEMENTS, b->send + ELEMENTS, 1, ncclInt32, ncclMax, b->comm,
                       b->stream));
    CUDA(cudaStreamSynchronize(b->stream));
}

static void run_round(struct buffers *b, uint64_t round, uint64_t bits) {
    static void (*const operations[])(struct buffers *, uint64_t,
                                      size_t) = {all_reduce, all_gather, broadcast, exchange, put};
    size_t count = (bits >> 8) % 3 == 0 ? 1 + (bits >> 16) % 6 : 6 + (bits >> 16) % (ELEMENTS - 6);
    if ((bits >> 10) % 3 == 0) {
        count = 6 + (bits >> 16) % 1000;
    }
    for (size_t i = 0; i < count; i++) {
        b->send[i] = value(round, b->rank, i);
    }
    operations[bits % 5](b, round, count);
}

static void *run_worker(void *argument) {
    struct worker *worker = argument;
    struct buffers b = {.rank = worker->rank};
    NCCL(ncclCommInitRank(&b.comm, RANKS, worker->id, worker->rank));
    CUDA(cudaStreamCreateWithFlags(&b.stream, cudaStreamNonBlocking));
    CUDA(cudaMalloc((void **)&b.send, (ELEMENTS + 1) * sizeof(int32_t)));
    CUDA(cudaMalloc((void **)&b.receive, (ELEMENTS + RANKS) * sizeof(int32_t)));
    b.send[ELEMENTS] = 0;
    NCCL(ncclCommWindowRegister(b.comm, b.send, ELEMENTS * sizeof(int32_t), &b.windows[0],
                                NCCL_WIN_COLL_SYMMETRIC));
    NCCL(ncclCommWindowRegister(b.comm, b.receive, ELEMENTS * sizeof(int32_t), &b.windows[1],
                                NCCL_WIN_COLL_SYMMETRIC));
    uint64_t random = worker->seed;
    for (uint64_t round = 0; round < 150; round++) {
        run_round(&b, round, test_random(&random));
    }
    NCCL(ncclCommDestroy(b.comm));
    CUDA(cudaStreamDestroy(b.stream));
    CUDA(cudaFree(b.send));
    CUDA(cudaFree(b.receive));
    return NULL;
}

static void threads(struct test_rank *rank) {
    for (int generation = 0; generation < 5; generation++) {
        pthread_t threads[RANKS];
        struct worker workers[RANKS];
        ncclUniqueId id;
        NCCL(ncclGetUniqueId(&id));
        for (int i = 0; i < RANKS; i++) {
            workers[i] = (struct worker){
                .rank = i, .seed = rank->seed + (uint64_t)generation, .id = id, .owner = rank};
            CHECK(pthread_create(&threads[i], NULL, run_worker, &workers[i]) == 0);
        }
        for (int i = 0; i < RANKS; i++) {
            pthread_join(threads[i], NULL);
        }
    }
}

/* Initialisations that are aborted from another thread than the one that runs them. */
static void aborts(struct test_rank *rank) {
    for (int i = 0; i < 20; i++) {
        ncclUniqueId id;
        ncclComm_t comms[2];
        ncclConfig_t config = test_config(0);
        NCCL(ncclGetUniqueId(&id));
        CHECK(ncclCommInitRankConfig(&comms[0], 3, id, 0, &config) == ncclInProgress);
        CHECK(ncclCommInitRankConfig(&comms[1], 3, id, 1, &config) == ncclInProgress);
        convoyCommWaitReady(comms[0], (uint64_t)(i % 4) * 1000000u);
        NCCL(ncclCommAbort(comms[i % 2]));
        ncclResult_t result = convoyCommWaitReady(comms[1 - i % 2], 5000000000u);
        CHECK(result == ncclRemoteError);
        NCCL(ncclCommAbort(comms[1 - i % 2]));
    }
    (void)rank;
}

static const struct test_scenario scenarios[] = {
    {.name = "threads", .nranks = 1, .seconds = 100, .run = threads},
    {.name = "aborts", .nranks = 1, .seconds = 60, .run = aborts},
};

int main(int argc, char **argv) {
    return test_main(argc, argv, scenarios, (int)(sizeof scenarios / sizeof *scenarios));
}
