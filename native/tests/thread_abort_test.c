/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ranks as threads of one process, one of which aborts at any moment, and at once takes its page
 * for the next communicator, while the others still look for it. ThreadSanitizer sees whether what
 * they look at is theirs to read.
 */
#include "members.h"

#include <pthread.h>

#define RANKS 3
#define GENERATIONS 24
#define ELEMENTS 20000
#define PATIENCE_NANOS 10000000000ll

struct worker {
    int rank;
    uint64_t seed; /* the same for all */
    const ncclUniqueId *ids;
};

/* What a rank has in one generation. Peers may still read it when it has aborted: so none of it is
 * written again before all threads have ended. */
struct hand {
    ncclComm_t comm;
    cudaStream_t stream;
    int32_t *send;
    int32_t *receive;
    ncclWindow_t window; /* of both */
    int rank;
};

static void post_message(struct hand *hand, size_t count) {
    int next = (hand->rank + 1) % RANKS;
    int previous = (hand->rank + RANKS - 1) % RANKS;
    ncclGroupStart();
    ncclSend(hand->send, count, ncclInt32, next, hand->comm, hand->stream);
    ncclRecv(hand->receive, count, ncclInt32, previous, hand->comm, hand->stream);
    ncclGroupEnd();
}

static void post_put(struct hand *hand, size_t count) {
    int next = (hand->rank + 1) % RANKS;
    ncclWaitSignalDesc_t wait = {.opCnt = 1, .peer = (hand->rank + RANKS - 1) % RANKS};
    ncclPutSignal(hand->send, count, ncclInt32, next, hand->window, ELEMENTS * sizeof(int32_t), 0,
                  0, 0, hand->comm, hand->stream);
    ncclWaitSignal(1, &wait, hand->comm, hand->stream);
}

/* The call fails where the communicator has failed: the caller finds out when it waits. */
static void post(struct hand *hand, uint64_t bits) {
    static const size_t limits[] = {6, 1000, ELEMENTS / RANKS};
    size_t count = 1 + (bits >> 16) % limits[(bits >> 8) % 3];
    switch (bits % 5) {
    case 0:
        ncclAllReduce(hand->send, hand->receive, count * RANKS, ncclInt32, ncclSum, hand->comm,
                      hand->stream);
        break;
    case 1:
        ncclAllGather(hand->send, hand->receive, count, ncclInt32, hand->comm, hand->stream);
        break;
    case 2:
        ncclBroadcast(hand->send, hand->receive, count * RANKS, ncclInt32,
                      (int)(bits >> 32) % RANKS, hand->comm, hand->stream);
        break;
    case 3:
        post_message(hand, count);
        break;
    default:
        post_put(hand, count);
    }
}

static bool completes(const struct hand *hand) {
    int64_t deadline = test_nanos() + PATIENCE_NANOS;
    while (convoyStreamWait(hand->stream, 1000000) != cudaSuccess) {
        ncclResult_t status;
        NCCL(ncclCommGetAsyncError(hand->comm, &status));
        if (status != ncclSuccess) {
            CHECK(status == ncclRemoteError);
            return false;
        }
        CHECK(test_nanos() < deadline);
    }
    ncclResult_t status;
    NCCL(ncclCommGetAsyncError(hand->comm, &status));
    return status == ncclSuccess;
}

/* Those who are left make a communicator of their own from the broken one. */
static void survive(struct hand *hand, int quitter) {
    const int others[RANKS][RANKS - 1] = {{1, 2}, {0, 2}, {0, 1}};
    ncclComm_t child = NULL;
    ncclResult_t result = ncclCommShrink(hand->comm, &quitter, 1, &child, NULL, NCCL_SHRINK_ABORT);
    result = test_await(hand->comm, result);
    if (result != ncclSuccess) {
        test_fail(__FILE__, __LINE__, "shrink: %s", ncclGetLastError(hand->comm));
    }
    NCCL(ncclCommAbort(hand->comm));
    test_check_members(child, others[quitter], RANKS - 1, hand->rank);
    NCCL(ncclCommDestroy(child));
}

/* One rank leaves in the middle of an operation, or of a split that the others then give up. */
static void live(struct hand *hand, uint64_t random) {
    int quitter = (int)(test_random(&random) % RANKS);
    uint64_t rounds = 1 + test_random(&random) % 12;
    bool splits = test_random(&random) % 2 == 0;
    bool lives = true; /* the others' last operation may need what the quitter has taken along */
    for (uint64_t round = 0; round < rounds && lives; round++) {
        /* First a reduction: where that completes, all are there. */
        post(hand, round == 0 ? 0 : test_random(&random));
        lives = completes(hand);
    }
    CHECK(lives || hand->rank != quitter);
    ncclComm_t child = NULL;
    if (splits && lives) {
        test_await(hand->comm, ncclCommSplit(hand->comm, hand->rank == quitter, 0, &child, NULL));
    }
    post(hand, test_random(&random));
    if (hand->rank == quitter) {
        NCCL(ncclCommAbort(hand->comm));
    } else {
        while (completes(hand)) {
            post(hand, test_random(&random));
        }
        survive(hand, quitter);
    }
    NCCL(ncclCommAbort(child));
    CUDA(cudaStreamSynchronize(hand->stream));
}

static void *run_worker(void *argument) {
    const struct worker *worker = argument;
    struct hand hand = {.rank = worker->rank};
    size_t bytes = 2 * ELEMENTS * sizeof(int32_t);
    int32_t *buffers[GENERATIONS];
    CUDA(cudaStreamCreateWithFlags(&hand.stream, cudaStreamNonBlocking));
    for (uint64_t i = 0; i < GENERATIONS; i++) {
        CUDA(cudaMalloc((void **)&buffers[i], bytes));
        hand.send = buffers[i];
        hand.receive = buffers[i] + ELEMENTS;
        for (int k = 0; k < ELEMENTS; k++) {
            hand.send[k] = k;
        }
        hand.comm = test_comm_nonblocking(RANKS, worker->ids[i], worker->rank);
        NCCL(ncclCommWindowRegister(hand.comm, hand.send, bytes, &hand.window,
                                    NCCL_WIN_COLL_SYMMETRIC));
        live(&hand, worker->seed + i);
    }
    CUDA(cudaStreamDestroy(hand.stream));
    return NULL;
}

static void threads(struct test_rank *rank) {
    pthread_t started[RANKS];
    struct worker workers[RANKS];
    ncclUniqueId ids[GENERATIONS];
    for (int i = 0; i < GENERATIONS; i++) {
        NCCL(ncclGetUniqueId(&ids[i]));
    }
    for (int i = 0; i < RANKS; i++) {
        workers[i] = (struct worker){.rank = i, .seed = rank->seed, .ids = ids};
        CHECK(pthread_create(&started[i], NULL, run_worker, &workers[i]) == 0);
    }
    for (int i = 0; i < RANKS; i++) {
        pthread_join(started[i], NULL);
    }
}

static const struct test_scenario scenarios[] = {
    {.name = "threads", .nranks = 1, .seconds = 60, .run = threads},
};

int main(int argc, char **argv) {
    return test_main(argc, argv, scenarios, (int)(sizeof scenarios / sizeof *scenarios));
}
